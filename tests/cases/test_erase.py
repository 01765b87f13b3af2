"""Erasing by command on a real store: what goes is nowhere any more, what stays is whole, and who may not is told why."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text
from typer.testing import CliRunner, Result

from cases.erase import erase, noted
from cases.erase_scope import CAUSES, EraseRefused, preview
from cases.record.people import retraction
from cli import app
from law.vocabulary import LocationKind
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import Hosting, IntakeRef, LegalHold, Location, Mandate, metadata
from tests.auditing import audited
from tests.conftest import free_port
from tests.faults.house import NOW, at_work, furnish, run_patiently, scalar, settings
from tests.faults.post import Post
from tests.keys import KEYS

HOST = "marie-durand.example"
URL = f"http://{HOST}/photos"
WHY = "Appel à la haine."
NUMBER = "R-2026-000001"
LATER = NOW + timedelta(days=2)
ASKED = (Purpose.LOCATION, Purpose.FREE_TEXT)
WORDS = ("--purpose", "location", "--purpose", "free_text", "--cause", "request", "--by", "A-01", "--second", "A-02")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """Two reports about a site that bears a victim's name, with what looks leave behind."""
    opened = Store(database_url, KEYS)
    await furnish(opened, reports=2, url=URL)
    draft = Draft(NOW)
    for number in (NUMBER, "R-2026-000002"):
        await a_second_place(opened, draft, number)
    draft.keep(IntakeRef(source_ref="5e" * 32, report_id=await report_id(opened)))
    await opened.write(draft)
    yield opened
    await opened.close()


async def a_second_place(store: Store, draft: Draft, number: str) -> None:
    """One more location of a report's content, with an entry of its hosting trail."""
    id = await report_id(store, number)
    content = await scalar(store, "SELECT content_id FROM report WHERE id = :id", id=id)
    place = draft.keep_apart(private(Purpose.LOCATION, f"{URL}/again", now=NOW, report_id=id))
    given = {"ordinal": 2, "kind": LocationKind.URL, "text_id": place.id, "blind": b"again " + number.encode()}
    location = draft.keep(Location(content_id=content, host=HOST, country="FR", opened_at=NOW, **given))
    trail = {"address": "198.51.100.77", "network": "AS64500 Marie", "source": "probe"}
    draft.keep(Hosting(location_id=location.id, at=NOW, country="FR", **trail))


async def report_id(store: Store, number: str = NUMBER) -> Any:
    """The id of a report."""
    return await scalar(store, "SELECT id FROM report WHERE number = :number", number=number)


