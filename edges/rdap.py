"""
Who takes abuse reports of a network: asked of the registries by RDAP (RFC 9082, 9083), bounded and polite.

A host name is resolved here first, and an internal address is never asked about. The registry of the IP address is who
counts. The domain name's registry is asked for the registrar's abuse desk only, which is marked as such. Requests go
through the probe's guarded transport: checked addresses, TLS outside loopback, no cookie, no proxy, no log line.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote

import httpx

from edges.probe_network import (
    PORTS,
    GuardedTransport,
    IpAddress,
    NameUnresolved,
    RefusedAddress,
    Resolver,
    SystemResolver,
    host_of,
    ip_of,
    is_allowed,
    is_public,
    is_public_name,
    port_of,
    quiet_libraries,
    under,
)
from edges.probe_reading import load_signs
from edges.probe_rules import REDIRECTS, registrable
from edges.rdap_reading import (
    Desk,
    host_desks,
    network_of,
    registrar_desks,
    servers_for_address,
    servers_for_domain,
)

IANA = "https://data.iana.org/rdap/"
FRESH = timedelta(hours=24)  # how long an answer is used again
MOST_BYTES = 262_144  # of one answer
MOST_REDIRECTS = 3
MOST_ADDRESSES = 4  # of one host name that are asked about
PATIENCE_S = 5.0  # a server that asks to wait longer is not asked again in this look-up
MOST_WAIT_S = 86_400
HEADERS = {"Accept": "application/rdap+json, application/json;q=0.8", "Accept-Encoding": "identity"}
USER_AGENT = "SansDelai/0.1 (looks up abuse contacts)"

HOST, REGISTRAR = "host", "registrar"
# RFC 5737 and 3849: addresses for documentation belong to nobody; a simulated store may ask its own server about them.
DOCUMENTATION = tuple(
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


class RdapError(RuntimeError):
    """The registry gave no answer that can be used."""


class NotAskable(RdapError):
    """This is no public host name or address; allowed: a host name such as forum.example, or a public IP address."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class AskedToWait(RdapError):
    """The registry asks for fewer questions."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"the registry asks to wait {max(1, round(seconds))} s before the next question; try again then"
        )


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """One abuse desk that a registry names."""

    email: str
    name_kind: str  # individual, group, org or unknown
    handle: str  # of the desk, in the registry
    source: str  # what was asked about: "ip" or "domain"
    scope: (
        str  # "host": of the network that holds the address; "registrar": of the domain name, never a channel by itself
    )
    network: str  # name and handle of the network; empty for a registrar
    country: str | None
    at: datetime  # when the registry was asked, UTC


class Cache(Protocol):
    """Where answers are kept for a day. What is asked is a text; how it is kept is the cache's matter."""

    async def get(self, question: str, since: datetime) -> str | None:
        """The answer that was kept since then, if any."""
        ...

    async def put(self, question: str, answer: str, at: datetime) -> None:
        """Keep an answer."""
        ...


class NoCache:
    """Keeps nothing."""

    async def get(self, question: str, since: datetime) -> str | None:
        """Nothing."""
        return None

    async def put(self, question: str, answer: str, at: datetime) -> None:
        """Forget it."""


