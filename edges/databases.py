"""
Which two databases are used, and as which roles: those named in the settings, or two in the embedded PostgreSQL.

The store's tables belong to the owner, who only migrates and restores. The program works as another role
(`models/rights.py`), the public pages as a third.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import make_url

from edges.home import kept_file
from edges.postgres import DatabaseUnreachable, EmbeddedPostgres
from edges.settings import Settings
from models.schema import migrate

PROGRAM = "sansdelai"  # roles in the embedded PostgreSQL
PUBLIC = "sansdelai_public"


@dataclass(frozen=True)
class StoreUrls:
    """The store's database as each of its roles; URLs for SQLAlchemy over asyncpg, passwords included."""

    program: str = field(repr=False)
    owner: str = field(repr=False)
    answer: str | None = field(default=None, repr=False)  # none: no role was made for the public pages

    @property
    def roles(self) -> dict[str, str | None]:
        """The names of the roles that are given rights, as `models.schema.migrate` takes them."""
        public = make_url(self.answer).username if self.answer else None
        return {"program": make_url(self.program).username, "public": public}

    async def migrate(self) -> None:
        """Bring the store to the newest schema, and its roles to their rights."""
        await migrate(self.owner, **self.roles)

    def remember(self, settings: Settings) -> None:
        """Keep the URLs of an embedded store beside the data, for commands in another terminal; never the owner's."""
        kept_file(settings.home / "store-url", self.program)
        if self.answer:
            kept_file(settings.home / "answer-store-url", self.answer)


@dataclass(frozen=True)
class Databases:
    """URLs for SQLAlchemy over asyncpg, passwords included: never log them."""

    urls: StoreUrls = field(repr=False)
    prefect: str = field(repr=False)
    embedded: bool = False
    check: Callable[[], None] = field(default=lambda: None, repr=False)  # raises DatabaseUnreachable if ours has died

    @property
    def store(self) -> str:
        """The store as the program works with it."""
        return self.urls.program


@contextmanager
def open_databases(settings: Settings, *, durable: bool = True) -> Iterator[Databases]:
    """The store's and Prefect's database, the embedded server running meanwhile if one of the two needs it.

    Raises DatabaseUnreachable. A server named in the settings is not tried here: the store says so itself.
    """
    if settings.database_url and settings.prefect_database_url:
        yield Databases(_named(settings, settings.database_url), settings.prefect_database_url)
        return
    with EmbeddedPostgres(settings.home / "postgres", durable=durable) as server:
        store = _named(settings, settings.database_url) if settings.database_url else embedded_store(server)
        prefect = settings.prefect_database_url or server.ensure_database("prefect")
        yield Databases(store, prefect, embedded=True, check=server.check)


@contextmanager
def store_database(settings: Settings, *, create: bool = False) -> Iterator[StoreUrls]:
    """The store's database alone, for what is done while nothing else runs: the embedded server is joined or started.

    An embedded database that is not there yet is made only if `create` says so. Raises DatabaseUnreachable.
    """
    if settings.database_url:
        yield _named(settings, settings.database_url)
        return
    folder = settings.home / "postgres"
    if not create and not (folder / "PG_VERSION").exists():
        message = f"there is no database in {settings.home}: set SANSDELAI_HOME or SANSDELAI_DATABASE_URL"
        raise DatabaseUnreachable(message)
    with EmbeddedPostgres(folder) as server:
        yield embedded_store(server)


def embedded_store(server: EmbeddedPostgres, database: str = "store", *, template: str | None = None) -> StoreUrls:
    """The store's database in this server, made if it is missing, and its roles."""
    for role in (PROGRAM, PUBLIC):
        server.ensure_role(role)
    owner = server.ensure_database(database, template=template)
    return StoreUrls(server.url(database, PROGRAM), owner, server.url(database, PUBLIC))


def _named(settings: Settings, program: str) -> StoreUrls:
    """The store of the settings; without a role of its own the owner is the program itself."""
    return StoreUrls(program, settings.owner_database_url or program, settings.answer_database_url)
