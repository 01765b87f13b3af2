"""`law clock` and `law recompute`: every worked example through the command line, faulty rows, exit codes."""

import csv
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.law_clock import clock, recompute
from tests.law.certificates_for_tests import made

PROJECT = Path(__file__).parents[2]
VECTORS = PROJECT / "tests" / "law" / "vectors"
ONE = {
    "--start": "2026-11-10T14:20+01:00", "--amount": "1", "--unit": "hours", "--calendar": "FR",
    "--zone": "Europe/Paris",
}  # fmt: skip

app = typer.Typer()
app.command()(clock)
app.command()(recompute)


def said(*words: str, code: int = 0) -> str:
    """What the command prints, on both streams; its exit code must be `code`."""
    found = CliRunner().invoke(app, list(words))
    assert found.exit_code == code, found.output
    return found.output


def asked(rule: str, *more: str, code: int = 0, **changes: str | None) -> str:
    """`law clock` with the options of one question, some of them changed or left out."""
    options = ONE | {f"--{key.replace('_', '-')}": text for key, text in changes.items()}
    words = [word for key, text in options.items() if text is not None for word in (key, text)]
    return said("clock", rule, *words, *more, code=code)


@pytest.mark.parametrize("table", ["deadline", "clear_day", "beginning_with"])
def test_every_worked_example_passes_through_the_command_line(table: str) -> None:
    """One JSON line a row with its id, in order: the end as the table writes it, and the last moment."""
    path = VECTORS / f"{table}_vectors.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    answers = [json.loads(line) for line in said("clock", "--from", str(path)).splitlines()]
    assert [row["id"] for row in rows] == [one["id"] for one in answers]
    for row, answer in zip(rows, answers, strict=True):
        assert (row.get("expected_end") or row["expected_date"]) == answer["end"], row["id"]
        assert row.get("last_moment", answer["last_moment"]) == answer["last_moment"], row["id"]
        assert answer["steps"] and all(one["fr"] and one["en"] for one in answer["steps"])


def test_one_question_in_json_has_end_last_moment_steps_and_both_clocks() -> None:
    """The stable keys; the strict clock of the EU stands beside the end."""
    answer = json.loads(asked("EU-1182-71/hours", "--json"))
    assert answer["end"] == "2026-11-10T16:00+01:00" and answer["last_moment"] == "Tue 2026-11-10 16:00"
    assert answer["strict_end"] == "2026-11-10T15:20+01:00"
    assert [one["id"] for one in answer["steps"]] == ["start", "hour_of_event", "count", "strict", "local"]


def test_one_question_in_words_says_the_steps_and_how_sure_the_rule_is() -> None:
    """In words, in English or French, with the reference and its confidence."""
    english, french = asked("EU-1182-71/hours"), asked("EU-1182-71/hours", "--lang", "fr")
    assert "is not counted (Art. 3(1))" in english and "(unverified)" in english
    assert "ne compte pas (art. 3(1))" in french


