"""What a nested run works on. It travels beside Prefect, never through it: parameters hold words and counts only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from cases.desk import Desk
from cases.dispatch import Group
from cases.office import open_desk, real_clock, something_due
from edges.settings import get_settings
from models.due import Due

desk_at_hand: ContextVar[Desk | None] = ContextVar("desk_at_hand", default=None)


@dataclass(frozen=True, slots=True)
class Work:
    """One group in the hands of its nested flow run."""

    desk: Desk
    group: Group
    parts: tuple[tuple[Due, ...], ...]  # its slices, cut once
    now: datetime


work_at_hand: ContextVar[Work] = ContextVar("work_at_hand")


async def anything_due() -> bool:
    """Whether it is worth opening a desk: one statement, and the dispatch that finds nothing due makes no other."""
    opened = desk_at_hand.get()
    if opened is not None:
        return True  # it is open already
    return await something_due(get_settings(), real_clock())


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """The desk that somebody already opened in this process (the demo's, a test's), else one of our settings."""
    opened = desk_at_hand.get()
    if opened is not None:
        yield opened
        return
    async with open_desk(get_settings()) as fresh:
        yield fresh
