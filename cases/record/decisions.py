"""What authorities and courts decide: granted, refused, lifted, upheld, a judgment, or a procedure of their own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cases import clocks
from cases.block import finish, grant
from cases.conclude import what_follows
from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, carry_out, retry
from cases.record.opening import RecordRefused, close_matters, dossiers_of, kept_apart, recording, the_procedure
from law.decide import FAILED, follow
from law.values import PreconditionId
from law.vocabulary import Deed, Fact, Receipt, Stage
from models.draft import Draft, Entry
from models.tables import Decision, Procedure

DECISIONS = ("granted", "refused", "acted", "judgment", "lifted", "upheld")


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
