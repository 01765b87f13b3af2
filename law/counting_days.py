"""Periods in days, working days, weeks, months and years that follow an event: EU, France, United States."""

import calendar
from datetime import date, datetime, timedelta

from law.counting import JOURS, Computation, Count, day_words, say_calendar, several, stamp

DAY = timedelta(days=1)
Passed = list[tuple[date, tuple[str, str]]]  # closed days, each with why in French and English


def corresponding_day(day_0: date, amount: int, unit: str) -> date:
    """The last day of a period of days, weeks, months or years; `day_0` does not count."""
    if unit in ("days", "weeks"):
        return day_0 + amount * (DAY if unit == "days" else 7 * DAY)
    # "in weeks, months or years it ends with the last hour of the day which is the same weekday or date; if that date
    # does not exist, the last day of the month" (1182/71 Art. 3(2)); CPC 641: "In months or years, it ends on the day
    # of the last month or year with the same number; failing that, the last day of the month."
    months = day_0.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = day_0.year + months // 12, months % 12 + 1
    return date(year, month, min(day_0.day, calendar.monthrange(year, month)[1]))


def count_period(count: Count) -> Computation:
    """Days, weeks, months or years; then what the rule adds for a closed last day."""
    # "the hour, or the day, during which the event occurs is not counted" (1182/71 Art. 3(1)); CPC 641: "In days, the
    # day of the event does not count."; FRCP 6(a)(1): "exclude the day of the event, count every day".
    day_0 = _day_0(count)
    backward = count.direction == "before"
    last = corresponding_day(day_0, -count.amount if backward else count.amount, _single(count.unit))
    _nominal(count, day_0, last)
    if count.and_days:
        # CPC 641 al. 3: "In months and days, months first, then days."
        months, last = last, last + count.and_days * DAY
        jours, days = several(count.and_days, "jour", "jours"), several(count.and_days, "day", "days")
        fr = f"Puis {jours} : {day_words(months, JOURS)} + {count.and_days} = {day_words(last, JOURS)}"
        en = f"Then {days}: {day_words(months)} + {count.and_days} = {day_words(last)}"
        count.step("then_days", fr, en, count.day_ends(last))
    if count.rule.extends:
        last = _extended(count, last, -DAY if backward else DAY)
    if count.rule.two_working_days and (count.unit != "days" or count.amount >= 2):
        last = _with_two_working_days(count, day_0, last)
    return to_the_day(count, last)


def count_working_days(count: Count) -> Computation:
    """Only working days count."""
    # "Art. 3(3): periods include public holidays, Sundays and Saturdays unless these are expressly excepted or the
    # period is in working days"; "Art. 2(2): working days: all days other than public holidays, Sundays and Saturdays".
    day, passed = nth_open_day(count, _day_0(count), DAY)
    fr = f"Jour ouvrable {count.amount} : {day_words(day, JOURS)}{_skipped(passed, 0)}"
    en = f"Working day {count.amount}: {day_words(day)}{_skipped(passed, 1)}"
    count.step("count", fr, en, count.day_ends(day))
    return to_the_day(count, day)


def nth_open_day(count: Count, day: date, step: timedelta) -> tuple[date, Passed]:
    """The open day that is as many after `day` as the count asks for, and the closed days on the way."""
    left, passed = count.amount, []
    while left:
        day += step
        if (why := count.calendar.closed(day)) is None:
            left -= 1
        else:
            passed.append((day, why))
    return day, passed


def open_day(count: Count, day: date, step: timedelta) -> tuple[date, Passed]:
    """That day or, when it is closed, the next open one, and the closed days passed over."""
    passed = []
    while (why := count.calendar.closed(day)) is not None:
        passed.append((day, why))
        day += step
    return day, passed


def _day_0(count: Count) -> date:
    day_0, by = count.day_0(), count.rule.excluded_by
    day_1 = day_0 - DAY if count.direction == "before" else day_0 + DAY
    fr = f"Le jour du fait, {day_words(day_0, JOURS)}, ne compte pas ({by}) : jour 1 = {day_words(day_1, JOURS)}"
    en = f"The day of the event, {day_words(day_0)}, is not counted ({by}): day 1 = {day_words(day_1)}"
    count.step("day_1", fr, en, count.day_begins(day_1))
    return day_0


