"""`backup`, `restore` and `store rotate-key` as an operator types them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edges.databases import PROGRAM
from edges.dumps import environment
from edges.postgres import EmbeddedPostgres
from models.store import Store
from tests.cli.test_commands import sansdelai
from tests.faults.house import furnish
from tests.keys import KEYS, write_key_file


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a store with two reports."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=2)
    await store.close()
    key_file = write_key_file(tmp_path / "own" / "master-key")
    return {
        "SANSDELAI_HOME": str(tmp_path / "home"),
        "SANSDELAI_DATABASE_URL": database_url,
        "SANSDELAI_MASTER_KEY_FILE": str(key_file),
    }


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database with nothing in it."""
    yield postgres.ensure_database("fresh_for_commands")
    postgres.drop_database("fresh_for_commands")


def test_there_and_back(world: dict[str, str], postgres: EmbeddedPostgres, empty: str, tmp_path: Path) -> None:
    """Backup, a refused restore, a restore as the owner, a new master key as the program; no password is ever shown."""
    folders = ("--data", str(tmp_path / "d"), "--keys", str(tmp_path / "k"))
    done = sansdelai("backup", *folders, **world)
    assert done.returncode == 0, done.stderr
    assert "The master key is in neither file. It lies at" in done.stdout
    files = [str(next((tmp_path / "d").iterdir())), str(next((tmp_path / "k").iterdir()))]
    refused = sansdelai("restore", *files, "--no-ledger", **world)
    assert (refused.returncode, "not empty" in refused.stderr) == (1, True)
    program = postgres.url("fresh_for_commands", PROGRAM)
    there = world | {"SANSDELAI_DATABASE_URL": program, "SANSDELAI_OWNER_DATABASE_URL": empty}
    refused = sansdelai("restore", *files, **there)
    assert (refused.returncode, "--no-ledger" in refused.stderr) == (1, True)
    restored = sansdelai("restore", *files, "--no-ledger", **there)
    assert restored.returncode == 0, restored.stderr
    assert "restored: 2 reports" in restored.stdout
    rotated = sansdelai("store", "rotate-key", **there)
    assert rotated.returncode == 0, rotated.stderr
    assert "4 keys are wrapped anew" in rotated.stdout
    listed = sansdelai("report", "list", **there)
    assert (listed.returncode, "R-2026-000002" in listed.stdout) == (0, True)
    for url in (empty, program):
        for each in (done, refused, restored, rotated):
            assert environment(url)["PGPASSWORD"] not in each.stdout + each.stderr


def test_one_folder_is_one_message(world: dict[str, str], tmp_path: Path) -> None:
    """Exit code 1 and no traceback."""
    done = sansdelai("backup", "--data", str(tmp_path / "d"), "--keys", str(tmp_path / "d"), **world)
    assert (done.returncode, done.stdout) == (1, "")
    assert "same folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_any_database(tmp_path: Path) -> None:
    """Nothing is made where nothing is."""
    home = tmp_path / "home"
    done = sansdelai("backup", "--data", str(tmp_path / "d"), "--keys", str(tmp_path / "k"), SANSDELAI_HOME=str(home))
    assert (done.returncode, home.exists()) == (1, False)
    assert "there is no database" in done.stderr
