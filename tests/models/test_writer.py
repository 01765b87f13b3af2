"""The one writer and what the database itself refuses."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from law.vocabulary import Deed
from models.base import NaiveTime, Table, Word, plain, utc
from models.bulk import COPY_FROM
from models.draft import Draft, NotReplayable
from models.due import claim
from models.store import LeaseLost, Store
from models.tables import (
    Content,
    Duty,
    Event,
    Party,
)
from tests.faults.house import NOW, faults_of, scalar
from tests.models.conftest import a_procedure, the_report
from tests.owning import as_owner


@pytest.mark.parametrize("many", [1, COPY_FROM + 1])
async def test_a_naive_time_is_refused_at_the_border(store: Store, many: int) -> None:
    """Whether one row is written or so many that COPY is used; nothing is stored."""
    before = await scalar(store, "SELECT count(*) FROM content")
    draft = Draft(NOW)
    for _ in range(many):
        draft.keep(Content(written_at=datetime(2026, 10, 5, 9, 0)))
    with pytest.raises((NaiveTime, DBAPIError, Exception), match="time without zone"):
        await store.write(draft)
    assert before == await scalar(store, "SELECT count(*) FROM content")


def test_a_naive_time_has_no_text() -> None:
    """An event never holds a time whose instant is not known."""
    with pytest.raises(NaiveTime):
        utc(datetime(2026, 10, 5, 9, 0))


async def test_a_claim_wants_to_know_the_instant(store: Store) -> None:
    """The legal time of a claim has a zone as well."""
    with pytest.raises(NaiveTime):
        await claim(store, datetime(2026, 10, 5, 9, 0), lease_seconds=10)


async def test_a_word_outside_its_vocabulary_is_refused(store: Store) -> None:
    """SQLModel's tables take anything; the column does not."""
    draft = Draft(NOW)
    draft.event((await the_report(store)).id, "x").add(
        Duty(report_id=(await the_report(store)).id, deed="frobnicate", due_at=NOW, priority=5)  # type: ignore[arg-type]
    )
    with pytest.raises(Exception, match="frobnicate"):
        await store.write(draft)
    assert "frobnicate" not in str(Word(Deed).vocabulary)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event", "TRUNCATE event CASCADE"],
)
async def test_events_are_appended_never_edited(store: Store, statement: str) -> None:
    """The database refuses, whoever asks."""
    before = await scalar(store, "SELECT count(*) FROM event")
    assert before
    with pytest.raises(DBAPIError, match="appended, never edited"):
        async with as_owner(store) as connection:
            await connection.execute(text(statement))
    assert before == await scalar(store, "SELECT count(*) FROM event")


async def test_an_open_procedure_without_a_duty_cannot_be_committed(store: Store) -> None:
    """No orphan case: the transaction fails as a whole."""
    draft = Draft(NOW)
    await a_procedure(store, draft, duty=False)
    with pytest.raises(DBAPIError, match="open without an open duty"):
        await store.write(draft)
    assert await scalar(store, "SELECT count(*) FROM procedure") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE duty SET closed_at = now() WHERE procedure_id IS NOT NULL",
        "DELETE FROM duty WHERE procedure_id IS NOT NULL",
        "UPDATE duty SET procedure_id = NULL WHERE procedure_id IS NOT NULL",
    ],
)
async def test_the_last_duty_of_an_open_procedure_stays(store: Store, statement: str) -> None:
    """However it is taken away, even behind the writer's back."""
    draft = Draft(NOW)
    await a_procedure(store, draft)
    await store.write(draft)
    with pytest.raises(DBAPIError, match="open without an open duty"):
        async with as_owner(store) as connection:
            await connection.execute(text(statement))


