"""Answers of platforms and authorities: acknowledged, refused, claimed as removed, filed, granted, decided."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cases import clocks
from cases.block import finish, grant
from cases.conclude import what_follows
from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, carry_out, close_duties, set_duty
from cases.record.opening import (
    RecordRefused,
    close_matters,
    dossiers_of,
    kept_apart,
    recording,
    reference_of,
    the_procedure,
)
from cases.record.police import police_informed
from law.decide import FAILED, follow
from law.values import PreconditionId
from law.vocabulary import Deed, Fact, LetterStatus, Receipt, Stage
from models.draft import Draft, Entry
from models.tables import Act, Decision, Procedure

ANSWERS = ("acknowledged", "refused", "claims_removal", "asks_information")
DECISIONS = ("granted", "refused", "acted", "judgment", "lifted", "upheld")


async def answer(
    desk: Desk,
    numbers: Sequence[str],
    kind: str,
    *,
    by: str,
    at: datetime,
    now: datetime,
    regime: str | None = None,
) -> None:
    """
    Record what an addressee answered.

    A claim of removal is looked at, never believed; an acknowledgement proves receipt and starts a legal clock that
    waited for proof; a refusal opens what follows.
    """
    if kind not in ANSWERS:
        raise RecordRefused(f"unknown answer {kind!r}; allowed: {', '.join(ANSWERS)}")
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        running = [p for p in dossier.procedures if p.stage is Stage.RUNNING]
        procedure = the_procedure(dossier, regime, running)
        if kind == "refused":
            entry = advance(draft, dossier, procedure, Fact.DECLINED, at=at)
            what_follows(desk, draft, dossier, procedure, entry, now)
        elif kind == "acknowledged":
            _acknowledged(desk, draft, dossier, procedure, at, now)
        else:
            entry = draft.event(dossier.report.id, kind, at=at, procedure_id=procedure.id)
            deed, cause = (Deed.VERIFY, None) if kind == "claims_removal" else (Deed.SUPPLY, "asked_by_addressee")
            set_duty(entry, dossier, deed, now, procedure=procedure, cause=cause)
    await desk.store.write(draft)


def _acknowledged(
    desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, at: datetime, now: datetime
) -> None:
    """Receipt is proven now; a legal clock that could not run on the relay's word starts at the acknowledgement."""
    entry = draft.event(dossier.report.id, "acknowledged", at=at, procedure_id=procedure.id)
    before = procedure.receipt
    entry.set(procedure, receipt=Receipt.ACKNOWLEDGED)
    police_informed(entry, dossier, procedure, at, now)
    clock = desk.library.regime(procedure.regime).clock_on(now.date(), dossier.report.category)
    if clock is not None and before.level < clock.minimum_receipt.level:
        close_duties(entry, dossier, now, procedure=procedure)
        entry.set(procedure, given_at=at)
        clocks.start(desk, entry, dossier, procedure, proof="acknowledged by the addressee", now=now)


async def filed(
    desk: Desk,
    numbers: Sequence[str],
    *,
    reference: str,
    by: str,
    at: datetime,
    now: datetime,
    regime: str | None = None,
) -> None:
    """Record that a person filed at a portal or form; the portal's reference is the proof (practice 1.2)."""
    if not reference.strip():
        raise RecordRefused("a filing needs the portal's reference: it is the proof")
    reference = reference_of(reference)
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        waiting = [dossier.procedure(d.procedure_id) for d in dossier.duties if d.deed is Deed.FILE and d.procedure_id]
        procedure = the_procedure(dossier, regime, waiting)
        letter = desk.library.regime(procedure.regime).letter
        entry = advance(draft, dossier, procedure, Fact.GIVEN, at=at, reference=reference)
        act = Act(
            report_id=dossier.report.id,
            procedure_id=procedure.id,
            kind=letter,
            status=LetterStatus.SENT,
            at=at,
            reference=reference,
        )
        entry.add(act)
        dossier.acts.append(act)
        entry.set(procedure, given_at=at, receipt=Receipt.PORTAL)
        close_duties(entry, dossier, now, procedure=procedure)
        clocks.start(desk, entry, dossier, procedure, proof=f"portal reference {reference}", now=now)
        police_informed(entry, dossier, procedure, at, now)
    await desk.store.write(draft)


async def decision(
    desk: Desk,
    numbers: Sequence[str],
    kind: str,
    *,
    by: str,
    at: datetime,
    now: datetime,
    regime: str | None = None,
    until: datetime | None = None,
    until_day: date | None = None,
    reference: str = "",
) -> None:
    """
    Record what an authority or a court decided.

    `granted` puts a temporary block in force, `acted` opens the authority's own procedure, which we follow,
    `judgment` is one that other measures may rest on.
    """
    if kind not in DECISIONS:
        raise RecordRefused(f"unknown decision {kind!r}; allowed: {', '.join(DECISIONS)}")
    if kind == "judgment" and (until is None or not reference.strip()):
        raise RecordRefused("a judgment needs its reference and its end: no measure that rests on it may outlive it")
    if until is not None and until <= at:
        raise RecordRefused("a measure or judgment ends after it was given: give a later --until")
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        procedure = None if kind == "judgment" else _decided_upon(desk, dossier, kind, regime)
        row = Decision(
            report_id=dossier.report.id,
            procedure_id=procedure.id if procedure else None,
            kind=kind,
            decided_at=at,
            until=until,
        )
        if reference:
            text = kept_apart(draft, dossier, reference, "reference")
            row.reference_id = text.id
        draft.keep(row)
        dossier.decisions.append(row)
        _apply(desk, draft, dossier, procedure, kind, at, until, until_day, now)
    await desk.store.write(draft)


