"""Seals: a time-stamped root over all events since the last one, chained to it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy import Table as CoreTable
from sqlmodel import Field

from models.base import Table, UtcDateTime, new_id


class Seal(Table, table=True):
    """One seal. `body` is the text that is hashed and stamped; the other columns repeat what stands in it."""

    __tablename__ = "seal"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    events: int
    leaves: int
    root: str
    prev: str | None = None
    closed_at: datetime = Field(sa_type=UtcDateTime)
    body: str = Field(sa_type=Text)
    hash: str = Field(unique=True)


class SealLeaf(Table, table=True):
    """What a seal covers of one report; `hashes` are those of its events, in order."""

    __tablename__ = "seal_leaf"

    seal_number: int = Field(primary_key=True, foreign_key="seal.number")
    index: int = Field(primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    first_seq: int
    last_seq: int
    hashes: list[str] = Field(sa_type=ARRAY(String))


class SealToken(Table, table=True):
    """A time stamp over a seal (RFC 3161), as the authority answered."""

    __tablename__ = "seal_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    seal_number: int = Field(foreign_key="seal.number", index=True)
    authority: str  # its address
    token: bytes = Field(sa_type=LargeBinary)
    stamped_at: datetime = Field(sa_type=UtcDateTime)  # the token's own time
    obtained_at: datetime = Field(sa_type=UtcDateTime)


# Events that no seal covers yet. A queue: whoever seals takes rows out, so an event that is committed late is simply
# in the next seal. It has no key and no index, because it is only ever written and emptied.
unsealed = CoreTable(
    "unsealed",
    Table.metadata,
    Column("report_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
)
