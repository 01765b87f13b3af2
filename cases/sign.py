"""Signatures: what the organisation's lawyer allows to leave the house, until when."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, any_, literal, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cases.directory import Known, directory
from cases.moves import SIGNED
from law.counting_days import corresponding_day
from law.decide import UNSIGNED
from law.gate import law_day
from law.library import Library
from law.regime import Regime
from law.vocabulary import Deed, Fact, RegimeStatus, Stage
from models.draft import Draft
from models.procedure import PERSON
from models.store import Store, write
from models.tables import Duty, Procedure, Report, Signature

YEARS = 5  # the longest signature: a lawyer looks at a text again
NOTHING_OPENS = frozenset({RegimeStatus.UNKNOWN, RegimeStatus.EXPIRED, RegimeStatus.REPEALED})

MISSING = "missing:signed"  # the cause of a procedure's wait for a signature

# In the order in which every writer locks reports, so that two never wait for each other in a circle.
_LOCKED = text(
    "SELECT id FROM report WHERE id IN ("
    " SELECT duty.report_id FROM duty LEFT JOIN procedure ON procedure.id = duty.procedure_id"
    " WHERE duty.closed_at IS NULL"
    " AND (duty.cause = :unsigned OR (duty.cause = :missing AND procedure.regime = :regime))"
    ") ORDER BY id FOR UPDATE"
)


class SignatureRefused(ValueError):
    """This signature cannot be recorded."""


async def sign(store: Store, library: Library, regime_id: str, *, by: str, until: datetime, now: datetime) -> Signature:
    """
    Record a lawyer's signature of the present version of a regime, and take up what waited for it.

    Raises:
        UnknownRegime: no such regime; the message lists the ids.
        SignatureRefused: it would end before it begins or after five years, or the regime is a proposal, or its
            status today is one under which nothing may open.
    """
    regime = library.regime(regime_id)
    check_end(until, now)
    check_length(until, now, library)
    if regime.proposal:
        raise SignatureRefused("a proposal cannot be signed: it is played in a simulated store only (practice 1.9)")
    _check_status(regime, library, now)
    signature = Signature(regime=regime.id, digest=regime.digest, signed_by=by, signed_at=now, until=until)
    draft = Draft(now, actor=by)
    draft.keep(signature)
    async with store.transaction() as connection:
        given = {"unsigned": UNSIGNED, "missing": MISSING, "regime": regime.id}
        locked = list((await connection.execute(_LOCKED, given)).scalars())
        await _take_up(connection, locked, draft, regime.id, now)
        await _route_anew(connection, locked, draft, now)
        await write(connection, draft, store.cipher)
    return signature


async def _route_anew(connection: AsyncConnection, reports: Sequence[uuid.UUID], draft: Draft, now: datetime) -> None:
    """
    What could not be opened for want of a signature is asked for anew; a matter that stays comes back.

    The reports are locked already: of two signings at once, the second finds the matter closed.
    """
    async with AsyncSession(connection, expire_on_commit=False) as session:
        query = (
            select(Duty, Report)
            .join(Report, Report.id == Duty.report_id)  # type: ignore[arg-type]
            .where(_of(reports), Duty.cause == UNSIGNED, Duty.by == PERSON, Duty.closed_at.is_(None))  # type: ignore[union-attr]
        )
        rows = (await session.exec(query)).all()
    for duty, report in rows:
        entry = draft.event(report.id, "signed", procedure_id=duty.procedure_id)
        entry.set(duty, closed_at=now)
        again = Duty(report_id=report.id, deed=Deed.ROUTE, due_at=now, priority=report.priority, cause=SIGNED)
        again.procedure_id = duty.procedure_id
        entry.add(again)


async def order(
    store: Store,
    library: Library,
    regime_id: str,
    *,
    party: str,
    category: str,
    by: str,
    until: datetime,
    now: datetime,
) -> Signature:
    """
    Record a standing order: letters of this regime to this authority about this category leave by themselves.

    `party` is the authority's number or its code; the number is kept.

    Raises:
        SignatureRefused: the authority or the category is not known, or the route is not one to an authority.
    """
    regime = library.regime(regime_id)
    check_end(until, now)
    known = (await directory(store)).by_name(party)
    faults = _faults_of_order(regime, library, party, known, category)
    if known is None or faults:
        raise SignatureRefused("; ".join(faults))
    signature = Signature(
        regime=regime.id,
        digest=regime.digest,
        party=known.number,
        category=category,
        signed_by=by,
        signed_at=now,
        until=until,
    )
    draft = Draft(now, actor=by)
    draft.keep(signature)
    await store.write(draft)
    return signature


def _faults_of_order(regime: Regime, library: Library, party: str, known: Known | None, category: str) -> list[str]:
    faults = []
    if not regime.is_authority_route:
        faults.append(f"{regime.id} is no route to an authority: its letters need no standing order")
    if category not in library.categories:
        faults.append(f"unknown category {category!r}; allowed: {', '.join(library.categories)}")
    if known is None:
        faults.append(f"unknown party {party[:40]!r}; allowed: a number or code of `sansdelai party list`")
    elif known.kind not in regime.addressees:
        faults.append(f"{party} is a {known.kind}; {regime.id} goes to: {', '.join(regime.addressees)}")
    return faults


def _of(reports: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Duties of these reports, however many: one parameter."""
    return col(Duty.report_id) == any_(literal(list(reports), ARRAY(UUID(as_uuid=True))))


