"""
What the pages read: few, small, indexed queries, on connections that cannot write.

Read-only is a property of the connection, not a promise of the pages: every transaction begins with READ ONLY.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from law.vocabulary import Deed, ReportStage, Stage
from models.cipher import Tampered
from models.private import digest_of
from models.procedure import MACHINE, PERSON
from models.store import ReadOnly
from models.tables import (
    Duty,
    Event,
    Hosting,
    Letter,
    LetterPart,
    Location,
    Party,
    Procedure,
    Report,
    SealLeaf,
    SealToken,
)
from web.filters import Filters

PAGE: Final = 50  # reports on one page of the list
LATE: Final = timedelta(minutes=5)  # dispatch comes every minute: a duty of the present minute is not overdue


@dataclass(slots=True)
class Listed:
    """One line of the list."""

    id: UUID
    number: str
    stage: ReportStage
    category: str
    priority: int
    returns: int
    received_at: datetime
    routes: list[tuple[str, Stage, str | None, str | None]] = field(default_factory=list)  # regime, stage, label, party
    waiting: int = 0
    next_at: datetime | None = None
    next_deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, newest first, and whether there are older and newer reports."""

    rows: list[Listed]
    older: bool
    newer: bool


OPEN = col(Duty.closed_at).is_(None)
BY_MACHINE = and_(OPEN, col(Duty.by) == MACHINE, col(Duty.held_by).is_(None))
BY_PERSON = and_(OPEN, col(Duty.by) == PERSON)
COLUMNS = (
    Report.id, Report.number, Report.stage, Report.category, Report.priority, Report.returns, Report.received_at,
)  # fmt: skip


def pick(*columns: Any) -> Select[Any]:
    """A SELECT of columns; SQLModel's columns look like plain values to a type checker."""
    return select_columns(*columns)


def report_query(filters: Filters, now: datetime) -> Select[Any]:
    """The list as one statement: a keyset over the unique number, newest first (oldest first when going back)."""
    number = col(Report.number)
    query = pick(*COLUMNS).where(*_conditions(filters, now))
    if filters.before:
        return query.where(number > filters.before).order_by(number).limit(PAGE + 1)
    if filters.after:
        query = query.where(number < filters.after)
    return query.order_by(number.desc()).limit(PAGE + 1)


def _conditions(filters: Filters, now: datetime) -> list[Any]:
    """Each filter as a condition on the report."""
    found: list[Any] = []
    mine = col(Duty.report_id) == Report.id
    if filters.stage:
        found.append(col(Report.stage) == filters.stage)
    if filters.category:
        found.append(col(Report.category) == filters.category)
    if filters.number:
        found.append(_numbered(filters.number, now))
    named = col(Party.public_label) == filters.addressee, col(Party.number) == (filters.addressee or "").upper()
    parties = pick(Party.id).where(or_(*named))
    if filters.cause:  # a matter is one cause and one addressee: both are asked of the same duty
        cause = [col(Duty.cause) == filters.cause]
        cause += [col(Duty.party_id).in_(parties)] if filters.addressee else []
        found.append(pick(Duty.id).where(mine, BY_PERSON, *cause).exists())
    elif filters.addressee:
        of_report = col(Procedure.report_id) == Report.id
        found.append(pick(Procedure.id).where(of_report, col(Procedure.party_id).in_(parties)).exists())
    if filters.waiting:
        found.append(pick(Duty.id).where(mine, BY_PERSON).exists())
    if filters.overdue:
        found.append(pick(Duty.id).where(mine, BY_MACHINE, col(Duty.due_at) < now - LATE).exists())
    return found


def _numbered(wanted: str, now: datetime) -> Any:
    """A whole number, the beginning of one, or digits alone: the same digits of this year and the nine before."""
    if wanted.isdecimal() and len(wanted) <= 9:
        digits = f"{int(wanted):06d}"
        return col(Report.number).in_([f"R-{now.year - back}-{digits}" for back in range(10)])
    return col(Report.number).startswith(wanted, autoescape=True)


