"""
Public holidays behind one function, with the year up to which its answers were compared with a source.

The calendars: FR (metropolitan France without Alsace-Moselle), IE, US (federal), EW (England and Wales), none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from law.errors import LawError

# The tables of the library `holidays` were compared, day by day, with the lists of counting.md, section 8, which name
# every holiday of 2026 and 2027 for the four calendars; a test compares them again. No list of a later year was read,
# and a parliament may change one, so what is counted in a later year says so in its steps.
CHECKED_FROM, CHECKED_UNTIL = 2026, 2027
LAST_TABLE = 2100  # the library holds no later year and would answer "no holiday" in silence

# "Art. 2(1): public holidays are those designated in the Member State or institution where the action is to be taken"
# (counting.md, section 3); "US and IE do not add observed days for holidays falling on a week-end" (section 8), while
# England and Wales have substitute days: Mon 2026-12-28, Mon 2027-12-27, Tue 2027-12-28.
_TABLES: dict[str, tuple[str, str | None, bool, str]] = {
    "FR": ("FR", None, False, "fr"),  # country, part, observed days, language of the French names
    "IE": ("IE", None, False, "en_US"),
    "US": ("US", None, False, "en_US"),
    "EW": ("GB", "ENG", True, "en_US"),
}
# Our French for the names that the library gives in English only.
_EN_FRANCAIS = {
    "New Year's Day": "jour de l'an",
    "Saint Brigid's Day": "Sainte-Brigitte",
    "Saint Patrick's Day": "Saint-Patrick",
    "Good Friday": "vendredi saint",
    "Easter Monday": "lundi de Pâques",
    "May Day": "1er lundi de mai",
    "May Bank Holiday": "1er lundi de mai",
    "Spring Bank Holiday": "dernier lundi de mai",
    "June Bank Holiday": "1er lundi de juin",
    "August Bank Holiday": "1er lundi d'août",
    "Late Summer Bank Holiday": "dernier lundi d'août",
    "October Bank Holiday": "dernier lundi d'octobre",
    "Christmas Day": "Noël",
    "Boxing Day": "lendemain de Noël",
    "Saint Stephen's Day": "Saint-Étienne",
    "Martin Luther King Jr. Day": "jour de Martin Luther King",
    "Washington's Birthday": "anniversaire de Washington",
    "Memorial Day": "Memorial Day",
    "Juneteenth National Independence Day": "Juneteenth",
    "Independence Day": "fête de l'Indépendance",
    "Labor Day": "fête du travail",
    "Columbus Day": "jour de Christophe Colomb",
    "Veterans Day": "jour des anciens combattants",
    "Thanksgiving Day": "Thanksgiving",
}
CALENDARS: dict[str, tuple[str, str]] = {
    "FR": ("France métropolitaine sans l'Alsace-Moselle", "metropolitan France without Alsace-Moselle"),
    "IE": ("Irlande", "Ireland"),
    "US": ("États-Unis, fédéral", "United States, federal"),
    "EW": ("Angleterre et pays de Galles", "England and Wales"),
    "none": ("sans jours fériés", "without public holidays"),
}


class UnknownCalendar(LawError):
    """No calendar of that name; allowed: FR, IE, US, EW, none."""


class BeyondCalendar(LawError):
    """No table of public holidays reaches that year; allowed: up to 2100."""


class Holiday(NamedTuple):
    """One public holiday."""

    day: date
    fr: str
    en: str


@lru_cache(maxsize=512)
def public_holidays(calendar: str, year: int) -> dict[date, Holiday]:
    """
    The public holidays of one calendar in one year, by day; do not change the answer, it is shared.

    Compared with a source up to `CHECKED_UNTIL`. Raises `UnknownCalendar`, or `BeyondCalendar` after 2100.
    """
    if calendar not in CALENDARS:
        raise UnknownCalendar(f"unknown calendar {calendar!r}; allowed: {', '.join(CALENDARS)}")
    if calendar == "none":
        return {}
    if year > LAST_TABLE:
        raise BeyondCalendar(f"no table of public holidays of {calendar} for {year}; allowed: up to {LAST_TABLE}")
    import holidays  # only a rule that needs a calendar pays for it

    country, part, observed, language = _TABLES[calendar]
    en = holidays.country_holidays(country, subdiv=part, years=year, observed=observed, language="en_US")
    if language == "en_US":
        return {day: Holiday(day, _french(en[day]), en[day]) for day in sorted(en)}
    fr = holidays.country_holidays(country, subdiv=part, years=year, observed=observed, language=language)
    return {day: Holiday(day, fr[day], en[day]) for day in sorted(en)}


def _french(name: str) -> str:
    """Our French for an English name; the English name where we have none."""
    plain = name.removesuffix(" (observed)")
    return _EN_FRANCAIS.get(plain, plain) + (" (jour de remplacement)" if plain != name else "")


def calendar_version() -> str:
    """Which table it is, such as `holidays 0.109`."""
    from holidays.version import __version__

    return f"holidays {__version__}"


@dataclass(slots=True)
class Calendar:
    """
    Which days are closed: Saturdays, Sundays and the public holidays of one calendar.

    It remembers the first and the last day that it was asked about, so that a certificate can embed that window.
    """

    name: str
    version: str
    checked_from: int
    checked_until: int
    lookup: Callable[[date], Holiday | None]
    first: date | None = None
    last: date | None = None

    def closed(self, day: date) -> tuple[str, str] | None:
        """Why that day is no working day, in French and English; None for a working day."""
        # "Working days: all days other than public holidays, Sundays and Saturdays" (Regulation 1182/71 Art. 2(2));
        # "a Saturday, a Sunday or a public or non-working day" (CPC 642); "a Saturday, Sunday or legal holiday"
        # (FRCP 6(a)); "Saturdays, Sundays, bank holidays, Christmas Day and Good Friday" (CPR 2.8).
        self.first = day if self.first is None or day < self.first else self.first
        self.last = day if self.last is None or day > self.last else self.last
        holiday = self.lookup(day)
        if holiday is not None:
            return f"férié, {holiday.fr}", f"public holiday, {holiday.en}"
        return (("samedi", "Saturday"), ("dimanche", "Sunday"))[day.weekday() - 5] if day.weekday() > 4 else None

    def used(self) -> tuple[Holiday, ...]:
        """Every public holiday between the first and the last day asked about."""
        if self.first is None or self.last is None:
            return ()
        days = ((self.first + timedelta(days=n)) for n in range((self.last - self.first).days + 1))
        return tuple(found for day in days if (found := self.lookup(day)) is not None)

    @property
    def beyond(self) -> bool:
        """Whether it was asked about a year that nobody compared with a source."""
        return self.name != "none" and self.last is not None and self.last.year > self.checked_until


def calendar_named(name: str, *, used: bool = True) -> Calendar:
    """The calendar of that name, from the library; `used=False` for a rule that never looks at it."""
    if name not in CALENDARS:
        raise UnknownCalendar(f"unknown calendar {name!r}; allowed: {', '.join(CALENDARS)}")
    version = calendar_version() if used and name != "none" else ""

    def lookup(day: date) -> Holiday | None:
        return public_holidays(name, day.year).get(day)

    return Calendar(name, version, CHECKED_FROM, CHECKED_UNTIL, lookup)
