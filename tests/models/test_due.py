"""The claim: what dispatch reads, and nothing else that polls."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from cases.dispatch import run
from law.vocabulary import Deed
from models import due
from models.draft import Draft
from models.due import anything_due, claim, next_due_at, rest
from models.store import Store
from models.tables import Duty, Hold
from tests.faults.house import NOW, at_work, furnish, scalar, settings
from tests.keys import KEYS
from tests.owning import as_owner


def store_url(store: Store) -> str:
    """Where this store is."""
    return store.engine.url.render_as_string(hide_password=False)


LATER = NOW + timedelta(days=400)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A furnished store with sixty reports to be routed."""
    opened = Store(database_url, KEYS)
    await furnish(opened, reports=60)
    yield opened
    await opened.close()


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine.sync_engine, "before_cursor_execute", note)


async def test_two_claimers_share_the_work(store: Store) -> None:
    """What one holds the other passes over, at the same moment too; together they have everything."""
    some, others = await asyncio.gather(*(claim(store, NOW, lease_seconds=60, most=30) for _ in range(2)))
    left = await claim(store, NOW, lease_seconds=60)
    ids = [one.id for one in [*some, *others, *left]]
    assert 60 == len(ids) == len(set(ids))


async def test_a_locked_row_does_not_stop_anybody(store: Store) -> None:
    """A row that another transaction works on is skipped, not waited for."""
    async with store.transaction() as connection:
        query = "SELECT id FROM duty ORDER BY id LIMIT 1 FOR UPDATE"
        locked = (await connection.execute(text(query))).scalar_one()
        found = await asyncio.wait_for(claim(store, NOW, lease_seconds=60), 5)
    assert len(found) == 59
    assert locked not in {one.id for one in found}


async def test_whether_anything_is_due_is_asked_before_anything_is_opened(store: Store) -> None:
    """The same answer as the claim would give: before its time, while somebody holds it, and after."""
    assert not await anything_due(store, NOW - timedelta(days=400))
    assert await anything_due(store, NOW)
    await claim(store, NOW, lease_seconds=0.2)
    assert not await anything_due(store, NOW)
    await asyncio.sleep(0.25)
    assert await anything_due(store, NOW)


async def test_a_lease_runs_out_on_the_real_clock(store: Store) -> None:
    """After it the duty is there again, under another token; before it, it is nobody else's."""
    first = await claim(store, NOW, lease_seconds=0.2)
    assert await claim(store, LATER, lease_seconds=60) == []
    await asyncio.sleep(0.25)
    again = await claim(store, NOW, lease_seconds=60)
    assert {one.id for one in first} == {one.id for one in again}
    assert first[0].token != again[0].token


async def test_what_rests_comes_back(store: Store) -> None:
    """A duty that could not be done is due again when its rest is over, not before."""
    found = await claim(store, NOW, lease_seconds=60)
    await rest(store, [one.id for one in found], {found[0].token}, seconds=0.2)
    assert await claim(store, NOW, lease_seconds=60) == []
    await asyncio.sleep(0.25)
    assert len(await claim(store, NOW, lease_seconds=60)) == 60


async def test_the_most_urgent_comes_first(store: Store) -> None:
    """Priority before date, date before number; an urgent dispatch sees nothing else."""
    async with as_owner(store) as connection:
        for number, priority, hours in ((7, 0, 0), (8, 1, -1), (9, 1, -2)):
            await connection.execute(
                text("UPDATE duty SET priority = :p, due_at = due_at + make_interval(hours => :h) "
                     "FROM report r WHERE r.id = duty.report_id AND r.number = :n"),
                {"p": priority, "h": hours, "n": f"R-2026-{number:06}"},
            )  # fmt: skip
    urgent = await claim(store, NOW, lease_seconds=60, priority=1)
    assert [one.number for one in urgent] == ["R-2026-000007", "R-2026-000009", "R-2026-000008"]
    rest_of = await claim(store, NOW, lease_seconds=60)
    assert len(rest_of) == 57
    assert sorted(one.number for one in rest_of) == [one.number for one in rest_of]


async def test_what_is_not_due_held_or_a_persons_is_not_claimed(store: Store) -> None:
    """A duty of tomorrow, one under a hold, one of a person, one that is closed."""
    async with store.session() as session:
        from sqlmodel import select

        duties = (await session.exec(select(Duty).order_by(Duty.id))).all()  # type: ignore[arg-type]
    draft = Draft(NOW)
    entry = draft.event(duties[0].report_id, "x")
    hold = {"service": "OFAC", "starts_at": NOW, "ends_at": LATER}
    entry.set(duties[0], held_by=entry.add(Hold(report_id=duties[0].report_id, **hold)).id)
    draft.event(duties[1].report_id, "x").set(duties[1], due_at=NOW + timedelta(microseconds=1))
    draft.event(duties[3].report_id, "x").set(duties[3], closed_at=NOW)
    await store.write(draft)
    async with as_owner(store) as connection:  # the program makes a duty for a person, it never makes one a person's
        person = text("UPDATE duty SET by = 'person', cause = 'decide' WHERE id = :id")
        await connection.execute(person, {"id": duties[2].id})
    found = {one.id for one in await claim(store, NOW, lease_seconds=60)}
    assert {duty.id for duty in duties[4:]} == found


async def test_the_stepping_clock_jumps_to_what_the_machine_does_next(store: Store) -> None:
    """The earliest open duty of the machine that nobody works on; none when there is none."""
    assert await next_due_at(store) == NOW
    await claim(store, NOW, lease_seconds=60)
    assert await next_due_at(store) is None


async def many(store: Store, number: int) -> None:
    """So many open duties of later days, and statistics that know of them."""
    later = """INSERT INTO duty (id, report_id, deed, due_at, priority, by, attempts)
        SELECT gen_random_uuid(), (SELECT id FROM report LIMIT 1), 'conclude', CAST(:later AS timestamptz) + n * interval '1 second',
               1 + n % 9, 'machine', 0 FROM generate_series(1, :number) n"""
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE duty SET due_at = :later"), {"later": LATER})
        await connection.execute(text(later), {"later": LATER, "number": number})
        await connection.execute(text("ANALYZE duty"))


@pytest.mark.parametrize("number", [0, 1_000, 20_000])
async def test_a_dispatch_with_nothing_due_asks_at_most_three_things(store: Store, home: Path, number: int) -> None:
    """Whatever the number of open procedures."""
    await many(store, number)
    async with at_work(settings(home, store_url(store), 1), lambda: NOW) as desk:
        with counted(desk.store) as seen:
            assert await run(desk) == 0
    assert 1 <= len(seen) <= 3


async def test_the_claim_reads_the_partial_index(store: Store) -> None:
    """It never goes through the table: with twenty thousand open duties it reads a handful of pages."""
    await many(store, 20_000)
    async with as_owner(store) as connection:
        values = {"now": NOW, "priority": 9, "most": 2_000, "token": None, "lease": 1.0, "fast": []}
        explain = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT TEXT) " + due._CLAIM.text)
        plan = "\n".join((await connection.execute(explain, values)).scalars())
    assert "ix_duty_due" in plan or "ix_duty_next" in plan
    assert "Seq Scan on duty" not in plan


async def test_a_closed_duty_leaves_the_index(store: Store) -> None:
    """History costs dispatch nothing: the partial index holds open duties of the machine only."""
    query = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid = 'ix_duty_due'::regclass"
    definition = str(await scalar(store, query))
    assert "closed_at IS NULL" in definition
    assert "held_by IS NULL" in definition
    assert Deed.CONCLUDE == "conclude"
