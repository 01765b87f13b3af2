"""What an analyst saw, where content moved to, and what became of a letter whose fate nobody knew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier
from cases.looks import by_analyst, observe
from cases.moves import advance, close_duty, set_duty
from cases.record.opening import RecordRefused, close_matters, dossiers_of, kept_apart, recording, with_companions
from cases.removal import again, half_missed, settle
from law.decide import UNSIGNED
from law.lifecycle import MOVES
from law.vocabulary import Deed, Fact, LetterKind, LetterStatus, LocationKind, Sight, Stage
from models.draft import Draft, Entry
from models.private import Purpose, private
from models.procedure import PERSON
from models.tables import Hosting, Party, Procedure


async def sight(desk: Desk, numbers: Sequence[str], seen: Sight, *, by: str, at: datetime, now: datetime) -> None:
    """
    Record what an analyst saw at every open location.

    It counts as one look: a removal still needs two, spaced. A conclusion that waited for it is due at once.
    """
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        for location in dossier.open_locations:
            observe(draft, dossier, location, by_analyst(dossier, location, seen, at, by))
        entry = draft.event(dossier.report.id, "analyst_looked", at=at, sight=seen)
        waiting = [duty for duty in dossier.duties if duty.deed is Deed.LOOK]
        spacing = clocks.shortest_spacing(desk, dossier)
        if settle(desk, draft, dossier, spacing, now):
            close_matters(entry, dossier, Deed.LOOK, None)
            continue
        missed = half_missed(dossier)
        for duty in waiting:
            close_duty(entry, dossier, duty, now)
            procedure = dossier.procedure(duty.procedure_id) if duty.procedure_id else None
            if missed is not None:  # a second look by a person, spaced
                set_duty(entry, dossier, Deed.LOOK, missed + spacing, procedure=procedure, cause="analyst_look")
            elif procedure is not None:
                set_duty(entry, dossier, Deed.CONCLUDE, now, procedure=procedure)
    await desk.store.write(draft)


async def moved(
    desk: Desk,
    number: str,
    *,
    to: str,
    host: str | None,
    country: str | None,
    party: str | None,
    by: str,
    blind: bytes,
    now: datetime,
    kind: LocationKind = LocationKind.URL,
) -> None:
    """
    Record that content moved to another host or country: the old procedures end as *moved* and routing begins anew.

    Raises:
        RecordRefused: the party is not known.
    """
    draft = recording(desk, by, now)
    (dossier,) = await dossiers_of(desk, [number])
    old = dossier.open_locations or dossier.locations
    party_row = await _party(desk, party)
    entry = draft.event(dossier.report.id, "moved", country=country or "", party=party or "")
    for location in dossier.open_locations:
        draft.amend(location, closed_at=now)
    text = draft.keep_apart(private(Purpose.LOCATION, to, now=now, report_id=dossier.report.id))
    fresh = again(old[-1], max(each.ordinal for each in dossier.locations) + 1, now)
    fresh.kind, fresh.text_id, fresh.blind, fresh.host, fresh.country = kind, text.id, blind, host, country
    fresh.platform_id = party_row.id if party_row else None
    fresh.host_id = None
    dossier.locations.append(draft.keep(fresh))
    draft.keep(Hosting(location_id=fresh.id, at=now, country=country, source="analyst"))
    for procedure in dossier.open_procedures:
        if _moves_away(desk, procedure):
            advance(draft, dossier, procedure, Fact.LEFT)
    close_matters(entry, dossier, Deed.LOOK, None)
    close_matters(entry, dossier, Deed.DECIDE, None, UNSIGNED)  # the new route asks for what it needs
    set_duty(entry, dossier, Deed.ROUTE, now)
    await desk.store.write(draft)


def _moves_away(desk: Desk, procedure: Procedure) -> bool:
    """Notices to the old host end; what authorities were told stands."""
    kind = desk.library.regime(procedure.regime).letter
    return kind is LetterKind.NOTICE and (procedure.stage, Fact.LEFT) in MOVES


async def _party(desk: Desk, number: str | None) -> Party | None:
    if number is None:
        return None
    async with desk.store.session() as session:
        found = (await session.exec(select(Party).where(Party.number == number))).first()
    if found is None:
        raise RecordRefused(f"unknown party {number!r}; see `sansdelai party list`")
    return found


async def resolved(desk: Desk, numbers: Sequence[str], *, arrived: bool, by: str, now: datetime) -> None:
    """
    Say what became of a letter whose fate nobody knew: it arrived (the clock starts), or it did not (it goes anew).
    """
    draft = recording(desk, by, now)
    asked = await dossiers_of(desk, numbers)
    for dossier in asked:
        if not any(duty.deed is Deed.RESOLVE for duty in dossier.duties):
            raise RecordRefused(f"{dossier.report.number}: no letter of unknown fate")
    for dossier in await with_companions(desk, asked, LetterStatus.UNKNOWN):
        for duty in [duty for duty in dossier.duties if duty.deed is Deed.RESOLVE]:
            _resolve(desk, draft, dossier, dossier.procedure(duty.procedure_id), arrived, now)
    await desk.store.write(draft)


def _resolve(desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, arrived: bool, now: datetime) -> None:
    unknown = [act for act in dossier.acts if act.procedure_id == procedure.id and act.status is LetterStatus.UNKNOWN]
    status = LetterStatus.SENT if arrived else LetterStatus.SUPERSEDED
    entry = advance(draft, dossier, procedure, Fact.GIVEN if arrived else Fact.SUPPLIED, what="fate_resolved")
    for act in unknown:
        entry.set(act, status=status, at=now)
        if act.letter_id:
            draft.amend(dossier.letters[act.letter_id], status=status)
    for duty in [each for each in dossier.duties if each.procedure_id == procedure.id]:
        close_duty(entry, dossier, duty, now)
    if arrived:
        entry.set(procedure, given_at=now)
        clocks.start(desk, entry, dossier, procedure, proof="confirmed by a person", now=now)
    else:
        set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure)


async def decided(
    desk: Desk, numbers: Sequence[str], *, cause: str, by: str, note: str, now: datetime, party: str | None = None
) -> None:
    """
    Close a matter that only a person could decide, with the reason (kept apart from the event).

    With `party` given, that of this addressee only.
    """
    draft = recording(desk, by, now)
    whose = await _party_id(desk, party) if party else None
    for dossier in await dossiers_of(desk, numbers):
        matters = [duty for duty in dossier.duties if duty.by == PERSON and duty.cause == cause]
        matters = [duty for duty in matters if whose is None or duty.party_id == whose]
        if not matters:
            open_causes = sorted({d.cause for d in dossier.duties if d.by == PERSON and d.cause})
            known = ", ".join(open_causes) or "none"
            raise RecordRefused(f"{dossier.report.number}: no open matter {cause!r}; open: {known}")
        text = kept_apart(draft, dossier, note, "note")
        entry = draft.event(dossier.report.id, "decided", cause=cause, note=text.id)
        if party:
            entry.details["party"] = party
        for duty in matters:
            _close_matter(draft, dossier, duty.procedure_id, cause)
            if duty in dossier.duties:
                close_duty(entry, dossier, duty, now)
        _close_if_done(entry, dossier, now)
    await desk.store.write(draft)


async def _party_id(desk: Desk, number: str) -> UUID:
    async with desk.store.session() as session:
        found = (await session.exec(select(Party.id).where(Party.number == number))).first()
    if found is None:
        raise RecordRefused(f"there is no party {number[:20]!r}; see `sansdelai party list`")
    return found


def _close_matter(draft: Draft, dossier: Dossier, procedure_id: UUID | None, cause: str) -> None:
    """A procedure whose last duty is decided ends with it: an open procedure always has a duty."""
    procedure = next((p for p in dossier.open_procedures if p.id == procedure_id), None)
    if procedure is None or len([d for d in dossier.duties if d.procedure_id == procedure.id]) > 1:
        return
    fact = Fact.STAYED_SILENT if procedure.stage is Stage.RUNNING else Fact.TAKEN_BACK
    if (procedure.stage, fact) in MOVES:
        advance(draft, dossier, procedure, fact, cause=cause)


def _close_if_done(entry: Entry, dossier: Dossier, now: datetime) -> None:
    """A report that is closed already stays so: what people do afterwards does not begin its retention anew."""
    if not dossier.duties and not dossier.open_procedures and dossier.report.closed_at is None:
        set_duty(entry, dossier, Deed.CLOSE, now)
