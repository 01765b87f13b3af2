"""Everything that one export is made of, read on one snapshot and cut at the day that it speaks for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from cases.audit import chain_faults
from cases.audit_reading import Rows, read_reports
from cases.seal import Covered
from models.bulk import driver
from models.merkle import Tree
from models.private import PrivateText, Purpose
from models.recorded import row_hash, shown_columns
from models.replay import replay
from models.sealing import open_texts
from models.store import Store
from web.export.profile import Profile

Row = Any  # a record of the driver


class ExportRefused(ValueError):
    """This cannot be exported; nothing was written."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One seal over events of the report, with everything that proves it."""

    seal: Row
    covered: Covered
    index: int
    path: list[bytes]
    tokens: list[Row]


@dataclass
class Material:
    """One report's record, as far as it was known on the day and as far as the profile shows it."""

    report: Row
    rows: Rows
    events: list[Row]  # up to the day
    later: int  # events after it
    profile: Profile
    party_id: UUID | None
    simulated: bool
    texts: dict[UUID, PrivateText] = field(default_factory=dict)  # that can still be opened
    erased: dict[UUID, Row] = field(default_factory=dict)  # keys that were destroyed, by text
    seals: list[Sealed] = field(default_factory=list)
    shared: frozenset[UUID] = frozenset()  # messages that are about other reports, too

    @cached_property
    def bodies(self) -> dict[int, dict[str, Any]]:
        """The bodies that are shown, by number."""
        return {event["seq"]: json.loads(event["body"]) for event in self.events if self._shows(event)}

    def _shows(self, event: Row) -> bool:
        if not self.profile.own_letters_only or event["procedure_id"] is None:
            return True
        procedure = self.replayed.get(("procedure", str(event["procedure_id"])), {})
        return str(procedure.get("party_id")) == str(self.party_id)

    @cached_property
    def replayed(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Procedures, duties, acts, measures and holds as they stood on the day."""
        return replay(self.events)

    def of(self, table: str) -> dict[str, dict[str, Any]]:
        """The replayed rows of one table, by id."""
        return {row_id: row for (name, row_id), row in self.replayed.items() if name == table}

    @cached_property
    def told_rows(self) -> dict[tuple[str, str], str]:
        """The newest hash of every row that shown bodies speak of."""
        return {
            (table, row_id): digest for body in self.bodies.values() for table, row_id, digest in body.get("rows", ())
        }

    @cached_property
    def told_texts(self) -> dict[str, tuple[str, str]]:
        """Purpose and commitment of every text that shown bodies speak of."""
        return {
            text_id: (purpose, told)
            for body in self.bodies.values()
            for text_id, purpose, told in body.get("texts", ())
        }

    @cached_property
    def labels(self) -> dict[str, str]:
        """What parties were called when the record last spoke of them."""
        return {party: label for body in self.bodies.values() for party, label in body.get("labels", {}).items()}

    def beside(self, table: str) -> list[tuple[str, dict[str, Any] | None]]:
        """Rows beside the replayed ones that the shown record speaks of; none: withheld, or changed after the day."""
        here = {str(row["id"]): row for row in self._rows(table)}
        return [
            (row_id, self.columns_of(table, here.get(row_id), digest))
            for (name, row_id), digest in self.told_rows.items()
            if name == table
        ]

    def _rows(self, table: str) -> Sequence[Row]:
        return [self.report] if table == "report" else self.rows.of(table, self.report["id"])

    def columns_of(self, table: str, row: Row | None, digest: str) -> dict[str, Any] | None:
        """The columns of a row as they are shown; none: withheld, or changed after its newest shown mention."""
        if row is None or table in self.profile.hidden_rows or row_hash(table, row) != digest:
            return None
        if table == "incoming" and not self._may_show(row):
            return None
        return shown_columns(table, row)

    def text(self, text_id: Any) -> PrivateText | None:
        """A private text that this export shows."""
        text = self.texts.get(UUID(str(text_id))) if text_id else None
        if text is None or text.purpose not in self.profile.purposes:
            return None
        return None if text.purpose is Purpose.INCOMING and text.id not in self._shown_of_messages else text

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that came in and that this export shows, by number; those of others' letters are withheld."""
        found = [
            dict(row)
            for row in self.rows.of("incoming", self.report["id"])
            if self.columns_of("incoming", row, self.told_rows.get(("incoming", str(row["id"])), ""))
        ]
        return sorted(found, key=lambda row: str(row["number"]))

    def text_of(self, message: Mapping[str, Any]) -> UUID | None:
        """
        Which text of a message is shown: the message as kept; of one that is about other reports, too, its own words.

        What it quotes of our letter names those reports' addresses, which belong into their exports only.
        """
        found: UUID | None = message["own_id"] if message["id"] in self.shared else message["text_id"]
        return found

    @cached_property
    def _shown_of_messages(self) -> set[UUID]:
        """The text of each message and its sender's own words; never what stood in a PDF that came with it."""
        return {found for one in self.messages for found in (one["own_id"], self.text_of(one)) if found is not None}

    def _may_show(self, message: Row) -> bool:
        """An addressee sees what answers its own letters."""
        if not self.profile.own_letters_only:
            return True
        return message["letter_id"] in {letter["id"] for letter in self.letters}

    @cached_property
    def letters(self) -> list[dict[str, Any]]:
        """The letters of the shown record, oldest first, as rows with their parts."""
        found = [
            row for row in self.rows.of("letter", self.report["id"]) if ("letter", str(row["id"])) in self.told_rows
        ]
        if self.profile.own_letters_only:
            found = [row for row in found if row["party_id"] == self.party_id]
        return sorted((dict(row) for row in found), key=lambda row: (row["written_at"], str(row["id"])))


async def read_material(
    store: Store,
    report_id: UUID,
    profile: Profile,
    *,
    simulated: bool,
    as_known_on: datetime | None = None,
    party_id: UUID | None = None,
) -> Material:
    """
    Read one report's record.

    Raises:
        ExportRefused: its chain is broken, or nothing was known of it on that day.
    """
    async with store.transaction() as connection:
        rows = await read_reports(connection, [report_id])
        report, events = rows.reports[0], rows.events.get(report_id, [])
        if broken := chain_faults(events, report["event_seq"], report["head"]):
            raise ExportRefused(f"{report['number']}: {broken[0]}; run `sansdelai audit verify`")
        known = _known_on(events, as_known_on)
        if not known:
            raise ExportRefused(f"{report['number']}: nothing was known of it on that day")
        later = len(events) - len(known)
        material = Material(report, rows, known, later, profile, party_id, simulated)
        ids = [UUID(text_id) for text_id in material.told_texts]
        material.texts = await open_texts(connection, store.cipher, ids)
        material.erased = await _erased(connection, ids)
        _hide_erased(material)
        material.shared = await _shared(connection, report_id)
        material.seals = await _seals(connection, rows.leaves.get(report_id, []), len(known))
    return material


def _known_on(events: Sequence[Row], day: datetime | None) -> list[Row]:
    """The events that the house knew of by then: the chain up to the first that it learned later."""
    if day is None:
        return list(events)
    known: list[Row] = []
    for event in events:
        if event["learned_at"] > day:
            break
        known.append(event)
    return known


def _hide_erased(material: Material) -> None:
    """A message that other reports share may still open; to this report it is erased as its events say."""
    for event in material.events:
        if event["kind"] != "erased":
            continue
        for told in json.loads(event["body"])["details"]["texts"]:
            text = material.texts.pop(UUID(told), None)
            if text is not None:
                row = {"id": text.id, "purpose": text.purpose, "erased_at": event["at"]}
                material.erased[text.id] = row


async def _erased(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Row]:
    query = (
        "SELECT t.id, t.purpose, k.erased_at FROM private_text t JOIN data_key k ON k.id = t.key_id"
        " WHERE t.id = ANY($1) AND k.erased_at IS NOT NULL"
    )
    return {row["id"]: row for row in await (await driver(connection)).fetch(query, list(ids))}


async def _shared(connection: AsyncConnection, report_id: UUID) -> frozenset[UUID]:
    query = (
        "SELECT DISTINCT o.incoming_id FROM incoming_report o JOIN incoming_report r ON r.incoming_id = o.incoming_id"
        " WHERE r.report_id = $1 AND o.report_id <> $1"
    )
    return frozenset(row["incoming_id"] for row in await (await driver(connection)).fetch(query, report_id))


async def _seals(connection: AsyncConnection, leaves: Sequence[Row], known: int) -> list[Sealed]:
    raw = await driver(connection)
    found = []
    for leaf in leaves:
        if leaf["first_seq"] > known:
            break
        number = leaf["seal_number"]
        tree = await _tree(raw, number)
        tokens = await raw.fetch("SELECT * FROM seal_token WHERE seal_number = $1 ORDER BY stamped_at, id", number)
        seal = await raw.fetchrow("SELECT * FROM seal WHERE number = $1", number)
        covered = Covered(leaf["report_id"], leaf["first_seq"], leaf["last_seq"], list(leaf["hashes"]))
        found.append(Sealed(seal, covered, leaf["index"], tree.path(leaf["index"]), list(tokens)))
    return found


_TREES: dict[str, Tree] = {}  # of the newest seals asked for: a thousand exports share a few seals
MOST_TREES = 16


async def _tree(raw: Any, number: int) -> Tree:
    root = await raw.fetchval("SELECT root FROM seal WHERE number = $1", number)
    if root not in _TREES:
        if len(_TREES) >= MOST_TREES:
            _TREES.pop(next(iter(_TREES)))
        query = "SELECT * FROM seal_leaf WHERE seal_number = $1 ORDER BY index"
        leaves = [
            Covered(row["report_id"], row["first_seq"], row["last_seq"], list(row["hashes"])).leaf
            for row in await raw.fetch(query, number)
        ]
        _TREES[root] = Tree(leaves)
    return _TREES[root]


def erasure_of(bodies: Mapping[int, Mapping[str, Any]], text_id: UUID) -> int | None:
    """The number of the event that says that this text was erased."""
    return next((seq for seq, body in bodies.items() if str(text_id) in _texts_of(body)), None)


def _texts_of(body: Mapping[str, Any]) -> Sequence[str]:
    erased = body["details"].get("texts")
    return erased if isinstance(erased, list) else ()
