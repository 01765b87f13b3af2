"""The real parts that every measurement runs on: embedded PostgreSQL, Prefect's server, an SMTP server of its own."""

import asyncio
import gc
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP

from edges.databases import Databases, open_databases
from edges.home import temporary_home
from edges.keys import Keys
from edges.processes import Supervisor
from edges.settings import Settings
from flows.service import start_prefect_server

MASTER = bytes(range(32))  # of a store that lives for a minute
KEYS = Keys([MASTER])
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Parts:
    """What runs."""

    settings: Settings
    databases: Databases
    smtp_port: int
    counter: Path  # the SMTP server writes here how many letters it accepted, and when the last one was


@contextmanager
def parts(*, prefect: bool = True, durable: bool = True) -> Iterator[Parts]:
    """Start everything on free ports; stop and remove it at the end."""
    home = temporary_home("sdb-")
    settings = Settings(home=home, prefect_port=free_port())
    smtp_port, counter = free_port(), home / "accepted"
    settings.key_file.parent.mkdir(mode=0o700)
    settings.key_file.write_text(MASTER.hex() + "\n", encoding="ascii")
    try:
        with Supervisor(settings.logs) as supervisor:
            databases = supervisor.hold(open_databases(settings, durable=durable))
            asyncio.run(databases.urls.migrate())
            if prefect:
                start_prefect_server(supervisor, settings, databases.prefect)
            command = [sys.executable, "-m", "bench.parts", str(smtp_port), str(counter)]
            supervisor.start("smtp", command, cwd=PROJECT, ready=lambda: _listens(smtp_port), timeout=20)
            yield Parts(settings, databases, smtp_port, counter)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def accepted(counter: Path) -> tuple[int, float]:
    """How many letters the SMTP server accepted, and when the last one was (seconds since the epoch)."""
    if not counter.exists():
        return 0, 0.0
    count, last = counter.read_text().split()
    return int(count), float(last)


class Counting:
    """Accepts everything and counts."""

    def __init__(self, counter: Path) -> None:
        self.counter, self.count = counter, 0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.count += 1
        if self.count % 50 == 0 or self.count < 50:
            self.write()
        return "250 OK"

    def write(self) -> None:
        fresh = self.counter.with_suffix(".new")
        fresh.write_text(f"{self.count} {time.time()}")
        os.replace(fresh, self.counter)


async def _serve(port: int, counter: Path) -> None:
    gc.freeze()  # a relay written in C would not stop to look for garbage
    gc.set_threshold(100_000, 50, 100)
    handler = Counting(counter)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, enable_SMTPUTF8=True), "127.0.0.1", port)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    while not stop.is_set():
        await asyncio.sleep(0.2)
        handler.write()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
