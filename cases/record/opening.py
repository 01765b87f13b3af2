"""The beginning of every recording: which reports, and whether they may be touched."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.intake_values import long, staff_code
from cases.moves import close_duty
from law.vocabulary import Deed, LetterStatus
from models.draft import Draft, Entry
from models.private import PrivateText, Purpose, private
from models.tables import Act, Procedure, Report


class RecordRefused(ValueError):
    """This cannot be recorded; nothing was written."""


# Events are never erased: what stands in them in clear may be a portal's number or a service's name, nothing longer.
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /_.#-]{0,63}\Z")
_SERVICE = re.compile(r"[^\W\d_][\w '().-]{0,59}\Z")


def reference_of(text: str) -> str:
    """
    A portal's reference.

    Raises:
        RecordRefused: it holds more than letters, digits and / _ . # -, so it may name a person or an address.
    """
    if not _REFERENCE.match(text.strip()):
        raise RecordRefused("a reference is the portal's number: letters, digits, spaces and / _ . # -, at most 64")
    return text.strip()


def service_of(text: str) -> str:
    """
    The name of a service, such as OFMIN.

    Raises:
        RecordRefused: it is longer than a name; officer and procedure number belong into the reference, kept apart.
    """
    if not _SERVICE.match(text.strip()):
        raise RecordRefused("a service is a name of at most 60 letters, as OFMIN; the officer goes into --reference")
    return text.strip()


def kept_apart(draft: Draft, dossier: Dossier, text: str, what: str) -> PrivateText:
    """
    A free text about a report, kept apart from the events, which name its row only.

    Raises:
        RecordRefused: it is too long; the message says how long it may be.
    """
    try:
        checked = long(text)
    except ValueError as error:
        raise RecordRefused(f"{what} {error}") from None
    return draft.keep_apart(private(Purpose.FREE_TEXT, checked, now=draft.now, report_id=dossier.report.id))


def recording(desk: Desk, by: str, now: datetime, *, second: str | None = None, at: datetime | None = None) -> Draft:
    """
    The draft of a recording by a member of staff.

    Raises:
        RecordRefused: a staff code is none, the second person is the first, or it has not happened yet; every fault.
    """
    faults = []
    for code in (by, second):
        if code is not None:
            try:
                staff_code(code)
            except ValueError as error:
                faults.append(str(error))
    if second is not None and second.strip().casefold() == by.strip().casefold():
        faults.append("two different people: give the staff code of somebody else as the second")
    if at is not None and at > now:
        faults.append("nobody records what has not happened yet: give an instant up to now")
    if faults:
        raise RecordRefused("; ".join(faults))
    return desk.draft(now, by)


async def dossiers_of(desk: Desk, numbers: Sequence[str]) -> list[Dossier]:
    """
    The dossiers of these case numbers, in the order given.

    Raises:
        RecordRefused: some number is not known; all of them are named.
    """
    async with desk.store.session() as session:
        rows = (await session.exec(select(Report.number, Report.id).where(Report.number.in_(list(numbers))))).all()  # type: ignore[attr-defined]
    ids: dict[str, UUID] = dict(rows)
    unknown = [number for number in numbers if number not in ids]
    if unknown:
        raise RecordRefused(f"no such report: {', '.join(unknown)}; see `sansdelai report list`")
    found = await load(desk.store, ids.values())
    return [found[ids[number]] for number in dict.fromkeys(numbers)]


async def with_companions(desk: Desk, dossiers: Sequence[Dossier], status: LetterStatus) -> list[Dossier]:
    """
    These dossiers and those that share a letter of this status with them.

    A letter about several reports is signed, or found to have arrived, as a whole.
    """
    letters = {act.letter_id for d in dossiers for act in d.acts if act.status is status and act.letter_id}
    async with desk.store.session() as session:
        query = select(Act.report_id).where(Act.letter_id.in_(letters), Act.status == status)  # type: ignore[union-attr]
        sharing = set((await session.exec(query)).all())
    others = sharing - {dossier.report.id for dossier in dossiers}
    return [*dossiers, *(await load(desk.store, sorted(others))).values()]


def the_procedure(dossier: Dossier, regime: str | None, candidates: Sequence[Procedure]) -> Procedure:
    """
    The one procedure that is meant.

    Raises:
        RecordRefused: there is none, or more than one and no regime was named.
    """
    fitting = [procedure for procedure in candidates if regime in (None, procedure.regime)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{p.regime} ({p.stage})" for p in dossier.procedures) or "none"
    number = dossier.report.number
    if not fitting:
        raise RecordRefused(f"{number}: no procedure fits; its procedures: {known}")
    raise RecordRefused(f"{number}: several procedures fit, name one with --regime; its procedures: {known}")


def close_matters(entry: Entry, dossier: Dossier, deed: Deed, procedure: Procedure | None, *causes: str) -> int:
    """Close open matters of this deed (and cause, if any is named); returns how many."""
    wanted = [
        duty
        for duty in dossier.duties
        if duty.deed is deed
        and (procedure is None or duty.procedure_id == procedure.id)
        and (not causes or duty.cause in causes)
    ]
    for duty in wanted:
        close_duty(entry, dossier, duty, entry.at)
    return len(wanted)
