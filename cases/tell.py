"""
Who must hear of an erasure or a rectification (GDPR Art. 19): everybody to whom the data were given.

The program opens a matter for each of them and writes nothing: a letter about an erasure can itself disclose what was
erased, so a person decides whether, what and how. Where nothing left the house there is nobody to tell.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cases.erase_scope import RETENTION
from law.vocabulary import Deed
from models.draft import Entry
from models.private import Purpose
from models.procedure import PERSON
from models.tables import Duty

TELL_ERASURE = "tell_erasure"
TELL_RECTIFICATION = "tell_rectification"

# The person concerned is no recipient, and asked for it.
_OWN = "data_subject"

_TOLD = (
    "SELECT a.report_id, CASE WHEN a.letter_id IS NULL THEN p.party_id ELSE l.party_id END AS party_id FROM act a"
    " JOIN procedure p ON p.id = a.procedure_id LEFT JOIN letter l ON l.id = a.letter_id"
    " WHERE a.report_id = ANY($1) AND a.status IN ('sent', 'unknown')"
    " UNION SELECT report_id, party_id FROM procedure WHERE report_id = ANY($1) AND given_at IS NOT NULL"
)
_EXPORTED = (
    "SELECT e.report_id, p.id AS party_id FROM event e"
    " LEFT JOIN party p ON p.number = e.body::jsonb -> 'details' ->> 'party'"
    " WHERE e.report_id = ANY($1) AND e.kind = 'exported' AND e.body::jsonb -> 'details' ->> 'profile' <> $2"
)
_OPEN = (
    "SELECT report_id, party_id FROM duty WHERE report_id = ANY($1) AND by = 'person' AND cause = $2"
    " AND closed_at IS NULL"
)
_PRIORITY = "SELECT id, priority FROM report WHERE id = ANY($1)"

Recipients = dict[UUID, list[UUID | None]]  # parties by report; None: exports to somebody outside the directory


def left_the_house(purposes: Iterable[str], cause: str) -> bool:
    """
    Whether what is erased may have been given to anybody, and the law wants them told.

    The reporter is named in no letter and in no export. By age nobody asked for anything: see decision 0004.
    """
    return cause != RETENTION and bool(set(purposes) - {Purpose.REPORTER})


async def recipients(raw: Any, report_ids: Sequence[UUID]) -> Recipients:
    """Everybody to whom something about these reports was given, each once, in a fixed order."""
    ids = list(report_ids)
    found: dict[UUID, dict[UUID | None, None]] = {}
    told = [row for row in await raw.fetch(_TOLD, ids) if row["party_id"] is not None]
    for row in (*told, *await raw.fetch(_EXPORTED, ids, _OWN)):
        found.setdefault(row["report_id"], {})[row["party_id"]] = None
    return {each: sorted(parties, key=lambda party: party.hex if party else "") for each, parties in found.items()}


async def open_matters(raw: Any, entries: Sequence[Entry], cause: str, now: datetime) -> None:
    """One matter for each recipient for whom none is open yet, told in these events; a closed report stays closed."""
    ids = [entry.report_id for entry in entries]
    known = await recipients(raw, ids)
    waiting = {(row["report_id"], row["party_id"]) for row in await raw.fetch(_OPEN, ids, cause)}
    priorities = {row["id"]: row["priority"] for row in await raw.fetch(_PRIORITY, ids)}
    for entry in entries:
        for party_id in known.get(entry.report_id, ()):
            if (entry.report_id, party_id) not in waiting:
                entry.add(
                    Duty(
                        report_id=entry.report_id,
                        deed=Deed.DECIDE,
                        due_at=now,
                        priority=priorities[entry.report_id],
                        by=PERSON,
                        cause=cause,
                        party_id=party_id,
                    )
                )
