"""Forms that somebody said have changed: one matter for each addressee, whatever the number of reports that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from models.store import Store

CAUSE = "form_changed"
_CHANGED = text("""
SELECT party.public_label, party.number, min(channel.form_changed_at),
    (SELECT count(DISTINCT duty.report_id) FROM duty WHERE duty.closed_at IS NULL AND duty.by = 'person'
        AND duty.cause = 'file' AND duty.party_id = party.id)
FROM channel JOIN party ON party.id = channel.party_id
WHERE channel.form_changed_at IS NOT NULL AND channel.working
GROUP BY party.id ORDER BY 3
""")


@dataclass(frozen=True, slots=True)
class ChangedForm:
    """One addressee whose form must be described anew."""

    label: str
    party: str  # number
    since: datetime
    waiting: int  # reports that are to be filed there


async def changed_forms(store: Store) -> Sequence[ChangedForm]:
    """All of them, the oldest first."""
    async with store.transaction() as connection:
        return [ChangedForm(*row) for row in await connection.execute(_CHANGED)]
