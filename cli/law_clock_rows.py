"""What is asked of `sansdelai law clock`, as texts: one question from options, or the rows of a table."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from law.clock import Computation, Rule, amount_of, calendar_named, compute, faults_of, rule_named, zone_named
from law.errors import LawError

NEEDED = ("id", "rule", "start", "amount", "unit", "zone")  # columns that a table must have
COLUMNS = (*NEEDED, "clock_start", "calendar", "direction")  # others are ignored

Found = TypeVar("Found")
Answer = dict[str, Any]


class BadAsk(LawError):
    """What was asked cannot be counted; every fault of it at once."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__(" | ".join(f"{key}: {says}" for key, says in faults))


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


def rows(path: Path) -> Iterator[tuple[str, Mapping[str, str] | BadAsk]]:
    """Each row as its id with its cells by column; a row of the wrong shape as its fault. No quoting: tabs part."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadAsk([("table", f"{path}: {error.strerror}; allowed: a readable file")]) from error
    header = lines[0].decode("utf-8-sig", "replace").rstrip("\r").split("\t")
    missing = [name for name in NEEDED if name not in header]
    if missing:
        says = f"columns missing: {', '.join(missing)}; allowed: tab-separated, UTF-8, with {', '.join(NEEDED)}"
        raise BadAsk([("table", says)])
    for number, line in enumerate(lines[1:], start=2):
        cells = line.decode("utf-8", "replace").rstrip("\r").split("\t")
        if cells == [""]:
            continue
        row = {name: text for name, text in zip(header, cells, strict=False) if name in COLUMNS}
        id = row.get("id", "").strip()
        if not id:
            yield id, BadAsk([("id", f"is missing in line {number}; allowed: any name")])
        elif len(cells) > len(header):
            yield id, BadAsk([("row", f"has {len(cells)} cells; allowed: at most {len(header)}, as the header")])
        else:
            yield id, row


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
    "calendar": "FR, IE, US, EW or none",
}


def iso(instant: datetime) -> str:
    """Such as 2026-11-10T16:00+01:00, with seconds when there are any."""
    return instant.isoformat(timespec="auto" if instant.second or instant.microsecond else "minutes")
