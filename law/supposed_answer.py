"""
The whole answer to "what if somebody reported this": who gets what first, who must not be told, what a person is
asked, and how sure the law behind it is. The order is that of `law.decide.route`, the function that the flows use.
"""

from dataclasses import dataclass
from datetime import datetime

from law.decide import Step, route
from law.doubts import WEAK, Mark, marks, weak_law
from law.facts import PartyFacts
from law.gate import GateItem, complaint_needed, gate, law_day, our_rule
from law.library import Library
from law.regime import Regime
from law.supposed import Supposed, Supposition, suppose
from law.values import Citation, Text, on_day
from law.vocabulary import PartyKind, RuleKind

NEVER_WHY = Text(fr="N'est jamais informé, quelle que soit la catégorie.", en="Is never told, whatever the category.")
HOLD_WHY = Text(
    fr="La police a demandé que rien ne parte : seule l'information de la police continue.",
    en="The police asked that nothing leave: only information to the police goes on.",
)
HOLD_ENDS = Text(
    fr="À la fin de la retenue rien ne part de soi-même : une personne renouvelle ou lève.",
    en="At the end of the hold nothing leaves by itself: a person renews or releases it.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One step: who gets what under which regime, and what must still happen or be there."""

    step: Step
    regime: Regime
    kind: PartyKind
    held: bool
    basis: Citation | None  # why this regime is open to us on that day
    missing: tuple[GateItem, ...]  # what the gate would still ask


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is asked, and the rule that asks it."""

    cause: str
    why: Text
    citation: Citation


@dataclass(frozen=True, slots=True)
class Warned:
    """A reason not to rely on a regime, or on the order itself (`regime` is None)."""

    regime: str | None
    what: str  # a `Mark`, or "weak_law"
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is told before anything leaves."""

    order: tuple[Told, ...]
    never: tuple[PartyKind, ...]
    never_why: Text
    never_citation: Citation
    asks: tuple[Asked, ...]
    assumed: tuple[Text, ...]
    warnings: tuple[Warned, ...]


def answer(what: Supposition, library: Library, now: datetime, *, hold: bool = False) -> Answer:
    """What would happen to such a report at `now`."""
    supposed = suppose(what, library, now)
    found = route(supposed.report, supposed.organisation, library, now)
    told = tuple(_told(step, supposed, library, now, hold) for step in found.steps)
    asks = [Asked(one.cause, one.why, _asked_by(one.cause, library)) for one in found.asks]
    if complaint_needed(supposed.report, library) and not what.complaint:
        text = library.house.gate["complaint"]
        asks.append(Asked("complaint", text, our_rule(text.reference, library.house.last_checked)))
    if hold:
        asks.append(Asked("hold", HOLD_ENDS, our_rule("House practice 1.4", library.house.last_checked)))
    return Answer(
        told,
        tuple(sorted(found.never)),
        NEVER_WHY,
        library.order.never.citation,
        tuple(asks),
        supposed.assumed,
        _warnings(told, library, now),
    )


def _told(step: Step, supposed: Supposed, library: Library, now: datetime, hold: bool) -> Told:
    regime, party = library.regime(step.regime), _party(step.party, supposed)
    standing = on_day(regime.standings, law_day(now, library))
    asked = gate(regime, supposed.report, party, supposed.organisation, library, now)
    return Told(
        step=step,
        regime=regime,
        kind=party.kind,
        held=hold and party.kind is not PartyKind.POLICE,
        basis=standing.citation if standing else None,
        missing=asked.wanting,
    )


def _party(number: str, supposed: Supposed) -> PartyFacts:
    known = (*supposed.report.hosts, *supposed.organisation.authorities)
    return next(one for one in known if one.number == number)


def _asked_by(cause: str, library: Library) -> Citation:
    """The rule behind a question: a fallback of the order, or what a regime says should follow."""
    if cause in library.order.fallbacks:
        return library.order.fallbacks[cause].citation
    follows = (one for regime in library.regimes.values() for one in regime.follows if one.ask == cause)
    return next((one.citation for one in follows), library.order.never.citation)


def _warnings(told: tuple[Told, ...], library: Library, now: datetime) -> tuple[Warned, ...]:
    """Every regime used that is not in force, or whose law nobody read in its own words; and the order's own law."""
    day = law_day(now, library)
    found = []
    for regime in {one.regime.id: one.regime for one in told}.values():
        doubts = [mark for mark in marks(regime, day) if mark is not Mark.UNVERIFIED]
        found += [Warned(regime.id, mark, ()) for mark in doubts]
        if weak := weak_law(regime, day):
            found.append(Warned(regime.id, "weak_law", weak))
    cited = dict.fromkeys(one.step.citation for one in told)
    weak_order = tuple(one for one in cited if one.kind is RuleKind.LAW and one.confidence in WEAK)
    if weak_order:
        found.append(Warned(None, "weak_law", weak_order))
    return tuple(found)
