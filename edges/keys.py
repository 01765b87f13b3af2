"""
Keys: AES-256-GCM for private texts, each under the data key of one person and purpose, wrapped by a master key.

The master key is a file outside the database. Its first line is the key in use; older ones below it still open what
they wrapped until `sansdelai store rotate-key` has wrapped everything anew. A key's id is the beginning of the SHA-256
of the key, so that a file of another store is told from a missing one.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.cipher import KeysMissing, Tampered

NONCE = 12  # bytes (NIST SP 800-38D, 8.2)
KEY = 32  # bytes


class Keys:
    """The master keys at hand, the one in use first; implements `models.cipher.Cipher`."""

    def __init__(self, masters: list[bytes]) -> None:
        if not masters:
            raise KeysMissing(KeysMissing.__doc__)
        self._masters = {id_of(master): AESGCM(master) for master in masters}
        self._current = id_of(masters[0])
        self._cached = lru_cache(maxsize=4096)(self._unwrap)

    @property
    def master_id(self) -> str:
        """Which master key wraps new data keys."""
        return self._current

    @property
    def count(self) -> int:
        """How many master keys are at hand: more than one while a rotation is not at its end."""
        return len(self._masters)

    def new_key(self, key_id: UUID) -> tuple[bytes, bytes]:
        """A fresh data key, in clear and wrapped."""
        key = os.urandom(KEY)
        return key, self._wrap(key_id, key)

    def unwrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        """
        A data key in clear.

        Raises:
            KeysMissing: no master key of that id is at hand.
            Tampered: the wrapped key was altered.
        """
        return self._cached(key_id, master_id, wrapped)

    def rewrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        """The same data key under the master key in use."""
        return self._wrap(key_id, self.unwrap(key_id, master_id, wrapped))

    def seal(self, key: bytes, text_id: UUID, clear: bytes) -> bytes:
        """Encrypt under a fresh nonce, the text's id bound to it."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, clear, text_id.bytes)

    def open(self, key: bytes, text_id: UUID, sealed: bytes) -> bytes:
        """
        Decrypt.

        Raises:
            Tampered: it was altered, or belongs to another row.
        """
        try:
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], text_id.bytes)
        except (InvalidTag, ValueError):
            raise Tampered(Tampered.__doc__) from None

    def _wrap(self, key_id: UUID, key: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._masters[self._current].encrypt(nonce, key, key_id.bytes)

    def _unwrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        master = self._masters.get(master_id)
        if master is None:
            raise KeysMissing(
                f"the master key file does not hold the key {master_id}, which this store's texts are wrapped with: "
                "give the right file with SANSDELAI_MASTER_KEY_FILE"
            )
        try:
            return master.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)
        except (InvalidTag, ValueError):
            raise Tampered(Tampered.__doc__) from None


def id_of(master: bytes) -> str:
    """The id of a master key: 16 hex digits, which tell nothing about the key."""
    return hashlib.sha256(b"sansdelai master key" + master).hexdigest()[:16]


def read_keys(path: Path) -> Keys:
    """
    The master keys in a file: one a line, 64 hex digits, the one in use first; `#` begins a comment.

    Raises:
        KeysMissing: the file is missing, unreadable, or no key file; the message says which and never shows a line.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise KeysMissing(
            f"there is no master key file at {path}: restore it from where it is kept apart, or name it with "
            "SANSDELAI_MASTER_KEY_FILE; without it nothing private can be read"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise KeysMissing(f"the master key file {path} cannot be read ({type(fault).__name__})") from None
    try:
        masters = [bytes.fromhex(line) for line in map(str.strip, lines) if line and not line.startswith("#")]
    except ValueError:
        masters = []
    if not masters or any(len(master) != KEY for master in masters):
        raise KeysMissing(f"{path} is no master key file: one key a line, 64 hex digits each")
    return Keys(masters)


def make_keys(path: Path) -> Keys:
    """Make a master key file with one fresh key, readable by its owner only; one that is there is read instead."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_keys(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return read_keys(path)


def add_key(path: Path) -> Keys:
    """Put a fresh key above the others, which still open what they wrapped."""
    _replace(path, os.urandom(KEY).hex() + "\n" + path.read_text(encoding="ascii"))
    return read_keys(path)


def drop_old_keys(path: Path) -> None:
    """Leave only the key in use, once nothing is wrapped by an older one any more."""
    lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines()]
    _replace(path, next(line for line in lines if line and not line.startswith("#")) + "\n")


def keep_old_keys(path: Path) -> list[Path]:
    """Write each key but the one in use to a file of its own, `<name>.<id>.old`; returns these files."""
    lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines()]
    kept = []
    for line in [line for line in lines if line and not line.startswith("#")][1:]:
        old = path.with_name(f"{path.name}.{id_of(bytes.fromhex(line))}.old")
        _replace(old, line + "\n")
        kept.append(old)
    return kept


def _replace(path: Path, text: str) -> None:
    """Write a file anew in one step: after a power cut it is the old one or the new one."""
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
