"""Persons in the store: nobody has a row of their own; who has texts in several reports is known by a keyed hash."""

import hmac
import unicodedata


def subject_of(blind_key: bytes, name: str) -> bytes:
    """
    The keyed hash of a person as named: HMAC-SHA256 over the name in Unicode NFKC, case folded, with single spaces.

    Two spellings are two persons: merging them would be a guess about somebody.
    """
    written = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hmac.digest(blind_key, b"person\n" + written.encode("utf-8"), "sha256")
