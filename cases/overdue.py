"""What is late, and looking once more: questions and requests that need no name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from cases.desk import Desk
from cases.moves import set_duty
from cases.record.opening import dossiers_of
from law.vocabulary import Deed
from models.store import Store

_OVERDUE = text("""
SELECT deed, count(*) AS duties, min(due_at) AS oldest FROM duty
WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL AND due_at <= :now
GROUP BY deed ORDER BY min(due_at)
""")


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many duties of one deed are due, and since when the oldest is."""

    deed: str
    duties: int
    oldest: datetime


async def overdue(store: Store, now: datetime) -> list[Overdue]:
    """What the machine should have done by now."""
    async with store.transaction() as connection:
        return [Overdue(**row) for row in (await connection.execute(_OVERDUE, {"now": now})).mappings()]


async def verify_again(desk: Desk, numbers: Sequence[str], now: datetime) -> None:
    """Ask for one more look at these reports, now."""
    draft = desk.draft(now)
    for dossier in await dossiers_of(desk, numbers):
        entry = draft.event(dossier.report.id, "look_asked")
        set_duty(entry, dossier, Deed.VERIFY, now)
    await desk.store.write(draft)
