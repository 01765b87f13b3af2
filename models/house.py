"""One row about the store itself, and what the organisation's lawyer signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from models.base import Table, UtcDateTime, new_id


class House(Table, table=True):
    """The store's birth certificate and its stop button; exactly one row."""

    __tablename__ = "house"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    simulated: bool  # born simulated, for ever
    born_at: datetime = Field(sa_type=UtcDateTime)
    master_id: str  # the master key that wraps the blind key
    blind_key: bytes = Field(sa_type=LargeBinary)  # for keyed hashes of addresses and names; wrapped
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # no letter leaves while set
    stopped_why: str | None = None
    beat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # legal time at which a dispatch last finished
    braked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # after a silence: letters wait for a person
    braked_letters: int | None = None  # how many waited then; none while this is still being counted
    braked_why: str | None = None
    shut_why: str | None = None  # the store opens for nobody while set: a restore has not replayed its erasures


class Signature(Table, table=True):
    """A lawyer's signature of one regime version, or a standing order that makes a route automatic."""

    __tablename__ = "signature"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    regime: str = Field(index=True)
    digest: str  # SHA-256 of the signed file: a changed file needs a new signature
    party: str | None = None  # a standing order names the authority's number and the category
    category: str | None = None
    signed_by: str
    signed_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
