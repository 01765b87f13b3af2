"""The life of a measure: every worked example, the caps of the law, the refusals, and what holds for any order."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.counting_days import corresponding_day
from law.errors import NaiveTime, UnknownZone
from law.library import load
from law.measure import BadMeasure, measure_end
from law.regime import Duration, Measure
from law.renewals import Period, may_extend
from law.values import Citation
from law.vocabulary import Confidence, MeasureTarget, RuleKind

VECTORS = Path(__file__).parent / "vectors" / "block_vectors.tsv"
PARIS = "Europe/Paris"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SOURCE = Citation(
    reference="none, a test", kind=RuleKind.HOUSE, confidence=Confidence.UNVERIFIED, last_checked=date(2026, 11, 22)
)


def rows() -> list[dict[str, str]]:
    """The worked examples; no cell is quoted."""
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def ordered(row: dict[str, str]) -> dict[str, Any]:
    """The arguments of one worked example."""
    counted = row["unit"] not in ("until_date", "open")
    return {
        "amount": int(row["amount"]) if counted else None,
        "unit": row["unit"] if counted else None,
        "counted_from": date.fromisoformat(row["counted_from"]) if row["counted_from"] else None,
        "until": date.fromisoformat(row["until"]) if row["until"] else None,
        "ended_at": datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        "ended_fact": row["ended_fact"] or None,
    }


def rule(**duration: Any) -> Measure:
    """A measure with that duration and nothing else."""
    return Measure(targets=(MeasureTarget.SITE,), duration=Duration(**duration), citation=SOURCE)


THIRTY_DAYS = rule(kind="fixed", amount=30, unit="days")  # the shape of kr-icna-44-2
THREE_MONTHS = rule(  # the shape of au-osa-95-99
    kind="fixed", amount=3, unit="months", counting="before_corresponding_day", renewals="unlimited"
)
FOUR_WEEKS = rule(kind="fixed", amount=4, unit="weeks", renewals="set_by_court")  # the shape of eu-dsa-51-3


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_every_worked_example_gives_its_end(row: dict[str, str]) -> None:
    """A measure ends when the worked example says, to the minute and in its words."""
    strict = row["regime"] == "au-osa-95"
    found = measure_end(datetime.fromisoformat(row["start"]), row["zone"], before_the_date=strict, **ordered(row))
    assert datetime.fromisoformat(row["block_ends"]) == found.ends
    assert row["last_moment"] == found.last_moment


def test_an_order_longer_than_the_law_allows_ends_at_the_maximum() -> None:
    """A maximum is never exceeded, whether the order is an amount, a day or open, and the steps say so."""
    start = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
    orders: list[dict[str, Any]] = [{"amount": 60, "unit": "days"}, {"until": date(2027, 6, 30)}, {}]
    for order in orders:
        found = measure_end(start, "Asia/Seoul", rule=THIRTY_DAYS, **order)
        assert (found.last_moment, found.reason) == ("Wed 2026-12-02 24:00", "maximum")
        assert any("never exceeded: 30 days" in step.en for step in found.steps)
        assert any("jamais dépassé : 30 jours" in step.fr for step in found.steps)


def test_a_shorter_order_stays_shorter() -> None:
    """The maximum of the law never lengthens what was ordered."""
    found = measure_end(START, "Asia/Seoul", rule=THIRTY_DAYS, amount=7, unit="days")
    assert (found.last_moment, found.reason) == ("Mon 2026-11-09 24:00", "ran_its_time")


def test_a_strict_rule_counts_its_maximum_strictly() -> None:
    """Three months from 12 November end before 12 February, also when a later day was ordered."""
    start = datetime(2026, 11, 11, 22, 0, tzinfo=UTC)
    found = measure_end(start, "Australia/Sydney", rule=THREE_MONTHS, until=date(2027, 2, 12))
    assert (found.last_moment, found.reason) == ("Thu 2027-02-11 24:00", "maximum")


def test_elapsed_hours_are_elapsed_hours_also_over_a_clock_change() -> None:
    """A rule that counts elapsed hours reads two days as 48 hours, not as two whole days."""
    start = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    found = measure_end(start, PARIS, rule=rule(kind="open", counting="elapsed_hours"), amount=2, unit="days")
    assert start + timedelta(hours=48) == found.ends
    assert found.last_moment == "Mon 2026-10-26 11:00"


def test_a_measure_that_rests_on_a_judgment_needs_its_end() -> None:
    """Without the judgment's last day nobody can say when such a measure ends; with it the measure ends there."""
    mirror = load().regime("fr-lcen-6-4").measure
    with pytest.raises(BadMeasure, match="until: is missing; this measure cannot outlive its judgment"):
        measure_end(START, PARIS, rule=mirror, amount=6, unit="months")
    found = measure_end(START, PARIS, rule=mirror, until=date(2027, 6, 30))
    assert (found.last_moment, found.reason) == ("Wed 2027-06-30 24:00", "parent_ended")


