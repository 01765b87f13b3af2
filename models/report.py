"""Reports, how they were qualified, and what a person gave us with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String
from sqlmodel import Field

from law.vocabulary import Depicted, ReportStage
from models.base import Table, UtcDateTime, Word, new_id


class Report(Table, table=True):
    """One piece of content at its exact locations, carried through its legal life."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_stage_number", "stage", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)  # R-2026-000123: the only name that leaves the store
    content_id: UUID = Field(foreign_key="content.id", index=True)
    category: str = Field(index=True)
    depicted: Depicted = Field(sa_type=Word(Depicted))
    priority: int  # 0 overtakes everything
    public: bool = True
    victim_reported: bool = False
    wish: str | None = None
    language: str = "fr"
    received_at: datetime = Field(sa_type=UtcDateTime)
    notified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # somebody told the host before the import

    # what follows is rebuilt by replaying the events
    stage: ReportStage = Field(default=ReportStage.RECEIVED, sa_type=Word(ReportStage))
    returns: int = 0
    police_informed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    police_no_objection_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agreed_delay_hours: int | None = None
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # since when nothing is seen any more
    retracted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    event_seq: int = 0  # number of the newest event
    head: str | None = None  # its hash


class IntakeRef(Table, table=True):
    """
    What was taken in already: importing the same file twice adds nothing.

    `source_ref` is the keyed hash of the sender's own reference, or of what identifies a row without one. A row that
    was linked to an open report leaves a reference as well, so that the second import does not link it again.
    """

    __tablename__ = "intake_ref"

    source_ref: str = Field(primary_key=True)  # hex of HMAC-SHA256 under the house's blind key
    report_id: UUID = Field(foreign_key="report.id", index=True)


class Qualification(Table, table=True):
    """What a court asks first: who said that it is illegal, when, how seen, and why."""

    __tablename__ = "qualification"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    code: str  # id in law/qualifications.toml
    qualified_by: str  # staff code
    qualified_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    second_reader: str | None = None
    why_id: UUID | None = Field(default=None, foreign_key="private_text.id")
    remarks_id: UUID | None = Field(default=None, foreign_key="private_text.id")  # models.remarks


class Mandate(Table, table=True):
    """What the person concerned allows us to do in their name."""

    __tablename__ = "mandate"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    principal_id: UUID | None = Field(default=None, foreign_key="private_text.id")
    capacity: str = "person_concerned"  # person_concerned, parental_authority, ad_hoc_administrator
    countries: list[str] = Field(default_factory=list, sa_type=ARRAY(String))  # empty: every country
    parties: list[str] = Field(default_factory=list, sa_type=ARRAY(String))  # empty: every party
    identity_checked: bool = False
    disclosure_agreed: bool = False  # the person agreed to be named, warned that a notice may be published
    signed_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Complaint(Table, table=True):
    """The victim's complaint to the police (code pénal 226-6)."""

    __tablename__ = "complaint"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    number_id: UUID | None = Field(default=None, foreign_key="private_text.id")
    filed_at: datetime = Field(sa_type=UtcDateTime)
    service: str = ""
    copy_held: bool = False
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Hold(Table, table=True):
    """A request from the police that nothing leave (practice 1.4). It stops outward acts, never a legal clock."""

    __tablename__ = "hold"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    service: str
    reference_id: UUID | None = Field(default=None, foreign_key="private_text.id")  # officer and procedure number
    written: bool = False  # an oral hold lasts 24 hours
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LegalHold(Table, table=True):
    """A person keeps a report from being erased: a court, an audit or a claim still needs it."""

    __tablename__ = "legal_hold"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    placed_by: str  # staff code
    why_id: UUID | None = Field(default=None, foreign_key="private_text.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str | None = None


class Decision(Table, table=True):
    """What an authority or a court decided, as a person recorded it."""

    __tablename__ = "decision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    procedure_id: UUID | None = Field(default=None, foreign_key="procedure.id")
    kind: str  # granted, refused, acted, judgment, lifted, upheld
    reference_id: UUID | None = Field(default=None, foreign_key="private_text.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
