"""What waits for people, what the machine does next, and what was signed: grouped, so that a storm stays readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col, select

from cases.brake import braked as is_braked
from cases.brake import waiting
from cases.changed_forms import CAUSE, changed_forms
from law.library import Library
from law.vocabulary import Deed
from models.store import ReadOnly
from models.tables import Duty, Party, Procedure, Report, Signature
from web.reading import BY_MACHINE, BY_PERSON, LATE, OPEN, pick

SHOWN: Final = 24  # numbers shown of one group; the list's filter shows the rest
MOST: Final = 200  # groups on one page
AHEAD: Final = timedelta(hours=24)
ORDINARY: Final = 9  # a matter that is no report's own


@dataclass(frozen=True, slots=True)
class Matter:
    """What waits for a person: one cause and one addressee."""

    deed: Deed
    cause: str
    label: str | None
    party: str | None
    count: int
    since: datetime
    priority: int
    numbers: list[str]  # the first ones


@dataclass(frozen=True, slots=True)
class Work:
    """What the machine does at one minute, for one regime and addressee."""

    due_at: datetime  # the first of them
    deed: Deed
    regime: str | None
    label: str | None
    party: str | None
    count: int
    legal: bool
    numbers: list[str]  # the first ones


@dataclass(frozen=True, slots=True)
class Ahead:
    """The machine's next 24 hours."""

    work: list[Work]
    overdue: int
    soon: int
    held: int
    then: datetime | None  # the first duty after these 24 hours
    braked: int = 0  # reports whose letters wait for a release after a silence


def _numbers() -> Any:
    return func.array_agg(aggregate_order_by(col(Report.number), col(Report.number)))[1:SHOWN]


def matter_query() -> Select[Any]:
    """All matters, emergencies first, then the oldest."""
    first = func.min(Duty.due_at)
    urgency = func.min(Duty.priority)
    query = (
        pick(Duty.deed, Duty.cause, Party.public_label, Party.number, func.count(), first, urgency, _numbers())
        .join(Report, col(Report.id) == Duty.report_id)
        .outerjoin(Party, col(Party.id) == Duty.party_id)
        .where(BY_PERSON)
        .group_by(col(Duty.deed), col(Duty.cause), col(Party.public_label), col(Party.number))
    )
    return query.order_by(urgency != 0, first).limit(MOST)


async def matters(store: ReadOnly) -> list[Matter]:
    """What waits for people now."""
    async with store.transaction() as connection:
        rows = await connection.execute(matter_query())
        found = [Matter(deed, cause or "", *rest) for deed, cause, *rest in rows]
    changed = [
        Matter(Deed.FILE, CAUSE, form.label, form.party, form.waiting, form.since, ORDINARY, [])
        for form in await changed_forms(store)
    ]
    return sorted([*found, *changed], key=lambda one: (one.priority != 0, one.since))


async def ahead(store: ReadOnly, library: Library, now: datetime) -> Ahead:
    """What is overdue and what comes within 24 hours."""
    end = now + AHEAD
    minute = func.date_trunc("minute", Duty.due_at)
    query = (
        pick(
            func.min(Duty.due_at), Duty.deed, Procedure.regime, Party.public_label, Party.number, func.count(),
            func.bool_or(col(Duty.legal_at).is_not(None)), _numbers(),
        )
        .join(Report, col(Report.id) == Duty.report_id)
        .outerjoin(Procedure, col(Procedure.id) == Duty.procedure_id)
        .outerjoin(Party, col(Party.id) == Procedure.party_id)
        .where(BY_MACHINE, col(Duty.due_at) < end)
        .group_by(minute, col(Duty.deed), col(Procedure.regime), col(Party.public_label), col(Party.number))
        .order_by(func.min(Duty.due_at))
        .limit(MOST)
    )  # fmt: skip
    late = func.count().filter(col(Duty.due_at) < now - LATE)
    async with store.transaction() as connection:
        work = [Work(*row) for row in await connection.execute(query)]
        counted = await connection.execute(pick(late, func.count()).where(BY_MACHINE, col(Duty.due_at) < end))
        overdue, whole = counted.one()
        held = (await connection.execute(pick(func.count()).where(OPEN, col(Duty.held_by).is_not(None)))).scalar_one()
        then = pick(func.min(Duty.due_at)).where(BY_MACHINE, col(Duty.due_at) >= end)
        next_at = (await connection.execute(then)).scalar_one()
    braked = sum(row.reports for row in await waiting(store, library, now)) if await is_braked(store) else 0
    return Ahead(work, overdue, whole - overdue, held, next_at, braked)


async def signatures(store: ReadOnly, regime: str | None = None) -> Sequence[Signature]:
    """Signatures and standing orders, newest first."""
    query = select(Signature).order_by(col(Signature.signed_at).desc())
    if regime is not None:
        query = query.where(col(Signature.regime) == regime)
    async with store.session() as session:
        return (await session.exec(query)).all()


async def labels_of(store: ReadOnly, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The public label of each party."""
    async with store.transaction() as connection:
        rows = await connection.execute(pick(Party.id, Party.public_label).where(col(Party.id).in_(ids)))
        return {row.id: row.public_label for row in rows}
