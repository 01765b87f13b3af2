"""A legal hold: a person keeps a report from being erased, and says when that is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from cases.desk import Desk
from cases.record.opening import RecordRefused, dossiers_of, kept_apart, recording
from models.store import Store
from models.tables import LegalHold


async def legal_hold(desk: Desk, numbers: Sequence[str], *, why: str, by: str, now: datetime) -> None:
    """
    Keep these reports from being erased, on request or by age, until somebody releases them.

    Raises:
        RecordRefused: no reason was given, or one of them is kept already.
    """
    if not why.strip():
        raise RecordRefused("say who still needs it: give --why")
    draft = recording(desk, by, now)
    dossiers = await dossiers_of(desk, numbers)
    kept = await holds_of(desk.store, [dossier.report.id for dossier in dossiers])
    if twice := [dossier.report.number for dossier in dossiers if dossier.report.id in kept]:
        raise RecordRefused(f"a legal hold keeps {', '.join(twice)} already; release it first")
    for dossier in dossiers:
        text = kept_apart(draft, dossier, why, "why")
        draft.event(dossier.report.id, "legal_hold_placed", why=text.id)
        draft.keep(LegalHold(report_id=dossier.report.id, placed_by=by, why_id=text.id, starts_at=now))
    await desk.store.write(draft)


async def legal_hold_released(desk: Desk, numbers: Sequence[str], *, by: str, now: datetime) -> None:
    """
    End the legal hold of these reports.

    Raises:
        RecordRefused: nothing keeps one of them.
    """
    draft = recording(desk, by, now)
    dossiers = await dossiers_of(desk, numbers)
    kept = await holds_of(desk.store, [dossier.report.id for dossier in dossiers])
    if free := [dossier.report.number for dossier in dossiers if dossier.report.id not in kept]:
        raise RecordRefused(f"no legal hold keeps {', '.join(free)}")
    for dossier in dossiers:
        draft.event(dossier.report.id, "legal_hold_released")
        for row in kept[dossier.report.id]:
            draft.amend(row, released_at=now, released_by=by)
    await desk.store.write(draft)


async def holds_of(store: Store, report_ids: Iterable[UUID]) -> dict[UUID, list[LegalHold]]:
    """The legal holds of these reports that nobody released yet."""
    query = select(LegalHold).where(
        col(LegalHold.report_id).in_(list(report_ids)), col(LegalHold.released_at).is_(None)
    )
    found: dict[UUID, list[LegalHold]] = {}
    async with store.session() as session:
        for row in (await session.exec(query)).all():
            found.setdefault(row.report_id, []).append(row)
    return found
