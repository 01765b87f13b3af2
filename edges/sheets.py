"""
Cells of the CSV files that leave the house, so that a spreadsheet never runs one.

A spreadsheet runs a value that begins with `= + - @`, a tab or a carriage return. Such a value gets one apostrophe
before it, and so does one that begins with an apostrophe: taking one leading apostrophe away always restores it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = tuple("=+-@\t\r'")


def neutral(text: str) -> str:
    """The cell as it is written."""
    return f"'{text}" if text.startswith(FORMULA) else text


def restored(text: str) -> str:
    """The cell as it was before `neutral`; a text of another tool that merely begins with an apostrophe is left."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as text: every cell quoted and neutral, lines end with CRLF."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return written.getvalue()
