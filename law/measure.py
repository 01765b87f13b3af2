"""
The life of a measure, such as a temporary block: when it ends, and whether one more period is allowed.

Its end is never moved to a working day. A deadline to act may be moved in favour of the one who must act; a restriction
of somebody's rights is never lengthened by such a rule (by analogy, Regulation 1182/71 Art. 4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from law.clock import JOURS, WEEKDAYS, Step, aware, elapsed_hours, moment, zone_named
from law.counting import day_words
from law.counting_days import corresponding_day
from law.errors import BadCount
from law.regime import Measure

Reason = Literal["ran_its_time", "until_date", "parent_ended", "ended_by_fact", "maximum", "open"]

UNITS = {
    "hours": ("heure", "heures", "hour"),
    "days": ("jour", "jours", "day"),
    "weeks": ("semaine", "semaines", "week"),
    "months": ("mois", "mois", "month"),
    "years": ("an", "ans", "year"),
}


# What may end a measure before its time: decisions of the court or the authority, and facts about the content.
ENDING_FACTS = (
    "application_decided", "application_dismissed", "approval_refused", "infringement_found", "no_offence_found",
    "no_longer_illegal", "judgment_ended", "revoked", "lifted", "withdrawn", "complied",
)  # fmt: skip

CALENDAR_ENDS = 9000  # no year from here on: a day more must always exist


class BadMeasure(BadCount):
    """The life of such a measure cannot be counted; every fault is listed as (what, what is wrong and allowed)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{key}: {says}" for key, says in self.faults))


@dataclass(frozen=True, slots=True)
class MeasureEnd:
    """`ends` in UTC, exclusive; None while the measure is open. `why_fr` and `why_en` say the reason in words."""

    ends: datetime | None
    last_moment: str
    reason: Reason
    steps: tuple[Step, ...]
    why_fr: str
    why_en: str


@dataclass(frozen=True, slots=True)
class _Bound:
    """One thing that ends the measure at the latest at `at`; `day` is its last day, none for an instant."""

    reason: Reason
    at: datetime
    day: date | None
    fr: str
    en: str


def measure_end(
    start: datetime,
    zone: str,
    *,
    rule: Measure | None = None,
    amount: int | None = None,
    unit: str | None = None,
    counted_from: date | None = None,
    until: date | None = None,
    parent_until: date | None = None,
    ended_at: datetime | None = None,
    ended_fact: str | None = None,
    before_the_date: bool = False,
) -> MeasureEnd:
    """
    When a measure in force since `start` ends: the earliest of its own time, `until`, the parent judgment, the fact
    that ended it and the longest that `rule` allows. Without any of these it is open.

    `counted_from` is the last day of the preceding period, for an extension. `before_the_date` is the stricter reading
    of some laws: the period ends before the corresponding date. Under a `rule` that rests on a judgment `until` is that
    judgment's last day. Raises `NaiveTime`, `UnknownZone`, or `BadMeasure` with every other fault at once.
    """
    where, began = zone_named(zone), aware(start)
    ending = aware(ended_at) if ended_at is not None else None
    if found := faults_of(began, where, rule, amount, unit, counted_from, until, ending):
        raise BadMeasure(found)
    counting = "before_corresponding_day" if before_the_date else _counting(rule)
    day_0 = counted_from or began.astimezone(where).date()
    bounds: list[_Bound] = []
    if amount is not None and unit is not None:
        bounds.append(_period("ran_its_time", began, day_0, amount, unit, where, counting))
    if until is not None:
        bounds.append(_through("parent_ended" if _on_parent(rule) else "until_date", until, where))
    if parent_until is not None:
        bounds.append(_through("parent_ended", parent_until, where))
    if ending is not None:
        bounds.append(_fact(ending, ended_fact))
    if rule is not None and rule.duration.amount is not None and rule.duration.unit is not None:
        longest = rule.duration.amount, rule.duration.unit
        bounds.append(_period("maximum", began, day_0, *longest, where, counting))
    return _earliest(began, counted_from, bounds, where)


def faults_of(
    start: datetime | None,
    zone: ZoneInfo | None,
    rule: Measure | None,
    amount: int | None,
    unit: str | None,
    counted_from: date | None,
    until: date | None,
    ended_at: datetime | None,
) -> list[tuple[str, str]]:
    """Every fault of an order, as (what, what is wrong and what is allowed); what is None is not looked at."""
    found = []
    if amount is not None and amount <= 0:
        found.append(("amount", f"is {amount}; allowed: a whole number above 0"))
    if unit is not None and unit not in UNITS:
        found.append(("unit", f"{unit!r} is no unit of a measure; allowed: {', '.join(UNITS)}"))
    if (amount is None) != (unit is None):
        missing = "amount" if amount is None else "unit"
        found.append((missing, "is missing; allowed: an amount with its unit, or neither"))
    if counted_from is not None and unit == "hours":
        found.append(("counted_from", "is a day, hours run from the start; allowed: with days or longer units only"))
    day = start.astimezone(zone).date() if start is not None and zone is not None else None
    if until is None and _on_parent(rule):
        found.append(("until", "is missing; this measure cannot outlive its judgment: give the judgment's last day"))
    if until is not None and day is not None and until < day:
        found.append(("until", f"{until} lies before the start, {day}; allowed: that day or later"))
    if ended_at is not None and start is not None and ended_at < start:
        found.append(("ended_at", "lies before the start; allowed: at the start or later"))
    if not found and day is not None and amount is not None and unit is not None:
        found += _faults_of_count(day, counted_from, amount, unit)
    return found


