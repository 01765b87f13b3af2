"""
Any clock of any regime, not only the one that drives a procedure of ours: its certificate, what defers it, what an
authority may change about it; and the preconditions that count time or earlier acts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from law.certificate import Certificate, certify
from law.clock import aware
from law.counting_days import corresponding_day
from law.errors import BadCount
from law.facts import ReceiptFacts
from law.library import Library
from law.regime import Adjustment, Clock, Precondition, Regime
from law.values import PreconditionId

Ground = Literal["force_majeure", "clarification"]
# How long a unit is, to compare a changed maximum with the one of the law.
HOURS = {"hours": 1, "days": 24, "working_days": 24, "weeks": 168, "months": 720, "years": 8_760}


def certificate_for(
    regime: Regime,
    clock: Clock,
    start: ReceiptFacts,
    library: Library,
    *,
    deferred_to: datetime | None = None,
    ground: Ground | None = None,
    changed_to: tuple[int, str] | None = None,
) -> Certificate:
    """
    The certificate of one clock, from the fact that starts it (`start.given_at`).

    `deferred_to` is when the ground that kept it from starting was over; `changed_to` is what an authority made of a
    maximum, as (amount, unit).

    Raises:
        BadCount: nobody read how it is counted, the ground does not defer it, or the authority may not change it so.
    """
    if clock.rule is None or clock.amount is None:
        raise BadCount(f"{regime.id}, {clock.id}: no number with a counting rule was read; it is told, never computed")
    if (deferred_to is None) != (ground is None) or (ground is not None and ground not in clock.deferred_by):
        named = ", ".join(clock.deferred_by) or "nothing"
        raise BadCount(f"{regime.id}, {clock.id}: its start is deferred by {named}; give the ground and its end")
    amount, unit = changed_to if changed_to is not None else (clock.amount, clock.unit)
    if changed_to is not None:
        _allowed(regime, clock, amount, unit)
    return certify(
        regime=regime.id,
        regime_digest=regime.digest,
        kind=clock.kind,
        rule=clock.rule,
        amount=amount,
        unit=unit,
        zone=clock.zone or library.house.zone,
        confidence=clock.citation.confidence,
        citation=clock.citation.reference,
        fact=clock.starts,
        at=start.given_at,
        proof=start.proof,
        receipt=start.level,
        receipt_proven=start.level.level >= clock.minimum_receipt.level,
        clock_start=deferred_to,
        calendar=clock.calendar or "none",
    )


def _allowed(regime: Regime, clock: Clock, amount: int, unit: str) -> None:
    """An authority makes a maximum longer or shorter only as far as the regime says."""
    rule, own = clock.adjustment, (clock.amount or 0) * HOURS[clock.unit]
    wanted = amount * HOURS.get(unit, 0)
    if rule is None or not wanted or (wanted > own and not rule.longer) or (wanted < own and not rule.shorter):
        raise BadCount(f"{regime.id}, {clock.id}: nobody may make it {amount} {unit}; {_says(rule)}")
    if rule.up_to is not None and rule.unit is not None and wanted > rule.up_to * HOURS[rule.unit]:
        raise BadCount(f"{regime.id}, {clock.id}: {amount} {unit} is more than {rule.up_to} {rule.unit}")


def _says(rule: Adjustment | None) -> str:
    if rule is None:
        return "its number is fixed"
    ways = [word for word, may in (("longer", rule.longer), ("shorter", rule.shorter)) if may]
    return f"the {rule.by} may make it {' or '.join(ways)}"


def earlier_acts(condition: Precondition, acts: Sequence[datetime], now: datetime) -> str | None:
    """
    Proof that there were so many earlier acts in so many months before `now`, or None.

    Raises:
        ValueError: the condition counts no acts.
    """
    if condition.id is not PreconditionId.EARLIER_ACTS or condition.count is None or condition.within is None:
        raise ValueError("this precondition counts no earlier acts")
    today = aware(now).date()
    counted = [
        act
        for act in acts
        if aware(act) <= aware(now) and corresponding_day(aware(act).date(), condition.within, "months") >= today
    ]
    return f"{len(counted)} acts in {condition.within} months" if len(counted) >= condition.count else None


def wait_over(certificate: Certificate, now: datetime) -> str | None:
    """Proof that a minimum wait is over, or None: before its end the next step is not lawful."""
    return f"waited until {certificate.end_local}" if aware(now) >= certificate.end else None
