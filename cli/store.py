"""`sansdelai store …`: birth and schema of the store, and its master key."""

import shutil
from datetime import UTC, datetime
from typing import Annotated

import typer

from cases.house import found_house
from cases.office import open_store, store_url
from cases.rotate import rotate
from cli.backup import progress_bar, say, with_database
from cli.run import fail, out, run, settings, warn_of_ownership
from edges.databases import StoreUrls
from edges.home import temporary_home
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from models.schema import migrate, owned_tables, schema_faults
from models.store import Store

app = typer.Typer(
    help="The store: create it, bring it up to date, check its schema, change its master key.", no_args_is_help=True
)


@app.command()
def init(simulated: Annotated[bool, typer.Option(help="a store to play with; for ever")] = False) -> None:
    """Create the schema and the store's birth certificate."""

    where = settings()

    async def creating(urls: StoreUrls) -> None:
        await urls.migrate()
        if where.database_url is None:
            urls.remember(where)
        async with open_store(where, birth=True) as store:
            await found_house(store, simulated=simulated, now=datetime.now(UTC))
            warn_of_ownership([] if simulated else await owned_tables(store))

    with_database(where, creating, create=True)
    out.print("a simulated store was born" if simulated else "the store was born")


@app.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    with_database(settings(), StoreUrls.migrate)
    out.print("the schema is up to date")


@app.command()
def check() -> None:
    """Compare the models with what the migrations make, on a database of its own (what `alembic check` does)."""
    folder = temporary_home("sdc-")
    try:
        with EmbeddedPostgres(folder / "postgres", durable=False) as server:
            url = server.ensure_database("schema_check")
            run(migrate(url))
            faults = run(schema_faults(url))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if faults:
        fail("the migrations do not give what the models say:\n  " + "\n  ".join(faults))
    out.print("models and migrations agree")
    where = settings()
    if where.database_url or (where.home / "store-url").exists():
        run(_warn(where))


async def _warn(where: Settings) -> None:
    store = Store(store_url(where))
    try:
        warn_of_ownership(await owned_tables(store))
    except OSError:
        out.print("the store's own database does not answer: its roles were not looked at")
    finally:
        await store.close()


@app.command()
def rotate_key(
    forget: Annotated[
        bool, typer.Option("--forget", help="do not keep the old key: older backups become unreadable")
    ] = False,
) -> None:
    """Make a fresh master key and wrap every key anew under it; what was interrupted goes on."""
    where = settings()
    with progress_bar("keys", "wrapped anew") as progress:
        done = with_database(where, lambda urls: rotate(urls.program, where.key_file, forget=forget, progress=progress))
    if done.resumed:
        say("the file held several master keys: a rotation that was begun is finished now, no further key was made")
    say(f"{done.keys} keys are wrapped anew; the master key {done.master_id} is in use now.")
    say(f"Copy {where.key_file} to where it is kept apart.")
    for file in done.kept:
        say(f"Backups made before now need the old key, kept as {file}: delete it when the last of them is gone.")
    if forget:
        say("The old key was not kept: backups made before now cannot be read any more.")
