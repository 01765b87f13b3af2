"""What a dossier shows, as one plain shape that whoever exports fills from the record; `dossier_rows` has its rows."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from edges.dossier_rows import (
    Deadline,
    Decision,
    Erased,
    Legal,
    Letter,
    Line,
    Look,
    Measure,
    Place,
    Rectification,
    Removal,
    Seal,
    Withheld,
)  # fmt: skip
from law.errors import NaiveTime

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierContent:
    """Everything that one export prints, in the order of print; chronologies stand oldest first."""

    language: Language
    number: str  # R-2026-000123
    category: str
    qualification: str  # label; empty: not qualified
    article: str  # "Code pénal, art. 226-2-1"
    profile: str  # label of the redaction profile
    made_at: datetime
    organisation: str
    simulated: bool
    as_known_on: datetime | None = None  # none: all that was known when it was made
    zone: str = "Europe/Paris"
    stage: str = ""  # where the report stands, in words
    made_by: str = ""  # staff code
    events: int = 0  # on record up to `as_known_on`
    withheld_after: int = 0  # later events, left out
    profile_withholds: tuple[str, ...] = ()  # sentences; empty only if this profile withholds nothing
    fingerprint_hint: str = ""  # a further sentence on where the fingerprint is on record
    rectifications: tuple[Rectification, ...] = ()
    chronology: tuple[Line, ...] = ()
    legal: tuple[Legal, ...] = ()
    places: tuple[Place, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    letters: tuple[Letter, ...] = ()
    removals: tuple[Removal, ...] = ()
    looks: tuple[Look, ...] = ()
    measures: tuple[Measure, ...] = ()
    decisions: tuple[Decision, ...] = ()
    erased: tuple[Erased, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    seals: tuple[Seal, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a naive time anywhere, and a zone that does not exist."""
        ZoneInfo(self.zone)
        _refuse_naive(self)


def _refuse_naive(part: Any) -> None:
    if isinstance(part, datetime) and part.utcoffset() is None:
        raise NaiveTime
    if isinstance(part, tuple):
        for one in part:
            _refuse_naive(one)
    elif is_dataclass(part):
        for each in fields(part):
            _refuse_naive(getattr(part, each.name))
