"""The brake: what puts it on, what never does, what it holds, and that a person's release stays on record."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cases.brake import Rule, beat, braked, fast_regimes, release, waiting, weigh
from cases.desk import Desk
from cases.dispatch import run
from cases.office import something_due
from cases.record.opening import RecordRefused
from edges.settings import Settings
from law.vocabulary import Deed
from models.due import anything_due, claim
from models.store import Store
from tests.cases.test_alarm import mail_server
from tests.faults.house import LIBRARY, NOW, at_work, furnish, scalar, settings, shut
from tests.faults.post import Post
from tests.keys import KEYS
from tests.owning import as_owner

HOUR = timedelta(hours=1)
MANY = 6
ASKED = {"brake_simulated": True, "brake_letters": MANY - 1}


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A house with reports that are to be routed."""
    found = Store(database_url, KEYS)
    await furnish(found, reports=MANY)
    yield found
    await found.close()


@pytest.fixture
def post() -> Post:
    """Where letters arrive."""
    return Post()


async def passed(store: Store, given: Settings, post: Post, *times: datetime) -> None:
    """One pass at each of these times."""
    with mail_server(post) as port:
        for at in times:
            async with at_work(given.model_copy(update={"smtp_port": port}), _still(at), lease=60) as desk:
                await run(desk)


def _still(at: datetime) -> Any:
    return lambda: at


async def signed_off(store: Store, at: datetime) -> None:
    """The last sign of life was at that time."""
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE house SET beat_at = :at"), {"at": at})


@pytest.fixture
def given(store: Store, database_url: str, tmp_path: Path) -> Settings:
    """The house's settings, the brake asked for."""
    return settings(tmp_path, database_url, 1, **ASKED)


async def test_a_new_store_and_a_great_import_put_on_no_brake(store: Store, given: Settings, post: Post) -> None:
    """Without a silence before it, any number of letters leaves at once; the pass leaves its sign of life."""
    await passed(store, given, post, NOW)
    assert len(post.letters) == MANY
    assert await scalar(store, "SELECT beat_at FROM house") == NOW
    assert await scalar(store, "SELECT count(*) FROM silence") == 0


@pytest.mark.parametrize(("minutes", "leave"), [(60, MANY), (61, 0)])
async def test_the_brake_needs_a_silence(store: Store, given: Settings, post: Post, minutes: int, leave: int) -> None:
    """A pass at the bound is in time; one later than that finds a silence, and the letters wait."""
    await signed_off(store, NOW - timedelta(minutes=minutes))
    await passed(store, given, post, NOW, NOW)
    assert len(post.letters) == leave
    assert (await braked(store) is None) == bool(leave)
    assert await scalar(store, "SELECT count(*) FROM silence") == (0 if leave else 1)


async def test_few_letters_leave_after_a_silence(store: Store, given: Settings, post: Post) -> None:
    """Up to the set number they go by themselves in the very pass that found the silence."""
    await signed_off(store, NOW - 9 * HOUR)
    await passed(store, given.model_copy(update={"brake_letters": MANY}), post, NOW)
    assert len(post.letters) == MANY
    assert await scalar(store, "SELECT braked_at FROM house") is None
    assert await scalar(store, "SELECT ended_at - began_at FROM silence") == 9 * HOUR


async def test_a_store_born_simulated_brakes_only_when_asked(store: Store, given: Settings, post: Post) -> None:
    """Its clock jumps: a gap means nothing, no sign of life is written, and the demo runs through."""
    await signed_off(store, NOW - 9 * HOUR)
    await passed(store, given.model_copy(update={"brake_simulated": False}), post, NOW)
    assert len(post.letters) == MANY
    assert await scalar(store, "SELECT beat_at FROM house") == NOW - 9 * HOUR


async def test_what_nothing_may_hold_passes_the_brake(store: Store, given: Settings) -> None:
    """Emergencies, alarms, notices of priority 1 and regimes of two hours or less; never a reminder of priority 1."""
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE house SET braked_at = :at, braked_letters = 9"), {"at": NOW})
        change = "UPDATE duty SET deed = :deed, priority = :priority WHERE report_id = (SELECT id FROM report"
        change += " WHERE number = :number)"
        kinds = [("notify", 0), ("notify", 1), ("remind", 1), ("retract", 2), ("alarm", 5), ("notify", 2)]
        for place, (deed, priority) in enumerate(kinds, start=1):
            number = f"R-2026-{place:06}"
            await connection.execute(text(change), {"deed": deed, "priority": priority, "number": number})
    rows = await waiting(store, LIBRARY, NOW)
    assert sorted((str(row.deed), row.reports) for row in rows) == [("notify", 1), ("remind", 1), ("retract", 1)]
    dues = await claim(store, NOW, lease_seconds=1)
    assert [(due.deed, due.priority) for due in dues] == [(Deed.NOTIFY, 0), (Deed.NOTIFY, 1), (Deed.ALARM, 5)]
    assert "eu-tco-3" in fast_regimes(LIBRARY)
    assert "eu-dsa-16" not in fast_regimes(LIBRARY)


