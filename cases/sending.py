"""
Sending one planned letter: intention, act, outcome.

The letter and its acts are on record before we come here. Right before DATA the turnstile writes `sending_at`; right
after the server's answer the recorder writes the outcome. So after a crash a letter is either untouched (send it), or
answered, or a question: DATA may have begun and nobody knows. That question has a rule for each kind of letter:
a notice goes out once more under the same Message-ID, marked as such; a filing with an authority waits for a person.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from cases.desk import Desk
from cases.together import Together
from edges.letters import resent
from edges.mail import Delivery, MailUnreachable, Outcome
from edges.mail_bounds import ORDINARY
from law.vocabulary import LetterKind, LetterStatus
from models.draft import Draft
from models.due import rest
from models.faultpoints import point
from models.private import Purpose, private
from models.store import Store
from models.tables import Letter

# What may be sent a second time when nobody knows whether the first arrived (decision 3).
REPEATABLE = frozenset({LetterKind.NOTICE})
MOST_COPIES = 2
STOPPED_S = 60  # real seconds until a letter that the stop button held may be claimed again
HELD_BACK_S = 15  # the same for one that our own rate for its recipient held back


class SendingStopped(RuntimeError):
    """Sending is stopped, or somebody else took the letter over: nothing was sent."""


class HeldBack(SendingStopped):
    """This recipient gets no more letters in this minute: nothing was sent, and it counts as no attempt."""


@dataclass(slots=True)
class Parcel:
    """A letter ready to go, the duties that it serves, and what its outcome means for them."""

    letter: Letter
    raw: bytes  # as composed
    token: UUID
    duties: list[UUID]
    after: Callable[[Draft, Delivery], None]
    proposal: bool = False
    urgent: bool = False  # an emergency's alarm: the stop button does not hold it
    overtaking: bool = False  # waits behind no other letter
    priority: int = ORDINARY  # among letters that wait for a connection the smallest goes first


_TURNSTILE = text("""
UPDATE letter SET sending_at = :now, copies = letter.copies + 1, status = 'sending'
WHERE letter.id = ANY(:letters) AND letter.status IN ('planned', 'unknown') AND letter.copies < 2
  AND (letter.id = ANY(:urgent) OR NOT EXISTS (SELECT 1 FROM house WHERE stopped_at IS NOT NULL))
  AND NOT EXISTS (
    SELECT 1 FROM unnest(CAST(:duties AS uuid[]), CAST(:owners AS uuid[]), CAST(:tokens AS uuid[]))
      AS need(duty, letter, token)
    WHERE need.letter = letter.id AND NOT EXISTS (
      SELECT 1 FROM duty WHERE duty.id = need.duty AND duty.lease_token = need.token AND duty.closed_at IS NULL))
RETURNING letter.id
""")


async def pass_turnstile(store: Store, parcels: Sequence[tuple[Parcel, datetime]]) -> Sequence[bool]:
    """
    Mark letters as being sent, if nothing stops them: the stop row, a lost lease, a withdrawal, two copies already.

    This is the last look before DATA, in the same transaction as the mark.
    """
    needs = [(duty, parcel.letter.id, parcel.token) for parcel, _ in parcels for duty in parcel.duties]
    values = {
        "now": max(now for _, now in parcels),
        "letters": [parcel.letter.id for parcel, _ in parcels],
        "urgent": [parcel.letter.id for parcel, _ in parcels if parcel.urgent],
        "duties": [duty for duty, _, _ in needs],
        "owners": [letter for _, letter, _ in needs],
        "tokens": [token for _, _, token in needs],
    }
    async with store.transaction() as connection:
        passed = set((await connection.execute(_TURNSTILE, values)).scalars())
    return [parcel.letter.id in passed for parcel, _ in parcels]


def turnstile(store: Store) -> Together[tuple[Parcel, datetime], bool]:
    """Lets letters pass to DATA, many in one transaction."""

    async def work(parcels: Sequence[tuple[Parcel, datetime]]) -> Sequence[bool]:
        return await pass_turnstile(store, parcels)

    return Together(work)


async def hand_over(desk: Desk, parcel: Parcel, now: datetime) -> Delivery:
    """
    Give one letter to the mail server and say how it ended; the outcome is not yet on record.

    Raises:
        SendingStopped: nothing was sent; `HeldBack` if only because of our own rate for one recipient.
    """
    letter = parcel.letter
    raw = parcel.raw
    if letter.copies:
        raw = resent(
            raw,
            date=now,
            message_id=_second_id(letter.message_id),
            sender=desk.letterhead.sender,
            recipient=letter.recipient,
        )

    async def before_data() -> None:
        point("turnstile_not_passed")
        if not await desk.turnstile((parcel, now)):
            raise SendingStopped(SendingStopped.__doc__)
        point("data_not_begun")

    delivery = await desk.mailer.send(
        sender=desk.letterhead.sender,
        recipient=letter.recipient,
        raw=raw,
        before_data=before_data,
        proposal=parcel.proposal,
        overtaking=parcel.overtaking,
        priority=parcel.priority,
        envelope_id=desk.answering.envelope_id(letter.id),
    )
    if delivery.outcome is Outcome.HELD_BACK:
        raise HeldBack(HeldBack.__doc__)
    return delivery


def _second_id(message_id: str) -> str:
    """The Resent-Message-ID of a second copy; the letter's own Message-ID stays what it was."""
    return message_id.replace("<", "<resent.", 1)


