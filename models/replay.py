"""
Replay: a report's events give its rows.

This file imports nothing from the writer. It reads events (or a dump of them), applies the changes in order, and
compares the outcome with the rows that the store holds now.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from law.vocabulary import Deed
from models.base import plain
from models.procedure import Duty
from models.tables import metadata

Rows = dict[tuple[str, str], dict[str, Any]]

# Columns that are nobody's legal record, by name: leases, and private references.
LEFT_OUT = {"duty": {"lease_token", "lease_until"}, "hold": {"reference_id"}}
# The next look is our own rhythm.
RHYTHM = {"due_at", "attempts"}
LOOKS = {str(Deed.VERIFY), str(Deed.WATCH)}
REBUILT = ("procedure", "duty", "act", "measure", "hold", "report")
REPORT_LIFE = (
    "wish", "returns", "police_informed_at", "police_no_objection_at", "agreed_delay_hours", "gone_at",
    "retracted_at", "closed_at",
)  # fmt: skip


def replay(events: Iterable[Mapping[str, Any]]) -> Rows:
    """The rows that these events give; `events` are in order, each with `report_id` and `body` (JSON text)."""
    return replay_bodies((str(event["report_id"]), json.loads(event["body"])) for event in events)


def replay_bodies(bodies: Iterable[tuple[str, Mapping[str, Any]]]) -> Rows:
    """The same for bodies that were read already, each with the id of its report."""
    rows: Rows = {}
    for report_id, body in bodies:
        for table, row_id, values in body["changes"]:
            key = (table, row_id)
            row = rows.get(key)
            if row is None:
                row = rows[key] = {} if table == "report" else dict(_fresh(table)) | {"report_id": report_id}
            row.update(values)
    return rows


@cache
def _fresh(table: str) -> dict[str, Any]:
    """A row with the defaults of its table."""
    fresh: dict[str, Any] = {}
    for column in metadata.tables[table].columns:
        default: Any = column.default
        known = default is not None and not default.is_callable
        fresh[column.name] = plain(default.arg) if known else None
    return fresh


def differences(rebuilt: Rows, stored: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """What the store holds that its events do not say, or the other way round; empty when they agree."""
    found: list[str] = []
    seen: set[tuple[str, str]] = set()
    for table, row in stored:
        key = (table, str(row["id"]))
        seen.add(key)
        found += _compare(table, key[1], rebuilt.get(key, {} if table == "report" else None), row)
    missing = [key for key in rebuilt if key not in seen and key[0] != "report"]
    return found + [f"{table} {row_id}: the events say so, the store has no such row" for table, row_id in missing]


def _compare(table: str, row_id: str, rebuilt: Mapping[str, Any] | None, row: Mapping[str, Any]) -> list[str]:
    if rebuilt is None:
        return [f"{table} {row_id}: no event speaks of this row"]
    columns = REPORT_LIFE if table == "report" else tuple(row.keys())
    left_out = LEFT_OUT.get(table, frozenset()) | {"id"}
    if table == Duty.__tablename__ and str(row["deed"]) in LOOKS:
        left_out = left_out | RHYTHM
    found = []
    for column in columns:
        if column in left_out:
            continue
        default = 0 if column == "returns" and table == "report" else None
        told, holds = rebuilt.get(column, default), row[column]
        if told != holds and told != plain(holds):  # most are the same without being written out
            holds = plain(holds)
            found.append(f"{table} {row_id}: {column} is {holds!r}, its events say {told!r}")
    return found
