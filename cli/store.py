"""`sansdelai store …`: birth and schema of the store."""

import shutil
from datetime import UTC, datetime
from typing import Annotated

import typer

from cases.house import found_house
from cases.office import open_store, store_url
from cli.run import fail, out, run, settings
from edges.home import temporary_home
from edges.postgres import EmbeddedPostgres
from models.schema import migrate, schema_faults

app = typer.Typer(help="The store: create it, bring it up to date, check its schema.", no_args_is_help=True)


@app.command()
def init(simulated: Annotated[bool, typer.Option(help="a store to play with; for ever")] = False) -> None:
    """Create the schema and the store's birth certificate."""

    async def creating() -> None:
        where = settings()
        async with open_store(where, birth=True) as store:
            await migrate(store_url(where))
            await found_house(store, simulated=simulated, now=datetime.now(UTC))

    run(creating())
    out.print("a simulated store was born" if simulated else "the store was born")


@app.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    where = settings()
    run(migrate(store_url(where)))
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
