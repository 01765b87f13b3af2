"""
A dossier as PDF/A-2b: the same bytes for the same content, no link of any kind, no font of the system.

The Typst templates stand in `templates/dossier/`, one file a section. The data reach them as JSON in which every text
is a string that is shown as plain text, so that nobody's words can become markup.
"""

import functools
import json
import re
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final

import typst

from edges.dossier_content import DossierContent
from edges.dossier_ends import clear_ends
from edges.dossier_glyphs import PLAIN, spelled
from edges.dossier_print import printed
from edges.dossier_words import FOLDER, Printed, Words

__all__ = ["DossierContent", "can_draw", "dossier_pdf"]

_LONG: Final = re.compile(r"\S{15,}")  # from here on a word may have to be broken
_PIECE: Final = re.compile(r"[^\W_]{1,8}(?:[\W_]{1,4})?|[\W_]{1,8}")
LINE: Final = 80  # characters
HEAVY: Final = 600  # characters in one text, from which a row may be broken over pages
_ONE_AT_A_TIME: Final = Lock()  # a compiler serves one caller


def dossier_pdf(content: DossierContent) -> bytes:
    """The dossier, its date being `made_at`; about a tenth of a second for two hundred events, once it is warm."""
    data = _mark_heavy(printed(content))
    try:
        return _compile(_plain(data, None), content)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _compile(_plain(data, PLAIN), content)  # a cluster that no font has: an export never fails on a text


def _compile(data: Printed, content: DossierContent) -> bytes:
    title = spelled(Words.of(content)("title", number=content.number))
    inputs = {"dossier": json.dumps(data), "title": title, "author": spelled(content.organisation)}
    return _pdf("dossier.typ", inputs, content.made_at.astimezone(UTC).replace(microsecond=0))


def can_draw(text: str) -> bool:
    """Whether every style in use has all characters of a text: what `dossier_glyphs` writes its table with."""
    try:
        _pdf("glyphs.typ", {"asked": text}, datetime(2026, 1, 1, tzinfo=UTC))
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return False
    return True


def _pdf(template: str, inputs: dict[str, str], made_at: datetime) -> bytes:
    with _ONE_AT_A_TIME:
        made = _compiler(template).compile(format="pdf", pdf_standards=["a-2b"], timestamp=made_at, sys_inputs=inputs)
    assert isinstance(made, bytes)
    return clear_ends(made)


@functools.cache
def _compiler(template: str) -> typst.Compiler:
    """Compilers and fonts are made once a process; templates are part of the program and never change under it."""
    return typst.Compiler(input=FOLDER / template, root=FOLDER, font_paths=_fonts(), ignore_system_fonts=True)


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _weigh(part: Any) -> tuple[int, int]:
    """The longest text and all texts together, in characters; a line break counts as a line of them."""
    if isinstance(part, str):
        weight = len(part) + LINE * part.count("\n")
        return weight, weight
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
    weights = [_weigh(one) for one in inner]
    return max((longest for longest, _ in weights), default=0), sum(whole for _, whole in weights)


def _mark_heavy(data: Printed) -> Printed:
    """Mark the rows that may be longer than a page: all others stay on one page."""
    for section in data["sections"]:
        parts = [section.get(key, ()) for key in ("rows", "removals", "looks")]
        parts += [group["rows"] for group in section.get("groups", ())]
        for row in (one for rows in parts for one in rows if isinstance(one, dict)):
            longest, whole = _weigh(row)
            row["heavy"] = longest > HEAVY or whole > 4 * HEAVY
    return data


def _plain(part: Any, known: frozenset[str] | None) -> Any:
    """The same data with every text as the templates take it: drawable, and with places where a line may break."""
    if isinstance(part, str):
        return broken(spelled(part, known))
    if isinstance(part, dict):
        return {key: _plain(value, known) for key, value in part.items()}
    return [_plain(one, known) for one in part] if isinstance(part, list | tuple) else part


def broken(text: str) -> str | list[str]:
    """A text whose lines can be set: unchanged, or in pieces where it has a long word or a line break."""
    if "\n" not in text and _LONG.search(text) is None:
        return text
    pieces: list[str] = [""]
    for part in re.split(r"(\n|\S{15,})", text):
        if part == "\n":
            pieces += ["\n", ""]
        elif _LONG.fullmatch(part):
            first, *rest = _PIECE.findall(part)
            pieces[-1] += first
            pieces += rest
        else:
            pieces[-1] += part
    return [one for one in pieces if one]
