"""Periods in hours: elapsed hours, the EU's two clocks, and the one court rule that moves an end in hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from law.counting import JOURS, Computation, Count, day_words, moment, say_calendar, several, stamp
from law.counting_days import DAY, open_day

HOUR = timedelta(hours=1)


def elapsed_hours(start: datetime, amount: int) -> datetime:
    """The instant `amount` elapsed hours after `start`, in UTC."""
    # "No text read says how to treat a clock change; elapsed time is the only reading that gives 24 real hours."
    # (counting.md, section 1). Art. 3(4) of Regulation 1182/71 moves only periods "expressed otherwise than in hours";
    # CPC 641-642 "speak of days, months, years"; TAKE IT DOWN: "not later than 48 hours after receiving";
    # OSA s.10(3A): "no later than 48 hours after the provider receives the report". So nothing is added.
    return start.astimezone(UTC) + timedelta(hours=amount)


def count_elapsed(count: Count) -> Computation:
    """Elapsed hours; time in a pause does not run; never moved to a working day."""
    end = elapsed_hours(count.counted_from, count.amount)
    _sum(count, end)
    stopped_until = count.counted_from
    for number, pause in enumerate(sorted(count.pauses, key=lambda one: one.begins), 1):
        # A pause is a ground that somebody names and that the certificate prints: no text in counting.md has one, the
        # texts read restart the clock instead (LCEN 6-2 II, see `clock_start`). Time inside it does not run.
        begins = max(pause.begins, stopped_until)
        if begins >= end or pause.ends <= begins:
            continue
        end, stopped_until = end + (pause.ends - begins), pause.ends
        fr = f"Suspension {number} ({pause.ground}) : {stamp(begins)} à {stamp(pause.ends)}, fin portée à {stamp(end)}"
        en = f"Pause {number} ({pause.ground}): {stamp(begins)} to {stamp(pause.ends)}, end moved to {stamp(end)}"
        count.step(f"pause_{number}", fr, en, end)
    return to_the_minute(count, end)


def count_eu_hours(count: Count) -> Computation:
    """Legal-latest: whole hours of the local clock after the hour of the event. Strict: elapsed, to warn only."""
    # "Art. 3(1): the hour, or the day, during which the event occurs is not counted"; "Art. 3(2): a period in hours
    # starts at the beginning of the first hour and ends with the expiry of the last hour"; "Art. 3(4): the shift to
    # the next working day is for periods 'expressed otherwise than in hours'" (counting.md, sections 2 and 3).
    local = count.place.local(count.counted_from)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    first = count.counted_from - into + HOUR
    began, shown = count.place.local(first - HOUR), count.place.local(first)
    said = f"{began:%H:%M}-{shown:%H:%M}"
    fr = f"L'heure du fait, {said}, ne compte pas (art. 3(1)) : la première heure commence à {moment(shown, JOURS)}"
    en = f"The hour of the event, {said}, is not counted (Art. 3(1)): the first hour begins at {moment(shown)}"
    count.step("hour_of_event", fr, en, first)
    end, strict = elapsed_hours(first, count.amount), elapsed_hours(count.counted_from, count.amount)
    _sum(count, end, first)
    # "A tool should keep a strict clock (receipt + 60 min, used to warn) and a legal-latest clock (used to declare a
    # breach), and never accuse on the strict one alone." (counting.md, section 3)
    sum_ = f"{stamp(count.counted_from)} + {count.amount} h = {stamp(strict)}"
    fr, en = f"Horloge stricte, pour avertir seulement : {sum_}", f"Strict clock, to warn only: {sum_}"
    count.step("strict", fr, en, strict)
    return to_the_minute(count, end, strict)


def count_court_hours(count: Count) -> Computation:
    """Elapsed hours; an end on a closed day moves to the same local time on the next open day."""
    # "FRCP 6(a)(2): counting starts at once, every hour counts, and if the period would end on a Saturday, Sunday or
    # legal holiday it runs until the same time on the next day that is none of these" (counting.md, section 2).
    end = elapsed_hours(count.counted_from, count.amount)
    _sum(count, end)
    local = count.place.local(end)
    day, passed = open_day(count, local.date(), DAY)
    if passed:
        wall = datetime.combine(day, local.time().replace(tzinfo=None))
        end = count.place.wall(wall)
        fr = ", ".join(f"{day_words(one, JOURS)} ({why[0]})" for one, why in passed)
        en = ", ".join(f"{day_words(one)} ({why[1]})" for one, why in passed)
        to_fr, to_en = f"{day_words(day, JOURS)} {local:%H:%M}", f"{day_words(day)} {local:%H:%M}"
        fr = f"Jours fermés : {fr} ; {count.rule.moved_by} : même heure du jour ouvert suivant, {to_fr}"
        en = f"Closed days: {en}; {count.rule.moved_by}: the same time on the next open day, {to_en}"
        count.step("extend", fr, en, end)
    found = to_the_minute(count, end)
    say_calendar(count, end)
    return replace(found, steps=tuple(count.steps))


def _sum(count: Count, end: datetime, first: datetime | None = None) -> None:
    sum_ = f"{stamp(first or count.counted_from)} + {count.amount} h = {stamp(end)}"
    fr = f"Plus {several(count.amount, 'heure', 'heures')} ({count.rule.says_fr}) : {sum_}"
    en = f"Plus {several(count.amount, 'hour', 'hours')} ({count.rule.says_en}): {sum_}"
    count.step("count", fr, en, end)


def to_the_minute(count: Count, end: datetime, strict: datetime | None = None) -> Computation:
    """The result of a count in hours, with its local time."""
    shown = count.place.local(end)
    offset, last = f"(UTC{shown:%z})", moment(shown)
    fr, en = f"À l'heure locale : {moment(shown, JOURS)} {offset}", f"In local time: {last} {offset}"
    count.step("local", fr, en, end)
    return Computation(end, last, tuple(count.steps), None, strict)