def test_months_first_then_days_and_a_later_clock_start_and_clear_days() -> None:
    """`1+10`, `--clock-start`, and a date for clear days whose end is a date."""
    both = json.loads(
        asked(
            "FR-CPC-641-642/months-years", "--json", amount="1+10", unit="months_then_days",
            start="2027-01-20T12:00+01:00",
        )
    )  # fmt: skip
    assert both["end"] == "2027-03-03T00:00+01:00"
    later = json.loads(asked("FR-LCEN/hours", "--json", amount="24", clock_start="2026-11-11T08:00+01:00"))
    assert later["end"] == "2026-11-12T08:00+01:00"
    clear = {"start": "2026-10-02", "amount": "14", "unit": "clear_days", "calendar": "EW", "zone": "Europe/London"}
    assert json.loads(asked("UK-CPR-2.8/days", "--json", **clear))["end"] == "2026-10-16"
    earliest = json.loads(asked("UK-CPR-2.8/days", "--json", direction="earliest", **clear))
    assert (earliest["end"], earliest["last_moment"]) == ("2026-10-17", "Sat 2026-10-17 00:00")


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"start": "2026-11-10T14:20"}, "2026-11-10T14:20+01:00"),
        ({"start": None}, "an instant with its offset"),
        ({"amount": "0"}, "counts hours above 0"),
        ({"amount": "-1"}, "counts hours above 0"),
        ({"amount": "many"}, "a number above 0"),
        ({"unit": "days"}, "counts hours above 0"),
        ({"zone": "Mars/Base"}, "Europe/Paris"),
        ({"calendar": "QQ"}, "FR, IE, US, EW, none"),
        ({"direction": "before"}, "after"),
        ({"clock_start": "2026-11-09T14:20+01:00"}, "never before it"),
    ],
)
def test_a_faulty_question_is_refused_with_what_is_allowed(change: dict[str, str | None], allowed: str) -> None:
    """One clear message, no traceback, exit code 1."""
    message = asked("EU-1182-71/hours", code=1, **change)
    assert allowed in message and "Traceback" not in message


def test_an_unknown_rule_names_the_rules_and_every_other_fault_at_once() -> None:
    """All faults of one question stand in one message."""
    message = asked("EU/none", code=1, zone="Mars", calendar="QQ")
    assert all(word in message for word in ("RULE: ", "US-FRCP-6a1/days", "--zone: ", "--calendar: "))


def test_a_rule_that_looks_at_holidays_wants_its_calendar() -> None:
    """No calendar is never silently "no holidays": that would be a wrong date."""
    assert "--calendar: is missing" in asked("EU-1182-71/days", code=1, unit="days", calendar=None)


def test_a_faulty_row_answers_its_error_and_the_others_go_on(tmp_path: Path) -> None:
    """Every row has one line with its id; the exit code tells that some were faulty."""
    good = "2026-11-13T18:00+01:00\t24\thours\tEurope/Paris\tignored"
    table = tmp_path / "asked.tsv"
    lines = [
        "id\trule\tstart\tamount\tunit\tzone\tnotes",
        f"A\tFR-LCEN/hours\t{good}",
        f"B\tno-rule\t{good}",
        "C\tFR-LCEN/hours\t2026-11-13T18:00\t0\tdays\tMars\t",
        "D\tFR-LCEN/hours",
        f"E\tFR-LCEN/hours\t{good}\tone cell too many",
        f"\tFR-LCEN/hours\t{good}",
        f'F\tFR-LCEN/hours\t{good} "a stray quote',
    ]
    table.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    answers = [json.loads(line) for line in said("clock", "--from", str(table), code=1).splitlines()]
    assert [one["id"] for one in answers] == ["A", "B", "C", "D", "E", "", "F"]
    assert ["end" in one for one in answers] == [True, False, False, False, False, False, True]
    assert all(word in answers[2]["error"] for word in ("start: ", "unit: ", "zone: "))


def test_a_table_that_cannot_be_read_is_one_message(tmp_path: Path) -> None:
    """A missing file, missing columns, or options beside a table."""
    assert "No such file" in said("clock", "--from", str(tmp_path / "none.tsv"), code=1)
    (tmp_path / "bare.tsv").write_text("id\trule\n")
    assert "columns missing: start, amount" in said("clock", "--from", str(tmp_path / "bare.tsv"), code=1)
    assert "stands alone" in said("clock", "--from", str(tmp_path / "bare.tsv"), "--amount", "1", code=1)


def certificate(tmp_path: Path, **changes: Any) -> str:
    """The path of a stored certificate, perhaps altered."""
    body = json.loads(made("FR-CPC-641-642/days", 15, "days").model_dump_json()) | changes
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return str(path)


