"""A small house at work, for the tests of putting right, keeping and erasing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cases.desk import Desk
from cases.dispatch import do
from cases.office import open_desk
from law.vocabulary import Deed
from models.due import claim
from models.store import Store
from tests.faults.house import NOW, furnish, settings
from tests.keys import KEYS


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A simulated house with three reports, to be routed."""
    opened = Store(database_url, KEYS)
    await furnish(opened, reports=3, url="http://marie-durand.example/photos")
    yield opened
    await opened.close()


@pytest.fixture
async def desk(store: Store, database_url: str, home: Path) -> AsyncIterator[Desk]:
    """A desk in it, at the hour of the samples; all reports are routed."""
    async with open_desk(settings(home, database_url, 1), clock=lambda: NOW, given=store) as opened:
        dues = await claim(store, NOW, lease_seconds=60)
        await do(opened, Deed.ROUTE, dues, NOW)
        yield opened