async def test_a_release_is_by_name_and_stays(store: Store, given: Settings, post: Post) -> None:
    """Who let how many go, when, and since when they had waited; nobody edits it afterwards."""
    await signed_off(store, NOW - 9 * HOUR)
    with pytest.raises(RecordRefused, match="not on"):
        await release(store, LIBRARY, by="S-07", now=NOW)
    await passed(store, given, post, NOW, NOW)
    with pytest.raises(RecordRefused, match="at least 1"):
        await release(store, LIBRARY, by="S-07", now=NOW, most=0)
    assert await release(store, LIBRARY, by="S-07", now=NOW + HOUR, most=2) == 2
    await passed(store, given, post, NOW + HOUR)
    assert len(post.letters) == 2
    assert await release(store, LIBRARY, by="S-08", now=NOW + 2 * HOUR, most=99) == MANY - 2
    await passed(store, given, post, NOW + 2 * HOUR)
    assert len(set(post.ids())) == MANY
    async with store.transaction() as connection:
        rows = (await connection.execute(text("SELECT by, letters, began_at, ended_at FROM halt ORDER BY by"))).all()
    assert [tuple(row) for row in rows] == [("S-07", 2, NOW, NOW + HOUR), ("S-08", MANY - 2, NOW, NOW + 2 * HOUR)]
    for table in ("halt", "released", "silence"):
        with pytest.raises(DBAPIError):
            async with store.transaction() as connection:
                await connection.execute(text(f"DELETE FROM {table}"))


async def test_two_passes_at_once_find_one_silence(store: Store, given: Settings) -> None:
    """Whoever is second sees that it is noticed already."""
    await signed_off(store, NOW - 9 * HOUR)
    rule = Rule(HOUR, MANY)
    async with at_work(given, _still(NOW)) as first, at_work(given, _still(NOW)) as second:
        await weigh(replace(first, brake=rule), NOW)
        await weigh(replace(second, brake=rule), NOW + timedelta(seconds=1))
    assert await scalar(store, "SELECT count(*) FROM silence") == 1


async def test_a_pass_that_slept_does_not_hide_its_silence(store: Store, given: Settings, post: Post) -> None:
    """A machine that slept for hours in the middle of a pass: the sign of life at its end changes nothing."""
    await signed_off(store, NOW)
    async with at_work(given, _still(NOW)) as desk:
        await beat(desk, NOW + 9 * HOUR)
    assert await scalar(store, "SELECT beat_at FROM house") == NOW
    await passed(store, given, post, NOW + 9 * HOUR, NOW + 9 * HOUR)
    assert post.letters == []


async def test_work_that_was_claimed_long_ago_is_left_for_a_fresh_claim(store: Store, given: Settings) -> None:
    """What such a slice would write states times that are past: it does nothing, and is claimed anew at once."""
    from cases.dispatch import do

    async with at_work(given, _still(NOW + HOUR), lease=60) as desk:
        dues = await claim(store, NOW, lease_seconds=60)
        await do(desk, Deed.ROUTE, dues, NOW)
        assert await scalar(store, "SELECT count(*) FROM procedure") == 0
        assert len(await claim(store, NOW + HOUR, lease_seconds=60)) == len(dues)


async def test_an_idle_pass_signs_off_in_its_one_question(store: Store, given: Settings) -> None:
    """Hours without anything due are no silence; a gap before them is put on record; work due leaves it to the pass."""
    assert await something_due(given, NOW)
    assert await scalar(store, "SELECT beat_at FROM house") is None
    await shut(store, Deed.ROUTE)
    silence = {"silence": HOUR, "simulated": True}
    for minutes in (0, 50, 100):
        assert not await anything_due(store, NOW + timedelta(minutes=minutes), **silence)  # type: ignore[arg-type]
    assert await scalar(store, "SELECT beat_at FROM house") == NOW + timedelta(minutes=100)
    assert await scalar(store, "SELECT count(*) FROM silence") == 0
    assert not await anything_due(store, NOW + 9 * HOUR, **silence)  # type: ignore[arg-type]
    assert await scalar(store, "SELECT began_at FROM silence") == NOW + timedelta(minutes=100)
    assert not await anything_due(store, NOW + 20 * HOUR, silence=HOUR, simulated=False)
    assert await scalar(store, "SELECT count(*) FROM silence") == 1


async def test_a_desk_that_is_not_asked_keeps_no_count(store: Store, given: Settings) -> None:
    """Without a rule nothing is weighed and nothing is written."""
    async with at_work(given, _still(NOW)) as desk:
        bare: Desk = replace(desk, brake=None)
        await weigh(bare, NOW + 99 * HOUR)
        await beat(bare, NOW + 99 * HOUR)
    assert await scalar(store, "SELECT beat_at FROM house") is None
