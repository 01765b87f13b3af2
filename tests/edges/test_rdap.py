"""Abuse contacts by RDAP: the right desk and nobody else's, from hostile answers as well, within bounds."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edges.rdap import MOST_BYTES, AskedToWait, NotAskable, Rdap, RdapError
from edges.rdap_reading import host_desks, network_of, registrar_desks, servers_for_address, servers_for_domain
from tests.edges.probe.conftest import Names, Site, Start, start

__all__ = ["start"]

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def card(*properties: list[Any]) -> list[Any]:
    """A jCard (RFC 7095)."""
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def entity(handle: str, *roles: str, mail: str | None = None, kind: str = "group", below: Any = None) -> dict[str, Any]:
    """An entity of RFC 9083."""
    properties: list[list[Any]] = [["fn", {}, "text", f"Desk {handle}"], ["kind", {}, "text", kind]]
    if mail:
        properties.append(["email", {"type": "work"}, "text", mail])
    found = {"objectClassName": "entity", "handle": handle, "roles": list(roles), "vcardArray": card(*properties)}
    return found | ({"entities": below} if below else {})


ABUSE = entity("ABUSE-EX", "abuse", mail="abuse@harbour.example")
# As a regional registry answers: the organisation holds the network as its registrant, its abuse desk stands below it.
IP = {
    "objectClassName": "ip network",
    "rdapConformance": ["rdap_level_0"],
    "handle": "203.0.113.0 - 203.0.113.255",
    "startAddress": "203.0.113.0",
    "endAddress": "203.0.113.255",
    "ipVersion": "v4",
    "name": "HARBOUR-NET",
    "country": "FR",
    "entities": [
        entity("ORG-H", "registrant", mail="owner@harbour.example", kind="org", below=[ABUSE]),
        entity("PERSON-1", "administrative", "technical", mail="jane.doe@harbour.example", kind="individual"),
    ],
}
DOMAIN = {
    "objectClassName": "domain",
    "ldhName": "forum.example",
    "entities": [
        entity("R-1", "registrant", mail="camille.durand@private.example", kind="individual"),
        entity("T-1", "technical", mail="tech@private.example"),
        entity("REG-9", "registrar", mail="sales@registrar.example", below=[
            entity("REG-9-A", "abuse", mail="abuse@registrar.example"),
            entity("REG-9-T", "technical", mail="tech@registrar.example"),
        ]),
    ],
}  # fmt: skip


class World:
    """A registry and IANA's lists on one local server, and a name server."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.names = Names({"forum.example": [["203.0.113.7"]], "inner.example": [["10.0.0.5"]]})
        self.answer("ip/203.0.113.7", IP)
        self.answer("domain/forum.example", DOMAIN)
        self.list("ipv4", [["203.0.113.0/24"], [self.base]])
        self.list("dns", [["example"], [self.base]])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.site.port}/rdap/"

    def list(self, name: str, *services: Any) -> None:
        self.site.page(f"/boot/{name}.json", json.dumps({"version": "1.0", "services": services}))

    def answer(self, question: str, answer: Any, status: str = "200 OK", **headers: str) -> None:
        body = answer if isinstance(answer, str | bytes) else json.dumps(answer)
        self.site.page(f"/rdap/{question}", body, status, content_type="application/rdap+json", **headers)

    def asked(self, part: str) -> int:
        return sum(f" /rdap/{part}" in head.split("\r\n", 1)[0] for head in self.site.requests)

    def rdap(self, **options: Any) -> Rdap:
        given = {
            "bootstrap": f"http://127.0.0.1:{self.site.port}/boot/", "simulated": True, "resolver": self.names,
            "allow": frozenset({f"127.0.0.1:{self.site.port}"}), "interval_s": 0, "timeout_s": 2, "clock": lambda: NOW,
        }  # fmt: skip
        return Rdap(**(given | options))


@pytest.fixture
async def world(start: Start) -> AsyncIterator[World]:
    """A world with one network and one domain."""
    yield World(await start())


