"""Five lives that run through deployment, worker and server, on the real clock."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Scheduled
from pydantic_extra_types.pendulum_dt import DateTime
from sqlalchemy import text
from sqlmodel import select

from edges.home import temporary_home
from edges.postgres import EmbeddedPostgres
from edges.processes import Child, Supervisor
from edges.settings import Settings
from flows import pool
from flows.service import prefect_environment, start_worker
from law.vocabulary import Deed
from models.draft import Draft
from models.store import Store
from models.tables import Party
from tests.faults.house import ORGANISATION, at_work, faults_of, furnish, report, run_patiently, scalar, shut
from tests.faults.post import Post
from tests.flows.test_service import final
from tests.flows.world import posted
from tests.keys import KEYS, write_key_file


@dataclass
class World:
    """A worker on our deployments over a store of its own, on the real clock."""

    api: Settings
    store_url: str
    home: Path
    post: Post
    smtp: int
    page: int
    worker: Child
    numbers: list[int] = field(default_factory=list)

    def settings(self) -> Settings:
        """What the worker's runs are told as well."""
        allow = frozenset({f"127.0.0.1:{self.page}"})
        return Settings(
            home=self.home, database_url=self.store_url, smtp_port=self.smtp, smtp_direct=True, probe_allow=allow,
            organisation_file=self.home / "organisation.toml",
        )  # fmt: skip

    async def press(self, name: str, state: Any = None, **parameters: Any) -> FlowRun:
        """Run a deployment through the worker and wait for its end."""
        async with pool.client(self.api) as api:
            deployment = await api.read_deployment_by_name(name)
            run = await api.create_flow_run_from_deployment(deployment.id, parameters=parameters, state=state)
        ended = await final(self.api, run, 90)
        assert ended.state is not None and ended.state.is_completed(), self.worker.last_words(40)
        return ended

    async def new_report(self, store: Store, received: datetime, **more: Any) -> str:
        """One more report about the page that is there; gives its number."""
        self.numbers.append(len(self.numbers) + 1)
        draft = Draft(received)
        async with store.session() as session:
            platform = (await session.exec(select(Party).where(Party.number == "P-0001"))).one()
        made = report(draft, self.numbers[-1], platform, f"http://127.0.0.1:{self.page}/{self.numbers[-1]}", **more)
        await store.write(draft)
        return made.number

    async def noticed_ten_days_ago(self, store: Store, **more: Any) -> str:
        """A report whose notice went out ten days ago, and whose only open duty is its deadline, which is over."""
        then = datetime.now(UTC) - timedelta(days=10)
        number = await self.new_report(store, then, **more)
        async with at_work(self.settings(), lambda: then) as desk:
            await run_patiently(desk)
        await shut(store, Deed.VERIFY, Deed.REMIND)
        self.post.letters.clear()
        return number


class Page(BaseHTTPRequestHandler):
    """A page that is there."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def world(prefect_server: Settings, postgres: EmbeddedPostgres, template: str) -> Iterator[World]:
    """A worker for all tests of this file; its runs find the store, the sink and the page by their settings."""
    import asyncio

    home = temporary_home("sd-")
    (home / "organisation.toml").write_text(ORGANISATION, encoding="utf-8")
    url = postgres.ensure_database("lifecycles", template=template)
    page = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    post = Post()
    with posted(post) as smtp, Supervisor(home / "logs") as supervisor, pytest.MonkeyPatch.context() as patch:
        for name, value in prefect_environment(prefect_server).items():
            patch.setenv(name, value)
        patch.setenv("SANSDELAI_SMTP_PORT", str(smtp))
        patch.setenv("SANSDELAI_SMTP_DIRECT", "true")
        patch.setenv("SANSDELAI_PROBE_ALLOW", f"127.0.0.1:{page.server_port}")
        patch.setenv("SANSDELAI_ORGANISATION_FILE", str(home / "organisation.toml"))
        patch.setenv("SANSDELAI_MASTER_KEY_FILE", str(write_key_file(home / "master-key")))
        patch.setenv("PREFECT_WORKER_QUERY_SECONDS", "1")
        patch.delenv("SANSDELAI_HOME", raising=False)
        asyncio.run(_prepare(prefect_server, url))
        worker = start_worker(supervisor, prefect_server, url)
        yield World(prefect_server, url, home, post, smtp, page.server_port, worker)
    page.shutdown()


async def _prepare(api: Settings, url: str) -> None:
    """Bring our deployments there, stop their schedules (the tests press), and furnish the store."""
    await pool.prepare(api)
    async with pool.client(api) as client:
        for name in ("dispatch/dispatch", "dispatch/dispatch-urgent"):
            deployment = await client.read_deployment_by_name(name)
            for schedule in deployment.schedules:
                await client.update_deployment_schedule(deployment.id, schedule.id, active=False)
    store = Store(url, KEYS)
    await furnish(store, reports=0)
    await store.close()


@pytest.fixture
async def store(world: World) -> Any:
    """The store of the worker, read from here."""
    opened = Store(world.store_url, KEYS)
    world.post.letters.clear()
    yield opened
    await opened.close()


@pytest.mark.slow
async def test_a_notice_goes_out_through_the_worker(world: World, store: Store) -> None:
    """From the button to the letter: route, notice, the server's answer and a running clock on record."""
    number = await world.new_report(store, datetime.now(UTC))
    run = await world.press("dispatch now/dispatch-now")
    assert [to for to, _ in world.post.letters] == ["abuse@forum.example"]
    query = "SELECT p.stage FROM procedure p JOIN report r ON r.id = p.report_id WHERE r.number = :n"
    assert await scalar(store, query, n=number) == "running"
    assert run.state is not None and "0 red" in (run.state.message or "")
    assert await faults_of(store) == []


