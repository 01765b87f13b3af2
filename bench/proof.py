"""
Proof: what the chain costs the writer, how long an audit takes, a seal, and exports.

    python -m bench.proof [EVENTS]        1,000,000 by default

The writer with its chain is compared with the same writer without it, in turns within the same run, 50 reports at a
time; the audit with a bare reading of all events.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import models.store
from bench.parts import KEYS, Parts, parts
from cases.audit_store import audit_store
from cases.house import found_house
from cases.seal import seal_now
from law import library as law_library
from law.vocabulary import Deed, Depicted, LocationKind
from models.bulk import driver
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import Content, Duty, Location, Qualification, Report
from web.export.run import Wish, export

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT_ONCE = 50
EACH = 50  # events of a report
EXPORTS = 1_000
LARGE_SEAL = 100_000


def a_report(draft: Draft, number: int) -> UUID:
    """A report with one location and one reason."""
    content = draft.keep(Content(written_at=NOW))
    report = draft.keep(
        Report(
            number=f"R-2026-{number:06}",
            content_id=content.id,
            category="hate",
            depicted=Depicted.NOBODY,
            priority=5,
            received_at=NOW,
        )
    )
    place = draft.keep_apart(private(Purpose.LOCATION, f"http://forum.example/{number}", now=NOW, report_id=report.id))
    why = draft.keep_apart(private(Purpose.FREE_TEXT, "Propos visant un groupe.", now=NOW, report_id=report.id))
    draft.keep(Location(content_id=content.id, ordinal=1, kind=LocationKind.URL, text_id=place.id, opened_at=NOW))
    read = {"qualified_by": "A-01", "qualified_at": NOW, "seen_at": NOW, "why_id": why.id}
    draft.keep(Qualification(report_id=report.id, code="fr-1881-24", **read))
    draft.event(report.id, "received")
    return report.id


async def filled(store: Store, events: int, known: int = 0) -> list[UUID]:
    """Reports with EACH events, until there are so many events; `known` reports are there already."""
    ids: list[UUID] = []
    reports = events // EACH
    for start in range(known, reports, 2_000):
        draft = Draft(NOW)
        fresh = [a_report(draft, number) for number in range(start, min(start + 2_000, reports))]
        await store.write(draft)
        ids += fresh
        for step in range(1, EACH):
            await store.write(a_step(fresh, NOW + timedelta(hours=step)))
    return ids


def a_step(reports: list[UUID], at: datetime) -> Draft:
    """One fact and one duty for each report."""
    draft = Draft(at)
    for report_id in reports:
        entry = draft.event(report_id, "look_asked", asked_by="S-07")
        entry.add(Duty(report_id=report_id, deed=Deed.LOOK, due_at=at, priority=5, closed_at=at))
    return draft


@contextmanager
def without_the_chain() -> Iterator[None]:
    """The same writer, but nothing is hashed and nothing waits for a seal."""
    kept: dict[str, Any] = {name: getattr(models.store, name) for name in ("event_hash", "header_of", "bulk_insert")}

    async def insert(connection: Any, name: str, rows: Any) -> None:
        if name != "unsealed":
            await kept["bulk_insert"](connection, name, rows)

    models.store.event_hash = lambda header: "0" * 64  # type: ignore[assignment]
    models.store.header_of = lambda event: {}
    models.store.bulk_insert = insert
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(models.store, name, value)


async def writing(store: Store, reports: list[UUID], turns: int = 40) -> tuple[float, float]:
    """Milliseconds of a write of fifty, with the chain and without it, in turns."""
    spent = {True: 0.0, False: 0.0}
    for turn in range(turns):
        batch = reports[turn * AT_ONCE : (turn + 1) * AT_ONCE]
        for chained in (True, False) if turn % 2 else (False, True):
            start = time.perf_counter()
            for _ in range(3):
                if chained:
                    await store.write(a_step(batch, NOW))
                else:
                    with without_the_chain():
                        await store.write(a_step(batch, NOW))
            spent[chained] += time.perf_counter() - start
    return spent[True] / turns / 3 * 1000, spent[False] / turns / 3 * 1000


async def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    start = time.perf_counter()
    found = await work()
    return time.perf_counter() - start, found


async def prepare(running: Parts, events: int) -> tuple[Store, list[UUID]]:
    """A store full of events, sealed as the hours would have sealed them."""
    store = Store(running.databases.store, KEYS)
    await found_house(store, simulated=True, now=NOW)
    return store, await filled(store, events)


async def main(running: Parts, events: int) -> None:
    """Everything in turn."""
    filling, (store, ids) = await timed(lambda: prepare(running, min(events, LARGE_SEAL)))
    sealing, seal = await timed(lambda: seal_now(store))
    print(f"seal over {seal.events} events            {sealing:.2f} s")
    exporting, made = await timed(lambda: exports(store, running.settings.home))
    print(f"exports of {len(made)} reports           {exporting:.1f} s, {exporting / len(made) * 1000:.0f} ms each")
    if events > LARGE_SEAL:
        await filled(store, events, len(ids))
    reading, _ = await timed(lambda: bare_reading(store))
    auditing, done = await timed(lambda: audit_store(running.databases.store, running.settings.key_file))
    assert not done.faults, done.faults[:3]
    print(f"audit of {done.events} events        {auditing:.1f} s, {auditing / reading:.0f} times reading them")
    chained, plain = await writing(store, ids)
    print(f"a write of {AT_ONCE} events              {chained:.1f} ms, {chained / plain:.2f} times without the chain")
    print(f"(filling the first part took {filling:.0f} s)")
    await store.close()


async def bare_reading(store: Store) -> int:
    """Read every event's row and nothing else."""
    async with store.transaction() as connection:
        raw, count = await driver(connection), 0
        async with raw.transaction():
            async for _ in raw.cursor("SELECT * FROM event", prefetch=5_000):
                count += 1
    return count


async def exports(store: Store, home: Path) -> Any:
    """A thousand zips in a folder."""
    folder = home / "exports"
    folder.mkdir()
    numbers = tuple(f"R-2026-{number:06}" for number in range(EXPORTS))
    wish = Wish(numbers, "court", "fr", "S-07", "S-08")
    return await export(
        store,
        law_library.load(),
        wish,
        lambda number: folder / f"{number}.zip",
        organisation="Hotline Example",
        now=NOW + timedelta(days=5),
    )


if __name__ == "__main__":
    with parts(prefect=False) as running:
        asyncio.run(main(running, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
