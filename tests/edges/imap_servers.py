"""
Real IMAP servers on loopback: pymap in a process of its own, a proxy that counts and cuts, and one that misbehaves.

    def test_something(imap: Account) -> None:      # a mailbox of its own on a server that all tests share
        imap.append(b"From: a@host.example\\r\\n\\r\\nText\\r\\n")
        async with Mailbox("127.0.0.1", imap.port, "none", imap.user, imap.password) as mailbox: ...
"""

import asyncio
import imaplib
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
MOST_USERS = 500
PASSWORD = 'geheim "4\\2'  # with all that must be escaped


@dataclass(slots=True)
class ImapServer:
    """A running server; `kill` ends it without a word to anybody."""

    process: subprocess.Popen[str]
    port: int

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.kill()
        self.process.stdout.close()


def start(users: dict[str, str], *, tls: str = "none", certificate: Sequence[Path] = ()) -> ImapServer:
    """Start a server for these users (name: password), in memory, on a free port."""
    given = {"users": users, "tls": tls, "certificate": [str(file) for file in certificate]}
    command = [sys.executable, "-m", "tests.edges.imap_process", json.dumps(given)]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline()
    if not port:
        raise RuntimeError(f"the IMAP server did not start (code {process.wait()})")
    return ImapServer(process, int(port))


@contextmanager
def imap_server(users: dict[str, str], **more: Any) -> Iterator[ImapServer]:
    """A server that ends with the block."""
    server = start(users, **more)
    try:
        yield server
    finally:
        server.stop()


@dataclass(slots=True)
class Account:
    """One mailbox on a server, and what a test does to it from outside, over IMAP as any client does."""

    port: int
    user: str
    password: str = PASSWORD
    _client: imaplib.IMAP4 | None = field(default=None, repr=False)

    @property
    def client(self) -> imaplib.IMAP4:
        """A connection of the test's own, signed in."""
        if self._client is None:
            self._client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
            self._client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms for each message
            self._client.login(self.user, self.password)
        return self._client

    def append(self, raw: bytes, *, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Put a message into a folder, as a mail server does."""
        done, answer = self.client.append(folder, "", at.timestamp() if at else time.time(), raw)
        assert done == "OK", answer

    def make(self, folder: str) -> None:
        """Make a folder; one that is there already is made anew, empty and under another number."""
        self.client.delete(folder)
        done, answer = self.client.create(folder)
        assert done == "OK", answer

    def uids(self, criterion: str = "ALL", folder: str = "INBOX") -> list[int]:
        """The numbers of the messages that are there."""
        self.client.select(folder, readonly=True)
        _, (found,) = self.client.uid("SEARCH", criterion)
        return [int(word) for word in (found or b"").split()]

    def flag(self, uid: int, folder: str = "INBOX") -> None:
        """Mark a message as deleted, as a person at another client does."""
        self.client.select(folder)
        self.client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")

    def close(self) -> None:
        """Sign out."""
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.logout()


@pytest.fixture(scope="session")
def imap_house() -> Iterator[Iterator[Account]]:
    """One server for all tests of a process, and its mailboxes, each to be used once."""
    names = [f"user{number}" for number in range(MOST_USERS)]
    with imap_server(dict.fromkeys(names, PASSWORD)) as server:
        yield (Account(server.port, names[number]) for number in itertools.count())


@pytest.fixture
def imap(imap_house: Iterator[Account]) -> Iterator[Account]:
    """An empty mailbox that nobody else uses."""
    account = next(imap_house)
    yield account
    account.close()


@dataclass(slots=True)
class Wire:
    """What a proxy saw, and what it does to what passes."""

    port: int = 0
    said: list[str] = field(default_factory=list)  # each command of the client, without its tag
    change: Callable[[bytes], bytes] = lambda data: data  # of what the server sends
    cut_after: int | None = None  # octets of the server until the connection is cut

    def count(self, verb: str) -> int:
        """How many commands held this word."""
        return sum(verb in line for line in self.said)


@asynccontextmanager
async def proxy(to: int) -> AsyncIterator[Wire]:
    """A wire to the server at this port that counts commands and may change, or cut, what passes."""
    wire, open_ends = Wire(), set()

    async def towards(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            wire.said.append(line.decode().strip().partition(" ")[2])
            writer.write(line)

    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while data := await reader.read(65_536):
            passed += len(data)
            writer.write(wire.change(data))
            await writer.drain()
            if wire.cut_after is not None and passed > wire.cut_after:
                return

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", to)
        open_ends.update((writer, other_writer))
        ways = [asyncio.ensure_future(towards(reader, other_writer)), asyncio.ensure_future(back(other_reader, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        writer.close()
        other_writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for end in open_ends:
            end.close()
        await asyncio.sleep(0)


Answer = bytes | list[bytes] | None


@asynccontextmanager
async def scripted_imap(answers: dict[str, Answer], *, said: list[str] | None = None) -> AsyncIterator[int]:
    """
    A server that answers each command from a table, by the command without its tag, as long as it needs to be.

    The key is a prefix such as `UID FETCH 1:2 (UID RFC`, the longest that fits counts; `{tag}` is replaced. A list holds one answer for
    each time. None closes without a word; b"hang" says nothing. What is not in the table is done well and has nothing.
    """
    usual: dict[str, Answer] = {
        "CONNECT": b"* OK ready\r\n",
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 UIDPLUS IDLE\r\n{tag} OK done\r\n",
        "SELECT": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 3] .\r\n{tag} OK [READ-WRITE] done\r\n",
        "UID SEARCH": b"* SEARCH 1 2\r\n{tag} OK done\r\n",
        "LOGOUT": b"* BYE\r\n{tag} OK done\r\n",
        "": b"{tag} OK done\r\n",
    }
    table = usual | answers
    writers = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        line = b"- CONNECT"
        while line:
            tag, _, command = line.strip().partition(b" ")
            if said is not None:
                said.append(command.decode())
            key = max((each for each in table if command.decode().startswith(each)), key=len)
            answer = table[key]
            if isinstance(answer, list):
                answer = answer.pop(0) if answer else usual.get(key, usual[""])
            if answer is None:
                break
            if answer != b"hang":
                with suppress(ConnectionError):
                    writer.write(answer.replace(b"{tag}", tag))
                    await writer.drain()
            line = await reader.readline()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await asyncio.sleep(0)
