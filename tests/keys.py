"""The master key of every store that a test makes."""

from pathlib import Path

from edges.keys import Keys

MASTER = bytes(range(32))
KEYS = Keys([MASTER])


def write_key_file(path: Path) -> Path:
    """The same key as a file, for processes that open the store by their settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MASTER.hex() + "\n", encoding="ascii")
    return path
