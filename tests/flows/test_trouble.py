"""What fails in a flow run is red, named, tried again where that helps, and never lost."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import cases.dispatch
import flows.steps
from cases.desk import Desk
from edges.mail import Mailer, MailUnreachable
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from flows.steps import slice_of_work, worth_retrying
from law.vocabulary import Deed
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, at_work, faults_of, scalar, settings
from tests.faults.post import Post
from tests.flows.conftest import drain
from tests.flows.world import (
    children,
    dispatched,
    furnish_with_addressees,
    posted,
)
from tests.keys import KEYS
from tests.owning import as_owner

pytestmark = pytest.mark.slow
IN_WORDS = re.compile(r"[a-z ]+( · (P-\d+|Arcom|Parquet|\d+ small addressees))? · \d+ reports?\Z")


async def test_a_failing_group_is_a_red_run_and_the_others_go_on(
    database_url: str, home: Path, prefect_api: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One addressee's letters fail; the dispatch completes, says so, and the other addressee's letters are out."""
    store = Store(database_url, KEYS)
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
    store = Store(database_url, KEYS)
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


async def test_an_emergency_overtakes_a_pass_that_works(
    database_url: str, home: Path, prefect_api: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What falls due with nothing above it while a pass has its hands full is done at once, not after it."""
    store = Store(database_url, KEYS)
    await furnish_with_addressees(store, 2)
    second = "report_id = (SELECT id FROM report ORDER BY number DESC LIMIT 1)"
    await changed(store, f"UPDATE duty SET due_at = due_at + interval '9 days' WHERE {second}")
    usual, overtaken = cases.dispatch.DEEDS[Deed.ROUTE], asyncio.Event()

    async def route(desk: Desk, dues: Any, now: Any) -> None:
        await usual(desk, dues, now)
        if any(due.priority == 0 for due in dues):
            overtaken.set()
            return
        await changed(store, f"UPDATE duty SET due_at = due_at - interval '9 days', priority = 0 WHERE {second}")
        async with asyncio.timeout(20):
            await overtaken.wait()

    monkeypatch.setitem(cases.dispatch.DEEDS, Deed.ROUTE, route)
    post = Post()
    with posted(post) as port:
        async with at_work(settings(home, database_url, port), lambda: NOW, lease=60) as desk:
            _, state = await dispatched(desk, prefect_api)
    assert "0 red" in state.message
    assert len(post.letters) == 2
    await store.close()


async def test_losing_prefects_database_loses_nothing_legal(
    database_url: str, home: Path, prefect_api: Settings, postgres: EmbeddedPostgres
) -> None:
    """Half is done under one Prefect; its database is gone; another Prefect finds the same rows due and ends the work."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from edges.processes import Supervisor
    from flows.dispatch import pass_over
    from flows.service import start_prefect_server

    store = Store(database_url, KEYS)
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
                    await asyncio.to_thread(drain)
            postgres.drop_database("prefect_lost")
            assert len(post.letters) == 3
            assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'notify' AND closed_at IS NULL") == 3
            await dispatched(desk, prefect_api)
    assert 6 == len(post.letters) == len(set(post.ids()))
    assert await faults_of(store) == []
    await store.close()


async def changed(store: Store, statement: str) -> None:
    """What somebody else does meanwhile."""
    async with as_owner(store) as connection:
        await connection.execute(text(statement))


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
