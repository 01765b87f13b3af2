"""Real HTTP servers on loopback, byte by byte, so that they can misbehave; and name servers that answer as told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from edges.probe import Look, Prober, Target

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Site:
    """One server; every path answers as the test says, any other with 404."""

    def __init__(self) -> None:
        self.routes: dict[str, bytes | Handler] = {}
        self.requests: list[str] = []  # the heads, as they came
        self.hosts: list[str] = []
        self.at_once = self.most_at_once = 0
        self.port = 0

    def page(self, path: str, body: str | bytes, status: str = "200 OK", **headers: str) -> None:
        """Answer with a body; a header's underscores are dashes."""
        data = body.encode() if isinstance(body, str) else body
        fields = {"content_type": "text/html; charset=utf-8", "content_length": str(len(data)), **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.routes[path] = f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        """Answer with a redirect."""
        self.routes[path] = f"HTTP/1.1 {status} Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()

    def url(self, path: str = "/", host: str = "site.example", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def pair(self, host: str = "site.example") -> str:
        return f"{host}:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request and close."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(head)
            self.hosts.append(head.lower().split("host: ", 1)[1].split("\r\n", 1)[0])
            route = self.routes.get(head.split(" ", 2)[1], b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            if isinstance(route, bytes):
                writer.write(route)
                await writer.drain()
            else:
                await route(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


class Names:
    """A name server: the next answer from each name's list, the last one again and again."""

    def __init__(self, table: dict[str, list[list[str]]] | None = None) -> None:
        self.table = table or {}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.table:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        answers = self.table[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


Start = Callable[..., Awaitable[Site]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start as many sites as a test needs."""
    running: list[asyncio.Server] = []

    async def begin(tls: ssl.SSLContext | None = None) -> Site:
        site = Site()
        server = await asyncio.start_server(site.answer, "127.0.0.1", 0, ssl=tls)
        running.append(server)
        site.port = server.sockets[0].getsockname()[1]
        return site

    yield begin
    for server in running:
        server.close()


@pytest.fixture
async def site(start: Start) -> Site:
    """One site, known as site.example."""
    return await start()


@pytest.fixture
def names() -> Names:
    """A name server that knows nobody yet."""
    return Names()


@pytest.fixture(scope="session")
def authorities() -> ssl.SSLContext:
    """Loaded once: reading the public certificate authorities takes longer than a look."""
    return ssl.create_default_context()


@pytest.fixture
def look(site: Site, names: Names, authorities: ssl.SSLContext) -> Callable[..., Awaitable[Look]]:
    """One look at one URL, with site.example on the list and nothing else."""

    async def one(url: str, *, body: bool = True, **options: Any) -> Look:
        settings = {"allow": frozenset({site.pair()}), "resolver": names, "timeout_s": 2, "tls": authorities, **options}
        async with Prober(**settings) as prober:
            [seen] = await prober.look([Target("L-1", url, body)], NOW)
        return seen

    return one
