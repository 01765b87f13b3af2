"""The site over a sample store, asked through its own ASGI interface."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from edges.databases import PROGRAM
from edges.postgres import EmbeddedPostgres
from edges.settings import Settings
from law import library as law_library
from law.library import Library
from models.store import Store
from tests.keys import KEYS
from tests.web.sample_store import sample_store
from tests.web.samples import NOW
from web.app import create_app

_numbers = itertools.count(1)
BASE = "http://127.0.0.1:8600"


@pytest.fixture
def library() -> Library:
    """The law as it ships."""
    return law_library.load()


@pytest.fixture(scope="session")
def sample_template(postgres: EmbeddedPostgres, template: str) -> str:
    """The name of a database that is filled with the samples once and then only copied."""
    postgres.ensure_database("template_samples", template=template)
    url = postgres.url("template_samples", PROGRAM)

    async def fill() -> None:
        await (await sample_store(url, law_library.load())).close()

    with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
        thread.submit(lambda: asyncio.run(fill())).result()
    return "template_samples"


@pytest.fixture
def own_copy() -> None:
    """Asked for by a test that changes the sample store: it gets a copy of its own."""


@pytest.fixture
async def store(
    postgres: EmbeddedPostgres, sample_template: str, request: pytest.FixtureRequest
) -> AsyncIterator[Store]:
    """A store with the sample reports; shared by all tests but those that ask for their own copy."""
    own = "own_copy" in request.fixturenames
    name = f"samples_{next(_numbers)}" if own else "samples"
    postgres.ensure_database(name, template=sample_template)
    filled = Store(postgres.url(name, PROGRAM), KEYS)
    yield filled
    await filled.close()
    if own:
        postgres.drop_database(name)


@pytest.fixture
async def client(store: Store, library: Library) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine."""
    app = create_app(store, library, Settings(), clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found
