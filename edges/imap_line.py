"""
One connection to an IMAP server, over aioimaplib, made fit for a server that may lie, stall or go away.

The library speaks the protocol. What it leaves open is closed here: a lost connection ends what waits (the library
waits on), every answer has a bound of time and of octets, STARTTLS, and an answer that the library cannot read ends
the connection in place of going to the log of asyncio. The library's own log is switched off: it holds every line that
is received, and so every message, word for word. No exception from here holds what a server said, an address or a
password, not even in its context.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Coroutine, Iterator
from typing import Any, Literal, NamedTuple

from aioimaplib import aioimaplib
from aioimaplib.aioimaplib import Command, CommandTimeout, FetchCommand, IMAP4ClientProtocol, quoted

SMALL = 4_000_000  # octets of an answer that holds no message
SLOWEST = 50_000  # octets a second of a message; a server that is slower is not answering
GOODBYE_S = 2.0  # how long we wait for the answer to LOGOUT
_AT_ONCE = 100  # lines that the library is given at a time: it calls itself once for each
_FOR_NOW = re.compile(rb"\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT|CONTACTADMIN)\b", re.IGNORECASE)  # RFC 5530


def _nothing(record: logging.LogRecord) -> bool:
    return False


aioimaplib.log.addFilter(_nothing)  # a level may be set anew by whoever configures logging; a filter stays
aioimaplib.log.disabled = True


class MailboxError(Exception):
    """The mailbox cannot be read."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{(self.__doc__ or '').strip()} ({why})")


class MailboxUnreachable(MailboxError):
    """The mailbox cannot be read now: check the imap settings and the server; nothing is lost."""


class MailboxRefused(MailboxError):
    """The mailbox does not let us in: correct the imap settings."""


class Answer(NamedTuple):
    """What a server said to a command: OK, NO or BAD, and its lines; a literal is a `bytearray`, a line is `bytes`."""

    result: str
    lines: list[bytes | bytearray]


class _Fetch(FetchCommand):  # type: ignore[misc]
    """The library counts the brackets of all lines again with each line; a long answer would stop everything else."""

    _depth = 0

    def append_to_resp(self, line: bytes | bytearray, result: str = "Pending") -> None:
        super().append_to_resp(line, result)
        if isinstance(line, bytes):
            if self.FETCH_MESSAGE_DATA_RE.match(line):
                self._depth = 0
            self._depth += line.count(b"(") - line.count(b")")

    def wait_data(self) -> bool:
        return self._depth != 0


