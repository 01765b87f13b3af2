"""`sansdelai up`: the real thing, on the embedded database or on `SANSDELAI_DATABASE_URL`."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime

from cases.house import AlreadyBorn, found_house, house_of, read_organisation
from cases.office import mailer
from cases.ready import check_ready
from cli.run import fail, known, out, settings
from edges.databases import Databases, open_databases
from edges.interrupt import run_until_signal
from edges.keys import make_keys
from edges.processes import ProcessFault, Supervisor
from edges.settings import Settings
from flows.service import is_healthy, prefect_environment, start_prefect_server, start_worker
from law import library as law_library
from models.schema import migrate
from models.store import Store


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
    remember(where, databases)
    run_until_signal(_prepare_store(where, databases.store, simulated=simulated))
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
    start_watch(supervisor, where, databases.store)
    return databases


def remember(where: Settings, databases: Databases) -> None:
    """Keep the store's URL beside the data, so that commands in another terminal find it."""
    if databases.embedded:
        kept = where.home / "store-url"
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(databases.store)


async def _reach_mail(where: Settings) -> None:
    """Say at once that the mail server cannot be used, not when the first letter is due."""
    async with mailer(where, simulated=False) as opened:
        await opened.check()


async def _prepare_store(where: Settings, url: str, *, simulated: bool) -> None:
    await migrate(url)
    store, now = Store(url, make_keys(where.key_file)), datetime.now(UTC)
    try:
        with suppress(AlreadyBorn):
            await found_house(store, simulated=simulated, now=now)
        file = read_organisation(where.organisation_file)
        await check_ready(store, where, file, await house_of(store), law_library.load(), now, starting=True)
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


def own_settings(where: Settings, store_url: str) -> dict[str, str]:
    """What a child needs that the environment may not say."""
    return {"SANSDELAI_DATABASE_URL": store_url, "SANSDELAI_HOME": str(where.home)}


def addresses(where: Settings) -> str:
    """Where to look."""
    login = where.prefect_auth_string()
    return (
        f"pages     http://127.0.0.1:{where.web_port}/\n"
        f"watch     http://127.0.0.1:{where.health_port}/\n"
        f"Prefect   http://127.0.0.1:{where.prefect_port}/   (password: {login})"
    )
