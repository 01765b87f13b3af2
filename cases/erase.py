"""
Erasing: the key of a person and purpose is destroyed, and what it opened is gone from the store and every later page.

Events, rows' hashes and seals stay: they hold commitments whose salts died with the key. Each erasure stands in three
places: as an event of every report that it touches, in the keys themselves, and in a list outside the database, which
a restore replays so that no backup revives anything.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.erase_scope import EraseRefused, scope_of
from cases.tell import TELL_ERASURE, left_the_house, open_matters
from models.base import utc
from models.bulk import driver
from models.draft import Draft
from models.private import Purpose
from models.store import Store, write
from models.tables import Duty

_TEXTS = "SELECT id, report_id FROM private_text WHERE key_id = ANY($1) AND report_id IS NOT NULL"
# All texts of messages that came in about these reports: they are gone from these reports' pages, and from the store
# with the last report that shares them.
_INCOMING = (
    "SELECT t.id, r.report_id FROM incoming_report r JOIN incoming i ON i.id = r.incoming_id"
    " JOIN private_text f ON f.id = i.text_id JOIN private_text t ON t.key_id = f.key_id WHERE r.report_id = ANY($1)"
)
_WATCH = (
    "SELECT id, report_id FROM duty WHERE report_id = ANY($1) AND deed IN ('watch', 'verify') AND closed_at IS NULL"
)
# What dies with the keys, in this order; every statement may run twice.
_DESTROY = (
    "UPDATE hosting SET address = NULL, network = NULL FROM location l JOIN private_text t ON t.id = l.text_id"
    " WHERE hosting.location_id = l.id AND t.key_id = ANY($1)",
    "UPDATE location SET blind = NULL, host = NULL FROM private_text t"
    " WHERE t.id = location.text_id AND t.key_id = ANY($1)",
    "UPDATE letter SET recipient = '' FROM letter_part p JOIN private_text t ON t.id = p.text_id"
    " WHERE p.letter_id = letter.id AND t.key_id = ANY($1) AND NOT EXISTS ("
    " SELECT 1 FROM letter_part o JOIN private_text ot ON ot.id = o.text_id"
    " WHERE o.letter_id = letter.id AND o.report_id IS NOT NULL AND ot.key_id <> ALL($1))",
    "UPDATE page_answer SET sealed = '' FROM letter_part p JOIN private_text t ON t.id = p.text_id"
    " WHERE p.letter_id = page_answer.letter_id AND t.key_id = ANY($1)",
    "DELETE FROM intake_ref USING private_text t"
    " WHERE t.report_id = intake_ref.report_id AND t.purpose = 'location' AND t.key_id = ANY($1)",
    "UPDATE private_text SET sealed = '' WHERE key_id = ANY($1)",
    "UPDATE data_key SET wrapped = NULL, subject = NULL, erased_at = $2 WHERE id = ANY($1) AND erased_at IS NULL",
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """One line of the list outside the database: which keys, when, by whom and why. It names nobody."""

    at: datetime
    by: str
    cause: str
    purposes: tuple[str, ...]
    keys: tuple[UUID, ...]
    second: str = ""  # staff code of a second person, where it takes two

    def line(self) -> str:
        """As it stands in the list."""
        told = {"at": utc(self.at), "by": self.by, "cause": self.cause, "purposes": list(self.purposes)}
        told |= {"second": self.second} if self.second else {}
        return json.dumps(told | {"keys": [str(key) for key in self.keys]}, sort_keys=True)


async def erase(
    store: Store,
    numbers: Sequence[str],
    purposes: Iterable[str],
    *,
    by: str,
    cause: str,
    ledger: Path,
    now: datetime,
    second: str = "",
    within: Sequence[UUID] | None = None,
    sweeping: bool = True,
) -> Erasure:
    """
    Destroy the keys of these purposes of these reports; a person's key goes for all reports that it was used in.

    With `within` given, a person's key that was used in any report besides these stays: what happens by age touches
    no report whose time has not come. Without `sweeping` the caller sweeps, once after many.

    Raises:
        EraseRefused: an unknown report, purpose or cause, a legal hold, a procedure that still needs it, by age
            (`retention`) a report that is not closed, nothing to erase, or a list outside the database that cannot be
            written; every fault at once.
    """
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        scope = await scope_of(await driver(connection), numbers, purposes, cause, within)
        done = Erasure(now, by, cause, tuple(map(str, scope.purposes)), scope.keys, second)
        try:
            note(ledger, done)  # the intention, outside the database, before anything is gone
        except OSError as error:
            raise EraseRefused(
                f"the list of erasures cannot be written: {error.strerror}; nothing was erased"
            ) from error
        await carry_out(connection, store, done)
    if sweeping:
        await sweep(store)
    return done


async def carry_out(connection: AsyncConnection, store: Store, done: Erasure) -> None:
    """Say it on every report concerned, then destroy; inside the caller's transaction, and harmless twice."""
    raw = await driver(connection)
    keys = list(done.keys)
    texts: dict[UUID, list[str]] = {}
    for row in await raw.fetch(_TEXTS, keys):
        texts.setdefault(row["report_id"], []).append(str(row["id"]))
    if Purpose.INCOMING in done.purposes:
        for row in await raw.fetch(_INCOMING, list(texts)):
            texts[row["report_id"]].append(str(row["id"]))
    draft = Draft(done.at, actor=done.by)
    for report_id, ids in texts.items():
        if not await _said(raw, report_id, ids):
            entry = draft.event(report_id, "erased", cause=done.cause, purposes=list(done.purposes), texts=sorted(ids))
            entry.details |= {"second": done.second} if done.second else {}
            if "location" in done.purposes:
                await _look_no_more(raw, entry, report_id, done.at)
    if draft.entries:
        if left_the_house(done.purposes, done.cause):
            await open_matters(raw, draft.entries, TELL_ERASURE, done.at)
        await write(connection, draft, store.cipher)
    for statement in _DESTROY:
        await raw.execute(statement, keys, *((done.at,) if "$2" in statement else ()))


