"""
Every counting rule by name.

Whether an end moves over a week-end is a property of the rule, not of its unit. `confidence` is that of the weakest
statement of counting.md that the rule rests on: text read, excerpt, secondary source, or from general knowledge only.
"""

from collections.abc import Callable
from typing import Any

from law.counting import Computation, Count, Rule
from law.counting_clear import count_beginning_with, count_clear_days
from law.counting_days import count_period, count_working_days
from law.counting_hours import count_court_hours, count_elapsed, count_eu_hours
from law.errors import UnknownRule
from law.vocabulary import Confidence

LOOKED_AT = "2026-11-22"  # the day on which counting.md was last looked at


def _rule(
    name: str,
    unit: str,
    reference: str,
    says_fr: str,
    says_en: str,
    count: Callable[[Count], Computation],
    confidence: Confidence,
    quote: str | None = None,
    **properties: Any,
) -> Rule:
    units = tuple(unit.split("|"))
    return Rule(name, units, reference, quote, LOOKED_AT, confidence, says_fr, says_en, count, **properties)


def _hours(name: str, reference: str, quote: str | None, says_fr: str, says_en: str, confidence: Confidence) -> Rule:
    return _rule(name, "hours", reference, says_fr, says_en, count_elapsed, confidence, quote, pauses=True)


_EU: dict[str, Any] = {
    "extends": True,
    "moved_by": "1182/71 Art. 3(4)",
    "excluded_by": "1182/71 Art. 3(1)",
    "uses_calendar": True,
    "two_working_days": True,
}
_FR: dict[str, Any] = {"extends": True, "moved_by": "CPC 642", "excluded_by": "CPC 641", "uses_calendar": True}

_ELAPSED = (
    _hours(
        "FR-LCEN/hours",
        "LCEN Art. 6-1; CPC 641-642 extend days, months and years only",
        None,
        "heures écoulées, sans prorogation en fin de semaine",
        "elapsed hours, not extended over a week-end",
        Confidence.UNVERIFIED,  # no ruling on the point was found
    ),
    _hours(
        "US-TIDA-48h",
        "TAKE IT DOWN Act Sec. 3, 47 U.S.C. 223a",
        "as soon as possible, but not later than 48 hours after receiving",
        "heures écoulées, la loi n'a pas de règle de fin de semaine",
        "elapsed hours, the Act has no week-end rule",
        Confidence.UNVERIFIED,  # the Act is text, but whether a court would read FRCP 6(a) into it is untested
    ),
    _hours(
        "UK-OSA-10(3A)/hours",
        "Online Safety Act 2023 s.10(3A)",
        "no later than 48 hours after the provider receives the report",
        "heures écoulées, sans exception de fin de semaine",
        "elapsed hours, no exception for week-ends",
        Confidence.SECONDARY,
    ),
    _hours(
        "OTHER/hours",
        "Elapsed hours where no text extends them",
        None,
        "heures écoulées, sans prorogation",
        "elapsed hours, no extension",
        Confidence.UNVERIFIED,
    ),
    _hours(
        "HOUSE/hours",
        "Our own time; no text of law",
        None,
        "heures écoulées ; délai de courtoisie, sans valeur légale",
        "elapsed hours; a courtesy time, without legal force",
        Confidence.UNVERIFIED,
    ),
)

_EUROPE = (
    _rule(
        "EU-1182-71/hours",
        "hours",
        "Regulation (EEC, Euratom) 1182/71 Art. 3(1), 3(2)(a); 3(4) moves no period in hours",
        "heures entières après celle du fait, sans prorogation",
        "whole hours after the hour of the event, not extended",
        count_eu_hours,
        Confidence.UNVERIFIED,
        excluded_by="1182/71 Art. 3(1)",
    ),
    _rule(
        "EU-1182-71/days",
        "days",
        "Regulation (EEC, Euratom) 1182/71 Art. 3(1) to 3(5)",
        "jours de calendrier",
        "calendar days",
        count_period,
        Confidence.UNVERIFIED,
        **_EU,
    ),
    _rule(
        "EU-1182-71/working-days",
        "working_days",
        "Regulation (EEC, Euratom) 1182/71 Art. 2(2), 3(1), 3(3)",
        "jours ouvrables",
        "working days",
        count_working_days,
        Confidence.UNVERIFIED,
        **_EU,
    ),
    _rule(
        "EU-1182-71/weeks-months-years",
        "weeks|months|years",
        "Regulation (EEC, Euratom) 1182/71 Art. 3(1), 3(2), 3(4), 3(5)",
        "même jour de la semaine ou même quantième",
        "same weekday or same date",
        count_period,
        Confidence.UNVERIFIED,
        **_EU,
    ),
)

_FRANCE = (
    _rule(
        "FR-CPC-641-642/days",
        "days",
        "Code de procédure civile, art. 641, 642",
        "jours de calendrier",
        "calendar days",
        count_period,
        Confidence.TEXT,
        **_FR,
    ),
    _rule(
        "FR-CPC-641-642/months-years",
        "months|years|months_then_days",
        "Code de procédure civile, art. 641, 642",
        "même quantième",
        "same date",
        count_period,
        Confidence.TEXT,
        **_FR,
    ),
)

_COMMON_LAW = (
    _rule(
        "US-FRCP-6a1/days",
        "days",
        "Federal Rules of Civil Procedure, rule 6(a)(1), 6(a)(5), 6(a)(6)",
        "jours de calendrier",
        "calendar days",
        count_period,
        Confidence.TEXT,
        extends=True,
        moved_by="FRCP 6(a)(1), 6(a)(5)",
        excluded_by="FRCP 6(a)(1)",
        uses_calendar=True,
        directions=("after", "before"),
    ),
    _rule(
        "US-FRCP-6a2/hours",
        "hours",
        "Federal Rules of Civil Procedure, rule 6(a)(2)",
        "chaque heure compte",
        "every hour counts",
        count_court_hours,
        Confidence.TEXT,
        extends=True,
        moved_by="FRCP 6(a)(2)",
        uses_calendar=True,
    ),
    _rule(
        "UK-CPR-2.8/days",
        "clear_days",
        "Civil Procedure Rules, rule 2.8",
        "jours francs",
        "clear days",
        count_clear_days,
        Confidence.TEXT,
        excluded_by="CPR 2.8",
        uses_calendar=True,
        directions=("after", "before", "earliest"),
        from_date=True,
    ),
    _rule(
        "UK-BEGINNING-WITH/days",
        "days",
        "Statutes that say 'beginning with' a date",
        "jours de calendrier, la date comprise, sans prorogation",
        "calendar days, the date included, not extended",
        count_beginning_with,
        Confidence.UNVERIFIED,
        from_date=True,
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in (*_ELAPSED, *_EUROPE, *_FRANCE, *_COMMON_LAW)}


def rule_named(name: str) -> Rule:
    """The rule of that name, or `UnknownRule` with the names that exist."""
    if name not in RULES:
        raise UnknownRule(name, RULES)
    return RULES[name]
