"""The watch as a process of its own: exit codes, alarms to a real mail server, its page, and a database that dies."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from cases.house import found_house
from cases.lookout import Finding, Round
from cases.watchman import AGAIN, News, report_round
from edges.alarm_book import Alarm, open_book
from edges.postgres import EmbeddedPostgres
from models.schema import migrate
from models.store import Store
from tests.cli.test_commands import PROJECT, sansdelai
from tests.conftest import free_port
from tests.faults.house import NOW
from tests.faults.post import Post
from tests.keys import KEYS

ONE = timedelta(minutes=1)


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """Where alarms arrive."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, controller.port
    controller.stop()


@pytest.fixture
async def house(database_url: str, tmp_path: Path, post: tuple[Post, int]) -> dict[str, str]:
    """The environment of a quiet house."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=datetime.now(UTC))
    await store.close()
    return environment(tmp_path, database_url, post[1])


def environment(home: Path, url: str, port: int) -> dict[str, str]:
    return {
        "SANSDELAI_HOME": str(home),
        "SANSDELAI_DATABASE_URL": url,
        "SANSDELAI_SMTP_PORT": str(port),
        "SANSDELAI_STAFF_ADDRESS": "staff@hotline.example",
        "SANSDELAI_SECOND_STAFF_ADDRESS": "second@hotline.example",
        "SANSDELAI_STAFF_LANGUAGE": "en",
        "SANSDELAI_WATCH_EVERY_SECONDS": "1",
        "SANSDELAI_WATCH_DISK_PERCENT": "1",
        "SANSDELAI_PREFECT_PORT": str(free_port()),
        "SANSDELAI_HEALTH_PORT": str(free_port()),
    }


async def changed(url: str, statement: str) -> None:
    """What somebody does to the house."""
    store = Store(url, KEYS)
    async with store.transaction() as connection:
        await connection.execute(text(statement))
    await store.close()


@contextlib.contextmanager
def watching(house: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A watch that runs until the block is left; then it is killed, as by a power cut."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANSDELAI_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.watch"], cwd=PROJECT, env=clean | house, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        until(lambda: asked(house, "/alive")[0] == 200)
        yield process
    finally:
        process.kill()
        process.communicate()


def asked(house: dict[str, str], path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Status and text of a page of the watch; 0 when nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{house['SANSDELAI_HEALTH_PORT']}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=3) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def until(true: Any, seconds: float = 20) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def state(house: dict[str, str]) -> dict[str, Any]:
    """What `/health` says."""
    body = asked(house, "/health")[1]
    return json.loads(body) if body else {}


def subjects(post: Post, to: str = "staff@hotline.example") -> list[str]:
    """The subjects of the alarms to one mailbox."""
    return [message_from_bytes(raw, policy=policy.default)["Subject"] for name, raw in post.letters if name == to]


def test_once_says_how_it_is(house: dict[str, str], post: tuple[Post, int]) -> None:
    """0 when all is well, with a line for each check; nothing is mailed by a look alone."""
    done = sansdelai("watch", "--once", **house)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Prefect does not answer" in done.stdout
    assert done.stdout.count("well") >= 14
    assert post[0].letters == []


async def test_once_says_what_is_wrong(house: dict[str, str], post: tuple[Post, int]) -> None:
    """1 and the sentence, with what to do; with --mail, alarms go out as from the running watch, once."""
    await changed(house["SANSDELAI_DATABASE_URL"], "UPDATE house SET stopped_at = now() - interval '5 hours'")
    for _ in range(2):
        done = sansdelai("watch", "--once", "--mail", **house)
        assert done.returncode == 1
        assert "resume-sending" in done.stdout
    assert subjects(post[0]) == ["Alarm · Sending is stopped"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SANSDELAI_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "The store does not answer"),
        ({"SANSDELAI_WATCH_EVERY_SECONDS": "0"}, "SANSDELAI_WATCH_EVERY_SECONDS"),
        ({"SANSDELAI_WEB_PORT": "8700", "SANSDELAI_HEALTH_PORT": "8700"}, "must differ from SANSDELAI_WEB_PORT"),
    ],
)
def test_once_says_that_it_cannot_look(house: dict[str, str], changes: dict[str, str], says: str) -> None:
    """2 when the database is away or a setting is wrong: never "all well" for want of an answer."""
    done = sansdelai("watch", "--once", **(house | changes))
    assert done.returncode == 2
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


async def test_an_alarm_is_told_once_and_its_end_as_well(house: dict[str, str], post: tuple[Post, int]) -> None:
    """Both mailboxes when it begins, nothing more when the watch is killed and started again, both when it is over."""
    url = house["SANSDELAI_DATABASE_URL"]
    with watching(house):
        until(lambda: state(house).get("status") == "well")
        assert asked(house, "/health")[0] == 200
        await changed(url, "UPDATE house SET stopped_at = now() - interval '5 hours'")
        until(lambda: len(post[0].letters) == 2)
        until(lambda: asked(house, "/health")[0] == 503)
        page = asked(house, "/?lang=fr")
        assert page[0] == 503
        assert "Les envois sont arrêtés" in page[1]
        assert asked(house, "/", host="evil.example")[0] == 400
    with watching(house):
        until(lambda: state(house).get("status") == "wrong")
        time.sleep(2.5)
        assert len(post[0].letters) == 2
        await changed(url, "UPDATE house SET stopped_at = NULL")
        until(lambda: len(post[0].letters) == 4)
    told = ["Alarm · Sending is stopped", "Over · Sending is stopped"]
    assert subjects(post[0]) == told == subjects(post[0], "second@hotline.example")
    for _, raw in post[0].letters:
        assert b"SANSDELAI" not in raw
        assert b"postgresql" not in raw


async def test_a_database_that_dies_is_told_without_it(tmp_path: Path, home: Path, post: tuple[Post, int]) -> None:
    """The alarm needs no database; when it is back, the end is told, and no other alarm was ended meanwhile."""
    with EmbeddedPostgres(home / "postgres", durable=False) as server:
        url = server.ensure_database("store")
        await migrate(url)
        store = Store(url, KEYS)
        await found_house(store, simulated=True, now=datetime.now(UTC))
        await store.close()
        await changed(url, "UPDATE house SET stopped_at = now() - interval '5 hours'")
        house = environment(tmp_path, url, post[1])
        with watching(house):
            until(lambda: len(post[0].letters) == 2)
            cluster: Any = server._cluster
            cluster.run("pg_ctl", "-D", str(cluster.data), "-m", "immediate", "-w", "stop")
            until(lambda: "Alarm · The store does not answer" in subjects(post[0]))
            found = state(house)
            assert found["status"] == "wrong"
            cluster.launch()
            cluster.wait()
            until(lambda: "Over · The store does not answer" in subjects(post[0]), 30)
            assert [each for each in subjects(post[0]) if "stopped" in each] == ["Alarm · Sending is stopped"]


async def test_a_mail_that_cannot_leave_is_said_and_tried_again(house: dict[str, str], post: tuple[Post, int]) -> None:
    """The page, the exit code and standard error say it; the alarm goes out when the server is back."""
    await changed(house["SANSDELAI_DATABASE_URL"], "UPDATE house SET stopped_at = now() - interval '5 hours'")
    away = house | {"SANSDELAI_SMTP_PORT": str(free_port())}
    done = sansdelai("watch", "--once", "--mail", **away)
    assert done.returncode == 1
    assert "alarms could not leave by e-mail: stopped" in done.stderr
    with watching(away):
        until(lambda: state(away).get("untold") == ["stopped"])
        assert "could not leave by e-mail" in asked(away, "/?lang=en")[1]
    with watching(house):
        until(lambda: len(post[0].letters) == 2)


def test_a_taken_port_and_a_signal(house: dict[str, str]) -> None:
    """A second watch on the port is told so in one line; a signal ends the first with 0."""
    with watching(house) as first:
        done = sansdelai("watch", **house)
        assert done.returncode == 2
        assert "SANSDELAI_HEALTH_PORT" in done.stderr
        first.send_signal(signal.SIGTERM)
        assert first.wait(10) == 0


class Letters:
    """Notes who was told what; a role in `away` cannot be told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.away: set[str] = set()

    async def __call__(self, role: str, news: News, name: str, finding: Finding | None, alarm: Alarm) -> bool:
        if role in self.away:
            return False
        self.told.append((role, str(news), name))
        return True


