"""
What is about to be recorded: facts, and the rows they change, gathered in memory.

A draft is built by `cases/` and written whole by `models.store.write`, in one transaction or not at all. Rows that
events rebuild (procedures, duties, acts, measures, holds, the living part of a report) are only ever changed
through `Entry.add` and `Entry.set`, so that no row can change without a fact that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from law.vocabulary import Deed
from models.base import Table, plain
from models.chain import nonce
from models.private import PrivateText
from models.procedure import Duty

Row = TypeVar("Row", bound=Table)

# Tables that replaying the events rebuilds, and the columns of each that are left out because they are nobody's
# legal record: leases, and caches derived by a pure function.
REPLAYED: dict[str, frozenset[str]] = {
    "procedure": frozenset(),
    "duty": frozenset({"lease_token", "lease_until"}),
    "act": frozenset(),
    "measure": frozenset(),
    "hold": frozenset({"reference_id"}),
}
# Duties whose next date is our own rhythm, not a legal fact: it is set without an event and is not compared.
LOOKS = frozenset({Deed.VERIFY, Deed.WATCH})
# The living part of a report; the rest of its row is intake and never changes.
REPORT_LIFE = frozenset(
    {
        "wish", "returns", "police_informed_at", "police_no_objection_at", "agreed_delay_hours",
        "gone_at", "retracted_at", "closed_at",
    }
)  # fmt: skip


IMPLIED = frozenset({"id", "report_id"})  # stand beside the values already


class NotReplayable(TypeError):
    """Only rows that events rebuild may be changed by a fact; add this row to the draft instead."""


@dataclass(slots=True)
class Change:
    """One row as a fact left it: its table, its id, the columns that changed, and whether it is new."""

    table: str
    id: UUID
    values: dict[str, Any]
    new: bool
    letter_id: UUID | None = None  # of an act: the letter that carries it

    def as_data(self) -> dict[str, Any]:
        """The changed columns as an event holds them."""
        return {column: plain(value) for column, value in self.values.items() if column not in IMPLIED}


@dataclass(slots=True)
class Entry:
    """One timeline event in the making."""

    report_id: UUID
    kind: str
    at: datetime
    actor: str
    procedure_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    seq: int = 0  # given when it is written
    flow_run_id: UUID | None = None
    learned_at: datetime | None = None  # by default when it happened
    rows: list[list[str]] = field(default_factory=list)  # table, id and hash of rows beside the replayed ones
    texts: list[list[str]] = field(default_factory=list)  # id, purpose and commitment of private texts
    labels: dict[str, str] = field(default_factory=dict)  # what parties are called now
    speaks_of: list[UUID] = field(default_factory=list)  # letters and incoming messages besides those of changed acts

    def add(self, row: Row) -> Row:
        """Say that `row` came into being with this fact."""
        name = _replayed_name(row)
        left_out = REPLAYED.get(name, frozenset())
        values = {k: v for k, v in row.columns().items() if v is not None and k not in left_out}
        self.changes.append(Change(name, row.id, values, True, getattr(row, "letter_id", None)))  # type: ignore[attr-defined]
        return row

    def set(self, row: Table, **values: Any) -> None:
        """Say that this fact changed these columns of `row`; the object in memory changes with it."""
        name = _replayed_name(row)
        if name == "report" and not values.keys() <= REPORT_LIFE:
            raise NotReplayable(NotReplayable.__doc__)
        for column, value in values.items():
            setattr(row, column, value)
        self.changes.append(Change(name, row.id, values, False, getattr(row, "letter_id", None)))  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """The event's body as data: sorted when it is written."""
        changes = [[change.table, str(change.id), change.as_data()] for change in self.changes]
        told = {"changes": changes, "details": {k: plain(v) for k, v in self.details.items()}, "nonce": nonce()}
        beside = {"labels": self.labels, "rows": self.rows, "texts": self.texts}
        return told | {name: value for name, value in beside.items() if value}


