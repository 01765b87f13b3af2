"""The commands around intake: one clear message, the right exit code, no address unless it is asked for."""

import asyncio
import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cases.house import found_house
from cli import app
from models.store import Store
from tests.keys import KEYS

ROW = {
    "ref": "A-1",
    "received_at": "2026-11-20T10:00:00+01:00",
    "category": "csam",
    "qualification": "fr-cp-227-23",
    "location": "https://jane-doe.example/t/1",
    "qualified_by": "S-07",
    "qualified_at": "2026-11-20T11:00:00+01:00",
    "seen_at": "2026-11-20T10:30:00+01:00",
}
NUMBER = "R-2026-000001"
Run = Callable[..., Any]


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line against a fresh store."""

    async def birth() -> None:
        store = Store(database_url, KEYS)
        await found_house(store, simulated=True, now=datetime.now(UTC))
        await store.close()

    asyncio.run(birth())
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", database_url)
    monkeypatch.setenv("SANSDELAI_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def written(folder: Path, *rows: dict[str, str]) -> Path:
    """A CSV file of these rows."""
    path = folder / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_bad_row_ends_with_exit_code_1(command: Run, tmp_path: Path) -> None:
    """Good rows are stored, the bad one is refused by its line number, and the exit code says that not all is well."""
    bad = ROW | {"ref": "A-2", "category": "nonsense", "received_at": "2026-11-20"}
    path = written(tmp_path, ROW, bad)
    result = command("report", "import", path)
    assert result.exit_code == 1
    assert "reports 1, locations 1, linked 0, known before 0" in result.stdout
    assert "line 3: received_at: has no zone" in result.stderr and "category: 'nonsense'" in result.stderr
    assert "1 row was refused; the others were stored" in result.stderr
    assert "jane-doe" not in result.output


def test_strict_says_that_nothing_was_stored(command: Run, tmp_path: Path) -> None:
    """With --strict a bad row keeps everything out, and the message says so."""
    path = written(tmp_path, ROW, ROW | {"ref": "A-2", "category": "nonsense"})
    result = command("report", "import", path, "--strict")
    assert result.exit_code == 1 and "nothing was stored, because of --strict" in result.stderr
    assert json.loads(command("report", "list", "--json").stdout)["total"] == 0


def test_a_report_shows_no_address_unless_asked(command: Run, tmp_path: Path) -> None:
    """List, show and due name numbers only; --locations shows the address, defanged, in text and in JSON."""
    assert command("report", "import", written(tmp_path, ROW)).exit_code == 0
    for words in (["list"], ["list", "--json"], ["show", "R-2026-000001"], ["show", "R-2026-000001", "--json"]):
        shown = command("report", *words)
        assert shown.exit_code == 0 and "R-2026-000001" in shown.stdout
        assert "jane" not in shown.stdout
    assert "jane" not in command("due").stdout
    for words in (["--locations"], ["--locations", "--json"]):
        shown = command("report", "show", "R-2026-000001", *words).stdout
        assert "hxxps://jane-doe[.]example/t/1" in shown and "https://" not in shown


def test_a_file_without_rows_is_no_success(command: Run, tmp_path: Path) -> None:
    """A header alone, or nothing at all: said clearly, exit code 1, so that a broken export does not go unseen."""
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for path in (written(tmp_path), empty):
        for more in ([], ["--strict"]):
            result = command("report", "import", path, *more)
            assert result.exit_code == 1
            assert "no rows" in result.stderr and "Nothing was stored" in result.stderr


def test_the_command_line_speaks_one_language(command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads, stages, deeds and categories are all in English, whatever language the pages open in."""
    monkeypatch.setenv("SANSDELAI_LANGUAGE", "fr")
    assert command("report", "import", written(tmp_path, ROW)).exit_code == 0
    shown = {words: command(*words).stdout for words in (("report", "list"), ("due",), ("report", "show", NUMBER))}
    assert "received" in shown["report", "list"] and "child sexual" in shown["report", "list"]
    assert "choose the procedures" in shown["due",]
    assert "The report was received." in shown["report", "show", NUMBER]
    assert "choose the procedures" in shown["report", "show", NUMBER]
    for text in shown.values():
        assert not [word for word in ("reçu", "choisir", "pédo", "Le signalement") if word in text]


