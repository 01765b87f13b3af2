"""
Temporary blocks: a measure lives on after its procedure was granted.

Its end is never moved to a working day and never later than ordered. A restriction that ends begins a duty to
restore, which is again a deadline.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.moves import advance, carry_out, close_duties, mine, put_off, set_duty
from law.decide import follow
from law.gate import law_day
from law.measure import MeasureEnd, measure_end
from law.regime import Regime
from law.vocabulary import Deed, Fact, MeasureTarget, PartyKind, Stage
from models.draft import Draft, Entry
from models.due import Due
from models.tables import Duty, Measure, Procedure

RESTORE_HOURS = 24  # when the regime names none: the only figure read (decret 2015-125 Art. 4), as our own wish


def grant(
    desk: Desk,
    draft: Draft,
    dossier: Dossier,
    procedure: Procedure,
    *,
    at: datetime,
    until: date | None,
    target: MeasureTarget | None = None,
) -> Measure:
    """Put a temporary block in force, with its end, its review, and what is due then. `target`: else the regime's."""
    regime = desk.library.regime(procedure.regime)
    ends = end_of(desk, regime, dossier, at, until)
    entry = advance(draft, dossier, procedure, Fact.GRANTED, at=at, ends=ends.ends or "", reason=ends.reason)
    measure = Measure(
        report_id=dossier.report.id,
        procedure_id=procedure.id,
        regime=regime.id,
        target=target or _target_of(desk, regime),
        decided_by=decided_by(desk, regime),
        starts_at=at,
        ends_at=ends.ends,
        review_at=_review_at(desk, regime, at),
    )
    entry.add(measure)
    dossier.measures.append(measure)
    fresh = set_duty_of(entry, dossier, procedure, measure, draft.now)
    for duty in [d for d in dossier.duties if d.procedure_id == procedure.id and d not in fresh]:
        entry.set(duty, closed_at=draft.now)
        dossier.duties.remove(duty)
    return measure


def set_duty_of(entry: Entry, dossier: Dossier, procedure: Procedure, measure: Measure, now: datetime) -> list[Duty]:
    """The end and the review of a measure; a measure without either waits for a person to say that it ended."""
    fresh: list[Duty] = []
    if measure.ends_at is not None:
        fresh.append(
            set_duty(entry, dossier, Deed.END_BLOCK, measure.ends_at, procedure=procedure, legal_at=measure.ends_at)
        )
    if measure.review_at is not None:
        fresh.append(set_duty(entry, dossier, Deed.REVIEW, measure.review_at, procedure=procedure))
    if not fresh:
        fresh.append(set_duty(entry, dossier, Deed.DECIDE, now, procedure=procedure, cause="block_open_ended"))
    return fresh


def end_of(desk: Desk, regime: Regime, dossier: Dossier, at: datetime, until: date | None) -> MeasureEnd:
    """When the measure ends: its own time, the date in the decision, or the parent judgment, whichever is earliest."""
    rule = regime.measure_on(law_day(at, desk.library))
    filled = desk.organisation.parameters.get(regime.id, {})
    amount: int | None = None
    unit: str | None = None
    if rule is not None and rule.duration.kind == "fixed":
        amount, unit = rule.duration.amount, rule.duration.unit
    elif filled.get("duration_amount"):
        amount, unit = int(filled["duration_amount"]), filled["duration_unit"]
    judgment = dossier.facts().judgment
    parent = judgment.until if judgment is not None and rule is not None and rule.capped_by_parent else None
    # Midnight ends the day before; and a block never outlives the judgment by the rest of a day.
    day = (parent - timedelta(microseconds=1)).astimezone(desk.zone).date() if parent else None
    strict = rule is not None and rule.duration.counting == "before_corresponding_day"
    found = measure_end(
        at, str(desk.zone), amount=amount, unit=unit, until=until, parent_until=day, before_the_date=strict
    )
    return replace(found, ends=parent) if parent and found.ends and found.ends > parent else found


def _target_of(desk: Desk, regime: Regime) -> MeasureTarget:
    """The first that the regime names, or what was filled in for a proposal."""
    filled = desk.organisation.parameters.get(regime.id, {}).get("target", "")
    if filled in set(MeasureTarget):
        return MeasureTarget(filled)
    named = regime.measure.targets if regime.measure else ()
    return next(iter(named), MeasureTarget.URL)


def decided_by(desk: Desk, regime: Regime) -> str:
    """Who decides: from the regime, or from what was filled in for a proposal."""
    rule = regime.measure
    if rule is not None and rule.decided_by is not None:
        return str(rule.decided_by)
    return desk.organisation.parameters.get(regime.id, {}).get("decided_by", str(PartyKind.COURT))


def _review_at(desk: Desk, regime: Regime, at: datetime) -> datetime | None:
    rule = regime.measure_on(law_day(at, desk.library))
    filled = desk.organisation.parameters.get(regime.id, {})
    if filled.get("review_hours"):
        return at + timedelta(hours=int(filled["review_hours"]))
    if rule is None or rule.review is None:
        return None
    found = measure_end(at, str(desk.zone), amount=rule.review.amount, unit=rule.review.unit)
    return found.ends


async def end_block(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """A measure reached its end: it lapses, and access must be restored."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    for due, dossier, _ in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        procedure = dossier.procedure(due.procedure_id)
        finish(desk, draft, dossier, procedure, Fact.EXPIRED, at=due.due_at)
    await desk.store.write(draft)


def finish(desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, fact: Fact, *, at: datetime) -> None:
    """End a measure as lapsed, lifted or confirmed; a block that ends begins the duty to restore."""
    measure = next(m for m in reversed(dossier.measures) if m.procedure_id == procedure.id and m.ended_at is None)
    entry = advance(draft, dossier, procedure, fact, at=at)
    entry.set(measure, ended_at=at, ended_by=str(fact))
    if fact is not Fact.UPHELD:
        rule = desk.library.regime(procedure.regime).measure
        hours = (rule.restore_hours if rule else None) or RESTORE_HOURS
        due_at = at + timedelta(hours=hours)
        set_duty(entry, dossier, Deed.DECIDE, due_at, cause="restore_access", party_id=procedure.party_id)
    plan = follow(
        desk.library.regime(procedure.regime),
        procedure.stage,
        dossier.facts(),
        desk.organisation,
        desk.library,
        draft.now,
    )
    carry_out(desk, draft, dossier, plan, entry=entry, parent=procedure)
    if not dossier.duties and not dossier.open_procedures:  # the court's own measure stands, nothing is left to us
        set_duty(entry, dossier, Deed.CLOSE, draft.now)


async def review(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """A measure in force must be reviewed by whoever the regime names: one matter for a person."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        procedure = dossier.procedure(due.procedure_id)
        entry = draft.event(due.report_id, "review_due", procedure_id=procedure.id)
        if not any((each.procedure_id, each.cause) == (procedure.id, "review_block") for each in dossier.duties):
            set_duty(entry, dossier, Deed.DECIDE, now, procedure=procedure, cause="review_block")
        again = _review_at(desk, desk.library.regime(procedure.regime), now)
        if procedure.stage is Stage.IN_FORCE and again is not None:
            put_off(entry, duty, again)
        else:
            close_duties(entry, dossier, now, procedure=procedure, deeds=frozenset({Deed.REVIEW}))
    await desk.store.write(draft)
