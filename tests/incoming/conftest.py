"""A house with a mailbox: letters leave to a real SMTP server, answers lie in a real IMAP mailbox."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from cases.desk import Desk
from cases.incoming.reading import ours, read_mailbox
from cases.incoming.taking import Taken
from cases.office import mailbox
from edges.settings import Settings
from law.vocabulary import ChannelKind
from models.draft import Draft
from models.store import Store
from models.tables import Channel
from tests.conftest import free_port
from tests.edges.imap_servers import Account, imap, imap_house
from tests.faults.house import NOW, at_work, faults_of, furnish, run_patiently, scalar, settings
from tests.faults.post import Post
from tests.keys import KEYS

__all__ = ["imap", "imap_house"]


@dataclass
class Living:
    """A house at work, its clock in the hands of the test."""

    home: Path
    url: str
    post: Post
    account: Account
    port: int
    now: datetime = NOW
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def mail(self) -> dict[str, Any]:
        """Where answers come in, and what a test sets besides."""
        mail = {
            "imap_host": "127.0.0.1", "imap_port": self.account.port, "imap_tls": "none",
            "imap_username": self.account.user, "imap_password": self.account.password,
            "answers_address": "answers@hotline.example", "trusted_authserv": frozenset({"mx.hotline.example"}),
        }  # fmt: skip
        return mail | self.more

    @property
    def settings(self) -> Settings:
        """Where mail goes and comes from."""
        return settings(self.home, self.url, self.port, **self.mail)

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """A desk of this house."""
        async with at_work(self.settings, lambda: self.now) as desk:
            yield desk

    async def dispatch(self, passes: int = 3) -> None:
        """Do what is due now."""
        async with self.desk() as desk:
            for _ in range(passes):
                await run_patiently(desk)

    async def read(self) -> Taken:
        """Read the mailbox as the flow does."""
        given = self.settings
        async with self.desk() as desk:
            way = mailbox(given, simulated=True)
            assert way is not None
            async with way as box:
                return await read_mailbox(desk, box, ours(given), most_bytes=given.inbox_most_bytes)

    @property
    def letter(self) -> EmailMessage:
        """The last letter that left."""
        return self.letter_to("")

    def letter_to(self, whom: str) -> Any:
        """The last letter to this address, parsed by the standard library."""
        raw = next(raw for to, raw in reversed(self.post.letters) if whom in to)
        return message_from_bytes(raw, policy=default)

    def letters(self) -> list[Any]:
        """All letters that left, in order, parsed."""
        return [message_from_bytes(raw, policy=default) for _, raw in self.post.letters]

    async def one(self, query: str, **values: Any) -> Any:
        """One value from the store."""
        store = Store(self.url, KEYS)
        try:
            return await scalar(store, query, **values)
        finally:
            await store.close()

    async def open_text(self, number: str) -> bytes | None:
        """The message as it is kept; none when nothing of its text is left."""
        store = Store(self.url, KEYS)
        try:
            text_id = await scalar(store, "SELECT text_id FROM incoming WHERE number = :number", number=number)
            texts = await store.open_texts([text_id] if text_id else [])
            return texts[text_id].body if text_id in texts else None
        finally:
            await store.close()

    async def give_channel(self, address: str, *, party: str = "P-0001", rank: int = 2, **more: Any) -> None:
        """The platform, or another party, gets one more mailbox."""
        store, draft = Store(self.url, KEYS), Draft(self.now)
        try:
            party_id = await scalar(store, "SELECT id FROM party WHERE number = :party", party=party)
            draft.keep(Channel(party_id=party_id, kind=ChannelKind.EMAIL, address=address, rank=rank, **more))
            await store.write(draft)
        finally:
            await store.close()

    async def causes(self) -> list[str]:
        """What waits for people, each cause once."""
        query = "SELECT array_agg(DISTINCT cause ORDER BY cause) FROM duty WHERE closed_at IS NULL AND by = 'person'"
        return list(await self.one(query) or [])

    async def kinds(self) -> list[str]:
        """What the timeline of the first report holds, in order."""
        query = (
            "SELECT array_agg(kind ORDER BY seq) FROM event"
            " WHERE report_id = (SELECT id FROM report WHERE number = 'R-2026-000001')"
        )
        return list(await self.one(query))

    async def faults(self) -> list[str]:
        """What is wrong with the record: nothing, whatever came in."""
        store = Store(self.url, KEYS)
        try:
            return await faults_of(store)
        finally:
            await store.close()

    def later(self, **span: float) -> None:
        """Time passes."""
        self.now += timedelta(**span)


def queue_id(number: int) -> str:
    """What the relay calls the letter that arrived as this one."""
    return f"4ABCDE{number:03}"


@pytest.fixture
def post() -> Iterator[Post]:
    """Where letters arrive."""
    kept = Post(lambda number: f"250 2.0.0 Ok: queued as {queue_id(number)}")
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.port = controller.port  # type: ignore[attr-defined]
    yield kept
    controller.stop()


Found = Callable[..., Any]


@pytest.fixture
async def house(database_url: str, home: Path, post: Post, imap: Account) -> AsyncIterator[Living]:
    """A house whose notice about one report has left through a relay that proves nothing."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await store.close()
    living = Living(home, database_url, post, imap, post.port, more={"smtp_direct": False})  # type: ignore[attr-defined]
    await living.dispatch()
    assert len(post.letters) == 1
    yield living


def reply(letter: Any, text: str, **headers: str) -> bytes:
    """What an abuse desk writes back, as its mail program makes it; a header given as None is left out."""
    message = EmailMessage()
    given: dict[str, str | None] = {
        "From": "Abuse desk <abuse@forum.example>",
        "To": letter["Reply-To"] or letter["From"],
        "Subject": f"Re: {letter['Subject']}",
        "Message-ID": "<answer-1@forum.example>",
        "In-Reply-To": letter["Message-ID"],
        "References": letter["Message-ID"],
        "Date": "Mon, 05 Oct 2026 12:00:00 +0000",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in given.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def report_of_delivery(letter: Any, action: str, status: str, **more: str) -> bytes:
    """What a mail system says of a letter (RFC 3464)."""
    lines = ["Reporting-MTA: dns; relay.hotline.example"]
    if "envelope_id" in more:
        lines.append(f"Original-Envelope-Id: {more['envelope_id']}")
    recipient = more.get("recipient", letter["To"])
    lines += ["", f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}"]
    if "remote" in more:
        lines.append(f"Remote-MTA: dns; {more['remote']}")
    original = more.get("original", str(letter["Message-ID"]))
    text = "\r\n".join(
        [
            "From: MAILER-DAEMON@relay.hotline.example", "To: notices@hotline.example", "Subject: Delivery report",
            "Message-ID: <dsn-1@relay.hotline.example>", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b",
            "Content-Type: text/plain", "", "This is a report.", "", "--b", "Content-Type: message/delivery-status", "",
            *lines, "", "--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {original}",
            f"To: {recipient}", "", "--b--", "",
        ]
    )  # fmt: skip
    return text.encode()
