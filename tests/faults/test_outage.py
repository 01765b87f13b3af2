"""Everything stops for 72 hours; then letters leave in the order of the law, once, fresh, and what is late says why."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from cases.brake import braked, release, waiting
from cases.dispatch import run
from edges.settings import Settings
from models.store import Store
from tests.conftest import free_port
from tests.faults.child import start
from tests.faults.house import LIBRARY, NOW, at_work, faults_of, scalar, settings
from tests.faults.portfolio import AFTER, ASKED, REPORTS, UNSENT, alive_page, later, stopped_portfolio
from tests.faults.post import Post
from tests.keys import KEYS

# Each letter that left, with the time at which its duty was due, in the order of the server's answers.
_LEFT = """
SELECT letter.message_id, min(duty.priority) AS priority, min(duty.due_at) AS due_at FROM letter
JOIN act ON act.letter_id = letter.id JOIN duty ON duty.procedure_id = act.procedure_id
WHERE duty.deed = CASE WHEN letter.kind = 'retraction' THEN 'retract' ELSE 'notify' END
GROUP BY letter.message_id
"""
_DATES_PASSED = """
SELECT duty.id, (SELECT string_agg(DISTINCT details.value ->> 'late_cause', ',') FROM event
    CROSS JOIN LATERAL (SELECT event.body::jsonb -> 'details' AS value) AS details
    WHERE event.report_id = duty.report_id AND details.value ->> 'late_cause' IS NOT NULL) AS causes
FROM duty WHERE legal_at BETWEEN :begin AND :end AND by = 'machine'
"""


@dataclass
class Stopped:
    """A house after its stop: the store, the settings, the letters that arrive from now on."""

    store: Store
    given: Settings
    post: Post
    port: int
    page: int
    before: int  # letters that left before the stop

    @property
    def since(self) -> list[tuple[str, bytes]]:
        """What left after the stop."""
        return self.post.letters[self.before :]


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """Where letters arrive."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, controller.port
    controller.stop()


@pytest.fixture
async def stopped(database_url: str, home: Path, post: tuple[Post, int]) -> AsyncIterator[Stopped]:
    """The portfolio, 72 hours after its last pass."""
    store = Store(database_url, KEYS)
    async with alive_page() as page:
        allow = frozenset({f"127.0.0.1:{page}"})
        staff = {"staff_address": "staff@hotline.example", "second_staff_address": "second@hotline.example"}
        given = settings(home, database_url, post[1], probe_allow=allow, **ASKED, **staff)
        await stopped_portfolio(store, given, page)
        yield Stopped(store, given, *post, page, len(post[0].letters))
    await store.close()


async def dispatched(house: Stopped, *, passes: int = 1) -> None:
    """So many passes after the stop."""
    async with at_work(house.given, later(AFTER), lease=60) as desk:
        for _ in range(passes):
            await run(desk)


async def test_after_72_hours_nothing_is_doubled_stale_or_silent(stopped: Stopped) -> None:
    """What is urgent leaves at once, the rest waits for a person, and then leaves in the order of its legal time."""
    store = stopped.store
    assert await scalar(store, "SELECT count(*) FROM report") == REPORTS
    unsent = await scalar(store, "SELECT count(*) FROM letter WHERE status = 'planned'")
    assert unsent == UNSENT

    await dispatched(stopped, passes=2)
    assert sorted(to for to, _ in stopped.since) == ["abuse@forum.example", "second@hotline.example"]
    assert b"R-2026-000901" in next(raw for to, raw in stopped.since if to.startswith("abuse"))
    state = await braked(store)
    assert state is not None
    assert state.since == AFTER
    assert await scalar(store, "SELECT began_at FROM silence") == NOW
    listed = await waiting(store, LIBRARY, AFTER)
    held_back = "SELECT count(*) FROM duty WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL"
    held_back += " AND deed IN ('notify', 'remind', 'retract') AND due_at <= :at"
    assert sum(row.reports for row in listed) == await scalar(store, held_back, at=AFTER) == state.letters > 30
    assert [row.oldest for row in listed] == sorted(row.oldest for row in listed)
    assert await _other_work(store) == 0

    assert await release(store, LIBRARY, by="S-07", now=AFTER, most=5) == 5
    first = len(stopped.since)
    await dispatched(stopped)
    done = "SELECT count(*) FROM released JOIN duty ON duty.id = released.duty_id WHERE duty.closed_at IS NOT NULL"
    assert await scalar(store, done) == 5
    assert first < len(stopped.since) <= first + 5  # a complaint carries several reports
    assert await braked(store) is not None

    second = len(stopped.since)
    assert await release(store, LIBRARY, by="S-07", now=AFTER) == state.letters - 5
    await dispatched(stopped, passes=2)
    assert await braked(store) is None
    await _in_the_order_of_the_law(stopped, skip=second)
    await _nothing_stale(stopped)
    await _every_legal_date_says_outage(store)
    assert len(set(stopped.post.ids())) == len(stopped.post.letters)
    assert stopped.post.faults() + await faults_of(store) == []
    assert await scalar(store, "SELECT count(*) FROM halt WHERE cause = 'brake' AND by = 'S-07'") == 2