class Line(IMAP4ClientProtocol):  # type: ignore[misc]
    """A connection; `run` is the only way to say something on it."""

    transport: Any
    capabilities: set[str]

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._lost: asyncio.Future[None] = loop.create_future()
        self._left = SMALL
        self._why = "the connection was lost"

    def data_received(self, data: bytes) -> None:
        """Count what comes, and give it to the library in portions."""
        self._left -= len(data)
        if self._left < 0:
            self.give_up("it sent more than was asked for")
            return
        try:
            for portion in _portions(data):
                super().data_received(portion)
        except Exception:  # the library has no one error for what it cannot read
            self.give_up("it does not speak IMAP as we understand it")

    def connection_lost(self, exc: Exception | None) -> None:
        """End what waits for an answer."""
        super().connection_lost(None)
        if not self._lost.done():
            self._lost.set_result(None)

    async def welcome(self, command: bytes) -> None:
        """Take the greeting; the library runs this apart, where an error would be nobody's."""
        try:
            await super().welcome(command)
        except Exception:
            self.give_up("it does not greet as an IMAP server does")

    def give_up(self, why: str) -> None:
        """Close at once; what is said from here on ends as unreachable."""
        if not self._lost.done():
            self._why = why
            self._lost.set_result(None)
        if self.transport is not None:
            self.transport.abort()

    @property
    def open(self) -> bool:
        return not self._lost.done()

    def offers(self, extension: str) -> bool:
        return extension in {str(word).upper() for word in self.capabilities}

    async def run(self, command: Coroutine[Any, Any, Any], seconds: float, *, octets: int = SMALL) -> Answer:
        """
        Wait for the answer to one command, at most `seconds` and at most `octets` of it.

        Raises:
            MailboxUnreachable: no answer came, or none that can be read; the connection is closed.
        """
        self._left = octets
        task = asyncio.ensure_future(command)
        try:
            await asyncio.wait({task, self._lost}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answered = task.done() and not task.cancelled() and task.exception() is None
            if not answered:
                slow = not task.done() or (not task.cancelled() and isinstance(task.exception(), CommandTimeout))
                self.give_up("it did not answer in time" if slow else "it did not answer as expected")
                task.cancel()
                await asyncio.wait({task})
        if not answered:
            raise MailboxUnreachable(self._why)
        return Answer(task.result().result, task.result().lines) if task.result() else Answer("OK", [])

    async def say(self, name: str, *words: str, seconds: float) -> Answer:
        """A command of our own; `words` must be quoted where they need it."""
        return await self.run(self.execute(Command(name, self.new_tag(), *words, loop=self.loop)), seconds)

    async def fetch_by_uid(self, uids: str, what: str, *, silence_s: float, octets: int) -> Answer:
        """Parts of messages; the server may pause for `silence_s`, and is slow when it is slower than `SLOWEST`."""
        command = _Fetch(self.new_tag(), uids, what, prefix="UID", loop=self.loop, timeout=silence_s)
        return await self.run(self.execute(command), silence_s + octets / SLOWEST, octets=octets + SMALL)

    async def learn(self, seconds: float) -> None:
        """Ask anew what the server offers: it says more to those who have signed in."""
        await self.run(self.capability(), seconds)

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """
        Go over to TLS; nothing that was said before counts afterwards (RFC 3501, 6.2.1).

        Raises:
            MailboxUnreachable: the server does not offer it, or slipped something in before the handshake.
        """
        if self.state != "NONAUTH" or not self.offers("STARTTLS"):
            raise MailboxUnreachable("it does not offer what the settings ask for, STARTTLS")
        answer = await self.say("STARTTLS", seconds=seconds)
        if answer.result != "OK" or self.incomplete_line:
            raise MailboxUnreachable("it does not offer what the settings ask for, STARTTLS")
        self.capabilities = set()
        self.transport = await asyncio.get_running_loop().start_tls(
            self.transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
        )
        await self.learn(seconds)

    async def sign_in(self, username: str, password: str, seconds: float) -> None:
        """
        Sign in, unless the server knows us already.

        Raises:
            MailboxRefused: the server does not know this user and password, or takes none in this way.
        """
        if self.state == "AUTH":
            return
        if self.offers("LOGINDISABLED"):
            raise MailboxRefused("it takes no password over this connection; set imap_tls")
        answer = await self.run(self.login(quoted(username), password), seconds)
        if answer.result != "OK":
            if _FOR_NOW.search(bytes(answer.lines[-1])):
                raise MailboxUnreachable("it lets nobody in at present")
            raise MailboxRefused("user name or password")
        await self.learn(seconds)

    async def leave(self) -> None:
        """Say goodbye, if anybody listens, and close."""
        if self.open:
            try:
                await self.run(self.logout(), GOODBYE_S)
            except MailboxUnreachable:
                return
        self.give_up("the connection was closed")


async def open_line(
    host: str, port: int, *, tls: Literal["none", "starttls", "tls"], context: ssl.SSLContext | None, seconds: float
) -> Line:
    """
    A connection that has been greeted and is protected as asked for.

    Raises:
        MailboxUnreachable: there is no such server, or its certificate is not accepted.
    """
    loop = asyncio.get_running_loop()
    line = Line(loop)
    why = None
    try:
        async with asyncio.timeout(3 * seconds):
            if context is None and tls != "none":
                context = await asyncio.to_thread(ssl.create_default_context)
            async with asyncio.timeout(seconds):
                await loop.create_connection(lambda: line, host, port, ssl=context if tls == "tls" else None)
            await line.run(line.wait("AUTH|NONAUTH"), seconds)
            if tls == "starttls" and context is not None:
                await line.start_tls(context, host, seconds)
    except ssl.SSLError:
        why = "its TLS certificate or handshake was not accepted"
    except TimeoutError:
        why = "it did not answer in time"
    except (OSError, UnicodeError):
        why = "no connection"
    except BaseException:
        line.give_up("the connection was closed")
        raise
    if why is not None:  # said here, so that no exception with a host name hangs on to ours
        line.give_up(why)
        raise MailboxUnreachable(why)
    return line


def _portions(data: bytes) -> Iterator[bytes]:
    """The same octets in portions of at most so many lines."""
    start = end = 0
    lines = 0
    while (found := data.find(b"\n", end)) >= 0:
        end, lines = found + 1, lines + 1
        if lines == _AT_ONCE:
            yield data[start:end]
            start, lines = end, 0
    if start < len(data):
        yield data[start:]
