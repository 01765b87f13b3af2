"""
One row of an import, checked: every column, every reason at once.

A row is one location of a report. It becomes a `ReportRow` here, which is no table; `cases.intake_batch` builds the
tables' rows from it. What is allowed in each column stands in `docs/import.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, ValidationInfo

from cases import intake_values as values
from cases.directory import HOSTS, PLATFORMS, Directory, Known
from cases.places import Place, place_of
from edges.countries import country_code
from law.library import Library
from law.vocabulary import Depicted, LocationKind

CAPACITIES = ("person_concerned", "parental_authority", "ad_hoc_administrator")
WISHES = ("removal", "nothing")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a row is checked against."""

    library: Library
    directory: Directory
    now: datetime
    accept_past: bool = False


class BadRow(ValueError):
    """The row cannot be taken in."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


def _ground(info: ValidationInfo) -> Ground:
    return cast(Ground, info.context)


def _category(text: str, info: ValidationInfo) -> str:
    return values.one_of(_ground(info).library.categories, text)


def _qualification(text: str, info: ValidationInfo) -> str:
    """A qualification belongs to categories: a slip here would tell the wrong addressee first."""
    known = _ground(info).library.qualifications
    values.one_of(known, text)
    category = info.data.get("category")
    if category is not None and category not in known[text].categories:
        fitting = [one.id for one in known.values() if category in one.categories]
        raise ValueError(f"{text} is not for {category}; allowed: {', '.join(fitting)}")
    return text


def _place(text: str, info: ValidationInfo) -> Place:
    kind = info.data.get("location_kind")
    return Place(text, text, None) if kind is None else place_of(kind, text)


def _past(text: str, info: ValidationInfo) -> datetime:
    found = values.moment(text)
    if found > _ground(info).now:
        raise ValueError("lies in the future; allowed: up to now")
    return found


def _notified(text: str, info: ValidationInfo) -> datetime:
    found = _past(text, info)
    if not _ground(info).accept_past:
        raise ValueError("lies in the past, its clock runs already; allowed: none, or import with --accept-past")
    return found


def _mandate_end(text: str, info: ValidationInfo) -> datetime:
    found = _of_mandate(values.moment)(text, info)
    signed = info.data.get("mandate_signed_at")
    if signed is not None and found <= signed:
        raise ValueError("is not after mandate_signed_at; allowed: a later date")
    if found <= _ground(info).now and not _ground(info).accept_past:
        raise ValueError("lies in the past: the mandate is over; allowed: a later date, or import with --accept-past")
    return cast(datetime, found)


def _party(text: str, info: ValidationInfo) -> Known:
    found = _ground(info).directory.by_name(text)
    kinds = PLATFORMS if info.field_name == "platform" else PLATFORMS | HOSTS
    if found is None:
        raise ValueError(f"{values.shown(text)} is unknown; allowed: the number or code of a party, see: party list")
    if found.kind not in kinds:
        raise ValueError(f"{found.number} is a {found.kind}; allowed: {', '.join(sorted(kinds))}")
    return found


def _second_reader(text: str, info: ValidationInfo) -> str:
    if text == info.data.get("qualified_by"):
        raise ValueError("is qualified_by as well; allowed: somebody else")
    return values.staff_code(text)


def _mandate_parties(text: str, info: ValidationInfo) -> tuple[str, ...]:
    names = _of_mandate(values.words)(text, info)
    found = {name: _ground(info).directory.by_name(name) for name in names}
    unknown = [values.shown(name) for name, party in found.items() if party is None]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: unknown; allowed: numbers or codes of parties, see: party list")
    return tuple(party.number for party in found.values() if party is not None)


def _countries(text: str) -> tuple[str, ...]:
    return tuple(country_code(word) for word in values.words(text))


def _needs(column: str, read: Callable[[str], Any]) -> Callable[[str, ValidationInfo], Any]:
    """A value that makes sense only beside another column."""

    def check(text: str, info: ValidationInfo) -> Any:
        if info.data.get(column, False) is None:  # absent from the data means: given and wrong, said already
            raise ValueError(f"stands without {column}; allowed: give both or none")
        return read(text)

    return check


def _of_mandate(read: Callable[[str], Any]) -> Callable[[str, ValidationInfo], Any]:
    return _needs("mandate_signed_at", read)


Past = Annotated[datetime, PlainValidator(_past)]
YesNo = Annotated[bool, PlainValidator(values.yes_no)]
Short = Annotated[str, PlainValidator(values.short)]


class ReportRow(BaseModel):
    """One location with everything that is said about its report. Columns are checked in this order."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    ref: Short | None = None
    received_at: Past
    category: Annotated[str, PlainValidator(_category)]
    qualification: Annotated[str, PlainValidator(_qualification)]
    depicted: Annotated[Depicted, PlainValidator(lambda text: values.word_of(Depicted, text))] = Depicted.UNKNOWN
    location_kind: Annotated[LocationKind, PlainValidator(lambda text: values.word_of(LocationKind, text))] = (
        LocationKind.URL
    )
    location: Annotated[Place, PlainValidator(_place)]
    host_country: Annotated[str, PlainValidator(country_code)] | None = None
    host_party: Annotated[Known, PlainValidator(_party)] | None = None
    platform: Annotated[Known, PlainValidator(_party)] | None = None
    behind_cdn: YesNo | None = None
    qualified_by: Annotated[str, PlainValidator(values.staff_code)]
    qualified_at: Past
    seen_at: Past
    seen_from: Short | None = None
    method: Short | None = None
    second_reader: Annotated[str, PlainValidator(_second_reader)] | None = None
    doubt: Short | None = None
    why: Annotated[str, PlainValidator(values.long)] | None = None
    public: YesNo = True
    victim_reported: YesNo = False
    wish: Annotated[str, PlainValidator(lambda text: values.one_of(WISHES, text))] | None = None
    language: Annotated[str, PlainValidator(values.language)] = "fr"
    emergency: YesNo = False
    agreed_delay_hours: Annotated[int, PlainValidator(values.hours)] | None = None
    mandate_signed_at: Past | None = None
    mandate_ends_at: Annotated[datetime, PlainValidator(_mandate_end)] | None = None
    mandate_countries: Annotated[tuple[str, ...], PlainValidator(_of_mandate(_countries))] = ()
    mandate_parties: Annotated[tuple[str, ...], PlainValidator(_mandate_parties)] = ()
    mandate_capacity: Annotated[str, PlainValidator(_of_mandate(lambda text: values.one_of(CAPACITIES, text)))] = (
        CAPACITIES[0]
    )
    identity_checked: Annotated[bool, PlainValidator(_of_mandate(values.yes_no))] = False
    disclosure_agreed: Annotated[bool, PlainValidator(_of_mandate(values.yes_no))] = False
    principal: Annotated[str, PlainValidator(_of_mandate(values.short))] | None = None
    complaint_filed_at: Past | None = None
    complaint_number: Annotated[str, PlainValidator(_needs("complaint_filed_at", values.short))] | None = None
    complaint_service: Annotated[str, PlainValidator(_needs("complaint_filed_at", values.short))] = ""
    notified_at: Annotated[datetime, PlainValidator(_notified)] | None = None


COLUMNS = tuple(ReportRow.model_fields)
DATES = frozenset(name for name in COLUMNS if name.endswith("_at"))
# These belong to the row's own location; all others to the report, and agree on all rows of one `ref`.
OF_LOCATION = frozenset({"location_kind", "location", "host_country", "host_party", "platform", "behind_cdn"})


def read_row(given: Mapping[str, str], ground: Ground) -> ReportRow:
    """
    Check one row.

    Raises:
        BadRow: with every reason. No reason repeats a location or a free text.
    """
    try:
        return ReportRow.model_validate(given, context=ground)
    except ValidationError as refused:
        raise BadRow(tuple(reason_of(error, COLUMNS) for error in refused.errors(include_url=False))) from None


def reason_of(error: Mapping[str, Any], columns: Sequence[str]) -> str:
    """One of pydantic's errors as a reason that names the column and what is allowed."""
    column = str(error["loc"][0])
    if error["type"] == "missing":
        return f"{column}: is missing; allowed: see the column {column} in docs/import.md"
    if error["type"] == "extra_forbidden":
        return f"unknown column {column!r}; allowed: {', '.join(columns)}"
    return f"{column}: {error['msg'].removeprefix('Value error, ')}"
