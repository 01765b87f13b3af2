"""The site over a sample store, asked through its own ASGI interface."""

from collections.abc import AsyncIterator

import httpx
import pytest

from edges.settings import Settings
from law import library as law_library
from law.library import Library
from models.store import Store
from tests.web.sample_store import sample_store
from tests.web.samples import NOW
from web.app import create_app

BASE = "http://127.0.0.1:8600"


@pytest.fixture
def library() -> Library:
    """The law as it ships."""
    return law_library.load()


@pytest.fixture
async def store(database_url: str, library: Library) -> AsyncIterator[Store]:
    """A store with the sample reports."""
    filled = await sample_store(database_url, library)
    yield filled
    await filled.close()


@pytest.fixture
async def client(store: Store, library: Library) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine."""
    app = create_app(store, library, Settings(), clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found
