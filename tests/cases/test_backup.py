"""A backup never revives what was erased, whatever happens on its way back."""

import asyncio
import multiprocessing
import os
import re
import signal
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.backup import Backup, back_up
from cases.erase import erase
from cases.house import HouseError, house_of
from cases.restore import restore, shut_by
from cases.seal import seal_now
from edges.dumps import DumpRefused, _run, environment, program
from edges.postgres import EmbeddedPostgres
from models.cipher import KeysMissing
from models.faultpoints import OF_THE_STORE, VARIABLE
from models.private import Purpose
from models.store import Store
from tests.auditing import audited
from tests.faults.house import NOW, furnish, scalar
from tests.keys import KEYS
from tests.owning import as_owner

SITE = "marie-durand.example"
WHY = "Appel à la haine."
LATER = datetime(2026, 11, 30, 12, 0, 5, tzinfo=UTC)
RESTORING = tuple(name for name in OF_THE_STORE if name.startswith("restored"))


@dataclass
class World:
    """A store with a backup, and the places that a restore needs."""

    url: str
    folder: Path
    key_file: Path
    backup: Backup

    @property
    def ledger(self) -> Path:
        """The list outside the database."""
        return self.folder / "erasures.jsonl"

    async def erase(self) -> None:
        """Erase the first report's address and reason, after the backup."""
        store = Store(self.url, KEYS)
        purposes = [Purpose.LOCATION, Purpose.FREE_TEXT]
        await erase(store, ["R-2026-000001"], purposes, by="D-01", cause="request", ledger=self.ledger, now=LATER)
        await store.close()

    async def restore(self, url: str, **given: object) -> object:
        """Restore the backup into another database."""
        wanted = {"data": self.backup.data, "keys": self.backup.keys, "ledger": self.ledger, "key_file": self.key_file}
        return await restore(url, now=LATER, **(wanted | given))  # type: ignore[arg-type]


@pytest.fixture
async def world(database_url: str, tmp_path: Path, key_file: Path) -> World:
    """Two reports, partly sealed, backed up."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=2, url=f"http://{SITE}/photos")
    await seal_now(store)
    await store.close()
    done = await back_up(database_url, tmp_path / "data", tmp_path / "keys", master=key_file, now=LATER)
    return World(database_url, tmp_path, key_file, done)


@pytest.fixture
def empty(postgres: EmbeddedPostgres, database_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = "fresh_" + re.findall(r"store_[0-9]+", database_url)[-1]
    yield postgres.ensure_database(name)
    postgres.drop_database(name)


@pytest.fixture
async def restored(empty: str) -> AsyncIterator[Store]:
    """The store that comes back."""
    store = Store(empty, KEYS)
    yield store
    await store.close()


def everything(url: str) -> str:
    """A full dump of a database, as text."""
    done = _run(program("pg_dump"), "--format=plain", env=environment(url))
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_what_was_erased_after_the_backup_stays_erased(world: World, empty: str, restored: Store) -> None:
    """Address, host name and reason are nowhere; the other report is whole; the events say when and by whom."""
    before = everything(world.url)
    await world.erase()
    done = await world.restore(empty)
    assert done.erasures == 1  # type: ignore[attr-defined]
    assert await audited(restored) == []
    event = "SELECT count(*) FROM event WHERE kind = 'erased' AND actor = 'D-01' AND at = :at"
    assert await scalar(restored, event, at=LATER) == 1
    keys = "SELECT count(*) FROM data_key WHERE report_id = :id AND wrapped IS NOT NULL"
    first = await scalar(restored, "SELECT id FROM report WHERE number = 'R-2026-000001'")
    assert await scalar(restored, keys, id=first) == 0
    hosts = "SELECT count(*) FROM location WHERE host = :host"
    assert (await scalar(restored, hosts, host=SITE)) == 1  # the second report's alone
    texts = await _texts(restored)
    assert f"http://{SITE}/photos/1" not in texts
    assert {f"http://{SITE}/photos/2", WHY} <= texts
    whole = everything(empty)
    assert f"http://{SITE}" not in whole
    for sealed in await _ciphertexts(world.url, before):
        assert sealed not in whole


async def test_a_site_named_after_a_victim_is_nowhere(
    database_url: str, tmp_path: Path, key_file: Path, empty: str, restored: Store
) -> None:
    """With every report erased, not even the host's name is left in data or keys."""
    store = Store(database_url, KEYS)
    await furnish(store, url=f"http://{SITE}/photos")
    await store.close()
    done = await back_up(database_url, tmp_path / "data", tmp_path / "keys", master=key_file, now=LATER)
    assert SITE in everything(database_url)
    world = World(database_url, tmp_path, key_file, done)
    await world.erase()
    await world.restore(empty)
    whole = everything(empty)
    assert SITE not in whole
    assert not await _texts(restored) & {f"http://{SITE}/photos/1", WHY}


