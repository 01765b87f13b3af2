"""
Incoming messages: what was sent to us, as received, and to which letter it belongs.

The text is private under a key of its own, which dies with the last report that it is about or with its quarantine.
No image, video or archive is ever kept: of such a part only type, size and SHA-256 stand here (practice 1.5).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from law.vocabulary import Answer, IncomingState, MatchedBy
from models.base import Table, UtcDateTime, Word, new_id


class IncomingMessage(Table, table=True):
    """One message that came in, by mail or through the answer page."""

    __tablename__ = "incoming"
    __table_args__ = (
        Index("ix_incoming_quarantine", "received_at", postgresql_where="state = 'quarantined'"),
        Index("ix_incoming_to_delete", "uid_validity", "uid", postgresql_where="uid IS NOT NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)  # M-000123
    digest: str = Field(unique=True)  # SHA-256 as received (of headers and size, if too large): taken in once
    size: int  # octets
    through: str = "email"  # email or page
    received_at: datetime = Field(sa_type=UtcDateTime)  # by the mailbox
    read_at: datetime = Field(sa_type=UtcDateTime)  # by us
    kind: Answer = Field(sa_type=Word(Answer))
    rule: str = ""  # the rule that told the kind
    state: IncomingState = Field(sa_type=Word(IncomingState))
    why: str = ""  # of a quarantine or a discard, in a closed word
    matched_by: MatchedBy = Field(default=MatchedBy.NOTHING, sa_type=Word(MatchedBy))
    letter_id: UUID | None = Field(default=None, foreign_key="letter.id", index=True)
    authentication: str = ""  # what our receiving server found: spf=pass dkim=fail dmarc=none
    parts: str = Field(default="[]", sa_type=Text)  # JSON: kind, type, size, SHA-256, of a PDF its text
    text_id: UUID | None = Field(default=None, foreign_key="private_text.id")  # the message without its attachments
    own_id: UUID | None = Field(default=None, foreign_key="private_text.id")  # what the sender wrote, without quotes
    decided_by: str | None = None  # staff code of who filed or discarded it

    # how to find the mailbox copy until it is deleted; nobody's record
    uid_validity: int | None = Field(default=None, sa_type=BigInteger)
    uid: int | None = Field(default=None, sa_type=BigInteger)


class IncomingReport(Table, table=True):
    """A report that an incoming message is about, with the act that it answers."""

    __tablename__ = "incoming_report"

    incoming_id: UUID = Field(primary_key=True, foreign_key="incoming.id")
    report_id: UUID = Field(primary_key=True, foreign_key="report.id", index=True)
    act_id: UUID | None = Field(default=None, foreign_key="act.id")


class Mailbox(Table, table=True):
    """How far a mailbox was read: what lies below is never read again."""

    __tablename__ = "mailbox"

    folder: str = Field(primary_key=True)
    uid_validity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(default=0, sa_type=BigInteger)
    read_at: datetime = Field(sa_type=UtcDateTime)  # when we last looked
    arrived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the newest message that was read


class RelayLog(Table, table=True):
    """How far the relay's log was read."""

    __tablename__ = "relay_log"

    path: str = Field(primary_key=True)  # SHA-256 of the path
    inode: int = Field(sa_type=BigInteger)
    offset: int = Field(sa_type=BigInteger)
    read_at: datetime = Field(sa_type=UtcDateTime)


class PageAnswer(Table, table=True):
    """
    What a recipient said on the answer page, until the program takes it up.

    The page's own role may add rows here and nothing else; the words are sealed for a key that it does not have. The
    database refuses what the program could not take up: another kind, too large a box, a time that is none.
    """

    __tablename__ = "page_answer"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    letter_id: UUID = Field(index=True)
    kind: Answer = Field(sa_type=Word(Answer))
    sealed: bytes = Field(sa_type=LargeBinary)  # empty once it was taken up
    at: datetime = Field(sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
