"""Counting: every published row, elapsed hours, and the refusals."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.clock import RULES, compute
from law.errors import BadCount, NaiveTime, UnknownRule, UnknownZone
from law.measure import measure_end

HERE = Path(__file__).parent
START = datetime(2026, 11, 13, 17, 0, tzinfo=UTC)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of worked examples."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("row", rows("hour_vectors.tsv"), ids=lambda row: row["id"])
def test_every_worked_example_in_hours_gives_its_end(row: dict[str, str]) -> None:
    """The end and its words are those of the worked example, to the minute."""
    later = datetime.fromisoformat(row["clock_start"]) if row["clock_start"] else None
    start = datetime.fromisoformat(row["start"])
    found = compute(row["rule"], start, int(row["amount"]), row["unit"], row["zone"], clock_start=later)
    assert datetime.fromisoformat(row["expected_end"]) == found.end
    assert row["last_moment"] == found.last_moment


@pytest.mark.parametrize("row", rows("block_vectors.tsv"), ids=lambda row: row["id"])
def test_every_worked_example_of_a_measure_gives_its_end(row: dict[str, str]) -> None:
    """A measure ends when the worked example says; its end is never moved to a working day."""
    counted = row["unit"] not in ("until_date", "open")
    found = measure_end(
        datetime.fromisoformat(row["start"]),
        row["zone"],
        amount=int(row["amount"]) if counted else None,
        unit=row["unit"] if counted else None,
        counted_from=date.fromisoformat(row["counted_from"]) if row["counted_from"] else None,
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        before_the_date=row["regime"] == "au-osa-95",
    )
    assert datetime.fromisoformat(row["block_ends"]) == found.ends
    assert row["last_moment"] == found.last_moment


def test_a_measure_cannot_outlive_its_parent_judgment() -> None:
    """LCEN 6-4: no longer than the time remaining under the judgment, even when its own time is longer."""
    found = measure_end(START, "Europe/Paris", amount=6, unit="months", parent_until=date(2026, 12, 31))
    assert datetime(2026, 12, 31, 23, 0, tzinfo=UTC) == found.ends
    assert found.reason == "parent_ended"


def test_a_month_without_that_date_ends_on_its_last_day() -> None:
    """31 January plus one month is the end of 28 February."""
    found = measure_end(datetime(2027, 1, 31, 9, tzinfo=UTC), "Europe/Paris", amount=1, unit="months")
    assert found.last_moment == "Sun 2027-02-28 24:00"


def test_an_open_measure_has_no_end() -> None:
    """Without a time, a date or a fact the measure is open, not ended."""
    found = measure_end(START, "Europe/Paris")
    assert (found.ends, found.reason) == (None, "open")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_naive_times_are_refused(rule: str) -> None:
    """A time without a zone never enters a count."""
    with pytest.raises(NaiveTime):
        compute(rule, datetime(2026, 11, 13, 17, 0), 24, "hours", "Europe/Paris")


def test_a_naive_measure_is_refused() -> None:
    """Nor does it enter the life of a measure."""
    with pytest.raises(NaiveTime):
        measure_end(datetime(2026, 11, 13, 17, 0), "Europe/Paris", amount=1, unit="days")


@pytest.mark.parametrize(("amount", "unit"), [(0, "hours"), (-1, "hours"), (1, "days")])
def test_an_amount_that_the_rule_cannot_count_is_refused(amount: int, unit: str) -> None:
    """Hours above 0 only; the message says what the rule counts."""
    with pytest.raises(BadCount, match="counts hours above 0"):
        compute("FR-LCEN/hours", START, amount, unit, "Europe/Paris")


def test_unknown_rule_and_zone_say_what_is_allowed() -> None:
    """A wrong name is answered with the names that exist."""
    with pytest.raises(UnknownRule, match="FR-LCEN/hours"):
        compute("FR/none", START, 1, "hours", "Europe/Paris")
    with pytest.raises(UnknownZone, match="Europe/Paris"):
        compute("FR-LCEN/hours", START, 1, "hours", "Mars/Base")


instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@settings(max_examples=60, deadline=None)
@given(instants, st.integers(1, 2000), st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata"]))
def test_hours_are_elapsed_hours(start: datetime, amount: int, zone: str) -> None:
    """Whatever the clock change, N hours are N elapsed hours."""
    assert start + timedelta(hours=amount) == compute("FR-LCEN/hours", start, amount, "hours", zone).end


@settings(max_examples=60, deadline=None)
@given(instants, st.integers(1, 400), st.sampled_from(["days", "weeks", "months"]))
def test_a_longer_measure_never_ends_earlier(start: datetime, amount: int, unit: str) -> None:
    """One more day, week or month never shortens; the end is always after the start."""
    short = measure_end(start, "Europe/Paris", amount=amount, unit=unit).ends
    longer = measure_end(start, "Europe/Paris", amount=amount + 1, unit=unit).ends
    assert short is not None and longer is not None
    assert start < short <= longer
