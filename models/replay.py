"""
Replay: a report's events give its rows.

This file imports nothing from the writer. It reads events (or a dump of them), applies the changes in order, and
compares the outcome with the rows that the store holds now.
"""

import json
from collections.abc import Iterable, Mapping
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
    rows: Rows = {}
    for event in events:
        for table, row_id, values in json.loads(event["body"])["changes"]:
            row = rows.setdefault((table, row_id), {} if table == "report" else _fresh(table))
            if table not in {"report"}:
                row["report_id"] = str(event["report_id"])
            row.update(values)
    return rows


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
    found = []
    for column in columns:
        if column in {"id", *LEFT_OUT.get(table, set())} or _is_rhythm(table, column, row):
            continue
        default = 0 if (table, column) == ("report", "returns") else None
        told, holds = rebuilt.get(column, default), plain(row[column])
        if told != holds:
            found.append(f"{table} {row_id}: {column} is {holds!r}, its events say {told!r}")
    return found


def _is_rhythm(table: str, column: str, row: Mapping[str, Any]) -> bool:
    return table == Duty.__tablename__ and str(row["deed"]) in LOOKS and column in RHYTHM
