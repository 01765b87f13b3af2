"""
What the program may do to each table: it reads and adds everywhere, changes little, and owns nothing.

The tables belong to a role that only migrates. The program connects as another one, so that nobody who speaks through
the program can edit an event, switch a trigger off or drop a table. A table without a line here may be read only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from models.draft import REPORT_LIFE


class RoleMissing(RuntimeError):
    """A role that is to be given rights does not exist on this server: create it, then run this again."""


@dataclass(frozen=True, slots=True)
class Right:
    """What is granted on one table beside SELECT and INSERT; nothing, for what is only ever appended."""

    change: tuple[str, ...] = ()  # columns
    remove: bool = False
    tidy: bool = False  # VACUUM, so that what was erased leaves the pages of the database at once


APPENDED = Right()

PROGRAM_RIGHTS: Mapping[str, Right] = {
    "act": Right(("status", "at")),
    "channel": Right(
        ("working", "checked_on", "form_changed_at", "ended_at", "ended_by", "ended_why")
    ),
    "complaint": Right(("withdrawn_at",)),
    "content": APPENDED,
    "data_key": Right(("wrapped", "subject", "erased_at", "master_id"), tidy=True),
    "decision": APPENDED,
    "directory_change": APPENDED,
    "duty": Right(("due_at", "attempts", "closed_at", "held_by", "lease_token", "lease_until")),
    "event": APPENDED,
    "halt": APPENDED,
    "hold": Right(("released_at",)),
    "hosting": Right(("address", "network"), tidy=True),
    "house": Right(
        (
            "stopped_at", "stopped_why", "master_id", "blind_key", "beat_at", "braked_at", "braked_letters",
            "braked_why",
        )
    ),
    "incoming": Right(
        (
            "kind", "state", "why", "matched_by", "letter_id", "decided_by", "uid_validity", "uid",
        )
    ),
    "incoming_report": APPENDED,
    "intake_ref": Right(remove=True, tidy=True),
    "legal_hold": Right(("released_at", "released_by")),
    "letter": Right(
        (
            "status", "sending_at", "sent_at", "copies", "code", "answer_id", "receipt", "signed_by", "second_by",
            "recipient", "queue_id",
        ),
        tidy=True,
    ),
    "letter_part": APPENDED,
    "location": Right(("closed_at", "text_id", "blind", "host"), tidy=True),
    "mailbox": Right(("uid_validity", "last_uid", "read_at", "arrived_at")),
    "mandate": Right(("revoked_at",)),
    "measure": Right(("ended_at", "ended_by")),
    "observation": APPENDED,
    "page_answer": Right(("sealed", "taken_at"), tidy=True),
    "party": APPENDED,
    "party_host": APPENDED,
    "private_text": Right(("sealed",), tidy=True),
    "procedure": Right(("stage", "given_at", "receipt", "ends_at", "certificate", "closed_at", "overridden")),
    "qualification": APPENDED,
    "rdap_answer": Right(remove=True, tidy=True),  # what a registry said is kept for a day
    "read_log": Right(remove=True),  # by age: a trigger refuses what is younger than half a year
    "relay_log": Right(("inode", "offset", "read_at")),
    "released": APPENDED,
    "report": Right((*sorted(REPORT_LIFE), "stage", "event_seq", "head")),
    "seal": APPENDED,
    "seal_leaf": APPENDED,
    "seal_token": APPENDED,
    "signature": APPENDED,
    "silence": APPENDED,
    "unsealed": Right(remove=True),
}  # fmt: skip
NUMBERS = ("report_number", "party_number", "incoming_number")  # sequences from which the program takes the next number

# The role of pages that the public reaches: it may connect, and see nothing but what stands here, by table.
PUBLIC_RIGHTS: Mapping[str, tuple[str, ...]] = {"answerable": ("SELECT",), "page_answer": ("INSERT",)}

_ROLE = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
_OWNED = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    " AND pg_has_role(current_user, relowner, 'MEMBER') ORDER BY relname"
)
_MAINTAIN = 170000  # the first PostgreSQL that lets somebody else than the owner VACUUM one table


def grant(connection: Connection, *, program: str | None, public: str | None) -> None:
    """
    Give both roles exactly what stands here, in the caller's transaction; whoever owns the tables needs no grant.

    Raises:
        RoleMissing: one of the two does not exist.
    """
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    for role, words in ((program, _of_program(version)), (public, _of_public())):
        if role is None or role == owner:
            continue
        if not connection.execute(_ROLE, {"role": role}).scalar_one():
            raise RoleMissing(f"there is no role {role!r} on this server: create it, then run this again")
        _give(connection, role, words)


def _give(connection: Connection, role: str, words: list[str]) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    for kind in ("TABLES", "SEQUENCES", "ROUTINES"):
        connection.exec_driver_sql(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {quoted}")
    connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA public FROM {quoted}")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    for each in words:
        connection.exec_driver_sql(f"GRANT {each} TO {quoted}")


def _of_program(version: int) -> list[str]:
    words = ["SELECT ON ALL TABLES IN SCHEMA public", "SELECT ON ALL SEQUENCES IN SCHEMA public"]
    words += [f"USAGE ON SEQUENCE {name}" for name in NUMBERS]
    for table, right in PROGRAM_RIGHTS.items():
        words.append(f'INSERT ON "{table}"')
        if right.change:
            columns = ", ".join(f'"{column}"' for column in right.change)
            words.append(f'UPDATE ({columns}) ON "{table}"')
        if right.remove:
            words.append(f'DELETE ON "{table}"')
        if right.tidy and version >= _MAINTAIN:
            words.append(f'MAINTAIN ON "{table}"')
    return words


def _of_public() -> list[str]:
    return [f'{", ".join(rights)} ON "{table}"' for table, rights in PUBLIC_RIGHTS.items()]


OWNED = text(_OWNED)  # the tables that the role of this connection owns, or may become the owner of
