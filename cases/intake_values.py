"""How the values of an import are written, one function a kind of value; each says what is allowed."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)

YES = frozenset({"yes", "true", "1", "oui", "y", "o"})
NO = frozenset({"no", "false", "0", "non", "n"})
EXAMPLE = "2026-11-23T09:00:00+01:00"
_STAFF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")


def moment(text: str) -> datetime:
    """An instant: ISO 8601 with a zone."""
    try:
        found = datetime.fromisoformat(text)
        if found.utcoffset() is None:
            raise ValueError(f"has no zone; allowed: ISO 8601 with its zone such as {EXAMPLE}")
        found = found.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range; allowed: a date since 1990") from None
    except ValueError as error:
        if "zone" in str(error):
            raise
        raise ValueError(f"is no date; allowed: ISO 8601 with its zone such as {EXAMPLE}") from None
    if found.year < 1990:
        raise ValueError("is out of range; allowed: a date since 1990")
    return found


def yes_no(text: str) -> bool:
    """yes or no, in either language."""
    word = text.lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("allowed: yes, no")


def word_of(vocabulary: type[E], text: str) -> E:
    """A member of a closed vocabulary."""
    try:
        return vocabulary(text.lower())
    except ValueError:
        raise ValueError(f"{shown(text)} is unknown; allowed: {', '.join(vocabulary)}") from None


def one_of(allowed: Any, text: str) -> str:
    """One of these words."""
    if text in allowed:
        return text
    raise ValueError(f"{shown(text)} is unknown; allowed: {', '.join(allowed)}")


def staff_code(text: str) -> str:
    """A staff code: people appear as codes (practice, section 2)."""
    if not _STAFF.match(text):
        raise ValueError("allowed: a staff code such as S-07, up to 32 letters, digits, '.', '_' or '-'")
    return text


def language(text: str) -> str:
    """A language code."""
    if not _LANGUAGE.match(text):
        raise ValueError("allowed: two small letters of ISO 639-1 such as fr")
    return text


def words(text: str) -> tuple[str, ...]:
    """Words with commas, semicolons or spaces between them."""
    return tuple(dict.fromkeys(re.split(r"[,;\s]+", text.strip(" ,;"))))


def short(text: str) -> str:
    """A text of one line."""
    return _text(text, 200)


def long(text: str) -> str:
    """A text of some paragraphs."""
    return _text(text, 20_000)


def _text(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"is {len(text)} characters long; allowed: up to {most}")
    if "\x00" in text:
        raise ValueError("holds a null character; allowed: text")
    return text


def hours(text: str) -> int:
    """A whole number of hours, up to a year."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= 8_760:
        raise ValueError("allowed: a whole number of hours from 1 to 8760")
    return int(text)


def shown(text: str) -> str:
    """A code as a message repeats it: short, and without anything that steers a terminal."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
