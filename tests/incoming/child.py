"""A child that reads the mailbox once and dies at a named point, forked from a server that has everything imported."""

import asyncio
import logging
import multiprocessing
import os
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from cases.incoming.reading import ours, read_mailbox
from cases.office import mailbox
from models.faultpoints import VARIABLE
from tests.faults.house import at_work, settings

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.incoming.child"])


def start(home: Path, url: str, port: int, now: datetime, die_at: str, mail: dict[str, Any]) -> BaseProcess:
    """Start a reader that will die at this point; `mail` are the settings of the mailbox."""
    child = _CONTEXT.Process(target=_main, args=(home, url, port, now, die_at, mail))
    child.start()
    return child


def _main(home: Path, url: str, port: int, now: datetime, die_at: str, mail: dict[str, Any]) -> None:
    os.environ[VARIABLE] = die_at
    logging.disable()
    asyncio.run(_read(home, url, port, now, mail))


async def _read(home: Path, url: str, port: int, now: datetime, mail: dict[str, Any]) -> None:
    given = settings(home, url, port, **mail)
    async with at_work(given, lambda: now) as desk:
        way = mailbox(given, simulated=True)
        assert way is not None
        async with way as box:
            await read_mailbox(desk, box, ours(given))
