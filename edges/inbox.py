"""
The mailbox that answers come to, read over IMAP.

A message is known by the mailbox's number (UIDVALIDITY) and its own (UID). Only what lies above the caller's position
is asked for, so that a mailbox of a hundred thousand messages is not read again. When the mailbox was made anew its
number changes and all messages are offered once more: the caller tells those that it knows by their digest.

Raw messages live in memory only: people will mail pictures, and nothing here writes to disk or to a log (practice 2.5).
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Literal, Self

from edges.imap_line import SMALL, Answer, Line, MailboxError, MailboxRefused, MailboxUnreachable, open_line
from edges.imap_words import exists, folder_name, gone, items, told, uid_set, uids_found
from edges.settings import is_loopback

__all__ = [
    "Deleted", "Fetched", "Mailbox", "MailboxError", "MailboxRefused", "MailboxState", "MailboxUnreachable", "Position",
]  # fmt: skip

MOST_BYTES = 30_000_000
MOST_HEADERS = 200_000  # octets of headers kept of a message that is too large
MOST_TOGETHER = 8_000_000  # octets of messages asked for in one command
MOST_BATCH = 200
IDLE_S = 29 * 60.0  # a server may hang up on a client that says nothing for thirty minutes (RFC 2177)
POLL_S = 30.0  # how often we look where the server cannot call us
_AT_ONCE = 500  # numbers in one command that deletes


@dataclass(frozen=True, slots=True)
class MailboxState:
    """What the server says of the folder; `uid_next` is above every number given so far."""

    uid_validity: int
    uid_next: int
    exists: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was read; `Position(0, 0)` is its beginning."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    One message. `raw` is none if it is too large or the server cannot give it; then `headers` hold what came of them.

    `size` is what the server claims, `internal_date` when it took the message (none if it gives no date that exists).
    """

    uid: int
    internal_date: datetime | None
    size: int
    raw: bytes | None = field(repr=False)
    position: Position  # keep it, and the next reading begins after this message
    headers: bytes = field(default=b"", repr=False)


class Deleted(StrEnum):
    """What became of messages that were to be deleted."""

    GONE = "gone"
    FLAGGED = "flagged"  # marked only: the server could remove them only together with what somebody else marked
    OTHER_MAILBOX = "other_mailbox"  # the mailbox was made anew: the numbers mean other messages, nothing was touched


@dataclass(frozen=True, slots=True)
class _Head:
    uid: int
    size: int
    internal_date: datetime | None


