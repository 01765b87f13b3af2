"""What tests share: one real PostgreSQL and, if asked for, one real Prefect server for each test process."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edges.databases import PROGRAM, PUBLIC
from edges.home import temporary_home
from edges.postgres import EmbeddedPostgres
from edges.processes import Supervisor
from edges.settings import Settings
from tests.keys import write_key_file
from tests.owning import servers

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The master key of all stores of tests, as a file."""
    return write_key_file(tmp_path_factory.mktemp("keys") / "master-key")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    """No test depends on what the developer has set; all stores of tests share one master key."""
    for name in os.environ:
        if name.startswith("SANSDELAI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SANSDELAI_MASTER_KEY_FILE", str(key_file))


@pytest.fixture
def program() -> Callable[[str], str]:
    """Path of a program of the system; a test that needs a missing one skips, except in CI, where it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing, and in CI no test may skip")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder which PostgreSQL's account can pass (pytest's own temporary folders are closed to it)."""
    folder = temporary_home("sd-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server that forgets everything at a power cut, with the roles of the program and the public pages."""
    folder = temporary_home("sd-")
    try:
        with EmbeddedPostgres(folder / "postgres", durable=False) as server:
            for role in (PROGRAM, PUBLIC):
                server.ensure_role(role)
            servers.append(server)
            yield server
            servers.remove(server)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database that is migrated once and then only copied."""
    from models.schema import migrate

    url = postgres.ensure_database("template_store")
    with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
        thread.submit(lambda: asyncio.run(migrate(url, program=PROGRAM, public=PUBLIC))).result()
    return "template_store"


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A fresh, migrated store for one test, as the program's role reaches it: about 0.1 s."""
    name = f"store_{next(_numbers)}"
    postgres.ensure_database(name, template=template)
    yield postgres.url(name, PROGRAM)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def prefect_server(postgres: EmbeddedPostgres) -> Iterator[Settings]:
    """A real Prefect server on PostgreSQL, about 7 s to start; gives the settings that reach it."""
    from flows.service import start_prefect_server

    folder = temporary_home("sd-")
    settings = Settings(home=folder, prefect_port=free_port())
    try:
        with Supervisor(settings.logs) as supervisor:
            start_prefect_server(supervisor, settings, postgres.ensure_database("prefect"))
            yield settings
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def prefect_api(prefect_server: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Lets this process, and its children, talk to that server, for tests that run flows in process."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from flows.service import prefect_environment

    for name, value in prefect_environment(prefect_server).items():
        monkeypatch.setenv(name, value)
    ours = {
        PREFECT_API_URL: prefect_server.prefect_api_url,
        PREFECT_API_AUTH_STRING: prefect_server.prefect_auth_string(),
    }
    with temporary_settings(updates=ours):
        yield prefect_server


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
