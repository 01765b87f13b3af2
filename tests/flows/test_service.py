"""Prefect's own parts on PostgreSQL: server, deployments, worker, and what an earlier stop left behind."""

from __future__ import annotations

import asyncio
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Pending, Scheduled
from pydantic_extra_types.pendulum_dt import DateTime

from edges.processes import ProcessFault, Supervisor
from edges.settings import Settings
from flows import pool
from flows.service import POOL_CONCURRENCY, prefect_environment, start_prefect_server, start_worker

FLOWS = """
import os
from prefect import flow

@flow
def dispatch(number: str = "") -> str:
    assert os.environ["SANSDELAI_DATABASE_URL"] == "postgresql+asyncpg://store.test/store"
    return number
"""
DEPLOYMENTS = """
name: stand-in
pull: []
deployments:
  - name: dispatch
    entrypoint: stand_in_flows.dispatch
    schedules: [{ interval: 60, slug: every-minute }]
    work_pool: { name: sansdelai, work_queue_name: ordinary, job_variables: { command: python -m prefect.engine } }
  - name: dispatch-now
    entrypoint: stand_in_flows.dispatch
    work_pool: { name: sansdelai, work_queue_name: urgent, job_variables: { command: python -m prefect.engine } }
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flow that needs no store, and the deployments of it."""
    (tmp_path / "stand_in_flows.py").write_text(FLOWS)
    (tmp_path / "prefect.yaml").write_text(DEPLOYMENTS)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")
    return tmp_path / "prefect.yaml"


async def final(settings: Settings, run: FlowRun, seconds: float = 60) -> FlowRun:
    """The run when it has ended."""
    until = time.monotonic() + seconds
    async with pool.client(settings) as api:
        while time.monotonic() < until:
            run = await api.read_flow_run(run.id)
            if run.state and run.state.is_final():
                break
            await asyncio.sleep(0.3)
    return run


def test_nothing_is_sent_home_and_no_server_is_started_in_secret(home: Path) -> None:
    """Telemetry off, and an API that does not answer is a fault, never a silent server in memory."""
    environment = prefect_environment(Settings(home=home))
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_EPHEMERAL_ENABLED"] == "false"
    assert str(home) in environment["PREFECT_HOME"]


def test_a_taken_port_is_one_clear_message(home: Path) -> None:
    """It says which port and which setting, before anything is started."""
    with socket.socket() as other, Supervisor(home / "logs") as supervisor:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = Settings(home=home, prefect_port=other.getsockname()[1])
        with pytest.raises(ProcessFault, match=r"is taken.*SANSDELAI_PREFECT_PORT"):
            start_prefect_server(supervisor, settings, "postgresql+asyncpg://nobody.test/x")


def test_the_api_wants_the_password(prefect_server: Settings) -> None:
    """From the first start, although it listens on loopback only: a page in a browser can reach loopback."""
    request = urllib.request.Request(f"{prefect_server.prefect_api_url}/work_pools/filter", b"{}", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request)


async def test_prepare_deploys_without_a_question_and_may_be_repeated(prefect_server: Settings, stand_in: Path) -> None:
    """Pool with its limit, the urgent queue asked first, every deployment there; twice gives the same."""
    for _ in range(2):
        await pool.prepare(prefect_server, stand_in)
        async with pool.client(prefect_server) as api:
            assert (await api.read_work_pool("sansdelai")).concurrency_limit == POOL_CONCURRENCY
            queues = {queue.name: queue.priority for queue in await api.read_work_queues(work_pool_name="sansdelai")}
            assert queues["urgent"] < queues["ordinary"] < queues["default"]
            assert (await api.read_deployment_by_name("dispatch/dispatch")).work_queue_name == "ordinary"


async def test_late_dispatches_and_lost_runs_are_put_away(prefect_server: Settings, stand_in: Path) -> None:
    """What a stop left is neither run one after the other nor left holding the pool's slots; the future stays."""
    await pool.prepare(prefect_server, stand_in)
    async with pool.client(prefect_server) as api:
        dispatch = await api.read_deployment_by_name("dispatch/dispatch")
        past, future = DateTime.now("UTC").subtract(hours=3), DateTime.now("UTC").add(hours=3)
        late = await api.create_flow_run_from_deployment(dispatch.id, state=Scheduled(scheduled_time=past))
        coming = await api.create_flow_run_from_deployment(dispatch.id, state=Scheduled(scheduled_time=future))
        lost = await api.create_flow_run_from_deployment(dispatch.id)
        await api.set_flow_run_state(lost.id, Pending(), force=True)
        assert await pool.delete_late_dispatches(api) >= 1
        assert await pool.crash_lost_runs(api) == 1
        with pytest.raises(ObjectNotFound):
            await api.read_flow_run(late.id)
        assert (await api.read_flow_run(coming.id)).state_type == StateType.SCHEDULED
        assert (await api.read_flow_run(lost.id)).state_type == StateType.CRASHED


async def test_a_worker_runs_a_deployment_with_our_store(prefect_server: Settings, stand_in: Path) -> None:
    """From the button to the end: pool, queue, worker, the flow's process and its environment; nothing stays behind."""
    await pool.prepare(prefect_server, stand_in)
    with Supervisor(prefect_server.logs) as supervisor:
        worker = start_worker(supervisor, prefect_server, "postgresql+asyncpg://store.test/store")
        async with pool.client(prefect_server) as api:
            deployment = await api.read_deployment_by_name("dispatch/dispatch-now")
            run = await api.create_flow_run_from_deployment(deployment.id, parameters={"number": "R-2026-000001"})
        run = await final(prefect_server, run)
        assert run.state_type == StateType.COMPLETED, worker.last_words(40)
    assert worker.process.poll() is not None


def test_deployments_that_cannot_be_made_are_a_fault(prefect_server: Settings, stand_in: Path) -> None:
    """A wrong entrypoint is told with what Prefect said, not found out by operators."""
    stand_in.write_text(DEPLOYMENTS.replace("stand_in_flows.dispatch", "stand_in_flows.nothing"))
    with pytest.raises(ProcessFault, match="could not be brought"):
        pool.deploy_all(prefect_server, stand_in)
