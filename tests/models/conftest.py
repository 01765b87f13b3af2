"""A store with one report, for tests of what is written and what is refused."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from law.vocabulary import Deed
from models.draft import Draft
from models.store import Store
from models.tables import Duty, Procedure, Report
from tests.faults.house import LIBRARY, furnish
from tests.keys import KEYS

URL = "http://marie-durand.example/photos"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A furnished store with one report."""
    opened = Store(database_url, KEYS)
    await furnish(opened, url=URL)
    yield opened
    await opened.close()


async def the_report(store: Store) -> Report:
    """The only report."""
    async with store.session() as session:
        return (await session.exec(select(Report))).one()


async def a_procedure(store: Store, draft: Draft, *, duty: bool = True) -> Procedure:
    """A procedure about the only report, with or without a duty."""
    report = await the_report(store)
    entry = draft.event(report.id, "opened")
    digest = LIBRARY.regime("eu-dsa-16").digest
    given = {"ordinal": 1, "regime": "eu-dsa-16", "regime_digest": digest, "opened_at": draft.now}
    procedure = entry.add(Procedure(report_id=report.id, **given))
    if duty:
        due = {"deed": Deed.NOTIFY, "due_at": draft.now, "priority": 5}
        entry.add(Duty(report_id=report.id, procedure_id=procedure.id, **due))
    return procedure
