"""A real store opens only when its set-up is complete; a simulated one needs none of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.house import found_house
from cases.office import open_desk
from cases.ready import NotReady
from edges.settings import get_settings
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


async def test_a_signed_file_opens_the_store_until_it_changes(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature is of this version of the file, and ends."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=NOW)
    files = await ready(store, home, NOW)
    assert await refusal(store, monkeypatch, database_url, files) == ""
    monkeypatch.setattr("cases.office.real_clock", lambda: UNTIL + timedelta(days=1))
    assert "ended on 2028-01-01" in await refusal(store, monkeypatch, database_url, files)
    monkeypatch.undo()
    Path(files["SANSDELAI_RETENTION_FILE"]).write_text(periods_toml(complied=24), encoding="utf-8")
    assert "changed after it was signed" in await refusal(store, monkeypatch, database_url, files)
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
