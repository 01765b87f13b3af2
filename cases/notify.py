"""
Notify: what a procedure sends, to whomever it addresses.

A notice, a complaint, a referral and a request go the same way: gate, letter on record, sending, outcome, clock. A
route to an authority without a standing order stops after the letter is on record and waits for two people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.letter_of import write_letter
from cases.moves import EMERGENCY, advance, close_duty, mine, put_off, set_duty, withhold
from cases.sending import MOST_COPIES, REPEATABLE, Parcel, next_try, send_all
from edges.mail import Delivery, Outcome
from law.gate import automatic, gate
from law.vocabulary import ChannelKind, Deed, Fact, LetterKind, LetterStatus, PartyKind
from models.draft import Draft
from models.due import Due
from models.tables import Act, Channel, Duty, Letter, PrivateText, Procedure

MOST_REPORTS = 50  # of one letter (decision 2)
Served = tuple[Dossier, Procedure, Act, Duty]


@dataclass(slots=True)
class Job:
    """One duty to notify, with its case."""

    due: Due
    dossier: Dossier
    duty: Duty
    procedure: Procedure


async def notify(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """
    Send what these procedures send, or say what is missing.

    Raises:
        MailUnreachable: no connection came about; the duties that it concerns were left as they were.
    """
    jobs = await jobs_of(desk, dues)
    draft = desk.draft(now)
    left_behind: dict[UUID, list[Job]] = {}
    fresh: list[tuple[Job, Channel]] = []
    for job in jobs:
        if _withheld(desk, draft, job):
            draft.holds(job.due.token, [job.due.id])
        elif letter := in_flight(job.dossier, job.procedure, desk.library.regime(job.procedure.regime).letter):
            left_behind.setdefault(letter.id, []).append(job)
        elif channel := _may_leave(desk, draft, job, now):
            fresh.append((job, channel))
    resumed = [await resume(desk, draft, unit) for unit in left_behind.values()]
    parcels = [parcel for parcel in resumed if parcel]
    for unit, channel in _units(desk, fresh):
        parcel = _plan(desk, draft, unit, channel, now)
        parcels += [parcel] if parcel else []
    await desk.store.write(draft)
    await send_all(desk, parcels, now)


async def jobs_of(desk: Desk, dues: Sequence[Due]) -> list[Job]:
    dossiers = await load(desk.store, [due.report_id for due in dues])
    return [
        Job(due, dossier, duty, dossier.procedure(duty.procedure_id)) for due, dossier, duty in mine(dossiers, dues)
    ]


def _withheld(desk: Desk, draft: Draft, job: Job) -> bool:
    """A hold never stops information to the police (practice 1.4)."""
    party = job.dossier.party(job.procedure.party_id)
    if party is not None and party.kind is PartyKind.POLICE:
        return False
    return withhold(draft, job.dossier, job.duty)


UNDER_WAY = frozenset({LetterStatus.PLANNED, LetterStatus.SENDING, LetterStatus.UNKNOWN})


def in_flight(dossier: Dossier, procedure: Procedure, kind: LetterKind) -> Letter | None:
    """The letter of this kind that is on record for a procedure and not yet answered for."""
    for act in dossier.acts:
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        same = (act.procedure_id, act.kind) == (procedure.id, kind)
        if same and act.status in UNDER_WAY and letter and letter.status in UNDER_WAY:
            return letter
    return None


def _may_leave(desk: Desk, draft: Draft, job: Job, now: datetime) -> Channel | None:
    """The channel to write to, or none after saying what keeps the letter from leaving."""
    regime = desk.library.regime(job.procedure.regime)
    party = job.dossier.party(job.procedure.party_id)
    facts = job.dossier.party_facts(party) if party else None
    asked = gate(regime, job.dossier.facts(), facts, desk.organisation, desk.library, now)
    draft.holds(job.due.token, [job.due.id])
    if not asked.open:
        _found_wanting(draft, job, [item.id for item in asked.wanting], now)
        return None
    channel = channel_of(job.dossier, job.procedure)
    if channel is None or channel.kind is not ChannelKind.EMAIL:
        _to_be_filed(draft, job, now)
        return None
    return channel


def channel_of(dossier: Dossier, procedure: Procedure) -> Channel | None:
    """The channel to use: the regime's own mechanism if the addressee has one, else the first that serves."""
    if procedure.party_id is None:
        return None
    serving = sorted(
        (c for c in dossier.channels.get(procedure.party_id, []) if c.serves(dossier.report.category)),
        key=lambda channel: channel.rank,
    )
    own = [channel for channel in serving if procedure.regime in channel.mechanisms]
    return next(iter(own or serving), None)