class Kept:
    """A cache in memory."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[datetime, str]] = {}

    async def get(self, question: str, since: datetime) -> str | None:
        at, answer = self.held.get(question, (since, ""))
        return answer if at > since else None

    async def put(self, question: str, answer: str, at: datetime) -> None:
        self.held[question] = (at, answer)


async def test_the_desk_of_the_network_and_nobody_else(world: World) -> None:
    """Only who has the role `abuse` is found; the registrar's desk is marked and never the host's (practice 1.11)."""
    async with world.rdap() as rdap:
        found = await rdap.abuse_contacts("Forum.Example.")
    assert [(one.scope, one.email) for one in found] == [
        ("host", "abuse@harbour.example"),
        ("registrar", "abuse@registrar.example"),
    ]
    host = found[0]
    assert (host.source, host.name_kind, host.handle, host.country, host.at) == ("ip", "group", "ABUSE-EX", "FR", NOW)
    assert host.network == "HARBOUR-NET 203.0.113.0 - 203.0.113.255"


async def test_an_address_needs_no_name_server(world: World) -> None:
    """For an IP address no domain is asked about."""
    async with world.rdap() as rdap:
        found = await rdap.abuse_contacts("203.0.113.7")
    assert [one.email for one in found] == ["abuse@harbour.example"]
    assert (world.asked("domain"), world.names.asked) == (0, [])


@pytest.mark.parametrize("asked", ["10.0.0.1", "127.0.0.1", "::1", "169.254.169.254", "inner.example", "localhost", "fe80::1",
                                   "a b", "", "http://forum.example/", "2130706433", "forum"])  # fmt: skip
async def test_internal_addresses_are_never_asked_about(world: World, asked: str) -> None:
    """Nobody outside learns of our own network, and nothing that is no host is sent anywhere."""
    async with world.rdap() as rdap:
        with pytest.raises(RdapError):
            await rdap.abuse_contacts(asked)
    assert world.site.requests == []


async def test_a_real_store_asks_nothing_about_documentation_addresses(world: World) -> None:
    """Addresses for documentation exist in a simulated store only."""
    async with world.rdap(simulated=False) as rdap:
        with pytest.raises(NotAskable):
            await rdap.abuse_contacts("203.0.113.7")


async def test_a_simulated_store_reaches_its_own_server_only(world: World) -> None:
    """A list that names a public registry leads nowhere in a simulated store."""
    world.list("ipv4", [["203.0.113.0/24"], ["https://rdap.harbour.example/"]])
    async with world.rdap() as rdap:
        with pytest.raises(RdapError, match="no registry that can be asked"):
            await rdap.abuse_contacts("203.0.113.7")


@pytest.mark.parametrize("base", ["http://rdap.registry.net/", "https://127.0.0.1/", "https://10.0.0.1/", "ftp://rdap.registry.net/",
                                  "https://user:pw@rdap.registry.net/", "https://rdap.registry.net:22/", "https://[::1/", ""])  # fmt: skip
async def test_a_registry_that_is_no_public_https_server_is_not_asked(world: World, base: str) -> None:
    """Outside the allow-list: https, a public name, an ordinary port, no password."""
    world.list("ipv4", [["8.0.0.0/8"], [base]])
    async with world.rdap(simulated=False) as rdap:
        with pytest.raises(RdapError, match="no registry that can be asked"):
            await rdap.abuse_contacts("8.8.8.8")
    assert len(world.site.requests) == 1


async def test_answers_are_kept_for_a_day(world: World) -> None:
    """Within a day nobody is asked twice, not even for the lists; afterwards they are asked anew."""
    kept, clock = Kept(), [NOW]
    async with world.rdap(cache=kept, clock=lambda: clock[0]) as rdap:
        first = await rdap.abuse_contacts("forum.example")
        asked = len(world.site.requests)
        clock[0] += timedelta(hours=23)
        assert first == await rdap.abuse_contacts("forum.example")
        assert asked == len(world.site.requests)
        clock[0] += timedelta(hours=2)
        await rdap.abuse_contacts("forum.example")
    assert 2 * asked == len(world.site.requests)
    assert "camille" not in str(kept.held) and "owner@" not in str(kept.held)  # no registrant is kept


async def test_nothing_known_is_an_answer(world: World) -> None:
    """404 means that there is no such network: no contact, and no error."""
    world.answer("ip/203.0.113.7", "", "404 Not Found")
    async with world.rdap() as rdap:
        assert [one.scope for one in await rdap.abuse_contacts("forum.example")] == ["registrar"]


async def test_a_registrar_that_fails_is_no_failure(world: World) -> None:
    """The registrar's desk is a courtesy; without it the host's is still found."""
    world.answer("domain/forum.example", "oops", "500 Internal Server Error")
    async with world.rdap() as rdap:
        assert [one.scope for one in await rdap.abuse_contacts("forum.example")] == ["host"]


async def test_a_server_that_asks_to_wait_is_waited_for_or_left(world: World) -> None:
    """A short Retry-After is honoured once; a long one is said, and nothing is asked until then."""
    world.answer("ip/203.0.113.7", "", "429 Too Many Requests", retry_after="0")
    async with world.rdap() as rdap:
        with pytest.raises(AskedToWait):
            await rdap.abuse_contacts("203.0.113.7")
    assert world.asked("ip") == 2
    world.answer("ip/203.0.113.7", "", "429 Too Many Requests", retry_after="3600")
    async with world.rdap() as rdap:
        for _ in range(2):
            with pytest.raises(AskedToWait, match=r"asks to wait 3[56]\d\d s"):
                await rdap.abuse_contacts("203.0.113.7")
    assert world.asked("ip") == 3


async def test_redirects_are_bounded_and_stay_where_one_may_ask(world: World) -> None:
    """RFC 7480 redirects are followed a few times, never to another place than may be asked."""
    world.site.redirect("/rdap/ip/203.0.113.7", "/rdap/there")
    world.answer("there", IP)
    async with world.rdap() as rdap:
        assert [one.email for one in await rdap.abuse_contacts("203.0.113.7")] == ["abuse@harbour.example"]
    for to, says in (("/rdap/ip/203.0.113.7", "too often"), ("http://127.0.0.1:1/", "where nothing may be asked"),
                     ("http://10.0.0.1/", "where nothing may be asked")):  # fmt: skip
        world.site.redirect("/rdap/ip/203.0.113.7", to)
        async with world.rdap() as rdap:
            with pytest.raises(RdapError, match=says):
                await rdap.abuse_contacts("203.0.113.7")


HOSTILE: list[tuple[bytes | str, str]] = [
    ("not json", "not JSON"),
    ("[" * 100_000, "not JSON"),
    (b"\xff\xfe{}", "not JSON"),
    (b" " * (MOST_BYTES + 1), "is longer than"),
]


@pytest.mark.parametrize(("body", "says"), HOSTILE)
async def test_an_answer_that_cannot_be_read_is_said(world: World, body: bytes | str, says: str) -> None:
    """Each has one clear message, which names no host, and is kept nowhere."""
    world.answer("ip/203.0.113.7", body)
    kept = Kept()
    async with world.rdap(cache=kept) as rdap:
        with pytest.raises(RdapError, match=says) as refused:
            await rdap.abuse_contacts("203.0.113.7")
    assert "203.0.113" not in str(refused.value) and "127.0.0.1" not in str(refused.value)
    assert not [question for question in kept.held if question.startswith("ip/")]


async def test_a_compressed_answer_is_not_unpacked(world: World) -> None:
    """Nobody asked for it, and it may unpack to anything."""
    world.answer("ip/203.0.113.7", b"\x1f\x8b\x08", content_encoding="gzip")
    async with world.rdap() as rdap:
        with pytest.raises(RdapError, match="compressed"):
            await rdap.abuse_contacts("203.0.113.7")


async def test_a_server_that_says_nothing_is_not_waited_for(world: World) -> None:
    """The whole look-up is bounded in time."""

    async def silence(writer: Any) -> None:
        import asyncio

        await asyncio.sleep(5)

    world.site.routes["/rdap/ip/203.0.113.7"] = silence
    async with world.rdap(timeout_s=0.2) as rdap:
        with pytest.raises(RdapError, match="did not answer in time"):
            await rdap.abuse_contacts("203.0.113.7")


async def test_nothing_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """No host, no address, no URL in a log line."""
    caplog.set_level(logging.DEBUG)
    async with world.rdap() as rdap:
        await rdap.abuse_contacts("forum.example")
    assert "forum" not in caplog.text and "203.0.113" not in caplog.text and "/rdap/" not in caplog.text


SHAPES: list[Any] = [
    None, [], "x", 7, {}, {"entities": None}, {"entities": {}}, {"entities": [None, 1, [], "x"]},
    {"entities": [{"roles": "abuse", "vcardArray": card(["email", {}, "text", "a@b.example"])}]},
    {"entities": [{"roles": ["abuse"]}]},
    {"entities": [{"roles": ["abuse"], "vcardArray": "vcard"}]},
    {"entities": [{"roles": ["abuse"], "vcardArray": ["vcard"]}]},
    {"entities": [{"roles": ["abuse"], "vcardArray": ["vcard", [["email"], 5, ["email", {}, "text"], ["email", {}, "text", 5]]]}]},
    {"entities": [entity("X", "abuse", mail="a@b.example\r\nBcc: c@d.example")]},
    {"entities": [entity("X", "abuse", mail="Abuse <a@b.example>")]},
    {"entities": [entity("X", "abuse", mail="a@localhost")]},
    {"entities": [entity("X", "abuse", "registrant", mail="a@b.example")]},
    {"entities": [entity("X", "ABUSE", "Technical", mail="a@b.example")]},
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_shapes_give_no_contact(shape: Any) -> None:
    """Whatever stands in an answer, it is passed over and never raises; two roles are one too many."""
    assert host_desks(shape) == []
    assert registrar_desks(shape) == []
    network_of(shape)


def test_depth_and_number_are_bounded() -> None:
    """Entities below entities are read to a depth, and a flood of them to a number."""
    deep: dict[str, Any] = entity("LAST", "abuse", mail="a@b.example")
    for _ in range(50):
        deep = {"roles": ["registrar"], "entities": [deep]}
    assert host_desks({"entities": [deep]}) == []
    flood = {"entities": [entity(f"X{n}", "abuse", mail=f"a{n}@b.example") for n in range(5_000)]}
    assert len(host_desks(flood)) == 8


def test_a_registrar_desk_that_is_the_holder_is_dropped() -> None:
    """The same mailbox below the registrar and as registrant is the site's own: it is never told."""
    own = entity("A", "abuse", mail="Me@site.example")
    answer = {"entities": [entity("R", "registrant", mail="me@site.example"), entity("Q", "registrar", below=[own])]}
    assert registrar_desks(answer) == []


def test_a_desk_below_a_domain_holder_is_not_read() -> None:
    """For a domain name only what stands below the registrar counts."""
    holder = entity("R", "registrant", below=[entity("A", "abuse", mail="me@site.example")])
    assert registrar_desks({"entities": [holder, entity("A2", "abuse", mail="me@site.example")]}) == []


def test_the_most_specific_list_entry_answers() -> None:
    """RFC 9224: the longest network, the longest suffix; nonsense in the list is passed over."""
    import ipaddress

    lists = {
        "services": [
            [["203.0.0.0/8", "x", 5], ["https://wide.example/"]],
            [["203.0.113.0/24"], ["https://near.example/"]],
            [],
            "x",
            [[]],
        ]
    }
    assert servers_for_address(lists, ipaddress.ip_address("203.0.113.9")) == ["https://near.example/"]
    assert servers_for_address(lists, ipaddress.ip_address("2001:db8::1")) == []
    names = {"services": [[["fr"], ["https://fr.example/"]], [["co.fr"], ["https://cofr.example/"]]]}
    assert servers_for_domain(names, "forum.co.fr") == ["https://cofr.example/"]
    assert servers_for_domain(names, "forum.de") == []
