"""
How long does an import take? 120,000 varied rows through the real reader, checks, writer and PostgreSQL.

    python -m bench.import_rows [--rows 120000] [--url postgresql://...]

The yardstick is a raw COPY of as many plain rows into one table without an index, in the same run on the same
server. Without `--url` an embedded PostgreSQL is started, as durable as in real use.
"""

import argparse
import asyncio
import csv
import random
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import asyncpg

from bench.parts import KEYS
from cases.house import found_house
from cases.intake import Imported, import_lines
from cases.intake_rows import COLUMNS, DATES
from edges.home import temporary_home
from edges.intake_files import IntakeFile
from edges.postgres import EmbeddedPostgres
from law.library import load
from models.schema import migrate
from models.store import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADER = [name for name in COLUMNS if name not in {"host_party", "platform", "doubt", "notified_at"}]
TEXT = """la publication montre une personne sans son accord et le visage se reconnaît the post incites to hatred
against a group page publique vue depuis la France le titre contient the account repeats the same images"""
WORDS = TEXT.split()


def write_rows(path: Path, rows: int) -> None:
    """Seeded rows: all categories, four kinds of places, in both languages; one report in twelve has three places."""
    rng = random.Random(20261123)
    library = load()
    fitting = {c: [q.id for q in library.qualifications.values() if c in q.categories] for c in library.categories}
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        written = number = 0
        while written < rows:
            number += 1
            category = rng.choice(sorted(fitting))
            received = NOW - timedelta(seconds=rng.randrange(360 * 86_400))
            report = _report(rng, number, category, rng.choice(fitting[category]), received)
            for _ in range(min(3 if rng.random() < 1 / 12 else 1, rows - written)):
                written += 1
                report |= _place(rng, written)
                writer.writerow([report.get(name, "") for name in HEADER])


def _report(rng: random.Random, number: int, category: str, qualification: str, received: datetime) -> dict[str, str]:
    seen = (received + timedelta(minutes=rng.randrange(1, 50))).isoformat()
    return {
        "ref": f"HL-{number:07d}",
        "received_at": received.isoformat(),
        "category": category,
        "qualification": qualification,
        "depicted": "minor" if category == "csam" else "unknown",
        "qualified_by": f"S-{rng.randrange(1, 40):02d}",
        "qualified_at": min(received + timedelta(hours=1), NOW).isoformat(),
        "seen_at": min(seen, NOW.isoformat()),
        "seen_from": "FR",
        "method": "browser",
        "second_reader": f"S-{rng.randrange(40, 60)}" if rng.random() < 0.5 else "",
        "why": " ".join(rng.choices(WORDS, k=rng.randrange(4, 40))) if rng.random() < 0.8 else "",
        "public": "yes",
        "victim_reported": rng.choice(("yes", "no", "no")),
        "wish": rng.choice(("removal", "", "")),
        "language": rng.choice(("fr", "en")),
        "emergency": "yes" if rng.random() < 0.001 else "no",
    }


def _place(rng: random.Random, number: int) -> dict[str, str]:
    kind = rng.choices(("url", "onion", "channel_message", "account"), weights=(90, 4, 4, 2))[0]
    site = f"forum{rng.randrange(6000)}.example"
    place = {
        "url": f"https://{site}/t/{number}?page={rng.randrange(9)}",
        "onion": f"http://{rng.getrandbits(80):020x}.onion/{number}",
        "channel_message": f"@channel{rng.randrange(500)} message {number}",
        "account": f"https://social.example/@user{number}",
    }[kind]
    country = rng.choice(("FR", "NL", "US", "DE", "RU", ""))
    cdn = rng.choice(("yes", "no", ""))
    return {"location_kind": kind, "location": place, "host_country": country, "behind_cdn": cdn}


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """A fresh database on that server, or on one of our own; gives its URL."""
    if url is not None:
        yield asyncio.run(_fresh(url))
        return
    folder = temporary_home("sd-bench-")
    try:
        with EmbeddedPostgres(folder / "postgres") as own:
            yield own.ensure_database("bench_import")
    finally:
        shutil.rmtree(folder)


async def _fresh(url: str) -> str:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP DATABASE IF EXISTS bench_import")
    await connection.execute("CREATE DATABASE bench_import")
    await connection.close()
    return url.rstrip("/").removesuffix("/postgres") + "/bench_import"


async def raw_copy(url: str, rows: int) -> float:
    """Seconds for a COPY of plain rows: an id, an instant and seven short texts each."""
    records = [(uuid4(), NOW, *(f"text {i} {c}" for c in range(7))) for i in range(rows)]
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    texts = ", ".join(f"t{c} text" for c in range(7))
    await connection.execute(f"CREATE TABLE plain (id uuid, at timestamptz, {texts})")
    begin = time.perf_counter()
    await connection.copy_records_to_table("plain", records=records)
    seconds = time.perf_counter() - begin
    await connection.execute("DROP TABLE plain")
    await connection.close()
    return seconds


async def once(url: str, path: Path) -> tuple[Imported, float, float, float]:
    """One import of the file; gives what it came to, its seconds, our processor time, the slowest batch."""
    store = Store(url, KEYS)
    ends = [time.perf_counter()]
    begin, used = ends[0], time.process_time()
    lines = IntakeFile(path, COLUMNS, DATES)
    done = await import_lines(store, lines, now=NOW, progress=lambda *_: ends.append(time.perf_counter()))
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    await store.close()
    return done, seconds, used, max(after - before for before, after in pairwise(ends))


async def measure(url: str, path: Path, rows: int) -> None:
    """Print the figures."""
    await migrate(url)
    store = Store(url, KEYS)
    await found_house(store, simulated=True, now=NOW)
    await store.close()
    yardstick = await raw_copy(url, rows)
    done, seconds, used, slowest = await once(url, path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    again, seconds_again, *_ = await once(url, path)
    assert not done.refused, done.refused[:3]
    assert (again.reports, again.linked) == (0, 0), again
    print(f"raw COPY of {rows} plain rows      {yardstick:6.2f} s")
    print(f"import of {rows} rows              {seconds:6.1f} s   {seconds / yardstick:5.0f} x")
    print(f"  processor time of this process   {used:6.1f} s, the slowest batch of 2,000 reports {slowest:.1f} s")
    print(f"  {done.reports} reports, {done.locations} locations, {done.linked} linked, peak memory {peak:.0f} MB")
    print(f"the same file again, adds nothing  {seconds_again:6.1f} s   {seconds_again / yardstick:5.0f} x")


def main() -> None:
    """Write the rows, start the server, measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=120_000)
    options.add_argument("--url")
    given = options.parse_args()
    folder = temporary_home("sd-bench-rows-")
    try:
        path = folder / "rows.csv"
        write_rows(path, given.rows)
        with server(given.url) as url:
            asyncio.run(measure(url, path, given.rows))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
