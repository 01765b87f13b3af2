"""`sansdelai up`: the real thing, on the embedded database or on `SANSDELAI_DATABASE_URL`."""

import asyncio
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime

from cases.answerable import check_role
from cases.house import AlreadyBorn, HouseError, answer_key_of, found_house, house_of, read_organisation
from cases.office import answer_store_url, mailer
from cases.ready import check_ready
from cli.run import fail, known, out, settings, warn_of_ownership
from edges.databases import Databases, StoreUrls, open_databases
from edges.interrupt import run_until_signal
from edges.keys import make_keys
from edges.page_key import page_key_of, write_page_key
from edges.processes import ProcessFault, Supervisor
from edges.settings import PREFIX, Settings
from flows.service import is_healthy, prefect_environment, start_prefect_server, start_worker
from law import library as law_library
from models.schema import owned_tables
from models.store import Store

# All that the public page's process is told: of every other setting, and of Prefect's and PostgreSQL's own, nothing.
FOR_THE_PUBLIC = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "ANSWER_DAYS",
        "ANSWER_PORT",
        "ANSWER_URL",
        "HEALTH_PORT",  # the ports because none may be another's
        "LANGUAGE",
        "ORGANISATION",
        "PREFECT_PORT",
        "REPLY_TO",
        "SENDER_ADDRESS",
        "WEB_PORT",
    )
)


def up() -> None:
    """Start database, Prefect, a worker and the pages; Ctrl-C stops them all."""
    where = settings()
    try:
        law_library.load()  # a broken file of the law stops us here, not in the middle of a letter
        asyncio.run(_reach_mail(where))
        with Supervisor(where.logs) as supervisor:
            databases = start(supervisor, where, simulated=False)
            out.print(addresses(where), soft_wrap=True)
            if databases.embedded:
                out.print(f"data      {where.home}")
            out.print("Ctrl-C stops everything.")
            supervisor.wait()
    except known() as error:
        fail(str(error))


def start(supervisor: Supervisor, where: Settings, *, simulated: bool, worker: bool = True) -> Databases:
    """Start every part, each waiting for the one before; raises what any of them says is wrong."""
    databases = supervisor.hold(open_databases(where))
    supervisor.watch(databases.check)
    if databases.embedded:
        databases.urls.remember(where)
    run_until_signal(_prepare_store(where, databases.urls, simulated=simulated))
    if where.own_prefect:
        start_prefect_server(supervisor, where, databases.prefect)
    elif not is_healthy(where):
        raise ProcessFault(
            f"Prefect's server at {where.prefect_api_url} does not answer: start it, or unset "
            "SANSDELAI_PREFECT_API_URL to have one started here. Nothing is lost: what is due stays due in the store."
        )
    if worker:
        run_until_signal(_prepare_prefect(where))
        start_worker(supervisor, where, databases.store)
    start_site(supervisor, where, databases.store)
    if where.answer_url:
        start_answer_page(supervisor, where, databases.store)
    start_watch(supervisor, where, databases.store)
    return databases


async def _reach_mail(where: Settings) -> None:
    """Say at once that the mail server cannot be used, not when the first letter is due."""
    async with mailer(where, simulated=False) as opened:
        await opened.check()


async def _prepare_store(where: Settings, urls: StoreUrls, *, simulated: bool) -> None:
    await urls.migrate()
    store, now = Store(urls.program, make_keys(where.key_file)), datetime.now(UTC)
    try:
        with suppress(AlreadyBorn):
            await found_house(store, simulated=simulated, now=now)
        file = read_organisation(where.organisation_file)
        house = await house_of(store)
        await check_ready(store, where, file, house, law_library.load(), now, starting=True)
        warn_of_ownership([] if house.simulated else await owned_tables(store))
    finally:
        await store.close()


async def _prepare_prefect(where: Settings) -> None:
    from flows.pool import prepare  # Prefect takes two seconds to import: only here

    await prepare(where)


