"""The small parts of a new report: who holds the content, a first duty, what the first event says."""

from datetime import datetime
from typing import Any
from uuid import UUID

from cases.directory import Known
from cases.intake_rows import ReportRow
from law.vocabulary import Deed
from models.base import new_id, utc
from models.draft import Change, Entry

SOURCE = "import"


def holders(row: ReportRow, found: Known | None) -> tuple[UUID | None, UUID | None]:
    """Who holds the content, as platform and as host: what the row says, else what the directory knows of the host."""
    platform, host = row.platform, row.host_party
    if platform is None and found is not None and found.is_platform:
        platform = found
    if host is None and found is not None and found.is_host:
        host = found
    if host is not None and platform is None and host.is_platform:
        platform, host = host, None
    return platform.id if platform else None, host.id if host else None


def add_duty(entry: Entry, deed: Deed, due_at: datetime, priority: int, by: str, cause: str | None = None) -> None:
    """The same change as `Entry.add(Duty(...))` makes, without the table object; a test holds the two together."""
    values: dict[str, Any] = {
        "id": new_id(),
        "report_id": entry.report_id,
        "deed": deed,
        "due_at": due_at,
        "priority": priority,
        "by": by,
        "attempts": 0,
    }
    if cause is not None:
        values["cause"] = cause
    entry.changes.append(Change("duty", values["id"], values, new=True))


def first_details(
    rows: list[tuple[ReportRow, bytes]], places: list[str], why: str | None, priority: int
) -> dict[str, Any]:
    """What the first event says: codes, counts and commitments, never a value about a person or a place."""
    head = rows[0][0]
    details: dict[str, Any] = {
        "category": head.category,
        "qualification": head.qualification,
        "depicted": str(head.depicted),
        "locations": places,
        "kinds": sorted({str(row.location_kind) for row, _ in rows}),
        "priority": priority,
        "source": SOURCE,
        "emergency": head.emergency,
        "mandate": head.mandate_signed_at is not None,
        "complaint": head.complaint_filed_at is not None,
    }
    if why is not None:
        details["why"] = why
    if head.notified_at is not None:
        details |= {"late": True, "notified_at": utc(head.notified_at)}
    return details
