"""What a mail server can do to us, and what two dispatches at a time can do to each other."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from cases.dispatch import run
from edges.mail import Mailer
from edges.postgres import EmbeddedPostgres
from law.vocabulary import Deed
from models.schema import migrate
from models.store import Store
from tests.conftest import free_port
from tests.edges.mail_servers import Scripted, running
from tests.faults.child import start
from tests.faults.house import (
    NOW,
    at_work,
    faults_of,
    furnish,
    open_procedures,
    replayed,
    route_all,
    run_patiently,
    scalar,
    settings,
    until_answered,
)
from tests.faults.post import Post
from tests.keys import KEYS

LEFT = "SELECT status FROM letter"


async def carried_by(given: Any, answers: dict[str, Any], passes: int = 2, **mailer: Any) -> list[str]:
    """Route and dispatch against a scripted server, ten legal minutes apart; gives the verbs that the server heard."""
    log: list[str] = []
    async with running(lambda: Scripted(answers, log)) as port:
        clock = [NOW]
        async with at_work(given.model_copy(update={"smtp_port": port}), lambda: clock[0]) as desk:
            impatient = Mailer(host="127.0.0.1", port=port, tls="none", direct=True, simulated=True, **mailer)
            object.__setattr__(desk, "mailer", impatient)
            for _ in range(passes):
                await run_patiently(desk)
                clock[0] += timedelta(minutes=10)
            await impatient.__aexit__(None, None, None)
    return log


@pytest.mark.parametrize("fault", [None, "hang"])
async def test_no_answer_to_data_is_unknown_and_goes_once_more_at_most(
    database_url: str, home: Path, fault: str | None
) -> None:
    """A server that takes the letter and never answers gets one marked copy, then a person is asked."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = settings(home, database_url, 1)
    heard = await carried_by(given, {"BODY": [fault] * 9}, passes=5, final_timeout_s=0.3)
    assert heard.count("BODY") == 2
    assert await scalar(store, LEFT) == "unknown"
    assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'resolve' AND closed_at IS NULL") == 1
    assert await faults_of(store) == []
    await store.close()


@pytest.mark.parametrize("fault", [None, "hang"])
async def test_a_filing_without_an_answer_is_put_to_a_person_at_once(
    database_url: str, home: Path, fault: str | None
) -> None:
    """Never a second filing."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await open_procedures(store, "fr-prosecutor", "P-0003")
    given = settings(home, database_url, 1)
    heard = await carried_by(given, {"BODY": [fault] * 9}, passes=4, final_timeout_s=0.3)
    assert heard.count("BODY") == 1
    assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'resolve' AND closed_at IS NULL") == 1
    assert await faults_of(store) == []
    await store.close()


@pytest.mark.parametrize("verb", ["RCPT", "BODY"])
@pytest.mark.parametrize("answer", ["451 4.7.1 later", "421 4.3.2 closing"])
async def test_a_refusal_for_now_is_a_duty_with_a_new_time(
    database_url: str, home: Path, verb: str, answer: str
) -> None:
    """451 and 421 say that the server does not have it: the same letter goes later, without a mark of a second copy."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = settings(home, database_url, 1)
    heard = await carried_by(given, {verb: [answer]}, passes=4)
    assert (2 if verb == "BODY" else 1) == heard.count("BODY")
    assert await scalar(store, LEFT) == "sent"
    assert await scalar(store, "SELECT copies FROM letter") == 1
    assert await faults_of(store) == []
    await store.close()


