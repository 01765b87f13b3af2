"""Between memory and store: private texts are encrypted on their way in and opened on their way out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import new_id
from models.bulk import driver
from models.cipher import Cipher, Tampered
from models.private import SALT, PrivateText, Purpose

# asyncpg's own words: these run in every write of a storm.
_OF_REPORTS = (
    "SELECT id, purpose, report_id, master_id, wrapped FROM data_key"
    " WHERE report_id = ANY($1) AND purpose = ANY($2) AND subject IS NULL AND erased_at IS NULL"
)
_OF_SUBJECTS = "SELECT id, purpose, subject, master_id, wrapped FROM data_key WHERE subject = ANY($1)"
_TEXTS = (
    "SELECT t.id, t.purpose, t.report_id, t.sealed, t.written_at, k.id AS key_id, k.subject, k.master_id, k.wrapped"
    " FROM private_text t JOIN data_key k ON k.id = t.key_id WHERE t.id = ANY($1) AND k.wrapped IS NOT NULL"
)

Owner = tuple[Any, Purpose]  # a report's id, a person's keyed hash or a text's own id; and the purpose


@dataclass(slots=True)
class Sealed:
    """Rows to insert, as their columns."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)


async def seal(
    connection: AsyncConnection, cipher: Cipher, texts: Sequence[PrivateText], fresh: Collection[UUID]
) -> Sealed:
    """
    The rows of these texts, each encrypted under the key of its person and purpose; missing keys are made.

    `fresh` are reports that this very transaction makes: they have no keys yet. The caller holds the locks of the
    others, so that nobody makes the same key at the same time.
    """
    out = Sealed()
    known = await _known_keys(connection, cipher, texts, fresh)
    for text in texts:
        owner = _owner(text)
        found = known.get(owner)
        if found is None:
            key_id = new_id()
            key, wrapped = cipher.new_key(key_id)
            found = known[owner] = (key_id, key)
            out.keys.append(_key_row(text, key_id, cipher.master_id, wrapped))
        key_id, key = found
        out.texts.append(
            {
                "id": text.id,
                "purpose": text.purpose,
                "report_id": text.report_id,
                "key_id": key_id,
                "sealed": cipher.seal(key, text.id, text.clear),
                "written_at": text.written_at,
            }
        )
    return out


def _owner(text: PrivateText) -> Owner:
    return (text.subject or text.report_id or text.letter_id or text.id, text.purpose)


def _key_row(text: PrivateText, key_id: UUID, master_id: str, wrapped: bytes) -> dict[str, Any]:
    return {
        "id": key_id,
        "purpose": text.purpose,
        "report_id": None if text.subject else text.report_id,
        "subject": text.subject,
        "master_id": master_id,
        "wrapped": wrapped,
        "written_at": text.written_at,
    }


async def _known_keys(
    connection: AsyncConnection, cipher: Cipher, texts: Sequence[PrivateText], fresh: Collection[UUID]
) -> dict[Owner, tuple[UUID, bytes]]:
    found: dict[Owner, tuple[UUID, bytes]] = {}
    raw = await driver(connection)
    old = {text.report_id for text in texts if text.report_id and not text.subject and text.report_id not in fresh}
    if old:
        purposes = list({str(text.purpose) for text in texts})
        for row in await raw.fetch(_OF_REPORTS, list(old), purposes):
            key = cipher.unwrap(row["id"], row["master_id"], row["wrapped"])
            found[(row["report_id"], Purpose(row["purpose"]))] = (row["id"], key)
    subjects = {text.subject for text in texts if text.subject}
    if subjects:
        for row in await raw.fetch(_OF_SUBJECTS, list(subjects)):
            key = cipher.unwrap(row["id"], row["master_id"], row["wrapped"])
            found[(row["subject"], Purpose(row["purpose"]))] = (row["id"], key)
    return found


async def open_texts(
    connection: AsyncConnection, cipher: Cipher, ids: Iterable[UUID], *, altered: set[UUID] | None = None
) -> dict[UUID, PrivateText]:
    """
    The texts with these ids, in clear; one that was erased is missing.

    Raises:
        Tampered: one does not open under its key; with `altered` given it is put there instead, and is missing.
    """
    wanted = list(ids)
    if not wanted:
        return {}
    found: dict[UUID, PrivateText] = {}
    keys: dict[UUID, bytes] = {}
    for row in await (await driver(connection)).fetch(_TEXTS, wanted):
        key = keys.get(row["key_id"])
        if key is None:
            key = keys[row["key_id"]] = cipher.unwrap(row["key_id"], row["master_id"], row["wrapped"])
        try:
            found[row["id"]] = _opened(row, cipher.open(key, row["id"], row["sealed"]))
        except Tampered:
            if altered is None:
                raise
            altered.add(row["id"])
    return found


def _opened(row: Any, clear: bytes) -> PrivateText:
    return PrivateText(
        purpose=Purpose(row["purpose"]),
        body=clear[SALT:],
        written_at=row["written_at"],
        report_id=row["report_id"],
        subject=row["subject"],
        salt=clear[:SALT],
        id=row["id"],
    )
