"""Answers of addressees: acknowledged, refused, claimed as removed; and what a person filed at a portal."""

from collections.abc import Sequence
from datetime import datetime

from cases import clocks
from cases.conclude import what_follows
from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, close_duties, close_duty, set_duty
from cases.receipt import proven
from cases.record.opening import (
    RecordRefused,
    dossiers_of,
    recording,
    reference_of,
    the_procedure,
)
from cases.record.police import police_informed
from law.vocabulary import Deed, Fact, LetterStatus, Receipt, Stage
from models.draft import Draft, Entry
from models.tables import Act, Procedure

# What an incoming message made wait, and a person's word settles.
CONFIRMS = {"refused": "answer_refused", "acknowledged": "acknowledgement_unvouched"}
TO_READ = "answer_to_read"
ANSWERS = ("acknowledged", "refused", "claims_removal", "asks_information")


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
            entry = draft.event(dossier.report.id, "acknowledged", at=at, procedure_id=procedure.id)
            proof = "acknowledged by the addressee"
            proven(desk, draft, entry, dossier, procedure, Receipt.ACKNOWLEDGED, at, proof=proof)
        else:
            entry = draft.event(dossier.report.id, kind, at=at, procedure_id=procedure.id)
            deed, cause = (Deed.VERIFY, None) if kind == "claims_removal" else (Deed.SUPPLY, "asked_by_addressee")
            set_duty(entry, dossier, deed, now, procedure=procedure, cause=cause)
        _settle(entry, dossier, procedure, kind, now)
    await desk.store.write(draft)


def _settle(entry: Entry, dossier: Dossier, procedure: Procedure, kind: str, now: datetime) -> None:
    """A message that waited for exactly this word has it."""
    for duty in [each for each in dossier.duties if each.procedure_id == procedure.id]:
        if duty.cause in {CONFIRMS.get(kind, TO_READ), TO_READ}:
            close_duty(entry, dossier, duty, now)


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
        put_on_record(desk, draft, dossier, procedure, reference, at, now)
    await desk.store.write(draft)


def put_on_record(
    desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, reference: str, at: datetime, now: datetime
) -> None:
    """One filing under one reference: the act, its proof, and the clock that starts."""
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
