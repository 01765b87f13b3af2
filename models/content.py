"""Contents and where they are. A content that comes back opens a new location on the same content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from law.vocabulary import Basis, LocationKind, Sight
from models.base import Table, UtcDateTime, Word, new_id


class Content(Table, table=True):
    """One piece of content, wherever it stands; it has no image here, ever."""

    __tablename__ = "content"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    written_at: datetime = Field(sa_type=UtcDateTime)


class Location(Table, table=True):
    """One exact place of a content. The address itself is a private text; host and country stay plain in the store."""

    __tablename__ = "location"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    content_id: UUID = Field(foreign_key="content.id", index=True)
    ordinal: int
    kind: LocationKind = Field(sa_type=Word(LocationKind))
    text_id: UUID = Field(foreign_key="private_text.id")
    blind: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)  # keyed hash; none: erased
    host: str | None = None  # never in Prefect: a site can bear a victim's name
    country: str | None = None  # of the true host, newest entry of the trail
    platform_id: UUID | None = Field(default=None, foreign_key="party.id")
    host_id: UUID | None = Field(default=None, foreign_key="party.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # gone, or left for another location


class Hosting(Table, table=True):
    """One dated entry of a location's hosting trail (practice, section 2)."""

    __tablename__ = "hosting"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    location_id: UUID = Field(foreign_key="location.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    address: str | None = None  # IP
    network: str | None = None  # ASN and name
    country: str | None = None
    behind_cdn: bool | None = None
    source: str = ""  # import, probe, analyst


class Observation(Table, table=True):
    """What one look at one location showed."""

    __tablename__ = "observation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    location_id: UUID = Field(foreign_key="location.id", index=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    sight: Sight = Field(sa_type=Word(Sight))
    basis: Basis = Field(sa_type=Word(Basis))
    status: int | None = None
    detail: str = ""  # in the probe's own words: no text of a person or of the page
    seen_by: str | None = None  # staff code of an analyst
