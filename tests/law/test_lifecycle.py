"""The life of a procedure against a table written out by hand, and the stage of a report."""

from enum import StrEnum
from itertools import combinations, product
from pathlib import Path

import pytest

from cli.docs_lifecycle import clauses, lifecycle_page
from cli.docs_stages import REPORT_STAGES
from law.lifecycle import AUTHORITIES, FINAL, MOVES, MoveRefused, ProcedureState, move, report_stage
from law.vocabulary import Fact, PartyKind, ReportStage, Stage

BY_HAND = {
    (Stage(stage), Fact(fact)): Stage(after)
    for stage, fact, after in (
        line.split("\t")
        for line in (Path(__file__).parent / "moves.tsv").read_text(encoding="utf-8").splitlines()[1:]
        if line
    )
}


@pytest.mark.parametrize(("stage", "fact"), list(product(Stage, Fact)), ids=lambda word: str(word))
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


def test_every_stage_can_still_end() -> None:
    """No procedure is trapped: from each stage that is not final, a final one can be reached."""
    ends = set(FINAL)
    while fresh := {stage for (stage, _), after in MOVES.items() if after in ends} - ends:
        ends |= fresh
    assert set(Stage) == ends


def test_every_fact_can_happen_and_no_final_stage_hears_any() -> None:
    """No fact is a dead word, and a final stage refuses every one of them."""
    assert set(Fact) == {fact for _, fact in MOVES}
    for stage, fact in product(FINAL, Fact):
        with pytest.raises(MoveRefused, match="nothing: the stage is final"):
            move(stage, fact)


def test_the_table_by_hand_names_each_pair_once() -> None:
    """A pair that stood there twice would hide one of its lines."""
    lines = (Path(__file__).parent / "moves.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(BY_HAND) == len([line for line in lines if line])


def test_before_anything_left_nobody_can_have_complied_missed_or_refused() -> None:
    """An outcome that says something of the addressee needs an addressee who was told."""
    about_them = {Stage.COMPLIED, Stage.MISSED, Stage.UNANSWERED, Stage.REFUSED, Stage.IN_FORCE}
    assert not about_them & {after for (stage, _), after in MOVES.items() if stage in (Stage.OPENED, Stage.WAITING)}


@pytest.mark.parametrize("vocabulary", [Stage, Fact, ReportStage])
def test_every_word_of_the_lifecycle_has_its_clause(vocabulary: type[StrEnum]) -> None:
    """The pages take the meaning of a word from the comment beside it: none may be missing."""
    assert clauses(vocabulary).keys() == {str(one) for one in vocabulary}


def test_the_page_shows_every_move() -> None:
    """The table of the page is the table of the program, and the diagram has an arrow for each pair of stages."""
    page = lifecycle_page()
    for (stage, fact), after in BY_HAND.items():
        assert f"| `{stage}` | `{fact}` | `{after}` |" in page
        assert any(f"    {stage} --> {after}: " in line and fact in line for line in page.splitlines())
    for stage in FINAL:
        assert f"    {stage} --> [*]" in page


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


TOLD_HOST = ProcedureState(Stage.RUNNING, PartyKind.HOSTING_PROVIDER, told=True)
EXAMPLES: dict[ReportStage, tuple[tuple[ProcedureState, ...], dict[str, bool]]] = {
    ReportStage.CLOSED: ((), {"closed": True}),
    ReportStage.RETRACTED: ((), {"retracted": True}),
    ReportStage.HELD: ((), {"held": True}),
    ReportStage.REMOVED: ((), {"gone": True}),
    ReportStage.BLOCKED: ((ProcedureState(Stage.IN_FORCE, PartyKind.ACCESS_PROVIDER, told=True),), {}),
    ReportStage.ESCALATED: ((ProcedureState(Stage.RUNNING, PartyKind.REGULATOR, told=True),), {}),
    ReportStage.NOTIFIED: ((TOLD_HOST,), {}),
    ReportStage.WAITING: ((ProcedureState(Stage.WAITING, PartyKind.POLICE, told=False),), {}),
    ReportStage.RECEIVED: ((), {}),
}


@pytest.mark.parametrize(
    ("first", "second"), list(combinations([stage for stage, _ in REPORT_STAGES], 2)), ids=lambda stage: str(stage)
)
def test_the_first_line_of_the_page_that_is_true_gives_the_stage(first: ReportStage, second: ReportStage) -> None:
    """For each two stages: with what makes both true, the one that the page lists first is the report's."""
    (states, facts), (more_states, more_facts) = EXAMPLES[first], EXAMPLES[second]
    assert second is _stage(*more_states, **more_facts)
    assert first is _stage(*states, *more_states, **facts, **more_facts)


def test_the_page_lists_every_stage_of_a_report_once() -> None:
    """No stage of a report is left out of the order."""
    assert sorted(ReportStage) == sorted(stage for stage, _ in REPORT_STAGES)


@pytest.mark.parametrize("kind", PartyKind)
def test_who_was_told_makes_it_notified_or_escalated(kind: PartyKind) -> None:
    """An authority that was told makes it escalated, anybody else notified; what did not leave counts for neither."""
    told = ReportStage.ESCALATED if kind in AUTHORITIES else ReportStage.NOTIFIED
    assert told is _stage(ProcedureState(Stage.RUNNING, kind, told=True))
    assert told is _stage(ProcedureState(Stage.REFUSED, kind, told=True))
    assert ReportStage.RECEIVED is _stage(ProcedureState(Stage.OPENED, kind, told=False))


@pytest.mark.parametrize("stage", sorted(FINAL))
def test_a_procedure_that_is_over_neither_waits_nor_blocks(stage: Stage) -> None:
    """A report whose only procedure ended without anything leaving is received again, not waiting for anybody."""
    assert ReportStage.RECEIVED is _stage(ProcedureState(stage, PartyKind.COURT, told=False))
