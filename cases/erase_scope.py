"""What an erasure would take: whether it is allowed, which keys, how many texts, and whose other reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from law.lifecycle import FINAL
from models.bulk import driver
from models.private import Purpose
from models.store import Store

# Letters are made of addresses and reasons, and answers quote them: they go with either.
DERIVED: dict[Purpose, frozenset[Purpose]] = {
    Purpose.LOCATION: frozenset({Purpose.LETTER, Purpose.INCOMING}),
    Purpose.FREE_TEXT: frozenset({Purpose.LETTER, Purpose.INCOMING}),
}
NEEDED_BY_CASE = frozenset({Purpose.LOCATION, Purpose.FREE_TEXT, Purpose.LETTER})
RETENTION = "retention"
CAUSES = ("request", "objection", "consent_withdrawn", "unlawful", RETENTION)

_REPORTS = (
    "SELECT r.id, r.number,"
    " EXISTS (SELECT 1 FROM legal_hold h WHERE h.report_id = r.id AND h.released_at IS NULL) AS kept,"
    " EXISTS (SELECT 1 FROM procedure p WHERE p.report_id = r.id AND p.stage <> ALL($2)) AS open,"
    " r.closed_at IS NOT NULL AS closed FROM report r WHERE r.number = ANY($1) ORDER BY r.id FOR UPDATE"
)
_KEYS = (
    "SELECT DISTINCT t.key_id FROM private_text t JOIN data_key k ON k.id = t.key_id"
    " WHERE t.report_id = ANY($1) AND t.purpose = ANY($2) AND k.erased_at IS NULL"
    " AND ($3::uuid[] IS NULL OR k.subject IS NULL OR NOT EXISTS ("
    "  SELECT 1 FROM private_text o WHERE o.key_id = k.id AND o.report_id <> ALL($3))) ORDER BY t.key_id"
)
# A message that answers several reports goes with the last of them (decision 23).
_INCOMING = (
    "SELECT DISTINCT t.key_id FROM incoming_report r JOIN incoming i ON i.id = r.incoming_id"
    " JOIN private_text t ON t.id = i.text_id JOIN data_key k ON k.id = t.key_id"
    " WHERE r.report_id = ANY($1) AND k.erased_at IS NULL AND NOT EXISTS ("
    "  SELECT 1 FROM incoming_report o WHERE o.incoming_id = i.id AND o.report_id <> ALL($1) AND NOT EXISTS ("
    "   SELECT 1 FROM data_key d WHERE d.report_id = o.report_id AND d.purpose = 'letter' AND d.erased_at IS NOT NULL))"
    " ORDER BY t.key_id"
)
_OTHERS = (
    "SELECT r.number, EXISTS (SELECT 1 FROM legal_hold h WHERE h.report_id = r.id AND h.released_at IS NULL) AS kept"
    " FROM report r WHERE r.id <> ALL($2) AND r.id IN (SELECT t.report_id FROM private_text t WHERE t.key_id = ANY($1))"
    " ORDER BY r.number"
)
_COUNTS = "SELECT purpose, count(*) AS texts FROM private_text WHERE key_id = ANY($1) GROUP BY purpose"
_LETTERS = (
    "SELECT count(DISTINCT p.letter_id) FROM letter_part p JOIN private_text t ON t.id = p.text_id"
    " WHERE t.key_id = ANY($1)"
)


class EraseRefused(ValueError):
    """This may not be erased now; nothing was."""


class NothingLeft(EraseRefused):
    """There is nothing of this kind left to erase."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What would go; it names nobody and shows no text."""

    numbers: tuple[str, ...]
    purposes: tuple[Purpose, ...]  # as asked for, and what goes with them
    keys: tuple[UUID, ...]
    texts: Mapping[Purpose, int]
    letters: int
    others: tuple[str, ...]  # reports nobody named here: the same person's key opens texts in them


async def preview(store: Store, numbers: Sequence[str], purposes: Iterable[str], *, cause: str) -> Scope:
    """
    What an erasure would take, without doing it.

    Raises:
        EraseRefused: as the erasure itself would, with every fault at once.
    """
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        return await scope_of(await driver(connection), numbers, purposes, cause)


async def scope_of(
    raw: Any,
    numbers: Sequence[str],
    purposes: Iterable[str],
    cause: str,
    within: Sequence[UUID] | None = None,
) -> Scope:
    """
    What an erasure takes; the reports named are locked until the transaction ends.

    With `within` given, a person's key that was used in any report besides these stays.

    Raises:
        EraseRefused: an unknown report, purpose or cause, a legal hold, an open procedure, by age (`retention`) also a
            report that is not closed.
        NothingLeft: nothing of this kind is left to erase.
    """
    asked = list(dict.fromkeys(purposes))
    wanted = {Purpose(each) for each in asked if each in set(Purpose)}
    wanted |= {also for purpose in wanted for also in DERIVED.get(purpose, ())}
    faults = [] if cause in CAUSES else [f"unknown cause {cause!r}; allowed: {', '.join(CAUSES)}"]
    faults += [f"unknown purpose {each!r}; allowed: {', '.join(Purpose)}" for each in asked if each not in set(Purpose)]
    faults += [] if asked else [f"no purpose is named; allowed: {', '.join(Purpose)}"]
    found = await raw.fetch(_REPORTS, list(numbers), sorted(map(str, FINAL)))
    faults += _of_reports(numbers, found, wanted, closed=cause == RETENTION)
    ids = [row["id"] for row in found]
    keys = [row["key_id"] for row in await raw.fetch(_KEYS, ids, sorted(map(str, wanted)), within)]
    if Purpose.INCOMING in wanted:
        keys += [row["key_id"] for row in await raw.fetch(_INCOMING, ids)]
    others = await raw.fetch(_OTHERS, keys, ids)
    faults += [
        f"{row['number']}: a legal hold keeps it, and the same key opens its texts" for row in others if row["kept"]
    ]
    if faults:
        raise EraseRefused("\n".join(sorted(faults)))
    if not keys:
        raise NothingLeft(NothingLeft.__doc__)
    return Scope(
        tuple(sorted(row["number"] for row in found)),
        tuple(sorted(wanted)),
        tuple(keys),
        {Purpose(row["purpose"]): row["texts"] for row in await raw.fetch(_COUNTS, keys)},
        await raw.fetchval(_LETTERS, keys),
        tuple(row["number"] for row in others),
    )


def _of_reports(numbers: Sequence[str], found: Sequence[Any], wanted: set[Purpose], *, closed: bool) -> list[str]:
    faults = [f"{number}: no such report" for number in set(numbers) - {row["number"] for row in found}]
    faults += [f"{row['number']}: a legal hold keeps it" for row in found if row["kept"]]
    faults += [f"{row['number']}: it is not closed" for row in found if closed and not row["closed"]]
    if wanted & NEEDED_BY_CASE:
        faults += [
            f"{row['number']}: a procedure is still open, end or withdraw it first" for row in found if row["open"]
        ]
    return faults
