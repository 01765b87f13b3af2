"""An export is a fact of its own: who took what out, in which profile, and the fingerprint to compare it with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.draft import Draft
from models.store import Store


@dataclass(frozen=True, slots=True)
class Export:
    """One export of one report as it goes on record."""

    report_id: UUID
    profile: str
    fingerprint: str  # SHA-256 of manifest.json
    events: int  # how many events it shows
    as_known_on: datetime | None = None
    party: str | None = None  # number of the recipient, where it is in the directory


async def say_exported(store: Store, exports: Sequence[Export], *, by: str, now: datetime) -> None:
    """Put exports on record; before this nothing leaves."""
    draft = Draft(now, actor=by)
    for one in exports:
        entry = draft.event(
            one.report_id, "exported", profile=one.profile, fingerprint=one.fingerprint, events=one.events
        )
        if one.as_known_on is not None:
            entry.details["as_known_on"] = one.as_known_on
        if one.party is not None:
            entry.details["party"] = one.party
    await store.write(draft)
