"""Timeline events: what happened, appended, never edited. A trigger refuses UPDATE, DELETE and TRUNCATE."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class Event(Table, table=True):
    """
    One fact on a report's record, with the rows that it changed.

    `body` is JSON with sorted keys: {"changes": [[table, id, {column: value}], ...], "details": {...}}. Replaying the
    changes of a report's events in order gives its rows. Nothing in it names a person, a host or an address.
    `prev` and `hash` chain it to the report's event before it, as `docs/proof.md` defines.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("report_id", "seq"),)

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(always=True),))
    report_id: UUID = Field(foreign_key="report.id")
    seq: int
    procedure_id: UUID | None = None
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)  # when it happened, in the store's legal time
    learned_at: datetime = Field(sa_type=UtcDateTime)  # when we learned it, in the store's legal time
    recorded_at: datetime = Field(sa_type=UtcDateTime)  # when it was written, on the database's clock
    actor: str = "machine"  # or a staff code
    flow_run_id: UUID | None = None
    body: str = Field(sa_type=Text)
    prev: str | None = None  # hash of the report's event before it
    hash: str
