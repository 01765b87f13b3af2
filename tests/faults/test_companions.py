"""Reports that share a letter: after a crash one of them may no longer leave."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from models.draft import Draft
from models.store import Store
from models.tables import Hold
from tests.conftest import free_port
from tests.faults.child import start
from tests.faults.house import (
    NOW,
    at_work,
    faults_of,
    furnish,
    open_procedures,
    run_patiently,
    scalar,
    settings,
)
from tests.faults.post import Post
from tests.keys import KEYS


async def test_a_report_that_is_held_after_a_crash_does_not_leave_with_its_companions(
    database_url: str, home: Path
) -> None:
    """Planned together, crashed, then the police hold one: the other two leave in a new letter, the held one does not."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=3)
    await open_procedures(store, "eu-dsa-53", "P-0002")
    child = start(home, database_url, free_port(), NOW, "planned")
    await asyncio.to_thread(child.join, 60)
    held = await scalar(store, "SELECT id FROM report WHERE number = 'R-2026-000002'")
    draft = Draft(NOW, actor="A-01")
    hold = {"service": "OFAC", "starts_at": NOW, "ends_at": NOW + timedelta(days=9), "written": True}
    draft.event(held, "held").add(Hold(report_id=held, **hold))
    await store.write(draft)
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    given = settings(home, database_url, controller.port)
    clock = [NOW]
    async with at_work(given, lambda: clock[0]) as desk:
        for _ in range(4):
            await asyncio.sleep(0.1)
            await run_patiently(desk)
            clock[0] += timedelta(minutes=10)
    assert len(post.letters) == 1
    assert b"R-2026-000001" in post.letters[0][1]
    assert b"R-2026-000002" not in post.letters[0][1]
    await _release(store, held)
    clock = [NOW + timedelta(days=100)]
    async with at_work(given, lambda: clock[0]) as desk:
        await run_patiently(desk)
        await run_patiently(desk)
    controller.stop()
    assert b"R-2026-000002" in post.letters[1][1]
    assert post.faults() + await faults_of(store) == []
    await store.close()


async def _release(store: Store, report: Any) -> None:
    from sqlmodel import select

    from models.tables import Duty

    draft = Draft(NOW, actor="A-01")
    async with store.session() as session:
        hold = (await session.exec(select(Hold))).one()
        duties = (await session.exec(select(Duty).where(Duty.held_by == hold.id))).all()
    entry = draft.event(report, "released")
    entry.set(hold, released_at=NOW)
    for duty in duties:
        entry.set(duty, held_by=None)
    await store.write(draft)
