"""
Rows beside the replayed ones: each is hashed in an event of its report, so that none can change unseen.

What is left out of a row's hash either names a person or a site (it stands in a private text with its commitment), or
is nobody's record (leases, caches, how far a letter has come: its acts say that, and they are replayed).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from models.base import plain
from models.chain import hash_of_columns

LEFT_OUT: dict[str, frozenset[str]] = {
    "report": frozenset(
        {
            "stage", "wish", "returns", "police_informed_at", "police_no_objection_at", "agreed_delay_hours", "gone_at",
            "retracted_at", "closed_at", "event_seq", "head",
        }
    ),
    "location": frozenset({"blind", "host"}),
    "hosting": frozenset({"address", "network"}),
    "observation": frozenset(),
    "qualification": frozenset(),
    "mandate": frozenset(),
    "complaint": frozenset(),
    "decision": frozenset(),
    "legal_hold": frozenset(),
    "letter": frozenset({"recipient", "status", "copies", "sending_at", "queue_id"}),
    "incoming": frozenset({"uid_validity", "uid"}),
}  # fmt: skip


def shown_columns(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that are hashed and exported; what is null is left out."""
    left_out = LEFT_OUT[table]
    return {name: plain(value) for name, value in values.items() if value is not None and name not in left_out}


def row_hash(table: str, values: Mapping[str, Any]) -> str:
    """The hash of a row given as its columns."""
    left_out = LEFT_OUT[table]
    told: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or name in left_out:
            continue
        told[name] = plain(value) if isinstance(value, (datetime, UUID, list, tuple)) else value
    return hash_of_columns(told)
