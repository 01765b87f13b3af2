"""Opening the house: settings, store, law and signatures become a desk to work at."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text

from cases.brake import rule_of
from cases.desk import Desk, Letterhead
from cases.house import (
    HouseError,
    NoHouse,
    OrganisationFile,
    blind_key_of,
    house_of,
    organisation_facts,
    read_organisation,
)
from cases.ready import check_ready
from cases.sending import turnstile
from cases.together import recorder
from edges.keys import make_keys, read_keys
from edges.mail import Mailer
from edges.probe import USER_AGENT, Prober
from edges.probe_network import Resolver
from edges.settings import Settings
from law import library as law_library
from models.due import anything_due
from models.store import Store


def real_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_store(settings: Settings, *, birth: bool = False) -> AsyncIterator[Store]:
    """
    The store of these settings: `SANSDELAI_DATABASE_URL`, or the embedded one that `make up` started.

    At its `birth` the master key is made if there is none.

    Raises:
        HouseError: the database cannot be reached, or holds no store.
        KeysMissing: there is no master key, or it cannot be read.
    """
    store = Store(store_url(settings))
    try:
        await _reachable(store)
        if not birth:
            await house_of(store)  # no store is said before no key
        store.cipher = make_keys(settings.key_file) if birth else read_keys(settings.key_file)
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


async def something_due(settings: Settings, now: datetime) -> bool:
    """
    Whether the machine has anything to do; if it has not, this leaves the sign of life of an idle pass.

    Raises:
        HouseError: there is no database, or no store in it.
    """
    store = Store(store_url(settings))
    try:
        silence = timedelta(minutes=settings.brake_silence_minutes)
        return await anything_due(store, now, silence=silence, simulated=settings.brake_simulated)
    except asyncpg.UndefinedTableError as error:
        raise NoHouse(NoHouse.__doc__) from error
    except Exception as error:
        raise _unreachable(error) from error
    finally:
        await store.close()


async def reachable(url: str) -> None:
    """
    Try the database.

    Raises:
        HouseError: it cannot be reached.
    """
    store = Store(url)
    try:
        await _reachable(store)
    finally:
        await store.close()


async def _reachable(store: Store) -> None:
    try:
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> HouseError:
    return HouseError(
        f"the database cannot be reached ({type(error).__name__}): start the embedded one with `make up`, or see "
        "that yours runs and SANSDELAI_DATABASE_URL is right. Nothing was written."
    )


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

    A real store opens only when its set-up is complete (`cases.ready`). The stepping clock and the probe's allow-list
    are honoured in a store born simulated only.
    """
    async with AsyncExitStack() as stack:
        store = given if given is not None else await stack.enter_async_context(open_store(settings))
        house = await house_of(store)
        await blind_key_of(store)  # says now, not at the first letter, that the master key is another store's
        if clock is not None and not house.simulated:
            raise HouseError("only a store born simulated may run on a stepping clock")
        file = read_organisation(settings.organisation_file)
        library = law_library.load()
        await check_ready(store, settings, file, house, library, (clock or real_clock)())
        facts, ids = await organisation_facts(store, file, house)
        post = await stack.enter_async_context(mailer(settings, simulated=house.simulated))
        allow = settings.probe_allow if house.simulated else frozenset()
        prober = await stack.enter_async_context(
            Prober(allow=allow, resolver=resolver, user_agent=settings.probe_egress or USER_AGENT)
        )
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
            brake=rule_of(settings, library, simulated=house.simulated),
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


def letterhead(settings: Settings, file: OrganisationFile | None) -> Letterhead:
    """How we sign."""
    return Letterhead(
        organisation=settings.organisation,
        sender=settings.sender_address,
        sender_name=settings.sender_name,
        reply_to=settings.reply_to or settings.sender_address,
        staff=settings.staff_address or settings.sender_address,
        second_staff=settings.second_staff_address or settings.staff_address or settings.sender_address,
        staff_language=settings.staff_language,
        designation=dict(file.designation) if file else {},
    )
