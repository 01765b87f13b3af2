"""What the page's own process can reach: one view to read, one table to add to, and boxes that it can only close."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cases.answerable import check_role
from cases.house import HouseError
from cases.page_answers import page_answers
from edges.page_key import PageKey
from edges.sealed_box import BoxBroken, box_key, open_box
from models.store import Store
from models.tables import metadata
from tests.faults.house import scalar
from tests.owning import as_owner
from tests.web.answer.forms import answer
from tests.web.answer.letters import Sent, as_the_page

WORDS = "Le contenu est chez un autre hébergeur."
COLUMNS = {"letter_id", "language", "sent_at", "simulated", "answers"}


async def refused(page: Store, statement: str) -> bool:
    """Whether PostgreSQL itself refuses this for want of a right."""
    try:
        async with page.transaction() as connection:
            await connection.exec_driver_sql(statement)
    except DBAPIError as error:
        assert "permission denied" in str(error), str(error)
        return True
    return False


@pytest.fixture
async def page(app: FastAPI) -> Store:
    """The page's store."""
    found: Store = app.state.site.store
    return found


async def test_the_page_reads_one_view_and_no_table(page: Store) -> None:
    """Every table of the store refuses it, its own answers included: what was said cannot be read back."""
    for table in metadata.tables:
        assert await refused(page, f'SELECT 1 FROM "{table}"'), table
    async with page.transaction() as connection:
        rows = (await connection.execute(text("SELECT * FROM answerable"))).mappings().all()
    assert rows
    assert set(rows[0]) == COLUMNS, "no recipient, no subject, no report, no party"


async def test_the_page_adds_answers_and_changes_nothing(page: Store, store: Store) -> None:
    """It may neither change nor take away, not even what it added; no other table takes a row from it."""
    for table in metadata.tables:
        column = next(each.name for each in metadata.tables[table].columns if each.identity is None)
        assert await refused(page, f'UPDATE "{table}" SET "{column}" = "{column}"'), table
        assert await refused(page, f'DELETE FROM "{table}"'), table
        assert await refused(page, f'TRUNCATE "{table}"'), table
        if table != "page_answer":
            assert await refused(page, f'INSERT INTO "{table}" DEFAULT VALUES'), table
    for sequence in ("report_number", "party_number", "incoming_number"):
        assert await refused(page, f"SELECT nextval('{sequence}')"), sequence
    assert await refused(page, "CREATE TABLE mine (id int)")
    assert await scalar(store, "SELECT count(*) FROM page_answer") == 0


async def test_words_are_sealed_for_a_key_that_the_page_lacks(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """They are nowhere in the row, no key of the page opens them, and the program's does."""
    assert (await answer(client, sent.path, "not_ours", WORDS)).status_code == 303
    sealed = bytes(await scalar(store, "SELECT sealed FROM page_answer"))
    assert WORDS.encode() not in sealed
    row = str(await scalar(store, "SELECT page_answer::text FROM page_answer"))
    assert WORDS not in row
    about = await _about(store)
    for held in (sent.key.link, sent.key.box):
        with pytest.raises(BoxBroken):
            open_box(box_key(held), sealed, about)
    assert open_box(box_key(sent.answer_key), sealed, about).decode() == WORDS
    [said] = await page_answers(store, sent.answer_key)
    assert (said.words, said.broken) == (WORDS, False)


async def _about(store: Store) -> bytes:
    hexed = await scalar(
        store,
        "SELECT replace(id::text, '-', '') || replace(letter_id::text, '-', '') || encode(kind::bytea, 'hex')"
        " FROM page_answer",
    )
    return bytes.fromhex(str(hexed))


@pytest.mark.parametrize(
    "change", ["kind = 'claims_removal'", "id = gen_random_uuid()", "letter_id = gen_random_uuid()"]
)
async def test_a_box_that_was_moved_to_another_row_does_not_open(
    client: httpx.AsyncClient, store: Store, sent: Sent, change: str
) -> None:
    """Whoever can write rows cannot put one recipient's words into another's mouth."""
    await answer(client, sent.path, "contested", WORDS)
    async with as_owner(store) as connection:
        await connection.exec_driver_sql(f"UPDATE page_answer SET {change}")
    [said] = await page_answers(store, sent.answer_key)
    assert (said.words, said.broken) == ("", True)


async def test_the_pages_key_is_not_shown(sent: Sent) -> None:
    """Neither in a repr nor in a trace: the key that signs links signs confirmations as well."""
    shown = repr(PageKey(b"\x41" * 32, b"\x42" * 32))
    assert "A" * 32 not in shown
    assert "link" not in shown


async def test_a_role_that_can_read_a_real_store_is_refused(store: Store, url: str) -> None:
    """The program's own role serves a simulated page; of a real store the page says what to do instead."""
    page = Store(as_the_page(url))
    try:
        await check_role(page)
        await check_role(store)
        async with as_owner(store) as connection:
            await connection.exec_driver_sql("ALTER TABLE house DISABLE TRIGGER USER")
            await connection.exec_driver_sql("UPDATE house SET simulated = false")
        await check_role(page)
        with pytest.raises(HouseError, match="SANSDELAI_ANSWER_DATABASE_URL"):
            await check_role(store)
    finally:
        await page.close()


async def test_a_database_without_a_store_is_said(store: Store) -> None:
    """The page does not start over an empty or older store, and says what to run."""
    async with as_owner(store) as connection:
        await connection.exec_driver_sql("DROP VIEW answerable")
    with pytest.raises(HouseError, match="sansdelai store upgrade"):
        await check_role(store)
