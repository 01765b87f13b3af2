"""What the lookout asks this machine: room on the disk, and whether Prefect's server answers."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from edges.processes import answers
from edges.settings import Settings
from models.store import Store


async def disk(store: Store, settings: Settings, now: datetime) -> dict[str, Any] | None:
    """The data folder's disk is nearly full: a database that cannot write stops everything."""
    usage = await asyncio.to_thread(shutil.disk_usage, _that_exists(settings.home))
    percent = int(usage.free * 100 // usage.total)
    return {"percent": percent} if percent < settings.watch_disk_percent else None


def _that_exists(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


async def prefect(store: Store, settings: Settings, now: datetime) -> dict[str, Any] | None:
    """Prefect's server does not answer; nothing legal is lost, `sansdelai dispatch` does the same pass."""
    return None if await asyncio.to_thread(answers, f"{settings.prefect_api_url}/health") else {}