async def _said(raw: Any, report_id: UUID, ids: list[str]) -> bool:
    """Whether an event says already that these texts were erased: after a restore it may."""
    for row in await raw.fetch("SELECT body FROM event WHERE report_id = $1 AND kind = 'erased'", report_id):
        if set(ids) <= set(json.loads(row["body"])["details"]["texts"]):
            return True
    return False


async def _look_no_more(raw: Any, entry: Any, report_id: UUID, now: datetime) -> None:
    """Without its address nobody can look at a place any more: the watch ends."""
    for row in await raw.fetch(_WATCH, [report_id]):
        entry.set(Duty.of({"id": row["id"], "report_id": row["report_id"]}), closed_at=now)


async def sweep(store: Store) -> None:
    """Take what was destroyed off the pages of the database, where it would lie until they are written over."""
    async with store.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in ("data_key", "private_text", "location", "hosting", "letter", "page_answer", "intake_ref"):
            await outside.execute(text(f"VACUUM {table}"))


def note(ledger: Path, done: Erasure) -> None:
    """Append to the list outside the database, safely down on the disk."""
    ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(done.line() + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted(ledger: Path) -> list[Erasure]:
    """All erasures on the list, oldest first; none when there is no list."""
    if not ledger.exists():
        return []
    found = []
    for line in ledger.read_text(encoding="ascii").splitlines():
        told = json.loads(line)
        found.append(
            Erasure(
                datetime.fromisoformat(told["at"]).astimezone(UTC),
                told["by"],
                told["cause"],
                tuple(told["purposes"]),
                tuple(UUID(key) for key in told["keys"]),
                told.get("second", ""),
            )
        )
    return found


async def replay_erasures(store: Store, ledger: Path) -> int:
    """Carry every noted erasure out again, for a store that came back from a backup; returns how many there are."""
    erasures = noted(ledger)
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        for done in erasures:
            await carry_out(connection, store, done)
    await sweep(store)
    return len(erasures)
