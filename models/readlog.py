"""Who looked at what: apart from everything else, appended, by number only, gone by age."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from models.base import Table, UtcDateTime, Word, new_id


class How(StrEnum):
    """The way in which a report was looked at."""

    PAGE = "page"  # the audit pages
    LETTER = "letter"  # the text of one letter, on the audit pages
    WORK = "work"  # the exact addresses of an addressee's work list
    MESSAGE = "message"  # the text of a message that came in; it may belong to this report
    COMMAND = "command"  # `report show`, `inbox show`
    SEARCH = "search"  # by address or platform
    EXPORT = "export"
    LOG = "log"  # this very log was read


class Read(Table, table=True):
    """
    One look at one report. No key leads to the report: the log is apart, and outlives what it speaks of.

    It says what left and who saw it when data were breached. It is never a measure of anybody's work, and no command
    lists it by who looked.
    """

    __tablename__ = "read_log"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)  # on the database's real clock
    who: str  # staff code; os:name of an account of this machine; site, where nobody signs in
    how: How = Field(sa_type=Word(How))
    report: str | None = Field(default=None, index=True)  # its number; none: a look that touched no report
    why: str | None = None
