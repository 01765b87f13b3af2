"""Altering a store past the program: as the role that owns its tables, which the program never is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from edges.postgres import EmbeddedPostgres
from models.store import Store

servers: list[EmbeddedPostgres] = []  # the one of this test process, from tests/conftest.py


def owner_url(store: Store) -> str:
    """The same database as its owner."""
    return servers[0].url(str(store.engine.url.database))


@asynccontextmanager
async def as_owner(store: Store) -> AsyncIterator[AsyncConnection]:
    """A connection of the owner, inside one transaction."""
    engine = create_async_engine(owner_url(store))
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()
