"""
How long closed reports are kept: a TOML file of the organisation, signed by its data protection officer.

    [[period]]
    outcome = "not_illegal"   # one of law.outcomes.Outcome
    category = "*"            # a category of the law, or "*": every category that this outcome does not name itself
    months = 3

No figure stands in the program. Each outcome of each category is covered exactly once.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from law.library import Library
from law.outcomes import SHORTEST, Outcome

EVERY = "*"
KEYS = frozenset({"outcome", "category", "months"})
MOST_NAMED = 6  # of what is missing, in one line

Pair = tuple[Outcome, str]


class RetentionFault(ValueError):
    """The retention file cannot be used; every fault at once."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods in months for each outcome of each category, and the digest of the file that says so."""

    months: Mapping[Pair, int]
    digest: str


def read_periods(path: Path, library: Library) -> Periods:
    """
    Read the file and see that it covers everything exactly once.

    Raises:
        RetentionFault: it cannot be read, or something in it is wrong, twice or missing; every fault at once.
    """
    try:
        raw = path.read_bytes()
        data = tomllib.loads(raw.decode("utf-8"))
    except (OSError, ValueError) as error:
        raise RetentionFault([f"{path.name} cannot be read: {error}"]) from error
    rows = data.get("period", [])
    faults = [f"{path.name}: unknown key {key}; allowed: period" for key in sorted(data.keys() - {"period"})]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RetentionFault([*faults, f"{path.name}: write each period as [[period]]"])
    named: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, start=1):
        wrong = list(_faults_of(row, library))
        pair = (row.get("outcome"), row.get("category"))
        if not wrong and pair in named:
            wrong = [f"{pair[0]} × {pair[1]} has a period already"]
        faults += [f"{path.name}, period {number}: {fault}" for fault in wrong]
        if not wrong:
            named[pair] = row["months"]
    months = _spread(named, library)
    faults += [f"{path.name}: {fault}" for fault in _gaps(named, months, library)]
    faults += [f"{path.name}: {fault}" for fault in _too_long(months)]
    if faults:
        raise RetentionFault(faults)
    return Periods(months, hashlib.sha256(raw).hexdigest())


def _faults_of(row: Mapping[str, Any], library: Library) -> Iterable[str]:
    if row.keys() != KEYS:
        yield f"a period has exactly the keys {', '.join(sorted(KEYS))}"
        return
    if row["outcome"] not in list(Outcome):
        yield f"unknown outcome {row['outcome']!r}; allowed: {', '.join(Outcome)}"
    if row["category"] != EVERY and row["category"] not in list(library.categories):
        yield f"unknown category {row['category']!r}; allowed: {EVERY}, {', '.join(library.categories)}"
    if type(row["months"]) is not int or row["months"] < 1:
        yield f"months = {row['months']!r}; allowed: a whole number from 1"


def _spread(named: Mapping[tuple[str, str], int], library: Library) -> dict[Pair, int]:
    """The period of each pair that is covered: named itself, or by "*" of its outcome."""
    found = {}
    for outcome in Outcome:
        for category in library.categories:
            months = named.get((outcome, category), named.get((outcome, EVERY)))
            if months is not None:
                found[outcome, category] = months
    return found


def _gaps(named: Mapping[tuple[str, str], int], months: Mapping[Pair, int], library: Library) -> Iterable[str]:
    for outcome in Outcome:
        missing = [category for category in library.categories if (outcome, category) not in months]
        if missing:
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            yield f"no period for {outcome} × {', '.join(missing[:MOST_NAMED])}{more}"
        if (outcome, EVERY) in named and all((outcome, category) in named for category in library.categories):
            yield f"{outcome} × {EVERY} covers nothing: every category has a period of its own"


def _too_long(months: Mapping[Pair, int]) -> Iterable[str]:
    """What was not illegal, or none of our business, is kept no longer than anything else (practice, section 3)."""
    for (outcome, category), period in months.items():
        others = [amount for (other, same), amount in months.items() if same == category and other not in SHORTEST]
        if outcome in SHORTEST and others and period > min(others):
            yield f"{outcome} × {category} has {period} months, but is kept no longer than any other: {min(others)}"
