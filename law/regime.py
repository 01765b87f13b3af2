"""
The model of a regime: a dated body of rules with a citation at every value.

A file of `law/regimes/` is read into a `Regime`. Values that change over time stand oldest first, each with its
window `[from, until)`; an ended value is never deleted, so that an old report is judged by the rule of its day.
"""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from law.values import (
    Citation,
    ConditionId,
    ElementId,
    Model,
    PreconditionId,
    Text,
    Value,
    all_on_day,
    on_day,
)
from law.vocabulary import (
    Fact,
    LetterKind,
    MeasureTarget,
    PartyKind,
    Receipt,
    RegimeStatus,
    RuleKind,
    Stage,
    Standing,
)

__all__ = ["Citation", "Clock", "Duration", "Element", "Follow", "Measure", "Precondition", "Regime", "Review", "Text"]


class StatusValue(Value):
    """Where the regime stands in a window."""

    value: RegimeStatus


class StandingValue(Value):
    """Who may act in a window."""

    value: Standing


class AddresseesValue(Value):
    """Who can be addressed in a window, the first before the others. Empty in a proposal until it is filled in."""

    kinds: tuple[PartyKind, ...]


class Element(Value):
    """A mandatory element of the letter."""

    id: ElementId
    text: Text
    not_for: tuple[str, ...] = ()  # categories that are exempt


class Precondition(Value):
    """A condition of law or of the house for opening the procedure."""

    id: PreconditionId
    text: Text


class Clock(Value):
    """
    When the addressee's time is over.

    A legal clock carries `amount`; a house clock carries `house`, the name of a table in `law/house.toml`.
    """

    kind: RuleKind
    rule: str
    amount: int | None = Field(default=None, gt=0)
    unit: Literal["hours"] = "hours"
    house: Literal["answer_hours", "authority_patience_hours"] | None = None
    starts: Literal["given", "received", "acted"]
    minimum_receipt: Receipt = Receipt.NONE  # below it a legal clock does not start
    zone: str | None = None  # zone of the rule; none means the house's

    @model_validator(mode="after")
    def _amount_or_house(self) -> Self:
        if self.kind is RuleKind.LAW and (self.amount is None or self.house is not None):
            raise ValueError("a legal clock needs 'amount' and no 'house'")
        if self.kind is RuleKind.HOUSE and (self.house is None or self.amount is not None):
            raise ValueError("a house clock needs 'house' and no 'amount'")
        return self


class Follow(Value):
    """What follows an outcome (or a fact, such as the authority's own procedure): regimes to open or a question."""

    on: tuple[Stage | Fact, ...] = Field(min_length=1)
    opens: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # empty means all
    when: ConditionId | None = None  # opened only if this is true now
    after: ConditionId | None = None  # opened, but nothing leaves before this is true
    at_once_on_return: bool = False  # the shortened ladder: opened with the notice when the content came back
    ask: str | None = None  # cause of a matter for a person, when no regime of ours carries it
    why: Text

    @model_validator(mode="after")
    def _opens_or_asks(self) -> Self:
        if bool(self.opens) == bool(self.ask):
            raise ValueError("give either 'opens' (regime ids) or 'ask' (cause of a matter)")
        return self


class Duration(Model):
    """How long a measure lives."""

    kind: Literal["fixed", "open", "parent", "parameters"]  # parent: until the end of the parent judgment
    amount: int | None = Field(default=None, gt=0)
    unit: Literal["hours", "days", "weeks", "months", "years"] | None = None

    @model_validator(mode="after")
    def _fixed_has_amount(self) -> Self:
        if (self.kind == "fixed") != (self.amount is not None and self.unit is not None):
            raise ValueError("'amount' and 'unit' belong to kind 'fixed', and only to it")
        return self


class Review(Model):
    """How often a measure is looked at again, and by whom."""

    amount: int = Field(gt=0)
    unit: Literal["hours", "days", "weeks", "months"]
    by: PartyKind


class Measure(Value):
    """A restriction that lives on: who decides it, on what, how long, and what lifts it."""

    decided_by: PartyKind | None = None  # none only in a proposal: nobody wrote who decides
    targets: tuple[MeasureTarget, ...]
    duration: Duration
    review: Review | None = None
    capped_by_parent: bool = False
    lifted_by: tuple[Text, ...] = ()
    restore_hours: int | None = Field(default=None, gt=0)  # access is given back within


class Regime(Model):
    """One legal route. The properties without a day give the newest value; use `*_on` to judge an older day."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z0-9]+)+$")
    aliases: tuple[str, ...] = ()
    title: Text
    label: Text  # for run names and page headings: no private data
    jurisdiction: str
    letter: LetterKind
    filing: Literal["letter", "portal", "followed"]
    is_authority_route: bool = False  # automatic only under a standing order
    grouped_by_party: bool = False  # one complaint per platform and period
    reminder: bool = False
    proposal: bool = False
    parameters: tuple[str, ...] = ()  # what a proposal leaves open
    status: tuple[StatusValue, ...] = Field(min_length=1)
    standings: tuple[StandingValue, ...] = Field(alias="standing", min_length=1)
    addressee_values: tuple[AddresseesValue, ...] = Field(alias="addressees", min_length=1)
    elements: tuple[Element, ...] = ()
    preconditions: tuple[Precondition, ...] = ()
    clocks: tuple[Clock, ...] = Field(default=(), alias="clock")
    follows: tuple[Follow, ...] = ()
    measures: tuple[Measure, ...] = Field(default=(), alias="measure")
    digest: str  # SHA-256 of the file, hex: a changed file needs a new signature

    @property
    def standing(self) -> Standing:
        """Who may act, newest value."""
        return self.standings[-1].value

    @property
    def addressees(self) -> tuple[PartyKind, ...]:
        """Who can be addressed, newest value."""
        return self.addressee_values[-1].kinds

    @property
    def clock(self) -> Clock | None:
        """The newest clock, or none."""
        return self.clocks[-1] if self.clocks else None

    @property
    def measure(self) -> Measure | None:
        """The newest measure, or none."""
        return self.measures[-1] if self.measures else None

    def status_on(self, day: date) -> RegimeStatus:
        """Where the regime stands on `day`; a day that no window holds is unknown."""
        value = on_day(self.status, day)
        return value.value if value else RegimeStatus.UNKNOWN

    def clock_on(self, day: date) -> Clock | None:
        """The clock of that day."""
        return on_day(self.clocks, day)

    def standing_on(self, day: date) -> Standing | None:
        """Who may act on that day."""
        value = on_day(self.standings, day)
        return value.value if value else None

    def addressees_on(self, day: date) -> tuple[PartyKind, ...]:
        """Who can be addressed on that day."""
        value = on_day(self.addressee_values, day)
        return value.kinds if value else ()

    def measure_on(self, day: date) -> Measure | None:
        """The measure of that day."""
        return on_day(self.measures, day)

    def follows_on(self, day: date) -> tuple[Follow, ...]:
        """What follows, on that day."""
        return all_on_day(self.follows, day)
