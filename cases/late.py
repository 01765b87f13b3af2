"""
Late: what was done after its legal date says so on record, with its cause.

The cause is what stood in the way at the legal date itself; what came later only prolonged it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from law.vocabulary import Deed, LateCause
from models.procedure import PERSON

if TYPE_CHECKING:  # a dossier carries the gaps that are read here
    from cases.dossier import Dossier
    from models.draft import Entry
    from models.gaps import Gap
    from models.tables import Duty

TOLERANCE: Final = timedelta(minutes=15)  # dispatch comes every minute, and a storm takes a few
LETTERS: Final = frozenset({Deed.NOTIFY, Deed.REMIND, Deed.RETRACT})
_ANY_DEED: Final = (LateCause.OUTAGE, LateCause.HELD)
_A_LETTER: Final = (*_ANY_DEED, LateCause.STOPPED, LateCause.BRAKE)  # these two keep nothing else


def mark(entry: "Entry", dossier: "Dossier", duty: "Duty", now: datetime) -> None:
    """
    Say in the event that does a duty that it comes late, if its legal date is over by more than the tolerance.

    Of several late duties of one event the latest speaks. A conclusion that was put off had its say at its date.
    """
    legal = duty.legal_at
    if legal is None or now - legal <= TOLERANCE or (duty.deed is Deed.CONCLUDE and duty.attempts):
        return
    minutes = int((now - legal).total_seconds() // 60)
    if minutes > entry.details.get("late_minutes", 0):
        entry.details |= {"legal_at": legal, "late_minutes": minutes, "late_cause": cause_of(dossier, duty, now)}


def cause_of(dossier: "Dossier", duty: "Duty", now: datetime) -> LateCause:
    """Why a duty was not done at its legal date."""
    legal = duty.legal_at or duty.due_at
    gaps = [gap for gap in dossier.gaps if gap.report_id in (None, dossier.report.id)]
    causes = _A_LETTER if duty.deed in LETTERS else _ANY_DEED
    at_the_time = _first(causes, [gap for gap in gaps if gap.covers(legal)])
    if at_the_time is not None:
        return at_the_time
    if duty.by == PERSON or (not duty.attempts and duty.due_at - legal > TOLERANCE):
        return LateCause.GATE
    if duty.attempts:
        return LateCause.MAIL
    since = _first(causes, [gap for gap in gaps if gap.touches(legal, now)])
    return since or (LateCause.MAIL if _waits_for_its_server(dossier, duty) else LateCause.UNKNOWN)


def _first(causes: tuple[LateCause, ...], gaps: "list[Gap]") -> LateCause | None:
    found = {gap.cause for gap in gaps}
    return next((cause for cause in causes if cause in found), None)


def _waits_for_its_server(dossier: "Dossier", duty: "Duty") -> bool:
    """Whether the letter was written at its time and did not leave for want of a connection."""
    if duty.deed not in LETTERS or duty.legal_at is None:
        return False
    ids = {act.letter_id for act in dossier.acts if act.procedure_id == duty.procedure_id}
    written = [letter.written_at for letter in dossier.letters.values() if letter.id in ids]
    return any(at - duty.legal_at <= TOLERANCE for at in written)
