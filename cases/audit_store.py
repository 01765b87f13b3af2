"""The audit of a whole store: its seals first, then all reports, on as many processes as there are cores."""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from cases.audit import Fault, audit_reports
from cases.seal import Covered
from edges.keys import read_keys
from models.bulk import driver
from models.chain import canonical, sha256
from models.merkle import root
from models.schema import owned_tables
from models.store import Store

SHARE = 4_000  # reports that one process is handed at a time


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit came to."""

    reports: int
    events: int
    seals: int
    unsealed: int  # events that wait for the next seal
    faults: tuple[Fault, ...]
    owned: list[str] = field(default_factory=list)  # tables that the program's own role could alter


async def audit_store(
    url: str, key_file: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Audited:
    """
    Check everything; `progress` hears how many events of how many were checked.

    Raises:
        KeysMissing: there is no master key, so private texts cannot be compared.
    """
    store = Store(url, read_keys(key_file))
    try:
        faults = await seal_faults(store)
        ids, events, seals, unsealed = await _size(store)
        owned = await owned_tables(store)
    finally:
        await store.close()
    done = 0
    shares = [ids[start : start + SHARE] for start in range(0, len(ids), SHARE)]
    if len(shares) <= 1:
        _, found = await _audit_share(url, key_file, ids)
        return Audited(len(ids), events, seals, unsealed, tuple(faults + found), owned)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(_share, url, key_file, share) for share in shares]
        for share in as_completed(running):
            counted, found = share.result()
            faults += found
            done += counted
            progress(done, events)
    return Audited(len(ids), events, seals, unsealed, tuple(faults), owned)


def _share(url: str, key_file: Path, ids: list[UUID]) -> tuple[int, list[Fault]]:
    return asyncio.run(_audit_share(url, key_file, ids))


async def _audit_share(url: str, key_file: Path, ids: list[UUID]) -> tuple[int, list[Fault]]:
    counted = 0

    def count(events: int) -> None:
        nonlocal counted
        counted += events

    store = Store(url, read_keys(key_file))
    try:
        faults = await audit_reports(store, ids, count)
        return counted, faults
    finally:
        await store.close()


async def _size(store: Store) -> tuple[list[UUID], int, int, int]:
    async with store.transaction() as connection:
        ids = list((await connection.execute(text("SELECT id FROM report ORDER BY id"))).scalars())
        counts = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM seal), (SELECT count(*) FROM unsealed)"
        events, seals, unsealed = (await connection.execute(text(counts))).one()
    return ids, events, seals, unsealed


async def seal_faults(store: Store) -> list[Fault]:
    """What does not fit in the seals: their bodies, their chain, and the trees over their leaves."""
    faults: list[Fault] = []
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        before: str | None = None
        for number, seal in enumerate(await raw.fetch("SELECT * FROM seal ORDER BY number"), start=1):
            query = "SELECT * FROM seal_leaf WHERE seal_number = $1 ORDER BY index"
            leaves = [
                Covered(row["report_id"], row["first_seq"], row["last_seq"], list(row["hashes"]))
                for row in await raw.fetch(query, seal["number"])
            ]
            what = _seal_fault(seal, number, before, leaves)
            if what:
                faults.append(Fault(f"seal {number}", what))
                break
            before = seal["hash"]
    return faults


def _seal_fault(seal: Any, number: int, before: str | None, leaves: Sequence[Covered]) -> str | None:
    """What is wrong with one seal; none when it is whole."""
    if seal["number"] != number:
        return "it is missing"
    if sha256(seal["body"]) != seal["hash"]:
        return "its body was altered"
    told = json.loads(seal["body"])
    if seal["prev"] != before or told["prev"] != before:
        return "it is not chained to the seal before it"
    if canonical(told) != seal["body"] or told["number"] != number:
        return "its body is not what a seal says"
    if any(told[name] != seal[name] for name in ("events", "leaves", "root")):
        return "its columns are not what its body says"
    if root([leaf.leaf for leaf in leaves]).hex() != told["root"]:
        return "its root is not that of its leaves"
    return None
