"""
What a changed or new regime would do to what is open now, without doing it: pure, and nothing is written.

The changed file is taken as signed: the question is what it would do, not whether it may.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from law.answers import answer_clock, outcome_when_over
from law.certificate import Certificate
from law.decide import Step, follow, route
from law.errors import BadCount
from law.facts import OrganisationFacts, PartyFacts, ReceiptFacts, ReportFacts, SignatureFacts
from law.gate import gate, law_day
from law.library import Library
from law.lifecycle import move
from law.vocabulary import RegimeStatus, RuleKind, Stage

Kind = Literal[
    "loses_ground", "no_clock", "moves", "over_now", "opens", "no_longer_opens", "would_leave", "would_wait"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would be otherwise for one report: never an address, never a name."""

    kind: Kind
    regime: str
    party: str | None = None  # the addressee's number
    before: datetime | None = None  # the end of the clock as it stands, UTC
    after: datetime | None = None
    what: str = ""  # what would be sent or waited for, the new status, or why nothing can be counted
    clock: RuleKind | None = None  # whether the new time is the law's or ours
    condition: str | None = None  # before it is met nothing of what opens leaves


@dataclass(frozen=True, slots=True)
class Standing:
    """One open procedure as the law sees it."""

    regime: str
    stage: Stage
    party: PartyFacts | None
    receipt: ReceiptFacts | None = None  # of a running one
    ends_at: datetime | None = None
    outcome: Stage = Stage.UNANSWERED  # what the end of its present clock would be called
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """The law and our house, before or after the change."""

    library: Library
    organisation: OrganisationFacts
    zone: str


def as_signed(organisation: OrganisationFacts, library: Library, id: str, until: datetime) -> OrganisationFacts:
    """The same house with the changed regime signed, and the standing orders given for its older version kept."""
    digest = library.regime(id).digest
    orders = tuple(replace(one, digest=digest) if one.regime == id else one for one in organisation.standing_orders)
    signature = SignatureFacts(id, digest, "whatif", until)
    return replace(organisation, signatures=(*organisation.signatures, signature), standing_orders=orders)


def of_procedure(one: Standing, report: ReportFacts, before: World, after: World, now: datetime) -> list[Effect]:
    """What would be otherwise for one open procedure under the changed regime."""
    if one.stage in (Stage.OPENED, Stage.WAITING):
        return _of_the_gate(one, report, before, after, now)
    if one.stage is not Stage.RUNNING or one.receipt is None or one.ends_at is None:
        return []
    regime = after.library.regime(one.regime)
    number = one.party.number if one.party else None
    found = _lost_ground(one, before, after, now)
    certificate = _counted(one, one.receipt, report, after)
    if isinstance(certificate, Effect):
        return [*found, certificate]  # without an end nothing is said of what comes after it
    if certificate.end != one.ends_at:
        found.append(Effect("moves", regime.id, number, one.ends_at, certificate.end, clock=certificate.kind))
    over_now = certificate.end <= now < one.ends_at
    outcome = move(Stage.RUNNING, outcome_when_over(certificate))
    if not over_now and outcome is one.outcome and regime.follows == before.library.regime(one.regime).follows:
        return found  # the same ladder after the same outcome
    new = _sent(follow(regime, outcome, report, after.organisation, after.library, now, party=number).steps)
    if over_now:
        said = ", ".join(sorted(name for name, _ in new))
        found.append(Effect("over_now", regime.id, number, one.ends_at, certificate.end, said, certificate.kind))
    present = before.library.regime(one.regime)
    old = follow(present, one.outcome, report, before.organisation, before.library, now, party=number)
    return found + _difference(_sent(old.steps), new, number)


def of_new_report(report: ReportFacts, before: World, after: World, now: datetime) -> list[Effect]:
    """What would be otherwise for a report that waits to be routed."""
    old = _sent(route(report, before.organisation, before.library, now).steps)
    new = _sent(route(report, after.organisation, after.library, now).steps)
    return _difference(old, new, None)


def _lost_ground(one: Standing, before: World, after: World, now: datetime) -> list[Effect]:
    """A letter that left under a law in force, which by the changed file is not in force today."""
    old, new = (world.library.regime(one.regime).status_on(law_day(now, world.library)) for world in (before, after))
    if old is not RegimeStatus.IN_FORCE or new is RegimeStatus.IN_FORCE:
        return []
    number = one.party.number if one.party else None
    return [Effect("loses_ground", after.library.regime(one.regime).id, number, what=str(new))]


def _counted(one: Standing, receipt: ReceiptFacts, report: ReportFacts, after: World) -> Certificate | Effect:
    """The answer clock under the changed law; an effect when that law has none, or one that cannot be counted."""
    regime = after.library.regime(one.regime)
    try:
        return answer_clock(regime, report, receipt, after.library, after.zone)
    except BadCount as error:
        number = one.party.number if one.party else None
        return Effect("no_clock", regime.id, number, one.ends_at, what=str(error))


def _of_the_gate(one: Standing, report: ReportFacts, before: World, after: World, now: datetime) -> list[Effect]:
    """A letter that waits and would leave, or that would wait for something that it does not wait for today."""
    number = one.party.number if one.party else None
    wanting = [
        [
            item.id
            for item in gate(
                world.library.regime(one.regime),
                report,
                one.party,
                world.organisation,
                world.library,
                now,
                overridden=one.overridden,
            ).wanting
        ]
        for world in (before, after)
    ]
    if wanting[0] and not wanting[1]:
        return [Effect("would_leave", one.regime, number, what=str(after.library.regime(one.regime).letter))]
    if more := [item for item in wanting[1] if item not in wanting[0]]:
        return [Effect("would_wait", one.regime, number, what=", ".join(more))]
    return []


Sent = set[tuple[str, str]]  # "regime to party", and the condition before which nothing leaves, "" for none


def _sent(steps: Iterable[Step]) -> Sent:
    return {(f"{step.regime} to {step.party}", str(step.after or "")) for step in steps}


def _difference(old: Sent, new: Sent, party: str | None) -> list[Effect]:
    kinds: tuple[tuple[Kind, Sent], ...] = (("opens", new - old), ("no_longer_opens", old - new))
    return [
        Effect(kind, what.split(" to ")[0], party, what=what, condition=condition or None)
        for kind, sent in kinds
        for what, condition in sorted(sent)
    ]
