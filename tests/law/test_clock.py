"""Counting: every published row, both clocks of the EU, what the steps say, and the refusals."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from law.clock import RULES, Pause, compute, strict_end
from law.errors import BadCount, LawError, NaiveTime, UnknownRule, UnknownZone

VECTORS = Path(__file__).parent / "vectors"
START = datetime(2026, 11, 13, 17, 0, tzinfo=UTC)
NAMES = {
    "EU-1182-71/hours", "EU-1182-71/days", "EU-1182-71/working-days", "EU-1182-71/weeks-months-years",
    "FR-CPC-641-642/days", "FR-CPC-641-642/months-years", "FR-LCEN/hours", "US-FRCP-6a1/days", "US-FRCP-6a2/hours",
    "US-TIDA-48h", "UK-CPR-2.8/days", "UK-BEGINNING-WITH/days", "UK-OSA-10(3A)/hours", "OTHER/hours", "HOUSE/hours",
}  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of worked examples."""
    with (VECTORS / f"{name}_vectors.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("row", rows("deadline"), ids=lambda row: row["id"])
def test_every_worked_example_gives_its_end(row: dict[str, str]) -> None:
    """The end and its words are those of the worked example, to the minute."""
    later = datetime.fromisoformat(row["clock_start"]) if row["clock_start"] else None
    found = compute(
        row["rule"], datetime.fromisoformat(row["start"]), row["amount"], row["unit"], row["zone"],
        clock_start=later, calendar=row["calendar"],
    )  # fmt: skip
    assert datetime.fromisoformat(row["expected_end"]) == found.end
    assert row["last_moment"] == found.last_moment


@pytest.mark.parametrize("row", rows("clear_day"), ids=lambda row: row["id"])
def test_every_worked_example_in_clear_days_gives_its_day(row: dict[str, str]) -> None:
    """The last day to act, or the first day allowed, is that of the worked example."""
    found = compute(
        row["rule"], date.fromisoformat(row["start"]), row["amount"], row["unit"], row["zone"],
        calendar=row["calendar"], direction=row["direction"],
    )  # fmt: skip
    assert date.fromisoformat(row["expected_date"]) == found.day


@pytest.mark.parametrize("row", rows("beginning_with"), ids=lambda row: row["id"])
def test_every_worked_example_beginning_with_a_date_gives_its_end(row: dict[str, str]) -> None:
    """The date itself is counted; the end is the one of the worked example."""
    found = compute(row["rule"], date.fromisoformat(row["start"]), row["amount"], row["unit"], row["zone"])
    assert datetime.fromisoformat(row["expected_end"]) == found.end
    assert f"{row['last_wd']} {row['last_day']}" == found.last_moment


def test_the_rules_have_the_names_of_the_examples() -> None:
    """No rule is missing, none has another name, and only these move an end in hours: none but the US court's."""
    assert set(RULES) == NAMES
    assert [rule.name for rule in RULES.values() if rule.extends and rule.units == ("hours",)] == ["US-FRCP-6a2/hours"]


def test_the_hour_of_the_eu_has_two_clocks() -> None:
    """Strict is receipt plus 60 minutes and only warns; legal-latest leaves out the hour of the event."""
    start = datetime.fromisoformat("2026-11-10T14:20+01:00")
    found = compute("EU-1182-71/hours", start, 1, "hours", "Europe/Paris", calendar="FR")
    strict = strict_end("EU-1182-71/hours", start, 1, "hours", "Europe/Paris", calendar="FR")
    assert strict == found.strict_end == start + timedelta(minutes=60)
    assert found.end == start + timedelta(minutes=100)
    assert strict_end("FR-LCEN/hours", start, 1, "hours", "Europe/Paris") == start + timedelta(hours=1)


def test_the_steps_say_in_both_languages_what_was_skipped_and_by_which_rule() -> None:
    """Day 1, the closed days, the article that moved the end and the two working days stand in words, with UTC."""
    start = datetime.fromisoformat("2026-11-06T10:00+01:00")
    found = compute("EU-1182-71/days", start, 2, "days", "Europe/Paris", calendar="FR")
    steps = {one.id: one for one in found.steps}
    assert list(steps) == ["start", "day_1", "count", "extend", "two_working_days", "local", "calendar"]
    assert "day 1 = Sat 2026-11-07" in steps["day_1"].en and "jour 1 = sam. 2026-11-07" in steps["day_1"].fr
    assert "Art. 3(4)" in steps["extend"].en and "Sun 2026-11-08 (Sunday)" in steps["extend"].en
    assert "Art. 3(5)" in steps["two_working_days"].en and "mar. 2026-11-10" in steps["two_working_days"].fr
    assert "Tue 2026-11-10 24:00 (UTC+0100) = 2026-11-10T23:00Z" in steps["local"].en


def test_a_holiday_is_named_in_the_step_that_it_moved() -> None:
    """Armistice Day moves the end in France, and is named in both languages; without a calendar nothing moves."""
    start = datetime.fromisoformat("2026-10-27T12:00+01:00")
    moved = compute("FR-CPC-641-642/days", start, 15, "days", "Europe/Paris", calendar="FR")
    extend = next(one for one in moved.steps if one.id == "extend")
    assert "Armistice" in extend.fr and "Armistice Day" in extend.en and "CPC 642" in extend.en
    free = compute("FR-CPC-641-642/days", start, 15, "days", "Europe/Paris", calendar="none")
    assert (moved.day, free.day) == (date(2026, 11, 12), date(2026, 11, 11))


def test_what_is_counted_past_the_checked_years_says_so() -> None:
    """Nobody compared the holidays of 2029 with a source: the steps tell, those of 2027 do not."""

    def validity(start: str) -> bool:
        found = compute(
            "EU-1182-71/days", datetime.fromisoformat(start), 14, "days", "Europe/Paris", calendar="FR"
        )  # fmt: skip
        return any(one.id == "validity" and "2027" in one.en and "2027" in one.fr for one in found.steps)

    assert not validity("2027-12-01T10:00+01:00")
    assert validity("2029-02-01T10:00+01:00")


def test_a_period_before_an_event_goes_back_to_an_open_day() -> None:
    """FRCP 6(a)(5): 'next day' is found by counting backward for periods before an event."""
    start = datetime.fromisoformat("2026-11-10T12:00-05:00")
    found = compute("US-FRCP-6a1/days", start, 2, "days", "America/New_York", calendar="US", direction="before")
    assert found.day == date(2026, 11, 6)  # Sunday 8 November -> Friday 6


def test_the_court_office_is_a_word_and_not_a_move() -> None:
    """CPR 2.8(5) moves only what must be done at the court office: the date stays, the step tells."""
    found = compute("UK-CPR-2.8/days", date(2026, 12, 18), 7, "clear_days", "Europe/London", calendar="EW")
    assert found.day == date(2026, 12, 25)
    assert any("CPR 2.8(5)" in one.en for one in found.steps)


def test_the_court_rule_keeps_the_same_time_even_where_a_longer_period_then_ends_earlier() -> None:
    """FRCP 6(a)(2) says "the same time": 24 h end Monday 10:00, 47 h Monday 09:00. The text wins over neatness."""
    start = datetime.fromisoformat("2026-11-06T10:00-05:00")
    ends = [compute("US-FRCP-6a2/hours", start, n, "hours", "America/New_York", calendar="US") for n in (24, 47)]
    assert [one.last_moment for one in ends] == ["Mon 2026-11-09 10:00", "Mon 2026-11-09 09:00"]


def test_six_clear_days_can_end_before_five() -> None:
    """CPR 2.8: closed days inside 5 days or less do not count, inside 6 they do. The text wins over neatness."""
    days = [
        compute("UK-CPR-2.8/days", date(2026, 11, 6), n, "clear_days", "Europe/London", calendar="EW").day
        for n in (5, 6)
    ]
    assert days == [date(2026, 11, 13), date(2026, 11, 12)]


def test_time_in_a_pause_does_not_run_and_overlaps_count_once() -> None:
    """A pause moves the end by what of it lay inside the time; its ground stands in the step."""
    pauses = (
        Pause(START + timedelta(hours=1), START + timedelta(hours=3), "ground A"),
        Pause(START + timedelta(hours=2), START + timedelta(hours=4), "ground B"),
        Pause(START + timedelta(days=9), START + timedelta(days=10), "too late"),
    )
    found = compute("FR-LCEN/hours", START, 24, "hours", "Europe/Paris", pauses=pauses)
    assert found.end == START + timedelta(hours=27)
    assert "ground B" in "".join(one.fr for one in found.steps)
    with pytest.raises(BadCount, match="no text read"):
        compute("EU-1182-71/days", START, 2, "days", "Europe/Paris", calendar="FR", pauses=pauses)
    with pytest.raises(BadCount, match="legal ground"):
        compute("FR-LCEN/hours", START, 24, "hours", "Europe/Paris", pauses=(Pause(START, START, "x"),))


def test_a_day_whose_midnight_the_clocks_skip_ends_at_the_jump() -> None:
    """In Cairo the clocks jump from 00:00 to 01:00 on Fri 2026-04-24: Thursday ends at the jump, said as 24:00."""
    start = datetime.fromisoformat("2026-04-22T10:00+02:00")
    found = compute("OTHER/hours", start, 1, "hours", "Africa/Cairo")
    assert found.last_moment == "Wed 2026-04-22 11:00"
    day = compute("EU-1182-71/days", start, 1, "days", "Africa/Cairo", calendar="none")
    assert day.end == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert day.last_moment == "Thu 2026-04-23 24:00"


@pytest.mark.parametrize("rule", sorted(RULES))
def test_naive_times_are_refused(rule: str) -> None:
    """A time without a zone never enters a count, under any rule."""
    found = RULES[rule]
    with pytest.raises(NaiveTime):
        compute(rule, datetime(2026, 11, 13, 17, 0), 24, found.unit, "Europe/Paris", calendar="FR")
    if not found.from_date:
        with pytest.raises(NaiveTime, match="from an instant"):
            compute(rule, date(2026, 11, 13), 24, found.unit, "Europe/Paris", calendar="FR")


@pytest.mark.parametrize(("amount", "unit"), [(0, "hours"), (-1, "hours"), (1, "days")])
def test_an_amount_that_the_rule_cannot_count_is_refused(amount: int, unit: str) -> None:
    """Hours above 0 only; the message says what the rule counts."""
    with pytest.raises(BadCount, match="counts hours above 0"):
        compute("FR-LCEN/hours", START, amount, unit, "Europe/Paris")


@pytest.mark.parametrize("amount", ["1", "1+0", "0+3", "-1+3", "1+2+3", "a+b", "", "+", "9" * 5000])
def test_months_then_days_are_both_above_0(amount: str) -> None:
    """Anything but months+days is refused with an example of what is allowed."""
    with pytest.raises(BadCount, match=r"1\+10"):
        compute("FR-CPC-641-642/months-years", START, amount, "months_then_days", "Europe/Paris", calendar="FR")


@pytest.mark.parametrize(
    ("rule", "amount", "unit", "more"),
    [
        ("FR-LCEN/hours", 10**8, "hours", {}),
        ("EU-1182-71/days", 10**8, "days", {}),
        ("EU-1182-71/weeks-months-years", 10**8, "years", {}),
        ("EU-1182-71/weeks-months-years", 100, "years", {}),
        ("FR-LCEN/hours", 24, "hours", {"direction": "before"}),
        ("FR-LCEN/hours", 24, "hours", {"clock_start": START - timedelta(hours=1)}),
        ("FR-LCEN/hours", 24, "hours", {"calendar": "QQ"}),
    ],
)
def test_what_no_rule_or_table_can_answer_is_refused(rule: str, amount: int, unit: str, more: dict[str, str]) -> None:
    """Past the calendar, past the last table of holidays, a wrong direction, a clock before its event: a LawError."""
    with pytest.raises(LawError):
        compute(rule, START, amount, unit, "Europe/Paris", **{"calendar": "FR", **more})


def test_unknown_rule_and_zone_say_what_is_allowed() -> None:
    """A wrong name is answered with the names that exist."""
    with pytest.raises(UnknownRule, match="FR-LCEN/hours"):
        compute("FR/none", START, 1, "hours", "Europe/Paris")
    with pytest.raises(UnknownZone, match="Europe/Paris"):
        compute("FR-LCEN/hours", START, 1, "hours", "Mars/Base")
