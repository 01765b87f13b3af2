"""`sansdelai law measure`: when a restriction ends, for one order or for a table of orders. Reads the law only."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from cli.law_ask import language_of
from cli.law_table import Answer, BadAsk, iso, print_table
from cli.run import fail, out
from law import library as law_library
from law.clock import zone_named
from law.errors import LawError
from law.measure import CALENDAR_ENDS, ENDING_FACTS, BadMeasure, MeasureEnd, faults_of, measure_end
from law.regime import Measure, Regime
from web.told.words import Voice

MARKS = ("until_date", "open")  # what the column `unit` of a table holds when there is no amount
NEEDED = ("id", "regime", "zone", "start")  # columns that a table must have
COLUMNS = (*NEEDED, "counted_from", "amount", "unit", "until", "ended_fact", "ended_at")  # others are ignored

Found = TypeVar("Found")


def measure(
    regime: Annotated[str | None, typer.Argument(help="regime id or alias, such as kr-icna-44-2")] = None,
    start: Annotated[str | None, typer.Option(help="in force since, ISO 8601 with zone")] = None,
    counted_from: Annotated[str | None, typer.Option(help="an extension: last day of the period before")] = None,
    amount: Annotated[str | None, typer.Option(help="ordered for so many units")] = None,
    unit: Annotated[str | None, typer.Option(help="hours, days, weeks, months or years")] = None,
    until: Annotated[str | None, typer.Option(help="last day in the order, or of the judgment it rests on")] = None,
    open_: Annotated[bool, typer.Option("--open", help="ordered without an end")] = False,
    ended_fact: Annotated[str | None, typer.Option(help="what ended it, such as application_dismissed")] = None,
    ended_at: Annotated[str | None, typer.Option(help="when that happened, ISO 8601 with zone")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone to compute in")] = None,
    table: Annotated[Path | None, typer.Option("--from", help="a table of orders, tab-separated")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    lang: Annotated[str, typer.Option(help="language of the words: en or fr")] = "en",
) -> None:
    """When a measure such as a temporary block ends; its end is never moved to a working day."""
    given = {
        "regime": regime, "start": start, "counted_from": counted_from, "amount": amount, "unit": unit, "until": until,
        "open": "yes" if open_ else None, "ended_fact": ended_fact, "ended_at": ended_at, "zone": zone,
    }  # fmt: skip
    cells = {key: text for key, text in given.items() if text is not None}
    if table is not None and cells:
        fail(f"--from: a table stands alone; leave out {', '.join(_option(key) for key in cells)}")
    language = language_of(lang)
    try:
        library = law_library.load()
        if table is not None:
            raise typer.Exit(print_table(table, NEEDED, COLUMNS, partial(answer_one, library=library)))
        print_one(answer_one(cells, library), as_json, Voice(language, library))
    except (BadAsk, BadMeasure) as error:
        fail("\n".join(f"{_option(key)}: {says}" for key, says in error.faults))
    except LawError as error:
        fail(str(error))


def _option(key: str) -> str:
    return {"regime": "REGIME", "table": "--from"}.get(key, f"--{key.replace('_', '-')}")


def print_one(answer: Answer, as_json: bool, voice: Voice) -> None:
    """One answer, as one JSON line or in words."""
    if as_json:
        print(json.dumps(answer))
        return
    steps = "".join(f"  {step[voice.language]}\n" for step in answer["steps"])
    status, sure = voice.term("regime_status", answer["status"]), voice.term("confidence", answer["confidence"])
    source = f"  {answer['citation']} ({voice.joined((status, f'source{voice.colon} {sure}'))})"
    reason = voice.either(answer["reason_fr"], answer["reason"])
    said = f"{answer['ends'] or voice.either('sans fin', 'open')}  {reason}\n{steps}{source}"
    out.print(said, markup=False, highlight=False, soft_wrap=True)


def answer_one(cells: Mapping[str, str], library: law_library.Library) -> Answer:
    """The answer to one order, written as texts by column name. Raises `BadMeasure` with every fault at once."""
    order = _Order(cells, library)
    known = {key for key, _ in order.faults}
    law = faults_of(
        order.start, order.zone, order.rule, order.amount, order.unit, order.counted_from, order.until, order.ended_at
    )
    order.faults += [(key, says) for key, says in law if key not in known]
    if order.faults or order.start is None or order.zone is None or order.regime is None or order.rule is None:
        raise BadMeasure(order.faults)
    found = measure_end(
        order.start, order.zone.key, rule=order.rule, amount=order.amount, unit=order.unit,
        counted_from=order.counted_from, until=order.until, ended_at=order.ended_at, ended_fact=order.ended_fact,
    )  # fmt: skip
    return _shown(found, order.regime, order.rule, order.start.astimezone(order.zone).date(), order.zone)


def _shown(found: MeasureEnd, regime: Regime, rule: Measure, day: date, zone: ZoneInfo) -> Answer:
    """The answer as it is printed; `status` and `confidence` stand beside every end, whatever they are."""
    return {
        "ends": iso(found.ends.astimezone(zone)) if found.ends is not None else None,
        "reason": found.why_en,
        "reason_fr": found.why_fr,
        "reason_id": found.reason,
        "last_moment": found.last_moment,
        "steps": [{"id": one.id, "fr": one.fr, "en": one.en, "at": iso(one.at)} for one in found.steps],
        "regime": regime.id,
        "status": str(regime.status_on(day)),
        "citation": rule.citation.reference,
        "confidence": str(rule.citation.confidence),
    }


class _Order:
    """One order read from its texts. What cannot be read is None and stands in `faults`."""

    def __init__(self, cells: Mapping[str, str], library: law_library.Library) -> None:
        self.faults: list[tuple[str, str]] = []
        self._cells = {key: text.strip() for key, text in cells.items()}
        mark = self._cells.get("unit", "") if self._cells.get("unit") in MARKS else ""
        self.start = self._read("start", _instant, needed=True)
        self.zone = self._read("zone", zone_named, needed=True)
        self.amount = self._read("amount", _whole)
        self.unit = None if mark else self._cells.get("unit") or None
        self.counted_from = self._read("counted_from", _day)
        self.until = self._read("until", _day, needed=mark == "until_date")
        self.ended_fact = self._read("ended_fact", _ending, needed="ended_at" in self._filled())
        self.ended_at = self._read("ended_at", _instant, needed="ended_fact" in self._filled())
        self._one_way(mark)
        self.regime = self._read("regime", library.regime, needed=True)
        self.rule = self._rule(library)

    def _filled(self) -> set[str]:
        return {key for key, text in self._cells.items() if text}

    def _read(self, key: str, read: Callable[[str], Found], *, needed: bool = False) -> Found | None:
        text = self._cells.get(key, "")
        try:
            if text:
                return read(text)
        except (ValueError, OverflowError, LawError) as error:
            self.faults.append((key, str(error)))
        else:
            if needed:
                self.faults.append((key, f"is missing; allowed: {_ALLOWED[key]}"))
        return None

    def _one_way(self, mark: str) -> None:
        """An order says its end in one way only."""
        filled = self._filled()
        ways = ["amount"] if self.unit or "amount" in filled else []
        ways += ["until"] if "until" in filled or mark == "until_date" else []
        ways += ["open"] if "open" in filled or mark == "open" else []
        if len(ways) != 1:
            says = f"given: {' and '.join(ways) or 'none'}"
            self.faults.append(("amount", f"{says}; allowed: one of amount (with unit), until, open"))

    def _rule(self, library: law_library.Library) -> Measure | None:
        """The regime's measure on the day of the start; the newest while that day cannot be read."""
        if self.regime is None:
            return None
        rule = self.regime.measure
        if self.start is not None and self.zone is not None:
            rule = self.regime.measure_on(self.start.astimezone(self.zone).date())
        if rule is None:
            those = ", ".join(id for id in library.ids() if library.regime(id).measures)
            self.faults.append(("regime", f"{self.regime.id} has no measure then; allowed: {those}"))
        return rule


_AN_INSTANT = "an instant with its offset, such as 2026-11-02T10:00+01:00"
_ALLOWED = {
    "start": _AN_INSTANT,
    "ended_at": _AN_INSTANT,
    "zone": "an IANA name such as Europe/Paris",
    "until": "a day such as 2027-06-30",
    "ended_fact": ", ".join(ENDING_FACTS),
    "regime": "a regime id or alias",
}


def _instant(text: str) -> datetime:
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        if found.utcoffset() is not None and 1 < found.year < CALENDAR_ENDS:
            return found.astimezone(UTC)
    raise ValueError(f"{text!r} is no instant with a zone; allowed: {_AN_INSTANT}")


def _day(text: str) -> date:
    with suppress(ValueError):
        found = date.fromisoformat(text)
        if 1 < found.year < CALENDAR_ENDS:
            return found
    raise ValueError(f"{text!r} is no day; allowed: {_ALLOWED['until']}")


def _whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10):
        raise ValueError(f"{text!r} is no whole number; allowed: a whole number above 0")
    return int(text)


def _ending(text: str) -> str:
    if text not in ENDING_FACTS:
        raise ValueError(f"{text[:80]!r} ends no measure; allowed: {_ALLOWED['ended_fact']}")
    return text
