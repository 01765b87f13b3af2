"""The hourly seal as Prefect runs it."""

from typing import Any

from edges.settings import Settings
from models.store import Store
from tests.faults.house import furnish
from tests.keys import KEYS


async def test_seal_flow(prefect_api: Settings, database_url: str, monkeypatch: Any) -> None:
    """The hourly flow seals what is new, and is red while a named authority does not answer."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await store.close()
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", database_url)
    from flows.seal import seal

    state = await seal(return_state=True)
    assert state.is_completed() and "seal 1" in (state.message or "")
    monkeypatch.setenv("SANSDELAI_TIMESTAMP_URLS", "http://127.0.0.1:9/tsa")
    state = await seal(return_state=True)
    assert state.is_failed() and "no authority stamped seals 1 to 1" in (state.message or "")
