"""The stop: one row, read before every DATA. Pausing a schedule in Prefect is only convenience."""

from datetime import datetime

from sqlalchemy import text

from models.store import Store


async def pause_sending(store: Store, *, why: str, now: datetime) -> None:
    """Stop every outward letter at once, also of passes that are running; emergencies still alarm our own people."""
    await _set(store, now, why)


async def resume_sending(store: Store) -> None:
    """Let letters leave again; what fell due meanwhile leaves with the next dispatch."""
    await _set(store, None, None)


async def _set(store: Store, at: datetime | None, why: str | None) -> None:
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE house SET stopped_at = :at, stopped_why = :why"), {"at": at, "why": why})
