"""Our own people: signatures on prepared letters, retractions, withdrawals, and what the gate was missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import advance, close_duties, close_duty, legal_date, retry, set_duty
from cases.record.opening import RecordRefused, close_matters, dossiers_of, kept_apart, recording, with_companions
from cases.retract import CAUSES, told
from cases.tell import TELL_ERASURE, TELL_RECTIFICATION
from law.lifecycle import MOVES
from law.vocabulary import Deed, Fact, LetterKind, LetterStatus, Stage
from models.draft import Draft, Entry
from models.tables import Mandate, Qualification

WITHDRAWN = ("mandate", "complaint")
WISHES = ("removal", "nothing")
# What a retraction does not settle: a hold that somebody must release, an emergency that nobody confirmed yet, and
# who must hear of a rectification or an erasure.
OUTLIVE_RETRACTION = frozenset({"hold", "hold_ended", "emergency", TELL_ERASURE, TELL_RECTIFICATION})


async def signature(desk: Desk, numbers: Sequence[str], *, by: str, second: str, now: datetime) -> None:
    """
    Sign prepared letters: a named signatory and a second person (practice 1.8). They leave at the next dispatch.

    Raises:
        RecordRefused: both are the same person, or nothing waits for a signature.
    """
    if by == second:
        raise RecordRefused("two different people sign: give another staff code with --second")
    draft = recording(desk, by, now, second=second)
    asked = await dossiers_of(desk, numbers)
    for dossier in asked:
        if not any(duty.deed is Deed.SIGN for duty in dossier.duties):
            raise RecordRefused(f"{dossier.report.number}: no letter waits for a signature")
    for dossier in await with_companions(desk, asked, LetterStatus.PREPARED):
        for duty in [duty for duty in dossier.duties if duty.deed is Deed.SIGN]:
            _sign_one(draft, dossier, duty.procedure_id, by, second, now)
    await desk.store.write(draft)


def _sign_one(draft: Draft, dossier: Dossier, procedure_id: UUID | None, by: str, second: str, now: datetime) -> None:
    """Free one report's part of a letter; one that was overtaken meanwhile is written anew, and signed anew."""
    procedure = dossier.procedure(procedure_id)
    entry = advance(draft, dossier, procedure, Fact.SUPPLIED, what="signature", second=second)
    for act in dossier.acts:
        if act.procedure_id != procedure.id or act.status is not LetterStatus.PREPARED or not act.letter_id:
            continue
        letter = dossier.letters[act.letter_id]
        overtaken = letter.status is LetterStatus.SUPERSEDED
        entry.set(act, status=LetterStatus.SUPERSEDED if overtaken else LetterStatus.PLANNED, at=now)
        if not overtaken:
            draft.amend(letter, status=LetterStatus.PLANNED, signed_by=by, second_by=second)
    legal_at = legal_date(dossier, procedure)
    close_duties(entry, dossier, now, procedure=procedure, deeds=frozenset({Deed.SIGN}))
    set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure, legal_at=legal_at)


async def retraction(
    desk: Desk, numbers: Sequence[str], *, cause: str, by: str, second_reader: str, now: datetime
) -> None:
    """
    Take a report back: everything stops at once, and everybody who was told gets a letter asking to restore.

    Raises:
        RecordRefused: unknown cause, or the second reader is the same person.
    """
    if cause not in CAUSES:
        raise RecordRefused(f"unknown cause {cause!r}; allowed: {', '.join(CAUSES)}")
    if by == second_reader:
        raise RecordRefused("a retraction needs a second reader: give another staff code with --second")
    draft = recording(desk, by, now, second=second_reader)
    for dossier in await dossiers_of(desk, numbers):
        entry = draft.event(dossier.report.id, "retraction", cause=cause, second_reader=second_reader)
        entry.set(dossier.report, retracted_at=now)
        addressees = told(dossier)
        stop(draft, dossier)
        alive = {procedure.id for procedure in dossier.open_procedures}  # a block in force: it is lifted, not forgotten
        for duty in [d for d in dossier.duties if d.procedure_id not in alive and d.cause not in OUTLIVE_RETRACTION]:
            close_duty(entry, dossier, duty, now)
        for procedure in addressees:
            set_duty(entry, dossier, Deed.RETRACT, now, procedure=procedure, cause=f"{cause}/{second_reader}")
        follow_up = desk.library.house.retraction.follow_up_hours
        _after_retraction(entry, dossier, now, follow_up if addressees else 0)
    await desk.store.write(draft)


def _after_retraction(entry: Entry, dossier: Dossier, now: datetime, hours: int) -> None:
    """A person checks that it was restored; without anybody told there is nothing to restore."""
    if hours:
        set_duty(entry, dossier, Deed.DECIDE, now + timedelta(hours=hours), cause="retraction_follow_up")
    set_duty(entry, dossier, Deed.CLOSE, now + timedelta(hours=hours))


