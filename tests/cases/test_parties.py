"""The directory of parties: added, never overwritten; all rows or none."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from cases.parties import PartiesRefused, by_host, directory, import_parties, listed
from edges.intake_files import Line
from models.store import Store

ARCOM = {
    "code": "arcom",
    "kind": "regulator",
    "name": "Arcom",
    "country": "FR",
    "public_label": "Arcom",
    "language": "fr",
}
BIG = {
    "code": "big", "kind": "online_platform", "name": "Big", "country": "IE", "micro_or_small": "no",
    "hosts": "big.example, bigcdn.example", "channel_kind": "form", "channel_address": "https://big.example/report",
    "mechanisms": "eu-dsa-16 eu-dsa-22",
}  # fmt: skip


def lines(*rows: dict[str, Any]) -> list[Line]:
    """Rows as lines of a file with a header."""
    return [Line(number, {k: v for k, v in row.items() if v is not None}) for number, row in enumerate(rows, start=2)]


async def test_parties_get_numbers_and_labels(store: Store, now: datetime) -> None:
    """A new party gets the next number; without a label set by a person, Prefect shows the number (decision 9)."""
    added = await import_parties(store, lines(ARCOM, BIG), now=now)
    assert [(p.number, p.public_label) for p in added.parties] == [("P-0001", "Arcom"), ("P-0002", "P-0002")]
    (_, (party, channels, hosts)) = await listed(store)
    assert party.micro_or_small is False and hosts == ["big.example", "bigcdn.example"]
    assert channels[0].mechanisms == ["eu-dsa-16", "eu-dsa-22"]


async def test_importing_twice_adds_nothing(store: Store, now: datetime) -> None:
    """The same file again adds no party, no host and no channel."""
    await import_parties(store, lines(ARCOM, BIG), now=now)
    again = await import_parties(store, lines(ARCOM, BIG), now=now)
    assert (again.parties, again.hosts, again.channels) == ([], 0, 0)


async def test_a_second_row_adds_a_channel(store: Store, now: datetime) -> None:
    """Rows of one party each bring a channel; the party is stored once, and its scope of use stays with the channel."""
    second = {"code": "big", "kind": "online_platform", "name": "Big", "channel_kind": "email",
              "channel_address": "abuse@big.example", "categories": "csam", "rank": "1"}  # fmt: skip
    added = await import_parties(store, lines(BIG, second), now=now)
    assert (len(added.parties), added.channels) == (1, 2)
    ((_, channels, _),) = await listed(store)
    assert channels[1].serves("csam") and not channels[1].serves("hate")


async def test_a_host_is_found_by_its_longest_suffix(store: Store, now: datetime) -> None:
    """Subdomains belong to the party of the longest suffix, at label boundaries only."""
    inner = {"code": "inner", "kind": "hosting_provider", "name": "Inner", "hosts": "user.big.example"}
    await import_parties(store, lines(BIG, inner), now=now)
    found = {host: await by_host(store, host) for host in ("BIG.example.", "a.user.big.example", "notbig.example")}
    assert [party.code if party else None for party in found.values()] == ["big", "inner", None]
    known = await directory(store)
    assert known.by_name("p-0001") == known.by_name("BIG")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "friend"}, "kind: 'friend' is unknown; allowed: online_platform"),
        ({"channel_kind": "fax"}, "channel_kind: 'fax' is unknown; allowed: email, form"),
        ({"channel_kind": "email"}, "channel_address: allowed for email: one bare address"),
        ({"channel_kind": "email", "channel_address": "a@b.example\r\nBcc: c@d.example"}, "channel_address: allowed for"),
        ({"channel_kind": None}, "channel_address: stands without channel_kind"),
        ({"channel_address": None}, "channel_address: is missing"),
        ({"mechanisms": "eu-dsa-99"}, "mechanisms: unknown regime 'eu-dsa-99'; allowed: "),
        ({"categories": "x"}, "categories: 'x' is unknown; allowed: csam"),
        ({"country": "ZZ"}, "country: is no country code"),
        ({"public_label": "big.example"}, "public_label: allowed: up to 40 characters without '.'"),
        ({"hosts": "example"}, "hosts: allowed: whole host names"),
        ({"number": "P-0009"}, "number: P-0009 is no party; allowed: a number that exists"),
        ({"name": None}, "name: is missing"),
    ],
)  # fmt: skip
async def test_a_bad_row_says_what_is_allowed(
    store: Store, now: datetime, change: dict[str, str | None], reason: str
) -> None:
    """One bad row keeps the whole file out: half a directory would tell half of the addressees."""
    with pytest.raises(PartiesRefused) as refused:
        await import_parties(store, lines(ARCOM, {**BIG, **change}), now=now)
    (refusal,) = refused.value.refused
    assert refusal.line == 3 and refusal.reasons[0].startswith(reason)
    assert await listed(store) == []


async def test_what_is_recorded_is_never_overwritten(store: Store, now: datetime) -> None:
    """A row that differs from the record, or claims somebody else's host, is a fault: a wrong channel tells a wrong person."""
    await import_parties(store, lines(BIG), now=now)
    thief = {"code": "thief", "kind": "hosting_provider", "name": "Thief", "hosts": "big.example"}
    with pytest.raises(PartiesRefused) as refused:
        await import_parties(store, lines({**BIG, "country": "US", "name": "Other"}, thief), now=now)
    assert [len(one.reasons) for one in refused.value.refused] == [2, 1]
    async with store.transaction() as connection:
        assert (await connection.execute(text("SELECT country FROM party"))).scalar_one() == "IE"
