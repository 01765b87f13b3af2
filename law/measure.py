"""
The life of a measure, such as a temporary block: when it ends. Its end is never moved to a working day.

A deadline to act may be moved in favour of the one who must act; a restriction of somebody's rights is never lengthened
by such a rule (by analogy, Regulation 1182/71 Art. 4).
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from law.clock import JOURS, WEEKDAYS, Step, aware, elapsed_hours, moment, zone_named
from law.errors import BadCount

Reason = Literal["ran_its_time", "until_date", "parent_ended", "ended_by_fact", "open"]


@dataclass(frozen=True, slots=True)
class MeasureEnd:
    """`ends` in UTC, exclusive; None while the measure is open and nothing ended it."""

    ends: datetime | None
    last_moment: str
    reason: Reason
    steps: tuple[Step, ...]


def measure_end(
    start: datetime,
    zone: str,
    *,
    amount: int | None = None,
    unit: str | None = None,
    counted_from: date | None = None,
    until: date | None = None,
    parent_until: date | None = None,
    ended_at: datetime | None = None,
    before_the_date: bool = False,
) -> MeasureEnd:
    """
    When a measure in force since `start` ends: the earliest of its own time, `until`, the parent judgment and the fact
    that ended it. Without any of these it is open.

    `counted_from` is the last day of the preceding period, for an extension. `before_the_date` is the stricter reading
    of some laws: the period ends before the corresponding date. Raises `NaiveTime`, `BadCount`, `UnknownZone`.
    """
    where, began = zone_named(zone), aware(start)
    ends: list[tuple[datetime, Reason]] = []
    if amount is not None or unit is not None:
        day_0 = counted_from or began.astimezone(where).date()
        ends.append((_own_end(began, day_0, amount, unit, where, before_the_date), "ran_its_time"))
    if until is not None:
        ends.append((_last_hour(until, where), "until_date"))
    if parent_until is not None:
        ends.append((_last_hour(parent_until, where), "parent_ended"))
    if ended_at is not None:
        ends.append((aware(ended_at), "ended_by_fact"))
    first = Step("start", f"En vigueur : {_local(began, where, JOURS)}", f"In force: {_local(began, where)}", began)
    if not ends:
        return MeasureEnd(None, "", "open", (first,))
    end, reason = min(ends, key=lambda pair: pair[0])
    to_the_hour = reason == "ended_by_fact" or (reason == "ran_its_time" and unit == "hours")
    last = moment(end.astimezone(where)) if to_the_hour else _midnight(end, where)
    fr, en = _WORDS[reason]
    return MeasureEnd(end, last, reason, (first, Step("end", f"{fr} : {last}", f"{en}: {last}", end)))


_WORDS: dict[Reason, tuple[str, str]] = {
    "ran_its_time": ("Durée écoulée, fin jamais déplacée", "Its time ran out, the end is never moved"),
    "until_date": ("Date fixée par la décision", "Date set in the decision"),
    "parent_ended": ("Fin du jugement dont elle dépend", "End of the judgment it rests on"),
    "ended_by_fact": ("Un fait y a mis fin", "A fact ended it"),
    "open": ("Sans fin fixée", "No end set"),
}


def _own_end(
    began: datetime, day_0: date, amount: int | None, unit: str | None, zone: ZoneInfo, before: bool
) -> datetime:
    if amount is None or amount <= 0 or unit not in ("hours", "days", "weeks", "months", "years"):
        raise BadCount("a measure lives an amount above 0 of hours, days, weeks, months or years")
    if unit == "hours":
        return elapsed_hours(began, amount)
    # A period in weeks, months or years "ends with the last hour of the day which is the same weekday or date; if that
    # date does not exist, the last day of the month" (counting.md, section 3, on Regulation 1182/71 Art. 3(2)(c)).
    # The start date is day 0, also at 00:00.
    last = last_day(day_0, amount, unit)
    return _last_hour(last - timedelta(days=1) if before else last, zone)


def last_day(day_0: date, amount: int, unit: str) -> date:
    """The last day of a period of days, weeks, months or years; `day_0` does not count."""
    if unit in ("days", "weeks"):
        return day_0 + timedelta(days=amount * (7 if unit == "weeks" else 1))
    months = day_0.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = day_0.year + months // 12, months % 12 + 1
    return date(year, month, min(day_0.day, calendar.monthrange(year, month)[1]))


def _last_hour(day: date, zone: ZoneInfo) -> datetime:
    """The end of the last hour of that day in the zone, in UTC: midnight of the next day."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC)


def _local(instant: datetime, zone: ZoneInfo, names: tuple[str, ...] = WEEKDAYS) -> str:
    return moment(instant.astimezone(zone), names)


def _midnight(end: datetime, zone: ZoneInfo) -> str:
    """Midnight is said as 24:00 of the day before, such as `Mon 2026-11-30 24:00`."""
    local = end.astimezone(zone)
    if local.time() != time(0):
        return moment(local)
    before = local.date() - timedelta(days=1)
    return f"{WEEKDAYS[before.weekday()]} {before:%Y-%m-%d} 24:00"
