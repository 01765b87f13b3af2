"""
The world outside: a mail server that receives, refuses or breaks off, and websites that behave as scripted.

Both are real servers on loopback. They know the scenario's clock, so that a site can take content down three hours
after the notice reached its mailbox.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.scenarios.scenario import MONDAY, moment


@dataclass
class Clock:
    """The legal time of a scenario; only the runner moves it."""

    start: datetime
    now: datetime

    def since_start(self) -> timedelta:
        return self.now - self.start

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Received:
    """A letter as the mail server took it in."""

    at: timedelta
    to: str
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def resent(self) -> bool:
        return self.message["Resent-Message-ID"] is not None

    @property
    def text(self) -> str:
        """What a reader sees: subject and plain text, with single spaces."""
        body = self.message.get_body(("plain",))
        return " ".join(f"{self.message['Subject']} {body.get_content() if body else ''}".split())


class Mailbox:
    """
    The handler of an aiosmtpd server that serves every scenario in turn.

    `scripts` holds, by recipient, what the next letters meet: `refuses`, `not now`, `answer lost` (taken in, and the
    connection breaks before the answer), `lost` (it breaks and nothing was taken in), each with `, once` or for ever.
    """

    def __init__(self) -> None:
        self.clear(Clock(MONDAY, MONDAY), {})

    def clear(self, clock: Clock, scripts: dict[str, list[str]]) -> None:
        """Begin another scenario."""
        self.clock, self.scripts = clock, scripts
        self.received: list[Received] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter, or do what the script says."""
        [recipient] = envelope.rcpt_tos
        script = self._next(recipient)
        if script == "refuses":
            return "550 5.1.1 no such mailbox"
        if script == "not now":
            return "451 4.3.0 try again later"
        if script != "lost":
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append(Received(self.clock.since_start(), recipient, message))
        if script in {"lost", "answer lost"}:
            server.transport.abort()
        return "250 2.0.0 taken in"

    def _next(self, recipient: str) -> str:
        for_ever = self.scripts.get(recipient, [])
        if not for_ever:
            return "accepts"
        word, _, once = for_ever[0].partition(", ")
        if once == "once":
            del for_ever[0]
        return word

    def first_to(self, recipient: str) -> timedelta | None:
        """When the first letter reached this mailbox."""
        return next((one.at for one in self.received if one.to == recipient), None)


PAGES = {
    "alive": ("200 OK", "<title>Fil</title><p>Bonjour, voici le message et tout ce qui suit dans ce fil.</p>"),
    "gone": ("404 Not Found", "<title>404</title><p>Not found</p>"),
    "soft 404": ("200 OK", "<title>404 - Page introuvable</title><h1>Page introuvable</h1>"),
    "login": ("401 Unauthorized", ""),
    "maintenance": ("503 Service Unavailable", ""),
    "blocked here": ("451 Unavailable For Legal Reasons", ""),
}
PHASE = re.compile(r"(?P<what>.+?)(?: (?P<after>\+.+) after notice| from (?P<at>\+.+))?\Z")


@dataclass
class Site:
    """What one location does over time: phases, the last that has begun counts."""

    phases: list[str]
    mailbox_address: str

    def now(self, clock: Clock, mailbox: Mailbox) -> str:
        """What the location shows now."""
        shown = "alive"
        for phase in self.phases:
            found = PHASE.match(phase)
            assert found, phase
            begins = self._begins(found, mailbox)
            if begins is not None and begins <= clock.since_start():
                shown = found["what"]
        return shown

    def _begins(self, found: re.Match[str], mailbox: Mailbox) -> timedelta | None:
        if found["after"]:
            told = mailbox.first_to(self.mailbox_address)
            return None if told is None else told + moment(found["after"])
        return moment(found["at"]) if found["at"] else timedelta(0)


@dataclass
class Web:
    """One HTTP server that plays every website, told apart by the Host header and the path."""

    clock: Clock
    mailbox: Mailbox
    sites: dict[str, Site] = field(default_factory=dict)  # by "host/path"
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            host = head.lower().split("host: ", 1)[1].split("\r\n", 1)[0].partition(":")[0]
            self.asked.append(host + path)
            site = self.sites.get(host + path)
            await self._show(site.now(self.clock, self.mailbox) if site else "gone", writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _show(self, what: str, writer: asyncio.StreamWriter) -> None:
        if what == "times out":
            await asyncio.sleep(2)
            return
        if what == "elsewhere":
            writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://203.0.113.7/\r\ncontent-length: 0\r\n\r\n")
            return
        status, page = PAGES[what]
        body = page.encode()
        head = f"HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{head}connection: close\r\n\r\n".encode() + body)
        await writer.drain()
