"""Close: nothing is due any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases.desk import Desk
from cases.dossier import load
from cases.moves import close_duty, mine
from models.due import Due

LATER = timedelta(days=7)  # something is still open: look again in a week


async def close(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Close reports whose procedures are all final and for which nobody waits."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        others = [each for each in dossier.duties if each.id != duty.id]
        if dossier.open_procedures or others or dossier.holds:
            entry = draft.event(
                due.report_id, "not_closed", procedures=len(dossier.open_procedures), duties=len(others)
            )
            entry.set(duty, due_at=now + LATER)
            continue
        entry = draft.event(due.report_id, "closed")
        close_duty(entry, dossier, duty, now)
        entry.set(dossier.report, closed_at=now)
    await desk.store.write(draft)
