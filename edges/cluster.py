"""The data folder of the embedded PostgreSQL and the server over it: create, start, look, stop. `edges/postgres.py`
decides when."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from edges.account import Account
from edges.home import kept_secret

SUPERUSER = "postgres"
PORT = 5432  # only a part of the socket's file name: nothing listens on the network
START_SECONDS = 60

_SOCKET_FOLDER_LIMIT = 80  # the kernel allows 103 (macOS) or 107 (Linux) bytes for the whole path of a socket
_LOG_LIMIT = 10_000_000

# Statements, parameters and key values can be personal data: PostgreSQL's log leaves them out.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# For tests and demonstrations only: a power cut may lose everything.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class DatabaseUnreachable(Exception):
    """The database cannot be started or reached; see PostgreSQL's log, or name another in SANSDELAI_DATABASE_URL."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


@dataclass(frozen=True)
class Cluster:
    """A data folder, the programs that serve it and the account they run under (None: ourselves)."""

    data: Path
    programs: Path
    version: str
    account: Account | None
    durable: bool

    @property
    def socket_folder(self) -> Path:
        """The private folder of the socket: beside the data, or in the temporary folder if that path is too long."""
        near = self.data.parent / "run"
        if len(os.fsencode(near)) <= _SOCKET_FOLDER_LIMIT and re.fullmatch(r"[\w./-]+", str(near), re.ASCII):
            return near
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sansdelai-{mark}"

    @property
    def log(self) -> Path:
        """PostgreSQL's own log."""
        return self.data / "server.log"

    def password(self, role: str = SUPERUSER) -> str:
        """The password of the superuser or of another role, made once, beside the data and not in it."""
        name = self.data.name if role == SUPERUSER else f"{self.data.name}-{role}"
        return kept_secret(self.data.parent / "secrets" / f"{name}-password")

    def own_folder(self, folder: Path) -> None:
        """Make a folder of PostgreSQL's account alone; raises PermissionError for one that is there and is not."""
        wanted = self.account.uid if self.account else os.geteuid()
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, wanted, self.account.gid if self.account else -1)
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != wanted or state.st_mode & 0o077:
            owner = self.account.name if self.account else "yourself"
            raise PermissionError(f"{folder} must be a folder of its own, owned by {owner}, with mode 0700")

    def create(self) -> None:
        """Initialise the data unless they are there: whole or not at all. Refuses another major version's data."""
        mark = self.data / "PG_VERSION"
        if mark.exists():
            self._refuse_other_version(mark.read_text().strip())
            return
        if any(self.data.iterdir()):
            raise DatabaseUnreachable(f"{self.data} holds other files than PostgreSQL's; choose another SANSDELAI_HOME")
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)  # what a power cut left of an earlier attempt
        self.own_folder(draft)
        self._initdb(draft)
        draft.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        pwfile = self.socket_folder / "initial-password"
        pwfile.touch(mode=0o600)
        pwfile.write_text(self.password())
        try:
            if self.account:
                os.chown(pwfile, self.account.uid, self.account.gid)
            made = self.run(
                *("initdb", "-D", str(folder), "-U", SUPERUSER, f"--pwfile={pwfile}", "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("--no-instructions", *([] if self.durable else ["--no-sync"])),
            )
        finally:
            pwfile.unlink()
        if made.returncode:
            raise DatabaseUnreachable(f"PostgreSQL could not create its data in {self.data}: {_last_line(made.stderr)}")

    def _refuse_other_version(self, found: str) -> None:
        ours = self.version.split(".")[0]
        if found == ours:
            return
        old, new = self.data, self.data.with_name(f"{self.data.name}-{ours}")
        raise DatabaseUnreachable(
            f"The data in {old} are of PostgreSQL {found}, and this program brings PostgreSQL {ours}. "
            f"Nothing was changed. Migrate them as the account that owns them, with PostgreSQL {found} at hand:\n"
            f"  {self.programs}/initdb -D {new} -U {SUPERUSER} -W --auth=scram-sha-256 --encoding=UTF8 "
            "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C\n"
            f"  {self.programs}/pg_upgrade --old-bindir FOLDER_OF_{found} --new-bindir {self.programs} "
            f"--old-datadir {old} --new-datadir {new} --username {SUPERUSER}\n"
            f"then put {new} in the place of {old}."
        )

    def is_running(self) -> bool:
        """Whether a server runs on these data. A pid file whose number now belongs to another program is put away."""
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return False
        if not _is_alive(pid):
            return False  # PostgreSQL itself tells a stale file, and whether a child of the dead server still writes
        working_here = _processes_in(self.data)
        if working_here is None or pid in working_here:
            return True
        if not working_here:
            for stale in (file, self.socket_folder / f".s.PGSQL.{PORT}.lock"):
                stale.unlink(missing_ok=True)
        return False

    def launch(self) -> None:
        """Start the server unless it runs, and wait for it; try again while children of a killed server still leave."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".log.1"))
        wanted = SETTINGS | {"unix_socket_directories": str(self.socket_folder)} | ({} if self.durable else FORGETFUL)
        options = " ".join(["-p", str(PORT), *(f"-c {name}={shlex.quote(value)}" for name, value in wanted.items())])
        for _ in range(5):
            if self.is_running():
                return
            begun = ("-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_SECONDS), "-o", options)
            if self.run("pg_ctl", *begun, "start").returncode == 0:
                return
            time.sleep(1)
        said = _last_line(self.log.read_text(errors="replace")) if self.log.exists() else "it wrote no log"
        raise DatabaseUnreachable(f"PostgreSQL does not start: {said} (more in {self.log})")

    def wait(self) -> None:
        """Wait until the server answers: it may be recovering from a power cut, or be on its way up."""
        until = time.monotonic() + START_SECONDS
        while self.run("pg_isready", "-q", "-h", str(self.socket_folder), "-p", str(PORT)).returncode:
            if time.monotonic() > until:
                raise DatabaseUnreachable(f"PostgreSQL runs but did not answer for {START_SECONDS} s (see {self.log})")
            time.sleep(0.1)

    def halt(self) -> None:
        """Stop the server: without waiting for its clients, and without tidying up where nothing need last."""
        if not self.is_running():
            return  # killed from outside: pg_ctl would wait for a process that nobody has collected
        mode = "fast" if self.durable else "immediate"
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "-t", str(START_SECONDS), "stop")

    def sql(self, statement: str) -> str:
        """
        Run one statement in the database `postgres`; returns what it shows, or raises DatabaseUnreachable.

        It reaches psql by a pipe: a command line is open to every account of the machine, and it may hold a password.
        """
        place = ("-h", str(self.socket_folder), "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres")
        words = ("-XqAtw", *place, "-v", "ON_ERROR_STOP=1", "-f", "-")
        asked = self.run("psql", *words, secret=self.password(), given=statement)
        if asked.returncode:
            raise DatabaseUnreachable(f"PostgreSQL refused: {_last_line(asked.stderr)}")
        return asked.stdout.strip()

    def run(
        self, program: str, *arguments: str, secret: str | None = None, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs under its account, with nothing of our own environment but what is given."""
        account = self.account
        return subprocess.run(
            [str(self.programs / program), *arguments],
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"} | ({"PGPASSWORD": secret} if secret else {}),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _processes_in(folder: Path) -> set[int] | None:
    """The processes whose working folder this is (all of PostgreSQL's are); None where the system does not tell."""
    if not Path("/proc/self/cwd").exists():
        return None
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")) == folder.resolve():
                found.add(int(entry.name))
        except OSError:
            continue
    return found
