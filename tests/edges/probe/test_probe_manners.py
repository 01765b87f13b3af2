"""The probe is polite, says who it is, keeps nothing, and says nothing of where it looked."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from edges.probe import Prober, Target
from law.vocabulary import Sight

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def test_places_are_capped(start: Any) -> None:
    """Two looks at a time at one host, and a total for all hosts; waiting does not count as the host's time."""
    sites = [await start() for _ in range(3)]

    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    hosts = [(one, f"site{number}.example") for number, one in enumerate(sites)]
    for one in sites:
        one.routes["/a"] = slow
    targets = [Target("x", one.url("/a", host), False) for one, host in hosts for _ in range(8)]
    async with Prober(allow=frozenset(one.pair(host) for one, host in hosts), total=5, timeout_s=0.2) as prober:
        both = await asyncio.gather(prober.look(targets[:12], NOW), prober.look(targets[12:], NOW))
    assert {Sight.REMOVED} == {seen.sight for part in both for seen in part}
    assert [one.most_at_once for one in sites] == [2, 2, 2]


async def test_total_is_capped(start: Any) -> None:
    """However many hosts, no more looks run at once than the total; whoever waits for a place loses no time."""
    one = await start()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    one.routes["/a"] = slow
    hosts = [f"site{number}.example" for number in range(12)]
    async with Prober(allow=frozenset(one.pair(host) for host in hosts), total=3, timeout_s=0.15) as prober:
        seen = await prober.look([Target("x", one.url("/a", host), False) for host in hosts], NOW)
    assert one.most_at_once == 3
    assert {Sight.REMOVED} == {look.sight for look in seen}


async def test_no_cookie_is_kept(site: Any) -> None:
    """No cookie goes back, neither in the next hop nor in the next look."""
    site.routes["/a"] = b"HTTP/1.1 302 Found\r\nset-cookie: s=1; path=/\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n"
    site.page("/b", "<p>words</p>", set_cookie="t=1; path=/")
    async with Prober(allow=frozenset({site.pair()})) as prober:
        await prober.look([Target("1", site.url("/a"), True)], NOW)
        await prober.look([Target("1", site.url("/a"), True)], NOW)
    assert len(site.requests) == 4
    assert not [head for head in site.requests if "cookie" in head.lower()]


async def test_environment_is_not_read(site: Any, look: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """No proxy and no password from the environment."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine site.example login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    site.page("/a", "<p>words</p>")
    assert Sight.ALIVE is (await look(site.url("/a"))).sight
    assert "authorization" not in site.requests[0].lower()


async def test_declared_name_is_sent(site: Any, look: Any) -> None:
    """The probe says who it is, in the words that the organisation gave."""
    await look(site.url("/a"), user_agent="Hotline/1 (abuse@hotline.example)")
    assert "User-Agent: Hotline/1 (abuse@hotline.example)\r\n" in site.requests[0]


async def test_nothing_says_where_it_looked(
    site: Any, look: Any, names: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """No log line, output or detail holds a URL, a host or a path, at any level and after any failure."""
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    names.table["victim-name.example"] = [["10.0.0.1"]]
    site.redirect("/victim-path", site.url("/victim-next"))
    site.page("/victim-next", "<p>victim-words</p>")
    site.routes["/victim-junk"] = b"junk"
    urls = [site.url(path) for path in ("/victim-path", "/victim-junk", "/victim-gone", "/victim?token=1")]
    urls += ["http://victim-name.example/", "http://victim-nobody.example/", "http://[victim"]
    seen = [await look(url) for url in urls]
    out, err = capfd.readouterr()
    everything = " ".join([caplog.text, out, err, *(one.detail for one in seen)])
    assert "victim" not in everything and "site.example" not in everything and str(site.port) not in everything


async def test_failure_not_foreseen(site: Any, look: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of our own is unknown, never raised for a target, and logged by its kind alone."""

    class Broken:
        async def resolve(self, host: str, port: int) -> list[str]:
            raise RuntimeError(f"about {host}")

    seen = await look("http://victim.example/", resolver=Broken())
    assert (seen.sight, seen.detail) == (Sight.UNKNOWN, "the look itself failed")
    assert "RuntimeError" in caplog.text and "victim" not in caplog.text
