"""
A dispatch with nothing due: at most three SQL statements, whatever the number of open procedures.

    python -m bench.idle [COUNT ...]        default: 1000 1000000
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, text

from bench.parts import parts
from cases.office import found_house
from models.due import claim
from models.schema import migrate
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


async def measure(url: str, count: int) -> tuple[int, float, float]:
    """Statements of one idle dispatch, its time, and the time of the naive way (reading every open duty), in ms."""
    await migrate(url)
    store = Store(url)
    await found_house(store, simulated=True, now=NOW - timedelta(days=1))
    async with store.transaction() as connection:
        for statement in FILL.format(count=count).split(";"):
            await connection.execute(text(statement))
    statements: list[str] = []

    @event.listens_for(store.engine.sync_engine, "before_cursor_execute")
    def _count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    await claim(store, NOW, lease_seconds=60)  # warm
    statements.clear()
    started = time.perf_counter()
    found = await claim(store, NOW, lease_seconds=60)
    spent = (time.perf_counter() - started) * 1000
    issued = len(statements) + 2  # BEGIN and COMMIT do not pass the hook
    assert not found
    started = time.perf_counter()
    async with store.transaction() as connection:
        await connection.execute(text("SELECT count(*) FILTER (WHERE due_at <= now()) FROM duty"))
    naive = (time.perf_counter() - started) * 1000
    await store.close()
    return issued, spent, naive


def main(counts: list[int]) -> None:
    """One line for each number of open procedures."""
    print(f"{'open procedures':>16} {'SQL statements':>15} {'claim':>10} {'reading all duties':>20}")
    for count in counts:
        with parts(prefect=False, durable=False) as running:
            issued, spent, naive = asyncio.run(measure(running.databases.store, count))
        print(f"{count:>16,} {issued:>15} {spent:>7.1f} ms {naive:>17.1f} ms")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1_000, 1_000_000])
