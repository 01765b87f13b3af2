"""Flow tests in process leave nothing on its way to a server that is about to stop."""

from collections.abc import Iterator

import pytest
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker

from edges.settings import Settings


@pytest.fixture
def prefect_api(prefect_api: Settings) -> Iterator[Settings]:
    """As for all tests; in the end what Prefect's client still has to tell is told, else it tries for a minute."""
    yield prefect_api
    drain()


def drain() -> None:
    """Send what waits in this process, while the server that it is for still runs."""
    APILogWorker.drain_all(timeout=10)
    EventsWorker.drain_all(timeout=10)