async def list_reports(store: ReadOnly, filters: Filters, now: datetime) -> Page:
    """One page of the list with its procedures and next steps, in three queries."""
    async with store.transaction() as connection:
        found = [Listed(*row) for row in await connection.execute(report_query(filters, now))]
        more, rows = len(found) > PAGE, found[:PAGE]
        if filters.before:
            rows.reverse()
        known = {row.id: row for row in rows}
        if known:
            for report_id, regime, stage, label, party in await connection.execute(_routes(list(known))):
                known[report_id].routes.append((regime, stage, label, party))
            for report_id, deed, due_at, by in await connection.execute(_steps(list(known))):
                _step(known[report_id], deed, due_at, by)
    if filters.before:
        return Page(rows, older=True, newer=more)
    return Page(rows, older=more, newer=filters.after is not None)


def _routes(reports: Sequence[UUID]) -> Select[Any]:
    columns = (Procedure.report_id, Procedure.regime, Procedure.stage, Party.public_label, Party.number)
    query = pick(*columns).outerjoin(Party, col(Party.id) == Procedure.party_id)
    return query.where(col(Procedure.report_id).in_(reports)).order_by(col(Procedure.ordinal))


def _steps(reports: Sequence[UUID]) -> Select[Any]:
    columns = (Duty.report_id, Duty.deed, Duty.due_at, Duty.by)
    query = pick(*columns).where(OPEN, col(Duty.held_by).is_(None), col(Duty.report_id).in_(reports))
    return query.order_by(col(Duty.due_at))


def _step(row: Listed, deed: Deed, due_at: datetime, by: str) -> None:
    if by == PERSON:
        row.waiting += 1
    elif row.next_at is None:
        row.next_at, row.next_deed = due_at, deed


async def count_stages(store: ReadOnly) -> dict[ReportStage, int]:
    """How many reports stand in each stage."""
    async with store.transaction() as connection:
        rows = await connection.execute(pick(Report.stage, func.count()).group_by(Report.stage))
        return {row[0]: row[1] for row in rows}


async def report_id_of(store: ReadOnly, number: str) -> UUID | None:
    """The report of that number, or none."""
    async with store.transaction() as connection:
        return (await connection.execute(pick(Report.id).where(col(Report.number) == number))).scalar_one_or_none()


async def events_of(store: ReadOnly, report_id: UUID) -> Sequence[Event]:
    """A report's timeline, in the order in which it was written."""
    async with store.session() as session:
        query = select(Event).where(col(Event.report_id) == report_id).order_by(col(Event.seq))
        return (await session.exec(query)).all()


@dataclass(frozen=True, slots=True)
class SealOver:
    """A seal over events of a report, and the time of its earliest token, if it has one."""

    first: int
    last: int
    number: int
    stamped_at: datetime | None


async def seals_over(store: ReadOnly, report_id: UUID) -> list[SealOver]:
    """The seals over a report's events, oldest first."""
    columns = (SealLeaf.first_seq, SealLeaf.last_seq, SealLeaf.seal_number, func.min(SealToken.stamped_at))
    query = pick(*columns).outerjoin(SealToken, col(SealToken.seal_number) == SealLeaf.seal_number)
    query = query.where(col(SealLeaf.report_id) == report_id)
    query = query.group_by(*map(col, columns[:3])).order_by(col(SealLeaf.first_seq))
    async with store.transaction() as connection:
        return [SealOver(*row) for row in await connection.execute(query)]


async def trails_of(store: ReadOnly, locations: Sequence[Location]) -> dict[UUID, list[Hosting]]:
    """The hosting trail of each location, oldest first."""
    trails: dict[UUID, list[Hosting]] = {location.id: [] for location in locations}
    async with store.session() as session:
        query = select(Hosting).where(col(Hosting.location_id).in_(trails)).order_by(col(Hosting.at), col(Hosting.id))
        for row in await session.exec(query):
            trails[row.location_id].append(row)
    return trails


async def letter_with_bytes(store: ReadOnly, letter_id: UUID) -> tuple[Letter, bytes | None, bool]:
    """A letter, its bytes as composed (none when erased), and whether they have the fingerprint on record."""
    async with store.session() as session:
        letter = await session.get_one(Letter, letter_id)
        query = select(LetterPart).where(col(LetterPart.letter_id) == letter_id).order_by(col(LetterPart.ordinal))
        parts = (await session.exec(query)).all()
    try:
        texts = await store.open_texts(part.text_id for part in parts)
    except Tampered:
        return letter, b"", False
    if texts.keys() != {part.text_id for part in parts}:
        return letter, None, False
    opened = [texts[part.text_id] for part in parts]
    return letter, b"".join(text.body for text in opened), digest_of(opened) == letter.digest
