"""How the pages speak: one object for each language, which never falls silent on a word it does not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from law.library import Library
from law.values import Text
from web.labels import LABELS
from web.sentences import CAUSES, EVENTS, MISSING, MISSING_MORE, ROWS, UNTOLD
from web.terms import TABLES, TONE

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
PLACE: Final[dict[Language, int]] = {"fr": 0, "en": 1}

MONTHS: Final[dict[Language, str]] = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
UNITS: Final[dict[Language, tuple[str, str, str]]] = {"fr": ("j", "h", "min"), "en": ("d", "h", "min")}


class UnknownWord(KeyError):
    """The page asks for a text that nobody wrote."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the product in one language."""

    language: Language
    library: Library

    def __call__(self, key: str, **values: object) -> str:
        """
        A fixed text of a page.

        Raises:
            UnknownWord: there is no text of that key.
        """
        if key not in LABELS:
            raise UnknownWord(key)
        text = LABELS[key][PLACE[self.language]]
        return text.format(**values) if values else text

    def term(self, table: str, value: str) -> str:
        """A member of a closed vocabulary in words; a word that is not in the table stands for itself."""
        pair = TABLES[table].get(str(value))
        return pair[PLACE[self.language]] if pair else str(value).replace("_", " ")

    def tone(self, value: str) -> str:
        """The colour class of a stage or status."""
        return TONE.get(str(value), "calm")

    def text(self, text: Text) -> str:
        """A text of the law room."""
        return str(getattr(text, self.language))

    def event(self, kind: str) -> str:
        """What happened, as a sentence; an unknown kind is shown by its name."""
        pair = EVENTS.get(kind)
        return (pair or UNTOLD)[PLACE[self.language]].format(kind.replace("_", " "))

    def late(self, details: Mapping[str, Any]) -> str:
        """How late an event's deed came after its legal date and why, as a sentence; empty when it did not."""
        minutes = details.get("late_minutes")
        if not isinstance(minutes, int):
            return ""
        cause = self.term("late_cause", str(details.get("late_cause", "unknown")))
        return self("late_by", span=self.span(timedelta(minutes=minutes)), cause=cause)

    def outcome(self, word: str) -> str:
        """A stage, or a fact that has no stage of its own, in words."""
        return self.term("stage", word) if word in TABLES["stage"] else self.event(word).rstrip(".")

    def cause(self, cause: str) -> str:
        """Why a person is needed; the law's own words where it names the cause."""
        place = PLACE[self.language]
        head, _, rest = cause.partition(":")
        if head == "missing":
            return MISSING[place].format(self._missing(rest))
        if cause in CAUSES:
            return CAUSES[cause][place]
        if cause in self.library.order.fallbacks:
            return self.text(self.library.order.fallbacks[cause].why)
        asked = (one for regime in self.library.regimes.values() for one in regime.follows if one.ask == cause)
        found = next(asked, None)
        return self.text(found.why) if found else cause.partition("/")[0].replace("_", " ")

    def _missing(self, wanted: str) -> str:
        if wanted in self.library.house.gate:
            return self.text(self.library.house.gate[wanted])
        for regime in self.library.regimes.values():
            texts = {str(one.id): one.text for one in regime.preconditions}
            texts |= {str(one.id): one.text for one in regime.elements}
            if wanted in texts:
                return self.text(texts[wanted])
        pair = MISSING_MORE.get(wanted)
        return pair[PLACE[self.language]] if pair else wanted.replace("_", " ")

    def row(self, table: str) -> str:
        """The name of a kind of row."""
        pair = ROWS.get(table)
        return pair[PLACE[self.language]] if pair else table.replace("_", " ")

    def day(self, local: datetime) -> str:
        """A day in words, of a time that is already local."""
        month = MONTHS[self.language].split()[local.month - 1]
        number = "1er" if self.language == "fr" and local.day == 1 else str(local.day)
        return f"{number}\u00a0{month}\u00a0{local.year}"

    def span(self, length: timedelta) -> str:
        """A length of time in its two largest units, without sign: `2 j 4 h`."""
        days, hours, minutes = UNITS[self.language]
        total = int(abs(length).total_seconds() // 60)
        whole, rest = divmod(total, 1440)
        parts = ((whole, days), (rest // 60, hours), (rest % 60, minutes))
        shown = [f"{count}\u00a0{unit}" for count, unit in parts if count][:2]
        return " ".join(shown) or f"0\u00a0{minutes}"
