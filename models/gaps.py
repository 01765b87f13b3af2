"""
When nothing was done, and when nothing was let go: the gaps that explain why something happened late.

A *silence* is a time in which no dispatch finished a pass. A *halt* is a time in which people, or the brake after a
silence, kept letters from leaving; its row is written when letters go on. All of these tables are only added to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field

from law.vocabulary import LateCause
from models.base import Table, UtcDateTime, Word, new_id


class Silence(Table, table=True):
    """A time in which no dispatch finished a pass; in legal time, `noticed_at` on the database's real clock."""

    __tablename__ = "silence"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    began_at: datetime = Field(sa_type=UtcDateTime, unique=True)  # the last sign of life
    ended_at: datetime = Field(sa_type=UtcDateTime)
    noticed_at: datetime = Field(sa_type=UtcDateTime)


class Halt(Table, table=True):
    """A time in which letters were kept back: by the brake after a silence, or by whoever stopped sending."""

    __tablename__ = "halt"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    cause: LateCause = Field(sa_type=Word(LateCause))  # brake, or stopped
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)  # when letters went on
    by: str | None = None  # staff code of whoever released; none for the stop, which needs no name
    letters: int | None = None  # how many were let go by this release
    most: int | None = None  # none: all; else only the first so many, and the brake stayed on for the rest
    why: str | None = None
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class Released(Table, table=True):
    """A duty whose letter may leave although the brake is on: one of the first so many that a person released."""

    __tablename__ = "released"

    duty_id: UUID = Field(primary_key=True, foreign_key="duty.id")
    halt_id: UUID = Field(foreign_key="halt.id", index=True)


@dataclass(frozen=True, slots=True)
class Gap:
    """One time in which something kept duties from being done; `report_id` when only that report's."""

    cause: LateCause
    began_at: datetime
    ended_at: datetime | None  # none: it still lasts
    report_id: UUID | None = None

    def covers(self, at: datetime) -> bool:
        """Whether that instant lies in it."""
        return self.began_at <= at and (self.ended_at is None or at <= self.ended_at)

    def touches(self, begin: datetime, end: datetime) -> bool:
        """Whether any of the time between these instants lies in it."""
        return self.began_at < end and (self.ended_at is None or self.ended_at > begin)


_GAPS: Final = text("""
SELECT 'outage' AS cause, began_at, ended_at, CAST(NULL AS uuid) AS report_id FROM silence WHERE ended_at > :since
UNION ALL SELECT cause, began_at, ended_at, NULL FROM halt WHERE ended_at > :since
UNION ALL SELECT 'stopped', stopped_at, NULL, NULL FROM house WHERE stopped_at IS NOT NULL
UNION ALL SELECT 'brake', braked_at, NULL, NULL FROM house WHERE braked_at IS NOT NULL
UNION ALL SELECT 'held', starts_at, released_at, report_id FROM hold
    WHERE report_id = ANY(:reports) AND (released_at IS NULL OR released_at > :since)
""")


async def gaps_since(connection: AsyncConnection, since: datetime, reports: Iterable[UUID]) -> list[Gap]:
    """What kept duties of these reports from being done at some time after `since`."""
    rows = await connection.execute(_GAPS, {"since": since, "reports": list(reports)})
    return [Gap(LateCause(row.cause), row.began_at, row.ended_at, row.report_id) for row in rows]