async def told_and_retracted(store: Store, home: Path, database_url: str, number: str = NUMBER) -> bytes:
    """The notice goes out, then the report is taken back: its procedures are final. Gives all letters as sent."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    clock = [NOW]
    async with at_work(settings(home, database_url, controller.port), lambda: clock[0]) as desk:
        for _ in range(4):
            await run_patiently(desk)
            await asyncio.sleep(0.1)
            clock[0] += timedelta(minutes=10)
        await retraction(desk, [number], cause="not_illegal", by="A-01", second_reader="A-02", now=clock[0])
        for _ in range(4):
            await run_patiently(desk)
            await asyncio.sleep(0.1)
            clock[0] += timedelta(minutes=10)
    await asyncio.to_thread(controller.stop)
    return b"".join(content for _, content in post.letters)


async def dump(store: Store) -> str:
    """Every row of every table as PostgreSQL writes it, with binary columns once more as text."""
    said = []
    async with store.transaction() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.execute(text(f"SELECT t::text FROM {table.name} t")):
                said.append(row[0])
            for column in table.columns:
                query = f"SELECT encode({column.name}, 'escape') FROM {table.name} WHERE {column.name} IS NOT NULL"
                if "BYTEA" in str(column.type.compile(store.engine.dialect)).upper():
                    said += [row[0] for row in await connection.execute(text(query))]
    return "\n".join(said)


def found_in(dumped: str, words: Sequence[str]) -> list[str]:
    """Which of these words stand in the dump, in clear or in hex."""
    return [word for word in words if word in dumped or word.encode().hex() in dumped]


async def refused(store: Store, home: Path, numbers: Sequence[str] = (NUMBER,), cause: str = "request") -> str:
    """Why an erasure is refused; nothing is noted and nothing changes."""
    before = await dump(store)
    ledger = home / "erasures.jsonl"
    with pytest.raises(EraseRefused) as no:
        await erase(store, numbers, ASKED, by="A-01", second="A-02", cause=cause, ledger=ledger, now=LATER)
    assert not ledger.exists()
    assert await dump(store) == before
    return str(no.value)


async def test_after_an_erasure_address_host_and_reason_are_nowhere(
    store: Store, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command shows, then does it: no row holds them, nobody can open them, the audit finds the record whole."""
    assert NUMBER.encode() in await told_and_retracted(store, home, database_url)
    assert found_in(await dump(store), [HOST, "198.51.100.77", "AS64500 Marie"])
    texts = list(await ids_of(store, NUMBER))
    assert await store.open_texts(texts)

    shown = await asyncio.to_thread(command, monkeypatch, home, database_url, "privacy", "erase", NUMBER, *WORDS)
    assert shown.exit_code == 0 and "--yes" in shown.output and "Nothing was erased" in shown.output
    assert "letters" in shown.output and HOST not in shown.output
    assert not (home / "erasures.jsonl").exists()
    assert len(await store.open_texts(texts)) == len(texts)

    done = await asyncio.to_thread(
        command, monkeypatch, home, database_url, "privacy", "erase", NUMBER, *WORDS, "--yes"
    )
    assert done.exit_code == 0, done.output + done.stderr
    assert await store.open_texts(texts) == {}
    place = f"{URL}/1"
    rows = await rows_of(store, NUMBER)
    assert found_in(rows, [HOST, place, WHY, "198.51.100.77", "AS64500 Marie", "5e" * 32]) == []
    assert found_in(await dump(store), [place, WHY, "5e" * 32]) == []
    assert len(await store.open_texts(await ids_of(store, "R-2026-000002"))) >= 2  # the other report keeps its own
    assert await audited(store) == []

    ledger = (home / "erasures.jsonl").read_text(encoding="ascii")
    assert found_in(ledger, [HOST, place, NUMBER, WHY]) == []
    [line] = noted(home / "erasures.jsonl")
    assert (line.by, line.second, line.cause) == ("A-01", "A-02", "request")
    body = await scalar(store, "SELECT body FROM event WHERE kind = 'erased'")
    assert json.loads(body)["details"]["second"] == "A-02"
    again = await asyncio.to_thread(command, monkeypatch, home, database_url, "privacy", "erase", NUMBER, *WORDS)
    assert again.exit_code == 1 and "nothing of this kind left" in again.stderr


async def test_when_all_is_erased_no_row_holds_the_site(store: Store, home: Path, database_url: str) -> None:
    """Both reports erased: the site's name is in no table, in no column, in no form."""
    await told_and_retracted(store, home, database_url)
    async with at_work(settings(home, database_url, 1), lambda: LATER) as desk:
        await retraction(desk, ["R-2026-000002"], cause="not_illegal", by="A-01", second_reader="A-02", now=LATER)
    both = [NUMBER, "R-2026-000002"]
    await erase(store, both, ASKED, by="A-01", second="A-02", cause="request", ledger=home / "e.jsonl", now=LATER)
    words = [HOST, URL, "marie", "Marie", WHY, "198.51.100.77"]
    assert found_in(await dump(store), words) == []
    assert await audited(store) == []


async def ids_of(store: Store, number: str) -> list[Any]:
    """The private texts of a report."""
    query = text("SELECT t.id FROM private_text t JOIN report r ON r.id = t.report_id WHERE r.number = :number")
    async with store.transaction() as connection:
        return list((await connection.execute(query, {"number": number})).scalars())


async def rows_of(store: Store, number: str) -> str:
    """Every row that leads to this report, as PostgreSQL writes it."""
    id, said = await report_id(store, number), []
    places = "SELECT l.id FROM location l JOIN report r ON r.content_id = l.content_id WHERE r.id = :id"
    where = {"report": "id = :id", "location": f"id IN ({places})", "hosting": f"location_id IN ({places})"}
    async with store.transaction() as connection:
        for table in metadata.sorted_tables:
            if table.name in where or "report_id" in table.columns:
                query = f"SELECT t::text FROM {table.name} t WHERE {where.get(table.name, 'report_id = :id')}"
                said += [row[0] for row in await connection.execute(text(query), {"id": id})]
    return "\n".join(said)


def command(patch: pytest.MonkeyPatch, home: Path, url: str, *words: str) -> Result:
    """Run the command line against this store."""
    for name, value in {"HOME": str(home), "DATABASE_URL": url}.items():
        patch.setenv(f"SANSDELAI_{name}", value)
    patch.setenv("COLUMNS", "120")
    return CliRunner().invoke(app, list(words))


