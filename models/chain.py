"""
The writer's side of hashing: what an event, a row, a letter and a seal are hashed as (`docs/proof.md`).

It shares no line with `proof/verify.py`, on purpose: the tests compare the two, and both with the library rfc8785.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.base import utc

VERSION = 1
LARGEST = 2**53 - 1  # whole numbers that every reader of JSON holds exactly (RFC 8785, 3.2.2.3)

# No check for circles (a third of the time): what is hashed is built anew and never holds itself.
_ENCODE = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode
_SCALARS = frozenset({str, bool, type(None)})


class NotCanonical(ValueError):
    """Only text, whole numbers of 53 bits, truth values, null, lists, and objects with ASCII keys are hashed."""

    def __init__(self, found: str) -> None:
        super().__init__(f"{found} cannot be hashed. {type(self).__doc__}")


def canonical(value: Any) -> str:
    """
    The canonical form (RFC 8785, restricted as in `docs/proof.md`): the text that is hashed and kept.

    Raises:
        NotCanonical: a fraction, a number of more than 53 bits, a key outside ASCII, a type that JSON does not have,
            or half a surrogate pair.
    """
    _refuse(value)
    text = _ENCODE(value)
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise NotCanonical("half a surrogate pair")
    return text


def _refuse(value: Any) -> None:
    """Look at every value once; exact types first, because these are nearly all."""
    kind = type(value)
    if kind in _SCALARS:
        return
    if kind is dict:
        for key, held in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical(f"the key {key!r}")
            if type(held) not in _SCALARS:
                _refuse(held)
    elif kind is list or kind is tuple:
        for held in value:
            if type(held) not in _SCALARS:
                _refuse(held)
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical(f"the number {value}")
    elif not isinstance(value, str):  # a word of a closed vocabulary is text
        raise NotCanonical(f"{kind.__name__} {value!r}")


def sha256(data: str | bytes) -> str:
    """SHA-256 in lower-case hex, of the bytes or of the text's UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def hash_of(value: Any) -> str:
    """ "Hash of an object": SHA-256 of its canonical form. Raises NotCanonical. For a row: of `{column: value}`."""
    return sha256(canonical(value))


def hash_of_columns(values: Mapping[str, Any]) -> str:
    """The same for the columns of a table, whose types hold only what is canonical: not looked at again."""
    return sha256(_ENCODE(values))


def nonce() -> str:
    """16 random bytes in hex, for a body: a withheld body cannot be guessed from its hash."""
    return os.urandom(16).hex()


def header(
    *,
    report: str,
    seq: int,
    prev: str | None,
    kind: str,
    at: str,
    learned: str,
    recorded: str,
    actor: str,
    body: str,
    procedure: str | None = None,
    run: str | None = None,
) -> dict[str, Any]:
    """
    The header of an event.

    `body` is SHA-256 of the body's text, `prev` the hash of the report's previous event; instants are text as
    `models.base.utc` writes it.
    """
    return {
        "actor": actor, "at": at, "body": body, "kind": kind, "learned": learned, "prev": prev, "procedure": procedure,
        "recorded": recorded, "report": report, "run": run, "seq": seq, "v": VERSION,
    }  # fmt: skip


def event_hash(header: Mapping[str, Any]) -> str:
    """The event's hash: of its header. Not checked value by value, because this runs for every event of a storm."""
    return sha256(_ENCODE(header))


def letter_digest(commitments: Iterable[str]) -> str:
    """A letter's digest: SHA-256 over its parts' commitments in order, in hex, joined by line feeds."""
    return sha256("\n".join(commitments))


def leaf(report: str, first: int, events: Sequence[str]) -> bytes:
    """The leaf of one report in a seal: the hashes of its events from number `first` on, in canonical bytes."""
    last = first + len(events) - 1
    return canonical({"events": list(events), "from": first, "report": report, "to": last}).encode()


def seal_body(
    *, number: int, prev: str | None, closed: str, events: int, leaves: int, root: bytes, simulated: bool
) -> str:
    """The body of a seal, whose SHA-256 the tokens stamp; `prev` is the hash of the previous seal's body."""
    return canonical(
        {
            "closed": closed, "events": events, "leaves": leaves, "number": number, "prev": prev, "root": root.hex(),
            "simulated": simulated, "v": VERSION,
        }
    )  # fmt: skip


def header_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The header of an event given as its row: its columns, `body` and `prev` among them."""
    procedure, run = event["procedure_id"], event["flow_run_id"]
    return header(
        report=str(event["report_id"]),
        seq=event["seq"],
        prev=event["prev"],
        kind=event["kind"],
        at=utc(event["at"]),
        learned=utc(event["learned_at"]),
        recorded=utc(event["recorded_at"]),
        actor=event["actor"],
        body=sha256(event["body"]),
        procedure=str(procedure) if procedure else None,
        run=str(run) if run else None,
    )
