"""
Letters that are on record already: finding them, taking them up again, or writing them anew.

A letter that an earlier attempt left behind is taken up by rule: untouched, it goes, if it still fits; if DATA may
have begun and nobody knows, a notice goes once more, marked, and a filing waits for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.moves import EMERGENCY, mine
from cases.outcomes import Served, after_notice, may_repeat, say_unknown, to_be_resolved
from cases.routes import leads_there, serves_still
from cases.sending import Parcel
from law.gate import Gate, gate
from law.vocabulary import LetterKind, LetterStatus
from models.draft import Draft
from models.due import Due
from models.tables import Act, Duty, Letter, LetterPart, Procedure


@dataclass(slots=True)
class Job:
    """One duty to notify, with its case."""

    due: Due
    dossier: Dossier
    duty: Duty
    procedure: Procedure


async def jobs_of(desk: Desk, dues: Sequence[Due]) -> list[Job]:
    dossiers = await load(desk.store, [due.report_id for due in dues])
    return [
        Job(due, dossier, duty, dossier.procedure(duty.procedure_id)) for due, dossier, duty in mine(dossiers, dues)
    ]


def gate_of(desk: Desk, job: Job, now: datetime) -> Gate:
    """What the law wants to know before this letter leaves, answered."""
    party = job.dossier.party(job.procedure.party_id)
    facts = job.dossier.party_facts(party) if party else None
    regime = desk.library.regime(job.procedure.regime)
    passed = job.procedure.overridden or ()
    return gate(regime, job.dossier.facts(), facts, desk.organisation, desk.library, now, overridden=passed)


COURTESIES = frozenset({LetterKind.REMINDER, LetterKind.RETRACTION})
UNDER_WAY = frozenset({LetterStatus.PLANNED, LetterStatus.SENDING, LetterStatus.UNKNOWN})


def in_flight(dossier: Dossier, procedure: Procedure, kind: LetterKind) -> Letter | None:
    """The letter of this kind that is on record for a procedure and not yet answered for."""
    for act in dossier.acts:
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        same = (act.procedure_id, act.kind) == (procedure.id, kind)
        if same and act.status in UNDER_WAY and letter and letter.status in UNDER_WAY:
            return letter
    return None


def answered_for(dossier: Dossier, procedure: Procedure) -> tuple[Act, Letter] | None:
    """An act that is still open although its letter's fate is known: another pass took the rest of that letter up."""
    for act in dossier.acts:
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        if letter is None or act.procedure_id != procedure.id or act.kind in COURTESIES:
            continue
        if act.status in UNDER_WAY and letter.status in {LetterStatus.SENT, LetterStatus.REFUSED}:
            return act, letter
    return None


# A letter states dates that were counted when it was written: later than this it is written anew (our own number).
SAME_TEXT = timedelta(hours=1)


def fresh(letter: Letter, now: datetime) -> bool:
    """Whether what an untouched letter says of time still holds."""
    return now - letter.written_at <= SAME_TEXT


async def still_fits(desk: Desk, letter: Letter, unit: Sequence[Job], now: datetime) -> bool:
    """
    Whether a letter that never came as far as DATA may leave as it was written.

    It may not when one of its reports is not among those that may leave now (the police hold it, it was taken back),
    when a gate has closed since, when its channel has ended or is not the one to use any more (a wrong channel tells a
    wrong person), nor when its dates are too old; two people's signature holds for its own words.
    """
    if letter.status is not LetterStatus.PLANNED:
        return True
    if not fresh(letter, now) and letter.signed_by is None:
        return False
    if not all(leads_there(job.dossier, job.procedure, letter) for job in unit):
        return False
    async with desk.store.session() as session:
        carried = set((await session.exec(select(Act.report_id).where(Act.letter_id == letter.id))).all())
    return carried == {job.dossier.report.id for job in unit} and all(gate_of(desk, job, now).open for job in unit)


def set_aside(draft: Draft, letter: Letter, unit: Sequence[Job]) -> None:
    """An untouched letter that does not fit any more never leaves; each of its reports is written about anew."""
    for job in unit:
        one_set_aside(draft, letter, job.dossier, job.procedure)


def one_set_aside(draft: Draft, letter: Letter, dossier: Dossier, procedure: Procedure) -> None:
    """The same for one report of a letter."""
    draft.amend(letter, status=LetterStatus.SUPERSEDED)
    entry = draft.event(dossier.report.id, "set_aside", procedure_id=procedure.id, letter=letter.id)
    entry.set(act_in(dossier, letter), status=LetterStatus.SUPERSEDED, at=draft.now)


def next_ordinal(dossier: Dossier, procedure: Procedure, kind: LetterKind) -> int:
    """How many letters of this kind were written for a procedure before, those that never left included."""
    return sum(1 for act in dossier.acts if (act.procedure_id, act.kind) == (procedure.id, kind))


async def resume(desk: Desk, draft: Draft, unit: Sequence[Job]) -> Parcel | None:
    """
    Take up a letter that an earlier attempt left behind; the jobs of `unit` share it.

    Untouched: send it. DATA may have begun and nobody knows: a notice goes once more, marked; a filing never does.
    """
    first = unit[0]
    letter = in_flight(first.dossier, first.procedure, desk.library.regime(first.procedure.regime).letter)
    if letter is None:
        return None
    if letter.status is LetterStatus.SENDING:
        draft.amend(letter, status=LetterStatus.UNKNOWN, copies=max(letter.copies, 1))
    served = [(job.dossier, job.procedure, act_in(job.dossier, letter), job.duty) for job in unit]
    if letter.status is LetterStatus.UNKNOWN:
        # A second copy goes to the same mailbox or nowhere: not to one that was found wrong meanwhile.
        again = may_repeat(letter) and all(serves_still(d, procedure, letter) for d, procedure, _, _ in served)
        for dossier, procedure, act, duty in served:
            draft.holds(first.due.token, [duty.id])
            if act.status is not LetterStatus.UNKNOWN:
                say_unknown(draft, dossier, procedure, act)
            if not again:
                to_be_resolved(draft, dossier, procedure, duty)
        if not again:
            return None
    return parcel_for(desk, letter, await raw_of(desk, letter), first, served)


def parcel_for(desk: Desk, letter: Letter, raw: bytes, first: Job, served: Sequence[Served]) -> Parcel:
    """A letter with everything that its sending needs to know; it is as urgent as the most urgent of its duties."""
    priority = min(duty.priority for _, _, _, duty in served)
    return Parcel(
        letter,
        raw,
        first.due.token,
        [duty.id for _, _, _, duty in served],
        after_notice(desk, letter, served),
        proposal=desk.library.regime(first.procedure.regime).proposal,
        overtaking=priority == EMERGENCY,
        priority=priority,
    )


async def raw_of(desk: Desk, letter: Letter) -> bytes:
    """The bytes of a letter as it was composed."""
    async with desk.store.session() as session:
        query = select(LetterPart).where(LetterPart.letter_id == letter.id).order_by(col(LetterPart.ordinal))
        parts = (await session.exec(query)).all()
    texts = await desk.store.open_texts([part.text_id for part in parts])
    return b"".join(texts[part.text_id].body for part in parts)


def act_in(dossier: Dossier, letter: Letter) -> Act:
    """The act of a report that a letter carries."""
    return next(act for act in dossier.acts if act.letter_id == letter.id)