@pytest.mark.slow
async def test_a_deadline_that_is_over_escalates_under_a_standing_order(world: World, store: Store) -> None:
    """The page is still there: silence is recorded, and Arcom is written to without a hand."""
    number = await world.noticed_ten_days_ago(store)
    await world.press("dispatch now/dispatch-now")
    assert {"dsa@arcom.example", "parquet@justice.example"} == {to for to, _ in world.post.letters}
    query = """SELECT count(*) FROM event e JOIN report r ON r.id = e.report_id
        WHERE r.number = :n AND e.kind = 'stayed_silent' AND e.flow_run_id IS NOT NULL"""
    assert await scalar(store, query, n=number) == 1
    assert await faults_of(store) == []


@pytest.mark.slow
async def test_without_a_standing_order_the_letter_waits_for_two_people(world: World, store: Store) -> None:
    """Prepared complete and on time; nothing goes to the authority, our own staff is told at once."""
    number = await world.noticed_ten_days_ago(store, category="drugs", code="fr-cp-222-39")
    await world.press("dispatch now/dispatch-now")
    told = [to for to, _ in world.post.letters]
    assert not {"dsa@arcom.example", "parquet@justice.example"} & set(told)
    assert told
    query = """SELECT count(*) FROM duty d JOIN report r ON r.id = d.report_id
        WHERE r.number = :n AND d.deed = 'sign' AND d.by = 'person' AND d.closed_at IS NULL"""
    assert await scalar(store, query, n=number)
    assert "prepared" in str(await scalar(store, "SELECT status FROM letter WHERE status = 'prepared' LIMIT 1"))
    assert await faults_of(store) == []


@pytest.mark.slow
async def test_an_operator_has_a_report_looked_at_again(world: World, store: Store) -> None:
    """By its number only; the look is on record."""
    number = await world.noticed_ten_days_ago(store)
    query = "SELECT count(*) FROM observation o JOIN report r ON r.id = o.report_id WHERE r.number = :n"
    before = await scalar(store, query, n=number)
    run = await world.press("verify again/verify-again", number=number)
    assert f"verify again · {number}" == run.name
    assert before < await scalar(store, query, n=number)
    assert await faults_of(store) == []


@pytest.mark.slow
async def test_a_stop_holds_every_letter_until_it_is_lifted(world: World, store: Store) -> None:
    """Paused: a dispatch sends nothing and loses nothing; resumed: the next one sends the same letter."""
    await world.new_report(store, datetime.now(UTC))
    await world.press("pause sending/pause-sending")
    await world.press("dispatch now/dispatch-now")
    assert world.post.letters == []
    assert await scalar(store, "SELECT count(*) FROM letter WHERE status = 'planned' AND copies = 0") == 1
    await world.press("resume sending/resume-sending")
    async with store.transaction() as connection:  # a stopped letter rests for a minute
        await connection.execute(text("UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL"))
    await world.press("dispatch now/dispatch-now")
    assert [to for to, _ in world.post.letters] == ["abuse@forum.example"]
    assert await faults_of(store) == []


@pytest.mark.slow
async def test_a_leftover_dispatch_ends_at_once(world: World, store: Store) -> None:
    """Scheduled three minutes ago: it does nothing, for the next one does it all."""
    await world.new_report(store, datetime.now(UTC))
    late = Scheduled(scheduled_time=DateTime.now("UTC").subtract(minutes=3))
    run = await world.press("dispatch/dispatch", state=late)
    assert run.state is not None
    assert "ended at once" in (run.state.message or "")
    assert world.post.letters == []
    assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'route' AND closed_at IS NULL") == 1
    assert "SANSDELAI_SMTP_PORT" not in os.environ
