"""Signatures: what the organisation's lawyer allows to leave the house, until when."""

from datetime import datetime

from sqlmodel import select

from cases.directory import Known, directory
from cases.moves import SIGNED
from law.decide import UNSIGNED
from law.library import Library
from law.regime import Regime
from law.vocabulary import Deed, Fact, Stage
from models.draft import Draft
from models.procedure import PERSON
from models.store import Store
from models.tables import Duty, Procedure, Report, Signature


class SignatureRefused(ValueError):
    """This signature cannot be recorded."""


async def sign(store: Store, library: Library, regime_id: str, *, by: str, until: datetime, now: datetime) -> Signature:
    """
    Record a lawyer's signature of the present version of a regime, and take up what waited for it.

    Raises:
        UnknownRegime: no such regime; the message lists the ids.
        SignatureRefused: it would end before it begins, or the regime is a proposal.
    """
    regime = library.regime(regime_id)
    _check(until, now)
    if regime.proposal:
        raise SignatureRefused("a proposal cannot be signed: it is played in a simulated store only (practice 1.9)")
    signature = Signature(regime=regime.id, digest=regime.digest, signed_by=by, signed_at=now, until=until)
    draft = Draft(now, actor=by)
    draft.keep(signature)
    await _take_up(store, draft, regime.id, "missing:signed", now)
    await _route_anew(store, draft, now)
    await store.write(draft)
    return signature


async def _route_anew(store: Store, draft: Draft, now: datetime) -> None:
    """What could not be opened for want of a signature is asked for anew; a matter that stays comes back."""
    async with store.session() as session:
        query = (
            select(Duty, Report)
            .join(Report, Report.id == Duty.report_id)  # type: ignore[arg-type]
            .where(Duty.cause == UNSIGNED, Duty.by == PERSON, Duty.closed_at.is_(None))  # type: ignore[union-attr]
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
    _check(until, now)
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


def _check(until: datetime, now: datetime) -> None:
    if until <= now:
        raise SignatureRefused("a signature must end after today: give a later --until")


async def _take_up(store: Store, draft: Draft, regime_id: str, cause: str, now: datetime) -> None:
    """Procedures that waited for this very thing, and for nothing else, go back to the gate."""
    async with store.session() as session:
        query = (
            select(Procedure, Duty, Report)
            .join(Duty, Duty.procedure_id == Procedure.id)  # type: ignore[arg-type]
            .join(Report, Report.id == Procedure.report_id)  # type: ignore[arg-type]
            .where(Procedure.regime == regime_id, Procedure.stage == Stage.WAITING)
            .where(Duty.cause == cause, Duty.closed_at.is_(None))  # type: ignore[union-attr]
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
                priority=report.priority,
                party_id=procedure.party_id,
            )
        )
