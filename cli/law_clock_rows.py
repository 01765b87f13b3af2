"""One question to `sansdelai law clock`, as texts: from the options, or from a row of a table."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from cli.law_table import Answer, BadAsk, iso
from law.clock import Computation, Rule, amount_of, calendar_named, compute, faults_of, rule_named, zone_named
from law.errors import LawError

NEEDED = ("id", "rule", "start", "amount", "unit", "zone")  # columns that a table must have
COLUMNS = (*NEEDED, "clock_start", "calendar", "direction")  # others are ignored

# Whose public holidays a rule looks at: those of its own court or state. EU rules look at the state of the actor.
OWN_CALENDARS = {"EU-1182-71": ("FR", "IE"), "FR-CPC-641-642": ("FR",), "US-FRCP": ("US",), "UK-CPR": ("EW",)}

Found = TypeVar("Found")


def answer_one(cells: Mapping[str, str]) -> Answer:
    """The answer to one question, written as texts by column name. Raises `BadAsk` with every fault at once."""
    asked = {key: text.strip() for key, text in cells.items()}
    faults: list[tuple[str, str]] = []

    def read(key: str, reader: Callable[[str], Found], *, needed: bool = True) -> Found | None:
        text = asked.get(key, "")
        if not text:
            if needed:
                faults.append((key, f"is missing; allowed: {_ALLOWED[key]}"))
            return None
        try:
            return reader(text)
        except LawError as error:
            faults.append((key, str(error)))
            return None

    rule = read("rule", rule_named)
    start = read("start", lambda text: _start(text, rule))
    later = read("clock_start", lambda text: _start(text, rule), needed=False)
    zone = read("zone", zone_named)
    amount = read("amount", amount_of)
    unit = read("unit", str) or ""
    calendar = read("calendar", calendar_named, needed=rule is not None and rule.uses_calendar)
    if rule is not None and calendar is not None:
        faults += _calendar_of_another(rule, calendar.name)
    direction = asked.get("direction") or (rule.directions[0] if rule is not None else "")
    if rule is not None and unit:
        faults += faults_of(rule, *(amount or (1, int(unit == "months_then_days"))), unit, direction)
    if faults or rule is None or start is None or zone is None:
        raise BadAsk(faults)
    name = calendar.name if calendar is not None else "none"
    found = compute(
        rule.name, start, asked["amount"], unit, zone.key, clock_start=later, calendar=name, direction=direction
    )
    return _shown(found, rule, zone.key)


def _calendar_of_another(rule: Rule, calendar: str) -> list[tuple[str, str]]:
    """A fault when the rule looks at holidays, and these are not its own: a wrong date would look right."""
    own = next((those for start, those in OWN_CALENDARS.items() if rule.name.startswith(start)), None)
    if not rule.uses_calendar or own is None or calendar in own:
        return []
    return [("calendar", f"{calendar} is no calendar of {rule.name}; allowed: {' or '.join(own)}")]


def _shown(found: Computation, rule: Rule, zone: str) -> Answer:
    """The answer as it is printed: a date for clear days, else an instant in local time."""
    place = zone_named(zone)
    local = iso(found.end.astimezone(place))
    strict = found.strict_end
    return {
        "end": found.day.isoformat() if found.day is not None and "clear_days" in rule.units else local,
        "last_moment": found.last_moment,
        "steps": [{"id": one.id, "fr": one.fr, "en": one.en, "at": iso(one.at)} for one in found.steps],
        "end_utc": iso(found.end),
        "strict_end": iso(strict.astimezone(place)) if strict is not None else None,
        "rule": rule.name,
        "reference": rule.reference,
        "rule_confidence": str(rule.confidence),
    }


def _start(text: str, rule: Rule | None) -> date | datetime:
    """A date where the rule counts from one, else an instant with its offset."""
    dated = rule is None or rule.from_date
    for read in (date.fromisoformat, datetime.fromisoformat) if dated else (datetime.fromisoformat,):
        try:
            found = read(text)
        except ValueError:
            continue
        if not isinstance(found, datetime) or found.utcoffset() is not None:
            return found
    raise LawError(f"{text!r} is no {'date' if dated else 'instant with an offset'}; allowed: {_ALLOWED['start']}")


_AN_INSTANT = "an instant with its offset, such as 2026-11-10T14:20+01:00, or for rules of the UK in days a date"
_ALLOWED = {
    "rule": "a counting rule, such as EU-1182-71/days",
    "start": _AN_INSTANT,
    "zone": "an IANA name such as Europe/Paris",
    "amount": "a number above 0, or months+days such as 1+10",
    "unit": "hours, days, working_days, weeks, months, years, months_then_days or clear_days",
    "calendar": "FR, IE, US, EW or none, as the rule wants",
}
