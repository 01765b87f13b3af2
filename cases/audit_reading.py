"""Reading everything about a batch of reports, each table once, for the audit."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.bulk import driver

Row = Any  # a record of the driver
_BY_REPORT = (
    "procedure", "duty", "act", "measure", "hold", "observation", "qualification", "mandate", "complaint", "decision",
    "legal_hold", "private_text",
)  # fmt: skip


@dataclass(slots=True)
class Rows:
    """The rows of a batch, by table and report."""

    reports: list[Row]
    events: dict[UUID, list[Row]] = field(default_factory=dict)
    by_table: dict[str, dict[UUID, list[Row]]] = field(default_factory=dict)
    parts: dict[UUID, list[Row]] = field(default_factory=dict)  # by letter
    leaves: dict[UUID, list[Row]] = field(default_factory=dict)
    waiting: dict[UUID, set[int]] = field(default_factory=dict)  # events in the queue for the next seal
    events_read: int = 0

    def of(self, table: str, report_id: UUID) -> list[Row]:
        """The rows of one table that belong to one report."""
        return self.by_table.get(table, {}).get(report_id, [])

    def texts(self) -> list[UUID]:
        """The ids of all private texts of the batch."""
        return [row["id"] for rows in self.by_table.get("private_text", {}).values() for row in rows]

    def digest(self, parts: Sequence[Row]) -> str:
        """What a letter of these parts has as its digest."""
        return hashlib.sha256("\n".join(part["commitment"] for part in parts).encode("ascii")).hexdigest()


async def read_reports(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """Read the batch on one connection, inside the caller's transaction."""
    await connection.execute(text("SELECT 1"))
    raw, wanted = await driver(connection), list(ids)
    rows = Rows(await raw.fetch("SELECT * FROM report WHERE id = ANY($1) ORDER BY id", wanted))
    query = "SELECT * FROM event WHERE report_id = ANY($1) ORDER BY report_id, seq"
    for event in await raw.fetch(query, wanted):
        rows.events.setdefault(event["report_id"], []).append(event)
        rows.events_read += 1
    for table in _BY_REPORT:
        found = rows.by_table.setdefault(table, {})
        for row in await raw.fetch(f'SELECT * FROM "{table}" WHERE report_id = ANY($1)', wanted):
            found.setdefault(row["report_id"], []).append(row)
    await _places(raw, rows)
    await _letters(raw, rows)
    await _incoming(raw, rows, wanted)
    for leaf in await raw.fetch("SELECT * FROM seal_leaf WHERE report_id = ANY($1) ORDER BY seal_number", wanted):
        rows.leaves.setdefault(leaf["report_id"], []).append(leaf)
    for event in await raw.fetch("SELECT report_id, seq FROM unsealed WHERE report_id = ANY($1)", wanted):
        rows.waiting.setdefault(event["report_id"], set()).add(event["seq"])
    return rows


async def _places(raw: Any, rows: Rows) -> None:
    """Locations and their hosting trail; both belong to a report through its content."""
    contents = {report["content_id"]: report["id"] for report in rows.reports}
    owners: dict[UUID, UUID] = {}
    locations = rows.by_table.setdefault("location", {})
    for row in await raw.fetch("SELECT * FROM location WHERE content_id = ANY($1)", list(contents)):
        owners[row["id"]] = contents[row["content_id"]]
        locations.setdefault(owners[row["id"]], []).append(row)
    trail = rows.by_table.setdefault("hosting", {})
    for row in await raw.fetch("SELECT * FROM hosting WHERE location_id = ANY($1)", list(owners)):
        trail.setdefault(owners[row["location_id"]], []).append(row)


async def _letters(raw: Any, rows: Rows) -> None:
    """Letters belong to the reports of their acts."""
    owners: dict[UUID, list[UUID]] = {}
    for report_id, acts in rows.by_table["act"].items():
        for act in acts:
            if act["letter_id"]:
                owners.setdefault(act["letter_id"], []).append(report_id)
    letters = rows.by_table.setdefault("letter", {})
    for row in await raw.fetch("SELECT * FROM letter WHERE id = ANY($1)", list(owners)):
        for report_id in owners[row["id"]]:
            letters.setdefault(report_id, []).append(row)
    query = "SELECT * FROM letter_part WHERE letter_id = ANY($1) ORDER BY letter_id, ordinal"
    for part in await raw.fetch(query, list(owners)):
        rows.parts.setdefault(part["letter_id"], []).append(part)


async def _incoming(raw: Any, rows: Rows, wanted: Sequence[UUID]) -> None:
    """Messages that came in belong to the reports that they are about, and so do their texts."""
    links: dict[UUID, list[UUID]] = {}
    for row in await raw.fetch("SELECT * FROM incoming_report WHERE report_id = ANY($1)", wanted):
        links.setdefault(row["incoming_id"], []).append(row["report_id"])
    messages = rows.by_table.setdefault("incoming", {})
    for row in await raw.fetch("SELECT * FROM incoming WHERE id = ANY($1)", list(links)):
        for report_id in links[row["id"]]:
            messages.setdefault(report_id, []).append(row)
    query = (
        "SELECT t.*, i.id AS incoming_id FROM incoming i JOIN private_text f ON f.id = i.text_id"
        " JOIN private_text t ON t.key_id = f.key_id WHERE i.id = ANY($1)"
    )
    texts = rows.by_table["private_text"]
    for row in await raw.fetch(query, list(links)):
        for report_id in links[row["incoming_id"]]:
            texts.setdefault(report_id, []).append(row)
