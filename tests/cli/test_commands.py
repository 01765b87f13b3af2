"""Commands as a user types them: bad input gets one clear message, and nothing is half-written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.house import found_house
from cases.office import real_clock
from models.store import Store
from tests.faults.house import furnish
from tests.keys import KEYS
from tests.ready import ready

PROJECT = Path(__file__).resolve().parents[2]


KEPT = {"SANSDELAI_MASTER_KEY_FILE", "SANSDELAI_ORGANISATION_FILE", "SANSDELAI_RETENTION_FILE"}


def sansdelai(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANSDELAI_") or name in KEPT}
    command = [sys.executable, "-c", "import cli; cli.main()", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=clean | {"COLUMNS": "200"} | environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.fixture
async def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A real store without anything in it, its set-up complete."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=False, now=real_clock())
    for name, value in (await ready(store, tmp_path, real_clock())).items():
        monkeypatch.setenv(name, value)
    await store.close()
    return database_url


def test_reading_the_law_imports_no_store_and_no_prefect() -> None:
    """`sansdelai law …` starts at once: it imports neither Prefect nor SQLModel (decision 13)."""
    program = (
        "import sys; sys.argv = ['sansdelai', 'law', 'list', '--json']\n"
        "import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(' '.join(m for m in ('prefect', 'sqlmodel', 'fastapi') if m in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert '"eu-dsa-16"' in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("law", "show", "eu-dsa-99"), "eu-dsa-16"),  # says what is allowed
        (("law", "list", "--on", "tomorrow"), "2026-11-23"),
        (("law", "sign", "eu-dsa-16", "--by", "L-01", "--until", "2027-01-01T00:00"), "has no zone"),
        (("law", "sign", "eu-dsa-16", "--by", "L-01", "--until", "soon"), "is no instant"),
        (("law", "sign", "eu-dsa-16", "--by", "L-01", "--until", "2027-01-01T00:00Z", "--party", "P-1"), "--category"),
    ],
)
def test_bad_words_are_answered_with_what_is_allowed(words: tuple[str, ...], says: str) -> None:
    """One clear message that says what is allowed, and an exit code that is not 0."""
    done = sansdelai(*words)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_unreachable_database() -> None:
    """A database that cannot be reached is one message, without its password."""
    done = sansdelai("dispatch", SANSDELAI_DATABASE_URL="postgresql://u:secret-word@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "secret-word" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_unreachable_mail_server_at_start(home: Path) -> None:
    """`up` says at once that the mail server cannot be used, and starts nothing."""
    done = sansdelai("up", SANSDELAI_HOME=str(home), SANSDELAI_SMTP_PORT="1")
    assert done.returncode == 1
    assert "mail server" in done.stderr
    assert not (home / "postgres").exists()


def test_a_database_without_a_store(postgres: object) -> None:
    """A database that holds no store yet says how to make one."""
    url = postgres.ensure_database("empty_of_everything")  # type: ignore[attr-defined]
    done = sansdelai("dispatch", SANSDELAI_DATABASE_URL=url)
    assert done.returncode == 1
    assert "store init" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_wrong_setting_is_said_at_once() -> None:
    """Settings are checked together, and each fault names its variable."""
    done = sansdelai("dispatch", SANSDELAI_WEB_PORT="0", SANSDELAI_SMTP_TLS="maybe", SANSDELAI_SENDER_ADDRESS="nobody")
    assert done.returncode == 1
    for name in ("SANSDELAI_WEB_PORT", "SANSDELAI_SMTP_TLS", "SANSDELAI_SENDER_ADDRESS"):
        assert name in done.stderr


def test_a_proposal_cannot_be_signed(house: str) -> None:
    """`prop-*` never leaves the house: no signature makes it leave (practice 1.9)."""
    until = "2027-06-30T00:00+02:00"
    done = sansdelai(
        "law", "sign", "prop-temporary-block", "--by", "L-01", "--until", until, SANSDELAI_DATABASE_URL=house
    )
    assert done.returncode == 1
    assert "proposal" in done.stderr


async def test_a_standing_order_names_a_known_authority_and_category(house: str) -> None:
    """Every fault of a standing order is said at once, and nothing is written."""
    done = sansdelai(
        "law", "sign", "eu-dsa-16", "--by", "L-01", "--until", "2027-06-30T00:00+02:00", "--party", "P-77",
        "--category", "nonsense", SANSDELAI_DATABASE_URL=house,
    )  # fmt: skip
    assert done.returncode == 1
    for word in ("no route to an authority", "nonsense", "P-77"):
        assert word in done.stderr
    store = Store(house, KEYS)
    async with store.transaction() as connection:
        assert (
            await connection.execute(text("SELECT count(*) FROM signature WHERE regime <> 'retention'"))
        ).scalar() == 0
    await store.close()


async def test_a_standing_order_to_nobody_is_no_signature(house: str) -> None:
    """An empty --party (a variable that is not set) never turns a standing order into a lawyer's signature."""
    done = sansdelai(
        "law", "sign", "eu-dsa-53", "--by", "L-01", "--until", "2999-06-30T00:00+02:00", "--party", "",
        "--category", "hate", SANSDELAI_DATABASE_URL=house,
    )  # fmt: skip
    assert done.returncode == 1 and "unknown party ''" in done.stderr
    store = Store(house, KEYS)
    async with store.transaction() as connection:
        assert (
            await connection.execute(text("SELECT count(*) FROM signature WHERE regime <> 'retention'"))
        ).scalar() == 0
    await store.close()


@pytest.mark.parametrize("named", ["P-0002", "p-0002", "arcom", "Arcom"])
async def test_a_standing_order_takes_a_number_or_a_code(database_url: str, named: str) -> None:
    """The lawyer writes the authority's number or its code; the number is what is kept."""
    store = Store(database_url, KEYS)
    await furnish(store, orders=False)
    done = sansdelai(
        "law", "sign", "eu-dsa-53", "--by", "L-01", "--until", "2999-06-30T00:00+02:00", "--party", named,
        "--category", "hate", SANSDELAI_DATABASE_URL=database_url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    async with store.transaction() as connection:
        orders = (await connection.execute(text("SELECT party, regime FROM signature WHERE party IS NOT NULL"))).all()
    await store.close()
    assert [tuple(one) for one in orders] == [("P-0002", "eu-dsa-53")]


@pytest.mark.parametrize(
    "words",
    [
        ("record", "release", "R-2026-999999", "--by", "A-01"),
        ("record", "answer", "R-2026-999999", "--kind", "nonsense", "--by", "A-01"),
        ("record", "retraction", "R-2026-999999", "--cause", "nonsense", "--by", "A-01", "--second", "A-02"),
        ("record", "signature", "R-2026-999999", "--by", "A-01", "--second", "A-01"),
    ],
)
async def test_recording_what_cannot_be(house: str, words: tuple[str, ...]) -> None:
    """An unknown report, answer, cause, or one person signing twice: refused, and no event is written."""
    done = sansdelai(*words, SANSDELAI_DATABASE_URL=house)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    store = Store(house, KEYS)
    async with store.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM event"))).scalar() == 0
    await store.close()


def test_the_stop_is_kept_and_lifted(house: str) -> None:
    """`pause-sending` and `resume-sending` work without Prefect."""
    assert sansdelai("pause-sending", SANSDELAI_DATABASE_URL=house).returncode == 0
    assert sansdelai("resume-sending", SANSDELAI_DATABASE_URL=house).returncode == 0
