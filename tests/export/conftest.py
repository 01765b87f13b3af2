"""What the tests of exports share."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.store import Store
from tests.export.lived import LASTS, lived
from tests.faults.house import NOW
from tests.keys import KEYS


@pytest.fixture
def now() -> datetime:
    """When the export is made: after the last thing that happened."""
    return NOW + LASTS + timedelta(days=1)


@pytest.fixture
async def store(database_url: str, home: Path) -> AsyncIterator[Store]:
    """A store in which one report was told to its platform, then escalated; sealed once on the way."""
    opened = Store(database_url, KEYS)
    await lived(opened, database_url, home)
    yield opened
    await opened.close()
