"""Remind: repeat a notice once, politely. A reminder starts no clock and moves none."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cases.desk import Desk
from cases.dossier import Dossier
from cases.letter_of import write_letter
from cases.moves import close_duty, overtaken, put_off, set_duty, supersede, withhold
from cases.removal import half_missed
from cases.resume import Job, act_in, fresh, in_flight, jobs_of, next_ordinal, one_set_aside, raw_of
from cases.routes import channel_of, leads_there
from cases.sending import Parcel, next_try, send_all
from edges.mail import Delivery, Outcome
from law.vocabulary import ChannelKind, Deed, LetterKind, LetterStatus, Stage
from models.draft import Draft
from models.due import Due
from models.tables import Act, Channel, Duty, Letter, Procedure

REMINDER_STATUS = {
    Outcome.ACCEPTED: LetterStatus.SENT,
    Outcome.REFUSED: LetterStatus.REFUSED,
    Outcome.UNKNOWN: LetterStatus.UNKNOWN,
}


STALE = timedelta(hours=24)  # our own number: a reminder this late is none, nor one past half of its time


async def remind(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Send the courtesy reminder of running procedures; one that came too late or was overtaken is dropped."""
    draft = desk.draft(now)
    parcels = []
    for job in await jobs_of(desk, dues):
        draft.holds(job.due.token, [job.due.id])
        if withhold(draft, job.dossier, job.duty):
            continue
        channel = channel_of(job.dossier, job.procedure)
        begun = in_flight(job.dossier, job.procedure, LetterKind.REMINDER)
        why = _why_not(job, channel, begun, now)
        if why or channel is None:
            entry = draft.event(job.due.report_id, "not_reminded", procedure_id=job.procedure.id, why=why)
            supersede(draft, entry, job.dossier, job.procedure, LetterKind.REMINDER)
            close_duty(entry, job.dossier, job.duty, now)
        elif begun is not None and fresh(begun, now) and leads_there(job.dossier, job.procedure, begun):
            parcels.append(await _again(desk, job, begun))
        else:
            if begun is not None:
                one_set_aside(draft, begun, job.dossier, job.procedure)  # its channel ended, or its dates are too old
            parcels.append(_plan(desk, draft, job, channel, now))
    await desk.store.write(draft)
    await send_all(desk, parcels, now)


def _why_not(job: Job, channel: Channel | None, begun: Letter | None, now: datetime) -> str:
    """What keeps a reminder from leaving; empty when nothing does."""
    ends_at = job.procedure.ends_at
    found = {
        "deadline_passed": ends_at is not None and now >= ends_at,
        "not_running": job.procedure.stage is not Stage.RUNNING,
        "no_channel": channel is None or channel.kind is not ChannelKind.EMAIL,
        "missed_once": half_missed(job.dossier) is not None,  # nobody is reminded of what our last look did not find
        "reminded": reminded(job) and not untouched(begun),
        "newer": overtaken(job.dossier, job.duty, now),
        "stale": _stale(job, now),
    }
    return next((why for why, holds in found.items() if holds), "")


def _stale(job: Job, now: datetime) -> bool:
    """Whether its polite time is over: by a day, or by half of what was then left of the clock."""
    left = job.procedure.ends_at - job.due.due_at if job.procedure.ends_at else STALE * 2
    return now - job.due.due_at > min(STALE, left / 2)


def reminded(job: Job) -> bool:
    """Whether a reminder was already begun: a second one is worse than none."""
    return any(act.procedure_id == job.procedure.id and act.kind is LetterKind.REMINDER for act in job.dossier.acts)


def untouched(letter: Letter | None) -> bool:
    """Whether a letter on record never came as far as DATA."""
    return letter is not None and letter.status is LetterStatus.PLANNED


async def _again(desk: Desk, job: Job, letter: Letter) -> Parcel:
    raw = await raw_of(desk, letter)
    after = after_courtesy(job.dossier, job.procedure, act_in(job.dossier, letter), job.duty, "reminded")
    proposal = desk.library.regime(job.procedure.regime).proposal
    return Parcel(letter, raw, job.due.token, [job.duty.id], after, proposal, priority=job.due.priority)


def _plan(desk: Desk, draft: Draft, job: Job, channel: Channel, now: datetime) -> Parcel:
    extra = {"first_sent_at": job.procedure.given_at}
    pair = [(job.dossier, job.procedure)]
    written = write_letter(desk, LetterKind.REMINDER, pair, channel, now, extra=extra)
    letter = written.keep(draft)
    act = Act(
        report_id=job.due.report_id,
        procedure_id=job.procedure.id,
        letter_id=letter.id,
        kind=LetterKind.REMINDER,
        ordinal=next_ordinal(job.dossier, job.procedure, LetterKind.REMINDER),
        at=now,
    )
    draft.event(
        job.due.report_id, "planned", procedure_id=job.procedure.id, letter=letter.id, digest=letter.digest
    ).add(act)
    after = after_courtesy(job.dossier, job.procedure, act, job.duty, "reminded")
    proposal = desk.library.regime(job.procedure.regime).proposal
    return Parcel(letter, written.raw, job.due.token, [job.duty.id], after, proposal, priority=job.due.priority)


def after_courtesy(
    dossier: Dossier, procedure: Procedure, act: Act, duty: Duty, word: str, *, else_by_person: str | None = None
) -> Callable[[Draft, Delivery], None]:
    """The outcome of a letter that starts no clock; `else_by_person` is the matter when it did not arrive."""

    def after(draft: Draft, delivery: Delivery) -> None:
        if delivery.outcome is Outcome.NOT_BEGUN:
            return
        kind = word if delivery.outcome is Outcome.ACCEPTED else f"not_{word}"
        entry = draft.event(dossier.report.id, kind, procedure_id=procedure.id, act=act.id, code=delivery.code or 0)
        if delivery.outcome is Outcome.DEFERRED:
            put_off(entry, duty, next_try(draft.now, duty.attempts))
            return
        entry.set(act, status=REMINDER_STATUS[delivery.outcome], at=draft.now)
        if else_by_person and delivery.outcome is not Outcome.ACCEPTED:
            set_duty(entry, dossier, Deed.FILE, draft.now, cause=else_by_person, party_id=procedure.party_id)
        close_duty(entry, dossier, duty, draft.now)

    return after
