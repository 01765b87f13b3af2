"""Opening the house: settings, store, law and signatures become a desk to work at."""

import os
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from cases.desk import Desk, Letterhead
from cases.sending import turnstile
from cases.together import recorder
from edges.mail import Mailer
from edges.probe import USER_AGENT, Prober
from edges.probe_network import Resolver
from edges.settings import Settings
from law import library as law_library
from law.facts import OrganisationFacts, SignatureFacts, StandingOrderFacts
from law.lifecycle import AUTHORITIES
from models.draft import Draft
from models.party import party_facts
from models.store import Store
from models.tables import Channel, House, Party, Signature


class HouseError(RuntimeError):
    """The house cannot be opened."""


class NoHouse(HouseError):
    """This database holds no store yet; run `sansdelai store init` (or `--simulated` for a store to play with)."""


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
    house = House(simulated=simulated, born_at=now, blind_key=os.urandom(32))
    async with store.session() as session:
        if await session.get(House, 1) is not None:
            raise AlreadyBorn(AlreadyBorn.__doc__)
    draft = Draft(now)
    draft.keep(house)
    await store.write(draft)
    return house


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
        raise NoHouse(NoHouse.__doc__) from error
    if house is None:
        raise NoHouse(NoHouse.__doc__)
    return house


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


def real_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings: `SANSDELAI_DATABASE_URL`, or the embedded one that `make up` started."""
    store = Store(store_url(settings))
    try:
        await _reachable(store)
        yield store
    finally:
        await store.close()


def store_url(settings: Settings) -> str:
    """
    Where the store is.

    Raises:
        HouseError: there is no setting and no embedded database runs.
    """
    if settings.database_url:
        return settings.database_url
    kept = settings.home / "store-url"
    if not kept.exists():
        raise HouseError("no database: start the embedded one with `make up`, or set SANSDELAI_DATABASE_URL")
    return kept.read_text(encoding="utf-8").strip()


async def _reachable(store: Store) -> None:
    try:
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        raise HouseError(
            f"the database cannot be reached ({type(error).__name__}): start the embedded one with `make up`, or see "
            "that yours runs and SANSDELAI_DATABASE_URL is right. Nothing was written."
        ) from error


@asynccontextmanager
async def open_desk(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    resolver: Resolver | None = None,
    given: Store | None = None,
) -> AsyncIterator[Desk]:
    """
    A desk at which every deed can be done.

    The stepping clock and the probe's allow-list are honoured in a store born simulated only.
    """
    async with AsyncExitStack() as stack:
        store = given if given is not None else await stack.enter_async_context(open_store(settings))
        house = await house_of(store)
        if clock is not None and not house.simulated:
            raise HouseError("only a store born simulated may run on a stepping clock")
        file = read_organisation(settings.organisation_file)
        facts, ids = await organisation_facts(store, file, house)
        post = await stack.enter_async_context(mailer(settings, simulated=house.simulated))
        allow = settings.probe_allow if house.simulated else frozenset()
        prober = await stack.enter_async_context(
            Prober(allow=allow, resolver=resolver, user_agent=settings.probe_egress or USER_AGENT)
        )
        library = law_library.load()
        yield Desk(
            store=store,
            library=library,
            organisation=facts,
            authority_ids=ids,
            letterhead=letterhead(settings, file),
            mailer=post,
            prober=prober,
            clock=clock or real_clock,
            zone=ZoneInfo(library.house.zone),
            bodies=frozenset(settings.probe_bodies) | frozenset(file.bodies),
            recorder=recorder(store),
            turnstile=turnstile(store),
            lease_seconds=settings.lease_seconds,
        )


def mailer(settings: Settings, *, simulated: bool) -> Mailer:
    """The way out for letters, as the settings say."""
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    return Mailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=password,
        connections=settings.smtp_connections,
        direct=settings.smtp_direct,
        simulated=simulated,
    )


def letterhead(settings: Settings, file: OrganisationFile) -> Letterhead:
    """How we sign."""
    return Letterhead(
        organisation=settings.organisation,
        sender=settings.sender_address,
        sender_name=settings.sender_name,
        reply_to=settings.reply_to or settings.sender_address,
        staff=settings.staff_address or settings.sender_address,
        second_staff=settings.second_staff_address or settings.staff_address or settings.sender_address,
        designation=dict(file.designation),
    )