def _replayed_name(row: Table) -> str:
    name = str(row.__tablename__)
    if name not in REPLAYED and name != "report":
        raise NotReplayable(f"{name}: {NotReplayable.__doc__}")
    return name


@dataclass(slots=True)
class Claim:
    """A lease on duties: whoever writes an outcome must still hold it."""

    token: UUID
    duty_ids: list[UUID]


@dataclass(slots=True)
class Draft:
    """Facts and rows that are written together."""

    now: datetime  # legal time
    actor: str = "machine"
    flow_run_id: UUID | None = None
    entries: list[Entry] = field(default_factory=list)
    rows: list[Table] = field(default_factory=list)  # intake, letters, texts, observations: not replayed
    updates: list[tuple[Table, dict[str, Any]]] = field(default_factory=list)  # of such rows
    plain_rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by table; see `keep_plain`
    texts: list[PrivateText] = field(default_factory=list)  # encrypted when they are written
    claims: list[Claim] = field(default_factory=list)
    expects: dict[UUID, int] = field(default_factory=dict)  # number of the newest event of a report, as it was read

    def event(
        self,
        report_id: UUID,
        kind: str,
        *,
        at: datetime | None = None,
        procedure_id: UUID | None = None,
        actor: str | None = None,
        **details: Any,
    ) -> Entry:
        """Start a new event; `at` is when it happened, by default now."""
        entry = Entry(report_id, str(kind), at or self.now, actor or self.actor, procedure_id, details)
        entry.flow_run_id, entry.learned_at = self.flow_run_id, self.now
        self.entries.append(entry)
        return entry

    def keep(self, row: Row) -> Row:
        """Store a row that is not rebuilt by events."""
        self.rows.append(row)
        return row

    def keep_apart(self, text: PrivateText) -> PrivateText:
        """Store a private text; the events hold its commitment, the store its ciphertext."""
        self.texts.append(text)
        return text

    def keep_plain(self, table: type[Table], values: dict[str, Any]) -> None:
        """
        Store a new row given as its columns, which the caller has checked; columns left out take their default.

        For intake in bulk: building a hundred thousand table objects costs more than writing them.
        """
        self.plain_rows.setdefault(str(table.__tablename__), []).append(values)

    def amend(self, row: Table, **values: Any) -> None:
        """Change a stored row that is not rebuilt by events (a letter's status, a location's end)."""
        if str(row.__tablename__) in REPLAYED or str(row.__tablename__) == "report":
            raise NotReplayable("this row changes only through a fact: use Entry.set")
        for column, value in values.items():
            setattr(row, column, value)
        self.updates.append((row, values))

    def look_again(self, duty: Duty, at: datetime, attempts: int | None = None) -> None:
        """
        Set the next look. The rhythm of our looking is no legal fact: it makes no event and is not replayed.

        Raises:
            NotReplayable: the duty is not one of looking.
        """
        if duty.deed not in LOOKS:
            raise NotReplayable("only the rhythm of looking may change without a fact")
        duty.due_at = at
        duty.attempts = duty.attempts if attempts is None else attempts
        self.updates.append((duty, {"due_at": duty.due_at, "attempts": duty.attempts}))

    def holds(self, token: UUID | None, duty_ids: Sequence[UUID]) -> None:
        """Say which lease the outcome rests on; a lost lease refuses the whole draft."""
        if token is not None and duty_ids:
            self.claims.append(Claim(token, list(duty_ids)))

    def builds_on(self, report: Any) -> None:
        """Say that this rests on a report as it was read: if anything happened to it since, nothing is written."""
        self.expects[report.id] = report.event_seq

    def join(self, other: "Draft") -> None:
        """Take over everything of another draft, so that both are written in one transaction."""
        self.entries += other.entries
        self.rows += other.rows
        self.updates += other.updates
        self.claims += other.claims
        self.expects |= other.expects
        self.texts += other.texts
        for name, rows in other.plain_rows.items():
            self.plain_rows.setdefault(name, []).extend(rows)