class Rdap:
    """
    Asks registries; an async context manager.

    `allow` holds exact host:port pairs for which loopback is permitted, and in a `simulated` store nothing else is
    reached. `bootstrap` is where the lists of RFC 9224 stand. `timeout_s` (seconds) bounds one request with its
    redirects, `interval_s` is kept between two requests to one server.
    """

    def __init__(
        self,
        *,
        bootstrap: str = IANA,
        allow: frozenset[str] = frozenset(),
        simulated: bool = False,
        resolver: Resolver | None = None,
        cache: Cache | None = None,
        timeout_s: float = 10,
        interval_s: float = 0.5,
        patience_s: float = PATIENCE_S,
        user_agent: str = USER_AGENT,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        quiet_libraries()
        self._own_resolver = SystemResolver(4) if resolver is None else None
        self._resolver: Resolver = resolver or self._own_resolver  # type: ignore[assignment]
        self._transport = GuardedTransport(allow=allow, resolver=self._resolver, connections=4, tls=tls)
        self._bootstrap, self._allow, self._simulated = bootstrap, allow, simulated
        self._cache: Cache = cache or NoCache()
        self._timeout_s, self._interval_s, self._patience_s = timeout_s, interval_s, patience_s
        self._headers = {"User-Agent": user_agent, **HEADERS}
        self._clock = clock
        self._turns: dict[str, asyncio.Lock] = {}
        self._not_before: dict[str, float] = {}  # by server, on the loop's clock

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def abuse_contacts(self, asked: str) -> tuple[AbuseContact, ...]:
        """
        The abuse desks for a host name or IP address: of its network first, then of the domain name's registrar.

        Raises:
            NotAskable: it is neither, or leads to an internal address.
            RdapError: nobody answers for it, or no answer can be used; the message names no host.
        """
        host = asked.strip().rstrip(".").lower()
        addresses = await self._addresses(host)
        found: list[AbuseContact] = []
        for address in addresses[:MOST_ADDRESSES]:
            found += await self._of_address(address)
        if ip_of(host) is None:
            found += await self._of_domain(registrable(host, load_signs().hosts.suffixes))
        unique = {(one.scope, one.email.casefold(), one.network): one for one in reversed(found)}
        return tuple(sorted(unique.values(), key=lambda one: one.scope != HOST))

    async def _addresses(self, host: str) -> list[IpAddress]:
        if ip_of(host) is None:
            reserved = self._simulated and under(host, ("example", "test"))
            if not (is_public_name(host) or reserved) or len(host) > 253:
                raise NotAskable
            try:
                texts = await self._resolver.resolve(host, 443)
            except (OSError, UnicodeError):
                raise RdapError("the host name has no address: nothing can be asked about it") from None
        else:
            texts = [host]
        found = [address for text in texts if (address := ip_of(text)) is not None]
        if not found or len(found) != len(texts) or not all(map(self._is_askable, found)):
            raise NotAskable  # one internal address among public ones refuses them all
        return found

    def _is_askable(self, address: IpAddress) -> bool:
        if is_public(str(address)):
            return True
        return self._simulated and any(
            address in network for network in DOCUMENTATION if network.version == address.version
        )

    async def _of_address(self, address: IpAddress) -> list[AbuseContact]:
        now = self._clock()
        question = f"ip/{address}"
        if (kept := await self._kept(question, now)) is not None:
            return kept
        servers = servers_for_address(await self._list(f"ipv{address.version}"), address)
        answer = await self._ask(servers, question)
        network = network_of(answer)
        named = " ".join(dict.fromkeys(filter(None, (network.name, network.handle))))
        found = [_contact(desk, "ip", HOST, named, network.country, now) for desk in host_desks(answer)]
        await self._cache.put(question, _dump(found), now)
        return found

    async def _of_domain(self, domain: str) -> list[AbuseContact]:
        """The registrar's desk is a courtesy: without it, the look-up is not a failure."""
        now = self._clock()
        question = f"domain/{domain}"
        if (kept := await self._kept(question, now)) is not None:
            return kept
        try:
            servers = servers_for_domain(await self._list("dns"), domain)
            answer = await self._ask(servers, question) if servers else None
        except RdapError:
            return []
        found = [_contact(desk, "domain", REGISTRAR, "", None, now) for desk in registrar_desks(answer)]
        await self._cache.put(question, _dump(found), now)
        return found

    async def _kept(self, question: str, now: datetime) -> list[AbuseContact] | None:
        kept = await self._cache.get(question, now - FRESH)
        return None if kept is None else _undump(kept)

    async def _list(self, name: str) -> Any:
        """One of IANA's lists of registries; kept for a day like an answer."""
        now = self._clock()
        question = f"bootstrap {self._bootstrap} {name}"
        kept = await self._cache.get(question, now - FRESH)
        if kept is not None:
            return _json(kept.encode())
        body = await self._get(httpx.URL(self._bootstrap).join(f"{name}.json"))
        if body is None:
            raise RdapError("the list of registries is not where SANSDELAI_RDAP_BOOTSTRAP says")
        found = _json(body)
        await self._cache.put(question, json.dumps(found), now)
        return found

    async def _ask(self, servers: list[str], question: str) -> Any:
        """The answer of the first server that may be asked; None where it knows nothing of it (404)."""
        usable = [url for text in servers if (url := self._base(text)) is not None]
        if not usable:
            raise RdapError("no registry that can be asked answers for this address or name")
        body = await self._get(usable[0].join(quote(question, safe="/:.-")))
        return None if body is None else _json(body)

    def _base(self, text: str) -> httpx.URL | None:
        try:
            url = httpx.URL(text if text.endswith("/") else text + "/")
        except httpx.InvalidURL:
            return None
        return url if self._may_ask(url) else None

    def _may_ask(self, url: httpx.URL) -> bool:
        """HTTPS at a public name; plain HTTP and loopback for the pairs of the allow-list only."""
        if url.userinfo or url.scheme not in {"http", "https"} or not url.raw_host:
            return False
        if is_allowed(url, self._allow):
            return True
        return not self._simulated and url.scheme == "https" and port_of(url) in PORTS and is_public_name(host_of(url))

    async def _get(self, url: httpx.URL) -> bytes | None:
        """One GET with its redirects; None for 404. A server that asks to wait a little is asked once more."""
        if not self._may_ask(url):
            raise RdapError("the registry's address is not one that may be reached from here")
        try:
            async with asyncio.timeout(self._timeout_s + self._patience_s):
                return await self._follow(url)
        except RdapError:
            raise
        except (RefusedAddress, NameUnresolved):
            raise RdapError("the registry's name does not lead to a public address") from None
        except (TimeoutError, httpx.TimeoutException):
            raise RdapError("the registry did not answer in time") from None
        except (httpx.TransportError, httpx.InvalidURL, OSError):
            raise RdapError("the connection to the registry failed") from None

    async def _follow(self, url: httpx.URL) -> bytes | None:
        waited = False
        hops = 0
        while True:
            status, headers, body = await self._once(url)
            if status in REDIRECTS and "location" in headers:
                there = url.join(headers["location"])
                hops += 1
                if hops > MOST_REDIRECTS:
                    raise RdapError("the registry redirects too often")
                if not self._may_ask(there):
                    raise RdapError("the registry redirects to where nothing may be asked")
                url = there
            elif status in {429, 503} and not waited:
                self._say_wait(url, _seconds(headers.get("retry-after"), self._clock()))
                waited = True
            elif status in {429, 503}:
                raise AskedToWait(_seconds(headers.get("retry-after"), self._clock()))
            elif status == 404:
                return None
            elif status == 200:
                return body
            else:
                raise RdapError(f"the registry answers {status}")

    async def _once(self, url: httpx.URL) -> tuple[int, httpx.Headers, bytes]:
        server = f"{host_of(url)}:{port_of(url)}"
        async with self._turns.setdefault(server, asyncio.Lock()):
            await self._wait(server)
            limits = httpx.Timeout(self._timeout_s).as_dict()
            request = httpx.Request("GET", url, headers=self._headers, extensions={"timeout": limits})
            response = await self._transport.handle_async_request(request)
            try:
                body = await _read(response) if response.status_code == 200 else b""
                return response.status_code, response.headers, body
            finally:
                await response.aclose()
                soonest = asyncio.get_running_loop().time() + self._interval_s
                self._not_before[server] = max(self._not_before.get(server, 0), soonest)

    async def _wait(self, server: str) -> None:
        wait = self._not_before.get(server, 0) - asyncio.get_running_loop().time()
        if wait > self._patience_s:
            raise AskedToWait(wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def _say_wait(self, url: httpx.URL, seconds: float) -> None:
        server = f"{host_of(url)}:{port_of(url)}"
        self._not_before[server] = asyncio.get_running_loop().time() + seconds


async def _read(response: httpx.Response) -> bytes:
    """The body as it came; a compressed one was not asked for and is not unpacked."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise RdapError("the registry's answer is compressed, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise RdapError(f"the registry's answer is longer than {MOST_BYTES} bytes")
    return bytes(body)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RdapError("the registry's answer is not JSON that can be read") from None


def _seconds(text: str | None, now: datetime) -> float:
    """`Retry-After` in seconds (a number, or a date); without one, or with nonsense, a minute."""
    wanted = (text or "").strip()
    if wanted.isascii() and wanted.isdecimal():
        return float(min(int(wanted[:9]), MOST_WAIT_S))
    try:
        at = parsedate_to_datetime(wanted)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return min(max((at - now).total_seconds(), 0.0), float(MOST_WAIT_S))
    except (ValueError, TypeError, OverflowError):
        return 60.0


def _contact(desk: Desk, source: str, scope: str, network: str, country: str | None, now: datetime) -> AbuseContact:
    return AbuseContact(desk.email, desk.name_kind, desk.handle, source, scope, network, country, now)


def _dump(contacts: list[AbuseContact]) -> str:
    return json.dumps(
        [
            [one.email, one.name_kind, one.handle, one.source, one.scope, one.network, one.country, one.at.isoformat()]
            for one in contacts
        ]
    )


def _undump(text: str) -> list[AbuseContact]:
    return [AbuseContact(*row[:7], datetime.fromisoformat(row[7])) for row in json.loads(text)]  # type: ignore[call-arg]
