"""
Who is told what, in which order, and what follows an outcome. Pure: facts and a given `now` in, a route out.

The order itself is data: `law/order.toml` and the `follows` of each regime. This file only reads it.
"""

from collections.abc import Iterable
from datetime import datetime

from law.answers import answer_clock, first_look_at, outcome_when_over, reminder_at, spacing, watch_days
from law.catalogue import OrderRule, OrderStep
from law.checks import may_open
from law.conditions import condition_may_be_met_at, condition_met
from law.facts import OrganisationFacts, ReportFacts
from law.gate import law_day, proposal_addressee, treated_as
from law.library import Library
from law.opening import (
    Ask,
    Case,
    Route,
    Step,
    add,
    add_authority,
    add_followed,
    choose,
    fallback,
    hostless,
    hosts,
    step_for,
    visible,
)
from law.regime import Follow, Regime
from law.vocabulary import Depicted, Fact, PartyKind, Stage

__all__ = [
    "UNSIGNED",
    "Ask",
    "Route",
    "Step",
    "answer_clock",
    "condition_may_be_met_at",
    "condition_met",
    "first_look_at",
    "follow",
    "outcome_when_over",
    "reminder_at",
    "route",
    "spacing",
    "watch_days",
]

UNSIGNED = "unsigned"  # the cause of the matter that a lawyer's signature settles
FAILED = frozenset({Stage.MISSED, Stage.UNANSWERED, Stage.REFUSED})


def route(report: ReportFacts, organisation: OrganisationFacts, library: Library, now: datetime) -> Route:
    """Who is told first. A content that came back takes the shortened ladder: notice and escalation at once."""
    case = _case(report, organisation, library, now)
    stop = _stopped(case)
    if stop is not None:
        return _route(case, (), (fallback(case, stop),))
    rule = library.order.rule(case.category, library.order.hosted(report.hosted_in), case.day)
    if rule is None:
        return _route(case, (), (fallback(case, "nothing_follows"),))
    steps: list[Step] = []
    asks: list[Ask] = [] if case.category == report.category else [fallback(case, "minor_is_csam")]
    for step in rule.steps:
        _take(case, rule, step, steps, asks)
    if report.returns:
        for opened in tuple(steps):
            _at_once(case, opened, steps, asks)
    return _route(case, steps, asks)


def follow(
    regime: Regime,
    outcome: Stage | Fact,
    report: ReportFacts,
    organisation: OrganisationFacts,
    library: Library,
    now: datetime,
    *,
    party: str | None = None,
) -> Route:
    """
    What follows an outcome of a procedure (or `Fact.ACTED`: the authority opened its own).

    `party` is the addressee of the procedure that ended: after a failed notice the next host is told.
    """
    case = _case(report, organisation, library, now)
    if outcome is Stage.MOVED:
        return route(report, organisation, library, now)
    follows = [one for one in regime.follows_on(case.day) if outcome in one.on and _applies(case, one)]
    if not follows and outcome not in FAILED:
        return _route(case, (), ())
    stop = _stopped(case)
    if stop is not None:
        return _route(case, (), (fallback(case, stop),))
    steps: list[Step] = []
    asks: list[Ask] = []
    if outcome in FAILED:
        _next_host(case, regime, party, steps)
    for one in follows:
        _open(case, one, steps, asks, party)
    if not steps and not asks and not case.unsigned:
        asks.append(fallback(case, "nothing_follows", party))
    return _route(case, steps, asks)


def _case(report: ReportFacts, organisation: OrganisationFacts, library: Library, now: datetime) -> Case:
    return Case(report, organisation, library, now, law_day(now, library), treated_as(report, library))


def _stopped(case: Case) -> str | None:
    """The fallback that lets nothing leave, if one holds: a person decides instead."""
    report, category = case.report, case.library.categories.get(case.category)
    if not report.public:
        return "private_content"
    if category is None or (category.depicted and report.depicted not in category.depicted):
        return "who_is_shown"
    if category.victim_decides:
        if report.wish == "nothing":
            return "wish_nothing"
        if report.wish != "removal":
            return "wish_unknown"
        if hostless(case) and report.depicted is Depicted.ADULT:
            return "victim_no_host"
    return None


