"""
Bounces: a letter that a server took and could not deliver after all.

Whoever tells us must know what only mail systems on its way know: the letter's Message-ID or our signed envelope id,
and the address that it went to. Below proof of receipt no legal clock ran, so the procedure goes back and leaves by
the next channel; above it the addressee's server has had the letter, and a person decides.
"""

from collections.abc import Sequence
from datetime import datetime

from cases.dossier import Dossier
from cases.moves import advance, close_duties, set_duty
from cases.receipt import OWN, acts_of
from cases.routes import fall_back, mark_dead
from law.vocabulary import Deed, Fact, LetterKind, LetterStatus, Receipt, Stage
from models.draft import Draft
from models.tables import Act, Letter

BOUNCED_AFTER_RECEIPT = "bounced_after_receipt"
LEFT = frozenset({LetterStatus.SENT, LetterStatus.UNKNOWN})


def bounced(
    draft: Draft, dossiers: Sequence[Dossier], letter: Letter, *, status: str, dead: bool, at: datetime
) -> bool:
    """
    Say on every report of the letter that it came back; false if that is known already.

    `status` is the enhanced code (`5.1.1`), `dead` says that nobody can be reached at this address any more.
    """
    if letter.status not in LEFT:
        return False
    at = min(max(at, letter.sending_at or letter.written_at), draft.now)
    draft.amend(letter, status=LetterStatus.BOUNCED)
    for dossier, act in acts_of(dossiers, letter):
        if dead and letter.channel_id:
            mark_dead(draft, dossier, letter.channel_id)
        _one(draft, dossier, act, status, at)
    return True


def _one(draft: Draft, dossier: Dossier, act: Act, status: str, at: datetime) -> None:
    procedure = dossier.procedure(act.procedure_id)
    entry = draft.event(dossier.report.id, "bounced", at=at, procedure_id=procedure.id, act=act.id, status=status)
    entry.set(act, status=LetterStatus.BOUNCED, at=at)
    if act.kind is LetterKind.RETRACTION:
        set_duty(entry, dossier, Deed.FILE, draft.now, cause="retraction", party_id=procedure.party_id)
    if act.kind not in OWN or procedure.stage not in {Stage.RUNNING, Stage.WAITING}:
        return
    if procedure.stage is Stage.RUNNING and procedure.receipt.level >= Receipt.SERVER.level:
        cause = BOUNCED_AFTER_RECEIPT
        set_duty(entry, dossier, Deed.DECIDE, draft.now, procedure=procedure, cause=cause)
        return
    moved = advance(draft, dossier, procedure, Fact.NOT_DELIVERED, reason="bounced", status=status)
    moved.set(procedure, given_at=None, receipt=Receipt.NONE, ends_at=None, certificate=None)
    close_duties(moved, dossier, draft.now, procedure=procedure)
    fall_back(draft, dossier, procedure, moved)


def delayed(draft: Draft, dossiers: Sequence[Dossier], letter: Letter, *, status: str, at: datetime) -> None:
    """A server still tries: worth knowing, nothing follows."""
    for dossier, act in acts_of(dossiers, letter):
        draft.event(dossier.report.id, "delivery_delayed", at=at, procedure_id=act.procedure_id, status=status)
