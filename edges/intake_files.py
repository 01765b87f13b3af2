"""
Reading the files that other tools export: CSV and JSON Lines, as lines of named texts.

What a row means is not known here, only what it is made of. Files, images and paths are refused (practice 1.5).
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from edges.intake_mapping import DELIMITERS, PLAIN, FieldMapping, FileRefused, header_faults, translate_date

__all__ = ["FieldMapping", "FileRefused", "IntakeFile", "Line"]

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
MOST_CHARACTERS = 100_000  # of one value
NO_FILES = "files, images and paths are refused; allowed: text and addresses"

_FILE_VALUE = re.compile(
    r"\s*data:|\s*file:|[A-Za-z]:[\\/]|\\\\\S|(?:/|\.{1,2}/|~/)[^\s]*\Z"  # data URL, file URL, a path at the start
    r"|(?![a-z][a-z0-9+.-]*:)\S+\.(?:avi|bmp|eml|gif|heic|jpe?g|mkv|mov|mp4|msg|pdf|png|rar|svg|tiff?|webm|webp|zip|7z)\Z",
    re.IGNORECASE,
)
_FILE_INSIDE = re.compile(r";base64,|(?:\A|\s)[A-Za-z0-9+/]{256,}={0,2}(?:\s|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its line number in the file, its values by our column names, and what was wrong with it so far."""

    number: int
    values: dict[str, str]
    faults: tuple[str, ...] = ()


Pairs = tuple[int, dict[str, str], list[str]]  # line number, raw values by our names, faults so far


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """A file that can be gone through more than once. `columns` are all ours, `dates` those that hold dates."""

    path: Path
    columns: Sequence[str]
    dates: frozenset[str] = frozenset()
    mapping: FieldMapping = field(default=PLAIN)

    def __iter__(self) -> Iterator[Line]:
        """
        The lines in order; empty ones are passed over.

        Raises:
            FileRefused: the file cannot be read, is of another kind, holds no row, or has columns that we do not know.
        """
        for number, pairs, faults in self._pairs():
            yield self._line(number, pairs, faults)

    def _pairs(self) -> Iterator[Pairs]:
        kind = SUFFIXES.get(self.path.suffix.lower())
        if kind is None:
            raise FileRefused([f"{self.path.name}: of no known kind; allowed: {', '.join(SUFFIXES)}, as text in UTF-8"])
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as stream:
                rows = self._csv(stream) if kind == "csv" else self._json_lines(stream)
                first = next(rows, None)
                if first is None:
                    raise FileRefused([f"{self.path.name}: no rows; allowed: at least one"])
                yield first
                yield from rows
        except OSError as error:
            raise FileRefused([f"{self.path.name}: cannot be read: {error.strerror}"]) from error
        except UnicodeDecodeError as error:
            raise FileRefused([f"{self.path.name}: is not text in UTF-8; export it as CSV in UTF-8"]) from error

    def count(self, column: str) -> tuple[Counter[str], int]:
        """How often each value of one column stands in the file, and the last line's number: a quick look ahead."""
        found: Counter[str] = Counter()
        last = 0
        for number, pairs, _ in self._pairs():
            last = number
            text = str(self.mapping.constants.get(column, pairs.get(column, ""))).strip()
            if text:
                found[self.mapping.values.get(column, {}).get(text, text)] += 1
        return found, last

    def _csv(self, stream: TextIO) -> Iterator[Pairs]:
        first = stream.readline()
        delimiter = self.mapping.delimiter or max(DELIMITERS, key=first.count)
        reader = csv.reader(chain([first], stream), delimiter=delimiter, strict=True)
        rows = self._rows(reader)
        header = [name.strip() for name in next(rows, [])]
        if not any(header):
            raise FileRefused(
                [f"{self.path.name}: no rows: has no header line; allowed columns: {', '.join(self.columns)}"]
            )
        self._check(header)
        names = [self.mapping.ours(name) for name in header]
        before = reader.line_num
        for cells in rows:
            number, before = before + 1, reader.line_num
            if not any(cells):
                continue
            faults: list[str] = []
            if len(cells) != len(header):
                faults.append(f"the row has {len(cells)} cells; allowed: {len(header)}, as in the header")
            pairs = {name: cell for name, cell in zip(names, cells, strict=False) if cell and name is not None}
            yield number, pairs, faults

    def _rows(self, reader: Any) -> Iterator[list[str]]:
        try:
            yield from reader
        except csv.Error as error:
            raise FileRefused([f"{self.path.name}: line {reader.line_num}: is not CSV: {error}"]) from error

    def _json_lines(self, stream: TextIO) -> Iterator[Pairs]:
        checked: set[tuple[str, ...]] = set()
        for number, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                found = json.loads(text, object_pairs_hook=_once)
            except ValueError as error:
                yield number, {}, [f"is not JSON: {getattr(error, 'msg', error)}"]
                continue
            if not isinstance(found, dict):
                yield number, {}, ["is not a JSON object; allowed: one object a line"]
                continue
            faults = [] if tuple(found) in checked else header_faults(found, self.mapping, self.columns)
            if not faults:
                checked.add(tuple(found))
            pairs: dict[str, str] = {}
            for name, value in found.items():
                ours = self.mapping.ours(name)
                if ours is not None:
                    pairs[ours] = _as_text(name, value, faults)
            yield number, pairs, faults

    def _check(self, header: Iterable[str]) -> None:
        if faults := header_faults(header, self.mapping, self.columns):
            raise FileRefused(f"{self.path.name}: {fault}" for fault in faults)

    def _line(self, number: int, pairs: dict[str, str], faults: list[str]) -> Line:
        """Refuse what is a file, translate, and add the constants."""
        values = {}
        for name, given in pairs.items():
            if not (text := given.strip()):
                continue
            if len(text) > MOST_CHARACTERS:
                faults.append(f"{name}: {len(text)} characters; allowed: up to {MOST_CHARACTERS}")
            elif is_file(text):
                faults.append(f"{name}: {NO_FILES}")
            else:
                values[name] = text
        if self.mapping is not PLAIN:
            self._translate(values, faults)
        return Line(number, values, tuple(faults))

    def _translate(self, values: dict[str, str], faults: list[str]) -> None:
        mapping = self.mapping
        for name in values.keys() & mapping.values.keys():
            values[name] = mapping.values[name].get(values[name], values[name])
        if mapping.dates.format or mapping.dates.zone:
            for name in values.keys() & self.dates:
                try:
                    values[name] = translate_date(values[name], mapping.dates)
                except ValueError as error:
                    faults.append(f"{name}: {error}")
                    del values[name]
        for name, constant in mapping.constants.items():
            values[name] = _as_text(name, constant, faults)


@lru_cache(maxsize=4_096)  # most values of an export are the same few words
def is_file(text: str) -> bool:
    """Whether a value is a file's content, name or path instead of a text or an address."""
    return bool(_FILE_VALUE.match(text) or _FILE_INSIDE.search(text))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _as_text(name: str, value: Any, faults: list[str]) -> str:
    """A JSON or TOML value as a CSV cell would hold it; lists become words with commas between."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return "" if value is None else str(value)
    faults.append(f"{name}: allowed: text, whole number, true, false, null or a list of texts")
    return ""