def _decided_upon(desk: Desk, dossier: Dossier, kind: str, regime: str | None) -> Procedure:
    """Only a route that knows a measure can be granted: a platform that complies orders no block."""
    stage = Stage.IN_FORCE if kind in {"lifted", "upheld"} else Stage.RUNNING
    fitting = [procedure for procedure in dossier.procedures if procedure.stage is stage]
    if kind == "granted":
        fitting = [procedure for procedure in fitting if desk.library.regime(procedure.regime).measures]
    return the_procedure(dossier, regime, fitting)


def _apply(
    desk: Desk,
    draft: Draft,
    dossier: Dossier,
    procedure: Procedure | None,
    kind: str,
    at: datetime,
    until: datetime | None,
    until_day: date | None,
    now: datetime,
) -> None:
    if procedure is None:
        entry = draft.event(dossier.report.id, "judgment", at=at, until=until or "")
        close_matters(entry, dossier, Deed.SUPPLY, None, "missing:parent_judgment")
        retry(draft, dossier, now, "missing:parent_judgment")
        _what_rests_on_it(desk, draft, dossier, entry, now)
    elif kind == "granted":
        day = until_day or (until.astimezone(desk.zone).date() if until else None)
        grant(desk, draft, dossier, procedure, at=at, until=day)
    elif kind == "refused":
        entry = advance(draft, dossier, procedure, Fact.DECLINED, at=at)
        what_follows(desk, draft, dossier, procedure, entry, now)
    elif kind == "acted":
        _acted(desk, draft, dossier, procedure, at, now)
    else:
        fact = Fact.ENDED_EARLY if kind == "lifted" else Fact.UPHELD
        finish(desk, draft, dossier, procedure, fact, at=at)


def _what_rests_on_it(desk: Desk, draft: Draft, dossier: Dossier, entry: Entry, now: datetime) -> None:
    """Rungs that failed before the judgment open what only a judgment allows, and nothing that was opened already."""
    for failed in [procedure for procedure in dossier.procedures if procedure.stage in FAILED]:
        plan = follow(
            desk.library.regime(failed.regime),
            failed.stage,
            dossier.facts(),
            desk.organisation,
            desk.library,
            now,
        )
        known = {procedure.regime for procedure in dossier.procedures}
        resting = [step for step in plan.steps if step.regime not in known and _on_judgment(desk, step.regime)]
        carry_out(desk, draft, dossier, replace(plan, steps=tuple(resting), asks=()), entry=entry, parent=failed)


def _on_judgment(desk: Desk, regime: str) -> bool:
    wanted = desk.library.regime(regime).preconditions
    return any(condition.id is PreconditionId.PARENT_JUDGMENT for condition in wanted)


def _acted(desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, at: datetime, now: datetime) -> None:
    """The authority opened its own procedure: ours goes on, and we follow theirs with its clock."""
    entry = draft.event(dossier.report.id, "authority_acted", at=at, procedure_id=procedure.id)
    party = dossier.party(procedure.party_id)
    plan = follow(
        desk.library.regime(procedure.regime),
        Fact.ACTED,
        dossier.facts(),
        desk.organisation,
        desk.library,
        now,
        party=party.number if party else None,
    )
    for opened in carry_out(desk, draft, dossier, plan, entry=entry, parent=procedure):
        if desk.library.regime(opened.regime).filing == "followed":
            step = advance(draft, dossier, opened, Fact.ACTED, at=at)
            step.set(opened, given_at=at, receipt=Receipt.SERVER)
            clocks.start(
                desk, step, dossier, opened, proof="the authority told us that its request was received", now=now
            )


def retry(draft: Draft, dossier: Dossier, now: datetime, *causes: str) -> None:
    """Procedures that waited for these very things, and for nothing else now, go back to the gate."""
    for procedure in [p for p in dossier.procedures if p.stage is Stage.WAITING]:
        waiting = [duty for duty in dossier.duties if duty.procedure_id == procedure.id]
        still = [duty for duty in waiting if duty.deed in {Deed.SUPPLY, Deed.DECIDE} and duty.cause not in causes]
        if still or any(duty.deed in {Deed.SIGN, Deed.FILE, Deed.RESOLVE} for duty in waiting):
            continue
        entry = advance(draft, dossier, procedure, Fact.SUPPLIED, what=",".join(causes))
        close_duties(entry, dossier, now, procedure=procedure)
        set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure)