async def _texts(store: Store) -> set[str]:
    async with store.transaction() as connection:
        ids = list((await connection.execute(text("SELECT id FROM private_text"))).scalars())
    return {each.text for each in (await store.open_texts(ids)).values()}


async def _ciphertexts(url: str, dumped: str) -> list[str]:
    """What the backup held of the texts that are empty now, as a plain dump writes it."""
    store = Store(url, KEYS)
    async with store.transaction() as connection:
        gone = list((await connection.execute(text("SELECT id::text FROM private_text WHERE sealed = ''"))).scalars())
    await store.close()
    lines = [line.split("\t") for line in dumped.splitlines()]
    found = [cell[3:] for line in lines if line[0] in gone for cell in line if cell.startswith("\\\\x")]
    assert len(gone) == len(found) >= 2
    return found


async def test_a_backup_keeps_data_and_keys_apart(world: World) -> None:
    """Each file is its owner's alone, holds its part, and no half-written one is left."""
    for file in (world.backup.data, world.backup.keys):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert world.backup.data.name == "store-20261130T120005Z.dump"
    for file, held in ((world.backup.data, False), (world.backup.keys, True)):
        listed = _run(program("pg_restore"), "--list", str(file), env=environment("postgresql://")).stdout
        assert ("TABLE DATA public data_key" in listed) is held
        assert ("TABLE DATA public private_text" in listed) is not held


async def test_keys_are_kept_for_thirty_days(world: World) -> None:
    """Older dumps of keys go, and so does what a killed backup left; the data without keys are named."""
    left = world.backup.keys.with_name("keys-20261101T000000Z.dump.part")
    left.touch()
    folders = world.backup.data.parent, world.backup.keys.parent
    soon = await back_up(world.url, *folders, master=world.key_file, now=LATER + timedelta(days=30))
    assert (soon.deleted, soon.keyless) == ((), ())
    assert not left.exists()
    then = await back_up(world.url, *folders, master=world.key_file, now=LATER + timedelta(days=30, seconds=1))
    assert then.deleted == (world.backup.keys,)
    assert then.keyless == (world.backup.data,)


async def test_one_folder_for_both_is_refused(world: World, tmp_path: Path) -> None:
    """Also under another name; and the master key lies in neither."""
    (tmp_path / "other").symlink_to(world.backup.data.parent)
    for keys in (world.backup.data.parent, tmp_path / "other"):
        with pytest.raises(DumpRefused, match="same folder"):
            await back_up(world.url, world.backup.data.parent, keys, master=world.key_file, now=NOW)
    with pytest.raises(DumpRefused, match="master key lies"):
        await back_up(world.url, world.key_file.parent, tmp_path / "keys", master=world.key_file, now=NOW)


async def test_a_restore_without_the_list_of_erasures_is_refused(world: World, empty: str, restored: Store) -> None:
    """Unless it is said that nothing was ever erased."""
    with pytest.raises(DumpRefused, match="--no-ledger"):
        await world.restore(empty)
    assert await _tables(restored) == 0
    await world.restore(empty, ledger=None)
    assert await audited(restored) == []
    assert (await house_of(restored)).stopped_at == LATER


async def test_a_restore_needs_an_empty_database(world: World) -> None:
    """The store that is there stays as it is."""
    before = everything(world.url)
    with pytest.raises(DumpRefused, match="not empty"):
        await world.restore(world.url, ledger=None)
    assert _plain(everything(world.url)) == _plain(before)


def _plain(dumped: str) -> str:
    return re.sub(r"\\(un)?restrict .*", "", dumped)


