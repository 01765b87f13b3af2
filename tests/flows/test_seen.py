"""What an operator sees in Prefect, and what nobody may see there."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.client.schemas.sorting import FlowRunSort

import cases.dispatch
import flows.steps
from cases.desk import Desk
from cases.dispatch import MOST_GROUPS, MOST_SLICES
from edges.mail import Mailer, MailUnreachable
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from flows import pool
from flows.dispatch import dispatch
from flows.steps import slice_of_work, worth_retrying
from law.vocabulary import Deed
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, Post, at_work, faults_of, scalar, settings
from tests.flows.world import (
    SITE,
    at_hand,
    furnish_with_addressees,
    furnish_with_victim,
    leaks,
    posted,
    prefect_tables,
)

pytestmark = pytest.mark.slow
IN_WORDS = re.compile(r"[a-z ]+( · (P-\d+|Arcom|Parquet|\d+ small addressees))? · \d+ reports?\Z")


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
            if states == before and all(task.state and task.state.is_final() for task in tasks):
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


async def test_no_address_and_no_name_reaches_prefect(
    database_url: str, home: Path, prefect_api: Settings, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A site named after a victim, a server whose refusal names the recipient, deeds that crash with a URL in their words:
    nothing of it stands in any table of Prefect's database, and the case numbers do.
    """

    async def crash(*_: Any) -> None:
        try:
            raise KeyError(f"abuse@{SITE}")
        except KeyError as first:
            raise ValueError(f"http://{SITE}/marie/1 cannot be routed: Marie Durand") from first

    store = Store(database_url)
    await furnish_with_victim(store, 4)
    answers = ["451 4.7.1 <abuse@marie-durand.example> later", "550 5.1.1 <abuse@marie-durand.example> no such user"]
    with posted(Post(lambda number: answers[number % 2] if number < 3 else None)) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=30) as desk:
            await dispatched(desk, prefect_api)
    async with store.transaction() as connection:
        from sqlalchemy import text

        again = "UPDATE duty SET due_at = :now WHERE deed IN ('verify', 'remind', 'conclude')"
        await connection.execute(text(again), {"now": NOW})
    monkeypatch.setitem(cases.dispatch.DEEDS, Deed.VERIFY, crash)
    monkeypatch.setitem(cases.dispatch.DEEDS, Deed.REMIND, crash)
    monkeypatch.setattr(flows.steps, "slice_of_work", slice_of_work.with_options(retry_delay_seconds=0))
    with posted(Post()) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=30) as desk:
            run, _ = await dispatched(desk, prefect_api)
    nested, _ = await children(prefect_api, run)
    assert any(child.state_name == "Failed" for child in nested)
    async with prefect_tables(postgres.url("prefect")) as tables:
        assert "R-2026-000001" in tables["task_run"]
        assert "P-0042" in tables["flow_run"]
        assert "SliceFailed" in tables["log"]
        assert "ValueError at crash" in tables["task_run_state"] + tables["task_run"]
        assert "/reports/R-2026-000001" in tables["artifact"]
        assert leaks(tables) == []
    await store.close()


def test_a_leak_would_be_found() -> None:
    """The search of the test above can fail: a name, an address, a foreign URL; our own page is none."""
    assert leaks({"flow_run": "notice · marie-durand.example"})
    assert leaks({"log": "<a.b@c.example>"})
    assert leaks({"artifact": "http://127.0.0.1:8600/reports/R-2026-000001?x"})
    assert leaks({"events": "https://x.example/"})
    assert not leaks({"artifact": '"http://127.0.0.1:8600/reports/R-2026-000001"'})


async def test_sixty_addressees_are_few_runs_in_words(database_url: str, home: Path, prefect_api: Settings) -> None:
    """At most twenty nested runs for what was claimed, named in words; a task for each report, slices above fifty."""
    store = Store(database_url)
    await furnish_with_addressees(store, 60)
    post = Post()
    with posted(post) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=60) as desk:
            run, state = await dispatched(desk, prefect_api)
    nested, tasks = await children(prefect_api, run)
    names = [child.name for child in nested]
    assert len(post.letters) == 60
    assert "routing · 60 reports" in names
    notices = [name for name in names if name.startswith("notice")]
    assert 2 <= len(notices) <= MOST_GROUPS
    assert [name for name in notices if "small addressees" in name]
    assert [name for name in names if not IN_WORDS.match(name)] == []
    assert "slice 1 · 25 reports" in {task.name for task in tasks}
    assert {"R-2026-000001"} & {task.name for task in tasks}
    assert all(re.fullmatch(r"R-2026-\d{6}|slice \d+ · \d+ reports", task.name) for task in tasks)
    assert {"Completed"} == {child.state_name for child in nested}
    assert "0 red" in state.message
    assert await faults_of(store) == []
    run_ids = {str(child.id) for child in nested}
    async with store.transaction() as connection:
        from sqlalchemy import text

        query = text("SELECT DISTINCT flow_run_id FROM event WHERE kind = 'given'")
        assert {str(each) for each in (await connection.execute(query)).scalars()} <= run_ids
    await store.close()


