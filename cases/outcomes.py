"""What the mail server's answer to a procedure's own letter means for each report that the letter carries."""

from collections.abc import Callable, Sequence

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, close_duty, put_off, set_duty
from cases.record.police import police_informed
from cases.routes import fall_back, mark_dead, says_dead, status_in
from cases.sending import MOST_COPIES, REPEATABLE, next_try
from edges.mail import Delivery, Outcome
from law.vocabulary import Deed, Fact, LetterStatus, Receipt
from models.draft import Draft
from models.tables import Act, Duty, Letter, Procedure

Served = tuple[Dossier, Procedure, Act, Duty]


def may_repeat(letter: Letter) -> bool:
    """Whether a letter of unknown fate may go once more (decision 3)."""
    return letter.kind in REPEATABLE and letter.copies < MOST_COPIES


def say_unknown(draft: Draft, dossier: Dossier, procedure: Procedure, act: Act) -> None:
    entry = draft.event(dossier.report.id, "fate_unknown", procedure_id=procedure.id, act=act.id)
    entry.set(act, status=LetterStatus.UNKNOWN, at=draft.now)


def to_be_resolved(draft: Draft, dossier: Dossier, procedure: Procedure, duty: Duty) -> None:
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


def as_the_letter(desk: Desk, draft: Draft, one: Served, letter: Letter) -> None:
    """A report of a letter whose fate is known already has that fate: nothing is written or sent again for it."""
    dossier, procedure, act, duty = one
    draft.amend(letter, status=letter.status)  # so that the facts below hold its hash, as the other reports' facts do
    if letter.status is LetterStatus.REFUSED:
        _refused(desk, draft, letter, Delivery(Outcome.REFUSED, letter.code), one)
        draft.entries[-1].speaks_of.append(letter.id)
        return
    at, code = letter.sent_at or draft.now, letter.code or 0
    entry = advance(draft, dossier, procedure, Fact.GIVEN, at=at, act=act.id, receipt=letter.receipt, code=code)
    entry.speaks_of.append(letter.id)  # what became of it stood in the other reports' events only
    entry.set(act, status=LetterStatus.SENT, at=at)
    entry.set(procedure, given_at=at, receipt=letter.receipt)
    close_duty(entry, dossier, duty, draft.now)
    clocks.start(desk, entry, dossier, procedure, proof=f"SMTP {code}", now=draft.now)
    if letter.receipt.level >= Receipt.SERVER.level:
        police_informed(entry, dossier, procedure, at, draft.now)


def _given(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    now, code = draft.now, delivery.code or 0
    entry = advance(draft, dossier, procedure, Fact.GIVEN, act=act.id, receipt=delivery.receipt, code=code)
    entry.set(act, status=LetterStatus.SENT, at=now)
    entry.set(procedure, given_at=now, receipt=delivery.receipt)
    close_duty(entry, dossier, duty, now)
    clocks.start(desk, entry, dossier, procedure, proof=f"SMTP {code}", now=now)
    if delivery.receipt.level >= Receipt.SERVER.level:  # our relay's word is not theirs
        police_informed(entry, dossier, procedure, now, now)


def _refused(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    entry = advance(draft, dossier, procedure, Fact.NOT_DELIVERED, reason="refused", code=delivery.code or 0)
    entry.set(act, status=LetterStatus.REFUSED, at=draft.now)
    close_duty(entry, dossier, duty, draft.now)
    if letter.channel_id and says_dead(status_in(delivery.answer)):
        mark_dead(draft, dossier, letter.channel_id)
        fall_back(draft, dossier, procedure, entry)
    else:  # the server may refuse this letter only: a person sees why
        set_duty(entry, dossier, Deed.SUPPLY, draft.now, procedure=procedure, cause="channel_refused")


def _unknown(desk: Desk, draft: Draft, letter: Letter, delivery: Delivery, one: Served) -> None:
    dossier, procedure, act, duty = one
    say_unknown(draft, dossier, procedure, act)
    if may_repeat(letter):
        put_off(draft.entries[-1], duty, next_try(draft.now, duty.attempts))
    else:
        to_be_resolved(draft, dossier, procedure, duty)


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
