"""
The small bricks of every file of the law: a text in two languages, a citation, a dated value, and the closed lists of
what a letter must contain, what must be true before a procedure opens, and what may have to happen first.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from law.vocabulary import Confidence, RuleKind


class Model(BaseModel):
    """Frozen, and no key that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Model):
    """A short text of the product, in both languages."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Citation(Model):
    """Where a value comes from and how sure it is. A program never raises `confidence`."""

    reference: str = Field(min_length=1)
    quote: str | None = None  # the words of the source, where we have them
    url: str | None = None
    kind: RuleKind
    confidence: Confidence
    last_checked: date  # when a person last looked

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("an address that begins with http:// or https://")
        return url


class Value(Model):
    """A value of a regime with its citation and its window; no `from` or `until` means that the window is open."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None  # first day on which it no longer holds
    note: Text | None = None
    citation: Citation

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies in the window."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)

    @model_validator(mode="after")
    def _window_is_forward(self) -> Self:
        if self.from_ and self.until and self.from_ >= self.until:
            raise ValueError("the window ends before it begins; 'from' must lie before 'until'")
        return self


class ElementId(StrEnum):
    """What a letter must contain."""

    EXPLANATION = "explanation"  # why the content is illegal
    EXACT_LOCATION = "exact_location"
    NOTIFIER_IDENTITY = "notifier_identity"  # name and e-mail of whoever notifies: our own name, in our letters
    FLAGGER_IDENTITY = "flagger_identity"  # our own name and designation as a trusted flagger
    GOOD_FAITH = "good_faith"
    SIGNATURE = "signature"  # of the person concerned or of that person's agent
    CONTACT = "contact"
    ACTING_FOR_THE_PERSON = "acting_for_the_person"  # declaration that we act for the person shown
    DUTY_THAT_FAILED = "duty_that_failed"  # which duty of the provider failed
    CHRONOLOGY = "chronology"


class PreconditionId(StrEnum):
    """What must be true before a procedure may open."""

    FLAGGER_IN_AREA = "flagger_in_area"
    PLATFORM_NOT_SMALL = "platform_not_small"
    NOTICE_MECHANISM = "notice_mechanism"  # the channel is the addressee's Art. 16 mechanism
    OWN_MECHANISM = "own_mechanism"  # the channel is the addressee's process under this very regime
    PUBLIC_CONTENT = "public_content"
    PARENT_JUDGMENT = "parent_judgment"
    ADULT_SHOWN = "adult_shown"
    EARLIER_ACTS = "earlier_acts"  # so many earlier acts in so many months
    WAIT_OVER = "wait_over"  # a minimum wait of the same regime is over
    PLATFORM_FAILED = "platform_failed"  # the platform's own channel was tried and failed, or was unfit
    CONVICTION = "conviction"  # the provider was convicted for ignoring an earlier notice
    POWERS_EXHAUSTED = "powers_exhausted"  # the authority used all its milder powers
    URGENT = "urgent"  # waiting would defeat the purpose


class ConditionId(StrEnum):
    """What may have to happen first; answered by `law.conditions.condition_met`."""

    POLICE_FIRST = "police_no_objection_or_agreed_delay"
    JUDGMENT_STANDS = "judgment_stands"


V = TypeVar("V", bound=Value)


def on_day(values: Sequence[V], day: date) -> V | None:
    """The one value whose window holds `day`, or none."""
    return next((value for value in reversed(values) if value.holds_on(day)), None)


def all_on_day(values: Sequence[V], day: date) -> tuple[V, ...]:
    """Every value whose window holds `day`, in the order of the file."""
    return tuple(value for value in values if value.holds_on(day))
