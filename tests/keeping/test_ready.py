"""A real store opens only when its set-up is complete; a simulated one needs none of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.house import found_house
from cases.office import open_desk
from cases.ready import NotReady, retention_faults
from edges.settings import get_settings
from law import library as law_library
from models.store import Store
from tests.auditing import audited
from tests.keys import KEYS
from tests.ready import UNTIL, periods_toml, ready, ready_files

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def refusal(store: Store, monkeypatch: pytest.MonkeyPatch, url: str, files: dict[str, str]) -> str:
    """What opening a desk says; nothing when it opens."""
    for name, value in files.items():
        monkeypatch.setenv(name, value)
    try:
        async with open_desk(get_settings(database_url=url), given=store):
            return ""
    except NotReady as refused:
        return str(refused)


async def test_everything_that_is_missing_is_said_at_once(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Controller, DPO, basis and retention file: one message, which says what to do."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=NOW)
    said = await refusal(store, monkeypatch, database_url, {})
    for word in ('controller = "…"', 'dpo = "…"', 'basis = "…"', "SANSDELAI_RETENTION_FILE", "retention sign"):
        assert word in said
    files = ready_files(home)
    said = await refusal(store, monkeypatch, database_url, files)
    assert "nobody signed the retention periods" in said and "controller" not in said
    assert await audited(store) == []
    await store.close()


async def test_a_signature_that_ended_stops_the_start_and_no_work(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature is of this version of the file, and ends: then nothing starts, and no emergency waits for it."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=NOW)
    files = await ready(store, home, NOW)
    assert await refusal(store, monkeypatch, database_url, files) == ""
    settings, library = get_settings(database_url=database_url), law_library.load()
    later = UNTIL + timedelta(days=1)
    assert "ended on 2028-01-01" in str(await retention_faults(store, settings, library, later))
    assert await retention_faults(store, settings, library, later, starting=False) == []
    Path(files["SANSDELAI_RETENTION_FILE"]).write_text(periods_toml(complied=24), encoding="utf-8")
    assert "changed after it was signed" in str(await retention_faults(store, settings, library, NOW))
    assert await refusal(store, monkeypatch, database_url, files) == ""
    Path(files["SANSDELAI_RETENTION_FILE"]).write_text("", encoding="utf-8")
    assert "no period for not_illegal" in await refusal(store, monkeypatch, database_url, files)
    assert await audited(store) == []
    await store.close()


async def test_a_simulated_store_needs_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playing asks for no controller and no periods."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=NOW)
    assert await refusal(store, monkeypatch, database_url, {}) == ""
    assert await audited(store) == []
    await store.close()
