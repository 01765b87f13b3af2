"""Setting the stage: parties with numbers, reports with their locations, signatures; all written by the one writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from cases.house import found_house
from cases.places import place_of
from cases.sign import order
from law.library import Library
from law.vocabulary import ChannelKind, Deed, Depicted, LocationKind, PartyKind
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import Channel, Content, Duty, Location, Mandate, Party, Qualification, Report, Signature
from tests.owning import as_owner
from tests.scenarios.scenario import File, Scenario, Somebody, Spot
from tests.scenarios.world import Site, Web

LAWYER = "L-01"
KEY = b"a key of the tests, 32 bytes ..."
YEAR = timedelta(days=365)

# The authorities that every directory holds: name, kind, country, channels (kind, mechanisms).
AUTHORITIES: dict[str, tuple[PartyKind, str | None, list[tuple[ChannelKind, list[str]]]]] = {
    "arcom": (PartyKind.REGULATOR, "FR", [(ChannelKind.EMAIL, [])]),
    "pharos": (PartyKind.POLICE, "FR", [(ChannelKind.PORTAL, ["fr-pharos"]), (ChannelKind.EMAIL, ["fr-lcen-6-4"])]),
    "prosecutor": (PartyKind.PROSECUTOR, "FR", [(ChannelKind.EMAIL, [])]),
    "iccam": (PartyKind.HOTLINE_NETWORK, None, [(ChannelKind.PORTAL, [])]),
}


@dataclass
class Cast:
    """Who plays, by the names of the file."""

    parties: dict[str, Party] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # mailbox -> name

    def number(self, report: str) -> str:
        return self.reports[report].number

    def report_name(self, number: str) -> str:
        return next(name for name, report in self.reports.items() if report.number == number)

    def party_name(self, party_id: UUID | None) -> str:
        return next((name for name, party in self.parties.items() if party.id == party_id), "nobody")


def mailbox_of(name: str) -> str:
    return f"desk@{name}.example"


async def set_the_stage(store: Store, library: Library, scenario: Scenario, web: Web) -> Cast:
    """Found a simulated house with its directory, signatures and reports."""
    now = scenario.starts
    await found_house(store, simulated=True, now=now)
    cast, draft = Cast(), Draft(now)
    for name, (kind, country, channels) in AUTHORITIES.items():
        party = _party(cast, draft, name, kind, country, now)
        for rank, (channel, mechanisms) in enumerate(channels):
            draft.keep(_channel(party, name, channel, list(mechanisms), rank))
    for one in scenario.parties:
        _somebody(cast, draft, one, now)
    cast.addresses = {mailbox_of(name): name for name in cast.parties}
    await store.write(draft)
    await _signatures(store, library, scenario, cast)
    for number, file in enumerate(scenario.reports, start=1):
        if file.at == timedelta(0):
            await receive(store, library, scenario, cast, web, file, number)
    return cast


def _party(cast: Cast, draft: Draft, name: str, kind: PartyKind, country: str | None, now: datetime) -> Party:
    number = f"P-{len(cast.parties) + 1:04}"
    party = Party(
        number=number, kind=kind, name=name, public_label=number, country=country, language="fr", written_at=now
    )
    cast.parties[name] = draft.keep(party)
    return party


def _channel(party: Party, name: str, kind: ChannelKind, mechanisms: list[str], rank: int = 0) -> Channel:
    address = mailbox_of(name) if kind is ChannelKind.EMAIL else f"https://{name}.example/portal"
    return Channel(party_id=party.id, kind=kind, address=address, mechanisms=mechanisms, rank=rank)


async def new_channel(store: Store, cast: Cast, name: str, now: datetime) -> None:
    """The directory holds a second mailbox of this party; its first one is known not to work."""
    party, other = cast.parties[name], mailbox_of(f"second.{name}")
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE channel SET working = false WHERE party_id = :id"), {"id": party.id})
    draft = Draft(now)
    draft.keep(Channel(party_id=party.id, kind=ChannelKind.EMAIL, address=other, rank=1))
    await store.write(draft)
    cast.addresses[other] = name


def _somebody(cast: Cast, draft: Draft, one: Somebody, now: datetime) -> None:
    party = _party(cast, draft, one.name, PartyKind(one.kind), one.country, now)
    party.micro_or_small = None if one.size is None else one.size == "small"
    party.language = one.language
    if one.channel != "none":
        draft.keep(_channel(party, one.name, ChannelKind(one.channel), list(one.mechanisms)))


async def _signatures(store: Store, library: Library, scenario: Scenario, cast: Cast) -> None:
    now, until = scenario.starts, scenario.starts + scenario.house.signed_until
    signed = scenario.house.signed
    if signed == ["everything"]:
        signed = [regime.id for regime in library.regimes.values() if not regime.proposal]
    draft = Draft(now)
    for regime in signed:
        digest = library.regime(regime).digest
        draft.keep(Signature(regime=regime, digest=digest, signed_by=LAWYER, signed_at=now, until=until))
    await store.write(draft)
    for words in scenario.house.standing_orders:
        regime, party, category = words.replace(" to ", " ").replace(" about ", " ").split()
        number = cast.parties[party].number
        await order(store, library, regime, party=number, category=category, by=LAWYER, until=now + YEAR, now=now)


async def receive(
    store: Store, library: Library, scenario: Scenario, cast: Cast, web: Web, file: File, number: int
) -> None:
    """A qualified report comes in, with its locations; it is due to be routed."""
    now = scenario.starts + file.at
    draft = Draft(now)
    content = draft.keep(Content(written_at=now))
    report = Report(
        number=f"R-2026-{number:06}",
        content_id=content.id,
        category=file.category,
        depicted=Depicted(file.depicted),
        priority=library.categories[file.category].urgent,
        public=file.public,
        received_at=now,
        notified_at=now - file.told_before if file.told_before else None,
    )
    cast.reports[file.id] = draft.keep(report)
    why = draft.keep_apart(private(Purpose.FREE_TEXT, "Le message incite à la haine.", now=now, report_id=report.id))
    for ordinal, spot in enumerate(file.spots, start=1):
        _locate(cast, draft, scenario, web, file, report, spot, ordinal)
    draft.keep(
        Qualification(
            report_id=report.id,
            code=file.qualification,
            qualified_by="A-01",
            qualified_at=now,
            seen_at=now,
            second_reader=file.second_reader,
            why_id=why.id if file.why else None,
        )
    )
    if file.mandate:
        draft.keep(mandate(report.id, file.mandate.countries, file.mandate.identity_checked, now))
    entry = draft.event(report.id, "received")
    entry.set(report, wish=file.wish, agreed_delay_hours=file.agreed_delay_hours)
    entry.add(Duty(report_id=report.id, deed=Deed.ROUTE, due_at=now, priority=report.priority))
    await store.write(draft)


def mandate(report_id: UUID, countries: list[str], identity_checked: bool, now: datetime) -> Mandate:
    return Mandate(report_id=report_id, countries=list(countries), identity_checked=identity_checked, signed_at=now)


def _locate(
    cast: Cast, draft: Draft, scenario: Scenario, web: Web, file: File, report: Report, spot: Spot, ordinal: int
) -> None:
    platform, host = cast.parties.get(spot.on or ""), cast.parties.get(spot.hosted_by or "")
    kind = LocationKind(spot.kind)
    somewhere = spot.on or spot.hosted_by or "nowhere"
    address = f"http://{somewhere}.example:{web.port}/{file.id}/{ordinal}"
    if kind is LocationKind.ONION:
        address = f"http://{'a' * 56}.onion/{file.id}/{ordinal}"
    place = place_of(kind, address)
    exact = draft.keep_apart(private(Purpose.LOCATION, address, now=draft.now, report_id=report.id))
    true_host = host or platform
    draft.keep(
        Location(
            content_id=report.content_id,
            ordinal=ordinal,
            kind=kind,
            text_id=exact.id,
            blind=place.blind(KEY),
            host=place.host,
            country=spot.country or (true_host.country if true_host else None),
            platform_id=platform.id if platform else None,
            host_id=host.id if host else None,
            opened_at=draft.now,
        )
    )
    open_site(web, scenario, somewhere, f"{file.id}/{ordinal}", spot.behaves)


def open_site(web: Web, scenario: Scenario, name: str, path: str, behaves: list[str]) -> None:
    """Let a website show something under this path, by its own script or as its party does."""
    usual = next((one.behaves for one in scenario.parties if one.name == name), ["alive"])
    web.sites[f"{name}.example/{path}"] = Site(list(behaves or usual), mailbox_of(name))
