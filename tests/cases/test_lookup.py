"""Abuse desks become channels of hosting providers, by a named person; the day's answers hold no host name."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from cases.channels import DirectoryRefused, changes_of, party_with_channels
from cases.house import blind_key_of, found_house
from cases.lookup import KeptAnswers, Proposal, add_found, lookup
from cases.parties import import_parties
from edges.intake_files import Line
from edges.rdap import AbuseContact
from models.store import Store
from tests.edges.probe.conftest import Start, start
from tests.edges.test_rdap import IP, NOW, World, entity
from tests.keys import KEYS

__all__ = ["start"]
HARBOUR = "HARBOUR-NET 203.0.113.0 - 203.0.113.255"


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Store]:
    """A simulated store with an empty directory."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=NOW)
    yield store
    await store.close()


@pytest.fixture
async def world(start: Start) -> AsyncIterator[World]:
    """A registry with one network and one domain."""
    yield World(await start())


async def proposed(opened: Store, world: World, host: str = "forum.example") -> Proposal:
    """What the registries say, through the store's own cache."""
    async with world.rdap(cache=KeptAnswers(opened, await blind_key_of(opened))) as rdap:
        return await lookup(opened, rdap, host)


async def test_a_new_hosting_provider(opened: Store, world: World) -> None:
    """Without a party a hosting provider is made under its network's name; only the host's desk becomes a channel."""
    found = await proposed(opened, world)
    assert (found.party, [one.email for one in found.desks]) == (None, ["abuse@harbour.example"])
    done = await add_found(opened, found, by="S-07", now=NOW)
    party, channels = await party_with_channels(opened, done.party.number)
    assert (party.kind, party.name, party.public_label) == ("hosting_provider", HARBOUR, party.number)
    assert [(c.kind, c.address, c.source, c.checked_on, c.mechanisms, c.categories, c.added_by) for c in channels] == [
        ("email", "abuse@harbour.example", "rdap", NOW, [], [], "S-07")
    ]
    assert [change.what for change in await changes_of(opened, party)] == ["channel_added", "party_added"]
    again = await proposed(opened, world)
    assert again.party is not None and again.party.number == party.number
    with pytest.raises(DirectoryRefused, match="has this channel already"):
        await add_found(opened, again, by="S-07", now=NOW)


async def test_a_platform_never_gets_its_hosts_desk(opened: Store, world: World) -> None:
    """A host name of a platform: the network's desk goes to the hosting provider, not to the platform."""
    platform = {"kind": "online_platform", "name": "Forum", "hosts": "forum.example"}
    await import_parties(opened, [Line(2, platform)], now=NOW)
    done = await add_found(opened, await proposed(opened, world), by="S-07", now=NOW)
    assert (done.party.number, done.party.kind) == ("P-0002", "hosting_provider")


async def test_a_known_host_gets_it_behind_what_was_checked(opened: Store, world: World) -> None:
    """A desk of a registry never overtakes a channel that somebody put there."""
    host = {"kind": "hosting_provider", "name": "Harbour", "hosts": "forum.example", "channel_kind": "email",
            "channel_address": "desk@harbour.example", "rank": "4"}  # fmt: skip
    await import_parties(opened, [Line(2, host)], now=NOW)
    done = await add_found(opened, await proposed(opened, world), by="S-07", now=NOW)
    assert (done.party.number, done.channels[0].rank) == ("P-0001", 5)


async def test_several_desks_or_the_sites_own_need_a_name(opened: Store, world: World) -> None:
    """Nothing is guessed: of several, one is named; a mailbox below the very name asked about is named, or not added."""
    desks = [entity("A", "abuse", mail="one@harbour.example"), entity("B", "abuse", mail="two@harbour.example")]
    world.answer("ip/203.0.113.7", IP | {"entities": desks})
    found = await proposed(opened, world)
    with pytest.raises(DirectoryRefused, match="several abuse desks"):
        await add_found(opened, found, by="S-07", now=NOW)
    with pytest.raises(DirectoryRefused, match="is not among"):
        await add_found(opened, found, by="S-07", now=NOW, address="abuse@registrar.example")
    done = await add_found(opened, found, by="S-07", now=NOW, address="TWO@harbour.example")
    assert done.channels[0].address == "two@harbour.example"
    own = AbuseContact("me@forum.example", "individual", "X", "ip", "host", "NET", None, NOW)
    with pytest.raises(DirectoryRefused, match="must not be told"):
        await add_found(opened, Proposal((own,), None, frozenset({own.email})), by="S-07", now=NOW)
    registrar = AbuseContact("abuse@registrar.example", "group", "X", "domain", "registrar", "", None, NOW)
    with pytest.raises(DirectoryRefused, match="no abuse desk of a host"):
        await add_found(opened, Proposal((registrar,), None, frozenset()), by="S-07", now=NOW)
    with pytest.raises(DirectoryRefused, match="--by"):
        await add_found(opened, found, by="Jane Doe", now=NOW, address="one@harbour.example")


async def test_the_sites_own_mailbox_is_marked(opened: Store, world: World) -> None:
    """An abuse desk below the registrable name that was asked about is said to be perhaps the site's own."""
    world.answer("ip/203.0.113.7", IP | {"entities": [entity("A", "abuse", mail="abuse@forum.example")]})
    assert (await proposed(opened, world)).own == {"abuse@forum.example"}


async def test_kept_answers_name_no_host_and_die_within_a_day(opened: Store, world: World) -> None:
    """The question is a keyed hash, the registrant is not kept, and yesterday's answers are deleted."""
    await proposed(opened, world)
    asked = len(world.site.requests)
    await proposed(opened, world)
    assert len(world.site.requests) == asked
    async with opened.transaction() as connection:
        rows = (await connection.execute(text("SELECT question, answer FROM rdap_answer"))).all()
    assert len(rows) == 4  # two answers, two lists
    assert "forum" not in str(rows) and "owner@" not in str(rows) and "camille" not in str(rows)
    kept = KeptAnswers(opened, await blind_key_of(opened))
    await kept.put("ip/203.0.113.9", "[]", NOW + timedelta(hours=25))
    async with opened.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM rdap_answer"))).scalar_one() == 1
    assert await kept.get("ip/203.0.113.9", NOW) == "[]"
