"""What the program's role may do: exactly what the program does, and nothing that would unmake the record."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

import models.tables
from edges.databases import PUBLIC
from edges.postgres import EmbeddedPostgres
from models.draft import REPLAYED
from models.rights import PROGRAM_RIGHTS, PUBLIC_RIGHTS, RoleMissing
from models.schema import migrate, owned_tables
from models.store import Store
from models.tables import metadata
from tests.faults.house import scalar
from tests.owning import as_owner, owner_url

ROOT = Path(__file__).resolve().parents[2]
NEVER_EDITED = ("event", "seal", "seal_leaf", "seal_token", "letter_part", "observation", "qualification", "signature")
REFUSED = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} ADD COLUMN more text",
    "CREATE TRIGGER more BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
UNMAKE = (
    "DROP TRIGGER event_is_append_only ON event",
    "ALTER TABLE event OWNER TO sansdelai",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE TABLE more (n int)",
    "CREATE SCHEMA more",
    "SET session_replication_role = replica",
    "SELECT setval('report_number', 1)",
    "ALTER SEQUENCE report_number RESTART",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET ROLE postgres",
    "CREATE ROLE more",
    "UPDATE report SET number = 'R-2026-999999'",
    "UPDATE letter SET digest = 'x'",
    "UPDATE house SET simulated = false",
    "UPDATE house SET shut_why = NULL",
    "DELETE FROM report",
    "DELETE FROM private_text",
    "COPY event TO PROGRAM 'cat'",
)


async def refused(store: Store, statement: str) -> bool:
    """Whether the database says no for want of rights, not for another reason."""
    try:
        async with store.transaction() as connection:
            await connection.execute(text(statement))
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", None) == "42501"
    return False


@pytest.mark.parametrize("table", NEVER_EDITED)
async def test_the_program_cannot_change_what_is_appended(store: Store, table: str) -> None:
    """Neither a row nor the table nor a guard on it, on any append-only table."""
    column = list(metadata.tables[table].columns)[1].name
    statements = [each.format(table, f'"{column}"', f'"{column}"') for each in REFUSED]
    assert [each for each in statements if not await refused(store, each)] == []


async def test_the_program_cannot_unmake_the_guards(store: Store) -> None:
    """No trigger, function, schema, role or setting is within its reach, and the store cannot be opened by it."""
    assert [each for each in UNMAKE if not await refused(store, each)] == []
    assert await owned_tables(store) == []


async def test_the_owner_is_told_apart(store: Store) -> None:
    """Where the program connects as the owner, every table is named: that is what the warning says."""
    owner = Store(owner_url(store))
    try:
        assert "event" in await owned_tables(owner)
    finally:
        await owner.close()


async def test_the_public_role_sees_one_view_and_adds_to_one_table(store: Store, postgres: EmbeddedPostgres) -> None:
    """The pages that the public reaches read no table at all; what they add they cannot read back."""
    assert PUBLIC_RIGHTS == {"answerable": ("SELECT",), "page_answer": ("INSERT",)}
    public = Store(postgres.url(str(store.engine.url.database), PUBLIC))
    try:
        assert await scalar(public, "SELECT count(*) FROM answerable") == 0
        assert await scalar(public, "SELECT current_user") == PUBLIC
        for table in (*metadata.tables, "alembic_version"):
            assert await refused(public, f'SELECT count(*) FROM "{table}"'), table
        assert await refused(public, "SELECT nextval('report_number')")
    finally:
        await public.close()


async def test_rights_are_given_anew_not_added(store: Store) -> None:
    """What somebody granted by hand is gone after the next migration, and what was taken is back."""
    async with as_owner(store) as connection:
        await connection.execute(text("GRANT UPDATE, DELETE ON event TO sansdelai"))
        await connection.execute(text("GRANT UPDATE (number) ON report TO sansdelai"))
        await connection.execute(text("REVOKE INSERT ON event FROM sansdelai"))
    await migrate(owner_url(store), program="sansdelai", public=PUBLIC)
    assert await refused(store, "UPDATE event SET kind = kind")
    assert await refused(store, "UPDATE report SET number = number")
    assert await scalar(store, "SELECT has_table_privilege('sansdelai', 'event', 'INSERT')")


async def test_a_role_that_is_missing_is_named(store: Store) -> None:
    """The message says which one, and nothing was changed."""
    with pytest.raises(RoleMissing, match="'nobody_made_it'"):
        await migrate(owner_url(store), program="nobody_made_it")


async def test_the_owner_itself_needs_no_grant(store: Store) -> None:
    """A store whose only role owns it is migrated as before."""
    await migrate(owner_url(store), program="postgres")
    engine = create_async_engine(owner_url(store))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT has_table_privilege('event', 'UPDATE')"))).scalar_one()
    await engine.dispose()


def test_every_table_has_its_line() -> None:
    """A new table is readable and no more until somebody says what is written to it; columns exist."""
    assert set(PROGRAM_RIGHTS) == set(metadata.tables)
    for table, right in PROGRAM_RIGHTS.items():
        assert set(right.change) <= set(metadata.tables[table].columns.keys()), table


def test_only_what_the_code_changes_may_be_changed() -> None:
    """Each granted column is set somewhere in the code, and each statement that takes rows away has its grant."""
    named, updated, deleted = written_in(ROOT)
    for table, right in PROGRAM_RIGHTS.items():
        unused = set(right.change) - named - updated.get(table, set())
        assert not unused, (table, unused)
        assert right.remove == (table in deleted), table
    replayed = {column for table in REPLAYED for column in PROGRAM_RIGHTS[table].change}
    assert "report_id" not in replayed and "regime" not in replayed


def written_in(root: Path) -> tuple[set[str], dict[str, set[str]], set[str]]:
    """Columns named in calls that change rows, columns by table in SQL, and tables from which SQL deletes."""
    tables = {
        one.__name__: str(one.__tablename__) for one in vars(models.tables).values() if hasattr(one, "__tablename__")
    }
    named: set[str] = set()
    updated: dict[str, set[str]] = {}
    deleted: set[str] = set()
    for room in ("models", "cases"):
        for file in (root / room).rglob("*.py"):
            if "migrations" in file.parts or file.name in {"rights.py", "restore.py"}:
                continue
            source = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and getattr(called, "attr", "") in {"set", "amend"}:
                    named |= {keyword.arg for keyword in node.keywords if keyword.arg}
                if isinstance(node, ast.Call) and getattr(called, "id", "") == "bulk_update":
                    named |= {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for table, columns in re.findall(r"UPDATE (\w+) SET (.+?)(?: WHERE| FROM|$)", node.value, re.S):
                        updated.setdefault(table, set()).update(re.findall(r"(\w+) = ", columns))
                    for table, columns in re.findall(r"INSERT INTO (\w+) .+ DO UPDATE SET (.+)", node.value, re.S):
                        updated.setdefault(table, set()).update(re.findall(r'(\w+)"? = ', columns))
                    deleted |= set(re.findall(r"DELETE FROM (\w+)", node.value))
                if isinstance(node, ast.Call) and getattr(called, "id", "") == "delete":
                    deleted |= {tables[each.id] for each in node.args if isinstance(each, ast.Name)}
            named |= set(re.findall(r'"(event_seq|head|stage|lease_token|lease_until|due_at|attempts)"', source))
    return named, updated, deleted
