"""Replaying the events gives the rows, and no event holds a personal value."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from law.vocabulary import LetterKind, LetterStatus, MeasureTarget
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import (
    Act,
    Event,
    Hold,
    Measure,
    SealedText,
)
from tests.faults.house import NOW, replayed
from tests.models.conftest import URL, a_procedure, the_report
from tests.owning import as_owner


async def every_kind_of_row(store: Store) -> None:
    """One row in each table that replaying rebuilds."""
    draft = Draft(NOW)
    procedure = await a_procedure(store, draft)
    entry = draft.event(procedure.report_id, "everything")
    of = {"report_id": procedure.report_id, "procedure_id": procedure.id}
    entry.add(Act(kind=LetterKind.NOTICE, status=LetterStatus.SENT, at=NOW, **of))
    entry.add(Measure(regime="fr-lcen-6-4", target=MeasureTarget.URL, decided_by="OFAC", starts_at=NOW, **of))
    later = NOW + timedelta(days=1)
    entry.add(Hold(report_id=procedure.report_id, service="OFAC", starts_at=NOW, ends_at=later))
    entry.set(await the_report(store), wish="removal")
    await store.write(draft)


ALTERED = {
    "procedure": "stage = 'complied'",
    "duty": "due_at = due_at + interval '1 day'",
    "act": "status = 'refused'",
    "measure": "ends_at = now()",
    "hold": "released_at = now()",
    "report": "gone_at = now()",
}


@pytest.mark.parametrize("table", sorted(ALTERED))
async def test_replay_sees_a_row_changed_behind_the_writers_back(store: Store, table: str) -> None:
    """In each table that the events rebuild; before the change they agree."""
    await every_kind_of_row(store)
    assert await replayed(store) == []
    async with as_owner(store) as connection:
        await connection.execute(text(f"UPDATE {table} SET {ALTERED[table]}"))
    assert any(table in fault for fault in await replayed(store))


@pytest.mark.parametrize("table", ["act", "measure"])
async def test_replay_misses_a_row_that_was_taken_away(store: Store, table: str) -> None:
    """A deleted row is seen, because its event is still there."""
    await every_kind_of_row(store)
    async with as_owner(store) as connection:
        await connection.execute(text(f"DELETE FROM {table}"))
    assert [f for f in await replayed(store) if table in f and "no such row" in f]


async def test_replay_sees_a_row_that_no_event_speaks_of(store: Store) -> None:
    """A row slipped in is seen as well."""
    await every_kind_of_row(store)
    copy = "INSERT INTO act SELECT gen_random_uuid(), report_id, procedure_id, letter_id, kind, 7, status, at, reference FROM act"
    async with store.transaction() as connection:
        await connection.execute(text(copy))
    assert [f for f in await replayed(store) if "no event speaks" in f]


async def test_no_event_holds_a_personal_value(store: Store) -> None:
    """Neither the address of the content nor why: they stand in their own table."""
    async with store.session() as session:
        bodies = [event.body for event in (await session.exec(select(Event))).all()]
        ids = [row.id for row in (await session.exec(select(SealedText))).all()]
    texts = [each.text for each in (await store.open_texts(ids)).values()]
    assert any(URL in each for each in texts)
    whole = "\n".join(bodies)
    for word in [*texts, "marie-durand", "haine"]:
        assert word not in whole
    known = {"changes", "details", "labels", "nonce", "rows", "texts"}
    assert all(json.loads(body).keys() <= known for body in bodies)


def test_a_commitment_is_proven_with_its_salt_only() -> None:
    """The same value under two salts gives two commitments: nobody can test a guessed address against the record."""
    one, other = (private(Purpose.LOCATION, URL, now=NOW) for _ in range(2))
    assert one.commitment == hashlib.sha256(one.salt + URL.encode()).hexdigest()
    assert one.commitment != other.commitment
    assert len(one.salt) == 32
