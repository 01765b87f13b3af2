"""
The parts of a page that can be judged: title, headings, visible text, whether a password is asked.

A body is read in memory, judged and forgotten. Everything here is linear in its length, on purpose: the page is
written by somebody who may wish us ill, so no regular expression, no tree parser and no Unicode normalisation runs
over it (each has inputs on which it is quadratic).
"""

from __future__ import annotations

import codecs
import contextlib
import html
import unicodedata
from dataclasses import dataclass

MAX_HEADINGS = 5

_UNSEEN = ("script", "style", "noscript", "template", "svg", "textarea")
_SEPARATORS = (" - ", " | ", " · ", " — ", " – ", " :: ", " » ", " • ")


@dataclass(frozen=True, slots=True)
class Page:
    """What the signs are looked for in. All texts are folded: lower case, no accents, single spaces."""

    title: tuple[str, ...]  # the whole title first, then its segments
    headings: tuple[str, ...]
    text: str
    words: int
    password_field: bool


def _fold_table() -> dict[int, str]:
    """Accented Latin letters to plain ones, one by one: normalising whole texts is not linear."""
    table = {}
    for point in range(0xC0, 0x250):
        plain = "".join(c for c in unicodedata.normalize("NFKD", chr(point)) if not unicodedata.combining(c))
        table[point] = plain.lower()
    marks = dict.fromkeys(range(0x300, 0x370), "")
    return table | marks | {0x2019: "'", 0x2018: "'", 0x153: "oe", 0x152: "oe", 0xE6: "ae", 0xC6: "ae"}


_FOLD = _fold_table()
_ASCII_LOWER = {ord("A") + step: ord("a") + step for step in range(26)}  # keeps every position, unlike lower()


def fold(text: str) -> str:
    """Lower case, without accents, with straight apostrophes and single spaces; entities are resolved."""
    with contextlib.suppress(ValueError):  # an entity of thousands of digits: Python refuses such a number
        text = html.unescape(text)
    return " ".join(text.translate(_FOLD).lower().split())


def text_of(body: bytes) -> str:
    """Bytes as text: UTF-8 if they are (a cut last letter is left out), else Windows-1252; never an error."""
    try:
        return codecs.getincrementaldecoder("utf-8")("strict").decode(body)
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read_page(source: str) -> Page:
    """The parts of an HTML page (or plain text) that the signs need, in one pass from left to right."""
    parts = _Parts()
    lowered = source.translate(_ASCII_LOWER)
    at = 0
    while at < len(source):
        start = source.find("<", at)
        if start < 0:
            parts.add_text(source[at:])
            break
        parts.add_text(source[at:start])
        at = _past_tag(source, lowered, start, parts)
    return parts.page()


def _past_tag(source: str, lowered: str, start: int, parts: _Parts) -> int:
    """Take in the tag at `start`; the position behind it, and behind what it hides."""
    if source.startswith("<!--", start):
        end = source.find("-->", start + 4)
        return len(source) if end < 0 else end + 3
    end = source.find(">", start)
    if end < 0:
        return len(source)
    words = lowered[start + 1 : end].split(None, 1)
    name = words[0].rstrip("/") if words else ""
    if name in _UNSEEN:
        close = lowered.find(f"</{name}", end)
        return len(source) if close < 0 else close
    parts.tag(name, words[1] if len(words) > 1 else "")
    return end + 1


class _Parts:
    """Collects the parts of a page while the tags go by."""

    def __init__(self) -> None:
        self._title: list[str] = []
        self._headings: list[list[str]] = []
        self._text: list[str] = []
        self._inside: str | None = None
        self._password_field = False

    def tag(self, name: str, attributes: str) -> None:
        """A tag opens or closes."""
        if name in ("title", "h1", "h2"):
            self._inside = name
            if name != "title":
                self._headings.append([])
        elif name in ("/title", "/h1", "/h2", "/head", "body"):
            self._inside = None
        elif name == "input":
            plain = attributes.replace('"', "").replace("'", "").replace(" ", "")
            self._password_field = self._password_field or "type=password" in plain
        if name not in _INLINE:
            self.add_text(" ")

    def add_text(self, text: str) -> None:
        """Text between two tags."""
        if self._inside == "title":
            self._title.append(text)
            return
        if self._inside is not None and len(self._headings) <= MAX_HEADINGS:
            self._headings[-1].append(text)
        self._text.append(text)

    def page(self) -> Page:
        """Everything that was seen."""
        title = fold("".join(self._title))
        text = fold("".join(self._text))
        headings = (fold("".join(pieces)) for pieces in self._headings[:MAX_HEADINGS])
        return Page(
            title=tuple(dict.fromkeys((title, *_segments(title)))),
            headings=tuple(heading for heading in headings if heading),
            text=text,
            words=len(text.split()),
            password_field=self._password_field,
        )


# These do not part words; every other tag does.
_PARTLESS = ("a", "b", "i", "u", "em", "strong", "span", "font")
_INLINE = frozenset(_PARTLESS) | {f"/{name}" for name in _PARTLESS}


def _segments(title: str) -> list[str]:
    for separator in _SEPARATORS:
        title = title.replace(separator, "\0")
    return [segment.strip() for segment in title.split("\0") if segment.strip()]
