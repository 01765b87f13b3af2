"""Every scenario file is played from its first to its last minute."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.engine import make_url

from edges.databases import PROGRAM
from edges.postgres import EmbeddedPostgres
from tests.auditing import audited
from tests.conftest import free_port
from tests.scenarios.books import open_books
from tests.scenarios.checks import all_faults
from tests.scenarios.runner import Stage, play
from tests.scenarios.scenario import files, read
from tests.scenarios.world import Mailbox

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[int, Mailbox]]:
    """One real mail server for all scenarios, with one mailbox that each of them empties."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port, mailbox
    controller.stop()


@pytest.fixture
async def fresh_store(postgres: EmbeddedPostgres, template: str) -> str:
    """A migrated store of its own; the whole server is thrown away at the end, so that nothing need be dropped."""
    name = f"scenario_{next(_numbers)}"
    administrator = make_url(postgres.url("postgres")).set(drivername="postgresql")
    connection = await asyncpg.connect(administrator.render_as_string(hide_password=False))
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await connection.close()
    return postgres.url(name, PROGRAM)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
async def test_scenario(path: Path, fresh_store: str, mail_server: tuple[int, Mailbox], tmp_path: Path) -> None:
    """Exactly the letters of the file leave, at their time and to nobody else, and every report ends as it says."""
    port, mailbox = mail_server
    async with play(read(path), Stage(fresh_store, port, mailbox, tmp_path)) as played:
        faults = all_faults(played, await open_books(played)) + await audited(played.store)
    assert not faults, "\n".join([read(path).title, *faults])
