"""Route: ask the law who is told what first, and open those procedures."""

from collections.abc import Sequence
from datetime import datetime

from cases.desk import Desk
from cases.dossier import load
from cases.moves import carry_out, close_duty, mine
from law import decide
from models.due import Due


async def route(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Open the procedures of freshly received, returned or moved content."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    for due, dossier, duty in mine(dossiers, dues):
        plan = decide.route(dossier.facts(), desk.organisation, desk.library, now)
        entry = draft.event(
            due.report_id,
            "routed",
            regimes=[step.regime for step in plan.steps],
            never=sorted(plan.never),
            asks=[ask.cause for ask in plan.asks],
        )
        close_duty(entry, dossier, duty, now)
        draft.holds(due.token, [due.id])
        carry_out(desk, draft, dossier, plan, entry=entry)
    await desk.store.write(draft)
