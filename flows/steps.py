"""The one task of all groups: do one slice. Retries stand here and nowhere else."""

import asyncio
import traceback
from collections.abc import Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff
from sqlalchemy.exc import DBAPIError

from cases.dispatch import do
from edges.mail import MailUnreachable
from flows.at_hand import work_at_hand
from models.bulk import GONE
from models.due import Due

AT_ONCE = 4  # slices of a group that run side by side
TROUBLE = (MailUnreachable, ConnectionError, TimeoutError, *GONE)


class Unreachable(RuntimeError):
    """The mail server or the database could not be reached before anything was sent; tried again within a minute."""


class SliceFailed(RuntimeError):
    """A slice failed; what it had to do stays due. The message names the kind of fault and its place, no data."""


def worth_retrying(_: Task[..., object], __: TaskRun, state: State[object]) -> bool:
    """Only connection trouble before DATA is tried again; a refusal never is."""
    data = state.data
    return isinstance(getattr(data, "exception", data), Unreachable) or "Unreachable" in (state.message or "")


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=4),
    retry_jitter_factor=0.5,
    retry_condition_fn=worth_retrying,
    log_prints=False,
)
async def slice_of_work(number: int) -> None:
    """Do the slice with this number of the group at hand."""
    work = work_at_hand.get()
    try:
        await do(work.desk, work.group.deed, work.parts[number], work.now)
    except TROUBLE:
        raise Unreachable(Unreachable.__doc__) from None
    except DBAPIError as fault:
        raise (Unreachable(Unreachable.__doc__) if fault.connection_invalidated else _failed(fault)) from None
    except Exception as fault:
        raise _failed(fault) from None


def _failed(fault: Exception) -> SliceFailed:
    """A fault in words that hold no address and no name: its class and the line it came from."""
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return SliceFailed(f"{type(fault).__name__} at {place.name}, line {place.lineno}")


def name_of(part: Sequence[Due], number: int) -> str:
    """A case number, or which slice it is."""
    return part[0].number if len(part) == 1 else f"slice {number + 1} · {len(part)} reports"


async def all_slices() -> int:
    """Run every slice of the group at hand as a task; returns how many failed."""
    work = work_at_hand.get()
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, part: Sequence[Due]) -> bool:
        async with room:
            named: Any = slice_of_work.with_options(task_run_name=name_of(part, number))
            state = await named(number, return_state=True)
            return bool(state.is_completed())

    results = await asyncio.gather(*(one(number, part) for number, part in enumerate(work.parts)))
    return results.count(False)
