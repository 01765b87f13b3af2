"""England and Wales: clear days (CPR 2.8), and "N days beginning with" a date."""

from datetime import date, timedelta

from law.counting import JOURS, Computation, Count, day_words
from law.counting_days import DAY, closing_steps, nth_open_day, to_the_day

SHORT = 5  # "If the period is 5 days or less, Saturdays, Sundays, bank holidays ... inside it do not count." (CPR 2.8)


def count_clear_days(count: Count) -> Computation:
    """
    `after`: the last day to act; `before`: the last day to act before a hearing; `earliest`: the first permitted day.

    The end of `earliest` is the beginning of that day, the others end at its 24:00.
    """
    # CPR 2.8: "periods in days are clear days: neither the day on which the period begins nor, when the end is defined
    # by an event, the day of that event is counted. If the period is 5 days or less, Saturdays, Sundays, bank holidays,
    # Christmas Day and Good Friday inside it do not count." (counting.md, section 6)
    way = -DAY if count.direction == "before" else DAY
    day_0 = _excluded(count, way)
    day = _last_clear_day(count, day_0, way)
    if count.direction == "after":
        _office_closed(count, day)
        return to_the_day(count, day)
    day += way
    if count.direction == "before":
        fr, en = (
            "Dernier jour pour agir, la veille du premier jour franc",
            "Last day to act, before the first clear day",
        )
        count.step("act_by", f"{fr} : {day_words(day, JOURS)}", f"{en}: {day_words(day)}", count.day_ends(day))
        return to_the_day(count, day)
    return _from_that_day(count, day)


def count_beginning_with(count: Count) -> Computation:
    """The date itself is day 1; nothing moves the end."""
    # "Statutes often say 'N days beginning with' a date: that date is counted" (counting.md, section 6).
    day_1 = count.day_0()
    last = day_1 + (count.amount - 1) * DAY
    fr, en = "La date elle-même compte : jour 1", "The date itself is counted: day 1"
    count.step("day_1", f"{fr} = {day_words(day_1, JOURS)}", f"{en} = {day_words(day_1)}", count.day_begins(day_1))
    fr = f"Jour {count.amount} ({count.rule.says_fr}) = {day_words(last, JOURS)}"
    en = f"Day {count.amount} ({count.rule.says_en}) = {day_words(last)}"
    count.step("count", fr, en, count.day_ends(last))
    return to_the_day(count, last)


def _excluded(count: Count, way: timedelta) -> date:
    day_0 = count.day_0()
    first = day_0 + way
    fr = f"{day_words(day_0, JOURS)} ne compte pas ({count.rule.excluded_by}) : jours francs à partir du"
    en = f"{day_words(day_0)} is not counted ({count.rule.excluded_by}): clear days from"
    backward = (", en remontant", ", going back") if way < timedelta() else ("", "")
    fr, en = f"{fr} {day_words(first, JOURS)}{backward[0]}", f"{en} {day_words(first)}{backward[1]}"
    count.step("day_1", fr, en, count.day_begins(first))
    return day_0


def _last_clear_day(count: Count, day_0: date, way: timedelta) -> date:
    """The N-th clear day; in a short period closed days are passed over."""
    short = count.amount <= SHORT
    day, passed = nth_open_day(count, day_0, way) if short else (day_0 + count.amount * way, [])
    fr = f"Jour franc {count.amount} : {day_words(day, JOURS)}"
    en = f"Clear day {count.amount}: {day_words(day)}"
    if passed:
        fr += " ; ne comptent pas (5 jours au plus) : "
        fr += ", ".join(f"{day_words(one, JOURS)} ({why[0]})" for one, why in passed)
        en += "; not counted (5 days or less): " + ", ".join(f"{day_words(one)} ({why[1]})" for one, why in passed)
    count.step("count", fr, en, count.day_ends(day))
    return day


def _office_closed(count: Count, day: date) -> None:
    """A word where the last day is closed: the rule moves only what must be done at the court office."""
    # "2.8(5): when the act is to be done at the court office and it is closed, it is in time on the next day the office
    # is open." Whether an act is to be done there is for a person to say, so the date stays (example UKC-09).
    why = count.calendar.closed(day)
    if why is None:
        return
    fr = f"{day_words(day, JOURS)} ({why[0]}) : au greffe seulement, CPR 2.8(5) admet le jour d'ouverture suivant"
    en = f"{day_words(day)} ({why[1]}): at the court office only, CPR 2.8(5) allows the next day that it is open"
    count.step("court_office", fr, en, count.day_ends(day))


def _from_that_day(count: Count, day: date) -> Computation:
    begins = count.day_begins(day)
    fr, en = f"Premier jour permis : {day_words(day, JOURS)}", f"First permitted day: {day_words(day)}"
    count.step("earliest", fr, en, begins)
    said = f"{day_words(day)} 00:00"
    closing_steps(count, begins, f"{day_words(day, JOURS)} 00:00", said)
    return Computation(begins, said, tuple(count.steps), day)
