"""
Everything that names or describes a person, apart from the rest, and only ever encrypted in the store.

A row elsewhere holds only the id of its text; an event holds only the text's commitment. So a text can be erased
without touching an event, and nobody can test a guessed address against the record. In memory a text is a
`PrivateText`; in the store it is a `SealedText` under a `DataKey`, and destroying the key is erasing the text.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from models.base import Table, UtcDateTime, Word, new_id

SALT = 32  # bytes


class Purpose(StrEnum):
    """One key per person and purpose (practice, section 3)."""

    REPORTER = "reporter"
    VICTIM = "victim"
    UPLOADER = "uploader"
    LOCATION = "location"  # the exact address of content
    FREE_TEXT = "free_text"  # why, descriptions, references that may name somebody
    LETTER = "letter"  # a part of a letter as sent
    INCOMING = "incoming"  # a message as received


@dataclass(slots=True)
class PrivateText:
    """
    One text about a person or a place of content, in clear, in memory.

    `subject` is the keyed hash of the person whose text it is, where a person has texts in several reports: they share
    one key then. Otherwise the key is that of `report_id` and the purpose.
    """

    purpose: Purpose
    body: bytes
    written_at: datetime
    report_id: UUID | None = None
    subject: bytes | None = None
    letter_id: UUID | None = None  # of the frame's parts, or of an incoming message's texts: they share one key
    salt: bytes = field(default_factory=lambda: os.urandom(SALT))
    id: UUID = field(default_factory=new_id)

    @property
    def text(self) -> str:
        """The text itself; parts of letters are bytes and are read through `body`."""
        return self.body.decode("utf-8")

    @property
    def clear(self) -> bytes:
        """Salt and text together: what is encrypted, and what the commitment is over."""
        return self.salt + self.body

    @property
    def commitment(self) -> str:
        """SHA-256 over a 32-byte salt and the text, in hex: what an event holds instead of the text."""
        return hashlib.sha256(self.clear).hexdigest()


def private(
    purpose: Purpose,
    body: str | bytes,
    *,
    now: datetime,
    report_id: UUID | None = None,
    subject: bytes | None = None,
    letter_id: UUID | None = None,
) -> PrivateText:
    """A new private text with a salt of its own."""
    data = body.encode("utf-8") if isinstance(body, str) else body
    return PrivateText(purpose, data, now, report_id, subject, letter_id)


def digest_of(parts: Sequence[PrivateText]) -> str:
    """What stands for a letter made of these parts: SHA-256 over their commitments in order, one a line."""
    return hashlib.sha256("\n".join(part.commitment for part in parts).encode("ascii")).hexdigest()


class DataKey(Table, table=True):
    """
    The key of one person and purpose, wrapped by a master key that is kept outside the database.

    Erasing sets `wrapped` and `subject` to null: what the key opened is gone, and nobody can be found by name.
    """

    __tablename__ = "data_key"
    __table_args__ = (
        Index(
            "uq_data_key_of_report",
            "report_id",
            "purpose",
            unique=True,
            postgresql_where="erased_at IS NULL AND subject IS NULL",
        ),
        Index("uq_data_key_of_subject", "subject", "purpose", unique=True, postgresql_where="subject IS NOT NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: Purpose = Field(sa_type=Word(Purpose))
    report_id: UUID | None = Field(default=None, foreign_key="report.id")
    subject: bytes | None = Field(default=None, sa_type=LargeBinary)
    master_id: str  # which master key wraps it
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SealedText(Table, table=True):
    """One private text as the store holds it: nonce, ciphertext and tag of AES-256-GCM; empty once erased."""

    __tablename__ = "private_text"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: Purpose = Field(sa_type=Word(Purpose))
    report_id: UUID | None = Field(default=None, foreign_key="report.id", index=True)
    key_id: UUID = Field(foreign_key="data_key.id", index=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcDateTime)
