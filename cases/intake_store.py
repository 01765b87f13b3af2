"""Taking a batch of checked submissions in: what is known is passed over, what is open is linked, the rest is new."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.intake_batch import Batch, Case
from cases.intake_groups import Refusal, Submission
from cases.intake_rows import Ground
from models.base import utc
from models.cipher import Cipher
from models.draft import Draft
from models.store import write
from models.tables import IntakeRef

# Two imports at once wait for each other, batch by batch: a reference is looked up and written under this lock.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('sansdelai intake'))")
# One table a query: while a large import grows fresh tables, the planner's statistics lag behind, and a join of four
# tables was measured to take 38 s for one batch instead of 0.02 s.
_KNOWN = text("SELECT source_ref, report_id FROM intake_ref WHERE source_ref = ANY(:refs)")
_STORED = text("SELECT blind FROM location WHERE blind = ANY(:blinds)")
_PLACES = text("SELECT blind, content_id FROM location WHERE blind = ANY(:blinds) AND closed_at IS NULL")
_REPORTS = text(
    "SELECT id, content_id FROM report WHERE content_id = ANY(:ids) AND closed_at IS NULL AND retracted_at IS NULL"
    " ORDER BY number"
)
_CODES = text("SELECT report_id, code FROM qualification WHERE report_id = ANY(:ids) ORDER BY qualified_at, id")
_CALLED = text("SELECT report_id FROM duty WHERE report_id = ANY(:ids) AND deed = 'call' AND closed_at IS NULL")
_NUMBER_OF = text("SELECT id, number FROM report WHERE id = ANY(:ids)")
_NUMBERS = text("SELECT nextval('report_number') FROM generate_series(1, :count)")


@dataclass(frozen=True, slots=True)
class Blinds:
    """What makes keyed hashes, and what encrypts."""

    blind: bytes
    cipher: Cipher


class Tally(Protocol):
    """Where the outcome of a batch is counted."""

    reports: int
    locations: int
    linked: int
    known: int
    numbers: list[str]
    refused: list[Refusal]


@dataclass(slots=True)
class Found:
    """What the store, and this batch so far, hold already."""

    numbers: dict[str, str]  # report numbers by reference
    stored: set[bytes]  # blind indexes of known references' locations
    open: dict[tuple[bytes, str], UUID]  # open reports by blind index and qualification
    called: set[UUID] = field(default_factory=set)  # reports for which a telephone call is due


async def take_in(
    connection: AsyncConnection, batch: Sequence[Submission], ground: Ground, keys: Blinds, actor: str, done: Tally
) -> None:
    """Write a batch inside the caller's transaction and count what it came to in `done`."""
    key, cipher = keys.blind, keys.cipher
    cases = [_case(submission, key) for submission in batch]
    await connection.execute(_ONE_AT_A_TIME)
    found = await _find(connection, cases)
    fresh = _unknown(cases, found, done)
    builder = Batch(Draft(ground.now, actor=actor), ground.library, ground.directory, key)
    numbers = iter(sorted((await connection.execute(_NUMBERS, {"count": len(fresh)})).scalars()))
    for case in fresh:
        _place(builder, case, found, numbers, done)
    await write(connection, builder.draft, cipher)


def _case(submission: Submission, key: bytes) -> Case:
    """The reference of a submission: the sender's own, else what identifies the row."""
    head = submission.head
    if head.ref:
        identity = "ref\n" + head.ref
    else:
        parts = ("row", head.category, head.qualification, head.location.normalised, utc(head.received_at))
        identity = "\n".join(parts)
    source_ref = hmac.digest(key, identity.encode("utf-8"), "sha256").hex()
    return Case(submission, source_ref, tuple(row.location.blind(key) for row in submission.rows))


async def _find(connection: AsyncConnection, cases: Sequence[Case]) -> Found:
    refs = [case.source_ref for case in cases]
    known = {row.source_ref: row.report_id for row in await connection.execute(_KNOWN, {"refs": refs})}
    named = await connection.execute(_NUMBER_OF, {"ids": list(set(known.values()))}) if known else ()
    numbers = {row.id: row.number for row in named}
    old = [blind for case in cases if case.source_ref in known for blind in case.blinds]
    stored = set((await connection.execute(_STORED, {"blinds": old})).scalars()) if old else set()
    found = Found({ref: numbers[report_id] for ref, report_id in known.items()}, stored, {})
    new = [blind for case in cases if case.source_ref not in known for blind in case.blinds]
    await _find_open(connection, found, new)
    return found


async def _find_open(connection: AsyncConnection, found: Found, blinds: list[bytes]) -> None:
    """Which of these places an open report has already. The newest qualification of a report is the one that holds."""
    places = (await connection.execute(_PLACES, {"blinds": blinds})).all() if blinds else []
    if not places:
        return
    contents = {"ids": list({row.content_id for row in places})}
    reports = {row.content_id: row.id for row in await connection.execute(_REPORTS, contents)}
    ids = {"ids": list(reports.values())}
    codes = {row.report_id: row.code for row in await connection.execute(_CODES, ids)}
    found.called = set((await connection.execute(_CALLED, ids)).scalars())
    for place in places:
        report_id = reports.get(place.content_id)
        if report_id is not None:
            found.open.setdefault((place.blind, codes[report_id]), report_id)


def _unknown(cases: Sequence[Case], found: Found, done: Tally) -> list[Case]:
    """The cases that no earlier import took in. A known one that brings a new location is refused: it would be lost."""
    fresh: list[Case] = []
    for case in cases:
        number = found.numbers.get(case.source_ref)
        if number is None:
            found.numbers[case.source_ref] = "a report of this file"
            found.stored.update(case.blinds)
            fresh.append(case)
            continue
        done.known += 1
        for line, blind in zip(case.submission.lines, case.blinds, strict=True):
            if blind not in found.stored:
                reason = f"ref: was taken in before, as {number}, without this location; allowed: a new ref"
                done.refused.append(Refusal(line, (reason,)))
    return fresh


def _place(builder: Batch, case: Case, found: Found, numbers: Iterator[int], done: Tally) -> None:
    """Link the locations that are open already under the same qualification; open a report for the others."""
    head = case.submission.head
    new: dict[bytes, Any] = {}
    linked: dict[UUID, int] = {}
    for row, blind in zip(case.submission.rows, case.blinds, strict=True):
        target = found.open.get((blind, head.qualification))
        if target is None:
            new.setdefault(blind, (row, blind))
        else:
            linked[target] = linked.get(target, 0) + 1
    for target, count in linked.items():
        builder.link(case, target, count, called=target in found.called)
        if head.emergency:
            found.called.add(target)
        done.linked += count
    if not new:
        builder.draft.keep_plain(IntakeRef, {"source_ref": case.source_ref, "report_id": next(iter(linked))})
        return
    number = f"R-{head.received_at.year}-{next(numbers):06d}"
    report_id = builder.receive(case, number, list(new.values()))
    found.open.update({(blind, head.qualification): report_id for blind in new})
    if head.emergency:
        found.called.add(report_id)
    done.reports += 1
    done.locations += len(new)
    done.numbers.append(number)
