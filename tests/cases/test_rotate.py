"""A new master key: everything stays readable at every moment, whatever interrupts it."""

import asyncio
import multiprocessing
import os
import signal
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.backup import back_up
from cases.house import HouseError, blind_key_of
from cases.restore import restore
from cases.rotate import rotate
from edges.keys import read_keys
from edges.postgres import EmbeddedPostgres
from models.cipher import KeysMissing
from models.faultpoints import OF_THE_STORE, VARIABLE
from models.store import Store
from tests.auditing import audited
from tests.faults.house import furnish
from tests.keys import KEYS, write_key_file

LATER = datetime(2026, 11, 30, 12, 0, 5, tzinfo=UTC)
ROTATING = tuple(name for name in OF_THE_STORE if not name.startswith("restore"))


@dataclass
class World:
    """A store, its own master key file, and what stood in it."""

    url: str
    file: Path
    texts: dict[object, bytes]
    blind: bytes

    async def check(self) -> None:
        """Everything opens with the file as it is now, and the record is whole."""
        store = Store(self.url, read_keys(self.file))
        assert await _texts(store) == self.texts
        assert await blind_key_of(store) == self.blind
        assert await audited(store) == []
        await store.close()

    def old(self) -> list[Path]:
        """The files of old keys."""
        return sorted(self.file.parent.glob("master-key.*.old"))


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> World:
    """Three reports."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=3)
    found = World(database_url, write_key_file(tmp_path / "own" / "master-key"), await _texts(store), b"")
    found.blind = await blind_key_of(store)
    await store.close()
    return found


async def _texts(store: Store) -> dict[object, bytes]:
    async with store.transaction() as connection:
        ids = list((await connection.execute(text("SELECT id FROM private_text"))).scalars())
    return {each: found.body for each, found in (await store.open_texts(ids)).items()}


async def _masters(url: str) -> set[str]:
    store = Store(url)
    async with store.transaction() as connection:
        query = "SELECT master_id FROM data_key WHERE wrapped IS NOT NULL UNION SELECT master_id FROM house"
        found = set((await connection.execute(text(query))).scalars())
    await store.close()
    return found


async def test_twice(world: World) -> None:
    """Each time every key is wrapped anew, the old master key is kept beside, and the old file opens nothing."""
    seen: list[tuple[int, int]] = []
    first = await rotate(world.url, world.file, batch=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 6), (4, 6), (6, 6)]
    assert (first.keys, first.resumed) == (6, False)
    assert await _masters(world.url) == {first.master_id} == {read_keys(world.file).master_id}
    assert [each.name for each in first.kept] == [f"master-key.{KEYS.master_id}.old"]
    second = await rotate(world.url, world.file)
    assert await _masters(world.url) == {second.master_id} != {first.master_id}
    assert read_keys(world.file).count == 1
    assert [read_keys(each).master_id for each in second.kept] == [first.master_id]
    assert len(world.old()) == 2
    assert {stat.S_IMODE(each.stat().st_mode) for each in (world.file, *world.old())} == {0o600}
    await world.check()
    store = Store(world.url, KEYS)
    with pytest.raises(KeysMissing):
        await blind_key_of(store)
    await store.close()


async def test_forgotten(world: World) -> None:
    """With `forget` no file of the old key is left."""
    await rotate(world.url, world.file, forget=True)
    assert world.old() == []
    await world.check()


@pytest.mark.parametrize("at", ROTATING)
async def test_interrupted(world: World, at: str) -> None:
    """After SIGKILL everything opens, the same call goes on with the same fresh key, and no second one is made."""
    child = multiprocessing.get_context("forkserver").Process(target=_rotating, args=(world.url, world.file, at))
    child.start()
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL
    begun = read_keys(world.file)
    assert begun.count == 2
    await world.check()
    done = await rotate(world.url, world.file)
    assert (done.master_id, done.resumed) == (begun.master_id, True)
    assert done.keys == (4 if at == "rotation_half_done" else 0)
    assert await _masters(world.url) == {done.master_id}
    assert read_keys(world.file).count == 1
    await world.check()


def _rotating(url: str, file: Path, at: str) -> None:
    os.environ[VARIABLE] = at
    asyncio.run(rotate(url, file, batch=2))


async def test_not_while_others_work(world: World) -> None:
    """Whoever read the file before would go on with the old key; nothing is changed then."""
    before = world.file.read_text()
    other = Store(world.url, KEYS)
    async with other.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(HouseError, match="stop it first"):
            await rotate(world.url, world.file)
    await other.close()
    assert world.file.read_text() == before


async def test_another_stores_file_is_refused(world: World) -> None:
    """And it stays as it is."""
    world.file.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(KeysMissing, match="does not hold the key"):
        await rotate(world.url, world.file)
    assert world.file.read_text() == "ab" * 32


async def test_an_older_backup_needs_the_old_key(world: World, postgres: EmbeddedPostgres) -> None:
    """Put below the one in use it opens the backup; the next rotation wraps everything under the one in use."""
    folder = world.file.parent.parent
    backup = await back_up(world.url, folder / "d", folder / "k", master=world.file, now=LATER)
    done = await rotate(world.url, world.file)
    url = postgres.ensure_database("older_backup")
    given = {"ledger": None, "key_file": world.file, "now": LATER}
    try:
        with pytest.raises(KeysMissing, match=KEYS.master_id):
            await restore(url, backup.data, backup.keys, **given)  # type: ignore[arg-type]
        world.file.write_text(world.file.read_text() + done.kept[0].read_text())
        await restore(url, backup.data, backup.keys, **given)  # type: ignore[arg-type]
        world.url = url
        await world.check()
        await rotate(url, world.file)
        assert await _masters(url) == {done.master_id}
        await world.check()
    finally:
        postgres.drop_database("older_backup")
