"""The answer page over a real letter, under the role that it has in a real house."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI

from edges.databases import embedded_store
from edges.home import temporary_home
from edges.postgres import EmbeddedPostgres
from models.store import Store
from tests.faults.house import NOW
from tests.keys import KEYS
from tests.web.answer.letters import URL, Sent, as_the_page, page_settings, send_a_notice
from web.answer.app import create_answer_app

_numbers = itertools.count(1)
ZONE = ZoneInfo("Europe/Paris")
SAID = NOW + timedelta(hours=1)  # when recipients answer on the page


@pytest.fixture(scope="session")
def sent(postgres: EmbeddedPostgres, template: str, key_file: object) -> Iterator[Sent]:
    """A notice that left, once for all tests; each test gets a copy of its store."""
    home = temporary_home("sd-")
    url = embedded_store(postgres, "template_answers", template=template).program

    async def fill() -> Sent:
        return await send_a_notice(url, home)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
        patch.setenv("SANSDELAI_MASTER_KEY_FILE", str(key_file))
        yield thread.submit(lambda: asyncio.run(fill())).result()
    shutil.rmtree(home)


@pytest.fixture
def url(postgres: EmbeddedPostgres, sent: Sent) -> Iterator[str]:
    """The URL of a copy of that store, under the program's own role."""
    name = f"answers_{next(_numbers)}"
    yield embedded_store(postgres, name, template="template_answers").program
    postgres.drop_database(name)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """The store as the program sees it."""
    opened = Store(url, KEYS)
    yield opened
    await opened.close()


class Seconds:
    """A steady clock that a test can push on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 3.0  # between two requests, so that no test but that of the limits meets them
        return self.now


@pytest.fixture
async def app(url: str, sent: Sent) -> AsyncIterator[FastAPI]:
    """The page, its store under the role that can read nothing private."""
    page = Store(as_the_page(url), pool=4)
    yield create_answer_app(page, sent.key, page_settings(), ZONE, clock=lambda: SAID, steady=Seconds())
    await page.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A recipient's browser."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as found:
        yield found
