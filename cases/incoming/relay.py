"""What the relay's own log proves: that the addressee's mail server took a letter, or refused it after all."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.incoming.bounces import bounced
from cases.receipt import prove_letter
from cases.routes import says_dead
from edges.postfix_log import LogPosition, Relayed, Status, read_log
from law.vocabulary import Receipt
from models.bulk import driver
from models.draft import Draft
from models.store import Overtaken, write
from models.tables import Letter

TRIES = 5
BITE = 200  # rows of the log at a time
SETTLED = timedelta(minutes=2)  # what is younger is read in the next pass: the letter's own outcome may not be written
QUEUED = timedelta(days=10)  # longer than any queue keeps a letter; after that its number names another letter
AHEAD = timedelta(minutes=5)  # by which the relay's clock may differ from ours
EXPIRED = "4.4.7"  # RFC 3463: the time for delivery is over
_WHERE = 'SELECT inode, "offset" FROM relay_log WHERE path = $1'
_READ = (
    'INSERT INTO relay_log (path, inode, "offset", read_at) VALUES ($1, $2, $3, $4)'
    ' ON CONFLICT (path) DO UPDATE SET inode = $2, "offset" = $3, read_at = $4'
)
_LETTERS = "SELECT id, queue_id FROM letter WHERE queue_id = ANY($1) ORDER BY written_at"
_REPORTS = "SELECT DISTINCT letter_id, report_id FROM act WHERE letter_id = ANY($1)"


async def read_relay_log(desk: Desk, path: Path, zone: ZoneInfo) -> int:
    """
    Read what is new in the log and say what it proves; returns how many letters it spoke of.

    The position moves on when the rows are on record: a pass that dies reads them again, which changes nothing twice.

    Raises:
        OSError: the log is there and cannot be read.
    """
    name = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        row = await (await driver(connection)).fetchrow(_WHERE, name)
    position, spoken = LogPosition(row["inode"], row["offset"]) if row else LogPosition(0, 0), 0
    while True:
        now = desk.clock()
        rows, after = await asyncio.to_thread(read_log, path, position, zone=zone, now=now, until=now - SETTLED)
        for start in range(0, len(rows), BITE):
            spoken += await _patiently(desk, rows[start : start + BITE])
        if after == position:
            return spoken
        position = after
        async with desk.store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            await (await driver(connection)).execute(_READ, name, after.inode, after.offset, now)


async def _patiently(desk: Desk, rows: Sequence[Relayed]) -> int:
    for attempt in range(1, TRIES + 1):
        try:
            return await _take(desk, rows)
        except Overtaken:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


async def _take(desk: Desk, rows: Sequence[Relayed]) -> int:
    letters, dossiers = await _known(desk, [row.queue_id for row in rows])
    draft, spoken = desk.draft(desk.clock()), 0
    for row in rows:
        for letter in letters.get(row.queue_id, ()):
            spoken += _one(desk, draft, letter, dossiers.get(letter.id, []), row)
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        await write(connection, draft, desk.store.cipher)
    return spoken


async def _known(desk: Desk, queue_ids: Sequence[str]) -> tuple[dict[str, list[Letter]], dict[UUID, list[Dossier]]]:
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw: Any = await driver(connection)
        ids = {row["id"]: row["queue_id"] for row in await raw.fetch(_LETTERS, list(queue_ids))}
        links = [(row["letter_id"], row["report_id"]) for row in await raw.fetch(_REPORTS, list(ids))]
    found = await load(desk.store, {report_id for _, report_id in links})
    letters: dict[str, list[Letter]] = {}
    dossiers: dict[UUID, list[Dossier]] = {}
    for letter_id, report_id in links:
        dossier = found[report_id]
        if letter_id not in dossiers:
            letters.setdefault(ids[letter_id], []).append(dossier.letters[letter_id])
        dossiers.setdefault(letter_id, []).append(dossier)
    return letters, dossiers


def _one(desk: Desk, draft: Draft, letter: Letter, dossiers: Sequence[Dossier], row: Relayed) -> bool:
    """A queue's number is used again after days: the recipient and the time must be the letter's as well."""
    begun = letter.sending_at or letter.written_at
    if not begun - AHEAD <= row.at <= begun + QUEUED:
        return False
    if row.status is not Status.EXPIRED and row.recipient != letter.recipient.lower():
        return False
    for dossier in dossiers:
        draft.builds_on(dossier.report)
    if row.accepted_elsewhere:
        return prove_letter(desk, draft, dossiers, letter, Receipt.SERVER, row.at, proof=f"relay's log {row.dsn}")
    if row.status in {Status.BOUNCED, Status.EXPIRED}:
        status = row.dsn or EXPIRED
        return bounced(draft, dossiers, letter, status=status, dead=says_dead(status), at=row.at)
    return False
