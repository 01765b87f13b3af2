"""`sansdelai retention …` as its users type it, and the start of a real house whose set-up is not complete."""

from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from cases.house import found_house
from cases.office import real_clock
from models.store import Store
from tests.auditing import audited
from tests.cli.test_commands import sansdelai
from tests.conftest import free_port
from tests.faults.house import furnish
from tests.keys import KEYS
from tests.ready import ready_files

SIGN = ("retention", "sign", "--by", "D-01", "--until", "2028-01-01T00:00Z")


@pytest.fixture
async def files(database_url: str, home: Path) -> dict[str, str]:
    """The settings of a real house with everything but a signature."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=real_clock())
    await store.close()
    return ready_files(home) | {"SANSDELAI_DATABASE_URL": database_url, "SANSDELAI_HOME": str(home)}


async def test_check_and_sign(files: dict[str, str], database_url: str) -> None:
    """Unsigned, the file is refused with what to do; signed, `check` says by whom and until when."""
    refused = sansdelai("retention", "check", **files)
    assert refused.returncode == 1 and "nobody signed the retention periods" in refused.stderr
    assert "set-up is not complete" in sansdelai("dispatch", **files).stderr
    assert sansdelai(*SIGN, **files).returncode == 0
    said = sansdelai("retention", "check", **files)
    assert said.returncode == 0 and "signed by D-01 until 2028-01-01 00:00 UTC" in said.stdout
    assert sansdelai("dispatch", **files).returncode == 0
    store = Store(database_url, KEYS)
    assert await audited(store) == []
    await store.close()


async def test_run_is_dry_and_takes_two_people(files: dict[str, str]) -> None:
    """Without --apply nothing is changed; with it, two different people and a signature are needed."""
    dry = sansdelai("retention", "run", **files)
    assert dry.returncode == 0 and "0 reports are over" in dry.stdout and "nothing was changed" in dry.stdout
    for words, says in (
        (("--apply",), "give --by and --second"),
        (("--apply", "--by", "D-01", "--second", "d-01"), "somebody else"),
        (("--apply", "--by", "D-01", "--second", "S-07"), "nobody signed"),
    ):
        refused = sansdelai("retention", "run", *words, **files)
        assert refused.returncode == 1 and says in refused.stderr and "Traceback" not in refused.stderr


def test_up_refuses_then_is_signed(home: Path) -> None:
    """The first start says everything that is missing and starts no Prefect; signing needs no running house."""
    controller = Controller(object(), hostname="127.0.0.1", port=free_port())
    controller.start()
    given = {"SANSDELAI_HOME": str(home), "SANSDELAI_SMTP_PORT": str(controller.port)}
    try:
        refused = sansdelai("up", **given)
    finally:
        controller.stop()
    assert refused.returncode == 1, refused.stdout
    for word in ("controller", "dpo", "basis", "SANSDELAI_RETENTION_FILE"):
        assert word in refused.stderr
    assert "Traceback" not in refused.stderr and not (home / "logs" / "prefect.log").exists()
    given |= ready_files(home)
    assert sansdelai(*SIGN, **given).returncode == 0
    assert sansdelai("retention", "check", **given).returncode == 0


async def test_record_commands(database_url: str, home: Path) -> None:
    """Rectification and legal hold by command: what is missing is named, what is right is recorded."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = {"SANSDELAI_DATABASE_URL": database_url, "SANSDELAI_HOME": str(home)}
    one = "R-2026-000001"
    for words, says in (
        (("rectification", one, "--what", "location", "--text", "http://forum.example/b"), "--ordinal"),
        (("legal-hold", one, "--why", " "), "--why"),
        (("legal-hold-released", one), "no legal hold keeps"),
    ):
        refused = sansdelai("record", *words, "--by", "S-07", **given)
        assert refused.returncode == 1 and says in refused.stderr and "Traceback" not in refused.stderr
    for words in (
        ("rectification", one, "--what", "location", "--ordinal", "1", "--text", "http://forum.example/b"),
        ("legal-hold", one, "--why", "Tribunal de Paris"),
        ("legal-hold-released", one),
    ):
        done = sansdelai("record", *words, "--by", "S-07", **given)
        assert done.returncode == 0, done.stderr
    assert await audited(store) == []
    await store.close()