def record_outcome(draft: Draft, parcel: Parcel, delivery: Delivery) -> LetterStatus:
    """
    Write down what the server said, on the letter.

    A refusal for now takes this copy back from the count: the server said that it does not have it.
    """
    letter = parcel.letter
    untouched = LetterStatus.UNKNOWN if letter.copies else LetterStatus.PLANNED
    status = {
        Outcome.ACCEPTED: LetterStatus.SENT,
        Outcome.REFUSED: LetterStatus.REFUSED,
        Outcome.UNKNOWN: LetterStatus.UNKNOWN,
        Outcome.DEFERRED: untouched,
        Outcome.NOT_BEGUN: untouched,
    }[delivery.outcome]
    answer = None
    if delivery.answer:  # its words may repeat the address that was written to
        reports = {entry.report_id for entry in draft.entries}
        owner = reports.pop() if len(reports) == 1 else None
        answer = draft.keep_apart(private(Purpose.LETTER, delivery.answer, now=draft.now, report_id=owner))
    counts = delivery.outcome in {Outcome.ACCEPTED, Outcome.UNKNOWN}
    draft.amend(
        letter,
        status=status,
        code=delivery.code,
        answer_id=answer.id if answer else None,
        queue_id=delivery.queue_id,
        receipt=delivery.receipt,
        sent_at=draft.now if status is LetterStatus.SENT else None,
        copies=letter.copies + 1 if counts else letter.copies,
    )
    return status


async def send_all(desk: Desk, parcels: Sequence[Parcel], now: datetime) -> None:
    """
    Send all parcels, as many at a time as the mailer keeps connections, and record each outcome.

    Raises:
        MailUnreachable: no connection came about for at least one; its duties stay due.
    """
    results = await asyncio.gather(*(_send(desk, parcel, now) for parcel in parcels), return_exceptions=True)
    ended = list(zip(parcels, results, strict=True))
    held = [parcel for parcel, result in ended if isinstance(result, HeldBack)]
    stopped = [parcel for parcel, result in ended if type(result) is SendingStopped]
    await _rest(desk, held, HELD_BACK_S)
    await _rest(desk, stopped, STOPPED_S)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, SendingStopped):
            raise result


async def _rest(desk: Desk, parcels: Sequence[Parcel], seconds: float) -> None:
    if parcels:
        duties = [duty for parcel in parcels for duty in parcel.duties]
        await rest(desk.store, duties, {parcel.token for parcel in parcels}, seconds=seconds)


async def _send(desk: Desk, parcel: Parcel, now: datetime) -> None:
    delivery = await hand_over(desk, parcel, now)
    point("answer_not_recorded")
    draft = desk.draft(desk.clock())
    parcel.after(
        draft, delivery
    )  # first what it means for each report: the answer belongs to the only one, if it is one
    record_outcome(draft, parcel, delivery)
    draft.holds(parcel.token, parcel.duties)
    await desk.recorder(draft)
    point("answer_recorded")
    if delivery.outcome is Outcome.NOT_BEGUN:
        raise MailUnreachable


def next_try(now: datetime, attempts: int) -> datetime:
    """When to try again after a refusal for now: 5 minutes, doubled each time, at most 4 hours."""
    return now + timedelta(minutes=min(5 * 2**attempts, 240))
