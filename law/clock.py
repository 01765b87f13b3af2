"""
Counting legal time: rules by name, each with the quoted rule of law above the line that counts.

Every rule here counts elapsed hours, in UTC, and never extends an end over a week-end or a holiday: that is a property
of the rule, not of the unit. A further rule is one function and one line in `RULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from law.errors import BadCount, NaiveTime, UnknownRule, UnknownZone

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
JOURS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a count, in words, with the instant it led to (UTC)."""

    id: str
    fr: str
    en: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Computation:
    """`end` is exclusive: the first instant at which the time is over, in UTC. `last_moment` says it to a person."""

    end: datetime
    last_moment: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A counting rule: its unit, its words, and the function that counts."""

    name: str
    unit: str
    reference: str
    quote: str | None
    version: str  # the day on which its source was last looked at
    says_fr: str
    says_en: str
    count: Callable[[datetime, int], datetime]


def elapsed_hours(start: datetime, amount: int) -> datetime:
    """The instant `amount` elapsed hours after `start`, in UTC."""
    # "No text read says how to treat a clock change; elapsed time is the only reading that gives 24 real hours."
    # (counting.md, section 1). Art. 3(4) of Regulation 1182/71 moves only periods "expressed otherwise than in hours";
    # CPC 641-642 "speak of days, months, years"; TAKE IT DOWN: "not later than 48 hours after receiving";
    # OSA s.10(3A): "no later than 48 hours after the provider receives the report". So nothing is added.
    return start.astimezone(UTC) + timedelta(hours=amount)


def _hours(name: str, reference: str, quote: str | None, says_fr: str, says_en: str) -> Rule:
    return Rule(name, "hours", reference, quote, "2026-11-22", says_fr, says_en, elapsed_hours)


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        _hours(
            "FR-LCEN/hours",
            "LCEN Art. 6-1; CPC 641-642 extend days, months and years only",
            None,
            "heures écoulées, sans prorogation en fin de semaine",
            "elapsed hours, not extended over a week-end",
        ),
        _hours(
            "US-TIDA-48h",
            "TAKE IT DOWN Act Sec. 3, 47 U.S.C. 223a",
            "as soon as possible, but not later than 48 hours after receiving",
            "heures écoulées, la loi n'a pas de règle de fin de semaine",
            "elapsed hours, the Act has no week-end rule",
        ),
        _hours(
            "UK-OSA-10(3A)/hours",
            "Online Safety Act 2023 s.10(3A)",
            "no later than 48 hours after the provider receives the report",
            "heures écoulées, sans exception de fin de semaine",
            "elapsed hours, no exception for week-ends",
        ),
        _hours(
            "OTHER/hours",
            "Elapsed hours where no text extends them",
            None,
            "heures écoulées, sans prorogation",
            "elapsed hours, no extension",
        ),
        _hours(
            "HOUSE/hours",
            "Our own time; no text of law",
            None,
            "heures écoulées ; délai de courtoisie, sans valeur légale",
            "elapsed hours; a courtesy time, without legal force",
        ),
    )
}


def compute(
    rule: str, start: datetime, amount: int, unit: str, zone: str, *, clock_start: datetime | None = None
) -> Computation:
    """
    When a time is over.

    `start` is the event; `clock_start` stands in its place when the law makes the clock start later. Raises
    `UnknownRule`, `NaiveTime`, `BadCount` or `UnknownZone`.
    """
    found = rule_named(rule)
    if amount <= 0 or unit != found.unit:
        raise BadCount(f"{rule} counts {found.unit} above 0; it was asked for {amount} {unit}")
    where, began = zone_named(zone), aware(start)
    counted_from = aware(clock_start) if clock_start is not None else began
    end = found.count(counted_from, amount)
    steps = hour_steps(found, began, counted_from, amount, end, where)
    return Computation(end, moment(end.astimezone(where)), steps)


def hour_steps(
    rule: Rule, began: datetime, counted_from: datetime, amount: int, end: datetime, zone: ZoneInfo
) -> tuple[Step, ...]:
    """The steps of a count in hours, in words."""
    local, shown = began.astimezone(zone), end.astimezone(zone)
    steps = [
        Step("start", f"Fait de départ : {moment(local, JOURS)}", f"Start event: {moment(local)}", began),
    ]
    if counted_from != began:
        later = counted_from.astimezone(zone)
        fr, en = f"Le délai ne court que de : {moment(later, JOURS)}", f"The clock starts only at: {moment(later)}"
        steps.append(Step("clock_start", fr, en, counted_from))
    fr = f"Plus {amount} heures ({rule.says_fr}) : {stamp(counted_from)} + {amount} h = {stamp(end)}"
    en = f"Plus {amount} hours ({rule.says_en}): {stamp(counted_from)} + {amount} h = {stamp(end)}"
    steps.append(Step("count", fr, en, end))
    fr = f"À l'heure locale : {moment(shown, JOURS)} (UTC{shown:%z})"
    en = f"In local time: {moment(shown)} (UTC{shown:%z})"
    steps.append(Step("local", fr, en, end))
    return tuple(steps)


def rule_named(name: str) -> Rule:
    """The rule of that name, or `UnknownRule` with the names that exist."""
    if name not in RULES:
        raise UnknownRule(name, RULES)
    return RULES[name]


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name, or `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(f"{name!r} is no time zone; use an IANA name such as Europe/Paris") from error


def aware(moment_: datetime) -> datetime:
    """The same instant in UTC; a naive time is refused."""
    if moment_.tzinfo is None or moment_.utcoffset() is None:
        raise NaiveTime
    return moment_.astimezone(UTC)


def moment(local: datetime, names: tuple[str, ...] = WEEKDAYS) -> str:
    """Such as `Sat 2026-11-14 18:00`."""
    return f"{names[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def stamp(instant: datetime) -> str:
    """Such as `2026-11-14T17:00Z`, with seconds when there are any."""
    form = "%Y-%m-%dT%H:%MZ" if instant.second == 0 else "%Y-%m-%dT%H:%M:%SZ"
    return instant.astimezone(UTC).strftime(form)
