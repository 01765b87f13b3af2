"""
Counting legal time: the door to the counting rules.

A rule is one function with its quoted text above the line that counts, and one entry in `law.counting_rules`.
`compute` counts with the world's data: time zones from the system, public holidays from `law.calendars`.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from law.calendars import calendar_named
from law.counting import (
    JOURS,
    WEEKDAYS,
    Computation,
    Count,
    Pause,
    Rule,
    Step,
    aware,
    carry_out,
    faults_of,
    moment,
    stamp,
)
from law.counting_hours import elapsed_hours
from law.counting_places import ZonePlace
from law.counting_rules import RULES, rule_named
from law.errors import BadCount, NaiveTime, UnknownZone

__all__ = [
    "JOURS", "RULES", "WEEKDAYS", "Computation", "Pause", "Rule", "Step", "amount_of", "aware", "calendar_named",
    "compute", "elapsed_hours", "faults_of", "moment", "rule_named", "stamp", "strict_end", "work", "zone_named",
]  # fmt: skip


def compute(
    rule: str,
    start: datetime | date,
    amount: int | str,
    unit: str,
    zone: str,
    *,
    clock_start: datetime | date | None = None,
    calendar: str = "none",
    direction: str = "after",
    pauses: tuple[Pause, ...] = (),
) -> Computation:
    """
    When a time is over.

    `start` is the event, with its offset; a rule whose start is a date (`Rule.from_date`) takes a date as well.
    `clock_start` stands in its place when the law makes the clock start later. `amount` is a number, or `1+10` for
    `months_then_days`. Raises `UnknownRule`, `NaiveTime`, `BadCount`, `UnknownZone`, `UnknownCalendar` or
    `BeyondCalendar`.
    """
    return work(rule, start, amount, unit, zone, clock_start, calendar, direction, pauses)[0]


def strict_end(
    rule: str,
    start: datetime | date,
    amount: int | str,
    unit: str,
    zone: str,
    *,
    clock_start: datetime | date | None = None,
    calendar: str = "none",
) -> datetime:
    """
    The end of the strict clock, in UTC: it warns, and nobody is ever accused on it alone.

    For hours under Regulation 1182/71 it is receipt plus the hours; every other rule has one clock only, its `end`.
    """
    found = compute(rule, start, amount, unit, zone, clock_start=clock_start, calendar=calendar)
    return found.strict_end or found.end


def work(
    rule: str,
    start: datetime | date,
    amount: int | str,
    unit: str,
    zone: str,
    clock_start: datetime | date | None = None,
    calendar: str = "none",
    direction: str = "after",
    pauses: tuple[Pause, ...] = (),
) -> tuple[Computation, Count, ZonePlace]:
    """The computation, with the count and the place that made it: what they used is embedded in a certificate."""
    found = rule_named(rule)
    number, and_days = amount_of(amount)
    place = ZonePlace(zone, zone_named(zone))
    began = _instant(start, found, place)
    count = Count(
        rule=found,
        amount=number,
        unit=unit,
        began=began,
        counted_from=_instant(clock_start, found, place) if clock_start is not None else began,
        place=place,
        calendar=calendar_named(calendar, used=found.uses_calendar),
        and_days=and_days,
        direction=direction,
        pauses=tuple(replace(one, begins=aware(one.begins), ends=aware(one.ends)) for one in pauses),
    )
    return carry_out(count), count, place


def amount_of(amount: int | str) -> tuple[int, int]:
    """A number and 0, or months and days from `1+10`; raises `BadCount`."""
    if isinstance(amount, int):
        return amount, 0
    parts = [part.strip() for part in amount.split("+")]
    if len(parts) > 2 or not all(part.removeprefix("-").isdecimal() and len(part) < 10 for part in parts):
        raise BadCount(f"{amount!r} is no amount; allowed: a number above 0, or months+days such as 1+10")
    return int(parts[0]), int(parts[1]) if len(parts) == 2 else 0


def _instant(start: datetime | date, rule: Rule, place: ZonePlace) -> datetime:
    if isinstance(start, datetime):
        return aware(start)
    if not rule.from_date:
        raise NaiveTime(f"{rule.name} counts from an instant, not from a day: write it such as 2026-11-10T14:20+01:00")
    try:
        return place.wall(datetime(start.year, start.month, start.day))  # noqa: DTZ001 the place adds the zone
    except OverflowError as error:
        raise BadCount(f"{start} leaves the calendar; allowed: years 1 to 9999") from error


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name, or `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(f"{name!r} is no time zone; use an IANA name such as Europe/Paris") from error
