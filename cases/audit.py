"""
Auditing the store: every chain, row, text, letter and seal against the events that speak of them.

What is shown somewhere is either rebuilt by replaying a report's events, or hashed in one of them; so whatever was
altered behind the writer's back is found, and named by the report and the first link that is broken.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cases.audit_reading import Rows, read_reports
from models.chain import event_hash, header_of
from models.recorded import LEFT_OUT, row_hash
from models.replay import differences, replay_bodies
from models.sealing import open_texts
from models.store import Store

BATCH = 400  # reports read at a time
REPLAYED = ("procedure", "duty", "act", "measure", "hold")
BESIDE = tuple(table for table in LEFT_OUT if table != "report")

Row = Any  # a record of the driver


@dataclass(slots=True)
class Told:
    """What the events of one report say, read once; of things beside the replayed rows the newest word counts."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)  # hash by table and id
    texts: dict[str, str] = field(default_factory=dict)  # commitment by id


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken link: of which report, and what does not fit."""

    report: str
    what: str

    def __str__(self) -> str:
        return f"{self.report}: {self.what}"


async def audit_reports(
    store: Store, report_ids: Sequence[UUID], progress: Callable[[int], None] = lambda _: None
) -> list[Fault]:
    """The faults of these reports, in the order of the reports; `progress` hears how many events were checked."""
    faults: list[Fault] = []
    for start in range(0, len(report_ids), BATCH):
        async with store.transaction() as connection:
            rows = await read_reports(connection, report_ids[start : start + BATCH])
            altered: set[UUID] = set()
            opened = await open_texts(connection, store.cipher, rows.texts(), altered=altered)
            told = {report["id"]: told_by(rows.events.get(report["id"], ())) for report in rows.reports}
            for report in rows.reports:
                faults += [Fault(report["number"], what) for what in _of_report(rows, report, told[report["id"]])]
            faults += _texts(rows, told, {str(text_id): text.commitment for text_id, text in opened.items()}, altered)
        progress(rows.events_read)
    return faults


def _of_report(rows: Rows, report: Row, told: Told) -> list[str]:
    """What does not fit in one report, the chain first."""
    events = rows.events.get(report["id"], [])
    broken = chain_faults(events, report["event_seq"], report["head"])
    if broken:
        return broken
    stored = [(table, row) for table in REPLAYED for row in rows.of(table, report["id"])] + [("report", report)]
    of_report = str(report["id"])
    found = differences(replay_bodies((of_report, body) for body in told.bodies), stored)
    found += _beside(rows, report, told)
    found += _letters(rows, report, told)
    return found + _sealed(rows, report, events)


def chain_faults(events: Sequence[Row], last: int, head: str | None) -> list[str]:
    """Where a chain breaks, if it does: a missing, altered, swapped or slipped-in event, or a removed last one."""
    before: str | None = None
    for number, event in enumerate(events, start=1):
        if event["seq"] != number:
            return [f"event {number} is missing or out of place"]
        if event["prev"] != before:
            return [f"event {number} does not follow event {number - 1}: its link to it is broken"]
        before = event_hash(header_of(event))
        if before != event["hash"]:
            return [f"event {number} was altered: its hash is not that of what stands in it"]
    if len(events) != last:
        return [f"the newest events are missing: there are {len(events)}, the report counts {last}"]
    return [] if before == head else ["the report's head is not the hash of its newest event"]


def told_by(events: Sequence[Row]) -> Told:
    """What these events say, newest last."""
    told = Told()
    for event in events:
        body = json.loads(event["body"])
        told.bodies.append(body)
        for table, row_id, digest in body.get("rows", ()):
            told.rows[(table, row_id)] = digest
        for text_id, _, commitment in body.get("texts", ()):
            told.texts[text_id] = commitment
    return told


def _beside(rows: Rows, report: Row, told: Told) -> list[str]:
    """Rows that events hash: each as its newest mention says, none missing, none that no event speaks of."""
    found: list[str] = []
    seen = set()
    here: list[tuple[str, Row]] = [("report", report)]
    here += [(table, row) for table in BESIDE for row in rows.of(table, report["id"])]
    for table, row in here:
        key = (table, str(row["id"]))
        seen.add(key)
        if key not in told.rows:
            found.append(f"{table} {key[1]}: no event speaks of this row")
        elif row_hash(table, row) != told.rows[key]:
            found.append(f"{table} {key[1]} was altered: its hash is not the one on record")
    return found + [f"{table} {row_id}: the events speak of it, the store has no such row"
                    for table, row_id in told.rows if (table, row_id) not in seen]  # fmt: skip


def _letters(rows: Rows, report: Row, told: Told) -> list[str]:
    """The parts of each letter give its digest, and a letter counts as sent exactly when its act does."""
    found = []
    acts = {act["letter_id"]: act for act in rows.of("act", report["id"]) if act["letter_id"]}
    for letter in rows.of("letter", report["id"]):
        parts = rows.parts.get(letter["id"], [])
        if rows.digest(parts) != letter["digest"]:
            found.append(f"letter {letter['id']}: its parts are not those on record")
        for part in parts:
            mine = part["report_id"] in (None, report["id"])
            if mine and told.texts.get(str(part["text_id"])) != part["commitment"]:
                found.append(f"letter {letter['id']}, part {part['ordinal']}: no event holds its commitment")
        act = acts.get(letter["id"])
        if act is not None and (act["status"] == "sent") != (letter["status"] == "sent"):
            found.append(f"letter {letter['id']} says {letter['status']}, its act says {act['status']}")
    return found


def _sealed(rows: Rows, report: Row, events: Sequence[Row]) -> list[str]:
    """Seals cover the chain from its first event without a gap; what none covers yet waits in the queue."""
    reach = 0
    for leaf in rows.leaves.get(report["id"], []):
        here = [event["hash"] for event in events[leaf["first_seq"] - 1 : leaf["last_seq"]]]
        if leaf["first_seq"] != reach + 1:
            return [f"seal {leaf['seal_number']} does not begin where the one before ended"]
        if here != list(leaf["hashes"]):
            return [
                f"seal {leaf['seal_number']} covers other events than those {leaf['first_seq']} to {leaf['last_seq']}"
            ]
        reach = leaf["last_seq"]
    waiting = rows.waiting.get(report["id"], set())
    lost = [event["seq"] for event in events[reach:] if event["seq"] not in waiting]
    return [f"event {lost[0]} is in no seal and does not wait for one"] if lost else []


def _texts(rows: Rows, told: dict[UUID, Told], commitments: dict[str, str], altered: set[UUID]) -> list[Fault]:
    """Every text that can still be opened is the one that its event committed to."""
    found = []
    for report in rows.reports:
        said = told[report["id"]].texts
        for text in rows.of("private_text", report["id"]):
            text_id = str(text["id"])
            if text_id not in said:
                found.append(Fault(report["number"], f"text {text_id}: no event speaks of it"))
            elif text["id"] in altered:
                found.append(Fault(report["number"], f"text {text_id} was altered: it does not open under its key"))
            elif text_id in commitments and commitments[text_id] != said[text_id]:
                found.append(Fault(report["number"], f"text {text_id} is not the one that was committed to"))
    return found
