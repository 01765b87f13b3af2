"""
Seals: every hour a root over all events since the last one, chained to it and time-stamped.

The seal is on record before any authority is asked, so an authority that is down delays a token and loses nothing: the
next round asks again for every seal that has none from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.x509 import Certificate
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from cases.house import house_of
from edges.timestamp import StampFailure, Token, stamp
from models.base import new_id, utc
from models.bulk import bulk_insert, driver
from models.chain import leaf, seal_body, sha256
from models.merkle import root
from models.store import Store
from models.tables import Seal, SealToken

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('sansdelai seal'))")
_NEWEST = "SELECT number, hash FROM seal ORDER BY number DESC LIMIT 1"
_TAKE = "DELETE FROM unsealed RETURNING report_id, seq"
_HASHES = (
    "SELECT e.report_id, e.seq, e.hash FROM event e"
    " JOIN unnest($1::uuid[], $2::int[], $3::int[]) AS span(report_id, first, last)"
    " ON e.report_id = span.report_id AND e.seq BETWEEN span.first AND span.last"
    " ORDER BY e.report_id, e.seq"
)


class SealBroken(RuntimeError):
    """The queue of unsealed events has a gap: events of a report are missing between two seals."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What a seal covers of one report."""

    report_id: UUID
    first: int
    last: int
    hashes: list[str]

    @property
    def leaf(self) -> bytes:
        """The leaf of the tree, in its canonical form."""
        return leaf(str(self.report_id), self.first, self.hashes)


@dataclass(frozen=True, slots=True)
class Round:
    """What an hour brought: the new seal, if there was anything to seal, the tokens, and who did not stamp."""

    seal: int | None
    tokens: int
    failures: tuple[StampFailure, ...]
    late: tuple[int, ...]  # seals that still have no token at all


async def seal_now(store: Store) -> Seal | None:
    """
    Seal all committed events that no seal covers yet; nothing when there are none.

    An event that is being written meanwhile stays in the queue and is in the next seal.
    """
    simulated = (await house_of(store)).simulated
    async with store.transaction() as connection:
        await connection.execute(_ONE_AT_A_TIME)
        covered = await _take(connection)
        if not covered:
            return None
        newest = await (await driver(connection)).fetchrow(_NEWEST)
        seal = _seal(covered, newest, simulated=simulated)
        await bulk_insert(connection, "seal", [seal.columns()])
        await bulk_insert(connection, "seal_leaf", [_leaf_row(seal, n, one) for n, one in enumerate(covered)])
    return seal


async def _take(connection: AsyncConnection) -> list[Covered]:
    raw = await driver(connection)
    spans: dict[UUID, list[int]] = {}
    for row in await raw.fetch(_TAKE):
        spans.setdefault(row["report_id"], []).append(row["seq"])
    ids = sorted(spans)
    firsts, lasts = [min(spans[each]) for each in ids], [max(spans[each]) for each in ids]
    hashes: dict[UUID, list[str]] = {each: [] for each in ids}
    for row in await raw.fetch(_HASHES, ids, firsts, lasts):
        hashes[row["report_id"]].append(row["hash"])
    found = [Covered(each, first, last, hashes[each]) for each, first, last in zip(ids, firsts, lasts, strict=True)]
    if any(len(one.hashes) != one.last - one.first + 1 for one in found):
        raise SealBroken(SealBroken.__doc__)
    return found


def _seal(covered: Sequence[Covered], newest: Any, *, simulated: bool) -> Seal:
    closed = datetime.now(UTC)
    number, prev = (newest["number"] + 1, newest["hash"]) if newest else (1, None)
    events, tree = sum(len(one.hashes) for one in covered), root([one.leaf for one in covered])
    body = seal_body(
        number=number,
        prev=prev,
        closed=utc(closed),
        events=events,
        leaves=len(covered),
        root=tree,
        simulated=simulated,
    )
    return Seal(
        number=number,
        events=events,
        leaves=len(covered),
        root=tree.hex(),
        prev=prev,
        closed_at=closed,
        body=body,
        hash=sha256(body),
    )


def _leaf_row(seal: Seal, index: int, one: Covered) -> dict[str, Any]:
    return {
        "seal_number": seal.number,
        "index": index,
        "report_id": one.report_id,
        "first_seq": one.first,
        "last_seq": one.last,
        "hashes": one.hashes,
    }


async def stamp_seals(store: Store, authorities: Sequence[str], trust: Sequence[Certificate] | None = None) -> Round:
    """Ask for the tokens that are missing, oldest seal first; an authority that fails is asked once a round."""
    async with store.session() as session:
        seals = (await session.exec(select(Seal).order_by(col(Seal.number)))).all()
        have = {(row.seal_number, row.authority) for row in (await session.exec(select(SealToken))).all()}
    failed: dict[str, StampFailure] = {}
    tokens = 0
    for seal in seals:
        wanted = [each for each in authorities if (seal.number, each) not in have and each not in failed]
        if not wanted:
            continue
        outcome = await stamp(wanted, seal.body.encode("utf-8"), trust)
        failed |= {failure.url: failure for failure in outcome.failures}
        have |= {(seal.number, each.url) for each in outcome.tokens}
        tokens += len(outcome.tokens)
        await _keep(store, seal, outcome.tokens)
    stamped = {number for number, _ in have}
    late = tuple(seal.number for seal in seals if seal.number not in stamped)
    return Round(None, tokens, tuple(failed.values()), late)


async def _keep(store: Store, seal: Seal, tokens: Sequence[Token]) -> None:
    rows = [
        {
            "id": new_id(),
            "seal_number": seal.number,
            "authority": each.url,
            "token": each.token,
            "stamped_at": each.at,
            "obtained_at": datetime.now(UTC),
        }
        for each in tokens
    ]
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        await bulk_insert(connection, "seal_token", rows)


async def seal_round(store: Store, authorities: Sequence[str], trust: Sequence[Certificate] | None = None) -> Round:
    """One hour's work: seal, then stamp what has no token yet."""
    sealed = await seal_now(store)
    outcome = await stamp_seals(store, authorities, trust)
    return Round(sealed.number if sealed else None, outcome.tokens, outcome.failures, outcome.late)


async def list_seals(store: Store) -> list[tuple[Seal, list[SealToken]]]:
    """All seals with their tokens, newest first."""
    async with store.session() as session:
        seals = (await session.exec(select(Seal).order_by(col(Seal.number).desc()))).all()
        tokens = (await session.exec(select(SealToken).order_by(col(SealToken.stamped_at)))).all()
    found: dict[int, list[SealToken]] = {}
    for token in tokens:
        found.setdefault(token.seal_number, []).append(token)
    return [(seal, found.get(seal.number, [])) for seal in seals]
