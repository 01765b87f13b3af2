"""The child that dies: one dispatch in a process of its own, forked from a server that has everything imported."""

import asyncio
import logging
import multiprocessing
import os
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from cases.dispatch import run
from models.faultpoints import VARIABLE
from tests.faults.house import at_work, settings

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.child"])


def start(
    home: Path,
    url: str,
    port: int,
    now: datetime,
    die_at: str,
    page: int = 0,
    lease: float = 0.3,
    more: dict[str, Any] | None = None,
) -> BaseProcess:
    """Start a dispatch that will die at this point; `more` are settings."""
    child = _CONTEXT.Process(target=_main, args=(home, url, port, now, die_at, page, lease, more or {}))
    child.start()
    return child


def _main(
    home: Path, url: str, port: int, now: datetime, die_at: str, page: int, lease: float, more: dict[str, Any]
) -> None:
    os.environ[VARIABLE] = die_at
    logging.disable()
    asyncio.run(_dispatch(home, url, port, now, page, lease, more))


async def _dispatch(
    home: Path, url: str, port: int, now: datetime, page: int, lease: float, more: dict[str, Any]
) -> None:
    allow = frozenset({f"127.0.0.1:{page}"} if page else ())
    async with at_work(settings(home, url, port, probe_allow=allow, **more), lambda: now, lease) as desk:
        await run(desk)
