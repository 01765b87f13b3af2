"""After a silence, as Prefect shows it: a dispatch that says what waits, and the release with a staff code."""

from datetime import timedelta
from pathlib import Path

import pytest
from prefect.exceptions import ParameterTypeError
from sqlalchemy import text

from edges.settings import Settings
from flows.operators import resume_after_outage
from models.store import Store
from tests.faults.house import NOW, at_work, faults_of, furnish, scalar, settings
from tests.faults.post import Post
from tests.flows.world import at_hand, dispatched, posted
from tests.keys import KEYS

pytestmark = pytest.mark.slow


async def test_a_flood_waits_in_words_and_goes_by_a_staff_code(
    database_url: str, home: Path, prefect_api: Settings
) -> None:
    """Completed, not red: the run says how many letters wait; pressed without a code it only shows; no name fits in."""
    store, post = Store(database_url, KEYS), Post()
    await furnish(store, reports=4)
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE house SET beat_at = :at"), {"at": NOW - timedelta(hours=9)})
    with posted(post) as port:
        given = settings(home, database_url, port, brake_simulated=True, brake_letters=3)
        async with at_work(given, lambda: NOW, lease=60) as desk:
            _, state = await dispatched(desk, prefect_api)
            assert state.is_completed()
            assert "after a silence 4 letters wait" in (state.message or "")
            with at_hand(desk):
                state = await resume_after_outage(return_state=True)
                assert "4 letters wait" in (state.message or "")
                assert post.letters == []
                state = await resume_after_outage(by="Jeanne Martin", return_state=True)
                assert isinstance(await state.result(raise_on_failure=False), ParameterTypeError)
                state = await resume_after_outage(by="S-07", most=1, return_state=True)
                assert "1 of 4 letters released by S-07" in (state.message or "")
                assert len(post.letters) == 1
                state = await resume_after_outage(by="S-07", return_state=True)
                assert "wait" not in (state.message or "")
    assert len(post.letters) == len(set(post.ids())) == 4
    assert await scalar(store, "SELECT count(*) FROM halt WHERE by = 'S-07'") == 2
    assert await faults_of(store) == []
    await store.close()
