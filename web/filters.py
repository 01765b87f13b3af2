"""What a reader may filter the list by: parsed from the address, every fault at once, never passed on unchecked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from law.library import Library
from law.vocabulary import ReportStage

NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
CAUSE: Final = re.compile(r"[a-z0-9_:/.-]{1,80}", re.IGNORECASE)
MOST_LABEL: Final = 80  # characters of an addressee's label


@dataclass(frozen=True, slots=True)
class Refused:
    """One value that cannot be a filter: which label it belongs to, what was given, what is allowed."""

    key: str
    given: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's filters and the place in it: `after` a number (older reports), or `before` one (newer reports)."""

    stage: ReportStage | None = None
    category: str | None = None
    addressee: str | None = None
    cause: str | None = None
    waiting: bool = False
    overdue: bool = False
    number: str | None = None
    after: str | None = None
    before: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is filtered; the place in the list does not count."""
        return self.query() == ""

    def query(self, **place: str) -> str:
        """These filters as the end of an address, without the place in the list unless one is given."""
        values = {
            "stage": self.stage, "category": self.category, "addressee": self.addressee, "cause": self.cause,
            "waiting": "1" if self.waiting else None, "overdue": "1" if self.overdue else None, "number": self.number,
        }  # fmt: skip
        given = {name: str(value) for name, value in (values | place).items() if value}
        return f"?{urlencode(given)}" if given else ""


def read_filters(asked: Mapping[str, str], library: Library) -> tuple[Filters, list[Refused]]:
    """The filters that an address asks for, and everything in it that cannot be one."""
    given = {name: value.strip() for name, value in asked.items()}
    faults: list[Refused] = []

    def one(name: str, allowed: str, good: bool) -> str | None:
        value = given.get(name) or None
        if value is not None and not good:
            faults.append(Refused(name, value[:MOST_LABEL], allowed))
            return None
        return value

    stage, category = given.get("stage", ""), given.get("category", "")
    label, cause = given.get("addressee", ""), given.get("cause", "")
    stages, categories = [str(each) for each in ReportStage], list(library.categories)
    found = one("stage", ", ".join(stages), stage in stages)
    numbers = {name: given.get(name, "").upper() for name in ("number", "after", "before")}
    example = "R-2026-000123, R-2026, 123"
    fits = {name: one(name, example, bool(NUMBER.fullmatch(value))) for name, value in numbers.items()}
    filters = Filters(
        stage=ReportStage(found) if found else None,
        category=one("category", ", ".join(categories), category in categories),
        addressee=one("addressee", "P-0042", label.isprintable() and len(label) <= MOST_LABEL),
        cause=one("cause", "missing:signed", bool(CAUSE.fullmatch(cause))),
        waiting=given.get("waiting", "") == "1",
        overdue=given.get("overdue", "") == "1",
        number=numbers["number"] if fits["number"] else None,
        after=numbers["after"] if fits["after"] else None,
        before=numbers["before"] if fits["before"] else None,
    )
    return filters, faults
