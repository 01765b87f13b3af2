"""
The read log: who looked at which report, when and how (practice, section 3).

A look goes on record before anything is shown: who cannot be noted is shown nothing. The log is read for one report,
by somebody whom the organisation named for it, with a reason, and that reading is a row of its own. No function here
takes a member of staff: the log rates nobody.
"""

import getpass
from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import col, select

from cases.house import OrganisationFile, house_of
from models.base import new_id
from models.readlog import How, Read
from models.store import Store

SITE = "site"  # there is no sign-in yet
LONGEST = 200  # characters of a reason

_NOTE = text(
    "INSERT INTO read_log (id, at, who, how, report, why)"
    " SELECT one.id, clock.at, :who, :how, one.report, CAST(:why AS text)"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:reports AS text[])) AS one (id, report),"
    " (SELECT clock_timestamp() AS at) AS clock"
)
_COUNT = text("SELECT count(*) FROM read_log WHERE at < clock_timestamp() - make_interval(months => :months)")
_EXPIRE = text("DELETE FROM read_log WHERE at < clock_timestamp() - make_interval(months => :months)")


class ReadRefused(ValueError):
    """The log is not shown; nothing was read."""


def account() -> str:
    """The account of this machine that runs a command, where nobody gave a staff code."""
    try:
        return f"os:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "os:unknown"


def reason_of(given: str) -> str:
    """
    A stated reason.

    Raises:
        ReadRefused: there is none, or it is longer than a line.
    """
    said = given.strip()
    if not said:
        raise ReadRefused("say why: give --why")
    if len(said) > LONGEST or not said.isprintable():
        raise ReadRefused(f"--why is one line of at most {LONGEST} characters; numbers, no names")
    return said


async def note_read(store: Store, who: str, how: How, numbers: Sequence[str], *, why: str | None = None) -> None:
    """
    Put a look at these reports on record, at the database's real time, in one statement.

    Without numbers it says that somebody looked and that it touched no report.
    """
    reports: list[str | None] = [*dict.fromkeys(numbers)] or [None]
    given = {"who": who, "how": str(how), "why": why, "ids": [new_id() for _ in reports], "reports": reports}
    async with store.transaction() as connection:
        await connection.execute(_NOTE, given)


async def reads_of(store: Store, number: str, file: OrganisationFile, *, by: str, why: str) -> list[Read]:
    """
    Everybody who looked at one report, oldest first; this reading is the last row.

    Raises:
        ReadRefused: no reason, or in a real store somebody whom the organisation did not name for it.
    """
    reason = reason_of(why)
    await _may_read(store, file, by)
    await note_read(store, by, How.LOG, [number], why=reason)
    async with store.session() as session:
        return list((await session.exec(select(Read).where(Read.report == number).order_by(col(Read.at)))).all())


async def _may_read(store: Store, file: OrganisationFile, by: str) -> None:
    named = {code.casefold() for code in file.log_readers}
    if by.casefold() not in named and not (await house_of(store)).simulated:
        raise ReadRefused(
            f"{by} does not stand among log_readers in the organisation file: the data protection officer and auditors "
            "read this log"
        )


async def over_age(store: Store, months: int) -> int:
    """How many rows are older than so many months."""
    async with store.transaction() as connection:
        return int((await connection.execute(_COUNT, {"months": months})).scalar_one())


async def expire(store: Store, months: int) -> int:
    """Take rows away that are older than so many months; returns how many."""
    async with store.transaction() as connection:
        return (await connection.execute(_EXPIRE, {"months": months})).rowcount
