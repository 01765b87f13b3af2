"""The sentences of the watchman in one language, and how they show times."""

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

Language = Literal["fr", "en"]
FOLDER: Final = Path(__file__).resolve().parent.parent / "templates" / "watch"
PLACE: Final[dict[str, int]] = {"fr": 0, "en": 1}
MOST_CAUSES: Final = 6


class UnknownWord(KeyError):
    """The watchman asks for a sentence that nobody wrote."""


@dataclass(frozen=True, slots=True)
class WatchWords:
    """The words in one language; `cause` says why a person is needed, in the same language."""

    language: Language
    zone: ZoneInfo
    cause: Callable[[str], str] = str

    def __call__(self, key: str, **values: Any) -> str:
        """A fixed text; raises `UnknownWord`."""
        return self._of("said", key, values)

    def check(self, name: str, what: Literal["title", "says", "do"], values: Mapping[str, Any] | None = None) -> str:
        """A text about one check, with what it found; raises `UnknownWord`."""
        return self._of("check", name, values or {}, what)

    def instant(self, at: datetime) -> str:
        """A time in the house's zone with its offset."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M %z")

    def shown(self, value: Any) -> str:
        """A value as its sentence shows it: times local, lists with commas, causes with their counts."""
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            told = [f"{self.cause(cause)} ({n})" for cause, n in value[:MOST_CAUSES]]
            return "; ".join(told) + (" …" if len(value) > MOST_CAUSES else "")
        if isinstance(value, list | tuple):
            return ", ".join(str(each) for each in value if each) or "–"
        return str(value)

    def _of(self, table: str, key: str, values: Mapping[str, Any], what: str = "") -> str:
        try:
            pair = _table()[table][key][what] if what else _table()[table][key]
        except KeyError as error:
            raise UnknownWord(f"{table}.{key}.{what}".strip(".")) from error
        text: str = pair[PLACE[self.language]]
        return text.format(**{name: self.shown(value) for name, value in values.items()})


def names() -> list[str]:
    """The checks that have sentences, in their order."""
    return list(_table()["check"])


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))