def start_site(supervisor: Supervisor, where: Settings, store_url: str) -> None:
    """Start the audit pages on this machine's loopback address."""
    command = [sys.executable, "-m", "uvicorn", "--factory", "web.app:from_settings"]
    command += ["--host", "127.0.0.1", "--port", str(where.web_port), "--log-level", "warning", "--no-access-log"]
    own = own_settings(where, store_url)
    own["SANSDELAI_MASTER_KEY_FILE"] = str(where.key_file)  # the site stands in another folder than we do
    supervisor.start(
        "site",
        command,
        env=prefect_environment(where) | own,
        cwd=where.home,
        ready=f"http://127.0.0.1:{where.web_port}/health",
        timeout=60,
    )


def start_answer_page(supervisor: Supervisor, where: Settings, store_url: str) -> None:
    """Start the public answer page on loopback; a reverse proxy with TLS stands before it."""
    url = run_until_signal(_prepare_answer_page(where, store_url))
    command = [sys.executable, "-m", "uvicorn", "--factory", "web.answer.app:from_settings"]
    command += ["--host", "127.0.0.1", "--port", str(where.answer_port), "--log-level", "warning", "--no-access-log"]
    command += ["--no-server-header", "--limit-concurrency", "100", "--timeout-keep-alive", "5"]
    own = {"SANSDELAI_ANSWER_DATABASE_URL": url, "SANSDELAI_HOME": str(where.home)}
    own["SANSDELAI_ANSWER_KEY_FILE"] = str(where.page_key_file)
    supervisor.start(
        "answer-page",
        command,
        env=own,
        without=not_for_the_public(os.environ),
        cwd=where.home,
        ready=f"http://127.0.0.1:{where.answer_port}/health",
        timeout=60,
    )


def not_for_the_public(environment: Collection[str]) -> frozenset[str]:
    """What of our environment the public page's process must not see: ways into the store, keys, passwords."""
    ours = (PREFIX, "PREFECT_", "PG")
    return frozenset(name for name in environment if name.startswith(ours) and name not in FOR_THE_PUBLIC)


def start_watch(supervisor: Supervisor, where: Settings, store_url: str) -> None:
    """Start the watch; it needs no key, for it reads nothing private. It ends with the rest: see docs/operations.md."""
    supervisor.start(
        "watch",
        [sys.executable, "-m", "cli.watch"],
        env=own_settings(where, store_url),
        cwd=where.home,
        ready=f"http://127.0.0.1:{where.health_port}/alive",
        timeout=60,
    )


async def _prepare_answer_page(where: Settings, store_url: str) -> str:
    """
    Write the page's key file; returns the page's own way to the database, once that is seen to read nothing.

    Raises:
        HouseError: it can read a real store, or is set without SANSDELAI_DATABASE_URL and might lead to another store.
    """
    if where.answer_database_url and not where.database_url:
        raise HouseError(f"{PREFIX}ANSWER_DATABASE_URL is of use only with {PREFIX}DATABASE_URL: unset it, or set both")
    store = Store(store_url, make_keys(where.key_file))
    try:
        write_page_key(where.page_key_file, page_key_of(await answer_key_of(store)))
    finally:
        await store.close()
    url = answer_store_url(where)
    page = Store(url)
    try:
        await check_role(page)
    finally:
        await page.close()
    return url


def own_settings(where: Settings, store_url: str) -> dict[str, str]:
    """What a child needs that the environment may not say."""
    return {"SANSDELAI_DATABASE_URL": store_url, "SANSDELAI_HOME": str(where.home)}


def addresses(where: Settings) -> str:
    """Where to look."""
    login = where.prefect_auth_string()
    lines = [f"pages     http://127.0.0.1:{where.web_port}/", f"watch     http://127.0.0.1:{where.health_port}/"]
    if where.answer_url:
        lines.append(f"answers   {where.answer_url}/   (from http://127.0.0.1:{where.answer_port}/ by your proxy)")
    lines.append(f"Prefect   http://127.0.0.1:{where.prefect_port}/   (password: {login})")
    return "\n".join(lines)
