"""Puts Prefect in order before a worker starts: work pool and queues, deployments, and what an earlier stop left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker
from pydantic_extra_types.pendulum_dt import DateTime

from edges.processes import ProcessFault
from edges.settings import Settings
from flows.service import POOL, POOL_CONCURRENCY, PROJECT, prefect_environment, worker_name

QUEUES = {"urgent": 1, "ordinary": 2}  # name: priority, 1 is asked first
DISPATCHES = ["dispatch", "dispatch-urgent"]
PAGE = 200  # the most that the server gives at a time


def client(settings: Settings) -> PrefectClient:
    """A client for our server, whatever Prefect's own settings in this process say; use it as a context."""
    return PrefectClient(settings.prefect_api_url, auth_string=settings.prefect_auth_string())


async def prepare(settings: Settings, prefect_file: Path = PROJECT / "prefect.yaml") -> None:
    """All that a worker needs to find, in order; run again, it changes nothing that is right already."""
    async with client(settings) as api:
        await create_pool(api)
        await asyncio.to_thread(deploy_all, settings, prefect_file)
        await delete_late_dispatches(api)
        await crash_lost_runs(api)


async def create_pool(api: PrefectClient) -> None:
    """The work pool with its limit, and its queues, the urgent one first."""
    template = ProcessWorker.get_default_base_job_template()
    with contextlib.suppress(ObjectAlreadyExists):
        await api.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))
    await api.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=POOL_CONCURRENCY))
    for name, priority in QUEUES.items():
        try:
            queue = await api.read_work_queue_by_name(name, work_pool_name=POOL)
        except ObjectNotFound:
            await api.create_work_queue(name, work_pool_name=POOL, priority=priority)
        else:
            if queue.priority != priority:
                await api.update_work_queue(queue.id, priority=priority)


def deploy_all(settings: Settings, prefect_file: Path) -> None:
    """`prefect deploy --all`, asking nothing; raises ProcessFault with what Prefect said."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(prefect_file)]
    environment = os.environ | prefect_environment(settings)
    done = subprocess.run(
        command, cwd=prefect_file.parent, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise ProcessFault(f"the deployments of {prefect_file} could not be brought to Prefect's server:\n{said}")


async def delete_late_dispatches(api: PrefectClient) -> int:
    """Delete dispatch runs whose time has passed; the next one does all that they would have done.

    Else a stop of 72 hours is followed by 4,320 process starts. Returns how many there were.
    """
    late = FlowRunFilter(
        state=_in_state(StateType.SCHEDULED),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=DateTime.now("UTC")),
    )
    dispatches = DeploymentFilter(name=DeploymentFilterName(any_=DISPATCHES))
    count = 0
    while runs := await _read(api, late, dispatches):
        for run in runs:
            await api.delete_flow_run(run.id)
        count += len(runs)
    return count


async def crash_lost_runs(api: PrefectClient) -> int:
    """Mark as crashed what a killed worker of this machine left as pending, running or cancelling; returns how many.

    Such runs would hold the pool's few slots for ever. Nothing is touched while a worker of another machine is online.
    What they had claimed in the store comes back by its lease.
    """
    workers = await api.read_workers_for_work_pool(POOL)
    if any(worker.name != worker_name() and worker.status == "ONLINE" for worker in workers):
        return 0
    lost = FlowRunFilter(state=_in_state(StateType.PENDING, StateType.RUNNING, StateType.CANCELLING))
    ours = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    count = 0
    while runs := await _read(api, lost, pool=ours):
        for run in runs:
            state: State[None] = Crashed(message="Its worker was stopped; the store still knows what is due.")
            await api.set_flow_run_state(run.id, state, force=True)
        count += len(runs)
    return count


def _in_state(*types: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


async def _read(
    api: PrefectClient,
    runs: FlowRunFilter,
    deployment: DeploymentFilter | None = None,
    pool: WorkPoolFilter | None = None,
) -> list[FlowRun]:
    # Without a sort the server answers 422.
    sort = FlowRunSort.EXPECTED_START_TIME_ASC
    return await api.read_flow_runs(
        flow_run_filter=runs, deployment_filter=deployment, work_pool_filter=pool, sort=sort, limit=PAGE
    )
