"""
The life of a procedure as one table, and the stage of a report as one function.

`MOVES` is the whole truth: what is not in it cannot happen. A report has no life of its own: its stage is derived
from its procedures, its sights and its holds, and only cached on its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from law.vocabulary import Fact, PartyKind, ReportStage, Stage

MOVES: dict[tuple[Stage, Fact], Stage] = {
    # before anything left the house
    (Stage.OPENED, Fact.FOUND_WANTING): Stage.WAITING,
    (Stage.OPENED, Fact.GIVEN): Stage.RUNNING,
    (Stage.OPENED, Fact.ACTED): Stage.RUNNING,
    (Stage.OPENED, Fact.NOT_DELIVERED): Stage.WAITING,
    (Stage.OPENED, Fact.WENT): Stage.WITHDRAWN,  # gone before we wrote: nobody complied with anything
    (Stage.OPENED, Fact.LEFT): Stage.MOVED,
    (Stage.OPENED, Fact.TAKEN_BACK): Stage.WITHDRAWN,
    # a person must do something first
    (Stage.WAITING, Fact.FOUND_WANTING): Stage.WAITING,
    (Stage.WAITING, Fact.SUPPLIED): Stage.OPENED,
    (Stage.WAITING, Fact.GIVEN): Stage.RUNNING,
    (Stage.WAITING, Fact.ACTED): Stage.RUNNING,
    (Stage.WAITING, Fact.NOT_DELIVERED): Stage.WAITING,
    (Stage.WAITING, Fact.WENT): Stage.WITHDRAWN,
    (Stage.WAITING, Fact.LEFT): Stage.MOVED,
    (Stage.WAITING, Fact.TAKEN_BACK): Stage.WITHDRAWN,
    # the addressee was told
    (Stage.RUNNING, Fact.NOT_DELIVERED): Stage.WAITING,
    (Stage.RUNNING, Fact.WENT): Stage.COMPLIED,
    (Stage.RUNNING, Fact.RAN_OUT): Stage.MISSED,
    (Stage.RUNNING, Fact.STAYED_SILENT): Stage.UNANSWERED,
    (Stage.RUNNING, Fact.DECLINED): Stage.REFUSED,
    (Stage.RUNNING, Fact.LEFT): Stage.MOVED,
    (Stage.RUNNING, Fact.TAKEN_BACK): Stage.WITHDRAWN,
    (Stage.RUNNING, Fact.GRANTED): Stage.IN_FORCE,
    # a temporary block lives
    (Stage.IN_FORCE, Fact.EXPIRED): Stage.LAPSED,
    (Stage.IN_FORCE, Fact.ENDED_EARLY): Stage.LIFTED,
    (Stage.IN_FORCE, Fact.UPHELD): Stage.CONFIRMED,
}

FINAL = frozenset(Stage) - {stage for stage, _ in MOVES}


class MoveRefused(ValueError):
    """This cannot happen to a procedure in this stage."""


def move(stage: Stage, fact: Fact) -> Stage:
    """
    The stage after `fact`.

    Raises:
        MoveRefused: the table has no such move; the message lists what may happen.
    """
    after = MOVES.get((stage, fact))
    if after is None:
        allowed = ", ".join(sorted(f for s, f in MOVES if s is stage)) or "nothing: the stage is final"
        msg = f"{fact} cannot happen to a procedure that is {stage}; allowed: {allowed}"
        raise MoveRefused(msg)
    return after


@dataclass(frozen=True, slots=True)
class ProcedureState:
    """What the report's stage needs to know of one procedure."""

    stage: Stage
    to: PartyKind | None  # kind of addressee
    told: bool  # something left the house for it


# Who is told when a host failed, or first by the order of addressees.
AUTHORITIES = frozenset(
    {
        PartyKind.POLICE,
        PartyKind.REGULATOR,
        PartyKind.PROSECUTOR,
        PartyKind.COURT,
        PartyKind.DATA_PROTECTION_AUTHORITY,
        PartyKind.MINISTRY,
        PartyKind.HOTLINE_NETWORK,
    }
)


def report_stage(
    procedures: Iterable[ProcedureState], *, gone: bool, held: bool, retracted: bool, closed: bool
) -> ReportStage:
    """
    Where a report stands.

    `gone`: two spaced looks saw nothing at every location. `held`: a hold covers it. `retracted`: we took it back.
    `closed`: nothing is due any more. The first that applies wins, in the order of what a reader must know first.
    """
    states = list(procedures)
    live = [state for state in states if state.stage not in FINAL]
    if closed:
        return ReportStage.CLOSED
    if retracted:
        return ReportStage.RETRACTED
    if held:
        return ReportStage.HELD
    if gone:
        return ReportStage.REMOVED
    if any(state.stage is Stage.IN_FORCE for state in live):
        return ReportStage.BLOCKED
    if any(state.told and state.to in AUTHORITIES for state in states):
        return ReportStage.ESCALATED
    if any(state.told for state in states):
        return ReportStage.NOTIFIED
    if live and all(state.stage is Stage.WAITING for state in live):
        return ReportStage.WAITING
    return ReportStage.RECEIVED
