"""
The storm: 5,000 deadlines fall due at the same instant.

Measured from the start of the two dispatches (processes of their own, through Prefect, as the schedules start them) to
the last escalation letter accepted by the SMTP server and recorded; then until Prefect's database holds every task
run. The yardstick of the same run is a raw insert of as many rows, one by one.

    python -m bench.storm [COUNT] [--relay]

With `--relay` the notices were given to our own relay only, as with the default settings: each deadline then sends its
referral, and the complaint to the coordinator waits for a person because receipt is not proven. Without it both leave.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from bench.parts import KEYS, PROJECT, Parts, accepted, parts
from bench.rows import directory, due_at_once
from cases.house import found_house
from cases.office import open_desk
from edges.settings import Settings
from flows.service import prefect_environment
from law.vocabulary import Receipt
from models.store import Store

RECEIPT = Receipt.RELAY if "--relay" in sys.argv else Receipt.SERVER
ENDS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def prepare(running: Parts, count: int) -> None:
    """A simulated store full of deadlines."""
    store = Store(running.databases.urls.owner, KEYS)
    await found_house(store, simulated=True, now=ENDS - timedelta(days=30))
    await due_at_once(store, await directory(store, ENDS - timedelta(days=10)), count, ENDS, seed=7, receipt=RECEIPT)
    async with store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")
    await store.close()


async def raw_insert(url: str, count: int) -> float:
    """Seconds to insert `count` plain rows, each in a transaction of its own: the naive way to record so many facts."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    await connection.execute("CREATE TABLE raw_rows (id bigint PRIMARY KEY, at timestamptz, body text)")
    start = time.perf_counter()
    for number in range(count):
        await connection.execute("INSERT INTO raw_rows VALUES ($1, $2, $3)", number, ENDS, "x" * 400)
    spent = time.perf_counter() - start
    await connection.close()
    return spent


def settings_of(running: Parts) -> dict[str, str]:
    """What the dispatching process is told."""
    organisation = running.settings.home / "organisation.toml"
    organisation.write_text('recipient_standing = "DSA Art. 53, in our own name"\n', encoding="utf-8")
    return prefect_environment(running.settings) | {
        "SANSDELAI_HOME": str(running.settings.home),
        "SANSDELAI_DATABASE_URL": running.databases.store,
        "SANSDELAI_PREFECT_PORT": str(running.settings.prefect_port),
        "SANSDELAI_SMTP_PORT": str(running.smtp_port),
        "SANSDELAI_SMTP_DIRECT": "true",
        "SANSDELAI_ORGANISATION_FILE": str(organisation),
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


def dispatch_processes(running: Parts) -> list[dict[str, float]]:
    """Run `dispatch` and `dispatch-urgent` at the same time, as the schedules do; returns each one's own account."""
    environment = os.environ | settings_of(running)
    command = [sys.executable, "-m", "bench.storm", "--dispatch"]
    started = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    return [dict(json.loads(process.communicate()[0].splitlines()[-1])) for process in started]


async def dispatch_here() -> None:
    """The dispatch itself, under the bench's clock."""
    from flows.at_hand import desk_at_hand
    from flows.dispatch import dispatch

    started = time.time()
    async with open_desk(Settings(), clock=lambda: ENDS) as desk:
        desk_at_hand.set(desk)
        state = await dispatch(return_state=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"started": started, "ended": time.time(), "peak_mb": peak, "cpu": time.process_time()}
    print(json.dumps(told | {"state": str(state.message)}))


async def recorded(url: str) -> tuple[int, float]:
    """Letters on record as sent, and when the last outcome was written."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    count = await connection.fetchval("SELECT count(*) FROM letter WHERE status = 'sent'")
    last = await connection.fetchval("SELECT extract(epoch FROM max(recorded_at)) FROM event WHERE kind = 'given'")
    await connection.close()
    return int(count), float(last or 0)


async def tasks_in_prefect(url: str, patience: float = 60) -> tuple[int, float]:
    """How many finished task runs Prefect's database holds once no more arrive, and when the last was seen."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    count, since, end = -1, time.time(), time.time() + patience
    while time.time() < end:
        now = await connection.fetchval("SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'")
        if now != count:
            count, since = now, time.time()
        elif time.time() - since > 3:
            break
        await asyncio.sleep(0.2)
    await connection.close()
    return count, since


def main(count: int) -> None:
    """Prepare, dispatch, account."""
    with parts() as running:
        asyncio.run(prepare(running, count))
        naive = asyncio.run(raw_insert(running.databases.urls.owner, count))
        told = dispatch_processes(running)
        tasks, tasks_at = asyncio.run(tasks_in_prefect(running.databases.prefect))
        letters, last = asyncio.run(recorded(running.databases.store))
        taken, _ = accepted(Path(running.counter))
    first = min(each["started"] for each in told)
    spent = last - first
    print(f"deadlines                            {count}")
    print(f"letters accepted / on record         {taken} / {letters}")
    print(f"last letter accepted and recorded    {spent:.1f} s after the start of the dispatch")
    print(f"Prefect's database complete          {tasks_at - first:.1f} s ({tasks} task runs)")
    for each in told:
        print(
            f"a dispatch                           {each['ended'] - first:.1f} s, {each['cpu']:.1f} s CPU, "
            f"{each['peak_mb']:.0f} MB, {each['state']}"
        )
    print(f"{count} raw inserts, one by one       {naive:.1f} s: the storm costs {spent / naive:.1f} times that")


if __name__ == "__main__":
    if "--dispatch" in sys.argv:
        asyncio.run(dispatch_here())
    else:
        counts = [int(each) for each in sys.argv[1:] if each.isdigit()]
        main(counts[0] if counts else 5_000)
