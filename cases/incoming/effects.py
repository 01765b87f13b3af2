"""
What an answer means for each report of the letter that it answers.

Nothing that is written to us closes a case or moves a legal clock. A claim of removal is looked at; everything else
that matters waits for a person. One thing is taken as it is: an acknowledgement from the addressee's own domain, which
our receiving server vouches for (DMARC) and which answers a letter that nobody else has.
"""

from collections.abc import Sequence
from datetime import datetime

from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import set_duty
from cases.receipt import OWN, acts_of, proven
from law.answers import driving_clock
from law.lifecycle import FINAL
from law.vocabulary import Answer, Deed, Receipt, Stage
from models.draft import Draft, Entry
from models.tables import Act, IncomingMessage, IncomingReport, Letter, Procedure

# What waits for a person, by what was answered. The first word of a cause names what the person reads.
MATTERS: dict[Answer, tuple[Deed, str]] = {
    Answer.REFUSED: (Deed.DECIDE, "answer_refused"),
    Answer.ASKS_INFORMATION: (Deed.SUPPLY, "asked_by_addressee"),
    Answer.NOT_OURS: (Deed.DECIDE, "answer_not_ours"),
    Answer.CONTESTED: (Deed.DECIDE, "answer_contested"),
    Answer.OTHER: (Deed.DECIDE, "answer_to_read"),
}
QUIET = frozenset({Answer.AUTOMATIC, Answer.DELIVERY, Answer.BOUNCE, Answer.ACKNOWLEDGED})
UNVOUCHED = "acknowledgement_unvouched"
AFTER_END = "answer_after_end"
PICTURE = "picture_received"
CAUSES = frozenset({*(cause for _, cause in MATTERS.values()), UNVOUCHED, AFTER_END})


def answered(
    desk: Desk,
    draft: Draft,
    dossiers: Sequence[Dossier],
    letter: Letter,
    message: IncomingMessage,
    *,
    at: datetime,
    vouched: bool = False,
    picture: bool = False,
) -> None:
    """Say on every report of the letter that this message came, and set what follows from it."""
    for dossier, act in acts_of(dossiers, letter):
        procedure = dossier.procedure(act.procedure_id)
        entry = link(draft, dossier, message, act, at=at)
        if picture:
            picture_came(entry, dossier, draft.now)
        _effect(desk, draft, entry, dossier, procedure, act, message, at, vouched=vouched)


def link(draft: Draft, dossier: Dossier, message: IncomingMessage, act: Act | None, *, at: datetime) -> Entry:
    """The message belongs to this report from now on; its event holds the hashes of the message and of its texts."""
    entry = draft.event(
        dossier.report.id,
        f"answer_{message.kind}",
        at=at,
        procedure_id=act.procedure_id if act else None,
        message=message.number,
        matched_by=message.matched_by,
        through=message.through,
    )
    entry.speaks_of.append(message.id)
    draft.keep(IncomingReport(incoming_id=message.id, report_id=dossier.report.id, act_id=act.id if act else None))
    return entry


def picture_came(entry: Entry, dossier: Dossier, now: datetime) -> None:
    """Somebody sent what nobody here may hold: a person decides what has to be done (practice 1.5)."""
    _ask(entry, dossier, None, Deed.DECIDE, PICTURE, now)


def _effect(
    desk: Desk,
    draft: Draft,
    entry: Entry,
    dossier: Dossier,
    procedure: Procedure,
    act: Act,
    message: IncomingMessage,
    at: datetime,
    *,
    vouched: bool,
) -> None:
    now = draft.now
    if dossier.report.closed_at is not None or procedure.stage in FINAL:
        if message.kind not in QUIET:
            _ask(entry, dossier, None, Deed.DECIDE, AFTER_END, now)
    elif message.kind is Answer.ACKNOWLEDGED and act.kind in OWN:
        _acknowledged(desk, draft, entry, dossier, procedure, at, vouched=vouched)
    elif message.kind is Answer.CLAIMS_REMOVAL:
        _look(entry, dossier, procedure, now)
    elif message.kind in MATTERS:
        deed, cause = MATTERS[message.kind]
        _ask(entry, dossier, procedure, deed, cause, now)


def _ask(entry: Entry, dossier: Dossier, procedure: Procedure | None, deed: Deed, cause: str, now: datetime) -> None:
    """One matter per cause and procedure, however often they write."""
    where = procedure.id if procedure else None
    if not any((duty.cause, duty.procedure_id) == (cause, where) for duty in dossier.duties):
        set_duty(entry, dossier, deed, now, procedure=procedure, cause=cause)


def _look(entry: Entry, dossier: Dossier, procedure: Procedure, now: datetime) -> None:
    """A claim of removal is verified by a look, at once and once."""
    soon = [d for d in dossier.duties if d.deed is Deed.VERIFY and d.procedure_id == procedure.id and d.due_at <= now]
    if not soon and procedure.stage is Stage.RUNNING:
        set_duty(entry, dossier, Deed.VERIFY, now, procedure=procedure)


def _acknowledged(
    desk: Desk,
    draft: Draft,
    entry: Entry,
    dossier: Dossier,
    procedure: Procedure,
    at: datetime,
    *,
    vouched: bool,
) -> None:
    """Vouched for, it proves receipt; otherwise a person confirms it where a clock waits for that proof."""
    if procedure.receipt.level >= Receipt.ACKNOWLEDGED.level:
        return
    if vouched:
        proven(desk, draft, entry, dossier, procedure, Receipt.ACKNOWLEDGED, at, proof="acknowledged, DMARC passed")
        return
    clock = driving_clock(desk.library.regime(procedure.regime), dossier.facts(), at, desk.library)
    if clock is not None and procedure.receipt.level < clock.minimum_receipt.level:
        _ask(entry, dossier, procedure, Deed.DECIDE, UNVOUCHED, draft.now)
