"""
Restore: a store comes back shut, every erasure since the backup is carried out again, all is audited, then it opens.

The pair is put back in one transaction that also shuts the store. So there is no moment at which anybody could read
what was erased: before it the database is empty, after it the store opens for nobody until the last step here. A
restore that was interrupted after that goes on when it is called again with the same two files.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import text

from cases.audit_store import Audited, audit_store
from cases.backup import pair_of
from cases.erase import noted, replay_erasures
from cases.house import BLIND
from edges.dumps import SECRET, DumpRefused, look_into, put_back
from edges.keys import Keys, read_keys
from models.faultpoints import point
from models.schema import migrate
from models.store import Store

_TABLES = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
)
_WRAPPED = "SELECT DISTINCT ON (master_id) id, master_id, wrapped FROM data_key WHERE wrapped IS NOT NULL"
# What no seal covers is what comes after a report's newest leaf.
_QUEUE = (
    "DELETE FROM unsealed",
    "INSERT INTO unsealed (report_id, seq) SELECT e.report_id, e.seq FROM event e"
    " LEFT JOIN (SELECT report_id, max(last_seq) AS last FROM seal_leaf GROUP BY report_id) l"
    " ON l.report_id = e.report_id WHERE e.seq > coalesce(l.last, 0)",
)
# A number is given once: the next one is above all that stand in the store, whatever the sequence says.
_NUMBERS = (
    "SELECT setval('{0}_number', greatest((SELECT last_value FROM {0}_number),"
    " (SELECT max(substring(number FROM '[0-9]+$')::bigint) FROM {0})),"
    " (SELECT is_called FROM {0}_number) OR EXISTS (SELECT 1 FROM {0}))"
)
_OPEN = text(
    "UPDATE house SET shut_why = NULL, stopped_at = coalesce(stopped_at, CAST(:now AS timestamptz)),"
    " stopped_why = coalesce(stopped_why, :why)"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    stamp: str  # the backup's time
    erasures: int  # carried out again
    audited: Audited


def shut_by(stamp: str) -> str:
    """What a store says while the restore of this backup is not at its end."""
    return f"the restore of the backup {stamp} is not finished; run it again with the same two files"


async def restore(
    url: str,
    data: Path,
    keys: Path,
    *,
    ledger: Path | None,
    key_file: Path,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
    program: str | None = None,
    public: str | None = None,
) -> Restored:
    """
    Restore a pair of dumps into an empty database; `ledger` is the list of erasures, None if there truly is none.

    `url` is the owner's; `program` and `public` are the roles that get their rights anew, for a dump holds none.
    Sending is stopped afterwards: which letters left since the backup is not on record any more.

    Raises:
        DumpRefused: what is wrong with the files, the database, the list or the restored record; the store is shut.
        KeysMissing: there is no master key, or it is another store's.
    """
    masters = read_keys(key_file)
    _readable(ledger)
    stamp = pair_of(data, keys)
    store = Store(url, masters)
    try:
        if not await _already_loaded(store, shut_by(stamp)):
            await _fitting(store, data, keys)
            last = f"UPDATE public.house SET shut_why = '{shut_by(stamp)}'"
            await asyncio.to_thread(put_back, url, data, keys, last)
        point("restored_not_replayed")
        await _newest_schema(url, program, public)
        await _fitting_keys(store, masters)
        erasures = await replay_erasures(store, ledger) if ledger else 0
        await _put_right(store)
        audited = await audit_store(url, key_file, progress)
        if audited.faults:
            raise DumpRefused(_broken(audited))
        point("restored_not_opened")
        await _open(store, stamp, now)
    finally:
        await store.close()
    return Restored(stamp, erasures, audited)


def _readable(ledger: Path | None) -> None:
    """Refuse a list that is missing or damaged before anything is put back."""
    if ledger is None:
        return
    if not ledger.is_file():
        raise DumpRefused(
            f"there is no list of erasures at {ledger}: name it with --ledger, or say --no-ledger if nothing was ever "
            "erased; without it a restore would bring erased texts back. Nothing was put back"
        )
    try:
        noted(ledger)
    except (ValueError, KeyError, TypeError, OSError):
        raise DumpRefused(f"the list of erasures {ledger} is damaged; nothing was put back") from None


async def _already_loaded(store: Store, shut: str) -> bool:
    """Whether this very backup was put back by a restore that was interrupted; another content is refused."""
    async with store.transaction() as connection:
        if not (await connection.execute(text(_TABLES))).scalar_one():
            return False
        house = (await connection.execute(text("SELECT to_regclass('house') IS NOT NULL"))).scalar_one()
        if house:
            found = (await connection.execute(text("SELECT shut_why FROM house"))).scalar_one_or_none()
            if found == shut:
                return True
    raise DumpRefused(
        "this database is not empty, a restore needs an empty one: name it with SANSDELAI_DATABASE_URL, or choose a "
        "new data folder with SANSDELAI_HOME; nothing was changed"
    )


async def _fitting(store: Store, data: Path, keys: Path) -> None:
    """Refuse files that are not what they are called, or of another PostgreSQL."""
    async with store.transaction() as connection:
        ours = int((await connection.execute(text("SHOW server_version_num"))).scalar_one()) // 10_000
    first, second = look_into(data), look_into(keys)
    if "house" not in first.tables or SECRET in first.tables:
        raise DumpRefused(f"{data.name} is no dump of a store's data; nothing was put back")
    if second.tables != {SECRET}:
        raise DumpRefused(f"{keys.name} is no dump of a store's keys; nothing was put back")
    if other := {first.major, second.major} - {ours}:
        raise DumpRefused(
            f"the backup is of PostgreSQL {other.pop()} and this server is PostgreSQL {ours}: restore it under its own "
            "version and upgrade the server then; nothing was put back"
        )


async def _newest_schema(url: str, program: str | None, public: str | None) -> None:
    try:
        await migrate(url, program=program, public=public)
    except CommandError:
        raise DumpRefused(
            "the backup was made by a newer version of this program: restore it with that one. The store is shut"
        ) from None


async def _fitting_keys(store: Store, masters: Keys) -> None:
    """Every master key that wraps anything must be at hand: KeysMissing names the one that is not."""
    async with store.transaction() as connection:
        house = (await connection.execute(text("SELECT master_id, blind_key FROM house"))).one()
        wrapped = (await connection.execute(text(_WRAPPED))).all()
    masters.unwrap(BLIND, house.master_id, house.blind_key)
    for row in wrapped:
        masters.unwrap(row.id, row.master_id, row.wrapped)


async def _put_right(store: Store) -> None:
    """The queue of unsealed events and the numbers are what the rows say."""
    async with store.transaction() as connection:
        for statement in _QUEUE:
            await connection.execute(text(statement))
        for name in ("report", "party"):
            await connection.execute(text(_NUMBERS.format(name)))


async def _open(store: Store, stamp: str, now: datetime) -> None:
    async with store.transaction() as connection:
        await connection.execute(_OPEN, {"now": now, "why": f"restored from the backup {stamp}"})


def _broken(audited: Audited) -> str:
    shown = [f"  {fault}" for fault in audited.faults[:5]]
    more = len(audited.faults) - len(shown)
    shown += [f"  and {more} more"] if more > 0 else []
    return "\n".join(["the restored record is not whole, so the store stays shut:", *shown])
