"""
The model of a regime: a dated body of rules with a citation at every value.

A file of `law/regimes/` is read into a `Regime`. Values that change over time stand oldest first, each with its
window `[from, until)`; an ended value is never deleted, so that an old report is judged by the rule of its day.
"""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from law.regime_clock import ANSWER, Adjustment, Clock
from law.regime_measure import Duration, Measure, Review
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
    PartyKind,
    RegimeStatus,
    Stage,
    Standing,
)

__all__ = [
    "ANSWER",
    "Adjustment",
    "BeyondDuty",
    "Citation",
    "Clock",
    "Contest",
    "Duration",
    "Element",
    "Follow",
    "Hop",
    "Measure",
    "Precondition",
    "Regime",
    "Review",
    "Text",
]


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
    count: int | None = Field(default=None, gt=0)  # so many earlier acts
    within: int | None = Field(default=None, gt=0)  # in so many months before
    clock: str | None = None  # the clock of this regime that must be over

    @model_validator(mode="after")
    def _what_is_counted(self) -> Self:
        if (self.id is PreconditionId.EARLIER_ACTS) != (self.count is not None and self.within is not None):
            raise ValueError("'count' and 'within' (months) belong to 'earlier_acts', and only to it")
        if (self.id is PreconditionId.WAIT_OVER) != (self.clock is not None):
            raise ValueError("'clock' belongs to 'wait_over', and only to it")
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


class CategoriesValue(Value):
    """What content a regime is about, in a window: ids of `law/categories.toml`, which hold the DSA codes."""

    ids: tuple[str, ...] = Field(min_length=1)


class BeyondDuty(Value):
    """What the addressee owes beyond taking one address down."""

    id: Literal[
        "identical_copies", "similar_copies", "stay_down", "preserve", "inform_uploader", "inform_requester",
        "report_to_authority", "report_effect",
    ]  # fmt: skip
    text: Text


class Hop(Value):
    """A further authority to which the one addressed hands the matter on."""

    to: PartyKind
    text: Text


class Contest(Value):
    """Who may contest, before whom, and under which clock of this regime."""

    by: Literal["provider", "uploader", "blocked_party", "notifier", "anyone_concerned"]
    before: PartyKind
    clock: str | None = None
    text: Text


class Regime(Model):
    """One legal route. The properties without a day give the newest value; use `*_on` to judge an older day."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z0-9]+)+$")
    aliases: tuple[str, ...] = ()
    title: Text
    label: Text  # for run names and page headings: no private data
    jurisdiction: str
    letter: LetterKind
    # followed: an authority acts and we follow; counsel: a file for a court; none: a duty of others, nothing leaves.
    filing: Literal["letter", "portal", "followed", "counsel", "none"]
    is_authority_route: bool = False  # automatic only under a standing order
    grouped_by_party: bool = False  # one complaint per platform and period
    reminder: bool = False
    proposal: bool = False
    parameters: tuple[str, ...] = ()  # what a proposal leaves open
    status: tuple[StatusValue, ...] = Field(min_length=1)
    standings: tuple[StandingValue, ...] = Field(alias="standing", min_length=1)
    categories: tuple[CategoriesValue, ...] = ()  # none: any illegal content
    addressee_values: tuple[AddresseesValue, ...] = Field(alias="addressees", min_length=1)
    elements: tuple[Element, ...] = ()
    preconditions: tuple[Precondition, ...] = ()
    clocks: tuple[Clock, ...] = Field(default=(), alias="clock")
    follows: tuple[Follow, ...] = ()
    duties: tuple[BeyondDuty, ...] = ()
    hops: tuple[Hop, ...] = ()
    contests: tuple[Contest, ...] = ()
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
    def measure(self) -> Measure | None:
        """The newest measure, or none."""
        return self.measures[-1] if self.measures else None

    def status_on(self, day: date) -> RegimeStatus:
        """Where the regime stands on `day`; a day that no window holds is unknown."""
        value = on_day(self.status, day)
        return value.value if value else RegimeStatus.UNKNOWN

    def clock_on(self, day: date, category: str | None = None) -> Clock | None:
        """The clock that drives a procedure on that day, for that category where the regime has several."""
        fitting = [
            one for one in self.clocks if one.id == ANSWER and (not one.categories or category in one.categories)
        ]
        return on_day(fitting, day)

    def clock_named(self, id: str, day: date) -> Clock | None:
        """The clock of that name on that day."""
        return on_day([one for one in self.clocks if one.id == id], day)

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
