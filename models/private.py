"""
Everything that names or describes a person, apart from the rest.

A row elsewhere holds only the id of its text; an event holds only `commitment(salt, text)`. So the text can be
encrypted and erased without touching an event, and nobody can test a guessed address against the record.
"""

import hashlib
import os
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from models.base import Table, UtcDateTime, Word, new_id


class Purpose(StrEnum):
    """One key per person and purpose (practice, section 3)."""

    REPORTER = "reporter"
    VICTIM = "victim"
    UPLOADER = "uploader"
    LOCATION = "location"  # the exact address of content
    FREE_TEXT = "free_text"  # why, descriptions, references that may name somebody
    LETTER = "letter"  # the bytes of a letter as sent


class PrivateText(Table, table=True):
    """One text about a person or a place of content."""

    __tablename__ = "private_text"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: Purpose = Field(sa_type=Word(Purpose))
    report_id: UUID | None = Field(default=None, foreign_key="report.id", index=True)
    salt: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def text(self) -> str:
        """The text itself; letters are bytes and are read through `body`."""
        return self.body.decode("utf-8")


def commitment(salt: bytes, body: bytes) -> str:
    """SHA-256 over a 32-byte salt and the value, in hex: what an event holds instead of the value."""
    return hashlib.sha256(salt + body).hexdigest()


def private(purpose: Purpose, body: str | bytes, *, now: datetime, report_id: UUID | None = None) -> PrivateText:
    """A new private text with a salt of its own."""
    data = body.encode("utf-8") if isinstance(body, str) else body
    return PrivateText(purpose=purpose, report_id=report_id, salt=os.urandom(32), body=data, written_at=now)
