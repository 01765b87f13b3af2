"""The other files of the law, as models: our own numbers, categories, qualifications, emergency numbers, the order."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from law.limitation import UNKNOWN_LIMITATION, Limitation
from law.values import ConditionId, Model, Text, Value
from law.vocabulary import Depicted, LocationKind, PartyKind

Hosted = Literal["FR", "EU", "abroad", "unknown"]

# The questions of the gate and the causes of matters that the code itself names; their words stand in the files.
GATE_TEXTS = (
    "in_force",
    "signed",
    "parameters",
    "addressee",
    "channel",
    "standing",
    "qualified",
    "second_reader",
    "wish",
    "police_first",
    "complaint",
)
FALLBACKS = (
    "no_host",
    "private_content",
    "who_is_shown",
    "minor_is_csam",
    "wish_nothing",
    "wish_unknown",
    "victim_no_host",
    "cdn_asked_who_hosts",
    "no_addressee",
    "nothing_follows",
    "unsigned",
)


class Probe(Model):
    """How far apart two looks are."""

    spacing_hours: int = Field(gt=0)
    short_clock_share: int = Field(gt=0)  # a short clock: at most one part in so many of it


class Watch(Model):
    """On which days after removal we look again."""

    days: tuple[int, ...]


class Retraction(Model):
    """How long after a retraction we look at what the recipients did."""

    follow_up_hours: int = Field(gt=0)


class Emergency(Model):
    """When an unconfirmed call alarms a second person."""

    alarm_minutes: int = Field(gt=0)


class Hold(Model):
    """How long a hold lasts that the police asked for by word of mouth."""

    oral_hours: int = Field(gt=0)


class Complaint(Model):
    """The period for which one complaint per platform is written."""

    period_days: int = Field(gt=0)


class GateText(Text):
    """What the gate says of one of the house's own rules."""

    reference: str


class House(Model):
    """Our own numbers. Tables by category have a `default`; hours are elapsed hours."""

    kind: Literal["house"]
    zone: str
    country: str  # where the house is established
    last_checked: date
    answer_hours: dict[str, int]
    answer_hours_after_return: dict[str, int]
    reminder_hours: dict[str, int]
    authority_patience_hours: dict[str, int]
    probe: Probe
    watch: Watch
    retraction: Retraction
    emergency: Emergency
    hold: Hold
    complaint: Complaint
    gate: dict[str, GateText]

    @model_validator(mode="after")
    def _defaults(self) -> Self:
        for name in ("answer_hours", "answer_hours_after_return", "reminder_hours", "authority_patience_hours"):
            table: dict[str, int] = getattr(self, name)
            if "default" not in table:
                raise ValueError(f"the table {name} needs a 'default'")
            if any(hours < (0 if name == "reminder_hours" else 1) for hours in table.values()):
                raise ValueError(f"the table {name} needs hours above 0")
        if missing := [name for name in GATE_TEXTS if name not in self.gate]:
            raise ValueError(f"the table gate needs a text for {', '.join(missing)}")
        return self

    def hours(self, table: str, category: str) -> int:
        """Hours of a table (`answer_hours`, ...) for a category."""
        values: dict[str, int] = getattr(self, table)
        return values.get(category, values["default"])


class Category(Value):
    """A category of content."""

    id: str
    label: Text
    taxonomy: str
    dsa_category: str
    dsa_keywords: tuple[str, ...]
    sensitive: bool  # a body is never read by default
    two_readers: bool
    urgent: int = Field(ge=0, le=9)  # 1 first, 9 last; 0 is kept for emergencies
    depicted: tuple[Depicted, ...]  # whom it may show; empty means anybody
    victim_decides: bool
    police_first: bool  # no host is told before the police let us


class Qualification(Value):
    """A penal qualification."""

    id: str
    label: Text
    requires_victim_complaint: bool
    categories: tuple[str, ...] = Field(min_length=1)
    penalty: Text | None = None  # in words
    limitation: Limitation | None = None  # none: no source gives a period

    @property
    def limitation_says(self) -> Text:
        """The limitation period in words; unknown where no source gives one."""
        return UNKNOWN_LIMITATION if self.limitation is None else self.limitation.says


class EmergencyNumber(Value):
    """A telephone number for danger to life or to a child."""

    number: str
    text: Text


class OrderStep(Model):
    """One step of the order of addressees."""

    regime: str | None = None
    first_of: tuple[str, ...] = ()
    to: PartyKind | Literal["host"]
    after: ConditionId | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_or_first(self) -> Self:
        if (self.regime is None) == (not self.first_of):
            raise ValueError("give either 'regime' or 'first_of'")
        return self

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes that this step can open."""
        return self.first_of or (self.regime or "",)


class OrderRule(Value):
    """Who is told, in which order, for these categories and hosting countries."""

    id: str
    categories: tuple[str, ...] = Field(min_length=1)
    hosted: tuple[Hosted, ...] = Field(min_length=1)
    steps: tuple[OrderStep, ...] = Field(min_length=1)
    why: Text


class Never(Value):
    """Who is never told."""

    parties: tuple[PartyKind, ...]


class Hostless(Value):
    """Kinds of places that have no host."""

    locations: tuple[LocationKind, ...]


class MemberStates(Value):
    """Member States other than France."""

    countries: tuple[str, ...]


class Fallback(Value):
    """What happens instead of a route, and why."""

    stops: bool  # nothing leaves
    instead: str | None = None
    to: PartyKind | None = None
    treat_as: str | None = None  # the category whose order holds
    why: Text


class Order(Model):
    """The order of addressees."""

    never: Never
    hostless: Hostless
    member_states: MemberStates
    rules: tuple[OrderRule, ...]
    fallbacks: dict[str, Fallback]

    @model_validator(mode="after")
    def _every_fallback(self) -> Self:
        if missing := [name for name in FALLBACKS if name not in self.fallbacks]:
            raise ValueError(f"fallbacks are missing: {', '.join(missing)}")
        return self

    def hosted(self, country: str | None) -> Hosted:
        """France, another Member State, elsewhere, or not known."""
        if country is None:
            return "unknown"
        if country == "FR":
            return "FR"
        return "EU" if country in self.member_states.countries else "abroad"

    def rule(self, category: str, hosted: Hosted, day: date) -> OrderRule | None:
        """The first rule that matches on that day."""
        matching = (one for one in self.rules if category in one.categories and hosted in one.hosted)
        return next((one for one in matching if one.holds_on(day)), None)
