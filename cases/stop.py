"""The stop: one row, read before every DATA. Pausing a schedule in Prefect is only convenience."""

from datetime import datetime

from sqlalchemy import text

from models.store import Store

# The token stays: a pass that still works on one of these loses it only when another claims it, and then sends nothing.
_WAKE = text(
    "UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL AND closed_at IS NULL"
    " AND deed IN ('notify', 'remind', 'retract', 'alarm')"
)


async def pause_sending(store: Store, *, why: str, now: datetime) -> None:
    """Stop every outward letter at once, also of passes that are running; emergencies still alarm our own people."""
    await _set(store, now, why)


async def resume_sending(store: Store) -> None:
    """Let letters leave again; what fell due meanwhile leaves with the next dispatch."""
    await _set(store, None, None)
    async with store.transaction() as connection:  # what the stop laid to rest need not wait for its minute
        await connection.execute(_WAKE)


async def _set(store: Store, at: datetime | None, why: str | None) -> None:
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE house SET stopped_at = :at, stopped_why = :why"), {"at": at, "why": why})
