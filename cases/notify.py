"""
Notify: what a procedure sends, to whomever it addresses.

A notice, a complaint, a referral and a request go the same way: gate, letter on record, sending, outcome, clock. A
route to an authority without a standing order stops after the letter is on record and waits for two people.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from cases.desk import Desk
from cases.letter_of import write_letter
from cases.moves import EMERGENCY, advance, close_duty, overtaken, set_duty, supersede, withhold
from cases.outcomes import Served, as_the_letter
from cases.period import gathered
from cases.resume import (
    Job,
    answered_for,
    gate_of,
    in_flight,
    jobs_of,
    next_ordinal,
    parcel_for,
    resume,
    set_aside,
    still_fits,
)
from cases.routes import channel_of
from cases.sending import Parcel, send_all
from edges.letter_parts import LetterError
from law.answers import driving_clock
from law.gate import automatic, treated_as
from law.regime import Regime
from law.vocabulary import ChannelKind, Deed, Fact, LetterKind, LetterStatus, PartyKind, Receipt, Stage
from models.draft import Draft
from models.due import Due
from models.faultpoints import point
from models.tables import Act, Channel, Letter

MOST_LOCATIONS = 50  # of one letter, where each of its reports has fewer
MOST_REPORTS = 50  # of one letter (decision 2)


async def notify(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """
    Send what these procedures send, or say what is missing.

    Raises:
        MailUnreachable: no connection came about; the duties that it concerns were left as they were.
    """
    draft = desk.draft(now)
    anew: list[Job] = []
    left_behind: dict[UUID, tuple[Letter, list[Job]]] = {}
    for job in await jobs_of(desk, dues):
        if _withheld(desk, draft, job):
            draft.holds(job.due.token, [job.due.id])
        elif overtaken(job.dossier, job.duty, now):
            draft.holds(job.due.token, [job.due.id])
            entry = draft.event(job.due.report_id, "overtaken", procedure_id=job.procedure.id, deed=job.duty.deed)
            close_duty(entry, job.dossier, job.duty, now)
        elif settled := answered_for(job.dossier, job.procedure):
            draft.holds(job.due.token, [job.due.id])
            as_the_letter(desk, draft, (job.dossier, job.procedure, settled[0], job.duty), settled[1])
        elif letter := in_flight(job.dossier, job.procedure, desk.library.regime(job.procedure.regime).letter):
            left_behind.setdefault(letter.id, (letter, []))[1].append(job)
        else:
            anew.append(job)
    parcels: list[Parcel] = []
    for letter, unit in left_behind.values():
        if await still_fits(desk, letter, unit, now):
            parcel = await resume(desk, draft, unit)
            parcels += [parcel] if parcel else []
        else:
            set_aside(draft, letter, unit)
            anew += unit
    fresh = [(job, channel) for job in anew if (channel := _may_leave(desk, draft, job, now))]
    fresh = await gathered(desk, draft, fresh, now)
    for jobs, channel in _units(desk, fresh, now):
        try:
            parcel = _plan(desk, draft, jobs, channel, now)
        except LetterError as fault:
            for job in jobs:
                _found_wanting(draft, job, ["letter"], now, fault=str(fault))
        else:
            parcels += [parcel] if parcel else []
    point("plan_not_written")
    await desk.store.write(draft)
    point("planned")
    await send_all(desk, parcels, now)


def _withheld(desk: Desk, draft: Draft, job: Job) -> bool:
    """A hold never stops information to the police (practice 1.4)."""
    party = job.dossier.party(job.procedure.party_id)
    if party is not None and party.kind is PartyKind.POLICE:
        return False
    return withhold(draft, job.dossier, job.duty)


def _may_leave(desk: Desk, draft: Draft, job: Job, now: datetime) -> Channel | None:
    """The channel to write to, or none after saying what keeps the letter from leaving."""
    asked = gate_of(desk, job, now)
    draft.holds(job.due.token, [job.due.id])
    if not asked.open:
        _found_wanting(draft, job, [item.id for item in asked.wanting], now)
        return None
    if _accuses_without_proof(desk, job):
        _ask_whether(draft, job, "receipt_unproven", now)
        return None
    channel = channel_of(job.dossier, job.procedure)
    if channel is None or channel.kind is not ChannelKind.EMAIL:
        _to_be_filed(draft, job, now)
        return None
    return channel


def _accuses_without_proof(desk: Desk, job: Job) -> bool:
    """A complaint alleges that a duty failed: it needs a notice whose receipt is proven (practice 1.7 and 1.8)."""
    if desk.library.regime(job.procedure.regime).letter is not LetterKind.COMPLAINT:
        return False
    notice = next((p for p in job.dossier.procedures if p.id == job.procedure.parent_id), None)
    answered = notice is not None and notice.stage is Stage.REFUSED  # whoever says no has received it
    return not answered and (notice is None or notice.receipt.level < Receipt.SERVER.level)


def _ask_whether(draft: Draft, job: Job, cause: str, now: datetime) -> None:
    """A person decides whether this leaves at all."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=[cause])
    set_duty(entry, job.dossier, Deed.DECIDE, now, procedure=job.procedure, cause=cause, legal_at=job.duty.legal_at)
    close_duty(entry, job.dossier, job.duty, now)