async def test_the_last_duty_may_be_replaced_in_one_transaction(store: Store) -> None:
    """Closing one and setting the next may come in any order: the rule is looked at when it is committed."""
    draft = Draft(NOW)
    procedure = await a_procedure(store, draft)
    await store.write(draft)
    async with store.session() as session:
        duty = (await session.exec(select(Duty).where(Duty.procedure_id == procedure.id))).one()
    again = Draft(NOW)
    entry = again.event(procedure.report_id, "next")
    entry.set(duty, closed_at=NOW)
    due = {"deed": Deed.CONCLUDE, "due_at": NOW, "priority": 5}
    entry.add(Duty(report_id=procedure.report_id, procedure_id=procedure.id, **due))
    await store.write(again)
    assert await faults_of(store) == []


async def test_a_lost_lease_refuses_the_whole_draft(store: Store) -> None:
    """Not one row of it is written, also of what does not depend on the lease."""
    (due,) = await claim(store, NOW, lease_seconds=0.01)
    async with store.transaction() as connection:
        await connection.execute(text("SELECT pg_sleep(0.05)"))
    (taken,) = await claim(store, NOW, lease_seconds=60)
    assert due.id == taken.id
    draft = Draft(NOW)
    draft.keep(Content(written_at=NOW))
    draft.event(due.report_id, "too_late")
    draft.holds(due.token, [due.id])
    before = await scalar(store, "SELECT count(*) FROM content")
    with pytest.raises(LeaseLost):
        await store.write(draft)
    assert before == await scalar(store, "SELECT count(*) FROM content")
    assert await scalar(store, "SELECT count(*) FROM event WHERE kind = 'too_late'") == 0


async def test_a_closed_duty_is_a_lost_lease(store: Store) -> None:
    """What a person closed meanwhile is not done by the machine, although nobody else took the lease."""
    (due,) = await claim(store, NOW, lease_seconds=60)
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE duty SET closed_at = now() WHERE id = :id"), {"id": due.id})
    draft = Draft(NOW)
    draft.event(due.report_id, "too_late")
    draft.holds(due.token, [due.id])
    with pytest.raises(LeaseLost):
        await store.write(draft)


async def test_a_row_that_events_rebuild_changes_only_through_an_event(store: Store) -> None:
    """A draft does not even take it otherwise; and an event takes no other row."""
    draft = Draft(NOW)
    report = await the_report(store)
    duty = Duty(report_id=report.id, deed=Deed.ROUTE, due_at=NOW, priority=5)
    with pytest.raises(NotReplayable):
        draft.amend(duty, due_at=NOW)
    with pytest.raises(NotReplayable):
        draft.look_again(duty, NOW)
    with pytest.raises(NotReplayable):
        draft.event(report.id, "x").add(Content(written_at=NOW))
    with pytest.raises(NotReplayable):
        draft.event(report.id, "x").set(report, category="csam")


async def test_an_event_is_numbered_within_its_report(store: Store) -> None:
    """Numbers have no gap, also when many facts come in one draft; the report's row knows the newest."""
    report = await the_report(store)
    draft = Draft(NOW)
    for _ in range(5):
        draft.event(report.id, "x")
    await store.write(draft)
    async with store.session() as session:
        found = await session.exec(select(Event.seq).where(Event.report_id == report.id).order_by(Event.seq))  # type: ignore[arg-type]
        numbers = found.all()
    assert list(range(1, 7)) == list(numbers)
    assert (await the_report(store)).event_seq == 6


def test_events_hold_texts_whole_numbers_and_truth_values_only() -> None:
    """So that sorted JSON is canonical: a time is a text in UTC, an id is a text."""
    number = uuid4()
    assert str(number) == plain(number)
    assert plain(NOW) == "2026-10-05T09:00:00.000000Z"
    assert [str(number)] == plain([number])


def test_every_table_takes_its_times_through_the_border() -> None:
    """No column of any table is a bare timestamp."""
    from sqlalchemy import DateTime

    bare = [str(column) for table in Table.metadata.tables.values() for column in table.columns
            if isinstance(column.type, DateTime)]  # fmt: skip
    assert bare == []
    assert Party.__tablename__ in Table.metadata.tables