def _found_wanting(draft: Draft, job: Job, missing: Sequence[str], now: datetime) -> None:
    """Ask people for what is missing: one matter per cause and addressee, never a letter."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=list(missing))
    for item in missing:
        set_duty(entry, job.dossier, Deed.SUPPLY, now, procedure=job.procedure, cause=f"missing:{item}")
    close_duty(entry, job.dossier, job.duty, now)


def _to_be_filed(draft: Draft, job: Job, now: datetime) -> None:
    """A portal or form waits for a person; its reference number will be the proof."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=["filing"])
    set_duty(entry, job.dossier, Deed.FILE, now, procedure=job.procedure, cause="file")
    close_duty(entry, job.dossier, job.duty, now)


def _units(desk: Desk, fresh: Sequence[tuple[Job, Channel]]) -> list[tuple[list[Job], Channel]]:
    """One letter a report, but one complaint per platform where the regime wants it so (decision 27)."""
    units: dict[object, tuple[list[Job], Channel]] = {}
    for job, channel in fresh:
        together = desk.library.regime(job.procedure.regime).grouped_by_party
        key: object = (job.procedure.regime, channel.id, job.procedure.about_id) if together else job.due.id
        units.setdefault(key, ([], channel))[0].append(job)
    return [
        (jobs[start : start + MOST_REPORTS], channel)
        for jobs, channel in units.values()
        for start in range(0, len(jobs), MOST_REPORTS)
    ]


def _plan(desk: Desk, draft: Draft, unit: Sequence[Job], channel: Channel, now: datetime) -> Parcel | None:
    """Put the letter and its acts on record; a parcel comes back only if it may leave by itself."""
    regime = desk.library.regime(unit[0].procedure.regime)
    free = not regime.is_authority_route or _all_automatic(desk, unit, now)
    status = LetterStatus.PLANNED if free else LetterStatus.PREPARED
    pairs = [(job.dossier, job.procedure) for job in unit]
    letter, raw = write_letter(desk, regime.letter, pairs, channel, now, status=status)
    draft.keep(raw)
    draft.keep(letter)
    served: list[Served] = []
    for job in unit:
        act = _act(job, letter, status, now)
        entry = draft.event(
            job.dossier.report.id,
            "planned" if free else "prepared",
            procedure_id=job.procedure.id,
            letter=letter.id,
            sha256=letter.sha256,
            letter_kind=letter.kind,
        )
        entry.add(act)
        job.dossier.acts.append(act)
        if free:
            served.append((job.dossier, job.procedure, act, job.duty))
        else:
            _wait_for_signature(draft, job, now)
    return parcel_for(desk, letter, raw, unit[0], served) if free else None


def parcel_for(desk: Desk, letter: Letter, raw: PrivateText, first: Job, served: Sequence[Served]) -> Parcel:
    """A letter with everything that its sending needs to know."""
    return Parcel(
        letter,
        raw,
        first.due.token,
        [duty.id for _, _, _, duty in served],
        after_notice(desk, letter, served),
        proposal=desk.library.regime(first.procedure.regime).proposal,
        urgent=first.duty.priority == EMERGENCY,
    )


def _all_automatic(desk: Desk, unit: Sequence[Job], now: datetime) -> bool:
    regime = desk.library.regime(unit[0].procedure.regime)
    party = unit[0].dossier.party(unit[0].procedure.party_id)
    number = party.number if party else ""
    categories = {job.dossier.report.category for job in unit}
    return all(automatic(regime, number, category, desk.organisation, now) for category in categories)


def _act(job: Job, letter: Letter, status: LetterStatus, now: datetime) -> Act:
    ordinal = sum(1 for act in job.dossier.acts if (act.procedure_id, act.kind) == (job.procedure.id, letter.kind))
    return Act(
        report_id=job.dossier.report.id,
        procedure_id=job.procedure.id,
        letter_id=letter.id,
        kind=letter.kind,
        ordinal=ordinal,
        status=status,
        at=now,
    )


