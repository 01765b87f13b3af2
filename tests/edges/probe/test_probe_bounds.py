"""A look is bounded in time and size, whatever the server does."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from typing import Any

import pytest

from law.vocabulary import Basis, Sight

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", HEAD + b"\r\n", HEAD + b"content-length: 999\r\n\r\n"])
async def test_slow_drip_ends(site: Any, look: Any, first: bytes) -> None:
    """A server that sends a byte now and then is given up after the whole time, wherever it drips."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _ in range(200):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    site.routes["/a"] = drip
    begun = time.monotonic()
    seen = await look(site.url("/a"), timeout_s=0.3)
    assert time.monotonic() - begun < 1
    assert (seen.sight, seen.detail) == (Sight.UNAVAILABLE, "no complete answer in time")


async def test_slow_names_end(site: Any, look: Any) -> None:
    """A name server that never answers is given up as well."""

    class Silent:
        async def resolve(self, host: str, port: int) -> list[str]:
            await asyncio.sleep(60)
            return []

    seen = await look("http://slow.example/a", timeout_s=0.2, resolver=Silent())
    assert Sight.UNAVAILABLE is seen.sight


async def test_endless_body_is_cut(site: Any, look: Any) -> None:
    """An endless body is read up to the limit and judged by what was read; the server notices that we left."""
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(HEAD + b"\r\n<title>Page introuvable</title>")
        while True:
            writer.write(b"<br>" * 2500)
            await writer.drain()
            sent += 10_000

    site.routes["/a"] = endless
    seen = await look(site.url("/a"), max_bytes=100_000)
    assert (seen.sight, seen.basis) == (Sight.UNKNOWN, Basis.BODY)
    assert sent < 20_000_000  # socket buffers only


async def test_body_is_left_on_the_wire_without_leave(site: Any, look: Any) -> None:
    """Without leave the connection is closed behind the headers, though the body has no end."""
    closed = asyncio.Event()

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        try:
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
        finally:
            closed.set()

    site.routes["/a"] = endless
    seen = await look(site.url("/a"), body=False)
    await asyncio.wait_for(closed.wait(), 1)
    assert (seen.sight, seen.basis) == (Sight.ALIVE, Basis.STATUS)


async def test_gzip_bomb_is_bounded(site: Any, look: Any) -> None:
    """What a body unpacks to is bounded too: 200 MB in a few kilobytes do not reach memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b"\n" * 1_000_000
    bomb = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    site.page("/a", bomb, content_encoding="gzip")
    tracemalloc.start()
    seen = await look(site.url("/a"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Basis.BODY is seen.basis
    assert peak < 8_000_000


async def test_packed_body_that_unpacks_to_nothing(site: Any, look: Any) -> None:
    """What comes over the wire is bounded apart from what it unpacks to: empty blocks without end are cut."""

    async def hollow(writer: asyncio.StreamWriter) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        writer.write(HEAD + b"content-encoding: gzip\r\n\r\n" + packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH))
        while True:
            writer.write(b"\0\0\0\xff\xff" * 2000)
            await writer.drain()

    site.routes["/a"] = hollow
    seen = await look(site.url("/a"))
    assert (seen.sight, seen.detail) == (Sight.UNKNOWN, "an empty page")


async def test_packed_page_is_read(site: Any, look: Any) -> None:
    """An honest packed page is read; one in another packing, or broken, is judged by its status."""
    site.page("/a", gzip.compress(b"<h1>Page introuvable</h1>"), content_encoding="gzip")
    site.page("/b", b"<h1>Page introuvable</h1>", content_encoding="br")
    site.page("/c", b"<h1>Page introuvable</h1>", content_encoding="gzip")
    bases = [(await look(site.url(path))).basis for path in ("/a", "/b", "/c")]
    assert bases == [Basis.BODY, Basis.STATUS, Basis.STATUS]


HOSTILE = {
    "open comments": "<!--" * 60_000,
    "open tags": "<a " * 80_000,
    "half scripts": "<script>" * 30_000,
    "many forms": "<input type=" * 20_000,
    "headings": "<h1>" * 60_000,
    "entities": "&" * 250_000,
    "a long number": "&#" + "1" * 250_000 + ";",
    "combining marks": "\u0344\u0315\u0327" * 40_000,
    "spaces": " " * 250_000,
    "capital dotted i": "\u0130<TITLE>404</TITLE>" * 9_000,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_page_is_read_in_linear_time(site: Any, look: Any, page: str) -> None:
    """No page of the greatest allowed size holds up the others: half a second at most, on a slow machine."""
    site.page("/a", page)
    begun = time.process_time()
    seen = await look(site.url("/a"))
    assert time.process_time() - begun < 0.5
    assert "failed" not in seen.detail


@pytest.mark.parametrize("flood", [b"a: " + b"x" * 2_000_000, b"".join(b"h%d: x\r\n" % n for n in range(200_000))])
async def test_flood_of_headers(site: Any, look: Any, flood: bytes) -> None:
    """Headers without end break the look off; nothing is removed by them."""
    site.routes["/a"] = b"HTTP/1.1 404 Not Found\r\n" + flood
    assert Sight.UNAVAILABLE is (await look(site.url("/a"))).sight


async def test_endless_interim_answers(site: Any, look: Any) -> None:
    """A server that only ever says 'continue' is given up in time."""

    async def interim(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.001)

    site.routes["/a"] = interim
    assert Sight.UNAVAILABLE is (await look(site.url("/a"), timeout_s=0.3)).sight


@pytest.mark.parametrize(
    "junk",
    [b"", b"\0\1\2\3\r\n\r\n", b"HTTP/9.9 what\r\n\r\n", b"SSH-2.0-x\r\n", HEAD + b"content-length: 50\r\n\r\nx"],
)
async def test_broken_answer(site: Any, look: Any, junk: bytes) -> None:
    """What is no answer, or is cut off, is unavailable."""
    site.routes["/a"] = junk
    assert Sight.UNAVAILABLE is (await look(site.url("/a"))).sight


async def test_redirect_loop_ends(site: Any, look: Any) -> None:
    """Redirects are bounded: the first page and five more."""
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    seen = await look(site.url("/a"))
    assert (seen.sight, seen.detail, seen.status) == (Sight.UNKNOWN, "too many redirects", 302)
    assert len(site.requests) == 6


async def test_time_limit_covers_all_redirects(site: Any, look: Any) -> None:
    """The time is one for the whole look, not one for each hop."""

    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: /a\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    site.routes["/a"] = slow
    assert (await look(site.url("/a"), timeout_s=0.5)).detail == "no complete answer in time"
