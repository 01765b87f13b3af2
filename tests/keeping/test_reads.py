"""Who looked at what: noted before it is shown, by number, for those who may read it, gone by age."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from cases.desk import Desk
from cases.exported import Export, say_exported
from cases.house import OrganisationFile
from cases.reads import SITE, ReadRefused, account, expire, note_read, over_age, reads_of
from cases.record.opening import dossiers_of
from cli import app
from edges.settings import Settings, SettingsFault, get_settings
from law.vocabulary import LetterKind, LetterStatus
from models.draft import Draft
from models.readlog import How
from models.store import Store
from models.tables import Act
from tests.faults.house import LIBRARY, NOW
from tests.owning import as_owner
from web.app import create_app

ONE = "R-2026-000001"
HOST = "marie-durand.example"


async def noted(store: Store) -> list[tuple[str, str, str | None, str | None]]:
    """The log: who, how, which report, why."""
    async with store.transaction() as connection:
        rows = await connection.execute(text("SELECT who, how, report, why FROM read_log ORDER BY at, id"))
        return [tuple(row) for row in rows]  # type: ignore[misc]


async def got(store: Store, *paths: str) -> list[int]:
    """The site's answers to these addresses."""
    transport = httpx.ASGITransport(
        app=create_app(store, LIBRARY, Settings(), clock=lambda: NOW), raise_app_exceptions=False
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
        return [(await client.get(path)).status_code for path in paths]


def command(patch: pytest.MonkeyPatch, home: Path, url: str, *words: str) -> Result:
    """Run the command line against this store."""
    for name, value in {"HOME": str(home), "DATABASE_URL": url}.items():
        patch.setenv(f"SANSDELAI_{name}", value)
    patch.setenv("COLUMNS", "200")
    return CliRunner().invoke(app, list(words))


async def test_a_page_of_a_report_is_noted_and_a_list_is_not(store: Store) -> None:
    """Lists show numbers only; a page that does not exist was seen by nobody."""
    assert await got(store, "/reports", "/matters", "/reports/R-2026-999999", f"/reports/{ONE}") == [200, 200, 404, 200]
    assert await noted(store) == [(SITE, "page", ONE, None)]


async def test_without_the_log_no_report_is_shown(store: Store) -> None:
    """Fail closed: what names somebody stays shut while nobody can note who looks; the rest of the site goes on."""
    async with as_owner(store) as connection:
        await connection.execute(text("REVOKE INSERT ON read_log FROM sansdelai"))
    assert await got(store, f"/reports/{ONE}", "/reports", "/health") == [503, 200, 200]
    assert await noted(store) == []


async def test_a_log_that_hangs_holds_a_page_for_two_seconds_only(store: Store) -> None:
    """Somebody else's lock on the log ends in the same refusal, not in a page that never comes."""
    async with as_owner(store) as connection:
        await connection.execute(text("LOCK TABLE read_log"))
        started = asyncio.get_running_loop().time()
        assert await got(store, f"/reports/{ONE}") == [503]
        assert asyncio.get_running_loop().time() - started < 10


async def test_commands_note_who_looks(
    store: Store, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Staff code or account; a search notes what it found, or that it found nothing, and never what was searched for."""
    for words in (
        ("report", "show", ONE, "--by", "S-07"),
        ("report", "show", ONE),
        ("report", "find", f"http://{HOST}/photos/nowhere", "--by", "S-07"),
        ("report", "find", "--platform", "P-0001", "--by", "S-07"),
        ("audit", "export", ONE, "-o", str(tmp_path / "x.zip"), "--by", "S-08"),
    ):
        done = await asyncio.to_thread(command, monkeypatch, home, database_url, *words)
        assert done.exit_code == 0, done.output + done.stderr
    log = await noted(store)
    assert log[:3] == [
        ("S-07", "command", ONE, None),
        (account(), "command", ONE, None),
        ("S-07", "search", None, None),
    ]
    assert {row[2] for row in log if row[1] == "search" and row[2]} == {f"R-2026-00000{n}" for n in (1, 2, 3)}
    assert log[-1] == ("S-08", "export", ONE, None)
    assert HOST not in str(log)


async def test_reading_the_log_is_noted_with_its_reason(store: Store) -> None:
    """The last row of what one reads is one's own reading; without a reason nothing is read."""
    await note_read(store, "S-07", How.COMMAND, [ONE, "R-2026-000002"])
    with pytest.raises(ReadRefused, match="say why"):
        await reads_of(store, ONE, OrganisationFile(), by="D-01", why="  ")
    with pytest.raises(ReadRefused, match="one line"):
        await reads_of(store, ONE, OrganisationFile(), by="D-01", why="x\ny")
    assert len(await noted(store)) == 2
    rows = await reads_of(store, ONE, OrganisationFile(), by="D-01", why="Breach 12")
    assert [(row.who, row.how, row.why) for row in rows] == [("S-07", "command", None), ("D-01", "log", "Breach 12")]


async def test_in_a_real_store_those_who_were_named_read_it(store: Store, home: Path) -> None:
    """The data protection officer and auditors; everybody else is told who may, and that is no row."""
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE house SET simulated = false"))
    file = OrganisationFile(log_readers=("D-01",))
    with pytest.raises(ReadRefused, match="S-07 does not stand among log_readers"):
        await reads_of(store, ONE, file, by="S-07", why="Curious")
    assert await noted(store) == []
    assert len(await reads_of(store, ONE, file, by="d-01", why="Audit 3")) == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE read_log SET who = 'S-99'", "DELETE FROM read_log", "TRUNCATE read_log"],
)
async def test_the_log_is_appended(store: Store, statement: str) -> None:
    """Neither the program nor the owner of its table takes a fresh row away, or writes another name into it."""
    await note_read(store, "S-07", How.PAGE, [ONE])
    for refused in (store.transaction, lambda: as_owner(store)):
        with pytest.raises(DBAPIError, match=r"permission denied|appended"):
            async with refused() as connection:
                await connection.execute(text(statement))
    assert len(await noted(store)) == 1


async def test_it_expires_by_age(store: Store) -> None:
    """What is older than the period goes, what is younger stays."""
    old = "INSERT INTO read_log VALUES (gen_random_uuid(), clock_timestamp() - make_interval(months => :m), 'S-07', 'page', :n)"
    async with store.transaction() as connection:
        for months in (7, 13, 14):
            await connection.execute(text(old), {"m": months, "n": ONE})
    assert await over_age(store, 12) == 2
    assert await expire(store, 12) == 2
    assert (await over_age(store, 12), len(await noted(store))) == (0, 1)


def test_a_longer_period_needs_a_written_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve months by default, three years at most, half a year at least."""
    assert get_settings().read_log_months == 12
    for months, says in (("24", "READ_LOG_REASON"), ("37", "READ_LOG_MONTHS"), ("5", "READ_LOG_MONTHS")):
        monkeypatch.setenv("SANSDELAI_READ_LOG_MONTHS", months)
        with pytest.raises(SettingsFault, match=says):
            get_settings()
    monkeypatch.setenv("SANSDELAI_READ_LOG_MONTHS", "36")
    monkeypatch.setenv("SANSDELAI_READ_LOG_REASON", "Proceedings 12/2026")
    assert get_settings().read_log_months == 36


async def test_a_breach_is_one_page(
    store: Store, desk: Desk, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Looks, letters and exports with their recipients by number; no address, no host name, no mailbox."""
    [dossier] = await dossiers_of(desk, [ONE])
    draft, [procedure] = Draft(NOW), dossier.procedures
    given = {"kind": LetterKind.NOTICE, "status": LetterStatus.UNKNOWN, "at": NOW + timedelta(hours=1)}
    draft.event(dossier.report.id, "given").add(Act(report_id=dossier.report.id, procedure_id=procedure.id, **given))
    await store.write(draft)
    exports = [Export(dossier.report.id, "regulator", "ab" * 32, 4, party="P-0002"),
               Export(dossier.report.id, "court", "cd" * 32, 4)]  # fmt: skip
    await say_exported(store, exports, by="S-08", now=NOW)
    await note_read(store, "S-07", How.PAGE, [ONE])
    file = tmp_path / "seen.txt"
    words = ("privacy", "seen", ONE, "--by", "D-01", "--why", "Breach 12")
    done = await asyncio.to_thread(command, monkeypatch, home, database_url, *words)
    assert done.exit_code == 0, done.stderr
    for expected in ("S-07", "the report's page", "this log  Breach 12", "P-0001", "may have left", "P-0002", "ab" * 32,
                     "recipient outside the directory", "S-08"):  # fmt: skip
        assert expected in done.stdout, expected
    french = await asyncio.to_thread(command, monkeypatch, home, database_url, *words, "--lang", "fr", "-o", str(file))
    assert french.exit_code == 0, french.stderr
    page = file.read_text(encoding="utf-8")
    assert "Exports remis" in page and "peut-être parti" in page and file.stat().st_mode & 0o077 == 0
    assert not re.search(r"@|https?:|" + re.escape(HOST), page + done.stdout)
    again = await asyncio.to_thread(command, monkeypatch, home, database_url, *words, "-o", str(file))
    assert again.exit_code == 1 and "allowed: a new file" in again.stderr
    missing = await asyncio.to_thread(
        command, monkeypatch, home, database_url, "privacy", "seen", "R-2026-999999", *words[3:]
    )
    assert missing.exit_code == 1 and "R-2026-999999" in missing.stderr


async def test_no_command_lists_by_member_of_staff(
    store: Store, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report is always named: the log cannot be turned into a measure of somebody's work."""
    for verb in ("reads", "seen"):
        done = await asyncio.to_thread(
            command, monkeypatch, home, database_url, "privacy", verb, "--by", "D-01", "--why", "S-07"
        )
        assert done.exit_code == 2 and "Missing argument" in done.stderr
    assert await noted(store) == []
