"""
The bricks of every counting rule: what was asked, a step in words, the result, and how an instant is written.

Nothing here knows a holiday or a time zone: a rule asks a `Place` for local time and a `Calendar` for closed days, so
that the same lines count with the world's data and with what a certificate embedded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from law.calendars import CALENDARS, Calendar
from law.errors import BadCount, NaiveTime
from law.vocabulary import Confidence

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
JOURS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
WORDING = 1  # number of the words below and in the rules; one more whenever a word of a step changes


class Place(Protocol):
    """Local time of one zone."""

    @property
    def name(self) -> str:
        """The IANA name."""

    def local(self, instant: datetime) -> datetime:
        """The instant in local time, with its offset."""

    def wall(self, at: datetime) -> datetime:
        """The instant, in UTC, at which the clocks there show `at` (naive); the first of two, if they show it twice."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a count, in words, with the instant it led to (UTC)."""

    id: str
    fr: str
    en: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Computation:
    """
    `end` is exclusive: the first instant at which the time is over, in UTC. `last_moment` says it to a person.

    `day` is the answer of a rule in days, weeks, months or years. `strict_end` is there where a rule has two clocks:
    it warns, `end` alone declares a breach.
    """

    end: datetime
    last_moment: str
    steps: tuple[Step, ...]
    day: date | None = None
    strict_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A span during which the clock stands still, with its legal ground."""

    begins: datetime
    ends: datetime
    ground: str
    proof: str = ""


@dataclass(slots=True)
class Count:
    """One count at work: what is asked, where, under which calendar, and the steps made so far."""

    rule: "Rule"
    amount: int
    unit: str
    began: datetime
    counted_from: datetime
    place: Place
    calendar: Calendar
    and_days: int = 0
    direction: str = "after"
    pauses: tuple[Pause, ...] = ()
    steps: list[Step] = field(default_factory=list)

    def step(self, id_: str, fr: str, en: str, at: datetime) -> None:
        """Add one step."""
        self.steps.append(Step(id_, fr, en, at))

    def day_0(self) -> date:
        """The local day of the event."""
        return self.place.local(self.counted_from).date()

    def day_begins(self, day: date) -> datetime:
        """The first instant of that local day, in UTC."""
        return self.place.wall(datetime(day.year, day.month, day.day))  # noqa: DTZ001 the place adds the zone

    def day_ends(self, day: date) -> datetime:
        """The first instant after that local day, in UTC."""
        return self.day_begins(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Rule:
    """A counting rule: its units, its words, its properties, and the function that counts."""

    name: str
    units: tuple[str, ...]
    reference: str
    quote: str | None
    version: str  # the day on which its source was last looked at
    confidence: Confidence  # of the weakest statement that the rule rests on
    says_fr: str
    says_en: str
    count: Callable[[Count], Computation]
    extends: bool = False  # an end on a week-end or a public holiday moves to the next working day
    moved_by: str = ""  # the article that moves it
    excluded_by: str = ""  # the article that leaves the hour or the day of the event out
    uses_calendar: bool = False
    two_working_days: bool = False  # Regulation 1182/71 Art. 3(5)
    directions: tuple[str, ...] = ("after",)
    from_date: bool = False  # its start is a date
    pauses: bool = False  # whether a pause can be counted under it

    @property
    def unit(self) -> str:
        """Its first unit."""
        return self.units[0]


def carry_out(count: Count) -> Computation:
    """Count; raises `BadCount` for what the rule cannot count."""
    check(count)
    try:
        opening_steps(count)
        return count.rule.count(count)
    except (OverflowError, ValueError) as error:
        raise BadCount(f"{count.amount} {count.unit} from {stamp(count.began)} leave the calendar") from error


def faults_of(rule: Rule, amount: int, and_days: int, unit: str, direction: str) -> list[tuple[str, str]]:
    """Every fault of what a rule is asked to count: which value, and what is allowed."""
    faults = []
    units = " or ".join(rule.units)
    asked = f"{amount}+{and_days}" if and_days else str(amount)
    if unit not in rule.units:
        faults.append(("unit", f"{rule.name} counts {units} above 0; it was asked for {asked} {unit or 'of no unit'}"))
    elif unit == "months_then_days" and (amount <= 0 or and_days <= 0):
        faults.append(("amount", f"months_then_days are written months+days above 0, such as 1+10; asked for {asked}"))
    elif amount <= 0 or (and_days != 0 and unit != "months_then_days"):
        faults.append(("amount", f"{rule.name} counts {units} above 0; it was asked for {asked} {unit}"))
    if direction not in rule.directions:
        says = f"{rule.name} counts {' or '.join(rule.directions)} an event; it was asked for {direction!r}"
        faults.append(("direction", says))
    return faults


def check(count: Count) -> None:
    """Refuse what the rule cannot count, saying what is allowed."""
    rule = count.rule
    faults = faults_of(rule, count.amount, count.and_days, count.unit, count.direction)
    if faults:
        raise BadCount("; ".join(says for _, says in faults))
    if count.counted_from < count.began:
        raise BadCount("a clock starts with its event or later, never before it")
    if count.pauses and not rule.pauses:
        raise BadCount(f"{rule.name} has no pause: no text read says how such a period goes on after one")
    if any(one.begins >= one.ends or not one.ground for one in count.pauses):
        raise BadCount("a pause begins before it ends and names its legal ground")


def opening_steps(count: Count) -> None:
    """The start event and, when the law makes the clock start later, that instant."""
    say = _day_only if count.rule.from_date else moment
    local = count.place.local(count.began)
    count.step("start", f"Fait de départ : {say(local, JOURS)}", f"Start event: {say(local, WEEKDAYS)}", count.began)
    if count.counted_from != count.began:
        later = count.place.local(count.counted_from)
        fr = f"Le délai ne court que de : {say(later, JOURS)}"
        en = f"The clock starts only at: {say(later, WEEKDAYS)}"
        count.step("clock_start", fr, en, count.counted_from)


def say_calendar(count: Count, end: datetime) -> None:
    """Which public holidays were looked up, and whether in a year that nobody compared with a source."""
    calendar = count.calendar
    if calendar.first is None:
        return
    fr, en = CALENDARS[calendar.name]
    if calendar.version:
        years = f"{calendar.checked_from}-{calendar.checked_until}"
        fr += f" ({calendar.version}, comparé à une source pour {years})"
        en += f" ({calendar.version}, compared with a source for {years})"
    count.step("calendar", f"Calendrier {calendar.name} : {fr}", f"Calendar {calendar.name}: {en}", end)
    if calendar.beyond and calendar.last is not None:
        fr = f"Au-delà de {calendar.checked_until} personne n'a comparé ces jours fériés à une source"
        en = f"After {calendar.checked_until} nobody has compared these public holidays with a source"
        day = calendar.last
        fr, en = f"{fr} : à revérifier jusqu'au {day_words(day, JOURS)}", f"{en}: check again up to {day_words(day)}"
        count.step("validity", fr, en, end)


def aware(moment_: datetime) -> datetime:
    """The same instant in UTC; a naive time is refused."""
    if moment_.tzinfo is None or moment_.utcoffset() is None:
        raise NaiveTime
    try:
        return moment_.astimezone(UTC)
    except OverflowError as error:
        raise BadCount(f"{moment_.isoformat()} leaves the calendar; allowed: years 1 to 9999") from error


def moment(local: datetime, names: tuple[str, ...] = WEEKDAYS) -> str:
    """Such as `Sat 2026-11-14 18:00`."""
    return f"{names[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def day_words(day: date, names: tuple[str, ...] = WEEKDAYS) -> str:
    """Such as `Sat 2026-11-14`."""
    return f"{names[day.weekday()]} {day.isoformat()}"


def _day_only(local: datetime, names: tuple[str, ...]) -> str:
    return day_words(local.date(), names)


def several(amount: int, one: str, more: str) -> str:
    """Such as `1 hour` or `24 hours`."""
    return f"{amount} {one if amount == 1 else more}"


def stamp(instant: datetime) -> str:
    """Such as `2026-11-14T17:00Z`, with seconds when there are any."""
    form = "%Y-%m-%dT%H:%MZ" if instant.second == 0 else "%Y-%m-%dT%H:%M:%SZ"
    return instant.astimezone(UTC).strftime(form)
