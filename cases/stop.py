"""The stop: one row, read before every DATA. Pausing a schedule in Prefect is only convenience."""

from datetime import datetime

from sqlalchemy import text

from models.base import new_id
from models.store import Store

# The token stays: a pass that still works on one of these loses it only when another claims it, and then sends nothing.
_WAKE = text(
    "UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL AND closed_at IS NULL"
    " AND deed IN ('notify', 'remind', 'retract', 'alarm')"
)
# What was late because of the stop says so, for ever.
_ENDED = text(
    "INSERT INTO halt (id, cause, began_at, ended_at, why, recorded_at)"
    " SELECT CAST(:id AS uuid), 'stopped', stopped_at, GREATEST(stopped_at, CAST(:now AS timestamptz)), stopped_why,"
    " clock_timestamp() FROM house WHERE stopped_at IS NOT NULL"
)


async def pause_sending(store: Store, *, why: str, now: datetime) -> None:
    """Stop every outward letter at once, also of passes that are running; emergencies still alarm our own people."""
    await _set(store, now, why)


async def resume_sending(store: Store, *, now: datetime) -> None:
    """Let letters leave again; what fell due meanwhile leaves with the next dispatch. The stop stays on record."""
    async with store.transaction() as connection:
        await connection.execute(_ENDED, {"id": new_id(), "now": now})
    await _set(store, None, None)
    async with store.transaction() as connection:  # what the stop laid to rest need not wait for its minute
        await connection.execute(_WAKE)


async def _set(store: Store, at: datetime | None, why: str | None) -> None:
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE house SET stopped_at = :at, stopped_why = :why"), {"at": at, "why": why})