def test_a_whole_certificate_is_the_same(tmp_path: Path) -> None:
    """Exit code 0; the end in UTC and in local time; the steps in words."""
    words = said("recompute", certificate(tmp_path))
    assert "2026-11-12T23:00+00:00" in words and "2026-11-13T00:00:00+01:00" in words and "same" in words
    answer = json.loads(said("recompute", certificate(tmp_path), "--json"))
    assert answer["result"] == "same" and datetime.fromisoformat(answer["end"]).isoformat() == answer["end"]


def test_an_altered_certificate_names_the_step_with_exit_code_1(tmp_path: Path) -> None:
    """In words and as JSON."""
    assert "'count'" in said("recompute", certificate(tmp_path, amount=16), code=1)
    answer = json.loads(said("recompute", certificate(tmp_path, end_utc="2027-01-01T00:00Z"), "--json", code=1))
    assert (answer["result"], answer["step"]) == ("altered", "end_utc")


@pytest.mark.parametrize("changes", [{"form": 3}, {"surprise": 1}, {"amount": "x"}])
def test_what_is_no_certificate_is_unreadable_with_exit_code_2(tmp_path: Path, changes: dict[str, Any]) -> None:
    """An unknown form, an unknown key, a wrong type."""
    answer = json.loads(said("recompute", certificate(tmp_path, **changes), "--json", code=2))
    assert answer["result"] == "unreadable" and answer["error"]


def test_a_file_that_is_not_there_or_not_json_is_unreadable(tmp_path: Path) -> None:
    """One message, exit code 2."""
    assert "No such file" in said("recompute", str(tmp_path / "none.json"), code=2)
    (tmp_path / "x.json").write_bytes(b"\xff\xfe")
    assert "no certificate" in said("recompute", str(tmp_path / "x.json"), code=2)


def test_the_commands_import_neither_prefect_nor_the_store() -> None:
    """What only counts starts at once."""
    program = "import sys, cli.law_clock; print([one for one in ('prefect', 'sqlmodel') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


RULE_AND_WRONG_CALENDAR = [
    ("US-FRCP-6a1/days", "days", "2026-11-10T14:20-05:00", "FR", "US"),
    ("FR-CPC-641-642/days", "days", "2026-11-10T14:20+01:00", "US", "FR"),
    ("UK-CPR-2.8/days", "clear_days", "2026-11-10", "FR", "EW"),
    ("EU-1182-71/days", "days", "2026-11-10T14:20+01:00", "US", "FR or IE"),
    ("EU-1182-71/working-days", "working_days", "2026-11-10T14:20+01:00", "none", "FR or IE"),
]


@pytest.mark.parametrize(("rule", "unit", "start", "wrong", "own"), RULE_AND_WRONG_CALENDAR)
def test_a_rule_is_not_counted_with_the_holidays_of_another(
    tmp_path: Path, rule: str, unit: str, start: str, wrong: str, own: str
) -> None:
    """A wrong calendar, or none, gives a date that looks right: refused with those allowed, in a row as well."""
    says = f"calendar: {wrong} is no calendar of {rule}; allowed: {own}"
    assert says in asked(rule, code=1, unit=unit, start=start, calendar=wrong)
    asked(rule, unit=unit, start=start, calendar=own.split(" or ")[-1])
    table = tmp_path / "asked.tsv"
    row = f"A\t{rule}\t{start}\t1\t{unit}\tEurope/Paris\t{wrong}"
    table.write_text(f"id\trule\tstart\tamount\tunit\tzone\tcalendar\n{row}\n", encoding="utf-8")
    assert says in json.loads(said("clock", "--from", str(table), code=1))["error"]


def test_recompute_says_what_it_does_not_prove(tmp_path: Path) -> None:
    """A count that agrees proves neither the facts nor the quoted law: in words and in `says`, in both languages."""
    for lang, words in (("en", "neither the facts nor the quoted law"), ("fr", "ni les faits ni le droit cité")):
        assert words in said("recompute", certificate(tmp_path), "--lang", lang)
        assert words in json.loads(said("recompute", certificate(tmp_path), "--lang", lang, "--json"))["says"]
