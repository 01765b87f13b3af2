"""`sansdelai law measure` as a user types it: one order, a table of orders, and bad input in one message."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cli.law_measure import measure
from law.measure import ENDING_FACTS

PROJECT = Path(__file__).resolve().parents[2]
VECTORS = PROJECT / "tests" / "law" / "vectors" / "block_vectors.tsv"

app = typer.Typer(add_completion=False)
app.command()(measure)

ORDER = ("fr-lcen-6-1", "--start", "2026-11-20T17:00+01:00", "--zone", "Europe/Paris")
HEADER = "id\tregime\tzone\tstart\tamount\tunit\tuntil\tremark"
GOOD = 'ok\tfr-lcen-6-1\tEurope/Paris\t2026-11-20T17:00+01:00\t24\thours\t\tsaid "so'


def run(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, list(words))


def rows() -> list[dict[str, str]]:
    """The worked examples; no cell is quoted."""
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def sansdelai(*words: str) -> subprocess.CompletedProcess[str]:
    """The whole program in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANSDELAI_")}
    command = [sys.executable, "-c", "import cli; cli.main()", *words]
    return subprocess.run(command, cwd=PROJECT, env=clean, capture_output=True, text=True, timeout=60, check=False)


def test_the_table_of_worked_examples_gives_every_end() -> None:
    """All rows at once, through the program itself: the end with the zone's offset, and its words."""
    done = sansdelai("law", "measure", "--from", str(VECTORS))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    expected = [(row["id"], row["block_ends"], row["last_moment"]) for row in rows()]
    assert expected == [(one["id"], one.get("ends"), one.get("last_moment")) for one in answers]
    assert done.returncode == 0


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_every_worked_example_gives_its_end_by_options(row: dict[str, str]) -> None:
    """The same rows typed as options."""
    words = [row["regime"], "--start", row["start"], "--zone", row["zone"], "--json"]
    words += ["--open"] if row["unit"] == "open" else []
    if row["amount"]:
        words += ["--amount", row["amount"], "--unit", row["unit"]]
    for key in ("counted_from", "until", "ended_fact", "ended_at"):
        words += [f"--{key.replace('_', '-')}", row[key]] if row[key] else []
    done = run(*words)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (row["block_ends"], row["last_moment"]) == (answer["ends"], answer["last_moment"])


def test_an_open_measure_has_no_end_yet() -> None:
    """`ends` is null while nothing ended it; the regime's status and the confidence of its source stand beside."""
    answer = json.loads(run(*ORDER, "--open", "--json").stdout)
    assert (answer["ends"], answer["reason"], answer["reason_id"]) == (None, "No end set", "open")
    assert (answer["status"], answer["confidence"]) == ("in_force", "excerpt")


def test_an_answer_in_words_shows_every_step() -> None:
    """Without --json a person reads the start, what was ordered and the end."""
    said = run(*ORDER, "--until", "2026-12-31").stdout
    for words in ("Start: Fri 2026-11-20 17:00", "Date set in the decision", "End, never moved to a working day"):
        assert words in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--start", "2026-11-20T17:00", "--open"), "--start: '2026-11-20T17:00' is no instant with a zone"),
        (("--zone", "Mars/Base", "--open"), "Europe/Paris"),
        (("--amount", "0", "--unit", "days"), "--amount: is 0; allowed: a whole number above 0"),
        (("--amount", "-3", "--unit", "days"), "--amount: is -3"),
        (("--amount", "1.5", "--unit", "days"), "--amount: '1.5' is no whole number"),
        (("--amount", "4", "--unit", "fortnights"), "allowed: hours, days, weeks, months, years"),
        (("--amount", "4"), "--unit: is missing"),
        (("--until", "2026-11-19"), "--until: 2026-11-19 lies before the start, 2026-11-20"),
        (("--until", "soon"), "--until: 'soon' is no day"),
        (("--until", "2026-12-31", "--open"), "given: until and open; allowed: one of"),
        (("--amount", "4", "--unit", "days", "--open"), "given: amount and open"),
        ((), "given: none; allowed: one of"),
        (("--open", "--ended-at", "2026-11-21T10:00+01:00"), "--ended-fact: is missing"),
        (("--open", "--ended-fact", "approval_refused"), "--ended-at: is missing"),
        (("--open", "--ended-fact", "x", "--ended-at", "2026-11-19T10:00Z"), "--ended-at: lies before the start"),
    ],
)
def test_bad_input_gets_one_message(words: tuple[str, ...], says: str) -> None:
    """A wrong option is named with what is allowed; nothing is answered and the exit code is 1."""
    done = run(*ORDER, *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("eu-dsa-99",), "eu-dsa-16"),
        (("eu-dsa-16",), "REGIME: eu-dsa-16 has no measure then; allowed: "),
        (("fr-lcen-6-4",), "--until: is missing; this measure cannot outlive its judgment"),
    ],
)
def test_a_regime_that_cannot_answer_says_which_can(words: tuple[str, ...], says: str) -> None:
    """An unknown regime, one without a measure, and one that needs the end of its judgment."""
    done = run(*words, *ORDER[1:], "--open")
    assert done.exit_code == 1
    assert says in done.stderr


