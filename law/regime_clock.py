"""The clocks of a regime: on whom they run, what starts and defers them, and what their end means."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from law.values import Model, Text, Value
from law.vocabulary import Bearer, Nature, Receipt, RuleKind, StartFact

ANSWER = "answer"  # the clock that drives a procedure of ours; all others are told and computed, never concluded by us
# Strict: TOML's true is no 1 and "48" is no 48. No law counts further than a hundred thousand of anything.
Amount = Annotated[int, Field(strict=True, gt=0, le=100_000)]
Unit = Literal["hours", "days", "working_days", "weeks", "months", "years"]


class Adjustment(Model):
    """Who may make a maximum longer or shorter, and up to where."""

    by: Bearer
    longer: bool = False
    shorter: bool = False
    up_to: Amount | None = None
    unit: Unit | None = None

    @model_validator(mode="after")
    def _one_way_at_least(self) -> Self:
        if not (self.longer or self.shorter):
            raise ValueError("an adjustment goes one way at least: 'longer' or 'shorter'")
        if (self.up_to is None) != (self.unit is None):
            raise ValueError("'up_to' and 'unit' belong together")
        return self


class Clock(Value):
    """
    When somebody's time is over.

    A legal clock carries `amount`; a house clock carries `house`, the name of a table in `law/house.toml`; a soft clock
    of the law carries neither. A number whose counting rule nobody read has no `rule`: it is told, never computed.
    """

    id: str = Field(default=ANSWER, pattern=r"^[a-z]+(_[a-z0-9]+)*$")
    borne_by: Bearer = Bearer.ADDRESSEE
    nature: Nature = Nature.HARD
    does: Text | None = None  # what must be done by its end
    kind: RuleKind
    rule: str | None = None
    amount: Amount | None = None
    unit: Unit = "hours"
    house: Literal["answer_hours", "authority_patience_hours"] | None = None
    starts: StartFact
    after: str | None = None  # the clock of this regime after which it starts (a chain)
    deferred_by: tuple[Literal["force_majeure", "clarification"], ...] = ()  # it starts when these are over
    categories: tuple[str, ...] = ()  # empty means all
    minimum_receipt: Receipt = Receipt.NONE  # below it a legal clock does not start
    adjustment: Adjustment | None = None
    strict: bool = False  # a second clock of plain elapsed hours warns; nobody is accused on it
    restores: bool = False  # the duty is to give access back
    calendar: Literal["FR", "IE", "US", "EW", "none"] | None = None
    zone: str | None = None  # zone of the rule; none means the house's

    @property
    def legal(self) -> bool:
        """Whether its end is a deadline of the law."""
        return self.kind is RuleKind.LAW and self.nature not in (Nature.SOFT, Nature.MINIMUM_WAIT, Nature.WINDOW)

    @model_validator(mode="after")
    def _amount_or_house(self) -> Self:
        if self.kind is RuleKind.HOUSE and (self.house is None or self.amount is not None):
            raise ValueError("a house clock needs 'house' and no 'amount'")
        if self.kind is RuleKind.LAW and self.house is not None:
            raise ValueError("a legal clock has no 'house'")
        if self.kind is RuleKind.LAW and (self.amount is None) != (self.nature is Nature.SOFT):
            raise ValueError("a legal clock needs 'amount'; only nature 'soft' has none")
        return self

    @model_validator(mode="after")
    def _driving(self) -> Self:
        if self.id != ANSWER and self.does is None:
            raise ValueError("a clock other than 'answer' says in 'does' what must be done by its end")
        if self.id == ANSWER and (self.rule is None or self.borne_by is not Bearer.ADDRESSEE):
            raise ValueError("the clock 'answer' has a 'rule' and runs on the addressee")
        return self

    @model_validator(mode="after")
    def _receipt_is_proven(self) -> Self:
        from_receipt = self.starts in (StartFact.RECEIVED, StartFact.VALID_REQUEST)
        if self.id == ANSWER and self.legal and from_receipt and self.minimum_receipt.level < Receipt.SERVER.level:
            enough = ", ".join(f"'{one}'" for one in Receipt if one.level >= Receipt.SERVER.level)
            raise ValueError(f"a legal clock 'answer' that starts at receipt needs 'minimum_receipt': {enough}")
        return self

    @model_validator(mode="after")
    def _start(self) -> Self:
        if (self.starts is StartFact.ANOTHER_CLOCK) != (self.after is not None):
            raise ValueError("'after' names the clock of the same regime when 'starts' is another_clock, and only then")
        if self.adjustment is not None and self.nature is not Nature.MAXIMUM:
            raise ValueError("only a clock of nature 'maximum' can be adjusted")
        return self
