"""Reading a mailbox of a real server: what is new, once, whole; and nothing but what was read is ever deleted."""

import asyncio
import logging
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from edges.inbox import Deleted, Fetched, Mailbox, MailboxRefused, MailboxUnreachable, Position
from tests.edges.imap_servers import PASSWORD, Account, imap, imap_house, imap_server, proxy
from tests.edges.mail_servers import certificate, certificate_files

__all__ = ["certificate", "certificate_files", "imap", "imap_house"]

START = Position(0, 0)
SECRET = "Zebra-Kanarienvogel"  # must be found nowhere but in the message


def mailbox(account: Account, port: int | None = None, **more: Any) -> Mailbox:
    """The account's mailbox, perhaps through a proxy at `port`."""
    return Mailbox(
        "127.0.0.1", port or account.port, "none", account.user, account.password, **{"timeout_s": 10, **more}
    )


def a_message(number: int = 1, body: str = "Text") -> bytes:
    """A small message."""
    return f"From: abuse@host.example\r\nSubject: {number}\r\n\r\n{body} {number}\r\n".encode()


async def all_after(box: Mailbox, position: Position = START, **more: Any) -> list[Fetched]:
    """Everything that is new."""
    return [message async for message in box.new_after(position, **more)]


async def test_messages_come_whole_in_order_with_their_date(imap: Account) -> None:
    """Every octet, 8-bit and bare line ends included; the date in UTC; and the mailbox is left as it was."""
    at = datetime(2026, 10, 5, 23, 30, tzinfo=UTC)
    raws = [
        a_message(1),
        b"Subject: x\r\n\r\n\xff\xfe\x00 ) (\r\n* 3 FETCH (UID 9)\r\nA1 OK done\r\n{99}\r\n",
        b"x",
        a_message(4),
    ]
    for raw in raws:
        imap.append(raw, at=at)
    async with mailbox(imap) as box:
        state = await box.state()
        found = await all_after(box)
    assert [message.raw for message in found] == raws
    assert [message.uid for message in found] == sorted(imap.uids()) and state.exists == 4
    assert {message.internal_date for message in found} == {at}
    assert [message.size for message in found] == [len(raw) for raw in raws]
    assert imap.uids("UNSEEN") == imap.uids()


async def test_two_thousand_messages_are_read_once(imap: Account) -> None:
    """The first reading asks for each batch twice, sizes and texts; the second asks for no message at all."""
    for number in range(2_000):
        imap.append(a_message(number))
    async with proxy(imap.port) as wire:
        start = time.perf_counter()
        async with mailbox(imap, wire.port) as box:
            found = await all_after(box)
        spent = time.perf_counter() - start
        assert [message.raw for message in found] == [a_message(number) for number in range(2_000)]
        assert wire.count("FETCH") == 80 and spent < 30
        wire.said.clear()
        async with mailbox(imap, wire.port) as box:
            assert await all_after(box, found[-1].position) == []
        assert (wire.count("FETCH"), wire.count("SEARCH")) == (0, 0)
        imap.append(a_message(2_000))
        async with mailbox(imap, wire.port) as box:
            assert [message.raw for message in await all_after(box, found[-1].position)] == [a_message(2_000)]
        assert wire.count("FETCH") == 2


async def test_a_reading_may_be_left_and_taken_up_at_any_message(imap: Account) -> None:
    """The position of the last message that was dealt with is all that must be kept."""
    for number in range(5):
        imap.append(a_message(number))
    async with mailbox(imap) as box:
        async for message in box.new_after(START, batch=2):
            position = message.position
            if message.raw == a_message(2):
                break
        assert [message.raw for message in await all_after(box, position)] == [a_message(3), a_message(4)]


