"""What the store asks of whoever holds the keys; `edges.keys` answers."""

from typing import Protocol
from uuid import UUID


class KeysMissing(RuntimeError):
    """This store was opened without its master key, so nothing private can be read or written."""


class Cipher(Protocol):
    """Wraps data keys, seals and opens texts. Bytes in, bytes out; ids are bound to what they name."""

    @property
    def master_id(self) -> str:
        """Which master key wraps new data keys."""
        ...

    def new_key(self, key_id: UUID) -> tuple[bytes, bytes]:
        """A fresh data key, in clear and wrapped."""
        ...

    def unwrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        """
        A data key in clear.

        Raises:
            KeysMissing: the master key that wraps it is not at hand, or it is of another store.
        """
        ...

    def rewrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        """The same data key under the current master key."""
        ...

    def seal(self, key: bytes, text_id: UUID, clear: bytes) -> bytes:
        """Encrypt; the text's id is bound to the outcome."""
        ...

    def open(self, key: bytes, text_id: UUID, sealed: bytes) -> bytes:
        """
        Decrypt.

        Raises:
            Tampered: it was altered, or belongs to another row.
        """
        ...


class Tampered(RuntimeError):
    """A sealed text does not open under its key: it was altered, or stands in another row's place."""


class NoCipher:
    """Stands where no master key was given: a store that is opened for what is not private."""

    @property
    def master_id(self) -> str:
        raise KeysMissing(KeysMissing.__doc__)

    def new_key(self, key_id: UUID) -> tuple[bytes, bytes]:
        raise KeysMissing(KeysMissing.__doc__)

    def unwrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        raise KeysMissing(KeysMissing.__doc__)

    def rewrap(self, key_id: UUID, master_id: str, wrapped: bytes) -> bytes:
        raise KeysMissing(KeysMissing.__doc__)

    def seal(self, key: bytes, text_id: UUID, clear: bytes) -> bytes:
        raise KeysMissing(KeysMissing.__doc__)

    def open(self, key: bytes, text_id: UUID, sealed: bytes) -> bytes:
        raise KeysMissing(KeysMissing.__doc__)
