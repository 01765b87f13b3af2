"""Opening the house: settings, store, law and signatures become a desk to work at."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text

from cases.brake import rule_of
from cases.desk import Answering, Desk, Letterhead
from cases.house import (
    HouseError,
    NoHouse,
    NoRights,
    OrganisationFile,
    answer_key_of,
    house_of,
    organisation_facts,
    read_organisation,
)
from cases.ready import check_ready
from cases.sending import turnstile
from cases.together import recorder
from edges.inbox import Mailbox
from edges.keys import make_keys, read_keys
from edges.mail import Mailer
from edges.page_key import link_key
from edges.probe import USER_AGENT, Prober
from edges.probe_network import Resolver
from edges.settings import Settings
from edges.tokens import Links
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


@asynccontextmanager
async def open_ready_store(settings: Settings) -> AsyncIterator[Store]:
    """
    The store for taking reports in: nothing about a victim, an uploader or a reporter comes in before it is known who
    answers for it, on which basis, and for how long (practice, section 3). A simulated store needs none of it.

    Raises:
        NotReady: a real store whose set-up is not complete; everything that is missing.
        HouseError, KeysMissing: as for `open_store`.
    """
    async with open_store(settings) as store:
        file, house = read_organisation(settings.organisation_file), await house_of(store)
        await check_ready(store, settings, file, house, law_library.load(), real_clock())
        yield store


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


def answer_store_url(settings: Settings) -> str:
    """
    Where the answer page finds the store: a role of its own, or the program's, which a real store refuses to it.

    Raises:
        HouseError: there is no setting and no embedded database runs.
    """
    kept = settings.home / "answer-store-url"
    if settings.answer_database_url:
        return settings.answer_database_url
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else store_url(settings)


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
    except asyncpg.InsufficientPrivilegeError as error:
        raise NoRights(NoRights.__doc__) from error
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
        key = await answer_key_of(store)  # says now, not at the first letter, that the master key is another store's
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
            answering=answering(settings, key),
            lease_seconds=settings.lease_seconds,
            together=settings.notice_together,
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
        per_recipient=settings.smtp_per_recipient,
        # On a stepping clock the letters of weeks leave in a minute, and to this machine only.
        rate_per_minute=0 if simulated else settings.smtp_rate_per_minute,
        direct=settings.smtp_direct,
        simulated=simulated,
    )


def mailbox(settings: Settings, *, simulated: bool) -> Mailbox | None:
    """The way in for answers, as the settings say; none when no mailbox is named."""
    if settings.imap_host is None or settings.imap_username is None or settings.imap_password is None:
        return None
    return Mailbox(
        settings.imap_host,
        settings.imap_port,
        settings.imap_tls,
        settings.imap_username,
        settings.imap_password.get_secret_value(),
        settings.imap_folder,
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


def answering(settings: Settings, key: bytes) -> Answering:
    """How our letters are recognised when they are answered."""
    links = Links(link_key(key), timedelta(days=settings.answer_days))
    return Answering(key=key, mailbox=settings.answers, url=settings.answer_url, links=links)
