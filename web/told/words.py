"""One language of the catalogue of regimes: vocabularies, windows, amounts and lists of categories in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from law.library import Library
from law.values import Text, Value
from web.told import terms
from web.words import PLACE, Language, Words


@dataclass(frozen=True, slots=True)
class Voice:
    """The words of the product, and those of the catalogue alone."""

    language: Language
    library: Library

    @property
    def place(self) -> int:
        """Index of this language in a pair of words."""
        return PLACE[self.language]

    @property
    def colon(self) -> str:
        """A colon as this language sets it."""
        return self.either("\u00a0:", ":")

    def either(self, fr: str, en: str) -> str:
        """The sentence of this language."""
        return (fr, en)[self.place]

    def text(self, text: Text) -> str:
        """A text of the law."""
        return text.fr if self.language == "fr" else text.en

    def said(self, key: str) -> str:
        """A fixed word of the catalogue."""
        return terms.SAID[key][self.place]

    def term(self, table: str, value: str) -> str:
        """A member of a closed vocabulary in words; a word that nobody wrote stands for itself."""
        if table not in terms.TABLES:
            return Words(self.language, self.library).term(table, value)
        pair = terms.TABLES[table].get(str(value))
        return pair[self.place] if pair else str(value).replace("_", " ")

    def outcome(self, word: str) -> str:
        """How a procedure ended, or what happened to it."""
        return Words(self.language, self.library).outcome(word)

    def cause(self, cause: str) -> str:
        """Why a person is asked."""
        return Words(self.language, self.library).cause(cause)

    def amount(self, number: int, unit: str) -> str:
        """Such as `48 hours`, `1 mois`."""
        return f"{number} {self.term('one' if number == 1 else 'unit', unit)}"

    def joined(self, parts: Iterable[str]) -> str:
        """The parts of one sentence."""
        return self.either("\u00a0; ", "; ").join(parts)

    def categories(self, ids: Iterable[str]) -> str:
        """Categories by name."""
        known = self.library.categories
        return ", ".join(self.text(known[id].label) if id in known else id for id in ids)

    def window(self, value: Value) -> str:
        """Such as `from 2024-02-17, until 2026-06-28`: the last day on which the value held."""
        parts = []
        if value.from_ is not None:
            parts.append(f"{self.said('from')} {value.from_}")
        if value.until is not None:
            parts.append(f"{self.said('until')} {value.until - timedelta(days=1)}")
        return ", ".join(parts)
