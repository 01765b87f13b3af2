"""
The one writer, and the engine under it.

`write` appends events, changes rows and sets duties in one transaction, for a list of reports as for one.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from law.lifecycle import ProcedureState, report_stage
from law.vocabulary import PartyKind, Stage
from models.base import Table
from models.beside import Beside, brought, freeze_labels
from models.bulk import bulk_insert, bulk_update, driver
from models.chain import canonical, event_hash, header_of
from models.cipher import Cipher, NoCipher
from models.draft import Claim, Draft
from models.faultpoints import point
from models.private import PrivateText
from models.recorded import LEFT_OUT
from models.sealing import Sealed, open_texts, seal
from models.tables import Report, metadata

# asyncpg's own words: these run in every write of a storm.
_STILL_LEASED = (
    "SELECT id FROM duty WHERE id = ANY($1) AND lease_token = $2 AND closed_at IS NULL ORDER BY id FOR UPDATE"
)
_STATES = (
    "SELECT procedure.report_id, procedure.stage, procedure.given_at IS NOT NULL AS told, party.kind"
    " FROM procedure LEFT JOIN party ON party.id = procedure.party_id WHERE procedure.report_id = ANY($1)"
)
# What SQLAlchemy's dialect keeps for itself and the driver does not know.
_OF_THE_POOL = frozenset(
    {"prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback", "async_creator_fn"}
)
FRESH_LEASE = {"lease_token": None, "lease_until": None}


class LeaseLost(RuntimeError):
    """Another dispatch, or a person, took this duty over; nothing was written."""


class Overtaken(RuntimeError):
    """Something happened to this report since it was read; nothing was written: read again."""


class Store:
    """One engine per process and event loop."""

    def __init__(self, url: str, cipher: Cipher | None = None, *, pool: int = 10) -> None:
        self.cipher: Cipher = cipher or NoCipher()
        self.engine: AsyncEngine = create_async_engine(
            asyncpg_url(url), pool_size=pool, max_overflow=10, hide_parameters=True
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session to read with; its objects stay usable after it is closed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection inside one transaction."""
        async with self.engine.begin() as connection:
            yield connection

    async def glance(self, query: str, *values: Any) -> Any:
        """The first value of one query, on a connection of its own: this statement is all that the server sees."""
        _, options = self.engine.dialect.create_connect_args(self.engine.url)
        raw = await asyncpg.connect(**{name: value for name, value in options.items() if name not in _OF_THE_POOL})
        try:
            return await raw.fetchval(query, *values)
        finally:
            await raw.close()

    async def write(self, draft: Draft) -> None:
        """Write a draft in a transaction of its own."""
        if draft.entries or draft.rows or draft.updates or draft.plain_rows or draft.texts:
            async with self.transaction() as connection:
                await write(connection, draft, self.cipher)

    async def open_texts(self, ids: Iterable[UUID]) -> dict[UUID, PrivateText]:
        """Private texts in clear, by id; one that was erased is missing."""
        async with self.transaction() as connection:
            await connection.execute(text("SELECT 1"))  # begins the transaction, read-only where the site reads
            return await open_texts(connection, self.cipher, ids)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


class ReadOnly(Store):
    """The same store on connections that PostgreSQL itself keeps from writing, each transaction on one snapshot."""

    def __init__(self, store: Store) -> None:
        self.cipher = store.cipher
        self.engine = store.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def asyncpg_url(url: str) -> str:
    """The same database for SQLAlchemy's asyncpg driver."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if scheme in {"postgres", "postgresql"} else url


async def write(connection: AsyncConnection, draft: Draft, cipher: Cipher) -> None:
    """
    Write everything in `draft`, inside the caller's transaction.

    Reports are locked in the order of their ids, then leases are checked, so that two writers never wait for each
    other in a circle.

    Raises:
        LeaseLost: a lease in the draft is no longer held; the caller's transaction must be rolled back.
        KeysMissing: the draft brings private texts and the store was opened without its master key.
    """
    # First of all: COPY does not begin a transaction by itself, a statement does.
    recorded_at = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    fresh = _fresh_reports(draft)
    heads = await _lock(connection, draft, fresh)
    await _check(connection, draft.claims)
    known = sorted(heads.keys() - fresh)
    beside = Beside(draft, {head.content_id: report_id for report_id, head in heads.items()})
    beside.rows(brought(draft))
    beside.texts()
    await freeze_labels(connection, draft)
    added, changed = _rows_of(draft)
    sealed = await seal(connection, cipher, draft.texts, fresh.keys()) if draft.texts else Sealed()
    added |= {"data_key": sealed.keys, "private_text": sealed.texts}
    events = chained(draft, heads, recorded_at)
    for row in added.get("report", []):
        row["event_seq"], row["head"] = heads[row["id"]].seq, heads[row["id"]].hash
    for table in metadata.sorted_tables:
        await bulk_insert(connection, table.name, added.get(table.name, []))
    for (name, columns), values in changed.items():
        await bulk_update(connection, name, columns, values)
    await bulk_insert(connection, "event", events)
    await bulk_insert(connection, "unsealed", [{"report_id": e["report_id"], "seq": e["seq"]} for e in events])
    await _derive_stages(connection, draft, known, heads)
    point("write_not_committed")


@dataclass(slots=True)
class Head:
    """Where a report's chain stands: the number and hash of its newest event."""

    seq: int
    hash: str | None
    content_id: UUID


def _fresh_reports(draft: Draft) -> dict[UUID, dict[str, Any]]:
    """The reports that this draft makes, each as its columns."""
    made = [row.__dict__ for row in draft.rows if isinstance(row, Report)]
    return {row["id"]: row for row in (*made, *draft.plain_rows.get("report", []))}


