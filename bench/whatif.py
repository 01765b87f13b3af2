"""
What-if on a live portfolio: a changed regime against 100,000 open procedures, read only.

    python -m bench.whatif [COUNT]
"""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.parts import KEYS, parts
from bench.rows import directory, due_at_once
from cases.house import OrganisationFile, found_house, house_of, organisation_facts
from cases.whatif import touched_by, trial
from law.library import HOME, load
from models.store import ReadOnly, Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD = 'kind = "house"\nrule = "HOUSE/hours"\nhouse = "answer_hours"\n'
NEW = 'kind = "law"\nrule = "OTHER/hours"\namount = 24\n'


async def measure(url: str, count: int, file: Path) -> tuple[int, float, float]:
    """Reports touched, seconds of the trial, seconds of reading the same procedures once as plain rows."""
    store = Store(url, KEYS)
    await found_house(store, simulated=True, now=NOW - timedelta(days=30))
    await due_at_once(store, await directory(store, NOW - timedelta(days=10)), count, NOW + timedelta(days=1))
    async with store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")
    reading = ReadOnly(store)
    facts, _ = await organisation_facts(reading, OrganisationFile(), await house_of(reading))
    started = time.perf_counter()
    tried = trial(file, load(), facts, "Europe/Paris", NOW)
    touched = {one.number async for part in touched_by(reading, tried, NOW) for one in part}
    spent = time.perf_counter() - started
    started = time.perf_counter()
    async with store.transaction() as connection:
        (await connection.execute(text("SELECT * FROM procedure"))).all()
    naive = time.perf_counter() - started
    await store.close()
    return len(touched), spent, naive


def main(count: int) -> None:
    """One line of account."""
    with parts(prefect=False, durable=False) as running, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "eu-dsa-16.toml"
        file.write_text((HOME / "regimes" / file.name).read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
        touched, spent, naive = asyncio.run(measure(running.databases.urls.owner, count, file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} open procedures, {touched:,} touched: {spent:.1f} s, {spent / naive:.0f} times reading their rows"
    )
    print(f"memory of bench and trial together: {peak:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