async def test_a_mailbox_made_anew_is_offered_again(imap: Account) -> None:
    """Another UIDVALIDITY means other numbers: all messages come, whatever the position was."""
    imap.make("Answers")
    for number in range(3):
        imap.append(a_message(number), folder="Answers")
    async with mailbox(imap, folder="Answers") as box:
        before = await all_after(box)
    imap.make("Answers")
    imap.append(a_message(0), folder="Answers")
    async with mailbox(imap, folder="Answers") as box:
        after = await all_after(box, before[-1].position)
        assert [message.raw for message in after] == [a_message(0)]
        assert after[0].position.uid_validity != before[0].position.uid_validity
        assert await box.delete([1], before[0].position.uid_validity) is Deleted.OTHER_MAILBOX
        assert (await box.state()).exists == 1


async def test_large_messages_come_whole_and_too_large_ones_stop_nobody(imap: Account) -> None:
    """25 MB come as they are; above the bound only the headers come, and the next message follows."""
    line = b"A" * 76 + b"\r\n"
    large = b"Subject: large\r\n\r\n" + line * (25_000_000 // len(line))
    too_large = b"Subject: too large\r\nX-Word: here\r\n\r\n" + line * 60_000
    for raw in (a_message(1), large, too_large, a_message(2)):
        imap.append(raw)
    async with mailbox(imap, timeout_s=30) as box:
        first, second, third, fourth = await all_after(box)
        assert (first.raw, second.raw == large, third.raw == too_large, fourth.raw) == (
            a_message(1),
            True,
            True,
            a_message(2),
        )
        found = await all_after(box, first.position, most_bytes=4_000_000)
    assert [message.raw for message in found] == [None, None, a_message(2)]
    assert found[1].headers == b"Subject: too large\r\nX-Word: here\r\n\r\n"
    assert found[1].size == len(too_large)


async def test_a_connection_cut_in_the_middle_ends_the_reading(imap: Account) -> None:
    """What was given was given whole; the rest comes next time."""
    for number in range(20):
        imap.append(a_message(number, "x" * 20_000))
    async with proxy(imap.port) as wire:
        wire.cut_after = 150_000
        found: list[Fetched] = []
        with pytest.raises(MailboxUnreachable, match="connection was lost"):
            async with mailbox(imap, wire.port) as box:
                async for message in box.new_after(START, batch=3):
                    found.append(message)
        assert 0 < len(found) < 20
        wire.cut_after = None
        async with mailbox(imap, wire.port) as box:
            found += await all_after(box, found[-1].position)
    assert [message.raw for message in found] == [a_message(number, "x" * 20_000) for number in range(20)]


async def test_a_server_that_is_killed_while_it_sends() -> None:
    """The reading ends at once, not after the timeout, and so does everything that is asked afterwards."""
    with imap_server({"a": PASSWORD}) as server:
        account = Account(server.port, "a")
        account.append(a_message(1))
        account.append(a_message(2, "x" * 20_000_000))
        async with mailbox(account, timeout_s=60) as box:
            start = time.perf_counter()
            with pytest.raises(MailboxUnreachable):
                async for message in box.new_after(START, batch=1):
                    assert message.raw == a_message(1)
                    asyncio.get_running_loop().call_later(0.02, server.kill)
            for ask in (box.state, lambda: box.wait(60), lambda: box.delete([1], 1)):
                with pytest.raises(MailboxUnreachable):
                    await ask()
            assert time.perf_counter() - start < 15


async def test_what_was_read_is_deleted_and_nothing_else(imap: Account) -> None:
    """With UIDPLUS exactly these messages go, although a person at another client has marked another one."""
    for number in range(5):
        imap.append(a_message(number))
    first, *_, last = imap.uids()
    imap.flag(last)
    async with mailbox(imap) as box:
        state = await box.state()
        assert await box.delete([first, first + 1, 99_999], state.uid_validity) is Deleted.GONE
        assert await box.delete([], state.uid_validity) is Deleted.GONE
    assert imap.uids() == list(range(first + 2, last + 1))


async def test_without_uidplus_nobody_elses_message_is_removed(imap: Account) -> None:
    """EXPUNGE takes all that is marked: it is used when only ours are, else ours stay marked."""
    for number in range(3):
        imap.append(a_message(number))
    first, second, third = imap.uids()
    async with proxy(imap.port) as wire:
        wire.change = lambda data: data.replace(b"UIDPLUS", b"XXXPLUS")
        async with mailbox(imap, wire.port) as box:
            validity = (await box.state()).uid_validity
            assert await box.delete([first], validity) is Deleted.GONE
            assert imap.uids() == [second, third]
            imap.flag(third)
            assert await box.delete([second], validity) is Deleted.FLAGGED
    assert imap.uids() == [second, third] and imap.uids("DELETED") == [second, third]


async def test_deleting_while_reading(imap: Account) -> None:
    """Each message may be deleted as soon as it was dealt with; the next ones keep coming."""
    for number in range(7):
        imap.append(a_message(number))
    async with mailbox(imap) as box:
        found = []
        async for message in box.new_after(START, batch=3):
            found.append(message.raw)
            await box.delete([message.uid], message.position.uid_validity)
    assert found == [a_message(number) for number in range(7)] and imap.uids() == []


@pytest.mark.parametrize("idle", [True, False])
async def test_waiting_ends_when_something_comes(imap: Account, idle: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """IDLE where it is offered, else a look now and then; and what came before the waiting counts too."""
    monkeypatch.setattr("edges.inbox.POLL_S", 0.2)
    imap.append(a_message(1))
    async with proxy(imap.port) as wire:
        if not idle:
            wire.change = lambda data: data.replace(b" IDLE", b" XDLE")
        async with mailbox(imap, wire.port) as box:
            assert await box.wait(0.5) is False
            waiting = asyncio.create_task(box.wait(30))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            await asyncio.to_thread(imap.append, a_message(2))
            assert await asyncio.wait_for(waiting, 5) is True
            assert len(await all_after(box)) == 2
            assert await box.wait(0.3) is False
            imap.append(a_message(3))
            assert await asyncio.wait_for(box.wait(30), 5) is True
        assert (wire.count("IDLE") > 0) == idle


async def test_one_goes_and_one_comes_while_waiting(imap: Account) -> None:
    """The number of messages is the same afterwards, and yet something new came."""
    imap.append(a_message(1))
    async with mailbox(imap) as box:
        waiting = asyncio.create_task(box.wait(20))
        await asyncio.sleep(0.3)

        def exchange() -> None:
            imap.client.select()
            imap.client.store("1", "+FLAGS", r"(\Deleted)")
            imap.client.expunge()
            imap.append(a_message(2))

        await asyncio.to_thread(exchange)
        assert await asyncio.wait_for(waiting, 5) is True


async def test_a_waiting_that_is_cancelled_leaves_nothing_behind(imap: Account) -> None:
    """The connection was in the middle of a word: it is closed, and says so."""
    async with mailbox(imap) as box:
        waiting = asyncio.create_task(box.wait(60))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(MailboxUnreachable):
            await box.state()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_tls_is_used_and_the_certificate_checked(
    tls: Any, certificate: tuple[ssl.SSLContext, ssl.SSLContext], certificate_files: tuple[Path, Path]
) -> None:
    """A certificate that nobody vouches for stops us before a password is said."""
    with imap_server({"a": PASSWORD}, tls=tls, certificate=certificate_files) as server:
        async with Mailbox(
            "127.0.0.1", server.port, tls, "a", PASSWORD, tls_context=certificate[1], timeout_s=10
        ) as box:
            assert (await box.state()).exists == 0
            assert box._here.transport.get_extra_info("ssl_object") is not None
        with pytest.raises(MailboxUnreachable, match="certificate"):
            async with Mailbox("127.0.0.1", server.port, tls, "a", PASSWORD, timeout_s=10):
                pass


async def test_a_server_without_starttls_hears_no_password(imap: Account) -> None:
    """Where TLS was asked for, nothing is said in the open."""
    async with proxy(imap.port) as wire:
        with pytest.raises(MailboxUnreachable, match="STARTTLS"):
            async with Mailbox("127.0.0.1", wire.port, "starttls", imap.user, imap.password):
                pass
        assert wire.count("LOGIN") == 0


@pytest.mark.parametrize("change", [{"user": "nobody"}, {"password": "wrong"}])
async def test_a_wrong_password_is_refused_and_said_nowhere(imap: Account, change: dict[str, str]) -> None:
    """One class of error, without the name, the password or the server."""
    given = {"user": imap.user, "password": imap.password} | change
    with pytest.raises(MailboxRefused, match="user name or password") as refused:
        async with Mailbox("127.0.0.1", imap.port, "none", given["user"], given["password"]):
            pass
    said = f"{refused.value!r} {refused.value.__context__!r} {refused.value.__cause__!r}"
    assert not any(word in said for word in (*given.values(), "127.0.0.1", str(imap.port)))


async def test_a_folder_that_is_not_there_is_refused(imap: Account) -> None:
    """And one whose name needs the old encoding of IMAP is found."""
    with pytest.raises(MailboxRefused, match="folder"):
        async with mailbox(imap, folder="Nowhere"):
            pass
    imap.make('"R&AOk-ponses &- co"')
    async with mailbox(imap, folder="Réponses & co") as box:
        assert (await box.state()).exists == 0


@pytest.mark.parametrize("given", [
    {"host": "mail.example", "tls": "none"},
    {"host": "192.0.2.1", "tls": "none"},
    {"host": "mail.example", "tls": "tls", "simulated": True},
    {"host": "127.0.0.1", "tls": "none", "username": "a\r\nA2 DELETE INBOX"},
])  # fmt: skip
def test_forbidden_ways_are_refused(given: dict[str, Any]) -> None:
    """No mailbox without TLS beyond this machine, and a simulated store never takes real answers."""
    with pytest.raises(MailboxRefused):
        Mailbox(**{"port": 143, "username": "a", "password": "b", **given})


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """All records of all loggers, at the lowest level, word for word; loggers are set up as a program might do it."""
    records: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record.getMessage() + repr(record.exc_info))

    names = [name for name in logging.root.manager.loggerDict if name.startswith(("aioimaplib", "asyncio", "edges"))]
    loggers = [logging.root, *(logging.getLogger(name) for name in names)]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    handler = Keep()
    logging.root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(1)
        logger.disabled = False
    try:
        yield records
    finally:
        logging.root.removeHandler(handler)
        for logger, level, disabled in before:
            logger.setLevel(level)
            logger.disabled = disabled


async def test_no_message_and_no_password_is_ever_logged(imap: Account) -> None:
    """Not even where somebody sets every logger to the lowest level; and nothing shows in a `repr`."""
    imap.append(a_message(1, SECRET))
    imap.append(a_message(2, SECRET * 100))
    asyncio.get_running_loop().set_debug(True)
    with everything_logged() as records:
        logging.getLogger("edges.test").warning("this one is heard")
        async with mailbox(imap) as box:
            found = await all_after(box, most_bytes=500)
            await box.wait(0.1)
            await box.delete([found[0].uid], found[0].position.uid_validity)
        with pytest.raises(MailboxRefused):
            async with Mailbox("127.0.0.1", imap.port, "none", imap.user, SECRET):
                pass
    said = " ".join(records) + repr(found) + repr(box)
    assert "this one is heard" in said
    assert SECRET in (found[0].raw or b"").decode() and found[1].raw is None
    assert SECRET not in said and PASSWORD not in said and "geheim" not in said


async def test_nothing_is_written_to_disk(imap: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People mail pictures: a raw message lives in memory only (practice 2.5)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    imap.append(a_message(1, "x" * 3_000_000))
    async with mailbox(imap) as box:
        assert len(await all_after(box)) == 1
    assert list(tmp_path.iterdir()) == []
