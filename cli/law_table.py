"""Tables of questions for `sansdelai law`: tab-separated, UTF-8, a question a row; a faulty row spoils no other."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from law.errors import LawError
from law.measure import BadMeasure

Answer = dict[str, Any]
Cells = Mapping[str, str]


class BadAsk(LawError):
    """What was asked cannot be counted; every fault of it at once, as (what, what is wrong and allowed)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__(" | ".join(f"{key}: {says}" for key, says in self.faults))


def print_table(path: Path, needed: Sequence[str], columns: Sequence[str], answer: Callable[[Cells], Answer]) -> int:
    """One JSON line for each row of the table, faulty or not; gives the exit code, 1 when a row was faulty."""
    faulty = 0
    for id, row in _rows(path, needed, columns):
        try:
            if isinstance(row, BadAsk):
                raise row
            line: Answer = {"id": id, **answer(row)}
        except BadMeasure as error:
            faulty, line = 1, {"id": id, "error": str(BadAsk(error.faults))}
        except LawError as error:
            faulty, line = 1, {"id": id, "error": str(error)}
        sys.stdout.write(json.dumps(line) + "\n")
    return faulty


def _rows(path: Path, needed: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[str, Cells | BadAsk]]:
    """Each row as its id with its cells by column; a row of the wrong shape as its fault. No quoting: tabs part."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadAsk([("table", f"{path}: {error.strerror}; allowed: a readable file")]) from error
    header = lines[0].decode("utf-8-sig", "replace").rstrip("\r").split("\t")
    missing = [name for name in needed if name not in header]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if missing or twice:
        says = f"columns missing: {', '.join(missing) or 'none'}; twice: {', '.join(twice) or 'none'}"
        raise BadAsk([("table", f"{says}; allowed: tabs, UTF-8, with {', '.join(needed)}, each once")])
    for number, line in enumerate(lines[1:], start=2):
        cells = line.decode("utf-8", "replace").rstrip("\r").split("\t")
        if cells == [""]:
            continue
        row = {name: text for name, text in zip(header, cells, strict=False) if name in columns}
        id = row.get("id", "").strip()
        if not id:
            yield id, BadAsk([("id", f"is missing in line {number}; allowed: any name")])
        elif len(cells) > len(header):
            yield id, BadAsk([("row", f"has {len(cells)} cells; allowed: at most {len(header)}, as the header")])
        elif "\ufffd" in "".join(cells):
            yield id, BadAsk([("row", "is not UTF-8; allowed: UTF-8 only")])
        else:
            yield id, row


def iso(instant: datetime) -> str:
    """Such as 2026-11-10T16:00+01:00, with seconds when there are any."""
    return instant.isoformat(timespec="auto" if instant.second or instant.microsecond else "minutes")
