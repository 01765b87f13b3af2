"""
Whose words are whose: a letter about several reports is kept as parts, so that one report's words go alone.

Templates say `{{ own(letter, number) }}` before a report's own lines and `{{ shared(letter) }}` after them. What names
a place or a person, or says why, stands in between; the rest, the frame, holds numbers, labels, dates and counts. A
part is always whole lines of the encoded message: where it ends within a line of HTML, the encoding breaks that line
(`=` at its end), and whoever decodes it sees no break.
"""

import binascii
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from edges.letter_parts import LetterContext, Rendered, Segment

Piece = tuple[str | None, bytes]  # the number of the report whose words these are, none for the frame

# Texts from people lose their control characters (`visible`). Labels and our own words do not pass there, so the mark
# is drawn anew in each process as well: nothing on record can hold it.
MARK = f"\x02{secrets.token_hex(8)} "
_MARK = re.compile(rf"{MARK}([^\x03]*)\x03")
_MARKS_BEFORE_LINE_ENDS = re.compile(rf"({MARK}[^\x03]*\x03(?:{MARK}[^\x03]*\x03)*)((?: *\n)+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole lines of a letter; `report` is the number of the report whose words they are, none for the frame."""

    report: str | None
    octets: bytes


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as it leaves, in parts; neighbours never have the same owner."""

    parts: tuple[Part, ...]

    @property
    def raw(self) -> bytes:
        """The whole message."""
        return b"".join(part.octets for part in self.parts)


def own(letter: LetterContext, number: str) -> str:
    """For templates: from here on these are the words of that report. A letter about one report needs no marks."""
    return f"{MARK}{number}\x03" if len(letter.reports) > 1 else ""


def shared(letter: LetterContext) -> str:
    """For templates: from here on the letter speaks of all its reports again."""
    return own(letter, "")


def marks_after_gaps(text: str) -> str:
    """Move every mark behind the empty lines that follow it, so that they count as one gap with those before it."""
    return _MARKS_BEFORE_LINE_ENDS.sub(r"\2\1", text) if MARK in text else text


def without_marks(letter: LetterContext, subject: str, text: str, html: str) -> Rendered:
    """Return what was rendered, cut where the templates said so."""
    numbers = [report.number for report in letter.reports]
    if len(numbers) < 2:
        return Rendered(subject, text, html, numbers[0] if numbers else None)
    text_cut, html_cut = _cut(text, numbers), _cut(html, numbers)
    return Rendered(subject, _joined(text_cut), _joined(html_cut), None, text_cut, html_cut)


def _cut(text: str, numbers: Collection[str]) -> tuple[Segment, ...]:
    """A number that the letter is not about owns nothing: its words are the frame's."""
    pieces = _MARK.split(f"{MARK}\x03{text}")[1:]
    pairs = zip(pieces[::2], pieces[1::2], strict=True)
    return tuple((number if number in numbers else None, segment) for number, segment in pairs if segment)


def _joined(segments: Iterable[Segment]) -> str:
    return "".join(text for _, text in segments)


def quoted(text: str) -> bytes:
    """Return a text in quoted-printable as whole lines, also where it ends within one."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = text.replace("\n", "\r\n").encode()
    if octets.endswith(b"\r\n"):
        return binascii.b2a_qp(octets, istext=True)
    # An equals sign is written `=3D`; without its `3D` it is the line break that nobody sees.
    return binascii.b2a_qp(octets + b"=\r\n", istext=True)[: -len(b"3D\r\n")] + b"\r\n"


def quoted_row(row: bytes) -> bytes:
    """Return one row of a table, with its CRLF, in quoted-printable; a line break inside a value is encoded."""
    # Written by hand, because `b2a_qp` lets a line that ends in an encoded line break grow one octet too long.
    *broken, last = row.removesuffix(b"\r\n").split(b"\n")
    lines = [binascii.b2a_qp(line + b"=", istext=False)[: -len(b"3D")] + b"0A=\n" for line in broken]
    lines.append(binascii.b2a_qp(last, istext=False) + b"\n")
    return b"".join(lines).replace(b"\n", b"\r\n")


def put_together(owner: str | None, pieces: Iterable[Piece]) -> Composed:
    """Return the letter in as few parts as it has owners side by side; with an owner of the whole it is one."""
    if owner is not None:
        return Composed((Part(owner, b"".join(octets for _, octets in pieces)),))
    groups = groupby(pieces, key=itemgetter(0))
    return Composed(tuple(Part(report, b"".join(octets for _, octets in group)) for report, group in groups))
