"""
The way out of the house for a probe: names are resolved, checked, and the connection goes to the checked address.

A reported page is hostile by nature. It may redirect to our own network or answer a name with a public address at
the check and a private one at the connection (DNS rebinding). So the name is resolved here once per request, every
address must be public, and the request is sent to that very address, with the name in `Host` and in the TLS handshake.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import httpx

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({80, 443, 8080, 8443})
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_ADDRESSES = 4  # tried one after the other, within the one time limit of the look
MAX_ANSWER = 64  # addresses of one name; a longer answer is a flood, not a site

# Refused beyond what the standard library calls not global: its answer differs between Python 3.11 and 3.14, and a
# cloud's metadata service may stand at an address that is formally public.
REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host service, formally public
        "169.254.0.0/16",  # link-local; most metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocol assignments, Teredo among them: may carry any IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)
# Everything else (mapped IPv4, NAT64, unique local, link-local, loopback, multicast) lies outside global unicast.
GLOBAL_UNICAST_6 = ipaddress.ip_network("2000::/3")

HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
# RFC 6761, 6762, 7686, 8375 and the name that ICANN set aside for private use: they never lead to a public host.
LOCAL_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "onion", "lan", "intranet", "corp", "home")
RESERVED_SUFFIXES = ("example", "test")  # RFC 2606


class RefusedAddress(Exception):
    """The address is not a public one; only public addresses are fetched."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class NameUnresolved(Exception):
    """The name has no address; nothing can be said about what stood there."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Resolver(Protocol):
    """The port through which a name becomes addresses."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """All IP addresses of an ASCII host name, best first; raises OSError when there is none."""
        ...


class SystemResolver:
    """Asks the operating system, on threads of its own so that a dead name server starves nobody else."""

    def __init__(self, threads: int = 20) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="probe-dns")

    async def resolve(self, host: str, port: int) -> list[str]:
        """All addresses, in the order of RFC 6724, each once; raises OSError (socket.gaierror)."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Stop taking names; a question still on its way is abandoned."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def ip_of(text: str) -> IpAddress | None:
    """The address that a text spells in canonical form, or None."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(text: str) -> bool:
    """Whether a text is an IP address of the public internet; what cannot be read is not."""
    address = ip_of(text)
    if address is None or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in GLOBAL_UNICAST_6:
        return False
    return not any(address in network for network in REFUSED_NETWORKS if network.version == address.version)


def host_of(url: httpx.URL) -> str:
    """The ASCII host in lower case, without a closing dot and without the brackets of IPv6."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


def port_of(url: httpx.URL) -> int:
    """The port that would be connected to; 0 for a scheme that has none here."""
    return url.port if url.port is not None else DEFAULT_PORTS.get(url.scheme, 0)


def is_allowed(url: httpx.URL, allow: frozenset[str]) -> bool:
    """Whether this exact host:port stands on the list of a simulated store."""
    host = host_of(url)
    return f"[{host}]:{port_of(url)}" in allow if ":" in host else f"{host}:{port_of(url)}" in allow


def under(host: str, suffixes: tuple[str, ...] | frozenset[str]) -> bool:
    """Whether a host is one of these names or lies below one."""
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)


def is_public_name(host: str) -> bool:
    """Whether a host may be asked of a name server at all, or is a public address already.

    A host whose last label is a number (`2130706433`, `0x7f.1`, `127.1`) is an old spelling of an IPv4 address that
    the operating system would accept; nobody needs one here.
    """
    if ip_of(host) is not None:
        return is_public(host)
    last = host.rpartition(".")[2]
    is_numeric = last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
    return bool(HOST_NAME.fullmatch(host)) and "." in host and not is_numeric and not under(host, LOCAL_SUFFIXES)


async def checked_addresses(url: httpx.URL, allow: frozenset[str], resolver: Resolver) -> list[str]:
    """
    The addresses to connect to, all of them checked; raises RefusedAddress or NameUnresolved.

    One private address among public ones refuses them all: an honest site has no reason to mix them.
    """
    host, port, allowed = host_of(url), port_of(url), is_allowed(url, allow)
    if not allowed and not is_public_name(host):
        raise RefusedAddress
    if allowed and under(host, RESERVED_SUFFIXES):
        return ["127.0.0.1"]
    try:
        found = [host] if ip_of(host) else (await resolver.resolve(host, port))[:MAX_ANSWER]
    except (OSError, UnicodeError):
        raise NameUnresolved from None
    if not found:
        raise NameUnresolved
    if not all(is_public(text) or (allowed and _is_loopback(text)) for text in found):
        raise RefusedAddress
    return found


def _is_loopback(text: str) -> bool:
    address = ip_of(text)
    return address is not None and address.is_loopback


class GuardedTransport(httpx.AsyncBaseTransport):
    """
    A transport that connects to nothing but checked addresses.

    It is used without an `httpx.AsyncClient` on top: so there is no cookie jar, no redirect that is followed by
    itself, no proxy or password from the environment, and no log line with a URL.
    """

    def __init__(
        self, *, allow: frozenset[str], resolver: Resolver, connections: int, tls: ssl.SSLContext | None
    ) -> None:
        self._allow = allow
        self._resolver = resolver
        # No connection is kept: it would be kept by address, and its certificate was checked for one name only.
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=tls or True, trust_env=False, limits=limits, retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        Send to the first checked address that takes the connection; the response carries it as extension `address`.

        Raises RefusedAddress, NameUnresolved and httpx.TransportError.
        """
        addresses = (await checked_addresses(request.url, self._allow, self._resolver))[:MAX_ADDRESSES]
        for address in addresses[:-1]:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
                if is_tls_failure(failure):
                    raise
        return await self._send(request, addresses[-1])

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        # The Host header was set from the name; `sni_hostname` keeps the name in the TLS handshake and its check.
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host_of(request.url)},
        )
        response = await self._inner.handle_async_request(pinned)
        response.extensions["address"] = address
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


def is_tls_failure(failure: BaseException | None) -> bool:
    """Whether a failed connection failed because of TLS: the pool cuts the cause off, the context keeps it."""
    while failure is not None:
        if isinstance(failure, ssl.SSLError):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def quiet_libraries() -> None:
    """Keep `httpx` and `httpcore` from logging below WARNING: their lines hold URLs, hosts and headers."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
