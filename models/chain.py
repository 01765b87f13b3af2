"""The chain of a report's events: what is hashed, and how. `docs/proof.md` defines every byte."""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.base import utc

VERSION = 1
MOST = 2**53 - 1  # integers beyond are not the same number everywhere (RFC 8785, 3.2.2.3)

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class NotCanonical(ValueError):
    """A value that has no canonical form here: fractions, integers beyond 53 bits, keys beyond ASCII."""


def canonical(value: Any) -> str:
    """The canonical form of a value made of text, whole numbers, truth values, null, lists and objects (RFC 8785)."""
    return _ENCODER.encode(value)


def refuse_uncanonical(value: Any) -> None:
    """
    Look through a value for what `canonical` would write differently than RFC 8785 asks.

    Raises:
        NotCanonical: there is some.
    """
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MOST):
        raise NotCanonical(NotCanonical.__doc__)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise NotCanonical(NotCanonical.__doc__)
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            refuse_uncanonical(each)


def sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in lower-case hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 over the canonical form of a value."""
    return sha256(_ENCODER.encode(value))


def nonce() -> str:
    """16 random bytes in hex: keeps a withheld body from being guessed."""
    return os.urandom(16).hex()


def header(event: Mapping[str, Any], body_sha256: str) -> dict[str, Any]:
    """What is hashed of an event: its columns, its body by hash, and the hash of the report's previous event."""
    procedure, run = event["procedure_id"], event["flow_run_id"]
    return {
        "actor": event["actor"],
        "at": utc(event["at"]),
        "body": body_sha256,
        "kind": event["kind"],
        "learned": utc(event["learned_at"]),
        "prev": event["prev"],
        "procedure": str(procedure) if procedure else None,
        "recorded": utc(event["recorded_at"]),
        "report": str(event["report_id"]),
        "run": str(run) if run else None,
        "seq": event["seq"],
        "v": VERSION,
    }


def event_hash(event: Mapping[str, Any]) -> str:
    """The hash of an event given as its columns, `body` and `prev` among them."""
    return hash_of(header(event, sha256(event["body"])))


def leaf_of(report_id: UUID, first: int, last: int, hashes: list[str]) -> str:
    """The leaf of a seal that covers these events of one report."""
    return canonical({"events": hashes, "from": first, "report": str(report_id), "to": last})
