"""The house: its birth certificate, what the organisation says of itself, and what the law may know of both."""

import hmac
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from cases.desk import Desk
from law.facts import OrganisationFacts, SignatureFacts, StandingOrderFacts
from law.lifecycle import AUTHORITIES
from models.draft import Draft
from models.party import party_facts
from models.store import Store
from models.tables import Channel, House, Party, Signature

BLIND = UUID(int=1)  # the id under which the house's own key of keyed hashes is wrapped


class HouseError(RuntimeError):
    """The house cannot be opened."""


class NoHouse(HouseError):
    """This database holds no store yet; run `sansdelai store init` (or `--simulated` for a store to play with)."""


class NoRights(HouseError):
    """The program's role may not read this store: `make up` or `sansdelai store upgrade` gives it its rights."""


class AlreadyBorn(HouseError):
    """This store exists already; whether it is simulated is decided once, at its birth."""


@dataclass(frozen=True, slots=True)
class OrganisationFile:
    """What the organisation says of itself, read from a TOML file."""

    trusted_flagger: bool = False
    areas: tuple[str, ...] = ()
    recipient_standing: str | None = None
    designation: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[str, ...] = ()  # categories whose bodies may be read, allowed in writing (practice 1.6)
    parameters: Mapping[str, dict[str, str]] = field(default_factory=dict)
    controller: str = ""  # a real store does not open without these three (practice, section 3)
    dpo: str = ""
    basis: str = ""
    processors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # who works for us, see cases.processors
    transfers: Mapping[str, str] = field(default_factory=dict)  # ground of letters to a country outside the EEA
    log_readers: tuple[str, ...] = ()  # staff codes of the data protection officer and of auditors


def read_organisation(path: Path | None) -> OrganisationFile:
    """
    Read the file; without one nothing is claimed.

    Raises:
        HouseError: the file cannot be read, or holds an unknown key; the message names all of them.
    """
    if path is None:
        return OrganisationFile()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HouseError(f"the organisation file {path.name} cannot be read: {error}") from error
    known = OrganisationFile.__dataclass_fields__
    unknown = sorted(data.keys() - known.keys())
    if unknown:
        raise HouseError(f"{path.name}: unknown key {', '.join(unknown)}; allowed: {', '.join(known)}")
    return OrganisationFile(**data)


async def found_house(store: Store, *, simulated: bool, now: datetime) -> House:
    """
    Give a fresh store its birth certificate.

    Raises:
        AlreadyBorn: it has one.
    """
    _, wrapped = store.cipher.new_key(BLIND)
    house = House(simulated=simulated, born_at=now, master_id=store.cipher.master_id, blind_key=wrapped)
    async with store.session() as session:
        if await session.get(House, 1) is not None:
            raise AlreadyBorn(AlreadyBorn.__doc__)
    draft = Draft(now)
    draft.keep(house)
    await store.write(draft)
    return house


def may_not_read(error: Exception) -> bool:
    """Whether PostgreSQL refused for want of rights."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) == "42501"


async def house_of(store: Store) -> House:
    """
    The store's birth certificate.

    Raises:
        NoHouse: there is none.
    """
    try:
        async with store.session() as session:
            house = await session.get(House, 1)
    except ProgrammingError as error:  # not even the tables are there
        if may_not_read(error):
            raise NoRights(NoRights.__doc__) from error
        raise NoHouse(NoHouse.__doc__) from error
    if house is None:
        raise NoHouse(NoHouse.__doc__)
    if house.shut_why:
        raise HouseError(f"this store is shut: {house.shut_why}")
    return house


async def blind_key_of(store: Store) -> bytes:
    """
    The key of keyed hashes, in clear.

    Raises:
        NoHouse: there is no store.
        KeysMissing: the master key at hand is of another store.
    """
    house = await house_of(store)
    return store.cipher.unwrap(BLIND, house.master_id, house.blind_key)


async def answer_key_of(store: Store) -> bytes:
    """
    The key of signed reply addresses, envelope ids and answer links: the same for every process of this house.

    Raises:
        NoHouse: there is no store.
        KeysMissing: the master key at hand is of another store.
    """
    return hmac.digest(await blind_key_of(store), b"answers", "sha256")


async def organisation_facts(
    store: Store, file: OrganisationFile, house: House
) -> tuple[OrganisationFacts, dict[str, UUID]]:
    """What the law may know of our house, and the ids of the authorities by number."""
    async with store.session() as session:
        signatures = (await session.exec(select(Signature))).all()
        parties = (await session.exec(select(Party).where(Party.kind.in_(sorted(AUTHORITIES))))).all()  # type: ignore[attr-defined]
        ids = [party.id for party in parties]
        channels = (await session.exec(select(Channel).where(Channel.party_id.in_(ids)))).all()  # type: ignore[attr-defined]
    facts = OrganisationFacts(
        trusted_flagger=file.trusted_flagger,
        areas=frozenset(file.areas),
        recipient_standing=file.recipient_standing,
        simulated=house.simulated,
        signatures=tuple(SignatureFacts(s.regime, s.digest, s.signed_by, s.until) for s in signatures if not s.party),
        standing_orders=tuple(
            StandingOrderFacts(s.regime, s.digest, s.party, s.category, s.signed_by, s.until)
            for s in signatures
            if s.party and s.category
        ),
        authorities=tuple(party_facts(party, [c for c in channels if c.party_id == party.id]) for party in parties),
        parameters={name: dict(values) for name, values in file.parameters.items()},
    )
    return facts, {party.number: party.id for party in parties}


async def refreshed(desk: Desk, file: OrganisationFile) -> Desk:
    """The same desk with the signatures and authorities as they stand now."""
    facts, ids = await organisation_facts(desk.store, file, await house_of(desk.store))
    return replace(desk, organisation=facts, authority_ids=ids)
