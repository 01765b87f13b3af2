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
    acts = acts_of(dossiers, letter)
    if letter.receipt.level >= Receipt.SERVER.level or any(_proven(dossier, act) for dossier, act in acts):
        for dossier, act in acts:
            _doubted(draft, dossier, act, status, at)
        return True
    draft.amend(letter, status=LetterStatus.BOUNCED)
    for dossier, act in acts:
        if dead and letter.channel_id:
            mark_dead(draft, dossier, letter.channel_id)
        _one(draft, dossier, act, status, dead, at)
    return True


def _proven(dossier: Dossier, act: Act) -> bool:
    return act.kind in OWN and dossier.procedure(act.procedure_id).receipt.level >= Receipt.SERVER.level


def _doubted(draft: Draft, dossier: Dossier, act: Act, status: str, at: datetime) -> None:
    """They have had the letter, and now somebody says that it came back: anybody who holds it can write that."""
    procedure = dossier.procedure(act.procedure_id)
    entry = draft.event(dossier.report.id, "bounced", at=at, procedure_id=procedure.id, act=act.id, status=status)
    known = any((duty.cause, duty.procedure_id) == (BOUNCED_AFTER_RECEIPT, procedure.id) for duty in dossier.duties)
    if act.kind in OWN and procedure.stage is Stage.RUNNING and not known:
        set_duty(entry, dossier, Deed.DECIDE, draft.now, procedure=procedure, cause=BOUNCED_AFTER_RECEIPT)


def _one(draft: Draft, dossier: Dossier, act: Act, status: str, dead: bool, at: datetime) -> None:
    procedure = dossier.procedure(act.procedure_id)
    entry = draft.event(dossier.report.id, "bounced", at=at, procedure_id=procedure.id, act=act.id, status=status)
    entry.set(act, status=LetterStatus.BOUNCED, at=at)
    if act.kind is LetterKind.RETRACTION:
        set_duty(entry, dossier, Deed.FILE, draft.now, cause="retraction", party_id=procedure.party_id)
    if act.kind not in OWN or procedure.stage not in {Stage.RUNNING, Stage.WAITING}:
        return
    moved = advance(draft, dossier, procedure, Fact.NOT_DELIVERED, reason="bounced", status=status)
    moved.set(procedure, given_at=None, receipt=Receipt.NONE, ends_at=None, certificate=None)
    close_duties(moved, dossier, draft.now, procedure=procedure)
    if dead:
        fall_back(draft, dossier, procedure, moved)
    else:  # the same letter to the same address would come back again, and again: a person sees why
        set_duty(moved, dossier, Deed.SUPPLY, draft.now, procedure=procedure, cause="channel_refused")


def delayed(draft: Draft, dossiers: Sequence[Dossier], letter: Letter, *, status: str, at: datetime) -> None:
    """A server still tries: worth knowing, nothing follows."""
    for dossier, act in acts_of(dossiers, letter):
        draft.event(dossier.report.id, "delivery_delayed", at=at, procedure_id=act.procedure_id, status=status)
