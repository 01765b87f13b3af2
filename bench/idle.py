"""
A dispatch with nothing due: at most three SQL statements, whatever the number of open procedures.

    python -m bench.idle [COUNT ...]        default: 1000 1000000
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.parts import KEYS, PROJECT, Parts, parts
from bench.storm import settings_of
from cases.house import found_house
from models.due import anything_due
from models.store import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

# Plain SQL on purpose: a million open procedures, each with its duty in the future, in seconds.
FILL = """
SET LOCAL session_replication_role = replica;
INSERT INTO content (id, written_at) VALUES (gen_random_uuid(), now());
INSERT INTO report (id, number, content_id, category, depicted, priority, public, victim_reported, language,
    received_at, stage, returns, event_seq)
SELECT gen_random_uuid(), 'R-2026-' || lpad(n::text, 7, '0'), (SELECT id FROM content LIMIT 1), 'hate', 'nobody', 5,
    true, false, 'fr', now(), 'notified', 0, 1 FROM generate_series(1, {count}) n;
INSERT INTO procedure (id, report_id, ordinal, regime, regime_digest, stage, opened_at, receipt)
SELECT gen_random_uuid(), id, 1, 'eu-dsa-16', 'd', 'running', now(), 'server' FROM report;
INSERT INTO duty (id, report_id, procedure_id, deed, due_at, priority, by, attempts)
SELECT gen_random_uuid(), report_id, id, 'conclude', '2026-11-24T09:00Z'::timestamptz + random() * interval '90 days',
    1 + floor(random() * 9)::int, 'machine', 0 FROM procedure;
ANALYZE
"""


async def fill(url: str, count: int) -> None:
    """So many open procedures, and a server that tells every statement from now on (the rows here are nobody's)."""
    store = Store(url, KEYS)
    await found_house(store, simulated=True, now=NOW - timedelta(days=1))
    async with store.transaction() as connection:
        for statement in FILL.format(count=count).split(";"):
            await connection.execute(text(statement))
        await connection.execute(text("ALTER DATABASE store SET log_statement = 'all'"))
    await store.close()


def statements_of(running: Parts, work: Callable[[Parts], None]) -> int:
    """How many statements the database server itself saw while `work` ran, BEGIN and COMMIT counted as well."""
    log = running.settings.home / "postgres" / "server.log"
    before = log.stat().st_size
    work(running)
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(before)
        return len(re.findall(r"LOG:  (?:execute|statement)", file.read()))


def whole_dispatch(running: Parts) -> None:
    """The flow as the schedule starts it, in a process of its own, with the real clock."""
    command = [sys.executable, "-m", "bench.idle", "--dispatch"]
    subprocess.run(command, cwd=PROJECT, env=os.environ | settings_of(running), check=True)


async def glance(url: str) -> float:
    """Milliseconds of the question whether anything is due, connecting included."""
    store = Store(url, KEYS)
    started = time.perf_counter()
    assert not await anything_due(store, NOW)
    spent = time.perf_counter() - started
    await store.close()
    return spent * 1000


async def read_all(url: str) -> float:
    """Milliseconds of the naive way: looking at every duty."""
    store = Store(url, KEYS)
    async with store.transaction() as connection:
        started = time.perf_counter()
        await connection.execute(text("SELECT count(*) FILTER (WHERE due_at <= now()) FROM duty"))
        spent = time.perf_counter() - started
    await store.close()
    return spent * 1000


def main(counts: list[int]) -> None:
    """One line for each number of open procedures."""
    print(f"{'open procedures':>16} {'SQL statements':>15} {'their time':>12} {'reading all duties':>20}")
    for count in counts:
        with parts(durable=False) as running:
            url = running.databases.store
            asyncio.run(fill(running.databases.urls.owner, count))
            statements = statements_of(running, whole_dispatch)
            spent, naive = asyncio.run(glance(url)), asyncio.run(read_all(url))
        print(f"{count:>16,} {statements:>15} {spent:>9.1f} ms {naive:>17.1f} ms")


if __name__ == "__main__":
    if "--dispatch" in sys.argv:
        from flows.dispatch import dispatch

        print(asyncio.run(dispatch(return_state=True)).message, file=sys.stderr)
    else:
        main([int(each) for each in sys.argv[1:]] or [1_000, 1_000_000])
