"""Whether a measure may be extended by one more period, and from which day that period counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from law.clock import aware, zone_named
from law.measure import BadMeasure
from law.regime import Duration


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a measure that was in force, `[start, ends)`; `lifted` when a fact ended it before its time."""

    start: datetime
    ends: datetime
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """Whether one more period is allowed; if so, when it starts (UTC) and the day it counts from (day 0)."""

    allowed: bool
    why_fr: str
    why_en: str
    start: datetime | None = None
    counted_from: date | None = None


def may_extend(duration: Duration, periods: Sequence[Period], zone: str, *, court_set: int | None = None) -> Extension:
    """
    Whether one more period may follow `periods`, oldest first; `court_set` is the number of extensions in the order.

    The next period starts when the last one ends. It counts from the last day of that one; where a period ends before
    the corresponding date, from that date. Raises `NaiveTime`, `UnknownZone`, or `BadMeasure` for a broken history.
    """
    where, limit = zone_named(zone), court_set if duration.renewals == "set_by_court" else None
    found = _faults_of_history(periods, court_set)
    if found:
        raise BadMeasure(found)
    used = len(periods) - 1
    if duration.renewals == "none":
        return Extension(False, "La règle ne prévoit pas de prolongation", "The rule knows no extension")
    if periods[-1].lifted:
        return Extension(False, "Un fait a mis fin à la mesure : nouvelle demande", "A fact ended it: a new request")
    if duration.renewals == "set_by_court" and limit is None:
        return Extension(False, "L'ordonnance ne permet pas de prolongation", "The order allows no extension")
    if limit is not None and used >= limit:
        fr, en = f"Prolongations épuisées ({used} sur {limit})", f"Extensions used up ({used} of {limit})"
        return Extension(False, f"{fr} : nouvelle demande au juge", f"{en}: a new request to the court")
    start = aware(periods[-1].ends)
    strict = duration.counting == "before_corresponding_day"
    day = (start if strict else start - timedelta(microseconds=1)).astimezone(where).date()
    of = "sans limite" if limit is None else f"{used + 1} sur {limit}"
    of_en = "without limit" if limit is None else f"{used + 1} of {limit}"
    return Extension(True, f"Prolongation permise ({of})", f"Extension allowed ({of_en})", start, day)


def _faults_of_history(periods: Sequence[Period], court_set: int | None) -> list[tuple[str, str]]:
    found = []
    if not periods:
        found.append(("periods", "are none; allowed: at least the first period"))
    if court_set is not None and court_set < 0:
        found.append(("court_set", f"is {court_set}; allowed: 0 or more"))
    for number, (one, following) in enumerate(pairwise(periods), start=1):
        if aware(one.ends) != aware(following.start):
            says = "does not end when the next one starts; allowed: no gap and no overlap"
            found.append(("periods", f"period {number} {says}"))
    found += [
        ("periods", f"period {number} ends before it starts; allowed: an end after the start")
        for number, one in enumerate(periods, start=1)
        if aware(one.ends) <= aware(one.start)
    ]
    return found
