"""What a report's page says before anything else: what was put right, and who keeps it from being erased."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from edges.letter_parts import tame
from edges.letters import defang
from models.sealing import open_texts
from models.store import ReadOnly
from models.tables import Event, LegalHold


@dataclass(frozen=True, slots=True)
class Rectified:
    """One rectification: the event that says so, the one it corrects, and both texts; none: erased."""

    event: Event
    corrects: int
    what: str
    ordinal: int | None  # of a location
    said: str | None
    holds: str | None


async def rectified(store: ReadOnly, events: Sequence[Event]) -> list[Rectified]:
    """The rectifications among these events, newest first."""
    told = [(event, json.loads(event.body)["details"]) for event in events if event.kind == "rectified"]
    ids = [UUID(details[name]) for _, details in told for name in ("before", "after")]
    altered: set[UUID] = set()
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        texts = await open_texts(connection, store.cipher, ids, altered=altered)
    found = []
    for event, details in told:
        says = defang if details["what"] == "location" else tame
        said, holds = (texts.get(UUID(details[name])) for name in ("before", "after"))
        found.append(
            Rectified(
                event=event,
                corrects=details["corrects"],
                what=details["what"],
                ordinal=details.get("ordinal"),
                said=says(said.text) if said else None,
                holds=says(holds.text) if holds else None,
            )
        )
    return sorted(found, key=lambda each: each.event.seq, reverse=True)


async def legal_holds(store: ReadOnly, report_id: UUID) -> Sequence[LegalHold]:
    """Who keeps this report from being erased, since when."""
    query = select(LegalHold).where(col(LegalHold.report_id) == report_id, col(LegalHold.released_at).is_(None))
    async with store.session() as session:
        return (await session.exec(query)).all()
