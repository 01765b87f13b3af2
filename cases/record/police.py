"""The police: holds, their word, and emergencies (practice 1.1, 1.3, 1.4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import EMERGENCY, OUTWARD, close_duties, close_duty, set_duty
from cases.record.opening import RecordRefused, close_matters, dossiers_of, kept_apart, recording, service_of
from law.gate import law_day
from law.vocabulary import Deed, PartyKind, Stage
from models.draft import Draft, Entry
from models.procedure import MACHINE
from models.tables import Duty, Hold, Procedure

POLICE_FIRST = "police_no_objection_or_agreed_delay"


async def hold(
    desk: Desk,
    numbers: Sequence[str],
    *,
    service: str,
    reference: str,
    written: bool,
    by: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """
    Record a request of the police that nothing leave.

    An oral request lasts 24 hours and no longer. Letters, reminders and looks stop at once; clocks go on; information
    to the police and emergencies are never stopped. At its end a person renews or releases: nothing leaves by itself.
    """
    service = service_of(service)
    oral_end = now + timedelta(hours=desk.library.house.hold.oral_hours)
    if written and until is None:
        raise RecordRefused("a written hold needs its end: give --until with a zone")
    ends_at = until if written and until else min(until or oral_end, oral_end)
    if ends_at <= now:
        raise RecordRefused("a hold must end after now")
    draft = recording(desk, by, now)
    for dossier in await dossiers_of(desk, numbers):
        text = kept_apart(draft, dossier, reference, "reference")
        row = Hold(
            report_id=dossier.report.id,
            service=service,
            reference_id=text.id,
            written=written,
            starts_at=now,
            ends_at=ends_at,
        )
        entry = draft.event(dossier.report.id, "hold", service=service, written=written, ends_at=ends_at)
        entry.add(row)
        for duty in dossier.duties:
            if _stops(dossier, duty):
                entry.set(duty, held_by=row.id)
        _end_asked(entry, dossier, now)  # a renewal: the new end is the one that is asked about
        set_duty(entry, dossier, Deed.DECIDE, ends_at, cause="hold_ended")
        set_duty(entry, dossier, Deed.ALARM, ends_at, cause="hold")
    await desk.store.write(draft)


def _stops(dossier: Dossier, duty: Duty) -> bool:
    if duty.by != MACHINE or duty.deed not in OUTWARD:
        return False
    party = dossier.party(dossier.procedure(duty.procedure_id).party_id) if duty.procedure_id else None
    return not (duty.deed is Deed.NOTIFY and party is not None and party.kind is PartyKind.POLICE)


async def release(desk: Desk, numbers: Sequence[str], *, by: str, now: datetime) -> None:
    """Release every hold on these reports: what it stopped becomes due again at its own time."""
    draft = recording(desk, by, now)
    for dossier in await dossiers_of(desk, numbers):
        if not dossier.holds:
            raise RecordRefused(f"{dossier.report.number} is under no hold")
        entry = draft.event(dossier.report.id, "released")
        for row in dossier.holds:
            entry.set(row, released_at=now)
        for duty in [each for each in dossier.duties if each.held_by is not None]:
            entry.set(duty, held_by=None)
        _end_asked(entry, dossier, now)
    await desk.store.write(draft)


def _end_asked(entry: Entry, dossier: Dossier, now: datetime) -> None:
    """Nobody is asked or alarmed about the end of a hold that was released or renewed."""
    for duty in [d for d in dossier.duties if (d.deed, d.cause) in {(Deed.DECIDE, "hold_ended"), (Deed.ALARM, "hold")}]:
        close_duty(entry, dossier, duty, now)


async def no_objection(
    desk: Desk, numbers: Sequence[str], *, by: str, at: datetime, now: datetime, agreed_hours: int | None = None
) -> None:
    """Record that the police have no objection to telling the host, or agreed in writing to a delay (no default)."""
    draft = recording(desk, by, now, at=at)
    if agreed_hours is not None and agreed_hours < 1:
        raise RecordRefused("a delay agreed with the police has at least one hour")
    for dossier in await dossiers_of(desk, numbers):
        if agreed_hours is None:
            entry = draft.event(dossier.report.id, "police_no_objection", at=at)
            entry.set(dossier.report, police_no_objection_at=at)
            _let_go(entry, dossier, now, now)
        else:
            entry = draft.event(dossier.report.id, "police_agreed_delay", at=at, hours=agreed_hours)
            entry.set(dossier.report, agreed_delay_hours=agreed_hours)
            delay_begins(entry, dossier, now)
    await desk.store.write(draft)


def police_informed(entry: Entry, dossier: Dossier, procedure: Procedure, at: datetime, now: datetime) -> None:
    """If this procedure told the police, surely and for the first time, the agreed delay begins (practice 1.1)."""
    party = dossier.party(procedure.party_id)
    if party is not None and party.kind is PartyKind.POLICE and dossier.report.police_informed_at is None:
        entry.set(dossier.report, police_informed_at=at)
        delay_begins(entry, dossier, now)


def delay_begins(entry: Entry, dossier: Dossier, now: datetime) -> None:
    """The agreed delay runs from the moment the police were informed; before that nothing can be due."""
    informed, hours = dossier.report.police_informed_at, dossier.report.agreed_delay_hours
    if informed is not None and hours is not None:
        _let_go(entry, dossier, max(now, informed + timedelta(hours=hours)), now)


def _let_go(entry: Entry, dossier: Dossier, due_at: datetime, now: datetime) -> None:
    """Procedures that waited for the police are due then."""
    for procedure in dossier.open_procedures:
        if procedure.after == POLICE_FIRST and procedure.stage in {Stage.OPENED, Stage.WAITING}:
            close_duties(entry, dossier, now, procedure=procedure, deeds=frozenset({Deed.DECIDE, Deed.NOTIFY}))
            close_matters(entry, dossier, Deed.SUPPLY, procedure, "missing:police_first")
            set_duty(entry, dossier, Deed.NOTIFY, due_at, procedure=procedure)


async def emergency(desk: Desk, numbers: Sequence[str], *, by: str, now: datetime) -> None:
    """Begin an emergency: a call above everything else, and an alarm to a second person if nobody confirms it."""
    draft = recording(desk, by, now)
    for dossier in await dossiers_of(desk, numbers):
        begin_emergency(desk, draft, dossier, now)
    await desk.store.write(draft)


def begin_emergency(desk: Desk, draft: Draft, dossier: Dossier, now: datetime) -> None:
    """Set the call and its alarm; no gate, hold, stop or rate limit delays them."""
    minutes = desk.library.house.emergency.alarm_minutes
    entry = draft.event(dossier.report.id, "emergency")
    set_duty(entry, dossier, Deed.CALL, now, cause="emergency", priority=EMERGENCY)
    at = now + timedelta(minutes=minutes)
    set_duty(entry, dossier, Deed.ALARM, at, cause="emergency", priority=EMERGENCY)


async def emergency_confirmed(
    desk: Desk,
    numbers: Sequence[str],
    *,
    by: str,
    called: str,
    service: str,
    reference: str,
    at: datetime,
    now: datetime,
) -> None:
    """Record that somebody called: which number, when, which service, under which reference."""
    service = service_of(service)
    known = [number.number for number in desk.library.numbers_on(law_day(now, desk.library))]
    if called not in known:
        raise RecordRefused(f"unknown emergency number {called!r}; allowed: {', '.join(known)}")
    draft = recording(desk, by, now, at=at)
    for dossier in await dossiers_of(desk, numbers):
        text = kept_apart(draft, dossier, reference, "reference")
        entry = draft.event(
            dossier.report.id, "emergency_confirmed", at=at, called=called, service=service, reference=text.id
        )
        if not [duty for duty in dossier.duties if duty.deed is Deed.CALL]:
            raise RecordRefused(f"{dossier.report.number}: no emergency is open")
        for duty in [d for d in dossier.duties if d.priority == EMERGENCY and d.cause == "emergency"]:
            close_duty(entry, dossier, duty, now)
    await desk.store.write(draft)