def check_length(until: datetime, now: datetime, library: Library) -> None:
    """Refuse a signature that lasts longer than five years."""
    last = corresponding_day(law_day(now, library), YEARS, "years")
    if law_day(until, library) > last:
        raise SignatureRefused(f"a signature lasts {YEARS} years at most: give an --until up to {last}")


def _check_status(regime: Regime, library: Library, now: datetime) -> None:
    status = regime.status_on(law_day(now, library))
    if status in NOTHING_OPENS:
        says = f"{regime.id} is {status} today: nothing may open under it"
        raise SignatureRefused(f"{says}; allowed: a regime that is in force, or adopted and not applicable yet")


def check_end(until: datetime, now: datetime) -> None:
    """Refuse a signature that is over already."""
    if until <= now:
        raise SignatureRefused("a signature must end after today: give a later --until")


async def _take_up(
    connection: AsyncConnection, reports: Sequence[uuid.UUID], draft: Draft, regime_id: str, now: datetime
) -> None:
    """Procedures of these locked reports that waited for this signature, and for nothing else, go back to the gate."""
    cause = MISSING
    async with AsyncSession(connection, expire_on_commit=False) as session:
        query = (
            select(Procedure, Duty, Report)
            .join(Duty, Duty.procedure_id == Procedure.id)  # type: ignore[arg-type]
            .join(Report, Report.id == Procedure.report_id)  # type: ignore[arg-type]
            .where(Procedure.regime == regime_id, Procedure.stage == Stage.WAITING)
            .where(_of(reports), Duty.cause == cause, Duty.closed_at.is_(None))  # type: ignore[union-attr]
        )
        rows = (await session.exec(query)).all()
        waiting = [procedure.id for procedure, _, _ in rows]
        others = select(Duty.procedure_id).where(
            Duty.procedure_id.in_(waiting),  # type: ignore[union-attr]
            Duty.cause != cause,
            Duty.by == PERSON,
            Duty.closed_at.is_(None),  # type: ignore[union-attr]
        )
        wanting = set((await session.exec(others)).all())
    for procedure, duty, report in rows:
        if procedure.id in wanting:
            draft.event(report.id, "signed", procedure_id=procedure.id).set(duty, closed_at=now)
            continue
        entry = draft.event(report.id, Fact.SUPPLIED, procedure_id=procedure.id, what=cause)
        entry.set(procedure, stage=Stage.OPENED)
        entry.set(duty, closed_at=now)
        entry.add(
            Duty(
                report_id=report.id,
                procedure_id=procedure.id,
                deed=Deed.NOTIFY,
                due_at=now,
                legal_at=duty.legal_at,
                priority=report.priority,
                party_id=procedure.party_id,
            )
        )