def _counting(rule: Measure | None) -> str:
    return rule.duration.counting if rule is not None else "last_hour_of_day"


def _on_parent(rule: Measure | None) -> bool:
    return rule is not None and (rule.capped_by_parent or rule.duration.kind == "parent")


def _faults_of_count(day: date, counted_from: date | None, amount: int, unit: str) -> list[tuple[str, str]]:
    if counted_from is not None and counted_from > day:
        says = f"{counted_from} lies after the start, {day}: an extension starts when the period before ends"
        return [("counted_from", f"{says}; allowed: the last day of the preceding period")]
    try:
        length = (-(-amount // 24), "days") if unit == "hours" else (amount, unit)
        last = corresponding_day(counted_from or day, *length)
    except (OverflowError, ValueError):
        last = date.max
    if last.year >= CALENDAR_ENDS:
        return [("amount", f"{amount} {unit} are too many; allowed: an end before the year {CALENDAR_ENDS}")]
    if last < day:
        says = f"{counted_from} plus {amount} {unit} lies before the start, {day}"
        return [("counted_from", f"{says}; allowed: the last day of the preceding period")]
    return []


def _period(
    reason: Reason, began: datetime, day_0: date, amount: int, unit: str, zone: ZoneInfo, counting: str
) -> _Bound:
    """The end of a length of time; `day_0` does not count."""
    one, many, unit_en = UNITS[unit]
    length_fr = f"{amount} {one if amount == 1 else many}"
    length_en = f"{amount} {unit_en}{'' if amount == 1 else 's'}"
    fr, en = f"Ordonnée pour {length_fr}", f"Ordered for {length_en}"
    if reason == "maximum":
        fr, en = f"Maximum de la loi, jamais dépassé : {length_fr}", f"Maximum of the law, never exceeded: {length_en}"
    if unit == "hours" or (counting == "elapsed_hours" and unit in ("days", "weeks")):
        at = elapsed_hours(began, amount * {"hours": 1, "days": 24, "weeks": 168}[unit])
        return _Bound(reason, at, None, f"{fr}, en heures écoulées", f"{en}, in elapsed hours")
    # A period in weeks, months or years "ends with the last hour of the day which is the same weekday or date; if that
    # date does not exist, the last day of the month" (counting.md, section 3, on Regulation 1182/71 Art. 3(2)(c)).
    # The start date is day 0, also at 00:00.
    last = corresponding_day(day_0, amount, unit)
    if counting == "before_corresponding_day":
        fr, en = f"{fr}, finit avant la date correspondante {last}", f"{en}, ends before the corresponding date {last}"
        last -= timedelta(days=1)
    fr, en = f"{fr} (jour 0 : {day_words(day_0, JOURS)})", f"{en} (day 0: {day_words(day_0)})"
    return _Bound(reason, _last_hour(last, zone), last, fr, en)


def _through(reason: Reason, day: date, zone: ZoneInfo) -> _Bound:
    fr, en = "Date fixée par la décision", "Date set in the decision"
    if reason == "parent_ended":
        fr, en = "Fin du jugement dont elle dépend", "End of the judgment it rests on"
    return _Bound(reason, _last_hour(day, zone), day, fr, en)


def _fact(at: datetime, name: str | None) -> _Bound:
    said = f" ({name})" if name else ""
    return _Bound("ended_by_fact", at, None, f"Un fait y a mis fin{said}", f"A fact ended it{said}")


def _earliest(began: datetime, counted_from: date | None, bounds: Sequence[_Bound], zone: ZoneInfo) -> MeasureEnd:
    """The first of all bounds, with one step for each of them."""
    fr, en = f"Début : {_instant(began, zone, JOURS)}", f"Start: {_instant(began, zone)}"
    steps = [Step("start", fr, en, began)]
    if counted_from is not None:
        fr = f"Prolongation, comptée du dernier jour de la période précédente : {day_words(counted_from, JOURS)}"
        en = f"Extension, counted from the last day of the period before: {day_words(counted_from)}"
        steps.append(Step("counted_from", fr, en, _last_hour(counted_from, zone)))
    steps += [
        Step(one.reason, f"{one.fr} : {_last(one, zone, JOURS)}", f"{one.en}: {_last(one, zone)}", one.at)
        for one in bounds
    ]
    if not bounds:
        return MeasureEnd(None, "", "open", tuple(steps), "Sans fin fixée", "No end set")
    end = min(bounds, key=lambda bound: bound.at)
    if end.at <= began and end.reason in ("ran_its_time", "maximum"):
        raise BadMeasure([("counted_from", "its time would be over at the start; allowed: a day not before that")])
    fr = f"Fin, jamais déplacée à un jour ouvrable : {_last(end, zone, JOURS)}"
    en = f"End, never moved to a working day: {_last(end, zone)}"
    return MeasureEnd(end.at, _last(end, zone), end.reason, (*steps, Step("end", fr, en, end.at)), end.fr, end.en)


def _last_hour(day: date, zone: ZoneInfo) -> datetime:
    """The end of the last hour of that day in the zone, in UTC: midnight of the next day."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC)


def _instant(instant: datetime, zone: ZoneInfo, names: tuple[str, ...] = WEEKDAYS) -> str:
    return moment(instant.astimezone(zone), names)


def _last(bound: _Bound, zone: ZoneInfo, names: tuple[str, ...] = WEEKDAYS) -> str:
    """The end of a whole day is said as 24:00 of that day, such as `Mon 2026-11-30 24:00`."""
    return f"{day_words(bound.day, names)} 24:00" if bound.day else _instant(bound.at, zone, names)