def stop(draft: Draft, dossier: Dossier, *, only: frozenset[UUID] | None = None) -> None:
    """Withdraw open procedures: planned and prepared letters are superseded, what was due for them is closed."""
    for procedure in dossier.open_procedures:
        if (only is not None and procedure.id not in only) or (procedure.stage, Fact.TAKEN_BACK) not in MOVES:
            continue
        advance(draft, dossier, procedure, Fact.TAKEN_BACK)


async def withdrawal(desk: Desk, numbers: Sequence[str], *, what: str, by: str, at: datetime, now: datetime) -> None:
    """
    The person concerned revokes the mandate, or withdraws the complaint.

    A revoked mandate stops at once the procedures that rest on it; an information to police or prosecutor stands.
    """
    if what not in WITHDRAWN:
        raise RecordRefused(f"unknown withdrawal {what!r}; allowed: {', '.join(WITHDRAWN)}")
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        rows = [m for m in dossier.mandates if m.revoked_at is None] if what == "mandate" else []
        complaints = [c for c in dossier.complaints if c.withdrawn_at is None] if what == "complaint" else []
        if not rows and not complaints:
            raise RecordRefused(f"{dossier.report.number}: there is no {what} to withdraw")
        draft.event(dossier.report.id, f"{what}_withdrawn", at=at)
        for row in rows:
            draft.amend(row, revoked_at=at)
        for complaint in complaints:
            draft.amend(complaint, withdrawn_at=at)
        ids = {row.id for row in rows}
        stop(draft, dossier, only=frozenset(p.id for p in dossier.procedures if p.mandate_id in ids))
    await desk.store.write(draft)


async def supplied(
    desk: Desk,
    numbers: Sequence[str],
    *,
    by: str,
    now: datetime,
    second_reader: str | None = None,
    wish: str | None = None,
    why: str | None = None,
    mandate: Mandate | None = None,
    channel: bool = False,
) -> None:
    """
    Supply what a gate was missing, and try the gates that waited for it again.

    `channel` says that the directory holds a channel now for an addressee whose own refused the letter.

    The qualification is never edited: a newer one supersedes it.
    """
    if not any((second_reader, wish, why, mandate, channel)):
        raise RecordRefused("nothing was supplied: give what the gate was missing")
    if wish is not None and wish not in WISHES:
        raise RecordRefused(f"unknown wish {wish!r}; allowed: {', '.join(WISHES)}")
    draft = recording(desk, by, now)
    for dossier in await dossiers_of(desk, numbers):
        entry = draft.event(
            dossier.report.id, "amended", second_reader=second_reader or "", why=bool(why), mandate=bool(mandate)
        )
        if second_reader or why:
            _requalify(draft, dossier, second_reader, why, now)
        if wish:
            entry.set(dossier.report, wish=wish)
        if wish == "nothing":
            _leave_in_peace(desk, draft, dossier, entry, now)
        if mandate is not None:
            row = Mandate(**(mandate.model_dump(exclude={"id"}) | {"report_id": dossier.report.id}))
            dossier.mandates.append(draft.keep(row))
        causes = [
            d.cause for d in dossier.duties if d.deed is Deed.SUPPLY and d.cause and d.cause.startswith("missing:")
        ]
        retry(draft, dossier, now, *causes, *(["channel_refused"] if channel else []))
        asked = close_matters(entry, dossier, Deed.DECIDE, None, "wish_unknown", "who_is_shown", "no_addressee")
        if asked:
            set_duty(entry, dossier, Deed.ROUTE, now)
    await desk.store.write(draft)


def _leave_in_peace(desk: Desk, draft: Draft, dossier: Dossier, entry: Entry, now: datetime) -> None:
    """The person concerned wants nothing any more: no letter, no reminder, no escalation; what police know stands."""
    if not desk.library.categories[dossier.report.category].victim_decides:
        return
    unsent = {Stage.OPENED, Stage.WAITING}
    ids = {
        procedure.id
        for procedure in dossier.open_procedures
        if procedure.stage in unsent or desk.library.regime(procedure.regime).letter is LetterKind.NOTICE
    }
    stop(draft, dossier, only=frozenset(ids))
    if not any(duty.cause == "wish_nothing" for duty in dossier.duties):
        set_duty(entry, dossier, Deed.DECIDE, now, cause="wish_nothing")


def _requalify(draft: Draft, dossier: Dossier, second_reader: str | None, why: str | None, now: datetime) -> None:
    old = dossier.qualification
    if old is None:
        raise RecordRefused(f"{dossier.report.number} has no qualification to supplement")
    if second_reader == old.qualified_by:
        raise RecordRefused("the second reader must be somebody else than who qualified")
    values = old.model_dump(exclude={"id"}) | {"qualified_at": now}
    if second_reader:
        values["second_reader"] = second_reader
    if why:
        text = kept_apart(draft, dossier, why, "why")
        values["why_id"] = text.id
    dossier.qualification = draft.keep(Qualification(**values))