def test_several_faults_come_at_once() -> None:
    """Each wrong option has its own line in the one message."""
    done = run("eu-dsa-99", "--start", "now", "--zone", "Mars/Base", "--amount", "0", "--unit", "moons", "--open")
    named = [line.split(":")[0] for line in done.stderr.splitlines()]
    assert {"REGIME", "--start", "--zone", "--amount", "--unit"} == set(named)
    assert done.exit_code == 1


def table(folder: Path, text: str | bytes) -> list[dict[str, Any]]:
    """What the command answers to that table, line by line."""
    file = folder / "orders.tsv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [json.loads(line) for line in run("--from", str(file)).stdout.splitlines()]


def test_a_faulty_row_does_not_stop_the_others(tmp_path: Path) -> None:
    """It answers with its id and every fault; the rows before and after have their ends; unknown columns are ignored."""
    bad = "bad\tnone-such\tMars/Base\t2026-11-20T17:00\t0\tmoons\t\t"
    answers = table(tmp_path, "\r\n".join([HEADER, GOOD, bad, "", GOOD.replace("ok", "last")]))
    assert [one["id"] for one in answers] == ["ok", "bad", "last"]
    assert [answers[0]["ends"], answers[2]["ends"]] == ["2026-11-21T17:00+01:00"] * 2
    assert {"id", "error"} == set(answers[1])
    for key in ("regime", "zone", "start", "amount", "unit"):
        assert f"{key}: " in answers[1]["error"]


def test_rows_of_the_wrong_shape_are_faulty_rows(tmp_path: Path) -> None:
    """Too many cells, no id and bytes that are no UTF-8 are each answered; a short row only lacks its cells."""
    short = "short\tfr-lcen-6-1\tEurope/Paris"
    lines = [HEADER, f"wide\t{GOOD}\tx\ty", GOOD.replace("ok", " "), short, GOOD]
    answers = table(tmp_path, "\n".join(lines).encode() + b"\nodd\t\xff\xfe")
    assert [one["id"] for one in answers] == ["wide", "", "short", "ok", "odd"]
    errors = [one.get("error", "") for one in answers]
    for says, error in zip(("cells; allowed", "line 3", "start: is missing", "", "UTF-8"), errors, strict=True):
        assert says in error


def test_a_table_with_a_faulty_row_ends_with_exit_code_1(tmp_path: Path) -> None:
    """Whoever runs a table unattended learns that not every row was answered."""
    file = tmp_path / "orders.tsv"
    file.write_text(f"{HEADER}\n{GOOD}\n")
    assert run("--from", str(file)).exit_code == 0
    file.write_text(f"{HEADER}\n{GOOD}\nbad\t\t\t\n")
    assert run("--from", str(file)).exit_code == 1


@pytest.mark.parametrize(("text", "says"), [("", "columns missing: id"), ("id\tid\tregime\tzone\tstart", "twice: id")])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Without its columns nothing is answered; the message names them."""
    file = tmp_path / "orders.tsv"
    file.write_text(text)
    done = run("--from", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr
    assert "allowed: a readable file" in run("--from", str(tmp_path / "nowhere.tsv")).stderr


def test_a_table_stands_alone() -> None:
    """Options beside a table would be ignored in silence; they are refused."""
    done = run("--from", str(VECTORS), "--zone", "Europe/Paris")
    assert (done.exit_code, done.stderr) == (1, "--from: a table stands alone; leave out --zone\n")


def test_counting_a_measure_imports_no_store_and_no_prefect() -> None:
    """What only reads the law starts at once."""
    program = (
        "import sys, typer\n"
        "from cli.law_measure import measure\n"
        "app = typer.Typer(); app.command()(measure)\n"
        f"try: app({[*ORDER, '--open', '--json']!r})\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(' '.join(m for m in ('prefect', 'sqlmodel', 'fastapi') if m in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert '"ends": null' in done.stdout


def test_only_a_known_fact_ends_a_measure(tmp_path: Path) -> None:
    """Any other word is refused with the closed list, as an option and in a row; every fact of the list is taken."""
    ending = ("--open", "--ended-at", "2026-11-21T10:00+01:00", "--ended-fact")
    done = run(*ORDER, *ending, "foo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"--ended-fact: 'foo' ends no measure; allowed: {', '.join(ENDING_FACTS)}" in done.stderr
    for fact in ENDING_FACTS:
        assert json.loads(run(*ORDER, *ending, fact, "--json").stdout)["reason_id"] == "ended_by_fact"
    row = "x\tfr-lcen-6-1\tEurope/Paris\t2026-11-20T17:00+01:00\topen\tfoo\t2026-11-21T10:00+01:00"
    answers = table(tmp_path, f"id\tregime\tzone\tstart\tunit\tended_fact\tended_at\n{row}")
    assert "application_dismissed" in answers[0]["error"]


def test_an_answer_in_words_is_in_the_language_asked_for() -> None:
    """No identifier of ours stands in the words; French words for French readers; another language is refused."""
    english, french = run(*ORDER, "--open").stdout, run(*ORDER, "--open", "--lang", "fr").stdout
    assert "(in force; source: " in english and "in_force" not in english
    assert "Début" in french and "(en vigueur" in french and "Start" not in french
    assert "allowed: en, fr" in run(*ORDER, "--open", "--lang", "de").stderr