async def _lock(connection: AsyncConnection, draft: Draft, fresh: dict[UUID, dict[str, Any]]) -> dict[UUID, Head]:
    """
    Lock all reports of a draft and say where their chains stand.

    The loop is for rows beside the facts that belong to a report without a fact: they will need one.
    """
    wanted = {entry.report_id for entry in draft.entries} | {t.report_id for t in draft.texts if t.report_id}
    rows = [*draft.rows, *(row for row, _ in draft.updates)]
    wanted |= {row.report_id for row in rows if str(row.__tablename__) in LEFT_OUT and hasattr(row, "report_id")}
    heads = {report_id: Head(0, None, row["content_id"]) for report_id, row in fresh.items()}
    known = sorted(wanted - fresh.keys())
    if known:
        query = "SELECT id, event_seq, head, content_id FROM report WHERE id = ANY($1) ORDER BY id FOR UPDATE"
        for row in await (await driver(connection)).fetch(query, known):
            heads[row["id"]] = Head(row["event_seq"], row["head"], row["content_id"])
            if draft.expects.get(row["id"], row["event_seq"]) != row["event_seq"]:
                raise Overtaken(Overtaken.__doc__)
    return heads


async def _check(connection: AsyncConnection, claims: Sequence[Claim]) -> None:
    for token in {claim.token for claim in claims}:
        ids = {each for claim in claims if claim.token == token for each in claim.duty_ids}
        found = await (await driver(connection)).fetch(_STILL_LEASED, list(ids), token)
        if len(found) != len(ids):
            raise LeaseLost(LeaseLost.__doc__)


def chained(draft: Draft, heads: dict[UUID, Head], recorded_at: datetime) -> list[dict[str, Any]]:
    """The draft's events as rows, numbered and chained; `heads` moves on with them."""
    events = []
    for entry in draft.entries:
        head = heads[entry.report_id]
        head.seq += 1
        entry.seq = head.seq
        event: dict[str, Any] = {
            "report_id": entry.report_id,
            "seq": head.seq,
            "procedure_id": entry.procedure_id,
            "kind": entry.kind,
            "at": entry.at,
            "learned_at": entry.learned_at or entry.at,
            "recorded_at": recorded_at,
            "actor": entry.actor,
            "flow_run_id": entry.flow_run_id,
            "body": canonical(entry.body()),
            "prev": head.hash,
        }
        head.hash = event["hash"] = event_hash(header_of(event))
        events.append(event)
    return events


Added = dict[str, list[dict[str, Any]]]
Changed = dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]]


def _rows_of(draft: Draft) -> tuple[Added, Changed]:
    """Merge all changes of a row into one: a row is inserted once and updated once, whatever happened to it."""
    added: dict[tuple[str, Any], dict[str, Any]] = {}
    changed: dict[tuple[str, UUID], dict[str, Any]] = {}
    for row in draft.rows:
        added[(str(row.__tablename__), _key(row))] = row.columns()
    told = {change.table for entry in draft.entries for change in entry.changes}
    for name, plain_rows in draft.plain_rows.items():
        if name in told:
            added |= {(name, plain_row["id"]): plain_row for plain_row in plain_rows}
    for entry in draft.entries:
        for change in entry.changes:
            where = added if change.new or (change.table, change.id) in added else changed
            where.setdefault((change.table, change.id), {"id": change.id}).update(change.values)
    for row, values in draft.updates:
        key = (str(row.__tablename__), _key(row))
        (added if key in added else changed).setdefault(key, {"id": key[1]}).update(values)
    inserts: Added = {name: list(rows) for name, rows in draft.plain_rows.items() if name not in told}
    for (name, _), values in added.items():
        inserts.setdefault(name, []).append(values)
    updates: Changed = {}
    for (name, _), values in changed.items():
        if name == "duty":
            values = values | FRESH_LEASE
        updates.setdefault((name, tuple(sorted(values.keys() - {"id"}))), []).append(values)
    return inserts, updates


def _key(row: Table) -> Any:
    return row.id if hasattr(row, "id") else id(row)


async def _derive_stages(
    connection: AsyncConnection, draft: Draft, reports: Sequence[UUID], heads: dict[UUID, Head]
) -> None:
    """Head and stage of every report that was known before; a new one is `received`."""
    touched = {c.table for entry in draft.entries for c in entry.changes} & {"procedure", "hold", "report"}
    stages = await stages_of(connection, reports) if touched and reports else {}
    columns = ("event_seq", "head", "stage") if stages else ("event_seq", "head")
    rows = [{"id": r, "event_seq": heads[r].seq, "head": heads[r].hash, "stage": stages.get(r)} for r in reports]
    if rows:
        await bulk_update(connection, "report", columns, rows)


async def stages_of(connection: AsyncConnection, reports: Iterable[UUID]) -> dict[UUID, Any]:
    """The derived stage of each report, from its rows as they stand in this transaction."""
    ids, raw = list(reports), await driver(connection)
    base = await raw.fetch("SELECT id, gone_at, retracted_at, closed_at FROM report WHERE id = ANY($1)", ids)
    holds = await raw.fetch("SELECT report_id FROM hold WHERE report_id = ANY($1) AND released_at IS NULL", ids)
    held = {row["report_id"] for row in holds}
    states: dict[UUID, list[ProcedureState]] = {}
    for row in await raw.fetch(_STATES, ids):
        kind = PartyKind(row["kind"]) if row["kind"] else None
        states.setdefault(row["report_id"], []).append(ProcedureState(Stage(row["stage"]), kind, row["told"]))
    return {
        row["id"]: report_stage(
            states.get(row["id"], []),
            gone=row["gone_at"] is not None,
            held=row["id"] in held,
            retracted=row["retracted_at"] is not None,
            closed=row["closed_at"] is not None,
        )
        for row in base
    }
