"""Bringing a database to the newest schema, and saying whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.rights import OWNED, grant
from models.store import Store, asyncpg_url
from models.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without an ini file; `connection` runs the migration inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


# Two programs that start at once must not both change the schema, or the same grants.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('sansdelai schema'))")


async def migrate(url: str, *, program: str | None = None, public: str | None = None) -> None:
    """
    Create or upgrade the schema as the role that owns it, and give the other two theirs, in one transaction.

    Raises:
        RoleMissing: `program` or `public` names a role that does not exist.
    """
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.begin() as connection:
            await connection.execute(_ONE_AT_A_TIME)
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))
            await connection.run_sync(lambda sync: grant(sync, program=program, public=public))
    finally:
        await engine.dispose()


async def owned_tables(store: Store) -> list[str]:
    """The tables that the store's own role owns: none, where the program is kept from changing what it appended."""
    async with store.transaction() as connection:
        return list((await connection.execute(OWNED)).scalars())


async def schema_faults(url: str) -> list[str]:
    """What differs between the models and the database: nothing, when `alembic check` would pass."""
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_faults)
    finally:
        await engine.dispose()


def _faults(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if context.get_current_revision() != head:
        return [f"the database is at revision {context.get_current_revision()}, the program needs {head}"]
    return [repr(difference) for difference in compare_metadata(context, metadata)]