def _nominal(count: Count, day_0: date, last: date) -> None:
    unit = _single(count.unit)
    plus = "-" if count.direction == "before" else "+"
    fr_words, en_words = _UNITS[unit]
    mot, word = several(count.amount, *fr_words), several(count.amount, *en_words)
    none = unit in ("months", "years") and last.day != day_0.day
    lacks_fr = f" (pas de {day_0.day} ce mois-là : dernier jour du mois)" if none else ""
    lacks_en = f" (no {day_0.day} in that month: its last day)" if none else ""
    fr = f"{day_words(day_0, JOURS)} {plus} {mot} ({count.rule.says_fr}) = {day_words(last, JOURS)}"
    en = f"{day_words(day_0)} {plus} {word} ({count.rule.says_en}) = {day_words(last)}"
    count.step("count", fr + lacks_fr, en + lacks_en, count.day_ends(last))


_UNITS = {
    "days": (("jour", "jours"), ("day", "days")),
    "weeks": (("semaine", "semaines"), ("week", "weeks")),
    "months": (("mois", "mois"), ("month", "months")),
    "years": (("an", "ans"), ("year", "years")),
}


def _single(unit: str) -> str:
    return "months" if unit == "months_then_days" else unit


def _extended(count: Count, last: date, step: timedelta) -> date:
    """The last day, moved to the next open day when it is closed."""
    # 1182/71 Art. 3(4): "if the last day of a period expressed otherwise than in hours is a public holiday, Sunday or
    # Saturday, the period ends with the last hour of the following working day". CPC 642: "one that would expire on a
    # Saturday, a Sunday or a public or non-working day is extended to the first working day after". FRCP 6(a)(1): "if
    # the last is a Saturday, Sunday or legal holiday continue to the end of the next day that is not"; 6(a)(5):
    # "'next day' is found by counting forward for periods after an event, backward for periods before one".
    day, passed = open_day(count, last, step)
    if passed:
        by = count.rule.moved_by
        fr = f"Le dernier jour n'est pas ouvrable ({by}) : reporté au {day_words(day, JOURS)}{_skipped(passed, 0)}"
        en = f"The last day is no working day ({by}): moved to {day_words(day)}{_skipped(passed, 1)}"
        count.step("extend", fr, en, count.day_ends(day))
    return day


def _with_two_working_days(count: Count, day_0: date, last: date) -> date:
    """The last day, later when the period held fewer than two working days."""
    # "Art. 3(5): any period of two days or more includes at least two working days" (counting.md, section 3).
    found: list[date] = []
    passed: Passed = []
    day = day_0
    while len(found) < 2:
        day += DAY
        why = count.calendar.closed(day)
        if why is None:
            found.append(day)
        else:
            passed.append((day, why))
    fr = " et ".join(day_words(one, JOURS) for one in found)
    en = " and ".join(day_words(one) for one in found)
    moved, last = day > last, max(day, last)
    then_fr = f"reporté au {day_words(last, JOURS)}{_skipped(passed, 0)}" if moved else "rien à ajouter"
    then_en = f"moved to {day_words(last)}{_skipped(passed, 1)}" if moved else "nothing to add"
    fr = f"Deux jours ouvrables au moins (art. 3(5)) : {fr} ; {then_fr}"
    en = f"At least two working days (Art. 3(5)): {en}; {then_en}"
    count.step("two_working_days", fr, en, count.day_ends(last))
    return last


def _skipped(passed: Passed, language: int) -> str:
    """The closed days passed over, in words; the first dozen of them, and how many more."""
    if not passed:
        return ""
    names, lead, more = ((JOURS, " ; passés : ", "et"), (None, "; passed over: ", "and"))[language]
    listed = [f"{day_words(day, names) if names else day_words(day)} ({why[language]})" for day, why in passed[:12]]
    rest = f", {more} {len(passed) - 12}" if len(passed) > 12 else ""
    return lead + ", ".join(listed) + rest


def to_the_day(count: Count, last: date) -> Computation:
    """The end of the last hour of that day in the zone: midnight, said as 24:00."""
    # "642: every period expires on its last day at 24:00"; 1182/71 Art. 3(2): "with the expiry of the last hour of the
    # last day"; FRCP 6(a)(4): "'last day' ends at midnight in the court's time zone".
    end = count.day_ends(last)
    said = f"{day_words(last)} 24:00"
    closing_steps(count, end, f"{day_words(last, JOURS)} 24:00", said)
    return Computation(end, said, tuple(count.steps), last)


def closing_steps(count: Count, end: datetime, fr: str, en: str) -> None:
    """Local time and UTC; and whether a holiday was looked up in a year that nobody checked."""
    offset = f"{count.place.local(end):%z}"
    fr = f"À l'heure locale ({count.place.name}) : {fr} (UTC{offset}) = {stamp(end)}"
    en = f"In local time ({count.place.name}): {en} (UTC{offset}) = {stamp(end)}"
    count.step("local", fr, en, end)
    say_calendar(count, end)
