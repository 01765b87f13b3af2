"""Every row of the store that the checks read, fetched once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import select as select_rows

from models.replay import REBUILT
from models.tables import Act, Duty, Event, Letter, Measure, Procedure, Report, metadata
from tests.scenarios.runner import Played


@dataclass
class Books:
    """Every row that the checks read, fetched once."""

    reports: dict[UUID, Report]
    procedures: list[Procedure]
    duties: list[Duty]
    acts: list[Act]
    letters: list[Letter]
    measures: list[Measure]
    events: list[Event]
    stored: list[tuple[str, dict[str, Any]]]  # the rows that events rebuild


async def open_books(played: Played) -> Books:
    """Read the store."""
    async with played.store.session() as session:
        found: dict[Any, Any] = {
            table: list((await session.exec(select_rows(table))).all())
            for table in (Report, Procedure, Duty, Act, Letter, Measure)
        }
        events = list((await session.exec(select_rows(Event).order_by(Event.report_id, Event.seq))).all())  # type: ignore[arg-type]
    stored: list[tuple[str, dict[str, Any]]] = []
    async with played.store.transaction() as connection:
        for name in REBUILT:
            rows = (await connection.execute(select(metadata.tables[name]))).mappings()
            stored += [(name, dict(row)) for row in rows]
    reports = {report.id: report for report in found[Report]}
    procedures = sorted(found[Procedure], key=lambda each: each.ordinal)
    return Books(reports, procedures, found[Duty], found[Act], found[Letter], found[Measure], events, stored)
