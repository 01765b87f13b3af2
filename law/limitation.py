"""How long an offence can be prosecuted: a warning on the page, never a deadline of ours and never a legal clock."""

from typing import Literal

from pydantic import Field

from law.values import Model, Text, Value

UNKNOWN_LIMITATION = Text(fr="inconnu", en="unknown")

_WORDS = {"months": ("mois", "mois", "month", "months"), "years": ("an", "ans", "year", "years")}


class Period(Model):
    """A length of time."""

    amount: int = Field(gt=0)
    unit: Literal["months", "years"]

    @property
    def months(self) -> int:
        """The same in months."""
        return self.amount * (12 if self.unit == "years" else 1)

    @property
    def says(self) -> Text:
        """Such as `3 months`."""
        one_fr, many_fr, one_en, many_en = _WORDS[self.unit]
        one = self.amount == 1
        return Text(fr=f"{self.amount} {one_fr if one else many_fr}", en=f"{self.amount} {one_en if one else many_en}")


class Limitation(Value):
    """The period, or several where the sources leave open which one holds."""

    periods: tuple[Period, ...] = Field(min_length=1)

    @property
    def shortest(self) -> Period:
        """The one to warn on."""
        return min(self.periods, key=lambda one: one.months)

    @property
    def says(self) -> Text:
        """Such as `3 months or 1 year`."""
        said = [one.says for one in self.periods]
        return Text(fr=" ou ".join(one.fr for one in said), en=" or ".join(one.en for one in said))
