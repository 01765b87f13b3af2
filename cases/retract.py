"""Retract: tell everybody whom we told that we were wrong, and ask them to restore (practice, section 2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cases.courtesy import after_courtesy
from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.letter_of import write_letter
from cases.moves import close_duty, mine, overtaken, set_duty, supersede, withhold
from cases.resume import act_in, fresh, in_flight, next_ordinal, one_set_aside, raw_of
from cases.routes import channel_of, leads_there
from cases.sending import Parcel, send_all
from law.vocabulary import ChannelKind, Deed, LetterKind, LetterStatus
from models.draft import Draft
from models.due import Due
from models.tables import Act, Duty, Procedure

TELLING = frozenset({LetterKind.NOTICE, LetterKind.COMPLAINT, LetterKind.REFERRAL, LetterKind.REQUEST})
CAUSES = {
    "not_illegal": {"fr": "le contenu n'est pas illicite", "en": "the content is not illegal"},
    "wrong_location": {"fr": "l'adresse signalée n'était pas la bonne", "en": "the location was not the right one"},
    "wrong_addressee": {"fr": "le destinataire n'était pas le bon", "en": "the addressee was not the right one"},
    "duplicate": {"fr": "signalement en double", "en": "reported twice"},
}


def told(dossier: Dossier) -> list[Procedure]:
    """The procedures whose addressee was told, or may have been, by a letter of ours or by a filing."""
    ids = {act.procedure_id for act in dossier.acts if act.kind in TELLING and _may_have_left(dossier, act)}
    return [procedure for procedure in dossier.procedures if procedure.id in ids]


_LEFT = frozenset({LetterStatus.SENT, LetterStatus.UNKNOWN, LetterStatus.SENDING})


def _may_have_left(dossier: Dossier, act: Act) -> bool:
    """An act learns what became of its letter only with the server's answer: until then the letter knows more."""
    letter = dossier.letters.get(act.letter_id) if act.letter_id else None
    return act.status in _LEFT or (letter is not None and letter.status in _LEFT)


async def retract(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Send the letters of retraction, one for each procedure that told somebody; one duty is one procedure."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    parcels = []
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        if overtaken(dossier, duty, now):
            entry = draft.event(due.report_id, "overtaken", procedure_id=due.procedure_id, deed=duty.deed)
            close_duty(entry, dossier, duty, now)
        elif not withhold(draft, dossier, duty):
            parcels.append(await _one(desk, draft, due, dossier, duty, now))
    await desk.store.write(draft)
    await send_all(desk, [parcel for parcel in parcels if parcel], now)


async def _one(desk: Desk, draft: Draft, due: Due, dossier: Dossier, duty: Duty, now: datetime) -> Parcel | None:
    procedure = dossier.procedure(due.procedure_id)
    channel = channel_of(dossier, procedure)
    begun = in_flight(dossier, procedure, LetterKind.RETRACTION)
    proposal = desk.library.regime(procedure.regime).proposal
    untouched = begun is not None and begun.status is LetterStatus.PLANNED
    if begun is not None and untouched and not (fresh(begun, now) and leads_there(dossier, procedure, begun)):
        one_set_aside(draft, begun, dossier, procedure)  # its channel ended, or its dates are too old
        begun = None
    if begun is not None and begun.status is LetterStatus.PLANNED:
        act = act_in(dossier, begun)
        after = after_courtesy(dossier, procedure, act, duty, "retracted", else_by_person="retraction")
        return Parcel(begun, await raw_of(desk, begun), due.token, [duty.id], after, proposal, priority=due.priority)
    if begun is not None or channel is None or channel.kind is not ChannelKind.EMAIL:
        entry = draft.event(dossier.report.id, "retraction_by_person", procedure_id=procedure.id)
        supersede(draft, entry, dossier, procedure, LetterKind.RETRACTION)
        set_duty(entry, dossier, Deed.FILE, now, cause="retraction", party_id=procedure.party_id)
        close_duty(entry, dossier, duty, now)
        return None
    written = write_letter(
        desk,
        LetterKind.RETRACTION,
        [(dossier, procedure)],
        channel,
        now,
        extra=_extra(desk, dossier, procedure, duty, now),
    )
    letter = written.keep(draft)
    act = Act(
        report_id=due.report_id,
        procedure_id=procedure.id,
        letter_id=letter.id,
        kind=LetterKind.RETRACTION,
        ordinal=next_ordinal(dossier, procedure, LetterKind.RETRACTION),
        at=now,
    )
    entry = draft.event(due.report_id, "planned", procedure_id=procedure.id, letter=letter.id, digest=letter.digest)
    entry.add(act)
    after = after_courtesy(dossier, procedure, act, duty, "retracted", else_by_person="retraction")
    return Parcel(letter, written.raw, due.token, [duty.id], after, proposal, priority=due.priority)


def _extra(desk: Desk, dossier: Dossier, procedure: Procedure, duty: Duty, now: datetime) -> dict[str, Any]:
    """The cause travels on the duty as `cause/second reader`."""
    cause, _, reader = (duty.cause or "not_illegal/").partition("/")
    return {
        "cause": cause,
        "cause_label": CAUSES[cause],
        "first_sent_at": procedure.given_at or procedure.opened_at,
        "second_reader": reader,
        "follow_up_at": now + timedelta(hours=desk.library.house.retraction.follow_up_hours),
    }