def test_a_group_never_has_more_than_two_hundred_tasks() -> None:
    """However many reports one addressee has."""
    from dataclasses import fields
    from uuid import uuid4

    from cases.dispatch import groups
    from models.due import Due
    from tests.faults.house import LIBRARY

    given = {"priority": 5, "attempts": 0, "regime": "eu-dsa-22", "label": "P-0001", "deed": Deed.NOTIFY, "due_at": NOW}
    names = {each.name for each in fields(Due)}
    for many in (50, 51, 5_000, 12_345):
        dues = [
            Due(**dict.fromkeys(names) | given | {"id": uuid4(), "report_id": uuid4(), "token": uuid4()})
            for _ in range(many)
        ]
        (group,) = groups(dues, LIBRARY)
        assert len(group.slices()) <= MOST_SLICES
        assert many == sum(len(part) for part in group.slices())
    assert len(groups(dues[:50], LIBRARY)[0].slices()) == 50


async def test_a_failing_group_is_a_red_run_and_the_others_go_on(
    database_url: str, home: Path, prefect_api: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One addressee's letters fail; the dispatch completes, says so, and the other addressee's letters are out."""
    store = Store(database_url)
    await furnish_with_addressees(store, 2)
    usual = cases.dispatch.DEEDS[Deed.NOTIFY]

    async def notify(desk: Desk, dues: Any, now: Any) -> None:
        if any(due.number == "R-2026-000001" for due in dues):
            raise ValueError("broken")
        await usual(desk, dues, now)

    monkeypatch.setitem(cases.dispatch.DEEDS, Deed.NOTIFY, notify)
    post = Post()
    with posted(post) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=60) as desk:
            run, state = await dispatched(desk, prefect_api)
    nested, tasks = await children(prefect_api, run)
    assert state.is_completed()
    assert "1 red" in state.message
    assert [to for to, _ in post.letters] == ["abuse@forum2.example"]
    by_name = {child.name: child.state_name for child in nested}
    assert by_name["notice · P-1001 · 1 report"] == "Failed"
    assert by_name["notice · P-1002 · 1 report"] == "Completed"
    assert {1} == {task.run_count for task in tasks}
    query = "SELECT count(*) FROM duty WHERE deed = 'notify' AND closed_at IS NULL"
    assert await scalar(store, query) == 1
    await store.close()


async def test_only_connection_trouble_is_tried_again(
    database_url: str, home: Path, prefect_api: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is away: four tries of the one task, a red run, and the letter as it was."""
    store = Store(database_url)
    await furnish_with_addressees(store, 1)
    at_once = slice_of_work.with_options(retry_delay_seconds=0, retry_jitter_factor=0)
    monkeypatch.setattr(flows.steps, "slice_of_work", at_once)
    async with at_work(settings(home, database_url, free_port()), lambda: NOW, lease=60) as desk:
        run, state = await dispatched(desk, prefect_api)
    nested, tasks = await children(prefect_api, run)
    tries = {task.name: task.run_count for task in tasks if nested[-1].id == task.flow_run_id}
    assert tries == {"R-2026-000001": 4}
    assert "1 red" in state.message
    assert await scalar(store, "SELECT status FROM letter") == "planned"
    await store.close()


def test_retries_end_within_a_minute() -> None:
    """Three tries more, with jitter; at its worst the waiting stays below sixty seconds."""
    delays = slice_of_work.retry_delay_seconds
    assert isinstance(delays, list)
    assert slice_of_work.retries == len(delays)
    assert sum(delays) * (1 + (slice_of_work.retry_jitter_factor or 0)) <= 60
    assert slice_of_work.retry_condition_fn is worth_retrying
    assert issubclass(MailUnreachable, flows.steps.TROUBLE)
    assert not issubclass(ValueError, flows.steps.TROUBLE)


async def test_losing_prefects_database_loses_nothing_legal(
    database_url: str, home: Path, prefect_api: Settings, postgres: EmbeddedPostgres
) -> None:
    """Half is done under one Prefect; its database is gone; another Prefect finds the same rows due and ends the work."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from edges.processes import Supervisor
    from flows.dispatch import pass_over
    from flows.service import start_prefect_server

    store = Store(database_url)
    await furnish_with_addressees(store, 6)
    post = Post()
    other = Settings(home=home, prefect_port=free_port())
    there = {PREFECT_API_URL: other.prefect_api_url, PREFECT_API_AUTH_STRING: other.prefect_auth_string()}
    with posted(post) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=60) as desk:
            with Supervisor(home / "logs") as supervisor:
                start_prefect_server(supervisor, other, postgres.ensure_database("prefect_lost"))
                with temporary_settings(updates=there):
                    await pass_over(desk, most=6, until=_after(1))
                    await pass_over(desk, most=3, until=_after(1))
            postgres.drop_database("prefect_lost")
            assert len(post.letters) == 3
            assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'notify' AND closed_at IS NULL") == 3
            await dispatched(desk, prefect_api)
    assert 6 == len(post.letters) == len(set(post.ids()))
    assert await faults_of(store) == []
    await store.close()


def _after(passes: int) -> Any:
    """A stop after so many claims."""
    left = [passes]

    def until() -> bool:
        left[0] -= 1
        return left[0] < 0

    return until


def test_the_mailer_of_a_house_says_nothing_in_its_repr() -> None:
    """What Prefect shows of an object is its repr."""
    mailer = Mailer(host="127.0.0.1", port=2525, tls="none", username="u", password="secret-of-relay")
    assert "secret-of-relay" not in repr(mailer)
