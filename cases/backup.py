"""
Backup: data and keys apart, both from one snapshot, so that neither file alone shows what is private.

The keys' dumps last thirty days (decision 23): a key that was erased lives on in them for so long and no longer. The
master key is in neither file; whoever has only backups can read nothing.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from cases.house import house_of
from edges.dumps import SECRET, DumpRefused, dump, rename
from models.store import Store

KEYS_LAST = timedelta(days=30)
STAMP = "%Y%m%dT%H%M%SZ"

_NAMED = re.compile(r"(store|keys)-(\d{8}T\d{6}Z)\.dump\Z")
_PART = re.compile(r"(store|keys)-(\d{8}T\d{6}Z)\.dump\.part\Z")
_SHARE = "SELECT pg_export_snapshot()"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup left, and what it took away."""

    data: Path
    keys: Path
    deleted: tuple[Path, ...]  # dumps of keys that were too old
    keyless: tuple[Path, ...]  # dumps of data whose keys are gone: nothing can be restored from them


async def back_up(url: str, data: Path, keys: Path, *, master: Path, now: datetime) -> Backup:
    """
    Dump data and keys of one moment into two folders, and delete dumps of keys that are older than thirty days.

    Raises:
        DumpRefused: the folders are one, the master key lies in one of them, or the disk or the server refused.
        HouseError: there is no store, or it is shut.
    """
    _two_folders(data, keys, master)
    stamp = now.astimezone(UTC).strftime(STAMP)
    files = (data / f"store-{stamp}.dump", keys / f"keys-{stamp}.dump")
    if taken := [file.name for file in files if file.exists()]:
        raise DumpRefused(f"{taken[0]} is there already: another backup began in this very second")
    store = Store(url)
    try:
        await house_of(store)
        await _dump_both(store, url, *files)
    finally:
        await store.close()
    deleted = tuple(_too_old(keys, now))
    for file in deleted:
        file.unlink(missing_ok=True)
    return Backup(*files, tuple(file for file in deleted if file.suffix == ".dump"), tuple(_keyless(data, keys)))


async def _dump_both(store: Store, url: str, data: Path, keys: Path) -> None:
    """Both dumps are written under another name first, and get their own when both are whole."""
    parts = [file.with_name(file.name + ".part") for file in (data, keys)]
    options = ((f"--exclude-table-data={SECRET}",), ("--data-only", f"--table={SECRET}"))
    shared = store.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        async with shared.begin() as connection:
            snapshot = (await connection.execute(text(_SHARE))).scalar_one()
            for part, words in zip(parts, options, strict=True):
                await asyncio.to_thread(dump, url, part, snapshot, words)
        for part, file in zip(parts, (data, keys), strict=True):
            rename(part, file)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _two_folders(data: Path, keys: Path, master: Path) -> None:
    for folder in (data, keys):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refused:
            raise DumpRefused(f"{folder} cannot be made ({refused.strerror})") from None
    if data.samefile(keys):
        raise DumpRefused("--data and --keys name the same folder: keys are kept apart from data, on another disk")
    if master.exists() and any(master.parent.samefile(folder) for folder in (data, keys)):
        raise DumpRefused("the master key lies in one of these folders: it is kept apart from data and keys")


def _too_old(keys: Path, now: datetime) -> Iterable[Path]:
    """Dumps of keys past their time, and what a killed backup left of one."""
    for file in sorted(keys.iterdir()):
        named, part = _NAMED.match(file.name), _PART.match(file.name)
        found = named or part
        if found and found[1] == "keys" and now - _time(found[2]) > (KEYS_LAST if named else timedelta(days=1)):
            yield file


def _keyless(data: Path, keys: Path) -> Iterable[Path]:
    there = {found[2] for file in keys.iterdir() if (found := _NAMED.match(file.name)) and found[1] == "keys"}
    for file in sorted(data.iterdir()):
        found = _NAMED.match(file.name)
        if found and found[1] == "store" and found[2] not in there:
            yield file


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def pair_of(data: Path, keys: Path) -> str:
    """
    The time that two dumps of one backup have in their names.

    Raises:
        DumpRefused: they are not the two of one backup.
    """
    first, second = _NAMED.match(data.name), _NAMED.match(keys.name)
    if not first or first[1] != "store" or not second or second[1] != "keys":
        raise DumpRefused(
            "name the two files of one backup: first store-….dump, then keys-….dump; nothing was put back"
        )
    if first[2] != second[2]:
        raise DumpRefused(
            f"{data.name} and {keys.name} are of two backups: take the two files with the same time in their names; "
            "nothing was put back"
        )
    return first[2]