@pytest.mark.parametrize("which", ["data", "keys"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
async def test_a_dump_that_is_cut_short_puts_nothing_back(
    world: World, empty: str, restored: Store, which: str, share: float
) -> None:
    """The database is empty afterwards, so a whole pair can be restored at once."""
    file: Path = getattr(world.backup, which)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DumpRefused, match="cut short"):
        await world.restore(empty, ledger=None)
    assert await _tables(restored) == 0
    file.write_bytes(whole)
    await world.restore(empty, ledger=None)


async def test_keys_of_another_backup_are_refused(world: World, empty: str, restored: Store) -> None:
    """By the time in their name, and, renamed, by what they hold."""
    store = Store(world.url, KEYS)
    async with as_owner(store) as connection:
        await connection.execute(text("INSERT INTO data_key SELECT gen_random_uuid(), 'victim', id, NULL, 'x', '', now() FROM report LIMIT 1"))  # fmt: skip
        await connection.execute(text("DELETE FROM data_key WHERE purpose = 'victim'"))
    await store.close()
    other = await back_up(world.url, *_folders(world), master=world.key_file, now=LATER + timedelta(hours=1))
    with pytest.raises(DumpRefused, match="of two backups"):
        await world.restore(empty, keys=other.keys, ledger=None)
    with pytest.raises(DumpRefused, match=r"first store-.* then keys-"):
        await world.restore(empty, data=world.backup.keys, keys=world.backup.data, ledger=None)
    world.backup.keys.write_bytes(b"")
    world.backup.data.rename(world.backup.keys)
    other.data.rename(world.backup.data)
    with pytest.raises(DumpRefused, match="no dump of a store's keys"):
        await world.restore(empty, ledger=None)
    assert await _tables(restored) == 0


async def test_keys_of_another_store_are_refused(
    world: World, postgres: EmbeddedPostgres, template: str, empty: str, restored: Store
) -> None:
    """Nothing is put back when the keys open other texts."""
    url = postgres.ensure_database("another_house", template=template)
    store = Store(url, KEYS)
    await furnish(store)
    await store.close()
    other = await back_up(url, world.folder / "d2", world.folder / "k2", master=world.key_file, now=LATER)
    postgres.drop_database("another_house")
    with pytest.raises(DumpRefused, match="not those of these data"):
        await world.restore(empty, keys=other.keys, ledger=None)
    assert await _tables(restored) == 0


async def test_without_its_master_key_a_store_stays_shut(world: World, empty: str, restored: Store) -> None:
    """No file: nothing is put back. Another store's: it is put back and shut, and goes on with the right one."""
    with pytest.raises(KeysMissing, match="no master key file"):
        await world.restore(empty, ledger=None, key_file=world.folder / "nowhere")
    assert await _tables(restored) == 0
    strange = world.folder / "strange"
    strange.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(KeysMissing, match="does not hold the key"):
        await world.restore(empty, ledger=None, key_file=strange)
    with pytest.raises(HouseError, match="shut"):
        await house_of(restored)
    await world.restore(empty, ledger=None)
    assert await audited(restored) == []


@pytest.mark.parametrize("at", RESTORING)
async def test_a_crash_leaves_a_store_that_opens_for_nobody(world: World, empty: str, restored: Store, at: str) -> None:
    """A child dies by SIGKILL there; the same command goes on, and what was erased is gone."""
    await world.erase()
    child = multiprocessing.get_context("forkserver").Process(target=_restoring, args=(world, empty, at))
    child.start()
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL
    with pytest.raises(HouseError, match=shut_by("20261130T120005Z")):
        await house_of(restored)
    with pytest.raises(HouseError, match="shut"):
        await back_up(empty, *_folders(world), master=world.key_file, now=NOW)
    await world.restore(empty)
    assert await audited(restored) == []
    assert f"http://{SITE}/photos/1" not in await _texts(restored)
    assert await scalar(restored, "SELECT count(*) FROM event WHERE kind = 'erased'") == 1


async def test_a_crash_before_the_end_of_the_load_leaves_nothing(world: World, empty: str, restored: Store) -> None:
    """The child dies when all was sent: the database is empty, and the same command does everything."""
    child = multiprocessing.get_context("forkserver").Process(target=_restoring, args=(world, empty, OF_THE_STORE[0]))
    await world.erase()
    child.start()
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL
    for _ in range(100):  # PostgreSQL hears of it a moment later
        if not await scalar(restored, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sansdelai'"):
            break
        await asyncio.sleep(0.1)
    assert await _tables(restored) == 0
    await world.restore(empty)
    assert await audited(restored) == []


def _restoring(world: World, url: str, at: str) -> None:
    os.environ[VARIABLE] = at
    asyncio.run(world.restore(url))


async def test_numbers_go_on_above_those_in_the_store(world: World, empty: str, restored: Store) -> None:
    """A report's number is never given twice, and the queue holds what no seal covers."""
    await world.erase()
    await world.restore(empty)
    assert await scalar(restored, "SELECT nextval('report_number')") == 3
    assert await scalar(restored, "SELECT count(*) FROM unsealed") == 1  # the erasure that was said again
    guard = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%append_only' OR tgname = 'procedure_has_a_duty'"
    before = Store(world.url, KEYS)
    assert await scalar(restored, guard) == await scalar(before, guard) > 6
    await before.close()


async def _tables(store: Store) -> int:
    return int(await scalar(store, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))


def _folders(world: World) -> tuple[Path, Path]:
    return world.backup.data.parent, world.backup.keys.parent
