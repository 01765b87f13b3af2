"""
Looking at reported locations, within practice 1.6: typed outcomes, bounded, and nothing kept of what was read.

One look is one GET, and one more for each redirect inside the same site. A body is read only where `body_allowed`
says so, in memory, and forgotten; else the connection is closed behind the headers. No URL and no host is logged.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import httpx

from edges.probe_network import (
    GuardedTransport,
    NameUnresolved,
    RefusedAddress,
    Resolver,
    SystemResolver,
    checked_addresses,
    host_of,
    quiet_libraries,
)
from edges.probe_page import read_page, text_of
from edges.probe_reading import load_signs
from edges.probe_rules import (
    GONE_STATUS,
    REDIRECTS,
    Finding,
    of_failure,
    of_landing,
    of_redirect,
    of_status,
    refusal,
)
from law.vocabulary import Basis, Sight

quiet_libraries()
log = logging.getLogger(__name__)

USER_AGENT = "SansDelai/0.1 (verifies notices of illegal content)"
HEADERS = {"Accept": "text/html,text/plain,*/*;q=0.5", "Accept-Language": "fr, en;q=0.8", "Accept-Encoding": "gzip"}
READABLE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
READ_STATUS = GONE_STATUS | {200, 203}


@dataclass(frozen=True, slots=True)
class Target:
    """One location to look at."""

    id: str  # the caller's own number; never sent, never logged
    url: str
    body_allowed: bool  # the organisation allowed it in writing for this category


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one location."""

    sight: Sight
    basis: Basis
    at: datetime  # UTC, as the caller gave it
    status: int | None  # of the last answer
    moved_to_host: str | None  # for MOVED only
    detail: str  # a reason in words without URL or host, safe for events
    address: str | None  # the IP address that gave the last answer (hosting trail)


class NaiveInstant(ValueError):
    """A look needs an instant with its time zone; allowed is an aware datetime."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A finding with what it rests on."""

    finding: Finding
    basis: Basis = Basis.STATUS
    status: int | None = None
    address: str | None = None

    def as_look(self, at: datetime) -> Look:
        """What the caller is given."""
        found = self.finding
        return Look(found.sight, self.basis, at, self.status, found.moved_to_host, found.detail, self.address)