class Mailbox:
    """An async context manager: one connection, one folder, one reader at a time."""

    def __init__(
        self,
        host: str,
        port: int,
        tls: Literal["none", "starttls", "tls"],
        username: str,
        password: str,
        folder: str = "INBOX",
        *,
        timeout_s: float = 30,
        simulated: bool = False,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """
        Raise `MailboxRefused` for an unprotected way or, in a simulated store, for any server but this machine's own:
        it would take real answers for its own and delete them.
        """
        if tls == "none" and not is_loopback(host):
            raise MailboxRefused("without TLS on this machine only, 127.0.0.1: set tls or starttls")
        if simulated and not is_loopback(host):
            raise MailboxRefused("a simulated store reads a mailbox on this machine only, 127.0.0.1")
        if not (username + password).isprintable():
            raise MailboxRefused("a user name and a password hold no control characters")
        self._server, self._tls, self._context = (host, port), tls, tls_context
        self._login, self._folder, self._timeout = (username, password), folder_name(folder), timeout_s
        self._line: Line | None = None
        self._seen = 0  # the next number as it was when the mailbox was last looked at

    async def __aenter__(self) -> Self:
        host, port = self._server
        self._line = await open_line(host, port, tls=self._tls, context=self._context, seconds=self._timeout)
        try:
            await self._line.sign_in(*self._login, self._timeout)
            self._seen = (await self.state()).uid_next
        except BaseException:
            self._line.give_up("the connection was closed")
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            await self._line.leave()

    async def state(self) -> MailboxState:
        """
        Look at the folder anew.

        Raises:
            MailboxRefused: there is no such folder, or it may not be opened.
            MailboxUnreachable: no answer, or the server does not number its messages.
        """
        answer = await self._here.run(self._here.select(self._folder), self._timeout)
        if answer.result != "OK":
            raise MailboxRefused("there is no such folder, or it may not be opened")
        validity, following, count = (
            told(answer.lines, "UIDVALIDITY"),
            told(answer.lines, "UIDNEXT"),
            exists(answer.lines),
        )
        if validity is None or count is None:
            raise MailboxUnreachable("it does not number its messages")
        if following is None:  # an old server: ask for the last message
            following = max(await self._search("UID *"), default=0) + 1
        return MailboxState(validity, following, count)

    async def new_after(
        self, position: Position, most_bytes: int = MOST_BYTES, batch: int = 50
    ) -> AsyncIterator[Fetched]:
        """
        Give the messages after `position`, in the order of their numbers.

        A message larger than `most_bytes`, or one that the server cannot give, comes without its text and never stops
        the next. Messages may be deleted and the iteration may be left at any time.

        Raises:
            MailboxUnreachable: the connection is gone; what was given so far was given whole.
        """
        state = await self.state()
        self._seen = state.uid_next
        after = position.last_uid if position.uid_validity == state.uid_validity else 0
        if state.uid_next <= after + 1 or not state.exists:
            return
        # "n:*" always holds the last message, even one below n (RFC 3501, 6.4.8)
        uids = [uid for uid in await self._search(f"UID {after + 1}:*", state.exists) if uid > after]
        step = min(max(batch, 1), MOST_BATCH)
        for start in range(0, len(uids), step):
            for group in _together(await self._heads(uids[start : start + step]), most_bytes):
                async for head, raw in self._bodies(group, most_bytes):
                    headers = b"" if raw is not None else await self._headers(head)
                    here = Position(state.uid_validity, head.uid)
                    yield Fetched(head.uid, head.internal_date, head.size, raw, here, headers)

    async def delete(self, uids: Iterable[int], uid_validity: int) -> Deleted:
        """
        Delete messages of the mailbox that had this number when they were read.

        With UIDPLUS exactly these go. Without it EXPUNGE removes all that anybody marked: then it is used only if
        nothing else is marked, and otherwise the messages stay marked, for the server's owner to remove.
        """
        wanted = sorted(set(uids))
        if (await self.state()).uid_validity != uid_validity:
            return Deleted.OTHER_MAILBOX
        exact = self._here.offers("UIDPLUS")
        for start in range(0, len(wanted), _AT_ONCE):
            some = uid_set(wanted[start : start + _AT_ONCE])
            await self._done(await self._uid("STORE", some, r"+FLAGS.SILENT (\Deleted)"))
            if exact:
                await self._done(await self._uid("EXPUNGE", some))
        if exact or not wanted:
            return Deleted.GONE
        if set(await self._search("DELETED")) - set(wanted):
            return Deleted.FLAGGED
        await self._done(await self._here.run(self._here.expunge(), self._timeout))
        return Deleted.GONE

    async def wait(self, seconds: float) -> bool:
        """
        Wait until something new has come since the mailbox was last looked at, at most `seconds` and 29 minutes.

        Returns:
            Whether something new came.

        Raises:
            MailboxUnreachable: the connection is gone.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + min(seconds, IDLE_S)
        while True:
            state = await self.state()
            if state.uid_next > self._seen:
                return True
            left = end - loop.time()
            if left <= 0:
                return False
            if self._here.offers("IDLE"):
                await self._idle(left, state.exists)
            else:
                await asyncio.sleep(min(left, POLL_S))

    async def _idle(self, seconds: float, known: int) -> None:
        """Let the server call us; come back when the number of messages grew or the time is over."""
        line = self._here
        while not line.idle_queue.empty():
            line.idle_queue.get_nowait()

        async def called() -> None:
            count = known
            while True:
                said = await line.idle_queue.get()
                count -= gone(said)
                if (exists(said) or 0) > count:
                    return

        calling = asyncio.ensure_future(called())
        idling = asyncio.ensure_future(line.run(line.idle(), seconds + 2 * self._timeout))
        try:
            await asyncio.wait({calling, idling}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not idling.done():
                line.idle_done()
                await asyncio.wait({idling}, timeout=self._timeout)
            if not idling.done():
                line.give_up("it did not answer in time")
            if (await idling).result != "OK":
                raise MailboxUnreachable("it does not do what it offers")
        finally:
            calling.cancel()
            idling.cancel()
            await asyncio.wait({calling, idling})

    async def _heads(self, uids: Sequence[int]) -> list[_Head]:
        answer = await self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)")
        if answer.result == "OK":
            found = {item.uid: item for item in items(answer.lines) if item.size is not None}
            return [_Head(uid, found[uid].size or 0, found[uid].internal_date) for uid in uids if uid in found]
        if len(uids) == 1:  # there is one, and nothing can be learned of it
            return [_Head(uids[0], 0, None)]
        return [head for uid in uids for head in await self._heads([uid])]

    async def _bodies(self, group: Sequence[_Head], most: int) -> AsyncIterator[tuple[_Head, bytes | None]]:
        """The messages of a group; one that is gone by now is left out."""
        if group[0].size > most:
            yield group[0], None
            return
        # A server's idea of a size may be wrong: so much of each is asked for that a lie costs no more than a look.
        bound = min(most, 2 * max(head.size for head in group) + 65_536)
        octets = len(group) * (bound + 1)
        answer = await self._fetch([head.uid for head in group], f"(UID BODY.PEEK[]<0.{bound + 1}>)", octets)
        found = {item.uid: item.body for item in items(answer.lines) if item.body is not None}
        still_there = {item.uid for item in items(answer.lines)}
        for head in group:
            raw = found.get(head.uid)
            if raw is not None and len(raw) <= bound:
                yield head, raw
            elif raw is not None and bound < most:  # larger than the server said
                async for _, whole in self._bodies([replace(head, size=most)], most):
                    yield head, whole
            elif raw is None and answer.result != "OK" and len(group) > 1:  # it cannot give one of them
                async for one in self._bodies([head], most):
                    yield one
            elif raw is not None or answer.result != "OK" or head.uid in still_there:
                yield head, None

    async def _headers(self, head: _Head) -> bytes:
        answer = await self._fetch([head.uid], f"(UID BODY.PEEK[HEADER]<0.{MOST_HEADERS}>)", MOST_HEADERS)
        return next((item.body for item in items(answer.lines) if item.uid == head.uid and item.body), b"")

    async def _fetch(self, uids: Sequence[int], what: str, octets: int = 0) -> Answer:
        return await self._here.fetch_by_uid(uid_set(uids), what, silence_s=self._timeout, octets=octets)

    async def _uid(self, name: str, *words: str) -> Answer:
        return await self._here.run(self._here.uid(name, *words), self._timeout)

    async def _search(self, what: str, count: int = 0) -> list[int]:
        command = self._here.search(what, charset=None, by_uid=True)
        answer = await self._here.run(command, self._timeout, octets=SMALL + 12 * count)
        await self._done(answer)
        return uids_found(answer.lines)

    async def _done(self, answer: Answer) -> None:
        if answer.result != "OK":
            raise MailboxUnreachable("it does not do what was asked")

    @property
    def _here(self) -> Line:
        if self._line is None or not self._line.open:
            raise MailboxUnreachable("the connection was lost")
        return self._line


def _together(heads: Sequence[_Head], most: int) -> Iterator[list[_Head]]:
    """Groups that are asked for in one command: together not too large, and what is too large alone."""
    group: list[_Head] = []
    for head in heads:
        alone = head.size > most
        if group and (alone or sum(each.size for each in group) + head.size > MOST_TOGETHER):
            yield group
            group = []
        group.append(head)
        if alone:
            yield group
            group = []
    if group:
        yield group
