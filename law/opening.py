"""
Opening one procedure: which host, which authority, which of several regimes, or a question for a person instead.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from law.catalogue import OrderStep
from law.checks import PRECONDITIONS, Question, may_open, person_concerned, signed
from law.conditions import condition_may_be_met_at
from law.facts import OrganisationFacts, PartyFacts, ReportFacts
from law.library import Library
from law.regime import Follow, Regime
from law.values import Citation, Text, all_on_day
from law.vocabulary import PartyKind

HOSTS = (PartyKind.ONLINE_PLATFORM, PartyKind.HOSTING_PROVIDER)


@dataclass(frozen=True, slots=True)
class Step:
    """One procedure to open. Nothing of it leaves before the condition `after` is met."""

    regime: str
    party: str  # the addressee's number
    why: Text
    citation: Citation
    after: str | None = None
    not_before: datetime | None = None  # when the passing of time alone will meet `after`


@dataclass(frozen=True, slots=True)
class Ask:
    """A matter for a person: its cause, about whom, and why."""

    cause: str
    party: str | None
    why: Text


@dataclass(frozen=True, slots=True)
class Route:
    """What is opened, in order; who must not be told; what a person is asked."""

    steps: tuple[Step, ...]
    never: frozenset[PartyKind]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What every question below needs."""

    report: ReportFacts
    organisation: OrganisationFacts
    library: Library
    now: datetime
    day: date
    category: str  # whose rules hold
    unsigned: list[Regime] = field(default_factory=list)  # passed over, because nobody signed them


def visible(case: Case, regime: Regime) -> bool:
    """
    Whether a lawyer's signature stands: a regime that nobody signed is passed over, and noted (practice, section 2).

    A proposal is only ever played, and an authority's own procedure sends nothing of ours: neither needs a signature.
    """
    if regime.proposal or regime.filing == "followed" or signed(regime, case.organisation, case.now):
        return True
    case.unsigned.append(regime)
    return False


def choose(case: Case, step: OrderStep, party: PartyFacts) -> Regime | None:
    """The regime of a step for this host: the first whose conditions hold, else the last of them if it is signed."""
    *better, last = step.regimes
    for id in better:
        regime = case.library.regime(id)
        if conditions_hold(case, regime, party):
            return regime
    regime = case.library.regime(last)
    if step.optional:
        behind = person_concerned(case.report, party, case.now)
        return regime if behind and conditions_hold(case, regime, party) else None
    return regime if visible(case, regime) else None


def conditions_hold(case: Case, regime: Regime, party: PartyFacts) -> bool:
    """In force, signed, the right kind of addressee, and every precondition of the file met."""
    question = Question(regime, case.report, party, case.organisation, case.now, case.day)
    usable = may_open(regime, case.organisation, case.day) and signed(regime, case.organisation, case.now)
    preconditions = all_on_day(regime.preconditions, case.day)
    kind_fits = party.kind in regime.addressees_on(case.day)
    return bool(usable) and kind_fits and all(PRECONDITIONS[one.id](question) for one in preconditions)


def hosts(report: ReportFacts) -> list[PartyFacts]:
    """Who can take it down: platforms before hosts. A CDN is never called the host."""
    return sorted((one for one in report.hosts if one.kind in HOSTS), key=lambda one: HOSTS.index(one.kind))


def hostless(case: Case) -> bool:
    """Whether every place is of a kind that has no host."""
    kinds = case.report.location_kinds
    return bool(kinds) and kinds <= set(case.library.order.hostless.locations)


def add_followed(
    case: Case, regime: Regime, one: Follow, steps: list[Step], asks: list[Ask], party: str | None
) -> None:
    """The authority's own procedure bears on the host; without one, it stands under the authority that acts."""
    host = next(iter(hosts(case.report)), None)
    number = host.number if host is not None else party
    if number is None:
        asks.append(fallback(case, "no_addressee"))
        return
    add(steps, step_for(case, regime, number, one.why, one.citation, one.after))


def add_authority(
    case: Case,
    regime: Regime,
    kind: PartyKind,
    why: Text,
    citation: Citation,
    steps: list[Step],
    asks: list[Ask],
    after: str | None = None,
) -> None:
    """Open the procedure at the authority of that kind, or ask who that is; unsigned, neither."""
    if not visible(case, regime):
        return
    country = regime.jurisdiction if len(regime.jurisdiction) == 2 and regime.jurisdiction != "EU" else None
    wanted = country or case.library.house.country
    anywhere = kind is PartyKind.HOTLINE_NETWORK
    fitting = [one for one in case.organisation.authorities if one.kind is kind]
    party = next((one for one in fitting if anywhere or one.country in (wanted, None)), None)
    if party is None:
        ask_once(asks, Ask("no_addressee", None, case.library.order.fallbacks["no_addressee"].why))
    else:
        add(steps, step_for(case, regime, party.number, why, citation, after))


def step_for(case: Case, regime: Regime, party: str, why: Text, citation: Citation, after: str | None) -> Step:
    not_before = condition_may_be_met_at(after, case.report) if after else None
    return Step(regime.id, party, why, citation, after, not_before)


def add(steps: list[Step], step: Step) -> None:
    """A procedure is opened once for one regime and one addressee."""
    if all((one.regime, one.party) != (step.regime, step.party) for one in steps):
        steps.append(step)


def ask_once(asks: list[Ask], ask: Ask) -> None:
    if ask not in asks:
        asks.append(ask)


def fallback(case: Case, cause: str, party: str | None = None) -> Ask:
    return Ask(cause, party, case.library.order.fallbacks[cause].why)
