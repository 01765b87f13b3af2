"""What flow tests share: a sink for letters, a house about a victim's site, and all that Prefect has on record."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.logging.handlers import APILogHandler
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from cases.desk import Desk
from edges.settings import Settings
from flows import pool
from flows.at_hand import desk_at_hand
from flows.dispatch import dispatch
from law.vocabulary import PartyKind
from models.draft import Draft
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, furnish, party, report
from tests.faults.post import Post

SITE = "marie-durand.example"
WHY = "Marie Durand, née à Lyon, est visée nommément."
OF_RUNS = (
    "flow_run", "flow_run_state", "task_run", "task_run_state", "log", "artifact", "artifact_collection", "events",
    "event_resources",
)  # fmt: skip
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_URL = re.compile(r"https?://[^\s\"'\\)]+")
_OURS = re.compile(r"http://127\.0\.0\.1:\d+/reports/R-\d{4}-\d{6}\Z")


@contextmanager
def posted(post: Post) -> Iterator[int]:
    """A real SMTP server around this handler; gives its port."""
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


@contextmanager
def at_hand(desk: Desk) -> Iterator[None]:
    """Flows of this process work at this desk."""
    token = desk_at_hand.set(desk)
    try:
        yield
    finally:
        desk_at_hand.reset(token)


async def furnish_with_victim(store: Store, reports: int) -> None:
    """A house whose only reports are about a site that bears a victim's name, with an address that does as well."""
    await furnish(store, reports=0)
    draft = Draft(NOW)
    named = {"name": SITE, "public_label": "P-0042", "micro_or_small": False}
    site = party(draft, "P-0042", PartyKind.ONLINE_PLATFORM, f"abuse@{SITE}", **named)
    for number in range(1, reports + 1):
        report(draft, number, site, f"http://{SITE}/marie/{number}", WHY)
    await store.write(draft)


async def furnish_with_addressees(store: Store, number: int) -> None:
    """One report for each of so many platforms."""
    await furnish(store, reports=0)
    draft = Draft(NOW)
    for each in range(1, number + 1):
        code = f"P-{1000 + each}"
        site = party(draft, code, PartyKind.ONLINE_PLATFORM, f"abuse@forum{each}.example", micro_or_small=False)
        report(draft, each, site, f"http://forum{each}.example/a")
    await store.write(draft)


@asynccontextmanager
async def prefect_tables(url: str) -> AsyncIterator[dict[str, str]]:
    """Every row of every table of Prefect's database as text, once nothing more arrives."""
    await APILogHandler.aflush()
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            before = -1
            while before != (count := await _rows(connection)):
                before = count
                await asyncio.sleep(2.5)
            yield {name: await _dump(connection, name) for name in await _names(connection)}
    finally:
        await engine.dispose()


async def _names(connection: object) -> list[str]:
    query = text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    return list((await connection.execute(query)).scalars())  # type: ignore[attr-defined]


async def _rows(connection: object) -> int:
    total = 0
    for name in OF_RUNS:
        total += (await connection.execute(text(f'SELECT count(*) FROM "{name}"'))).scalar_one()  # type: ignore[attr-defined]
    await connection.rollback()  # type: ignore[attr-defined]
    return total


async def _dump(connection: object, name: str) -> str:
    query = text(f'SELECT row_to_json(t)::text FROM "{name}" t')
    return "\n".join((await connection.execute(query)).scalars())  # type: ignore[attr-defined]


def leaks(tables: dict[str, str]) -> list[str]:
    """Where a name, an address or a URL stands that is not the page of a report on this machine."""
    found = []
    for name, dump in tables.items():
        for word in ("durand", "marie", "lyon", "forum.example", SITE):
            if word in dump.lower():
                at = dump.lower().index(word)
                found.append(f"{name}: {word}: …{dump[max(at - 80, 0) : at + 40]}…")
        if name in OF_RUNS:
            found += [f"{name}: {address}" for address in _ADDRESS.findall(dump)]
            found += [f"{name}: {url}" for url in _URL.findall(dump) if not _OURS.match(url)]
    return found


async def children(api: Settings, parent: FlowRun) -> tuple[list[FlowRun], list[TaskRun]]:
    """The nested flow runs of a dispatch, and the task runs of these."""
    ours = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[parent.id]))
    async with pool.client(api) as client:
        nested = await client.read_flow_runs(flow_run_filter=ours, sort=FlowRunSort.START_TIME_ASC, limit=200)
        inside = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[run.id for run in nested]))
        before: set[object] | None = None
        while True:  # the server records task runs a moment after they ended
            tasks = await client.read_task_runs(task_run_filter=inside, limit=200)
            states = {(task.id, task.state_name, task.run_count) for task in tasks}
            if (
                len(tasks) >= len(nested)
                and states == before
                and all(task.state and task.state.is_final() for task in tasks)
            ):
                break
            before = states
            await asyncio.sleep(1.5)
    return nested, tasks


async def dispatched(desk: Desk, api: Settings) -> tuple[FlowRun, Any]:
    """Run the dispatch flow at this desk; gives its run and its final state."""
    with at_hand(desk):
        state = await dispatch(return_state=True)
    async with pool.client(api) as client:
        found = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
        (run,) = await client.read_flow_runs(flow_run_filter=found, sort=FlowRunSort.START_TIME_ASC)
    return run, state
