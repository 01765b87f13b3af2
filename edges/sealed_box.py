"""
Sealed boxes: what the answer page takes in, closed for a key whose private half only the program can derive.

HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, AES-256-GCM. A box is the sender's public key, 32 bytes, and the
ciphertext. It opens only for the row that it was made for (`about`), so that nobody who can write rows can move one.
"""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

PUBLIC = 32  # bytes of a public key
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_INFO = b"sansdelai answer box\n"


class BoxBroken(ValueError):
    """This box was altered, or was closed for another key or another row."""


def box_key(answer_key: bytes) -> X25519PrivateKey:
    """The private half, derived from the house's answer key: it is stored nowhere."""
    return X25519PrivateKey.from_private_bytes(hmac.digest(answer_key, b"answer box", "sha256"))


def public_of(private: X25519PrivateKey) -> bytes:
    """The public half, which closes boxes and opens none."""
    return private.public_key().public_bytes_raw()


def seal(public: bytes, data: bytes, about: bytes = b"") -> bytes:
    """
    Close a box.

    Raises:
        ValueError: this is no public key.
    """
    return _SUITE.encrypt(data, X25519PublicKey.from_public_bytes(public), _INFO + about)


def open_box(private: X25519PrivateKey, sealed: bytes, about: bytes = b"") -> bytes:
    """
    What a box holds.

    Raises:
        BoxBroken: it does not open.
    """
    try:
        return _SUITE.decrypt(sealed, private, _INFO + about)
    except (InvalidTag, ValueError):
        raise BoxBroken(BoxBroken.__doc__) from None