def _wait_for_signature(draft: Draft, job: Job, now: datetime) -> None:
    """No standing order: the letter is complete and on time, two people send it; our own staff learns at once."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=["signature"])
    set_duty(entry, job.dossier, Deed.SIGN, now, procedure=job.procedure, cause="sign")
    if not any(duty.deed is Deed.ALARM and duty.cause == "signature" for duty in job.dossier.duties):
        set_duty(entry, job.dossier, Deed.ALARM, now, cause="signature")
    close_duty(entry, job.dossier, job.duty, now)


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
        for dossier, procedure, act, duty in served:
            draft.holds(first.due.token, [duty.id])
            if act.status is not LetterStatus.UNKNOWN:
                _say_unknown(draft, dossier, procedure, act)
            if not _may_repeat(letter):
                _to_be_resolved(draft, dossier, procedure, duty)
        if not _may_repeat(letter):
            return None
    return parcel_for(desk, letter, await raw_of(desk, letter), first, served)


async def raw_of(desk: Desk, letter: Letter) -> PrivateText:
    """The bytes of a letter as it was composed."""
    async with desk.store.session() as session:
        return await session.get_one(PrivateText, letter.raw_id)


def act_in(dossier: Dossier, letter: Letter) -> Act:
    """The act of a report that a letter carries."""
    return next(act for act in dossier.acts if act.letter_id == letter.id)


def _may_repeat(letter: Letter) -> bool:
    """Whether a letter of unknown fate may go once more (decision 3)."""
    return letter.kind in REPEATABLE and letter.copies < MOST_COPIES


def _say_unknown(draft: Draft, dossier: Dossier, procedure: Procedure, act: Act) -> None:
    entry = draft.event(dossier.report.id, "fate_unknown", procedure_id=procedure.id, act=act.id)
    entry.set(act, status=LetterStatus.UNKNOWN, at=draft.now)


def _to_be_resolved(draft: Draft, dossier: Dossier, procedure: Procedure, duty: Duty) -> None:
    """A person finds out what became of the letter; the program never sends it silently again."""
    entry = advance(draft, dossier, procedure, Fact.NOT_DELIVERED, reason="fate_unknown")
    set_duty(entry, dossier, Deed.RESOLVE, draft.now, procedure=procedure, cause="fate_unknown")
    close_duty(entry, dossier, duty, draft.now)


def after_notice(desk: Desk, letter: Letter, served: Sequence[Served]) -> Callable[[Draft, Delivery], None]:
    """What the outcome of a procedure's own letter means for each report that it carries."""

    def after(draft: Draft, delivery: Delivery) -> None:
        for one in served:
            _AFTER[delivery.outcome](desk, draft, letter, delivery, one)

    return after


def _given(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    now, code = draft.now, delivery.code or 0
    entry = advance(draft, dossier, procedure, Fact.GIVEN, act=act.id, receipt=delivery.receipt, code=code)
    entry.set(act, status=LetterStatus.SENT, at=now)
    entry.set(procedure, given_at=now, receipt=delivery.receipt)
    close_duty(entry, dossier, duty, now)
    clocks.start(desk, entry, dossier, procedure, proof=f"SMTP {code}", now=now)


def _refused(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    entry = advance(draft, dossier, procedure, Fact.NOT_DELIVERED, reason="refused", code=delivery.code or 0)
    entry.set(act, status=LetterStatus.REFUSED, at=draft.now)
    set_duty(entry, dossier, Deed.SUPPLY, draft.now, procedure=procedure, cause="channel_refused")
    close_duty(entry, dossier, duty, draft.now)


def _unknown(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    _say_unknown(draft, dossier, procedure, act)
    if _may_repeat(letter):
        put_off(draft.entries[-1], duty, next_try(draft.now, duty.attempts))
    else:
        _to_be_resolved(draft, dossier, procedure, duty)


def _deferred(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, _, duty = one
    entry = draft.event(dossier.report.id, "deferred", procedure_id=procedure.id, code=delivery.code or 0)
    put_off(entry, duty, next_try(draft.now, duty.attempts))


def _not_begun(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    """Nothing left the house and nothing is to be said: the duty stays due."""


_AFTER = {
    Outcome.ACCEPTED: _given,
    Outcome.REFUSED: _refused,
    Outcome.UNKNOWN: _unknown,
    Outcome.DEFERRED: _deferred,
    Outcome.NOT_BEGUN: _not_begun,
}
