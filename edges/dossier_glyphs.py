"""
Which characters the fonts in the `typst` package can draw; every other one is written `<U+65E5>` in print.

PDF/A refuses a page with a character that no font has, and an export must never fail on somebody's text. The table
`templates/dossier/glyphs.txt` is of the pinned package. Written anew, in some minutes, by

    python -m edges.dossier_glyphs
"""

import functools
import re
import unicodedata
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).resolve().parent.parent / "templates" / "dossier" / "glyphs.txt"
PLAIN: Final = frozenset(
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x180), 0x2019, 0x2026, 0x202F])
)
# Unicode categories that are not looked at. A mark is drawn with its letter or not at all: what NFC does not join is
# spelled out, because no font is sure to have the pair.
_NEVER = {"Cc", "Cf", "Cn", "Co", "Cs", "Mc", "Me", "Mn", "Zl", "Zp"}
_WIDE = re.compile(
    "[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00013000-\U0001cfff\U0001f000-\U0010ffff]"
)  # none has them


@functools.cache
def drawable() -> frozenset[str]:
    """Every character that can be printed, from the table."""
    found: set[str] = set()
    for line in TABLE.read_text("ascii").split():
        first, _, last = line.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)


def spelled(text: str, known: frozenset[str] | None = None) -> str:
    """The text with every character that cannot be drawn written as `<U+65E5>`; line breaks stay."""
    known = drawable() if known is None else known
    if known.issuperset(text):
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(one if one in known or one == "\n" else f"<U+{ord(one):04X}>" for one in text)


def _candidates() -> list[str]:
    every = map(chr, range(0x20, 0x110000))
    return [one for one in every if unicodedata.category(one) not in _NEVER and not _WIDE.match(one)]


def _find(asked: list[str]) -> list[str]:
    """Those of `asked` that every style in use can draw, by halving."""
    from edges.dossier import can_draw

    if can_draw("\u200b".join(asked)):
        return asked
    if len(asked) == 1:
        return []
    half = len(asked) // 2
    return _find(asked[:half]) + _find(asked[half:])


def _ranges(found: list[str]) -> list[str]:
    """Such as `20-7E`, in order."""
    spans: list[list[int]] = []
    for point in sorted(map(ord, found)):
        if spans and point == spans[-1][1] + 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return [f"{first:X}-{last:X}" if first != last else f"{first:X}" for first, last in spans]


if __name__ == "__main__":
    TABLE.write_text("\n".join(_ranges(_find(_candidates()))) + "\n", "ascii")
