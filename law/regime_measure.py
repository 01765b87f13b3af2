"""The measures of a regime: who decides a restriction, on what, for how long, and what lifts it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from law.values import Model, Text, Value
from law.vocabulary import Decider, MeasureTarget, PartyKind


class Duration(Model):
    """
    How long a measure lives.

    `fixed` is a maximum of the law; `until` a date in the order; `until_or_decision` the earlier of that date and a
    decision; `parent` the end of the parent judgment; `open` has no end of its own; `parameters` is left to a proposal.
    """

    kind: Literal["fixed", "until", "until_or_decision", "parent", "open", "parameters"]
    amount: int | None = Field(default=None, gt=0)
    unit: Literal["hours", "days", "weeks", "months", "years"] | None = None
    renewals: Literal["none", "set_by_court", "unlimited"] = "none"
    counting: Literal["last_hour_of_day", "before_corresponding_day", "elapsed_hours"] = "last_hour_of_day"

    @model_validator(mode="after")
    def _fixed_has_amount(self) -> Self:
        if (self.kind == "fixed") != (self.amount is not None and self.unit is not None):
            raise ValueError("'amount' and 'unit' belong to kind 'fixed', and only to it")
        return self


class Review(Model):
    """How often a measure is looked at again, and by whom."""

    amount: int = Field(gt=0)
    unit: Literal["hours", "days", "weeks", "months", "years"]
    by: PartyKind


class Measure(Value):
    """A restriction that lives on."""

    id: str = Field(default="block", pattern=r"^[a-z]+(_[a-z0-9]+)*$")
    decided_by: Decider | None = None  # none only in a proposal: nobody wrote who decides
    targets: tuple[MeasureTarget, ...]
    addressees: tuple[PartyKind, ...] = ()  # who carries it out, in order
    duration: Duration
    review: Review | None = None
    capped_by_parent: bool = False
    lifted_by: tuple[Text, ...] = ()
    restore_hours: int | None = Field(default=None, gt=0)  # access is given back within
