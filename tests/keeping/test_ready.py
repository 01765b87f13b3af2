"""A real store opens only when its set-up is complete; a simulated one needs none of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cases.house import found_house
from cases.office import open_desk
from cases.ready import NotReady, retention_faults
from cli import app
from edges.settings import get_settings
from law import library as law_library
from models.store import Store
from tests.auditing import audited
from tests.faults.house import scalar
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


async def test_nothing_is_taken_in_before_the_set_up_is_complete(
    database_url: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with a victim's wish and an uploader's place: refused whole, nothing stored; taken in when it is ready."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=NOW)
    file = tmp_path / "in.csv"
    columns = "received_at,category,qualification,location,qualified_by,qualified_at,seen_at,victim_reported"
    at = "2026-11-20T10:00:00+01:00"
    file.write_text(f"{columns}\n{at},hate,fr-1881-24,https://forum.example/t/1,S-07,{at},{at},yes\n", encoding="utf-8")
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", database_url)
    monkeypatch.setenv("SANSDELAI_HOME", str(home))
    added = ("--location", "https://forum.example/t/2", "--category", "hate", "--qualification", "fr-1881-24")
    for words in (("import", str(file)), ("add", *added, "--by", "S-07", "--seen-at", at)):
        done = await asyncio.to_thread(CliRunner().invoke, app, ["report", *words])
        assert done.exit_code == 1
        assert 'controller = "…"' in done.stderr and "retention" in done.stderr
    assert await scalar(store, "SELECT (SELECT count(*) FROM report) + (SELECT count(*) FROM private_text)") == 0
    for name, value in (await ready(store, home, datetime.now(UTC))).items():
        monkeypatch.setenv(name, value)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["report", "import", str(file)])
    assert done.exit_code == 0, done.output + done.stderr
    assert await scalar(store, "SELECT count(*) FROM report") == 1
    await store.close()


async def test_data_leave_the_eea_on_a_stated_ground_only(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor outside the EEA without a ground keeps a real store shut; a time-stamp authority gets no data."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=NOW)
    files = await ready(store, home, NOW)
    organisation = Path(files["SANSDELAI_ORGANISATION_FILE"])
    stated = organisation.read_text(encoding="utf-8")
    outside = '[processors.relay]\nname = "Relay Inc."\ncountry = "US"\nrole = "processor"\n'
    stamper = '[processors.timestamp-2]\nname = "Stamps Ltd."\ncountry = "GB"\nrole = "recipient"\n'
    organisation.write_text(stated + outside + stamper, encoding="utf-8")
    said = await refusal(store, monkeypatch, database_url, files)
    assert "processors.relay: US is outside the EEA" in said and "timestamp" not in said
    organisation.write_text(stated + outside + 'ground = "GDPR Art. 46(2)(c)"\n' + stamper, encoding="utf-8")
    assert await refusal(store, monkeypatch, database_url, files) == ""
    await store.close()


async def test_a_simulated_store_needs_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playing asks for no controller and no periods."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=NOW)
    assert await refusal(store, monkeypatch, database_url, {}) == ""
    assert await audited(store) == []
    await store.close()
