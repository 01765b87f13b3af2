"""Notices that fall due together for one recipient share a letter; each report keeps its own procedure and clock."""

import asyncio
import signal
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from cases.dispatch import run
from law.vocabulary import Deed
from models.faultpoints import POINTS
from models.store import Store
from tests.conftest import free_port
from tests.faults.child import start
from tests.faults.house import (
    NOW,
    at_work,
    faults_of,
    furnish,
    route_all,
    run_patiently,
    scalar,
    settings,
    until_answered,
)
from tests.faults.post import Post
from tests.keys import KEYS
from tests.owning import as_owner

TOGETHER = {"notice_together": 50}
SHARED = "SELECT array_agg(n ORDER BY n DESC) FROM (SELECT count(*) AS n FROM act WHERE kind = 'notice' AND status = 'sent' GROUP BY letter_id) AS one"
RUNNING = "SELECT count(*) FROM procedure WHERE stage = 'running' AND given_at IS NOT NULL AND certificate IS NOT NULL"
OF_NOTICES = ("planned", "data_not_begun", "answer_not_recorded", "answer_recorded")


@pytest.fixture
def post() -> Iterator[Post]:
    """Where letters arrive."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.port = controller.port  # type: ignore[attr-defined]
    yield kept
    controller.stop()


def notices(post: Post) -> list[bytes]:
    """What the platform got."""
    return [raw for recipient, raw in post.letters if recipient == "abuse@forum.example"]


def identifiers(post: Post) -> set[str]:
    """The Message-IDs of what the platform got; a second copy keeps its first one's."""
    return {str(message_from_bytes(raw, policy=policy.default)["Message-ID"]) for raw in notices(post)}


async def test_seven_reports_are_one_letter(database_url: str, home: Path, post: Post) -> None:
    """One letter names all seven; each has its own act, its own clock and its own certificate."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=7)
    async with at_work(settings(home, database_url, post.port, **TOGETHER), lambda: NOW) as desk:  # type: ignore[attr-defined]
        await run_patiently(desk)
    assert await scalar(store, SHARED) == [7]
    assert await scalar(store, RUNNING) == 7
    [raw] = notices(post)
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert all(f"R-2026-{number:06}" in body.get_content() for number in range(1, 8))
    assert await faults_of(store) == []
    await store.close()


async def test_a_letter_is_full_at_fifty(database_url: str, home: Path, post: Post) -> None:
    """A hundred and twenty reports are three letters, not one that nobody can work off."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=120)
    async with at_work(settings(home, database_url, post.port, **TOGETHER), lambda: NOW, lease=60) as desk:  # type: ignore[attr-defined]
        await run_patiently(desk)
    assert await scalar(store, SHARED) == [50, 50, 20]
    assert await scalar(store, RUNNING) == 120
    await store.close()


async def test_some_reports_share_no_letter(database_url: str, home: Path, post: Post) -> None:
    """An emergency waits for no company, and whom a victim reported is written about alone."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=5)
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE report SET victim_reported = true WHERE number = 'R-2026-000002'"))
        await connection.execute(
            text(
                "UPDATE duty SET priority = 0 WHERE report_id = (SELECT id FROM report WHERE number = 'R-2026-000003')"
            )
        )
        await connection.execute(text("UPDATE report SET priority = 0 WHERE number = 'R-2026-000003'"))
    async with at_work(settings(home, database_url, post.port, **TOGETHER), lambda: NOW) as desk:  # type: ignore[attr-defined]
        await run_patiently(desk)
    assert await scalar(store, SHARED) == [3, 1, 1]
    await store.close()


@pytest.mark.parametrize("at", OF_NOTICES)
async def test_a_kill_while_a_shared_letter_goes(database_url: str, home: Path, post: Post, at: str) -> None:
    """
    Whatever was done when the process died, and although another report fell due meanwhile: no act has two letters.

    What a letter was written for stays together; a second copy leaves only where nobody knows of the first.
    """
    assert at in POINTS
    store, port = Store(database_url, KEYS), post.port  # type: ignore[attr-defined]
    await furnish(store, reports=5)
    late = "UPDATE duty SET due_at = due_at {} interval '1 hour' WHERE deed = 'notify' AND report_id = (SELECT id FROM report WHERE number = 'R-2026-000003')"
    async with at_work(settings(home, database_url, port, **TOGETHER), lambda: NOW) as desk:
        await route_all(desk)
    async with as_owner(store) as connection:
        await connection.execute(text(late.format("+")))
    child = start(home, database_url, port, NOW, at, more=TOGETHER)
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL, "the point was never reached"
    async with as_owner(store) as connection:
        await connection.execute(text(late.format("-")))
    await asyncio.sleep(0.5)
    await until_answered(settings(home, database_url, port, **TOGETHER), deeds=(Deed.NOTIFY,))
    assert await scalar(store, SHARED) == [4, 1]
    assert len(identifiers(post)) == 2
    assert len(notices(post)) == (3 if at == "answer_not_recorded" else 2)
    assert await scalar(store, RUNNING) == 5
    assert await faults_of(store) == []
    await store.close()


async def test_two_passes_that_share_a_letter_send_it_once(database_url: str, home: Path, post: Post) -> None:
    """A letter of unknown fate whose duties two passes hold: one sends the second copy, the other takes its fate over."""
    store, port = Store(database_url, KEYS), post.port  # type: ignore[attr-defined]
    await furnish(store, reports=4)
    where = settings(home, database_url, port, **TOGETHER)
    async with at_work(where, lambda: NOW) as desk:
        await route_all(desk)
    child = start(home, database_url, port, NOW, "answer_not_recorded", more=TOGETHER)
    await asyncio.to_thread(child.join, 60)
    await asyncio.sleep(0.5)
    half = "UPDATE duty SET lease_until = clock_timestamp() {} WHERE deed = 'notify' AND report_id IN (SELECT id FROM report WHERE number < 'R-2026-000003')"
    async with store.transaction() as connection:
        await connection.execute(text(half.format("+ interval '1 hour'")))
    async with at_work(where, lambda: NOW, lease=60) as desk:
        await run(desk)
    assert await scalar(store, RUNNING) == 2
    async with store.transaction() as connection:
        await connection.execute(text(half.format("")))
    await until_answered(where, deeds=(Deed.NOTIFY,))
    assert (len(notices(post)), len(identifiers(post))) == (2, 1)
    assert await scalar(store, RUNNING) == 4
    assert await faults_of(store) == []
    await store.close()
