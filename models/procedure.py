"""Procedures, their duties and their measures: what the dispatch works on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from law.vocabulary import Deed, MeasureTarget, Receipt, Stage
from models.base import Table, UtcDateTime, Word, new_id

PERSON = "person"
MACHINE = "machine"


class Procedure(Table, table=True):
    """One legal route for one report: one regime, one addressee, one clock."""

    __tablename__ = "procedure"
    __table_args__ = (UniqueConstraint("report_id", "ordinal"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    ordinal: int
    regime: str
    regime_digest: str  # the version it was opened under
    party_id: UUID | None = Field(default=None, foreign_key="party.id", index=True)
    about_id: UUID | None = Field(default=None, foreign_key="party.id")  # the platform that a complaint is about
    parent_id: UUID | None = Field(default=None, foreign_key="procedure.id")  # the rung below
    mandate_id: UUID | None = Field(default=None, foreign_key="mandate.id")  # the mandate it rests on
    after: str | None = None  # the condition that must hold before anything is sent
    stage: Stage = Field(default=Stage.OPENED, sa_type=Word(Stage))
    opened_at: datetime = Field(sa_type=UtcDateTime)
    given_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    receipt: Receipt = Field(default=Receipt.NONE, sa_type=Word(Receipt))
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the deadline, see the certificate
    certificate: str | None = Field(default=None, sa_type=Text)  # JSON of law.certificate.Certificate
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    overridden: list[str] | None = Field(default=None, sa_type=ARRAY(String))  # what two people passed at the gate


DUE = "closed_at IS NULL AND by = 'machine' AND held_by IS NULL"


class Duty(Table, table=True):
    """An obligation with its `due_at`, done by the machine or waiting for a person. Dispatch reads nothing else."""

    __tablename__ = "duty"
    __table_args__ = (
        Index("ix_duty_due", "priority", "due_at", postgresql_where=DUE),
        Index("ix_duty_next", "due_at", postgresql_where=DUE),
        Index("ix_duty_open_procedure", "procedure_id", postgresql_where="closed_at IS NULL"),
        Index("ix_duty_matter", "cause", "party_id", postgresql_where="closed_at IS NULL AND by = 'person'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    procedure_id: UUID | None = Field(default=None, foreign_key="procedure.id")
    deed: Deed = Field(sa_type=Word(Deed))
    due_at: datetime = Field(sa_type=UtcDateTime)
    legal_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when the law, not the house, wants it
    priority: int
    by: str = MACHINE
    cause: str | None = None  # why a person is needed; one matter is one cause and addressee
    party_id: UUID | None = Field(default=None, foreign_key="party.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_by: UUID | None = Field(default=None, foreign_key="hold.id")
    attempts: int = 0

    # not replayed: who works on it right now, on the database's real clock
    lease_token: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Measure(Table, table=True):
    """A temporary block: legal basis, scope, who decided, start, end, review, and what lifted it."""

    __tablename__ = "measure"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    procedure_id: UUID = Field(foreign_key="procedure.id", index=True)
    regime: str
    target: MeasureTarget = Field(sa_type=Word(MeasureTarget))
    decided_by: str
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # none: open, with periodic review
    review_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str | None = None  # expired, lifted, upheld
