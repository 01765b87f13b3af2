"""Rows with the same `ref` are one report with several locations: gathering and checking them together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cases.intake_rows import COLUMNS, OF_LOCATION, BadRow, Ground, ReportRow, read_row
from edges.intake_files import IntakeFile, Line

OF_REPORT = tuple(name for name in COLUMNS if name not in OF_LOCATION)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken in, with every reason."""

    line: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.line}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class Submission:
    """The checked rows of one report, with their line numbers; the first row speaks for the report."""

    rows: tuple[ReportRow, ...]
    lines: tuple[int, ...]

    @property
    def head(self) -> ReportRow:
        """The row whose report columns hold."""
        return self.rows[0]


def count_refs(lines: Iterable[Line]) -> tuple[Counter[str], int]:
    """How many rows each reference has, and the number of the last line: the first time through the file."""
    if isinstance(lines, IntakeFile):
        return lines.count("ref")
    refs: Counter[str] = Counter()
    last = 0
    for line in lines:
        last = line.number
        if ref := line.values.get("ref"):
            refs[ref] += 1
    return refs, last


def gather(lines: Iterable[Line], refs: Counter[str]) -> Iterator[list[Line]]:
    """The rows of each report together, as soon as the last of them was read; rows without `ref` stand alone."""
    pending: dict[str, list[Line]] = {}
    for line in lines:
        ref = line.values.get("ref")
        if not ref or refs[ref] == 1:
            yield [line]
            continue
        group = pending.setdefault(ref, [])
        group.append(line)
        if len(group) == refs[ref]:
            yield pending.pop(ref)


def check(group: list[Line], ground: Ground) -> Submission | list[Refusal]:
    """
    Check all rows of one report. If one of them is bad, none is taken in: half a report would be half a truth, and
    the file could not be imported again to complete it.
    """
    rows, bad = [], {}
    for line in group:
        reasons = list(line.faults)
        values = dict(line.values)
        if line is not group[0]:
            reasons += _inherit(values, group[0])
        unreadable = bool(reasons) and not values
        try:
            if not unreadable:
                rows.append(read_row(values, ground))
        except BadRow as refused:
            # A value that could not be read is absent here; its reason was given already.
            said = {reason.partition(":")[0] for reason in reasons}
            reasons += [reason for reason in refused.reasons if reason.partition(":")[0] not in said]
        if reasons:
            bad[line.number] = tuple(reasons)
    if not bad:
        return Submission(tuple(rows), tuple(line.number for line in group))
    others = ", ".join(map(str, bad))
    company = (f"belongs to a report of which another row is bad: line {others}",)
    return [Refusal(line.number, bad.get(line.number, company)) for line in group]


def _inherit(values: dict[str, str], first: Line) -> list[str]:
    """Take over the report's columns from its first row; those that are given must agree with it."""
    faults = []
    for name in OF_REPORT:
        expected = first.values.get(name)
        if name in values and values[name] != expected:
            faults.append(f"{name}: differs from line {first.number} of the same ref; allowed: the same or empty")
        if expected is not None:
            values[name] = expected
        else:
            values.pop(name, None)
    return faults
