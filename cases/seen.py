"""Breach: who saw one report, and what left of it, with numbers in place of names."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from cases.house import OrganisationFile
from cases.overview import NoSuchReport
from cases.reads import reads_of
from models.readlog import Read
from models.store import Store

_LEFT = text(
    "SELECT coalesce(l.sent_at, a.at) AS at, a.kind, a.status, coalesce(l.receipt, p.receipt) AS receipt,"
    " t.number AS party, t.kind AS party_kind, t.country FROM act a JOIN report r ON r.id = a.report_id"
    " JOIN procedure p ON p.id = a.procedure_id LEFT JOIN letter l ON l.id = a.letter_id"
    " LEFT JOIN party t ON t.id = CASE WHEN a.letter_id IS NULL THEN p.party_id ELSE l.party_id END"
    " WHERE r.number = :number AND a.status IN ('sent', 'sending', 'unknown') ORDER BY 1, a.id"
)
_EXPORTED = text(
    "SELECT e.at, e.actor, e.body, t.number AS party, t.kind AS party_kind, t.country FROM event e"
    " JOIN report r ON r.id = e.report_id"
    " LEFT JOIN party t ON t.number = e.body::jsonb -> 'details' ->> 'party'"
    " WHERE r.number = :number AND e.kind = 'exported' ORDER BY e.seq"
)
_KNOWN = text("SELECT count(*) FROM report WHERE number = :number")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside, by number."""

    party: str | None  # none: nobody of the directory was named
    kind: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """Something that left the house: a letter, a filing or an export."""

    at: datetime
    what: str  # kind of letter, or the profile of an export
    to: Recipient
    by: str = ""  # who exported
    status: str = ""  # unknown: it may have left
    receipt: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that one page about a breach says."""

    number: str
    reads: Sequence[Read]
    letters: Sequence[Left]
    exports: Sequence[Left]


async def seen(store: Store, number: str, file: OrganisationFile, *, by: str, why: str) -> Seen:
    """
    Who saw a report and what left of it; reading this goes on record itself.

    Raises:
        NoSuchReport: the message names the number.
        ReadRefused: no reason, or somebody who may not read the log.
    """
    asked = {"number": number}
    async with store.transaction() as connection:
        if not (await connection.execute(_KNOWN, asked)).scalar_one():
            raise NoSuchReport(f"{number[:40]}: {NoSuchReport.__doc__}")
        letters = [_letter(row) for row in await connection.execute(_LEFT, asked)]
        exports = [_export(row) for row in await connection.execute(_EXPORTED, asked)]
    return Seen(number, await reads_of(store, number, file, by=by, why=why), letters, exports)


def _letter(row: Any) -> Left:
    to = Recipient(row.party, row.party_kind, row.country)
    return Left(row.at, row.kind, to, status=row.status, receipt=row.receipt or "")


def _export(row: Any) -> Left:
    told = json.loads(row.body)["details"]
    to = Recipient(row.party, row.party_kind, row.country)
    return Left(row.at, told["profile"], to, by=row.actor, fingerprint=told["fingerprint"])
