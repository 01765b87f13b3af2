"""The fault walk: a child gets SIGKILL at every named point; the parent counts letters at a real SMTP server."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from law.vocabulary import Deed
from models.faultpoints import POINTS
from models.store import Store
from tests.conftest import free_port
from tests.faults.child import start
from tests.faults.house import (
    NOW,
    at_work,
    faults_of,
    furnish,
    open_procedures,
    route_all,
    scalar,
    settings,
    shut,
    until_answered,
)
from tests.faults.post import Post
from tests.keys import KEYS

OF_SENDING = tuple(name for name in POINTS if not name.startswith("conclusion"))
OF_CONCLUDING = ("claimed", "write_not_committed", "conclusion_not_written", "conclusion_written")
WHILE_ANSWERING = "while_answering"  # not a point in the program: the server kills it between DATA and the answer
LEFT = {"data_not_begun": 0, WHILE_ANSWERING: 1, "answer_not_recorded": 1, "answer_recorded": 1}  # letters that left
IN_DOUBT = ("data_not_begun", WHILE_ANSWERING, "answer_not_recorded")


@pytest.fixture
def post() -> Iterator[Post]:
    """Where letters arrive; the server listens as long as the test runs."""
    yield from _listening(Post())


def _listening(kept: Post) -> Iterator[Post]:
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.port = controller.port  # type: ignore[attr-defined]
    yield kept
    controller.stop()


@pytest.fixture
async def page() -> AsyncIterator[int]:
    """A web server whose only page is there; gives its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def the_port(post: Post) -> int:
    """Where the server listens."""
    return int(post.port)  # type: ignore[attr-defined]


async def killed(child: BaseProcess) -> None:
    """Wait for the child's end, which must be SIGKILL: the point was reached."""
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL, "the point was never reached"


async def die_while_sending(home: Path, url: str, post: Post, at: str) -> None:
    """Run a dispatch that dies at this point; a kill by the server is a kill between DATA and the answer."""
    child: list[BaseProcess] = []
    if at == WHILE_ANSWERING:
        post.on_data = lambda number: child[0].kill()
    child.append(start(home, url, the_port(post), NOW, at))
    await killed(child[0])
    post.on_data = None


def test_every_point_is_walked() -> None:
    """A point that no walk covers would prove nothing."""
    assert set(OF_SENDING) | set(OF_CONCLUDING) == set(POINTS)


@pytest.mark.parametrize("at", [*OF_SENDING, WHILE_ANSWERING])
async def test_a_notice_survives_death(database_url: str, home: Path, post: Post, at: str) -> None:
    """One Message-ID whatever happens; a second copy only when nobody knows of the first, once, marked, identical."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = settings(home, database_url, the_port(post))
    async with at_work(given, lambda: NOW) as desk:
        await route_all(desk)
    await die_while_sending(home, database_url, post, at)
    assert LEFT.get(at, 0) == len(post.letters)
    await until_answered(given)
    assert len(set(post.ids())) == 1
    assert (2 if at in (WHILE_ANSWERING, "answer_not_recorded") else 1) == len(post.letters)
    assert post.faults() + await faults_of(store) == []
    assert await scalar(store, "SELECT status FROM act") == "sent"
    await store.close()


@pytest.mark.parametrize("at", [*OF_SENDING, WHILE_ANSWERING])
async def test_a_filing_with_the_prosecutor_is_never_sent_twice(
    database_url: str, home: Path, post: Post, at: str
) -> None:
    """When nobody knows whether a filing left, the program stops and a person finds out."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await open_procedures(store, "fr-prosecutor", "P-0003")
    await die_while_sending(home, database_url, post, at)
    await until_answered(settings(home, database_url, the_port(post)))
    in_doubt = at in IN_DOUBT
    assert (LEFT[at] if in_doubt else 1) == len(post.letters)
    assert post.faults() + await faults_of(store) == []
    assert ("unknown" if in_doubt else "sent") == await scalar(store, "SELECT status FROM act")
    resolve = "SELECT count(*) FROM duty WHERE deed = 'resolve' AND by = 'person' AND closed_at IS NULL"
    assert (1 if in_doubt else 0) == await scalar(store, resolve)
    await store.close()


@pytest.mark.parametrize("at", [*OF_SENDING, WHILE_ANSWERING])
async def test_a_complaint_for_three_reports_stays_one_letter(
    database_url: str, home: Path, post: Post, at: str
) -> None:
    """One complaint per platform: three acts share one letter and one fate, before and after a crash."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=3)
    await open_procedures(store, "eu-dsa-53", "P-0002")
    await die_while_sending(home, database_url, post, at)
    await until_answered(settings(home, database_url, the_port(post)))
    in_doubt = at in IN_DOUBT
    assert (LEFT[at] if in_doubt else 1) == len(post.letters)
    assert post.faults() + await faults_of(store) == []
    assert await scalar(store, "SELECT count(*) FROM letter WHERE kind = 'complaint'") == 1
    wanted = "unknown" if in_doubt else "sent"
    assert await scalar(store, "SELECT count(*) FROM act WHERE status = :wanted", wanted=wanted) == 3
    await store.close()


@pytest.mark.parametrize("at", OF_CONCLUDING)
async def test_a_deadline_survives_death(database_url: str, home: Path, post: Post, page: int, at: str) -> None:
    """What a clock came to and what follows are written together: once, or not at all."""
    store = Store(database_url, KEYS)
    await furnish(store, url=f"http://127.0.0.1:{page}")
    given = settings(home, database_url, the_port(post), probe_allow=frozenset({f"127.0.0.1:{page}"}))
    await until_answered(given, deeds=(Deed.ROUTE, Deed.NOTIFY))
    end = await scalar(store, "SELECT ends_at FROM procedure")
    await shut(store, Deed.VERIFY, Deed.REMIND)
    child = start(home, database_url, the_port(post), end, at, page)
    await killed(child)
    await until_answered(given, start=end, deeds=(Deed.CONCLUDE, Deed.NOTIFY))
    assert await scalar(store, "SELECT count(*) FROM event WHERE kind = 'stayed_silent'") == 1
    told = ["abuse@forum.example", "dsa@arcom.example", "parquet@justice.example"]
    assert told == sorted(to for to, _ in post.letters)
    assert post.faults() + await faults_of(store) == []
    await store.close()