def test_a_day_that_does_not_begin_at_midnight_still_ends_the_day_before() -> None:
    """In Cairo 24 April 2026 begins at 01:00: a measure until the 23rd ends at that instant and is said as 24:00."""
    found = measure_end(datetime(2026, 4, 1, tzinfo=UTC), "Africa/Cairo", until=date(2026, 4, 23))
    assert datetime(2026, 4, 23, 22, 0, tzinfo=UTC) == found.ends
    assert found.last_moment == "Thu 2026-04-23 24:00"


def test_all_faults_of_an_order_come_at_once() -> None:
    """Amount, unit, day and fact are all looked at before anything is refused."""
    with pytest.raises(BadMeasure) as refused:
        measure_end(
            START, PARIS, amount=0, unit="fortnights", until=date(2026, 11, 1), ended_at=START - timedelta(hours=1)
        )
    assert [key for key, _ in refused.value.faults] == ["amount", "unit", "until", "ended_at"]
    assert "hours, days, weeks, months, years" in str(refused.value)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"amount": 1}, "unit: is missing"),
        ({"unit": "days"}, "amount: is missing"),
        ({"amount": 10**8, "unit": "years"}, "before the year 9000"),
        ({"amount": 10**15, "unit": "hours"}, "before the year 9000"),
        ({"amount": 1, "unit": "hours", "counted_from": date(2026, 11, 1)}, "counted_from: is a day"),
        ({"amount": 4, "unit": "weeks", "counted_from": date(2026, 1, 1)}, "lies before the start"),
        ({"amount": 4, "unit": "weeks", "counted_from": date(2026, 11, 3)}, "lies after the start"),
        (
            {"amount": 1, "unit": "days", "counted_from": date(2026, 11, 1), "before_the_date": True},
            "over at the start",
        ),
    ],
)
def test_an_order_that_cannot_be_counted_says_what_is_allowed(order: dict[str, Any], says: str) -> None:
    """Half an amount, a count past the calendar and an impossible extension are refused with what is allowed."""
    with pytest.raises(BadMeasure, match=says) as refused:
        measure_end(START, PARIS, **order)
    assert "allowed: " in str(refused.value)


def test_naive_times_and_unknown_zones_are_refused() -> None:
    """No time without its offset enters a count, neither the start nor the fact; nor a zone that is none."""
    with pytest.raises(NaiveTime):
        measure_end(datetime(2026, 11, 2, 10, 0), PARIS)
    with pytest.raises(NaiveTime):
        measure_end(START, PARIS, ended_at=datetime(2026, 11, 3, 10, 0))
    with pytest.raises(UnknownZone, match="Europe/Paris"):
        measure_end(START, "Mars/Base")


ZONES = st.sampled_from([PARIS, "America/New_York", "Asia/Kolkata", "Australia/Sydney", "Asia/Seoul"])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
UNITS = st.sampled_from(["hours", "days", "weeks", "months", "years"])
WHOLE_DAYS = st.sampled_from(["days", "weeks", "months", "years"])


def end_of(*args: Any, **order: Any) -> datetime:
    """The end of a measure that has one."""
    ends = measure_end(*args, **order).ends
    assert ends is not None
    return ends


@settings(max_examples=80, deadline=None)
@given(INSTANTS, ZONES, st.integers(1, 400), UNITS, st.sampled_from([THIRTY_DAYS, THREE_MONTHS, FOUR_WEEKS]))
def test_a_measure_never_ends_later_than_ordered_nor_than_the_law_allows(
    start: datetime, zone: str, amount: int, unit: str, law: Measure
) -> None:
    """Neither a week-end nor a holiday lengthens it, and it ends at the order or at the maximum, the earlier."""
    assert law.duration.amount is not None
    strict = law.duration.counting == "before_corresponding_day"
    order = end_of(start, zone, amount=amount, unit=unit, before_the_date=strict)
    longest = end_of(start, zone, amount=law.duration.amount, unit=law.duration.unit, before_the_date=strict)
    assert min(order, longest) == end_of(start, zone, rule=law, amount=amount, unit=unit)
    if unit == "hours":
        assert start + timedelta(hours=amount) == order
    else:
        last = corresponding_day(start.astimezone(ZoneInfo(zone)).date(), amount, unit)
        assert order <= datetime.combine(last + timedelta(days=1), time(0), ZoneInfo(zone))


@settings(max_examples=60, deadline=None)
@given(INSTANTS, ZONES, st.integers(1, 60), UNITS, st.integers(0, 10**6))
def test_an_ending_fact_never_lengthens(start: datetime, zone: str, amount: int, unit: str, minutes: int) -> None:
    """What ends a measure ends it at that instant or leaves its end where it was."""
    order = end_of(start, zone, amount=amount, unit=unit)
    fact = start + timedelta(minutes=minutes)
    assert min(order, fact) == end_of(start, zone, amount=amount, unit=unit, ended_at=fact)