async def test_an_open_procedure_still_needs_its_address(store: Store, home: Path, database_url: str) -> None:
    """While a procedure is open its address and reasons stay."""
    async with at_work(settings(home, database_url, 1), lambda: NOW) as desk:
        await run_patiently(desk)
    assert f"{NUMBER}: a procedure is still open" in await refused(store, home)


async def test_a_legal_hold_keeps_everything(store: Store, home: Path) -> None:
    """A report that a court still needs is erased by nobody; once released it may go."""
    draft = Draft(NOW, actor="A-01")
    hold = draft.keep(LegalHold(report_id=await report_id(store), placed_by="A-01", starts_at=NOW))
    await store.write(draft)
    assert f"{NUMBER}: a legal hold keeps it" in await refused(store, home)
    release = Draft(LATER, actor="A-01")
    release.amend(hold, released_at=LATER, released_by="A-02")
    await store.write(release)
    assert (await preview(store, [NUMBER], ASKED, cause="request")).numbers == (NUMBER,)


async def test_every_fault_is_told_at_once(store: Store, home: Path) -> None:
    """An unknown report, an unknown cause and a legal hold: one refusal says all three."""
    draft = Draft(NOW, actor="A-01")
    draft.keep(LegalHold(report_id=await report_id(store), placed_by="A-01", starts_at=NOW))
    await store.write(draft)
    said = await refused(store, home, [NUMBER, "R-2026-999999"], "boredom")
    assert "R-2026-999999: no such report" in said and f"{NUMBER}: a legal hold" in said
    assert "unknown cause 'boredom'" in said and all(cause in said for cause in CAUSES)


async def test_a_persons_key_goes_in_all_reports_of_that_person(store: Store, home: Path) -> None:
    """The preview names the other reports; a legal hold on one of them keeps the key."""
    draft = Draft(NOW)
    ids = [await report_id(store), await report_id(store, "R-2026-000002")]
    for id in ids:
        name = private(Purpose.VICTIM, "Marie Durand", now=NOW, report_id=id, subject=b"m" * 32)
        draft.keep_apart(name)
        draft.keep(Mandate(report_id=id, principal_id=name.id, signed_at=NOW))
    await store.write(draft)
    scope = await preview(store, [NUMBER], [Purpose.VICTIM], cause="consent_withdrawn")
    assert (scope.others, len(scope.keys), scope.texts) == (("R-2026-000002",), 1, {Purpose.VICTIM: 2})
    held = Draft(NOW, actor="A-01")
    held.keep(LegalHold(report_id=ids[1], placed_by="A-01", starts_at=NOW))
    await store.write(held)
    with pytest.raises(EraseRefused, match="R-2026-000002: a legal hold keeps it, and the same key"):
        await preview(store, [NUMBER], [Purpose.VICTIM], cause="consent_withdrawn")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--purpose", "location", "--cause", "request", "--by", "A-01", "--second", "a-01"), "somebody else"),
        (("--purpose", "location", "--cause", "request", "--by", "Jane Doe", "--second", "A-02"), "staff code"),
        (("--purpose", "name", "--cause", "fun", "--by", "A-01", "--second", "A-02"), "unknown purpose 'name'"),
        (("--purpose", "name", "--cause", "fun", "--by", "A-01", "--second", "A-02"), "unknown cause 'fun'"),
        (("--purpose", "name", "--cause", "fun", "--by", "A-01", "--second", "A-02"), "R-9: no such report"),
    ],
)
async def test_the_command_refuses_in_one_message(
    store: Store, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    """Exit code 1, what is wrong and what is allowed; nothing is noted."""
    done = await asyncio.to_thread(command, monkeypatch, home, database_url, "privacy", "erase", "R-9", *words, "--yes")
    assert done.exit_code == 1 and says in done.stderr
    assert not (home / "erasures.jsonl").exists()


async def test_a_list_that_cannot_be_written_stops_the_erasure(store: Store, home: Path) -> None:
    """Nothing is destroyed that a restore could not destroy again."""
    (home / "file").write_text("", encoding="ascii")
    ids = await ids_of(store, NUMBER)
    ledger = home / "file" / "erasures.jsonl"
    with pytest.raises(EraseRefused, match="cannot be written"):
        await erase(store, [NUMBER], ASKED, by="A-01", cause="request", ledger=ledger, now=LATER)
    assert len(await store.open_texts(ids)) == len(ids)
