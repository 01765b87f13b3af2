"""
How a report ended, in a closed vocabulary: what its retention period depends on, beside its category.

The outcome is derived from the final stages of its procedures, as the stage of an open report is.
"""

from collections.abc import Collection
from enum import StrEnum

from law.vocabulary import Stage


class Outcome(StrEnum):
    """How a closed report ended; the first that applies, in this order."""

    NOT_ILLEGAL = "not_illegal"  # we took it back: the content is not illegal
    RETRACTED = "retracted"  # we took it back for another reason: wrong place, wrong addressee, reported twice
    OUT_OF_PERIMETER = "out_of_perimeter"  # no procedure was ever opened
    BLOCKED = "blocked"  # a temporary block was in force, whatever became of it
    COMPLIED = "complied"  # somebody who was told complied, or the content is gone
    MISSED = "missed"  # a legal deadline passed without effect
    REFUSED = "refused"  # an addressee said no
    UNANSWERED = "unanswered"  # nobody answered within our own time
    WITHDRAWN = "withdrawn"  # everything was taken back before it had an effect
    CLOSED = "closed"  # anything else, such as content that only moved


SHORTEST = frozenset({Outcome.NOT_ILLEGAL, Outcome.OUT_OF_PERIMETER})  # practice, section 3

_BY_STAGE: tuple[tuple[Outcome, frozenset[Stage]], ...] = (
    (Outcome.BLOCKED, frozenset({Stage.LAPSED, Stage.LIFTED, Stage.CONFIRMED})),
    (Outcome.COMPLIED, frozenset({Stage.COMPLIED})),
    (Outcome.MISSED, frozenset({Stage.MISSED})),
    (Outcome.REFUSED, frozenset({Stage.REFUSED})),
    (Outcome.UNANSWERED, frozenset({Stage.UNANSWERED})),
)


def outcome_of(stages: Collection[Stage], *, retracted: str | None, gone: bool) -> Outcome:
    """
    How a closed report ended.

    `stages`: of its procedures. `retracted`: why it was taken back, if it was. `gone`: nothing is seen any more.
    """
    if retracted is not None:
        return Outcome.NOT_ILLEGAL if retracted == Outcome.NOT_ILLEGAL else Outcome.RETRACTED
    if not stages:
        return Outcome.OUT_OF_PERIMETER
    for outcome, final in _BY_STAGE:
        if final & set(stages):
            return outcome
        if outcome is Outcome.BLOCKED and gone:
            return Outcome.COMPLIED
    return Outcome.WITHDRAWN if set(stages) == {Stage.WITHDRAWN} else Outcome.CLOSED
