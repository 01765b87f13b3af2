"""Which two databases are used: those named in the settings, or two in the embedded PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from edges.postgres import DatabaseUnreachable, EmbeddedPostgres
from edges.settings import Settings


@dataclass(frozen=True)
class Databases:
    """URLs for SQLAlchemy over asyncpg, passwords included: never log them."""

    store: str = field(repr=False)
    prefect: str = field(repr=False)
    embedded: bool = False
    check: Callable[[], None] = field(default=lambda: None, repr=False)  # raises DatabaseUnreachable if ours has died


@contextmanager
def open_databases(settings: Settings, *, durable: bool = True) -> Iterator[Databases]:
    """The store's and Prefect's database, the embedded server running meanwhile if one of the two needs it.

    Raises DatabaseUnreachable. A server named in the settings is not tried here: the store says so itself.
    """
    if settings.database_url and settings.prefect_database_url:
        yield Databases(settings.database_url, settings.prefect_database_url)
        return
    with EmbeddedPostgres(settings.home / "postgres", durable=durable) as server:
        store = settings.database_url or server.ensure_database("store")
        prefect = settings.prefect_database_url or server.ensure_database("prefect")
        yield Databases(store, prefect, embedded=True, check=server.check)


@contextmanager
def store_database(settings: Settings, *, create: bool = False) -> Iterator[str]:
    """The store's database alone, for what is done while nothing else runs: the embedded server is joined or started.

    An embedded database that is not there yet is made only if `create` says so. Raises DatabaseUnreachable.
    """
    if settings.database_url:
        yield settings.database_url
        return
    folder = settings.home / "postgres"
    if not create and not (folder / "PG_VERSION").exists():
        message = f"there is no database in {settings.home}: set SANSDELAI_HOME or SANSDELAI_DATABASE_URL"
        raise DatabaseUnreachable(message)
    with EmbeddedPostgres(folder) as server:
        yield server.ensure_database("store")
