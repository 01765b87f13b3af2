"""What holds for every rule, every start and every amount."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.certificate import Certificate, recompute
from law.clock import RULES, Computation, compute
from tests.law.certificates_for_tests import made

HOURS = sorted(name for name, rule in RULES.items() if rule.units == ("hours",))
DAYS = sorted(set(RULES) - set(HOURS))
ZONES = {"EU": "Europe/Paris", "FR": "Europe/Paris", "US": "America/New_York", "UK": "Europe/London"}
CALENDARS = {"EU": "FR", "FR": "FR", "US": "US", "UK": "EW"}

instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
amounts = st.integers(1, 60)
few = settings(max_examples=25, deadline=None)


def zone_of(rule: str) -> str:
    """A zone in which that rule is at home."""
    return ZONES.get(rule[:2], "Asia/Kolkata")


def calendar_of(rule: str) -> str:
    """The calendar of that zone."""
    return CALENDARS.get(rule[:2], "none")


def counted(
    rule: str, start: datetime, amount: int, unit: str | None = None, calendar: str | None = None
) -> Computation:
    """One computation under that rule, in its own zone and calendar."""
    at = start.date() if RULES[rule].from_date else start
    number = f"{amount}+{amount}" if unit == "months_then_days" else amount
    used = calendar if calendar is not None else calendar_of(rule)
    return compute(rule, at, number, unit or RULES[rule].unit, zone_of(rule), calendar=used)


@pytest.mark.parametrize(("rule", "unit"), [(rule, unit) for rule in sorted(RULES) for unit in RULES[rule].units])
@few
@given(start=instants, amount=amounts)
def test_a_longer_amount_never_ends_earlier(rule: str, unit: str, start: datetime, amount: int) -> None:
    """
    One more never shortens, but for two texts: FRCP 6(a)(2) keeps "the same time" on the next open day, so that only
    its day is never earlier; CPR 2.8 leaves closed days out up to 5 days and counts them from 6 on.
    """
    if rule == "UK-CPR-2.8/days" and amount == 5:
        return
    short, longer = counted(rule, start, amount, unit).end, counted(rule, start, amount + 1, unit).end
    if rule == "US-FRCP-6a2/hours":
        zone = ZoneInfo(zone_of(rule))
        assert short.astimezone(zone).date() <= longer.astimezone(zone).date()
    else:
        assert short <= longer


@pytest.mark.parametrize(("rule", "unit"), [(rule, unit) for rule in sorted(RULES) for unit in RULES[rule].units])
@few
@given(start=instants, amount=amounts)
def test_the_end_is_never_before_the_start(rule: str, unit: str, start: datetime, amount: int) -> None:
    """A time ends after it began, for every rule and unit."""
    found = counted(rule, start, amount, unit)
    assert found.steps[0].at < found.end


@pytest.mark.parametrize("rule", [name for name in HOURS if name not in ("EU-1182-71/hours", "US-FRCP-6a2/hours")])
@few
@given(start=instants, amount=st.integers(1, 2000))
def test_hours_are_elapsed_hours(rule: str, start: datetime, amount: int) -> None:
    """Whatever the clock change, N hours are N elapsed hours."""
    assert start + timedelta(hours=amount) == counted(rule, start, amount).end


@few
@given(start=instants, amount=st.integers(1, 2000))
def test_the_two_clocks_of_the_eu_lie_at_most_an_hour_apart(start: datetime, amount: int) -> None:
    """Strict is elapsed; legal-latest ends on a full hour, later by no more than one hour."""
    found = counted("EU-1182-71/hours", start, amount)
    assert found.strict_end == start + timedelta(hours=amount)
    assert timedelta() < found.end - found.strict_end <= timedelta(hours=1)
    assert (found.end.minute, found.end.second, found.end.microsecond) == (0, 0, 0)


@pytest.mark.parametrize(("rule", "unit"), [(rule, unit) for rule in DAYS for unit in RULES[rule].units])
@few
@given(start=instants, amount=amounts)
def test_an_end_in_days_is_midnight_in_the_zone(rule: str, unit: str, start: datetime, amount: int) -> None:
    """A period in days, weeks, months or years ends with the last hour of its last day, in local time."""
    found = counted(rule, start, amount, unit)
    local = found.end.astimezone(ZoneInfo(zone_of(rule)))
    assert local.time() == time(0)
    assert found.day == local.date() - timedelta(days=1)


@pytest.mark.parametrize(
    ("rule", "unit"), [(one.name, unit) for one in RULES.values() if one.extends for unit in one.units]
)
@few
@given(start=instants, amount=amounts)
def test_extension_never_shortens_and_ends_on_an_open_day(rule: str, unit: str, start: datetime, amount: int) -> None:
    """With its holidays a period ends no earlier than without them, and never on a week-end."""
    with_, without = counted(rule, start, amount, unit), counted(rule, start, amount, unit, "none")
    assert without.end <= with_.end
    last = with_.day or with_.end.astimezone(ZoneInfo(zone_of(rule))).date()
    assert last.weekday() < 5


@few
@given(start=st.dates(date(2024, 1, 1), date(2028, 1, 1)), amount=amounts)
def test_clear_days_before_and_after_have_that_many_days_between(start: date, amount: int) -> None:
    """More than five: `earliest` and `before` leave exactly N whole days between; `after` is the day before `earliest`."""

    def day(direction: str) -> date:
        found = compute(
            "UK-CPR-2.8/days", start, amount + 5, "clear_days", "Europe/London", calendar="EW", direction=direction
        )  # fmt: skip
        assert found.day is not None
        return found.day

    whole = timedelta(days=amount + 6)
    assert (day("earliest") - start, start - day("before")) == (whole, whole)
    assert day("after") == day("earliest") - timedelta(days=1)


@pytest.mark.parametrize(("rule", "unit"), [(rule, unit) for rule in sorted(RULES) for unit in RULES[rule].units])
@few
@given(start=instants, amount=amounts)
def test_a_certificate_recomputes_to_the_same_instant(rule: str, unit: str, start: datetime, amount: int) -> None:
    """recompute(certify(x)) is x's end, for every rule, from the certificate's JSON alone."""
    number = f"{amount}+{amount}" if unit == "months_then_days" else amount
    at = start.date() if RULES[rule].from_date else start
    certificate = made(rule, number, unit, zone_of(rule), calendar_of(rule), at)
    read = Certificate.model_validate_json(certificate.model_dump_json())
    assert recompute(read) == certificate.end == counted(rule, start, amount, unit).end
