"""
Dispatch: every minute, do what is due.

Each run claims duties, the most urgent first, and runs each group as a nested flow run, until nothing is due or its
time is over. Two at once do no harm: the claim is `FOR UPDATE SKIP LOCKED`, and every outcome carries its lease.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed

from cases.brake import beat, braked, waiting
from cases.desk import Desk
from cases.dispatch import Group, claim_for, groups
from cases.moves import EMERGENCY
from edges.settings import get_settings
from flows.at_hand import Work, anything_due, desk
from flows.groups import run_group

TOO_LATE = timedelta(minutes=2)  # a run that starts later than that is a leftover of a stop
SIDE_BY_SIDE = 3  # nested runs at a time
BITE = 2_500  # duties claimed at a time
LOOKOUT_SECONDS = 1.0  # between two looks for emergencies while a pass works


@dataclass(slots=True)
class Tally:
    """What a pass did."""

    duties: int = 0
    groups: int = 0
    red: int = 0

    def __str__(self) -> str:
        return f"{self.duties} duties in {self.groups} groups, {self.red} red"


@flow(name="dispatch", flow_run_name="dispatch", retries=0, persist_result=False)
async def dispatch() -> Any:
    """Do what is due now, the most urgent first."""
    if _is_leftover():
        return Completed(message="ended at once: it was scheduled over two minutes ago")
    settings = get_settings()
    seldom_collect()
    end = time.monotonic() + settings.dispatch_budget_seconds
    if not await anything_due():
        return Completed(message="nothing is due")
    async with desk() as opened:
        tally = await pass_over(opened, until=lambda: time.monotonic() >= end)
        return Completed(message=str(tally) + await held_back(opened))


async def held_back(desk: Desk) -> str:
    """What the brake keeps from leaving, in words for the run's message; nothing when it is not on."""
    if desk.brake is None or await braked(desk.store) is None:
        return ""
    letters = sum(row.reports for row in await waiting(desk.store, desk.library, desk.clock()))
    return f"; after a silence {letters} letters wait: see them and release them with resume-after-outage"


def seldom_collect() -> None:
    """
    Collect garbage seldom: a pass makes many small objects that die by themselves, and looking for cycles among them
    costs a tenth of a storm. What was imported is never looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(400_000, 50, 100)


def _is_leftover() -> bool:
    """Whether this run was scheduled long ago; runs started by hand or in process have no schedule to miss."""
    planned = flow_run.get_scheduled_start_time()
    return planned is not None and datetime.now(UTC) - planned > TOO_LATE


async def pass_over(desk: Desk, *, most: int = BITE, until: Callable[[], bool] = lambda: False) -> Tally:
    """
    Claim and do, until nothing is due or `until` says stop. A group that failed is not tried again in this pass.

    The duties of a failed slice keep their lease, so that they come back after it has run out.
    """
    tally, over = Tally(), asyncio.Event()
    lookout = asyncio.create_task(_let_emergencies_overtake(desk, tally, over))
    try:
        while not until() and await _bite(desk, tally, most=most):
            pass
    finally:
        over.set()
        await lookout
    return tally


async def _let_emergencies_overtake(desk: Desk, tally: Tally, over: asyncio.Event) -> None:
    """While a pass works through thousands, ask every second for what nothing may hold up."""
    while not await _within(LOOKOUT_SECONDS, over):
        await _bite(desk, tally, most=BITE, priority=EMERGENCY)


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


async def _bite(desk: Desk, tally: Tally, *, most: int, priority: int = 9) -> bool:
    """Claim and do once; returns whether anything was due."""
    now = desk.clock()
    dues = await claim_for(desk, now, most=most, priority=priority)
    found = groups(dues, desk.library, together=desk.together)
    tally.duties += len(dues)
    tally.groups += len(found)
    ended = await _run_all(desk, found, now)
    tally.red += ended.count(False)  # after the wait: `+= await` would lose what the lookout counted meanwhile
    await beat(desk, desk.clock())
    return bool(dues)


async def _run_all(desk: Desk, found: Sequence[Group], now: datetime) -> list[bool]:
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(group: Group) -> bool:
        async with room:
            return await run_group(Work(desk, group, tuple(group.slices()), now))

    return await asyncio.gather(*(one(group) for group in found))
