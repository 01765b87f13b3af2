"""Owner and program, as an operator sets them up."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from edges.databases import PROGRAM, PUBLIC
from edges.postgres import EmbeddedPostgres
from tests.cli.test_commands import sansdelai


@pytest.fixture
def fresh(postgres: EmbeddedPostgres) -> Iterator[dict[str, str]]:
    """An empty database of one's own, as the settings name it."""
    owner = postgres.ensure_database("fresh_for_roles")
    yield {"SANSDELAI_DATABASE_URL": postgres.url("fresh_for_roles", PROGRAM), "SANSDELAI_OWNER_DATABASE_URL": owner}
    postgres.drop_database("fresh_for_roles")


def test_a_store_of_two_roles(fresh: dict[str, str], home: Path) -> None:
    """The owner makes it, the program works with it, and without the owner's address nothing can be migrated."""
    at = fresh | {"SANSDELAI_HOME": str(home)}
    early = sansdelai("report", "list", **at)
    assert (early.returncode, "store init" in early.stderr) == (1, True)
    born = sansdelai("store", "init", **at)
    assert (born.returncode, born.stderr) == (0, ""), born.stderr
    verified = sansdelai("audit", "verify", **at)
    assert (verified.returncode, "owns its tables" in verified.stderr) == (0, False), verified.stderr
    assert sansdelai("store", "upgrade", **at).returncode == 0


def test_a_store_of_one_role_says_so(fresh: dict[str, str], home: Path) -> None:
    """It opens, because that is for the organisation to decide, and every audit says what its program could do."""
    at = {"SANSDELAI_DATABASE_URL": fresh["SANSDELAI_OWNER_DATABASE_URL"], "SANSDELAI_HOME": str(home)}
    born = sansdelai("store", "init", **at)
    assert (born.returncode, "the program's role owns its tables" in born.stderr) == (0, True)
    verified = sansdelai("audit", "verify", **at)
    assert verified.returncode == 0
    assert "the program's role owns its tables" in verified.stderr and "event" in verified.stderr


def test_a_role_that_is_not_there_is_one_message(fresh: dict[str, str], home: Path) -> None:
    """Named, and without a password."""
    url = make_url(fresh["SANSDELAI_DATABASE_URL"]).set(username="nobody_made_it")
    at = fresh | {"SANSDELAI_DATABASE_URL": url.render_as_string(hide_password=False), "SANSDELAI_HOME": str(home)}
    done = sansdelai("store", "init", **at)
    assert (done.returncode, "there is no role 'nobody_made_it'" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr and str(url.password) not in done.stderr


def test_a_store_that_was_not_migrated_for_this_role(postgres: EmbeddedPostgres, template: str, home: Path) -> None:
    """The message says who has to do what; it does not claim that there is no store."""
    postgres.ensure_role("newcomer")
    postgres.ensure_database("store_of_newcomer", template=template)
    try:
        at = {"SANSDELAI_DATABASE_URL": postgres.url("store_of_newcomer", "newcomer"), "SANSDELAI_HOME": str(home)}
        for words in (("report", "list"), ("dispatch",)):
            done = sansdelai(*words, **at)
            assert (done.returncode, "may not read this store" in done.stderr) == (1, True), done.stderr
    finally:
        postgres.drop_database("store_of_newcomer")


def test_the_embedded_store_makes_its_roles(home: Path) -> None:
    """Two URLs lie beside the data, for their owner's eyes only; the owner's own is in neither."""
    at = {"SANSDELAI_HOME": str(home)}
    born = sansdelai("store", "init", "--simulated", **at)
    assert (born.returncode, born.stderr) == (0, ""), born.stderr
    for name, role in (("store-url", PROGRAM), ("answer-store-url", PUBLIC)):
        file = home / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert make_url(file.read_text()).username == role
    again = sansdelai("store", "init", **at)
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
