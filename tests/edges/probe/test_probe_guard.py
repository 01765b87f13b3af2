"""The probe connects to nothing but checked public addresses, on every hop."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import anyio
import httpx
import pytest

from edges.probe_network import SystemResolver, is_public, is_public_name
from law.vocabulary import Sight

PUBLIC = ["9.9.9.9", "8.8.8.8", "2606:4700:4700::1111", "223.255.255.1", "100.63.255.255", "172.32.0.1"]
REFUSED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:9.9.9.9", "64:ff9b::7f00:1", "64:ff9b::909:909",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:909:909::1", "3fff::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1", "", "nonsense", "2130706433", "127.1",
]  # fmt: skip

INWARD = [
    "http://127.0.0.1/", "http://127.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
    "http://[::1]:{port}/", "http://2130706433/", "http://2130706433:{port}/", "http://0x7f000001/", "http://0x7f.1/",
    "http://0x7f.1:{port}/", "http://017700000001/", "http://127.1/", "http://127.1:{port}/", "http://0/",
    "http://localhost/", "http://localhost:{port}/", "http://LOCALHOST./", "http://a.localhost/", "http://printer/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]/", "http://[fe80::1%25eth0]/",
    "http://[64:ff9b::7f00:1]/", "http://10.0.0.1/", "http://100.64.0.1/", "http://metadata.google.internal/",
    "http://router.home.arpa/", "http://abcdefghij.onion/", "http://127.0.0.%31/", "http://127。0。0。1/",
    "//127.0.0.1:{port}/", "http://private.example/", "http://mixed.example/", "http://mapped.example/",
    "http://site.example:{port}/", "http://site.example:22/", "http://site.example@127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address(address: str) -> None:
    """Addresses of the public internet are fetched, up to the borders of the private ranges."""
    assert is_public(address)


@pytest.mark.parametrize("address", REFUSED)
def test_refused_address(address: str) -> None:
    """Private, loopback, link-local, multicast, reserved, shared, mapped, translated and metadata addresses are not."""
    assert not is_public(address)


@pytest.mark.parametrize("name", ["site.example", "a-b.c_d.example", "xn--bcher-kva.example", "1and1.example"])
def test_public_name(name: str) -> None:
    """An ordinary name may be asked of a name server."""
    assert is_public_name(name)


@pytest.fixture
def inward(names: Any) -> Any:
    """A name server that leads inside, in three ways."""
    names.table |= {
        "private.example": [["10.0.0.5"]],
        "mixed.example": [["9.9.9.9", "127.0.0.1"]],
        "mapped.example": [["::ffff:127.0.0.1"]],
    }
    return names


@pytest.mark.parametrize("url", INWARD)
async def test_redirect_inward_is_refused(start: Any, site: Any, look: Any, inward: Any, url: str) -> None:
    """A redirect to our own network is refused, however it is spelled, and the server there hears nothing."""
    inside = await start()
    inside.page("/", "secret")
    site.redirect("/a", url.format(port=inside.port))
    seen = await look(site.url("/a"))
    assert (seen.sight, seen.moved_to_host) == (Sight.UNKNOWN, None)
    assert "refused" in seen.detail or "not an address" in seen.detail
    assert len(site.requests) == 1 and inside.requests == []


@pytest.mark.parametrize("url", [url for url in INWARD if not url.startswith("//")])
async def test_report_of_an_inward_address_is_refused(start: Any, look: Any, inward: Any, url: str) -> None:
    """A reported URL that leads inside is refused before anything is sent."""
    inside = await start()
    seen = await look(url.format(port=inside.port))
    assert (seen.sight, seen.address) == (Sight.UNKNOWN, None)
    assert "refused" in seen.detail or "not an address" in seen.detail
    assert inside.requests == []


async def test_rebinding_connects_to_the_checked_address(
    site: Any, look: Any, names: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when checked and loopback when asked again: the connection goes to what was checked."""
    names.table["rebind.example"] = [["9.9.9.9"], ["127.0.0.1"]]
    site.page("/a", "<p>words</p>")
    connected: list[tuple[str, int]] = []
    asked: list[object] = []
    really_connect, really_ask = anyio.connect_tcp, socket.getaddrinfo

    async def connect(remote_host: str, remote_port: int, **options: Any) -> Any:
        connected.append((remote_host, remote_port))
        return await really_connect("127.0.0.1", site.port)  # stands in for the internet

    def ask(host: Any, *rest: Any, **options: Any) -> Any:
        asked.append(host)
        return really_ask(host, *rest, **options)

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    monkeypatch.setattr(socket, "getaddrinfo", ask)
    first = await look("http://rebind.example/a")
    second = await look("http://rebind.example/a")
    assert (first.sight, first.address) == (Sight.ALIVE, "9.9.9.9")
    assert (second.sight, second.detail) == (Sight.UNKNOWN, "refused address")
    assert connected == [("9.9.9.9", 80)]
    assert site.hosts == ["rebind.example"]  # the name is still what the host is asked for
    assert names.asked == ["rebind.example"] * 2
    assert not [host for host in asked if "rebind" in str(host)]


