"""The life of a procedure against a table written out by hand, and the stage of a report."""

from itertools import product
from pathlib import Path

import pytest

from law.lifecycle import FINAL, MOVES, MoveRefused, ProcedureState, move, report_stage
from law.vocabulary import Fact, PartyKind, ReportStage, Stage

BY_HAND = {
    (Stage(stage), Fact(fact)): Stage(after)
    for stage, fact, after in (
        line.split("\t")
        for line in (Path(__file__).parent / "moves.tsv").read_text(encoding="utf-8").splitlines()[1:]
        if line
    )
}


@pytest.mark.parametrize(("stage", "fact"), product(Stage, Fact), ids=lambda word: str(word))
def test_every_pair_is_said(stage: Stage, fact: Fact) -> None:
    """The table written by hand allows exactly the moves that the program allows; no pair is left unsaid."""
    if (stage, fact) in BY_HAND:
        assert BY_HAND[(stage, fact)] is move(stage, fact)
    else:
        with pytest.raises(MoveRefused):
            move(stage, fact)


def test_finals_are_closed() -> None:
    """Nothing happens to a procedure that is over, and every outcome of the plan is final."""
    outcomes = {
        "complied", "missed", "unanswered", "refused", "moved", "withdrawn", "lapsed", "lifted", "confirmed",
    }  # fmt: skip
    assert outcomes == {str(stage) for stage in FINAL}


def test_every_stage_is_reached() -> None:
    """No stage is a dead word: each can be reached from `opened`."""
    reached, fresh = {Stage.OPENED}, {Stage.OPENED}
    while fresh:
        fresh = {after for (stage, _), after in MOVES.items() if stage in fresh} - reached
        reached |= fresh
    assert set(Stage) == reached


def test_refusal_says_what_is_allowed() -> None:
    """A refused move names what may happen instead."""
    with pytest.raises(MoveRefused, match="allowed: acted, found_wanting, given"):
        move(Stage.OPENED, Fact.GRANTED)


def _stage(*states: ProcedureState, **facts: bool) -> ReportStage:
    known = {"gone": False, "held": False, "retracted": False, "closed": False} | facts
    return report_stage(states, **known)


def test_stage_of_a_report() -> None:
    """The report's stage follows from its procedures, what was seen, and holds; what matters most comes first."""
    notice = ProcedureState(Stage.RUNNING, PartyKind.ONLINE_PLATFORM, told=True)
    waiting = ProcedureState(Stage.WAITING, PartyKind.POLICE, told=False)
    complaint = ProcedureState(Stage.RUNNING, PartyKind.REGULATOR, told=True)
    block = ProcedureState(Stage.IN_FORCE, PartyKind.ACCESS_PROVIDER, told=True)
    assert ReportStage.RECEIVED is _stage()
    assert ReportStage.WAITING is _stage(waiting)
    assert ReportStage.NOTIFIED is _stage(notice, waiting)
    assert ReportStage.ESCALATED is _stage(notice, complaint)
    assert ReportStage.BLOCKED is _stage(complaint, block)
    assert ReportStage.REMOVED is _stage(complaint, gone=True)
    assert ReportStage.HELD is _stage(notice, held=True)
    assert ReportStage.RETRACTED is _stage(notice, retracted=True, gone=True)
    assert ReportStage.CLOSED is _stage(closed=True, retracted=True)
