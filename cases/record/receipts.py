"""
A list of receipts: what a portal or form confirmed for many reports, pasted back as one file.

Every row is checked before anything is written, and every fault is said at once. A row that is on record already, with
the same reference, adds nothing; with another one it is a fault, because one of the two is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cases.channels import DirectoryRefused, party_with_channels
from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.intake_groups import Refusal
from cases.intake_values import moment
from cases.record.answers import put_on_record
from cases.record.opening import RecordRefused, recording, reference_of
from edges.intake_files import Line
from edges.sheets import restored
from law.errors import UnknownRegime
from law.vocabulary import Deed, Receipt
from models.tables import Party, Procedure, Report

COLUMNS = ("number", "reference", "filed_at", "regime")
DATES = frozenset({"filed_at"})
MOST_ROWS = 20_000


class ReceiptsRefused(RecordRefused):
    """No receipt was recorded, because some rows are bad."""

    def __init__(self, refused: Iterable[Refusal]) -> None:
        self.refused = tuple(refused)
        super().__init__("\n".join([*(str(one) for one in self.refused), "Nothing was recorded."]))


@dataclass(frozen=True, slots=True)
class Receipts:
    """What a list came to: case numbers."""

    recorded: tuple[str, ...]
    known: tuple[str, ...]  # on record already, with the same reference


@dataclass(frozen=True, slots=True)
class _Row:
    """One receipt as read."""

    line: int
    number: str
    reference: str
    filed_at: datetime
    regime: str | None


async def filed_list(desk: Desk, party_number: str, lines: Iterable[Line], *, by: str, now: datetime) -> Receipts:
    """
    Record what was filed at this party, a reference for each report: all rows, or none.

    Raises:
        RecordRefused: unknown party or staff code.
        ReceiptsRefused: some row is bad; every fault of every row is in it.
        FileRefused: the file as a whole cannot be read.
    """
    draft = recording(desk, by, now)
    try:
        party, _ = await party_with_channels(desk.store, party_number)
    except DirectoryRefused as refused:
        raise RecordRefused(str(refused)) from None
    faults: list[Refusal] = []
    rows = _unique(list(_read(desk, lines, now, faults)), faults)
    dossiers = await _dossiers(desk, rows, faults)
    recorded: list[str] = []
    known: list[str] = []
    for row in rows:
        if (dossier := dossiers.get(row.number)) is None:
            continue
        fault, procedure = _procedure(dossier, party, row)
        if fault:
            faults.append(Refusal(row.line, (fault,)))
        elif procedure is None:
            known.append(row.number)
        else:
            recorded.append(row.number)
            if not faults:  # nothing is written any more once a row is bad
                put_on_record(desk, draft, dossier, procedure, row.reference, row.filed_at, now)
    if faults:
        raise ReceiptsRefused(sorted(faults, key=lambda one: one.line))
    await desk.store.write(draft)
    return Receipts(tuple(recorded), tuple(known))


def _read(desk: Desk, lines: Iterable[Line], now: datetime, faults: list[Refusal]) -> Iterable[_Row]:
    for count, line in enumerate(lines, start=1):
        if count > MOST_ROWS:
            faults.append(Refusal(line.number, (f"more than {MOST_ROWS} rows; allowed: up to that, split the file",)))
            return
        values = {name: restored(value) for name, value in line.values.items()}
        wrong = list(line.faults)
        wrong += [f"{name}: is missing" for name in ("number", "reference", "filed_at") if name not in values]
        reference, at, regime = values.get("reference", ""), None, values.get("regime")
        if reference:
            try:
                reference = reference_of(reference)
            except RecordRefused as refused:
                wrong.append(f"reference: {refused}")
        if "filed_at" in values:
            try:
                at = moment(values["filed_at"])
            except ValueError as error:
                wrong.append(f"filed_at: {error}")
        if at is not None and at > now:
            wrong.append("filed_at: lies in the future; allowed: up to now")
        if regime is not None:
            try:
                regime = desk.library.regime(regime).id
            except UnknownRegime as error:
                wrong.append(f"regime: {error}")
        if wrong or at is None:
            faults.append(Refusal(line.number, tuple(dict.fromkeys(wrong))))
        else:
            yield _Row(line.number, values["number"].upper(), reference, at, regime)


def _unique(rows: list[_Row], faults: list[Refusal]) -> list[_Row]:
    """The same receipt twice is one; two receipts for one report are a fault."""
    found: dict[tuple[str, str | None], _Row] = {}
    for row in rows:
        first = found.setdefault((row.number, row.regime), row)
        if first.reference != row.reference:
            said = f"number: stands in line {first.line} with another reference; allowed: one reference for each report"
            faults.append(Refusal(row.line, (said,)))
    return list(found.values())


async def _dossiers(desk: Desk, rows: list[_Row], faults: list[Refusal]) -> dict[str, Dossier]:
    numbers = list(dict.fromkeys(row.number for row in rows))
    async with desk.store.session() as session:
        query = select(Report.number, Report.id).where(col(Report.number).in_(numbers))
        ids = dict((await session.exec(query)).all())
    unknown = "number: no such report; allowed: a case number such as R-2026-000123"
    faults += [Refusal(row.line, (unknown,)) for row in rows if row.number not in ids]
    loaded = await load(desk.store, ids.values())
    return {number: loaded[report_id] for number, report_id in ids.items()}


def _procedure(dossier: Dossier, party: Party, row: _Row) -> tuple[str, Procedure | None]:
    """What is wrong with a row, or the procedure that it is about; neither when it is on record already."""
    theirs = [p for p in dossier.procedures if p.party_id == party.id and row.regime in (None, p.regime)]
    if any(act.reference == row.reference for act in dossier.acts if act.procedure_id in {p.id for p in theirs}):
        return "", None
    ids = {duty.procedure_id for duty in dossier.duties if duty.deed is Deed.FILE}
    waiting = [p for p in theirs if p.id in ids]
    if row.filed_at < dossier.report.received_at:
        return "filed_at: lies before the report was received", None
    if len(waiting) == 1:
        return "", waiting[0]
    if waiting:
        return f"regime: several fit; allowed: {', '.join(sorted(p.regime for p in waiting))}", None
    if any(p.receipt is Receipt.PORTAL for p in theirs):
        return "reference: differs from the one on record; nothing recorded is overwritten", None
    return f"number: nothing of this report waits to be filed at {party.number}", None