def _take(case: Case, rule: OrderRule, step: OrderStep, steps: list[Step], asks: list[Ask]) -> None:
    """Turn one step of the order into a procedure, or into a question."""
    if step.to != "host":
        regime = case.library.regime(step.regimes[0])
        add_authority(case, regime, step.to, rule.why, rule.citation, steps, asks, step.after)
        return
    if hostless(case):
        _instead_of_host(case, steps, asks)
        return
    party = next(iter(hosts(case.report)), None)
    if party is None:
        if step.after is None and not step.optional:
            asks.append(_no_host_known(case))
        return
    chosen = choose(case, step, party)
    if chosen is not None:
        add(steps, step_for(case, chosen, party.number, rule.why, rule.citation, step.after))


def _no_host_known(case: Case) -> Ask:
    cdn = next((one for one in case.report.hosts if one.kind is PartyKind.CDN), None)
    return fallback(case, "cdn_asked_who_hosts", cdn.number) if cdn else fallback(case, "no_addressee")


def _instead_of_host(case: Case, steps: list[Step], asks: list[Ask]) -> None:
    """No host means no notice: the fallback's own regime, once."""
    other = case.library.order.fallbacks["no_host"]
    if other.instead and other.to:
        regime = case.library.regime(other.instead)
        add_authority(case, regime, other.to, other.why, other.citation, steps, asks)


def _at_once(case: Case, opened: Step, steps: list[Step], asks: list[Ask]) -> None:
    """After a return the escalation does not wait for another silence."""
    for one in case.library.regime(opened.regime).follows_on(case.day):
        if one.at_once_on_return and _applies(case, one):
            _open(case, one, steps, asks, opened.party)


def _applies(case: Case, one: Follow) -> bool:
    in_scope = not one.categories or case.category in one.categories
    return in_scope and (one.when is None or condition_met(one.when, case.report, case.now))


def _next_host(case: Case, regime: Regime, party: str | None, steps: list[Step]) -> None:
    """After a failed notice, the host behind the platform, by the same step of the order."""
    found = hosts(case.report)
    numbers = [one.number for one in found]
    behind = found[(numbers.index(party) if party in numbers else 0) + 1 :]
    rule = case.library.order.rule(case.category, case.library.order.hosted(case.report.hosted_in), case.day)
    step = next((one for one in rule.steps if regime.id in one.first_of), None) if rule else None
    if rule is None or step is None or not behind or hostless(case):
        return
    chosen = choose(case, step, behind[0])
    if chosen is not None:
        add(steps, step_for(case, chosen, behind[0].number, rule.why, rule.citation, step.after))


def _open(case: Case, one: Follow, steps: list[Step], asks: list[Ask], party: str | None) -> None:
    """Open what a `follows` names, or ask what it asks."""
    if one.ask is not None:
        asks.append(Ask(one.ask, party, one.why))
    for id in one.opens:
        regime = case.library.regime(id)
        if regime.proposal and not may_open(regime, case.organisation, case.day):
            continue  # a proposal is invisible outside a simulation
        if regime.filing == "followed":
            add_followed(case, regime, one, steps, asks, party)
            continue
        kinds = proposal_addressee(regime, case.organisation) if regime.proposal else regime.addressees_on(case.day)
        host = next((each for each in hosts(case.report) if each.kind in kinds), None)
        if host is not None:
            if visible(case, regime):
                add(steps, step_for(case, regime, host.number, one.why, one.citation, one.after))
        elif kinds:
            add_authority(case, regime, kinds[0], one.why, one.citation, steps, asks, one.after)


def _route(case: Case, steps: Iterable[Step], asks: Iterable[Ask]) -> Route:
    """The whole answer; what nothing but signatures keeps from being done is put to the lawyer, never forgotten."""
    opened, asked = tuple(steps), tuple(asks)
    if _waits_for_signatures(case, opened, asked):
        asked += (fallback(case, UNSIGNED),)
    return Route(opened, frozenset(case.library.order.never.parties), asked)


def _waits_for_signatures(case: Case, steps: tuple[Step, ...], asks: tuple[Ask, ...]) -> bool:
    """Whether regimes were passed over and nothing else is done, or a step waits for the police, whom nobody tells."""
    if not steps and all(ask.cause == "minor_is_csam" for ask in asks):  # to requalify opens nothing
        return bool(case.unsigned)
    held = any(one.after and not condition_met(one.after, case.report, case.now) for one in steps)
    return held and any(PartyKind.POLICE in regime.addressees_on(case.day) for regime in case.unsigned)