@pytest.mark.parametrize("verb", ["RCPT", "BODY"])
async def test_a_refusal_for_good_is_not_tried_again(database_url: str, home: Path, verb: str) -> None:
    """550: the channel is wrong, a person supplies another; the letter is never called sent."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = settings(home, database_url, 1)
    heard = await carried_by(given, {verb: ["550 5.1.1 no such user"] * 9}, passes=3)
    assert heard.count(verb) == 1
    assert await scalar(store, LEFT) == "refused"
    assert await scalar(store, "SELECT count(*) FROM duty WHERE cause = 'channel_refused' AND closed_at IS NULL") == 1
    assert await faults_of(store) == []
    await store.close()


async def test_a_server_that_is_away_changes_nothing(database_url: str, home: Path) -> None:
    """No connection: the letter stays planned, the duty stays due, and the next pass sends the very same letter."""
    store = Store(database_url, KEYS)
    await furnish(store)
    given = settings(home, database_url, free_port())
    async with at_work(given, lambda: NOW) as desk:
        await run_patiently(desk)
    before = await scalar(store, "SELECT message_id FROM letter WHERE status = 'planned' AND copies = 0")
    assert before
    heard = await carried_by(given, {})
    assert heard.count("BODY") == 1
    assert before == await scalar(store, "SELECT message_id FROM letter WHERE status = 'sent'")
    assert await faults_of(store) == []
    await store.close()


async def test_two_dispatches_at_once_send_every_letter_once(database_url: str, home: Path) -> None:
    """Two processes over the same two hundred reports: SKIP LOCKED shares the work, nothing is doubled or left."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=200)
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    given = settings(home, database_url, controller.port)
    async with at_work(given, lambda: NOW, lease=60) as desk:
        await route_all(desk)
    children = [start(home, database_url, controller.port, NOW, "nowhere", lease=60) for _ in range(2)]
    for child in children:
        await asyncio.to_thread(child.join, 60)
    controller.stop()
    assert [child.exitcode for child in children] == [0, 0]
    assert 200 == len(post.letters) == len(set(post.ids()))
    assert await scalar(store, "SELECT count(*) FROM letter WHERE status = 'sent'") == 200
    assert await faults_of(store) == []
    await store.close()


async def test_a_database_that_dies_while_a_letter_is_sent(home: Path) -> None:
    """PostgreSQL is gone when the server answers: after its return the letter is a question, and goes once more."""
    with EmbeddedPostgres(home / "postgres") as server:
        url = server.ensure_database("store")
        await migrate(url)
        store = Store(url, KEYS)
        await furnish(store)
        cluster: Any = server._cluster
        stop = ("pg_ctl", "-D", str(cluster.data), "-m", "immediate", "-w", "stop")
        post = Post(lambda number: cluster.run(*stop).stdout and None)
        controller = Controller(post, hostname="127.0.0.1", port=free_port())
        controller.start()
        given = settings(home, url, controller.port)
        async with at_work(given, lambda: NOW) as desk:
            await route_all(desk)
            with pytest.raises(Exception):  # noqa: B017  whatever the driver says of a server that is gone
                await run(desk)
            post.on_data = None
            cluster.launch()
            cluster.wait()
            await store.close()  # its connections died with the server
            assert await scalar(store, LEFT) == "sending"
        await until_answered(given)
        controller.stop()
        assert len(post.letters) == 2
        assert len(set(post.ids())) == 1
        assert post.faults() + await faults_of(store) == []
        await store.close()


@pytest.mark.parametrize("at", ["turnstile_not_passed", "data_not_begun", "answer_not_recorded"])
async def test_a_reminder_survives_death(database_url: str, home: Path, at: str) -> None:
    """A reminder that may have left is called so and dropped: a second one is worse than none."""
    store = Store(database_url, KEYS)
    await furnish(store)
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    given = settings(home, database_url, controller.port)
    await until_answered(given, deeds=(Deed.ROUTE, Deed.NOTIFY))
    when = await scalar(store, "SELECT due_at FROM duty WHERE deed = 'remind'")
    child = start(home, database_url, controller.port, when, at)
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -9
    await until_answered(given, start=when, deeds=(Deed.REMIND,))
    controller.stop()
    in_doubt = at in ("data_not_begun", "answer_not_recorded")
    assert (2 if at != "data_not_begun" else 1) == len(post.letters) == len(set(post.ids()))
    wanted = "unknown" if in_doubt else "sent"
    assert wanted == await scalar(store, "SELECT status FROM act WHERE kind = 'reminder'")
    assert post.faults() + await faults_of(store) == []
    await store.close()


async def test_what_the_walk_looks_for_is_found(database_url: str) -> None:
    """The checks of the walk can fail: a row changed behind the writer's back is seen."""
    store = Store(database_url, KEYS)
    await furnish(store)
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE duty SET attempts = 7"))
    assert await replayed(store)
    await store.close()
