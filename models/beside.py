"""
What an event says of rows beside the replayed ones: their hashes, the commitments of texts, the labels of parties.

Every such row and text that belongs to a report is told in an event of that report; a draft that brings one without a
fact of its own (a look that showed nothing new) gets the plain fact that it was noted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.bulk import driver, with_defaults
from models.draft import Draft, Entry
from models.letter import Letter, LetterPart
from models.recorded import LEFT_OUT, row_hash

NOTED = "noted"
SHARED = frozenset({"letter", "incoming"})  # rows that may belong to many reports: the facts say to which
_LABELS = "SELECT id, public_label FROM party WHERE id = ANY($1)"
_PARTIES = ("party_id", "about_id")

Rows = Mapping[str, Iterable[Mapping[str, Any]]]  # by table


@dataclass(slots=True)
class Beside:
    """Attaches what a draft brings beside its facts to the events of the reports that it belongs to."""

    draft: Draft
    contents: Mapping[UUID, UUID]  # report by content
    last: dict[UUID, Entry] = field(default_factory=dict)
    letters: dict[UUID, list[Entry]] = field(default_factory=dict)  # entries that speak of a letter or message

    def __post_init__(self) -> None:
        for entry in self.draft.entries:
            self.last[entry.report_id] = entry
            for change in entry.changes:
                if change.letter_id is not None:
                    self._speaks(entry, change.letter_id)
            for shared in entry.speaks_of:
                self._speaks(entry, shared)

    def _speaks(self, entry: Entry, shared: UUID) -> None:
        known = self.letters.setdefault(shared, [])
        if not known or known[-1] is not entry:
            known.append(entry)

    def rows(self, rows: Rows) -> None:
        """Put the hash of each row into an event."""
        places: dict[UUID, UUID] = {}
        for row in rows.get("location", ()):
            places[row["id"]] = self.contents[row["content_id"]]
        for table, found in rows.items():
            if table not in LEFT_OUT:
                continue
            for row in found:
                told = [table, str(row["id"]), row_hash(table, row)]
                for entry in self._entries(table, row, places):
                    entry.rows.append(told)

    def texts(self) -> None:
        """Put the commitment of each private text into an event; a letter's frame into those of all its reports."""
        frames = _frames(self.draft)
        for text in self.draft.texts:
            told = [str(text.id), str(text.purpose), text.commitment]
            if text.report_id is not None:
                self._entry(text.report_id).texts.append(told)
            else:
                shared = frames.get(text.id, text.letter_id or text.id)
                for entry in self.letters.get(shared, ()):
                    entry.texts.append(told)

    def _entries(self, table: str, row: Mapping[str, Any], places: Mapping[UUID, UUID]) -> list[Entry]:
        if table in SHARED:
            return self.letters.get(row["id"], [])
        if table == "report":
            return [self._entry(row["id"])]
        if table == "location":
            return [self._entry(places[row["id"]])]
        if table == "hosting":
            report_id = places.get(row["location_id"])
            return [self._entry(report_id)] if report_id else []
        return [self._entry(row["report_id"])]

    def _entry(self, report_id: UUID) -> Entry:
        entry = self.last.get(report_id)
        if entry is None:
            entry = self.last[report_id] = self.draft.event(report_id, NOTED)
        return entry


def _frames(draft: Draft) -> dict[UUID, UUID]:
    """Texts of a letter that belong to no report, each with its letter: the frame, and the server's answer."""
    found: dict[UUID, UUID] = {}
    for row in (*draft.rows, *(row for row, _ in draft.updates)):
        if isinstance(row, LetterPart) and row.report_id is None:
            found[row.text_id] = row.letter_id
        elif isinstance(row, Letter) and row.answer_id is not None:
            found[row.answer_id] = row.id
    return found


def brought(draft: Draft) -> dict[str, list[Mapping[str, Any]]]:
    """Rows that a draft makes or amends beside the replayed ones, each once, as it leaves them."""
    found: dict[str, dict[Any, Mapping[str, Any]]] = {}
    for table, plain_rows in draft.plain_rows.items():
        if table in LEFT_OUT:
            found.setdefault(table, {}).update({row["id"]: row for row in with_defaults(table, plain_rows)})
    for row in (*draft.rows, *(row for row, _ in draft.updates)):
        table = str(row.__tablename__)
        if table in LEFT_OUT:
            found.setdefault(table, {})[row.id] = row.columns()  # type: ignore[attr-defined]
    return {table: list(rows.values()) for table, rows in found.items()}


async def freeze_labels(connection: AsyncConnection, draft: Draft) -> None:
    """Write into each event what the parties that it speaks of are called now."""
    named: dict[UUID, list[Entry]] = {}
    for entry in draft.entries:
        for change in entry.changes:
            for column in _PARTIES:
                if (party_id := change.values.get(column)) is not None:
                    named.setdefault(party_id, []).append(entry)
    if not named:
        return
    for row in await (await driver(connection)).fetch(_LABELS, list(named)):
        for entry in named[row["id"]]:
            entry.labels[str(row["id"])] = row["public_label"]
