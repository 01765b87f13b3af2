"""
How sure a regime is: every value of it, its weakest statement, and the marks that each page about it must show.

A mark is never hidden: what is unverified, of unknown status or a proposal says so wherever it is used.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from law.regime import Regime
from law.values import Citation, Value
from law.vocabulary import Confidence, RegimeStatus, RuleKind

_SURENESS = tuple(Confidence)  # the surest first
WEAK = frozenset({Confidence.SECONDARY, Confidence.UNVERIFIED})  # no words of the law itself were read


class Mark(StrEnum):
    """What a page about a regime must show."""

    PROPOSAL = "proposal"  # no law
    UNKNOWN = "unknown"  # nobody knows whether it is in force on the day
    NOT_IN_FORCE = "not_in_force"  # expired, repealed, or not applicable yet on the day
    UNVERIFIED = "unverified"  # something in it comes from general knowledge, no source was located


def values_of(regime: Regime, day: date | None = None) -> tuple[Value, ...]:
    """Every value of a regime in the order of the pages; with a day, those that hold on it."""
    series: tuple[Iterable[Value], ...] = (
        regime.status, regime.standings, regime.categories, regime.addressee_values, regime.preconditions,
        regime.elements, regime.clocks, regime.follows, regime.duties, regime.hops, regime.contests, regime.measures,
    )  # fmt: skip
    return tuple(value for one in series for value in one if day is None or value.holds_on(day))


def weakest(values: Iterable[Value]) -> Confidence | None:
    """The least sure statement of law among these; None when all of it is our own. No source makes our own sure."""
    law = (one.citation.confidence for one in values if one.citation.kind is RuleKind.LAW)
    return max(law, key=_SURENESS.index, default=None)


def weakest_clock(regime: Regime, day: date) -> Confidence | None:
    """How sure the least sure clock of that day is, leaving aside the times that are ours alone."""
    return weakest(one for one in regime.clocks if one.holds_on(day))


def weak_law(regime: Regime, day: date) -> tuple[Citation, ...]:
    """What this regime takes from the law on that day without anybody having read the law's own words, once each."""
    found = [one.citation for one in values_of(regime, day)]
    return tuple(dict.fromkeys(one for one in found if one.kind is RuleKind.LAW and one.confidence in WEAK))


def unverified(regime: Regime, day: date | None = None) -> int:
    """How many statements of law of this regime nobody verified; our own rules have no source to verify."""
    citations = [one.citation for one in values_of(regime, day)]
    return sum(one.kind is RuleKind.LAW and one.confidence is Confidence.UNVERIFIED for one in citations)


def marks(regime: Regime, day: date | None = None) -> tuple[Mark, ...]:
    """The marks of a regime on a day; without one, those of its newest status, which do not change with the day."""
    status = regime.status[-1].value if day is None else regime.status_on(day)
    found = []
    if regime.proposal or status is RegimeStatus.PROPOSAL:
        found.append(Mark.PROPOSAL)
    elif status is RegimeStatus.UNKNOWN:
        found.append(Mark.UNKNOWN)
    elif status is not RegimeStatus.IN_FORCE and day is not None:
        found.append(Mark.NOT_IN_FORCE)
    if unverified(regime, day):
        found.append(Mark.UNVERIFIED)
    return tuple(found)