class Prober:
    """
    Looks at lists of targets; an async context manager with one pool of connections.

    `allow` holds exact host:port pairs (lower case) for which loopback is permitted; filled in a simulated store only.
    `timeout_s` (seconds) bounds a whole look with its redirects, `max_bytes` what is read of a body and, apart, what it
    unpacks to. `per_host` and `total` bound the looks that run at the same time. `tls` replaces the public certificate
    authorities.
    """

    def __init__(
        self,
        *,
        allow: frozenset[str] = frozenset(),
        resolver: Resolver | None = None,
        timeout_s: float = 10,
        max_bytes: int = 262_144,
        max_redirects: int = 5,
        per_host: int = 2,
        total: int = 20,
        user_agent: str = USER_AGENT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        quiet_libraries()  # again: a logging set-up after the import may have opened them
        self._own_resolver: SystemResolver | None = None
        if resolver is None:
            resolver = self._own_resolver = SystemResolver(total)
        self._resolver = resolver
        self._transport = GuardedTransport(allow=allow, resolver=resolver, connections=total, tls=tls)
        self._signs = load_signs()
        self._allow, self._timeout_s, self._max_bytes, self._max_redirects = allow, timeout_s, max_bytes, max_redirects
        self._headers = {"User-Agent": user_agent, **HEADERS}
        self._per_host = per_host
        self._total = asyncio.Semaphore(total)
        # A host's semaphore lives as long as a look holds it.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def look(self, targets: Sequence[Target], now: datetime) -> list[Look]:
        """One look at each target, in the order given. Never raises for a target; NaiveInstant for a naive `now`."""
        if now.utcoffset() is None:
            raise NaiveInstant
        answers = await asyncio.gather(*(self._answer(target) for target in targets))
        return [answer.as_look(now.astimezone(UTC)) for answer in answers]

    async def _answer(self, target: Target) -> _Answer:
        try:
            url = httpx.URL(target.url.strip())
            if reason := refusal(url, self._allow, self._signs):
                return _Answer(Finding(Sight.UNKNOWN, reason))
            # The host first: whoever waits for a slow host does not hold one of the places of all.
            async with self._slot(host_of(url)), self._total, asyncio.timeout(self._timeout_s):
                return await self._follow(url, target.body_allowed)
        except Exception as failure:
            known = of_failure(failure)
            if known is None:
                # The kind of failure only: its text and its trace may hold the URL.
                log.error("a look failed for a reason not foreseen: %s", type(failure).__name__)
            return _Answer(known or Finding(Sight.UNKNOWN, "the look itself failed"))

    def _slot(self, host: str) -> asyncio.Semaphore:
        return self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))

    async def _follow(self, start: httpx.URL, body_allowed: bool) -> _Answer:
        """Look at a page, and behind its redirects as long as they stay inside the same site."""
        url = start
        for _ in range(self._max_redirects + 1):
            answer, there = await self._visit(url, body_allowed)
            if there is None:
                landed = of_landing(start, url, self._signs) if answer.finding.sight is Sight.ALIVE else None
                return _Answer(landed, answer.basis, answer.status, answer.address) if landed else answer
            finding = await self._judge_redirect(start, there)
            if finding is not None:
                return _Answer(finding, Basis.STATUS, answer.status, answer.address)
            url = there
        return _Answer(Finding(Sight.UNKNOWN, "too many redirects"), Basis.STATUS, answer.status, answer.address)

    async def _visit(self, url: httpx.URL, body_allowed: bool) -> tuple[_Answer, httpx.URL | None]:
        """One GET: what it says, and where it redirects to if it does."""
        # Without leave to read, ask for one byte: many hosts then send no more, and HEAD is answered differently.
        headers = self._headers if body_allowed else {**self._headers, "Range": "bytes=0-0"}
        limits = httpx.Timeout(self._timeout_s).as_dict()
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": limits})
        response = await self._transport.handle_async_request(request)
        try:
            status, address = response.status_code, response.extensions["address"]
            if status in REDIRECTS and "location" in response.headers:
                there = url.join(response.headers["location"])
                return _Answer(of_status(status), Basis.STATUS, status, address), there
            text = await self._read(response) if body_allowed and status in READ_STATUS else None
            if text is None:
                return _Answer(of_status(status), Basis.STATUS, status, address), None
            return _Answer(self._of_text(status, text), Basis.BODY, status, address), None
        finally:
            await response.aclose()

    async def _judge_redirect(self, start: httpx.URL, there: httpx.URL) -> Finding | None:
        """What a redirect says; also a place that is not fetched must be one that could be."""
        if reason := refusal(there, self._allow, self._signs):
            return Finding(Sight.UNKNOWN, f"redirects, {reason}")
        finding = of_redirect(start, there, self._signs)
        if finding is not None and finding.sight is Sight.MOVED:
            try:
                await checked_addresses(there, self._allow, self._resolver)
            except RefusedAddress:
                return Finding(Sight.UNKNOWN, "redirects, refused address")
            except NameUnresolved:
                return Finding(Sight.UNAVAILABLE, "redirects to a name that does not resolve")
        return finding

    async def _read(self, response: httpx.Response) -> str | None:
        """The beginning of a text body; None for what is no text (an image is never read)."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if kind not in READABLE_TYPES or encoding not in ("", "identity", "gzip", "x-gzip"):
            return None
        unpack = None if encoding in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 16)
        raw, body = 0, bytearray()
        async for chunk in response.aiter_raw():
            raw += len(chunk)
            left = self._max_bytes - len(body)
            try:
                body += chunk[:left] if unpack is None else unpack.decompress(chunk, left)
            except zlib.error:
                return None
            if b"\0" in body[:1024]:
                return None  # called a text, but is none
            if raw >= self._max_bytes or len(body) >= self._max_bytes:
                break
        return text_of(bytes(body))

    def _of_text(self, status: int, text: str) -> Finding:
        """What a body adds to a status: it may take a removal away, it never makes one."""
        sign = self._signs.found_on(read_page(text))
        if status in GONE_STATUS and (sign is None or sign.name == "soft_404"):
            return of_status(status)
        if sign is not None:
            return Finding(sign.sight, sign.detail)
        if not text.strip():
            return Finding(Sight.UNKNOWN, "an empty page")
        return Finding(Sight.ALIVE, "it answers; the page was read")
