"""A store that was born, for the tests of intake."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cases.house import found_house
from edges.intake_files import Line
from models.store import Store
from tests.keys import KEYS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOOD = {
    "received_at": "2026-11-20T10:00:00+01:00",
    "category": "hate",
    "qualification": "fr-1881-24",
    "location": "https://forum.example/t/1",
    "qualified_by": "S-07",
    "qualified_at": "2026-11-20T11:00:00+01:00",
    "seen_at": "2026-11-20T10:30:00+01:00",
}


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A fresh store, simulated."""
    opened = Store(database_url, KEYS)
    await found_house(opened, simulated=True, now=NOW)
    yield opened
    await opened.close()


@pytest.fixture
def line() -> Callable[..., Line]:
    """Makes a good row; named columns are changed, and left out when they are None."""

    def make(number: int = 2, **columns: Any) -> Line:
        values = {name: str(value) for name, value in {**GOOD, **columns}.items() if value is not None}
        return Line(number, values)

    return make


@pytest.fixture
def now() -> datetime:
    """The legal time of the tests: Monday 23 November 2026, 10 h in Paris."""
    return NOW