async def _other_work(store: Store) -> int:
    """What the brake does not hold and is due all the same."""
    query = "SELECT count(*) FROM duty WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL"
    query += " AND deed NOT IN ('notify', 'remind', 'retract') AND due_at <= :at"
    return int(await scalar(store, query, at=AFTER))


async def _in_the_order_of_the_law(stopped: Stopped, *, skip: int) -> None:
    """Within a priority, the oldest date first; letters that carry several reports stand by their oldest."""
    async with stopped.store.transaction() as connection:
        due = {row.message_id: (row.priority, row.due_at) for row in await connection.execute(text(_LEFT))}
    order = [due[identifier.decode()] for identifier in stopped.post.ids()[stopped.before + skip :]]
    assert len(order) > 30
    assert order == sorted(order)


async def _nothing_stale(stopped: Stopped) -> None:
    """No reminder after its time, no letter that was written before the stop, no date that had passed already."""
    store = stopped.store
    assert await scalar(store, "SELECT count(*) FROM letter WHERE kind = 'reminder'") == 0
    dropped = "SELECT count(*) FROM event WHERE kind = 'not_reminded' AND body::jsonb #>> '{details,why}' <> ''"
    dropped += " OR kind IN ('stayed_silent', 'ran_out')"  # a conclusion closes the reminder with its procedure
    assert await scalar(store, dropped) > 0
    written = "SELECT written_at FROM letter WHERE message_id = ANY(:ids)"
    ids = [identifier.decode() for identifier in stopped.post.ids()[stopped.before :]]
    async with store.transaction() as connection:
        assert set((await connection.execute(text(written), {"ids": ids})).scalars()) == {AFTER}
    aside = "SELECT count(*) FROM letter WHERE status = 'superseded' AND written_at = :at"
    assert await scalar(store, aside, at=NOW) == UNSENT
    open_ends = "SELECT count(*) FROM procedure WHERE stage = 'running' AND ends_at <= :at"
    assert await scalar(store, open_ends, at=AFTER) == 0


async def _every_legal_date_says_outage(store: Store) -> None:
    """Each legal date that passed during the stop stands on record as late, with its cause."""
    async with store.transaction() as connection:
        given = {"begin": NOW, "end": AFTER}
        causes = [row.causes for row in await connection.execute(text(_DATES_PASSED), given)]
    assert len(causes) >= 9
    assert set(causes) == {"outage"}
    late = "SELECT body::jsonb #>> '{details,late_minutes}' FROM event WHERE kind = 'ran_out' LIMIT 1"
    assert int(await scalar(store, late)) == 24 * 60 + 20


async def test_a_death_in_the_middle_of_the_replay_doubles_nothing(stopped: Stopped) -> None:
    """Children die while the letters of the stop go out: each letter is one Message-ID, and the last pass ends it."""
    store = stopped.store
    await dispatched(stopped)
    await release(store, LIBRARY, by="S-07", now=AFTER, most=6)
    await dispatched(stopped)
    await release(store, LIBRARY, by="S-07", now=AFTER)
    more: dict[str, Any] = ASKED
    for at in ("claimed", "planned", "answer_recorded", "data_not_begun"):
        child = start(
            stopped.given.home, stopped.given.database_url or "", stopped.port, AFTER, at, stopped.page, 0.3, more
        )
        await asyncio.to_thread(child.join, 60)
        assert child.exitcode == -signal.SIGKILL
        await asyncio.sleep(0.4)  # until its lease is over
    clock = [AFTER]
    async with at_work(stopped.given, lambda: clock[0], lease=60) as desk:
        for _ in range(3):  # a letter of unknown fate goes once more, ten legal minutes later
            await run(desk)
            clock[0] += timedelta(minutes=10)
    assert stopped.post.faults() + await faults_of(store) == []
    asked = await scalar(store, "SELECT count(*) FROM duty WHERE closed_at IS NULL AND deed = 'resolve'")
    assert asked == await scalar(store, "SELECT count(*) FROM act WHERE status = 'unknown'")  # each doubt is asked once
    assert len(set(stopped.post.ids())) == len(stopped.post.letters)
    assert await scalar(store, "SELECT count(*) FROM letter WHERE status = 'planned'") == 0