@settings(max_examples=60, deadline=None)
@given(INSTANTS, ZONES, st.integers(1, 60), WHOLE_DAYS)
def test_days_and_longer_end_at_midnight_in_the_zone(start: datetime, zone: str, amount: int, unit: str) -> None:
    """The last hour of the last day is whole; the same instant is said as 24:00 of that day."""
    found = measure_end(start, zone, amount=amount, unit=unit)
    assert found.ends is not None
    assert time(0) == found.ends.astimezone(ZoneInfo(zone)).time()
    assert found.last_moment.endswith("24:00")


@settings(max_examples=60, deadline=None)
@given(INSTANTS, ZONES, st.integers(1, 8), st.sampled_from(["days", "weeks"]), st.integers(1, 4))
def test_extensions_leave_no_gap_and_no_overlap(start: datetime, zone: str, amount: int, unit: str, times: int) -> None:
    """So many periods, each counted from the last day of the one before, are one period of the whole length."""
    allowed = Duration(kind="fixed", amount=amount, unit=unit, renewals="unlimited")  # type: ignore[arg-type]
    periods = [Period(start, end_of(start, zone, amount=amount, unit=unit))]
    for _ in range(times):
        extension = may_extend(allowed, periods, zone)
        assert periods[-1].ends == extension.start
        day = extension.counted_from
        periods.append(
            Period(extension.start, end_of(extension.start, zone, amount=amount, unit=unit, counted_from=day))
        )
    assert end_of(start, zone, amount=amount * (times + 1), unit=unit) == periods[-1].ends


def test_the_court_sets_how_often_four_weeks_are_extended() -> None:
    """DSA 51(3): the first extension counts from the last day of the first period; when all are used, ask again."""
    first = Period(START, datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    once = may_extend(FOUR_WEEKS.duration, [first], PARIS, court_set=1)
    assert (True, first.ends, date(2026, 11, 30)) == (once.allowed, once.start, once.counted_from)
    second = Period(first.ends, datetime(2026, 12, 28, 23, 0, tzinfo=UTC))
    over = may_extend(FOUR_WEEKS.duration, [first, second], PARIS, court_set=1)
    assert (over.allowed, over.counted_from) == (False, None)
    assert "a new request to the court" in over.why_en


def test_an_order_that_names_no_number_allows_no_extension() -> None:
    """The number is the court's: where the order is silent nothing is extended."""
    first = Period(START, datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    assert not may_extend(FOUR_WEEKS.duration, [first], PARIS).allowed
    assert not may_extend(FOUR_WEEKS.duration, [first], PARIS, court_set=0).allowed


def test_three_months_follow_each_other_without_limit() -> None:
    """Australia: a fresh request may follow at once; it counts from the date before which the last one ended."""
    zone, start = "Australia/Sydney", datetime(2026, 11, 11, 22, 0, tzinfo=UTC)
    periods = [Period(start, end_of(start, zone, rule=THREE_MONTHS))]
    for day in (date(2027, 2, 12), date(2027, 5, 12), date(2027, 8, 12)):
        again = may_extend(THREE_MONTHS.duration, periods, zone)
        assert (True, day) == (again.allowed, again.counted_from)
        assert again.start is not None
        end = end_of(again.start, zone, rule=THREE_MONTHS, counted_from=again.counted_from)
        assert end == end_of(again.start, zone, rule=THREE_MONTHS)
        periods.append(Period(again.start, end))


def test_nothing_extends_what_has_no_renewals_or_was_lifted() -> None:
    """A rule without renewals knows none, and a measure that a fact ended needs a new request."""
    first = Period(START, datetime(2026, 12, 2, 23, 0, tzinfo=UTC))
    assert not may_extend(THIRTY_DAYS.duration, [first], PARIS).allowed
    assert not may_extend(THREE_MONTHS.duration, [Period(first.start, first.ends, lifted=True)], PARIS).allowed


def test_a_broken_history_is_refused_with_every_fault() -> None:
    """A gap between periods, a period that ends before it starts and a negative number are all named at once."""
    first, hour = Period(START, START + timedelta(days=1)), timedelta(hours=1)
    later = Period(first.ends + hour, first.ends)
    with pytest.raises(BadMeasure) as refused:
        may_extend(FOUR_WEEKS.duration, [first, later], PARIS, court_set=-1)
    assert [key for key, _ in refused.value.faults] == ["court_set", "periods", "periods"]
    with pytest.raises(BadMeasure, match="at least the first period"):
        may_extend(FOUR_WEEKS.duration, [], PARIS)