def round_at(minutes: int, *found: str, asked: str = "brake overdue store") -> Round:
    return Round(NOW + minutes * ONE, {name: Finding(name) for name in found}, frozenset(asked.split()))


async def told(home: Path, letters: Letters, *rounds: Round) -> list[str]:
    """Each round with a book that is read anew from its file, as after a restart."""
    untold: list[str] = []
    for each in rounds:
        untold = await report_round(open_book(home), each, ("staff", "second"), letters, lull=2 * ONE)
    return untold


async def test_an_alarm_that_lasts_is_told_again_after_four_hours(tmp_path: Path) -> None:
    """Not before, and to each mailbox by its own time."""
    letters, hours = Letters(), int(AGAIN / ONE)
    letters.away = {"second"}
    assert await told(tmp_path, letters, round_at(0, "brake")) == ["brake"]
    letters.away = set()
    assert await told(tmp_path, letters, round_at(30, "brake"), round_at(hours, "brake")) == []
    assert letters.told == [("staff", "begun", "brake"), ("second", "begun", "brake"), ("staff", "lasts", "brake")]


async def test_what_flickers_is_one_alarm(tmp_path: Path) -> None:
    """Gone for a moment is not over; and what could not be asked is neither gone nor over."""
    letters = Letters()
    await told(tmp_path, letters, round_at(0, "brake"), round_at(1), round_at(2, "brake"), round_at(3))
    blind = [round_at(minute, "store", asked="store") for minute in (4, 5)]
    await told(tmp_path, letters, round_at(3, "brake"), *blind)
    assert [each for each in letters.told if each[0] == "staff" and each[2] == "brake"] == [("staff", "begun", "brake")]
    await told(tmp_path, letters, round_at(6), round_at(8))
    assert ("staff", "over", "brake") in letters.told
    assert "brake" not in open_book(tmp_path).alarms


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"alarms": {"../x": {}}}', '{"alarms": {"brake": {"began": "noon"}}}', "\0\xff"]
)
async def test_a_damaged_alarm_book_begins_anew_and_says_so(tmp_path: Path, damage: str) -> None:
    """A file that was altered is never a reason to be silent."""
    (tmp_path / "watch.json").write_text(damage, encoding="latin-1")
    assert "begin anew" in open_book(tmp_path).fault
    letters = Letters()
    await told(tmp_path, letters, round_at(0, "brake"))
    assert len(letters.told) == 2
    assert open_book(tmp_path).fault == ""