@pytest.mark.parametrize(
    "words",
    [
        ("supplied", "--why"),
        ("decided", "--cause", "x", "--note"),
        ("hold", "--service", "OFMIN", "--written", "--until", "2999-01-01T00:00Z", "--reference"),
        ("decision", "--kind", "judgment", "--until", "2999-01-01T00:00Z", "--reference"),
    ],
)
def test_an_overlong_text_is_refused_with_the_limit(command: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """100,000 characters are a paste gone wrong: one message with the limit, and nothing is written."""
    command("report", "import", written(tmp_path, ROW))
    if words[0] == "decided":
        words = (*words[:2], "emergency", words[3])
        command("record", "emergency", NUMBER, "--by", "A-01")
    before = command("report", "show", NUMBER, "--json").stdout
    result = command("record", words[0], NUMBER, "--by", "A-01", *words[1:], "x" * 100_000)
    assert result.exit_code == 1
    assert "is 100000 characters long; allowed: up to 20000" in result.stderr and len(result.stderr) < 200
    assert command("report", "show", NUMBER, "--json").stdout == before
    place = ("--location", "https://other.example/1", "--by", "S-07", "--seen-at", "2026-11-20T10:00Z")
    kind = ("--category", "hate", "--qualification", "fr-1881-24")
    added = command("report", "add", *place, *kind, "--set", "why=" + "x" * 100_000)
    assert added.exit_code == 1 and "allowed: up to 20000" in added.stderr and len(added.stderr) < 200


def test_due_counts_by_cause(command: Run, tmp_path: Path) -> None:
    """`due` has one line for each deed or cause with its number of reports; emergencies are matters for people."""
    rows = [ROW | {"ref": f"A-{n}", "location": f"https://jane-doe.example/t/{n}"} for n in range(3)]
    command("report", "import", written(tmp_path, *rows))
    place = ("--location", "https://other.example/1", "--by", "S-07", "--seen-at", "2026-11-20T10:00Z", "--emergency")
    added = command("report", "add", *place, "--category", "hate", "--qualification", "fr-1881-24")
    assert added.exit_code == 0 and "R-2026-000004 was opened" in added.stdout
    found = json.loads(command("due", "--json").stdout)
    assert {(one["deed"], one["reports"]) for one in found["machine"]} == {("route", 4), ("alarm", 1)}
    (call,) = found["people"]
    assert (call["deed"], call["why"], call["reports"], call["urgent"]) == ("call", "emergency", 1, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", "import", "gone.csv"], "gone.csv: cannot be read"),
        (["report", "import", "a.xlsx"], "of no known kind; allowed: .csv"),
        (["report", "show", "R-1"], "no report of that number"),
        (["report", "list", "--category", "x"], "'x' is unknown; allowed: csam"),
        (
            ["record", "answer", "R-1", "--kind", "refused", "--by", "A-1", "--regime", "x"],
            "unknown regime 'x'; allowed: ",
        ),
        (
            ["record", "filed", "R-1", "--reference", "1", "--by", "A-1", "--regime", "x"],
            "unknown regime 'x'; allowed: ",
        ),
        (["law", "show", "x"], "unknown regime 'x'; allowed: "),
        (["law", "sign", "x", "--by", "L-1", "--until", "2999-01-01T00:00Z"], "unknown regime 'x'; allowed: "),
        (["party", "find", "x.example"], "no party has this host name"),
        (["party", "add", "--kind", "friend", "--name", "X"], "kind: 'friend' is unknown; allowed: online_platform"),
    ],
)
def test_bad_input_is_one_message(command: Run, words: list[str], message: str) -> None:
    """Each kind of bad input gives one message without a traceback, and exit code 1."""
    result = command(*words)
    assert result.exit_code == 1
    assert message in result.stderr and "Traceback" not in result.output


def test_an_unreachable_database_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers at that port: one message that says what to do, exit code 1."""
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/store")
    result = CliRunner().invoke(app, ["due"])
    assert result.exit_code == 1
    assert "the database cannot be reached" in result.stderr and "secret" not in result.output


def test_a_party_is_added_and_found(command: Run) -> None:
    """A party gets its number, and its host name leads to it."""
    added = command("party", "add", "--kind", "online_platform", "--name", "Big", "--host", "big.example")
    assert added.exit_code == 0 and "P-0001 was added" in added.stdout
    assert "P-0001" in command("party", "find", "www.big.example").stdout
    assert "online_platform" in command("party", "list").stdout
