"""Route: ask the law who is told what first, and open those procedures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cases import clocks
from cases.conclude import plan_after
from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.moves import SIGNED, Since, advance, carry_out, close_duties, close_duty, mine, set_duty
from law import decide
from law.decide import Route
from law.vocabulary import Deed, Fact, LetterKind, LetterStatus, Stage
from models.draft import Draft
from models.due import Due
from models.tables import Act, Procedure


async def route(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Open the procedures of freshly received, returned or moved content, or what a signature has made possible."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    for due, dossier, duty in mine(dossiers, dues):
        ended = dossier.procedure(duty.procedure_id) if duty.procedure_id else None  # what something has to follow
        if ended is not None:
            plan = plan_after(desk, dossier, ended, now)
        else:
            plan = decide.route(dossier.facts(), desk.organisation, desk.library, now)
        if duty.cause == SIGNED:
            plan = _still_to_do(desk, dossier, plan)
        entry = draft.event(
            due.report_id,
            "routed",
            procedure_id=duty.procedure_id,
            regimes=[step.regime for step in plan.steps],
            never=sorted(plan.never),
            asks=[ask.cause for ask in plan.asks],
        )
        close_duty(entry, dossier, duty, now)
        draft.holds(due.token, [due.id])
        since = Since(min(duty.due_at, now), duty.legal_at)
        opened = carry_out(desk, draft, dossier, plan, entry=entry, parent=ended, since=since)
        _told_before(desk, draft, dossier, opened, now)
        if not dossier.duties and not dossier.open_procedures:
            set_duty(entry, dossier, Deed.CLOSE, now)
    await desk.store.write(draft)


def _still_to_do(desk: Desk, dossier: Dossier, plan: Route) -> Route:
    """
    What the signature came too late for is left out: what was opened meanwhile is not opened twice, and of content
    that is gone only police and prosecutor are told.
    """
    known = {(each.regime, party.number) for each in dossier.procedures if (party := dossier.party(each.party_id))}
    gone = dossier.report.gone_at is not None
    steps = [
        step
        for step in plan.steps
        if (step.regime, step.party) not in known
        and (not gone or desk.library.regime(step.regime).letter is LetterKind.REFERRAL)
    ]
    return replace(plan, steps=tuple(steps))


def _told_before(desk: Desk, draft: Draft, dossier: Dossier, opened: Sequence[Procedure], now: datetime) -> None:
    """
    A notice that left before the import is not sent again: its procedure is opened as late, its clock runs from then.

    Receipt is not proven by a line of a file, so no legal clock can have been missed (practice 1.7).
    """
    told_at = dossier.report.notified_at
    notices = [p for p in opened if desk.library.regime(p.regime).letter is LetterKind.NOTICE]
    if told_at is None or dossier.acts or not notices or notices[0].stage is not Stage.OPENED:
        return
    procedure = notices[0]
    entry = advance(draft, dossier, procedure, Fact.GIVEN, at=told_at, before_import=True)
    act = Act(
        report_id=dossier.report.id,
        procedure_id=procedure.id,
        kind=LetterKind.NOTICE,
        status=LetterStatus.SENT,
        at=told_at,
        reference="before the import",
    )
    dossier.acts.append(entry.add(act))
    entry.set(procedure, given_at=told_at)
    close_duties(entry, dossier, now, procedure=procedure)
    clocks.start(desk, entry, dossier, procedure, proof="told before the import", now=now)
