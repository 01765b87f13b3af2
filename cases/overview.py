"""What is there and what is due, as few numbers: what the command line prints. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from cases.changed_forms import CAUSE, changed_forms
from cases.dossier import Dossier, load
from law.vocabulary import Deed, ReportStage
from models.store import Store
from models.tables import Event, Report

MOST = 200  # groups that are listed

_DUE = """
SELECT duty.deed, {why}, party.public_label, count(DISTINCT duty.report_id), min(duty.due_at), min(duty.priority)
FROM duty LEFT JOIN procedure ON procedure.id = duty.procedure_id
LEFT JOIN party ON party.id = COALESCE(duty.party_id, procedure.party_id)
WHERE duty.closed_at IS NULL AND duty.by = '{by}' AND duty.held_by IS NULL
GROUP BY 1, 2, 3 ORDER BY {order} min(duty.due_at), 4 DESC LIMIT :most
"""
_BY_MACHINE = text(_DUE.format(why="procedure.regime", by="machine", order=""))
_BY_PERSON = text(_DUE.format(why="duty.cause", by="person", order="min(duty.priority) <> 0,"))


class NoSuchReport(LookupError):
    """There is no report of that number; see `sansdelai report list`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Duties of one kind: what is to be done, the regime or the cause, for whom, how many reports, from when."""

    deed: Deed
    why: str | None
    addressee: str | None  # a label that a person set, or a number: never a name
    reports: int
    due_at: datetime  # of the first
    urgent: bool


@dataclass(frozen=True, slots=True)
class DueNow:
    """What is due next, by whom."""

    machine: list[Group]
    people: list[Group]


async def due_next(store: Store) -> DueNow:
    """What the machine does next, and what waits for people: one line for each cause and addressee."""
    async with store.transaction() as connection:
        machine = (await connection.execute(_BY_MACHINE, {"most": MOST})).all()
        people = (await connection.execute(_BY_PERSON, {"most": MOST})).all()
    changed = [
        Group(Deed.FILE, CAUSE, form.label, form.waiting, form.since, urgent=False)
        for form in await changed_forms(store)
    ]
    matters = sorted([*(_group(row) for row in people), *changed], key=lambda one: (not one.urgent, one.due_at))
    return DueNow([_group(row) for row in machine], matters)


def _group(row: Sequence[Any]) -> Group:
    deed, why, addressee, reports, due_at, priority = row
    return Group(Deed(deed), why, addressee, reports, due_at, priority == 0)


async def report_list(
    store: Store, *, stage: ReportStage | None = None, category: str | None = None, most: int = 50
) -> tuple[list[Report], int]:
    """The newest reports of that stage and category, at most so many, and how many there are."""
    query = select(Report)
    if stage is not None:
        query = query.where(Report.stage == stage)
    if category is not None:
        query = query.where(Report.category == category)
    async with store.session() as session:
        newest = query.order_by(Report.number.desc()).limit(most)  # type: ignore[attr-defined]
        reports = list((await session.exec(newest)).all())
        counted = text(
            "SELECT count(*) FROM report WHERE (CAST(:stage AS varchar) IS NULL OR stage = :stage)"
            " AND (CAST(:category AS varchar) IS NULL OR category = :category)"
        )
        values = {"stage": None if stage is None else str(stage), "category": category}
        total = (await (await session.connection()).execute(counted, values)).scalar_one()
    return reports, total


async def report_with_events(store: Store, number: str) -> tuple[Dossier, list[Event]]:
    """
    One report's dossier and its timeline, oldest first.

    Raises:
        NoSuchReport: the message names the number.
    """
    async with store.session() as session:
        report_id = (await session.exec(select(Report.id).where(Report.number == number.strip().upper()))).first()
        if report_id is None:
            raise NoSuchReport(f"{number[:40]}: {NoSuchReport.__doc__}")
        query = select(Event).where(Event.report_id == report_id).order_by(Event.seq)  # type: ignore[arg-type]
        events = list((await session.exec(query)).all())
    return (await load(store, [report_id]))[report_id], events
