"""
Letters and the acts they carry: what left the house, and what the receiving server said.

A letter is written before it is sent and its outcome after. `sending_at` is set before DATA: a letter with
`sending_at` and no outcome is a question that the program answers by rule, never by a silent second letter.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from law.vocabulary import LetterKind, LetterStatus, Receipt
from models.base import Table, UtcDateTime, Word, new_id


class Letter(Table, table=True):
    """One message to one recipient."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_queue_id", "queue_id", postgresql_where="queue_id IS NOT NULL"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_id: str = Field(unique=True)
    kind: LetterKind = Field(sa_type=Word(LetterKind))
    regime: str | None = None
    party_id: UUID | None = Field(default=None, foreign_key="party.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="channel.id")
    recipient: str
    language: str
    subject: str
    digest: str  # over the commitments of its parts
    status: LetterStatus = Field(default=LetterStatus.PLANNED, sa_type=Word(LetterStatus))
    written_at: datetime = Field(sa_type=UtcDateTime)
    sending_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    copies: int = 0  # how often DATA may have begun; never above two
    code: int | None = None
    answer_id: UUID | None = Field(default=None, foreign_key="private_text.id")  # the server's own words
    queue_id: str | None = None  # what the relay calls it, to find it in the relay's log
    receipt: Receipt = Field(default=Receipt.NONE, sa_type=Word(Receipt))
    signed_by: str | None = None  # staff codes of the two people
    second_by: str | None = None


class LetterPart(Table, table=True):
    """A piece of a letter's bytes: one report's own addresses and reasons, or the frame around them."""

    __tablename__ = "letter_part"

    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id")
    ordinal: int = Field(primary_key=True)
    report_id: UUID | None = Field(default=None, foreign_key="report.id", index=True)
    text_id: UUID = Field(foreign_key="private_text.id")
    commitment: str  # of the text, kept so that the digest can be checked after an erasure


class Act(Table, table=True):
    """One outward deed for one report; the key makes a second one for the same purpose impossible."""

    __tablename__ = "act"
    __table_args__ = (UniqueConstraint("procedure_id", "kind", "ordinal"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    procedure_id: UUID = Field(foreign_key="procedure.id")
    letter_id: UUID | None = Field(default=None, foreign_key="letter.id", index=True)  # none: filed by a person
    kind: LetterKind = Field(sa_type=Word(LetterKind))
    ordinal: int = 0
    status: LetterStatus = Field(default=LetterStatus.PLANNED, sa_type=Word(LetterStatus))
    at: datetime = Field(sa_type=UtcDateTime)  # of the newest status
    reference: str | None = None  # a portal's number
