"""One complaint per platform and period: what falls due later waits for the next (practice 1.8, decision 27)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from cases.desk import Desk
from cases.resume import Job
from models.draft import Draft
from models.tables import Channel

SAME_PERIOD = timedelta(days=1)
# All reports of a complaint are about the same platform: its first act tells which.
_PERIODS_BEGUN = text("""
SELECT letter.regime, procedure.about_id, min(letter.written_at) AS begun
FROM letter
JOIN LATERAL (SELECT procedure_id FROM act WHERE act.letter_id = letter.id LIMIT 1) AS first ON true
JOIN procedure ON procedure.id = first.procedure_id
WHERE letter.party_id = ANY(:parties) AND letter.regime = ANY(:regimes) AND letter.kind = 'complaint'
  AND letter.written_at > :since AND letter.status NOT IN ('superseded', 'refused')
GROUP BY letter.regime, procedure.about_id
""")


async def gathered(
    desk: Desk, draft: Draft, fresh: Sequence[tuple[Job, Channel]], now: datetime
) -> list[tuple[Job, Channel]]:
    """
    Put off what belongs into the next complaint: there is one per platform and period (practice 1.8, decision 27).

    What falls due within a day of the period's complaint still follows it: a storm may take more than one pass.
    """
    period = timedelta(days=desk.library.house.complaint.period_days)
    periods = await _periods_begun(desk, [job for job, _ in fresh], now - period)
    kept = []
    for job, channel in fresh:
        begun = periods.get((job.procedure.regime, job.procedure.about_id))
        if begun is None or now - begun < SAME_PERIOD:
            kept.append((job, channel))
            continue
        entry = draft.event(job.dossier.report.id, "gathered", procedure_id=job.procedure.id, until=begun + period)
        entry.set(job.duty, due_at=begun + period)
    return kept


async def _periods_begun(desk: Desk, jobs: Sequence[Job], since: datetime) -> dict[tuple[str, UUID | None], datetime]:
    """When the running period of complaints began, by regime and platform."""
    grouped = [job.procedure for job in jobs if desk.library.regime(job.procedure.regime).grouped_by_party]
    if not grouped:
        return {}
    values = {"parties": [p.party_id for p in grouped], "regimes": [p.regime for p in grouped], "since": since}
    async with desk.store.transaction() as connection:
        rows = (await connection.execute(_PERIODS_BEGUN, values)).all()
    return {(row.regime, row.about_id): row.begun for row in rows}