async def test_rebinding_on_a_later_hop(site: Any, look: Any, names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hop is checked anew: a redirect to the same name is refused once the name leads inside."""
    names.table["rebind.example"] = [["9.9.9.9"], ["127.0.0.1"]]
    site.redirect("/a", "/b")
    site.page("/b", "secret")
    really_connect = anyio.connect_tcp

    async def connect(remote_host: str, remote_port: int, **options: Any) -> Any:
        return await really_connect("127.0.0.1", site.port)

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    seen = await look("http://rebind.example/a")
    assert (seen.sight, seen.detail) == (Sight.UNKNOWN, "refused address")
    assert len(site.requests) == 1


async def test_next_address_is_tried(site: Any, look: Any, names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the first checked address takes no connection the next checked one is tried, and named in the trail."""
    names.table["two.example"] = [["2606:4700:4700::1111", "9.9.9.9"]]
    site.page("/a", "<p>words</p>")
    really_connect = anyio.connect_tcp

    async def connect(remote_host: str, remote_port: int, **options: Any) -> Any:
        if ":" in remote_host:
            raise OSError("no route")
        return await really_connect("127.0.0.1", site.port)

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    seen = await look("http://two.example/a")
    assert (seen.sight, seen.address) == (Sight.ALIVE, "9.9.9.9")


async def test_list_is_exact(start: Any, site: Any, look: Any) -> None:
    """The list of a simulated store opens one host at one port, and nothing beside it."""
    other = await start()
    for url in (other.url("/"), site.url("/", "site.test"), f"http://127.0.0.1:{site.port}/"):
        assert Sight.ALIVE is not (await look(url)).sight
    assert other.requests == [] and site.requests == []
    site.page("/a", "<p>words</p>")
    assert Sight.ALIVE is (await look(site.url("/a", "127.0.0.1"), allow=frozenset({site.pair("127.0.0.1")}))).sight


async def test_list_opens_loopback_only(look: Any, names: Any, site: Any) -> None:
    """A listed pair still may not lead to a private network."""
    pair = f"10.0.0.7:{site.port}"
    assert (await look(f"http://{pair}/", allow=frozenset({pair}))).detail == "refused address"


SECRETS = ["token=1", "a=1&access_token=2", "X-Amz-Signature=1", "sig=1", "key=1", "PHPSESSID=1", "auth=1", "sid=1",
           "api_key=1", "a;token=1", "session-id=1", "password=1", "jwt=1"]  # fmt: skip


@pytest.mark.parametrize("query", SECRETS)
async def test_url_with_a_token_is_never_fetched(site: Any, look: Any, query: str) -> None:
    """Practice 1.6: never a URL with a token."""
    seen = await look(site.url(f"/a?{query}"))
    assert (seen.sight, seen.detail) == (Sight.UNKNOWN, "refused: a token in the address")
    assert site.requests == []


@pytest.mark.parametrize("query", ["id=1", "p=12&page=3", "keyword=a", "monkey=1", "author=x", "sort=key"])
async def test_ordinary_query_is_fetched(site: Any, look: Any, query: str) -> None:
    """Ordinary parameters are no tokens, even if a part of a name resembles one."""
    site.page(f"/a?{query}", "<p>words</p>")
    assert Sight.ALIVE is (await look(site.url(f"/a?{query}"))).sight


NO_WEB_ADDRESS = [
    "ftp://site.example/a", "file:///etc/passwd", "javascript:1", "", "http://", "http:///a", "magnet:?xt=1",
    "http://u:p@site.example:{port}/", "http://site.example:99999/", "http://[::1", "http://a b/",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_WEB_ADDRESS)
async def test_only_plain_web_addresses(site: Any, look: Any, url: str) -> None:
    """Other schemes, passwords in the address, impossible ports and rubbish are unknown, with a reason."""
    seen = await look(url.format(port=site.port))
    assert Sight.UNKNOWN is seen.sight and seen.detail
    assert site.requests == []


async def test_system_names() -> None:
    """The operating system's names come back as addresses, each once."""
    resolver = SystemResolver()
    found = await resolver.resolve("localhost", 80)
    resolver.close()
    assert found and len(set(found)) == len(found) and not any(is_public(text) for text in found)


def test_no_literal_slips_past_the_names() -> None:
    """Whatever spelling of loopback the URL library accepts, the name is refused before it is asked."""
    for url in INWARD:
        try:
            host = httpx.URL(url).raw_host.decode().lower().rstrip(".")
        except httpx.InvalidURL:
            continue
        if not host.endswith(".example"):
            assert not is_public_name(host), host
    assert ipaddress.ip_address("127.0.0.1").is_loopback
