"""How it was seen and what is doubtful: private like the reasons, and gone with them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from cases.dossier import load
from cases.erase import erase
from cases.house import found_house
from cases.intake import import_lines
from edges.intake_files import Line
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from models.private import Purpose
from models.remarks import Remarks, remarks_of
from models.schema import alembic_config, migrate
from models.store import Store
from models.tables import metadata
from tests.auditing import audited
from tests.cases.conftest import GOOD
from tests.faults.house import LIBRARY, scalar
from tests.keys import KEYS
from web.app import create_app

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = {"seen_from": "Marie Durand's flat", "method": "her own browser", "doubt": "the second face may be Jeanne"}


async def taken_in(database_url: str) -> Store:
    """A simulated store with one report whose remarks name people."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=NOW)
    done = await import_lines(store, [Line(2, GOOD | WORDS)], now=NOW)
    assert done.reports == 1, done.refused
    return store


async def in_clear(store: Store) -> str:
    """Every row of every table as PostgreSQL writes it."""
    said = []
    async with store.transaction() as connection:
        for table in metadata.sorted_tables:
            said += [row[0] for row in await connection.execute(text(f'SELECT t::text FROM "{table.name}" t'))]
    return "\n".join(said)


async def page(store: Store, number: str) -> str:
    """The report's page."""
    transport = httpx.ASGITransport(app=create_app(store, LIBRARY, Settings(), clock=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
        return (await client.get(f"/reports/{number}", params={"lang": "en"})).text


async def test_remarks_are_private_and_die_with_the_reasons(database_url: str, home: Path) -> None:
    """In no table in clear, on the page while they live, nowhere afterwards; the record stays whole."""
    store = await taken_in(database_url)
    report_id = await scalar(store, "SELECT id FROM report")
    number = await scalar(store, "SELECT number FROM report")
    [dossier] = (await load(store, [report_id])).values()
    assert dossier.qualification is not None and dossier.qualification.remarks_id is not None
    assert remarks_of(dossier.texts[dossier.qualification.remarks_id].text) == Remarks(**WORDS)
    stored = await in_clear(store)
    assert [word for word in WORDS.values() if word in stored] == []
    shown = await page(store, number)
    assert "her own browser" in shown and "Jeanne" in shown and "Marie Durand" in shown
    ledger = home / "erasures.jsonl"
    given = {"by": "D-01", "second": "S-07", "cause": "request", "ledger": ledger, "now": NOW + timedelta(days=1)}
    await erase(store, [number], [Purpose.FREE_TEXT], **given)  # type: ignore[arg-type]
    shown = await page(store, number)
    assert "her own browser" not in shown and "Jeanne" not in shown
    assert await audited(store) == []
    await store.close()


def test_what_was_not_said_is_no_text() -> None:
    """Nothing is encrypted for a report without remarks, and an erased text says nothing."""
    assert Remarks().text() == ""
    assert remarks_of(None) == Remarks()
    assert json.loads(Remarks(doubt="é").text()) == {"doubt": "é"}


@pytest.mark.parametrize(("column", "refused"), [("doubt", True), ("code", False)])
async def test_a_store_with_words_in_clear_is_not_upgraded_in_silence(
    postgres: EmbeddedPostgres, column: str, refused: bool
) -> None:
    """They cannot be encrypted in SQL: such a store is refused; one without such words goes on."""
    name = f"before_remarks_{column}"
    url = postgres.ensure_database(name)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0006"))
            await connection.execute(text(_CONTENT))
            await connection.execute(text(_REPORT))
            await connection.execute(text(_QUALIFICATION))
            await connection.execute(text(f"UPDATE qualification SET {column} = 'x'"))
        if refused:
            with pytest.raises(DBAPIError, match="remarks in clear"):
                await migrate(url)
        else:
            await migrate(url)
    finally:
        await engine.dispose()
        postgres.drop_database(name)


_ID = "'00000000-0000-7000-8000-000000000001'"
_CONTENT = f"INSERT INTO content (id, written_at) VALUES ({_ID}, now())"
_REPORT = (
    "INSERT INTO report (id, number, content_id, category, depicted, priority, public, victim_reported, language,"
    f" received_at, stage, returns, event_seq) VALUES ({_ID}, 'R-2026-000001', {_ID}, 'hate', 'nobody', 5, true, false,"
    " 'fr', now(), 'received', 0, 0)"
)
_QUALIFICATION = (
    "INSERT INTO qualification (id, report_id, code, qualified_by, qualified_at, seen_at)"
    f" VALUES ({_ID}, {_ID}, 'fr-1881-24', 'S-07', now(), now())"
)
