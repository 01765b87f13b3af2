"""What an operator sees in Prefect, and what nobody may see there."""

import re
from pathlib import Path
from typing import Any

import pytest

import cases.dispatch
import flows.steps
from cases.dispatch import MOST_GROUPS, MOST_SLICES, SLICE
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from flows.steps import slice_of_work
from law.vocabulary import Deed
from models.store import Store
from tests.faults.house import NOW, at_work, faults_of, settings
from tests.faults.post import Post
from tests.flows.world import (
    SITE,
    children,
    dispatched,
    furnish_with_addressees,
    furnish_with_victim,
    leaks,
    posted,
    prefect_tables,
)
from tests.keys import KEYS

pytestmark = pytest.mark.slow
IN_WORDS = re.compile(r"[a-z ]+( · (P-\d+|Arcom|Parquet|\d+ small addressees))? · \d+ reports?\Z")


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

    store = Store(database_url, KEYS)
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
    store = Store(database_url, KEYS)
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
    assert f"slice 1 · {min(SLICE, 60)} reports" in {task.name for task in tasks}
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
