"""
Receipt: how far it is proven that an addressee has our letter, and what a better proof sets going (practice 1.7).

A legal clock that runs from receipt does not start on our relay's word. It starts when the addressee's own mail server
is known to have accepted the letter, when the addressee says so, or when a portal gave its reference.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, close_duties, retry
from cases.record.police import police_informed
from law.answers import driving_clock
from law.vocabulary import Fact, LetterKind, LetterStatus, Receipt, Stage
from models.draft import Draft, Entry
from models.tables import Act, Letter, Procedure

# Letters whose receipt a clock can run from; a reminder or a retraction starts none.
OWN = frozenset(
    {LetterKind.NOTICE, LetterKind.COMPLAINT, LetterKind.REFERRAL, LetterKind.REQUEST, LetterKind.APPLICATION}
)


def acts_of(dossiers: Sequence[Dossier], letter: Letter) -> list[tuple[Dossier, Act]]:
    """The acts that a letter carries, each with its dossier."""
    return [(dossier, act) for dossier in dossiers for act in dossier.acts if act.letter_id == letter.id]


def prove_letter(
    desk: Desk,
    draft: Draft,
    dossiers: Sequence[Dossier],
    letter: Letter,
    receipt: Receipt,
    at: datetime,
    *,
    proof: str,
) -> bool:
    """
    Say for every report of a letter that its receipt is proven to this level since `at`; false if it was already.

    `proof` is a short fixed word with a code or a number, never anybody's text.
    """
    if letter.receipt.level >= receipt.level or letter.status is LetterStatus.BOUNCED:
        return False
    begun = letter.sending_at or letter.written_at
    at = min(max(at, begun), draft.now)  # clocks differ: nobody received it before it left, or in the future
    in_doubt = letter.status in {LetterStatus.UNKNOWN, LetterStatus.SENDING}
    draft.amend(letter, receipt=receipt, **({"status": LetterStatus.SENT, "sent_at": at} if in_doubt else {}))
    for dossier, act in acts_of(dossiers, letter):
        procedure = dossier.procedure(act.procedure_id)
        entry = draft.event(
            dossier.report.id, "receipt_proven", at=at, procedure_id=procedure.id, receipt=receipt, proof=proof
        )
        entry.speaks_of.append(letter.id)
        if in_doubt:
            entry.set(act, status=LetterStatus.SENT, at=at)
        if act.kind in OWN and in_doubt and procedure.stage in {Stage.OPENED, Stage.WAITING}:
            _arrived(desk, draft, dossier, procedure, act, receipt, at, proof=proof)
        elif act.kind in OWN:
            proven(desk, draft, entry, dossier, procedure, receipt, at, proof=proof)
    return True


def _arrived(
    desk: Desk,
    draft: Draft,
    dossier: Dossier,
    procedure: Procedure,
    act: Act,
    receipt: Receipt,
    at: datetime,
    *,
    proof: str,
) -> None:
    """Nobody knew what became of the letter; now it is known, nothing is sent again, and its clock runs."""
    given = advance(draft, dossier, procedure, Fact.GIVEN, at=at, act=act.id, receipt=receipt, proof=proof)
    given.set(procedure, given_at=at, receipt=receipt)
    close_duties(given, dossier, draft.now, procedure=procedure)
    clocks.start(desk, given, dossier, procedure, proof=proof, now=draft.now)
    police_informed(given, dossier, procedure, at, draft.now)


def proven(
    desk: Desk,
    draft: Draft,
    entry: Entry,
    dossier: Dossier,
    procedure: Procedure,
    receipt: Receipt,
    at: datetime,
    *,
    proof: str,
) -> None:
    """Receipt of a procedure's own letter is proven: a clock that waited for that starts, and so does what waited."""
    before, now = procedure.receipt, draft.now
    if before.level >= receipt.level:
        return
    entry.set(procedure, receipt=receipt)
    police_informed(entry, dossier, procedure, at, now)
    clock = driving_clock(desk.library.regime(procedure.regime), dossier.facts(), at, desk.library)
    waited = clock is not None and before.level < clock.minimum_receipt.level <= receipt.level
    if procedure.stage is Stage.RUNNING and waited:
        close_duties(entry, dossier, now, procedure=procedure)
        entry.set(procedure, given_at=at)
        clocks.start(desk, entry, dossier, procedure, proof=proof, now=now)
    if receipt.level >= Receipt.SERVER.level:
        retry(draft, dossier, now, "receipt_unproven", only=_resting_on(dossier, procedure.id))


def _resting_on(dossier: Dossier, procedure_id: UUID) -> frozenset[UUID]:
    """The procedures that follow this one."""
    return frozenset(each.id for each in dossier.procedures if each.parent_id == procedure_id)
