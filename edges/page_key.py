"""
What the answer page's own process may hold: the key that signs links, and the public half that closes boxes.

With both, nobody can open a box or make a reply address or an envelope id. They lie in a file of two lines beside the
data, so that the page needs neither the master key nor a look into the store.
"""

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from edges.sealed_box import PUBLIC, box_key, public_of

LINK = 32  # bytes


class PageKeyMissing(RuntimeError):
    """There is no key file of the answer page; `sansdelai up` writes it."""


@dataclass(frozen=True, slots=True)
class PageKey:
    """The two keys of the answer page."""

    link: bytes = field(repr=False)
    box: bytes


def link_key(answer_key: bytes) -> bytes:
    """The key that signs answer links, derived from the house's answer key."""
    return hmac.digest(answer_key, b"answer link", "sha256")


def page_key_of(answer_key: bytes) -> PageKey:
    """What the page may hold of the house's answer key."""
    return PageKey(link_key(answer_key), public_of(box_key(answer_key)))


def write_page_key(path: Path, key: PageKey) -> None:
    """Write the file in one step, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"link {key.link.hex()}\nbox {key.box.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_page_key(path: Path) -> PageKey:
    """
    The keys in a file.

    Raises:
        PageKeyMissing: the file is missing, unreadable, or no key file; the message never shows a line.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise PageKeyMissing(f"there is no key file of the answer page at {path}: `sansdelai up` writes it") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PageKeyMissing(f"the key file {path} cannot be read ({type(fault).__name__})") from None
    try:
        link, box = (bytes.fromhex(line.removeprefix(f"{n} ")) for n, line in zip(("link", "box"), lines, strict=True))
    except ValueError:
        link, box = b"", b""
    if (len(link), len(box)) != (LINK, PUBLIC):
        raise PageKeyMissing(f"{path} is no key file of the answer page: `sansdelai up` writes it anew")
    return PageKey(link, box)
