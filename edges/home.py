"""The data folder: where it lies, who may look into it, and the secrets kept in it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def is_root() -> bool:
    """Whether we run with root's rights."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def default_home() -> Path:
    """The data folder when none is named.

    `$XDG_DATA_HOME/sansdelai` where that is set; for root `/var/lib/sansdelai`, because PostgreSQL refuses to run as
    root and the account it runs under cannot reach below root's own home; else `~/.local/share/sansdelai`.
    """
    if base := os.environ.get("XDG_DATA_HOME"):
        return Path(base) / "sansdelai"
    if is_root():
        return Path("/var/lib/sansdelai")
    return Path.home() / ".local" / "share" / "sansdelai"


def make_home(home: Path) -> Path:
    """Create the data folder: 0700, or for root 0711, so that PostgreSQL's account can pass through but not look."""
    mode = 0o711 if is_root() else 0o700
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(mode)
    return home


def temporary_home(prefix: str = "sansdelai-") -> Path:
    """A fresh data folder for a demonstration or a test, with the rights of `make_home`; the caller removes it."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    home.rmdir()
    return make_home(home)


def kept_file(file: Path, text: str) -> None:
    """Write a file that only its owner may read, over what stood there."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def kept_secret(file: Path, prefix: str = "") -> str:
    """Read a secret, or make it once: 0600, in a folder of 0700, whole even when two processes make it at once."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(prefix + secrets.token_hex(24))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
