"""Alarm: letters to our own people. They carry case numbers and a cause, never an address or a person."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.letter_of import in_parts
from cases.moves import close_duty, mine, put_off
from cases.sending import Parcel, next_try, send_all
from edges.letters import LetterContext, Organisation, compose, message_id, render
from edges.mail import Delivery, Outcome
from law.vocabulary import Deed, LetterKind
from models.base import new_id
from models.draft import Draft
from models.due import Due
from models.private import digest_of
from models.tables import Duty, Letter

MOST_NUMBERS = 50


async def alarm(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """
    Write to our staff: letters wait for signature, an emergency is not confirmed, a hold ends.

    One letter for each cause. An emergency goes to the second person, and again until somebody confirms it.
    """
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    by_cause: dict[str, list[tuple[Due, Dossier, Duty]]] = {}
    for one in mine(dossiers, dues):
        by_cause.setdefault(one[2].cause or "hold", []).append(one)
    parcels: list[Parcel] = []
    for cause, group in by_cause.items():
        for start in range(0, len(group), MOST_NUMBERS):
            parcels.append(_plan(desk, draft, cause, group[start : start + MOST_NUMBERS], now))
    await desk.store.write(draft)
    await send_all(desk, parcels, now)


def _plan(desk: Desk, draft: Draft, cause: str, group: Sequence[tuple[Due, Dossier, Duty]], now: datetime) -> Parcel:
    head = desk.letterhead
    urgent = cause == "emergency"
    numbers = tuple(due.number for due, _, _ in group)
    context = LetterContext(
        name="staff",
        language=head.staff_language,
        sender=Organisation(head.organisation, "", head.reply_to),
        simulated=desk.organisation.simulated,
        extra={"matter": cause, "numbers": numbers, "at": now},
        zone=str(desk.zone),
    )
    recipient = head.second_staff if urgent else head.staff
    letter_id = new_id()
    identifier = message_id(str(letter_id), head.sender.rpartition("@")[2])
    rendered = render(context)
    composed = compose(
        rendered,
        message_id=identifier,
        sender=head.sender,
        sender_name=head.sender_name,
        recipient=recipient,
        reply_to=None,
        date=now,
        simulated=desk.organisation.simulated,
    )
    parts, texts = in_parts(letter_id, composed, {}, now)
    for text in texts:
        draft.keep_apart(text)
    letter = draft.keep(
        Letter(
            id=letter_id,
            message_id=identifier,
            kind=LetterKind.STAFF,
            recipient=recipient,
            language=head.staff_language,
            subject=rendered.subject,
            digest=digest_of(texts),
            written_at=now,
        )
    )
    for part in parts:
        draft.keep(part)
    after = _after(desk, letter, group, urgent=urgent)
    duties = [duty.id for _, _, duty in group]
    priority = min(due.priority for due, _, _ in group)
    token = group[0][0].token
    return Parcel(letter, composed.raw, token, duties, after, urgent=urgent, overtaking=urgent, priority=priority)


def _after(
    desk: Desk, letter: Letter, group: Sequence[tuple[Due, Dossier, Duty]], *, urgent: bool
) -> Callable[[Draft, Delivery], None]:
    """An alarm that was not accepted is tried again; one about an emergency goes on until somebody confirms."""

    def after(draft: Draft, delivery: Delivery) -> None:
        if delivery.outcome is Outcome.NOT_BEGUN:
            return
        for due, dossier, duty in group:
            entry = draft.event(due.report_id, "alarmed", letter=letter.id, cause=duty.cause, code=delivery.code or 0)
            if urgent and _unconfirmed(dossier):
                minutes = desk.library.house.emergency.alarm_minutes
                put_off(entry, duty, draft.now + timedelta(minutes=minutes))
            elif delivery.outcome is Outcome.ACCEPTED:
                close_duty(entry, dossier, duty, draft.now)
            else:
                put_off(entry, duty, next_try(draft.now, duty.attempts))

    return after


def _unconfirmed(dossier: Dossier) -> bool:
    return any(duty.deed is Deed.CALL for duty in dossier.duties)
