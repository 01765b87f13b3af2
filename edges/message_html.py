"""
HTML as plain text: nothing is fetched, rendered or run, no address of a link is kept.

One pass from left to right over the tags, linear on any input. The parser of the standard library is quadratic on
unclosed comments and tags, and whoever writes to us may know that; only its table of entities is used.
"""

import contextlib
import html
import re

MOST_SOURCE = 400_000  # characters of HTML that are read

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})([^<>]{0,4000})>")
_DROPPED = (
    "script",
    "style",
    "head",
    "title",
    "template",
    "svg",
    "noscript",
    "object",
    "iframe",
    "textarea",
    "select",
    "math",
)
_BREAKS = frozenset({
    "br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote",
    "pre", "section", "article", "header", "footer",
})  # fmt: skip
_CELLS = frozenset(("td", "th"))
_QUOTE = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend|protonmail_quote", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|\shidden(?:\s|$|=)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u200b-\u200d\ufeff]+")
_EMPTY = re.compile(r"\n{3,}")
QUOTE_STARTS = "\x02quote\x02"  # marks where a mail program began the quoted original


def text_of_html(source: str) -> str:
    """The visible text; quoted blocks get `> ` before each line, as in plain mail."""
    pieces: list[str] = []
    at, depth = 0, 0
    source = _without_dropped(source[:MOST_SOURCE])
    for tag in _TAG.finditer(source):
        pieces.append(_words(source[at : tag.start()], depth))
        at = tag.end()
        name = tag[2].lower()
        if name == "blockquote":
            depth = max(depth + (-1 if tag[1] else 1), 0) if depth < 30 or tag[1] else depth
        if not tag[1] and tag[3] and _QUOTE.search(tag[3]):
            pieces.append(f"\n{QUOTE_STARTS}\n")
        if name in _BREAKS:
            pieces.append("\n" + ">" * depth + (" " if depth else ""))
        elif name in _CELLS:
            pieces.append(" ")
    pieces.append(_words(source[at:], depth))
    lines = "".join(pieces).split("\n")
    return _EMPTY.sub("\n\n", "\n".join([_SPACES.sub(" ", line).strip() for line in lines])).strip()


def _words(piece: str, depth: int) -> str:
    if not piece:
        return ""
    if "&" in piece:
        with contextlib.suppress(ValueError):  # an entity of thousands of digits: Python refuses such a number
            piece = html.unescape(piece)
    return " ".join(piece.split("\n")) if "\n" in piece or depth else piece


def _without_dropped(source: str) -> str:
    """The source without comments and without elements whose content nobody sees; one left open takes the rest."""
    source = _without(source, source, "<!--", "-->")
    source = _without(source, source, "<![", "]>")
    lowered = source.lower()
    for name in _DROPPED:
        if f"<{name}" in lowered and (name != "head" or "<head>" in lowered or "<head " in lowered):
            opening = f"<{name}"
            source = _without(source, lowered, opening, f"</{name}", whole_name=True)
            lowered = source.lower()
    return source


def _without(source: str, lowered: str, opening: str, closing: str, *, whole_name: bool = False) -> str:
    if opening not in lowered or len(lowered) != len(source):
        return source
    kept, at = [], 0
    start = lowered.find(opening)
    while start >= 0:
        after = lowered[start + len(opening) : start + len(opening) + 1]
        if whole_name and after.isalnum():
            start = lowered.find(opening, start + 1)
            continue
        kept.append(source[at:start])
        stop = lowered.find(closing, start)
        if stop < 0:
            return "".join(kept)
        ends = lowered.find(">", stop) + 1 if whole_name else stop + len(closing)
        at = ends or len(source)
        start = lowered.find(opening, at)
    return "".join([*kept, source[at:]])