def _found_wanting(draft: Draft, job: Job, missing: Sequence[str], now: datetime, *, fault: str = "") -> None:
    """Ask people for what is missing: one matter per cause and addressee, never a letter."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=list(missing))
    if fault:
        entry.details["fault"] = fault  # fixed words of ours, no data
    for item in missing:
        cause, legal_at = f"missing:{item}", job.duty.legal_at
        set_duty(entry, job.dossier, Deed.SUPPLY, now, procedure=job.procedure, cause=cause, legal_at=legal_at)
    close_duty(entry, job.dossier, job.duty, now)


def _to_be_filed(draft: Draft, job: Job, now: datetime) -> None:
    """A portal or form waits for a person; its reference number will be the proof."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=["filing"])
    set_duty(entry, job.dossier, Deed.FILE, now, procedure=job.procedure, cause="file", legal_at=job.duty.legal_at)
    close_duty(entry, job.dossier, job.duty, now)


def _units(desk: Desk, fresh: Sequence[tuple[Job, Channel]], now: datetime) -> list[tuple[list[Job], Channel]]:
    """
    One complaint per platform where the regime wants it so (decision 27); one notice for what falls due together for
    one recipient and says the same of the law; else one letter a report.
    """
    units: dict[object, tuple[list[Job], Channel]] = {}
    for job, channel in fresh:
        units.setdefault(_shared(desk, job, channel, now), ([], channel))[0].append(job)
    return [(part, channel) for jobs, channel in units.values() for part in _full(jobs, desk.together)]


def _shared(desk: Desk, job: Job, channel: Channel, now: datetime) -> object:
    """What the reports of one letter have in common; its own duty for a report that shares none."""
    regime = desk.library.regime(job.procedure.regime)
    if regime.grouped_by_party:
        free = _all_automatic(desk, [job], now)  # what may leave does not wait for what may not
        return (regime.id, channel.id, job.procedure.about_id, free)
    facts = job.dossier.facts()
    alone = facts.victim_reported or facts.mandates or facts.judgment or job.dossier.holds
    if desk.together == 1 or alone or not may_share(regime, job.due.priority):
        return job.due.id
    clock = driving_clock(regime, facts, now, desk.library)
    law = (treated_as(facts, desk.library), facts.returns, facts.public, clock and clock.id)
    return (regime.id, channel.id, facts.category, *law)


def may_share(regime: Regime, priority: int) -> bool:
    """
    Whether a notice under this regime may carry several reports.

    An emergency never waits for company, a proposal is a trial of one case, and what goes to an authority has an order
    of its own.
    """
    return regime.letter is LetterKind.NOTICE and not regime.proposal and priority > EMERGENCY


def _full(jobs: Sequence[Job], together: int) -> Iterator[list[Job]]:
    """Letters of up to fifty reports and fifty locations; a report with more has a letter of its own."""
    most = MOST_REPORTS if jobs[0].due.about_id else together
    part: list[Job] = []
    for job in jobs:
        if part and (len(part) == most or _places([*part, job]) > MOST_LOCATIONS):
            yield part
            part = []
        part.append(job)
    if part:
        yield part


def _places(jobs: Sequence[Job]) -> int:
    return sum(len(job.dossier.open_locations or job.dossier.locations) for job in jobs)


def _plan(desk: Desk, draft: Draft, unit: Sequence[Job], channel: Channel, now: datetime) -> Parcel | None:
    """Put the letter and its acts on record; a parcel comes back only if it may leave by itself."""
    regime = desk.library.regime(unit[0].procedure.regime)
    free = not regime.is_authority_route or _all_automatic(desk, unit, now)
    status = LetterStatus.PLANNED if free else LetterStatus.PREPARED
    pairs = [(job.dossier, job.procedure) for job in unit]
    written = write_letter(desk, regime.letter, pairs, channel, now, status=status)
    letter = written.keep(draft)
    served: list[Served] = []
    for job in unit:
        act = _act(job, letter, status, now)
        entry = draft.event(
            job.dossier.report.id,
            "planned" if free else "prepared",
            procedure_id=job.procedure.id,
            letter=letter.id,
            digest=letter.digest,
            letter_kind=letter.kind,
        )
        supersede(draft, entry, job.dossier, job.procedure, letter.kind)  # planned with others, and overtaken
        entry.add(act)
        job.dossier.acts.append(act)
        if free:
            served.append((job.dossier, job.procedure, act, job.duty))
        else:
            _wait_for_signature(draft, job, now)
    return parcel_for(desk, letter, written.raw, unit[0], served) if free else None


def _all_automatic(desk: Desk, unit: Sequence[Job], now: datetime) -> bool:
    regime = desk.library.regime(unit[0].procedure.regime)
    party = unit[0].dossier.party(unit[0].procedure.party_id)
    number = party.number if party else ""
    categories = {job.dossier.report.category for job in unit}
    return all(automatic(regime, number, category, desk.organisation, now) for category in categories)


def _act(job: Job, letter: Letter, status: LetterStatus, now: datetime) -> Act:
    return Act(
        report_id=job.dossier.report.id,
        procedure_id=job.procedure.id,
        letter_id=letter.id,
        kind=letter.kind,
        ordinal=next_ordinal(job.dossier, job.procedure, letter.kind),
        status=status,
        at=now,
    )


def _wait_for_signature(draft: Draft, job: Job, now: datetime) -> None:
    """No standing order: the letter is complete and on time, two people send it; our own staff learns at once."""
    entry = advance(draft, job.dossier, job.procedure, Fact.FOUND_WANTING, missing=["signature"])
    set_duty(entry, job.dossier, Deed.SIGN, now, procedure=job.procedure, cause="sign", legal_at=job.duty.legal_at)
    if not any(duty.deed is Deed.ALARM and duty.cause == "signature" for duty in job.dossier.duties):
        set_duty(entry, job.dossier, Deed.ALARM, now, cause="signature")
    close_duty(entry, job.dossier, job.duty, now)
