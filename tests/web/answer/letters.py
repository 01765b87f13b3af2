"""A small house whose notice really left, with its link; and the role under which the answer page works."""

import asyncio
import email
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from sqlalchemy.engine import make_url

from cases.house import answer_key_of
from edges.databases import PUBLIC
from edges.page_key import PageKey, page_key_of
from edges.settings import Settings
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, at_work, furnish, run_patiently, scalar, settings
from tests.faults.post import Post
from tests.keys import KEYS
from tests.owning import servers

HOST = "answers.hotline.example"
URL = f"https://{HOST}"
VICTIM = "marie-durand"  # the site is named after her: no page may show it


@dataclass(frozen=True)
class Sent:
    """A letter as its recipient holds it, and what the page's process holds."""

    raw: bytes
    key: PageKey
    answer_key: bytes

    @property
    def plain(self) -> str:
        """The text part as a mail program shows it."""
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def link(self) -> str:
        """The link, read off the letter."""
        [found] = re.findall(rf"^{re.escape(URL)}/a/\S+$", self.plain, re.MULTILINE)
        return str(found)

    @property
    def path(self) -> str:
        """The link without its host."""
        return self.link.removeprefix(URL)


def page_settings(**more: object) -> Settings:
    """What the page is told."""
    return Settings(**{"answer_url": URL, "reply_to": "desk@hotline.example", **more})  # type: ignore[arg-type]


async def send_a_notice(url: str, home: Path) -> Sent:
    """Notices about three reports, sent to a real SMTP server by a dispatch whose house has an answer page."""
    store, post = Store(url, KEYS), Post()
    await furnish(store, reports=3, url=f"http://{VICTIM}.example/photos")
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        async with at_work(settings(home, url, controller.port, answer_url=URL), lambda: NOW) as desk:
            for _ in range(20):
                await run_patiently(desk)
                if await scalar(store, "SELECT count(*) FROM letter WHERE status = 'sent' AND kind = 'notice'"):
                    break
                await asyncio.sleep(0.1)
    finally:
        controller.stop()
    answer_key = await answer_key_of(store)
    await store.close()
    raw, *_ = [raw for recipient, raw in post.letters if recipient == "abuse@forum.example"]
    return Sent(raw, page_key_of(answer_key), answer_key)


def as_the_page(url: str) -> str:
    """The same database under the public role."""
    return servers[0].url(str(make_url(url).database), PUBLIC)
