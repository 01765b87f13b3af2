"""
What mail servers report about a letter of ours: RFC 3464 read strictly, everything else through `flufl.bounce`.

Anybody can write a bounce. It is read into bounded rows here; whether it is believed is decided by whoever compares
it with the letters that were sent.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.policy import compat32
from enum import StrEnum

from flufl.bounce import all_failures

from edges.message_headers import Headers, addresses, date_of, identifiers, one_line, read_headers
from edges.message_redact import decode
from edges.message_structure import Entity, Structure, read_structure

MOST_ROWS = 200
MOST_DIAGNOSTIC = 500  # characters
MOST_STATUS_BYTES = 200_000  # of one delivery-status part
MOST_LINE = 500  # bytes of a line that flufl.bounce reads: its patterns are quadratic on longer ones
MOST_READ = 60_000  # bytes that flufl.bounce reads

# It writes what stands in messages into logs. A filter stays where a new configuration of logging switches loggers on.
logging.getLogger("flufl.bounce").addFilter(lambda record: False)

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|\(|;|\Z)")
_TYPED = re.compile(r"\s*([A-Za-z0-9-]{1,20})\s*;\s*(.*)", re.DOTALL)
_BLANK_LINE = re.compile(rb"(?:\r?\n|\r(?!\n))[ \t]*(?:\r?\n|\r)")
_SENDER = re.compile(r"(?i)mailer-daemon|postmaster|mail.?delivery|mdaemon|bounce")
_SUBJECT = re.compile(
    r"(?i)undeliver|delivery (?:status|failure|has failed|problem)|returned mail|failure notice|mail delivery"
    r"|non remis|non distribu"
    r"|[ée]chec de (?:la )?(?:remise|livraison|distribution)|unzustellbar|niet bezorgd|no se puede entregar"
    r"|message not delivered"
)


class Fate(StrEnum):
    """What became of a letter for one recipient, as a server tells it."""

    DELIVERED = "delivered"  # it lies in the mailbox
    RELAYED = "relayed"  # handed on to a server that reports nothing
    DELAYED = "delayed"  # the server goes on trying
    FAILED_FOR_NOW = "failed_for_now"  # given up for a cause that may pass (status 4)
    FAILED = "failed"  # refused for good


_ACTIONS = {
    "delivered": Fate.DELIVERED,
    "relayed": Fate.RELAYED,
    "expanded": Fate.RELAYED,
    "delayed": Fate.DELAYED,
    "failed": Fate.FAILED,
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What is said of one recipient. All texts are bounded and are a stranger's words."""

    fate: Fate
    final_recipient: str | None = field(repr=False)  # lower case
    original_recipient: str | None = field(default=None, repr=False)
    action: str | None = None  # the word of RFC 3464; None where flufl.bounce read it
    status: str | None = None  # such as 5.1.1
    diagnostic: str | None = field(default=None, repr=False)
    remote_mta: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A report of delivery: its rows, and the original that it says it is about."""

    rows: tuple[DeliveryRow, ...]
    standard: bool  # RFC 3464; else guessed from its wording
    more_rows: bool = False  # there were more than MOST_ROWS
    reporting_mta: str | None = field(default=None, repr=False)
    envelope_id: str | None = field(default=None, repr=False)
    arrived_at: datetime | None = None
    original_message_id: str | None = field(default=None, repr=False)
    original_to: tuple[str, ...] = field(default=(), repr=False)


def read_delivery(message: bytes | Structure) -> Delivery | None:
    """Read a report of delivery; None for a message that is none. Never raises."""
    structure = read_structure(message) if isinstance(message, bytes) else message
    status = next(_status_parts(structure), None)
    original_id, original_to = _original(structure)
    if status is not None:
        return _standard(status, original_id, original_to)
    return _guessed(structure, original_id, original_to) if looks_like_bounce(structure.top) else None


def looks_like_bounce(top: Entity) -> bool:
    """Whether sender, return path or subject are those of a mail server's report."""
    headers = top.headers
    if headers.get("return-path") == "<>" and "auto-replied" not in headers.get("auto-submitted").lower():
        return True
    return bool(_SENDER.search(headers.get("from")[:300]) or _SUBJECT.search(one_line(headers.get("subject"), 300)))


def _status_parts(structure: Structure) -> Iterator[bytes]:
    """The delivery-status parts of the message itself, not of messages inside it."""
    for entity, payload in structure.bodies():
        if entity.within == 0 and entity.media_type in ("message/delivery-status", "message/global-delivery-status"):
            encoding = entity.headers.get("content-transfer-encoding").strip().lower()
            yield decode(payload[:MOST_STATUS_BYTES], encoding)


def _groups(status: bytes) -> list[Headers]:
    """The groups of fields, parted by empty lines: first the message's, then one for each recipient."""
    groups = [read_headers(group, 0, len(group)) for group in _BLANK_LINE.split(status.strip(b"\r\n"), MOST_ROWS + 5)]
    return [group for group in groups if group.all]


def _standard(status: bytes, original_id: str | None, original_to: tuple[str, ...]) -> Delivery:
    groups = _groups(status)
    about = groups[0] if groups else Headers((), 0)
    read = [row for group in groups if (row := _row(group)) is not None]
    return Delivery(
        tuple(read[:MOST_ROWS]),
        standard=True,
        more_rows=len(read) > MOST_ROWS,
        reporting_mta=_typed(about.get("reporting-mta"), 255),
        envelope_id=one_line(about.get("original-envelope-id"), 200) or None,
        arrived_at=date_of(about.get("arrival-date")),
        original_message_id=original_id,
        original_to=original_to,
    )


def _row(group: Headers) -> DeliveryRow | None:
    """One recipient's row; None without an action of RFC 3464 or without a recipient."""
    words = group.get("action").lower().split(maxsplit=1)
    action = words[0].strip("().,;") if words else ""
    final, original = _recipient(group.get("final-recipient")), _recipient(group.get("original-recipient"))
    if action not in _ACTIONS or not (final or original):
        return None
    code = _STATUS.match(group.get("status").strip())
    fate = _ACTIONS[action]
    if fate is Fate.FAILED and code and code[1].startswith("4"):
        fate = Fate.FAILED_FOR_NOW
    return DeliveryRow(
        fate,
        final or original,
        original,
        action,
        code[1] if code else None,
        _typed(group.get("diagnostic-code"), MOST_DIAGNOSTIC),
        _typed(group.get("remote-mta"), 255),
    )


def _typed(value: str, most: int) -> str | None:
    """The text behind `type;`, on one line."""
    typed = _TYPED.fullmatch(value)
    return one_line(typed[2] if typed else value, most) or None


def _recipient(value: str) -> str | None:
    typed = _TYPED.fullmatch(value[:1_000])
    return next(iter(addresses([typed[2] if typed else value[:1_000]])), None)


def _original(structure: Structure) -> tuple[str | None, tuple[str, ...]]:
    """Message-ID and addressees of the original that came back, whole or only its headers."""
    for message in structure.messages():
        if message.within == 1:
            return _of_headers(message.headers)
    for entity, payload in structure.bodies():
        if entity.within == 0 and entity.media_type in ("text/rfc822-headers", "message/rfc822-headers"):
            octets = decode(payload[:100_000], entity.headers.get("content-transfer-encoding").strip().lower())
            octets = octets.lstrip(b"\r\n")
            return _of_headers(read_headers(octets, 0, len(octets)))
    return None, ()


def _of_headers(headers: Headers) -> tuple[str | None, tuple[str, ...]]:
    found = identifiers(headers.get("message-id"))
    return (found[0] if found else None), tuple(addresses([headers.get("to")]))


def _guessed(structure: Structure, original_id: str | None, original_to: tuple[str, ...]) -> Delivery | None:
    """What flufl.bounce makes of a report in a server's own words; its reading is bounded, its faults are ours."""
    lines = structure.raw[:MOST_READ].split(b"\n")
    short = b"\n".join([line[:MOST_LINE] for line in lines])
    try:
        for_now, for_good = all_failures(message_from_bytes(short, policy=compat32))
    except Exception:  # heuristics over what strangers write: any error means that nothing was read
        return None
    rows = [*_guessed_rows(for_good, Fate.FAILED), *_guessed_rows(for_now - for_good, Fate.FAILED_FOR_NOW)]
    if not rows:
        return None
    found_id = original_id or _id_in_text(short)
    return Delivery(
        tuple(rows[:MOST_ROWS]),
        standard=False,
        more_rows=len(rows) > MOST_ROWS,
        original_message_id=found_id,
        original_to=original_to,
    )


def _guessed_rows(recipients: frozenset[bytes], fate: Fate) -> list[DeliveryRow]:
    texts = sorted(recipient.decode("ascii", "replace")[:400] for recipient in recipients)
    return [DeliveryRow(fate, address) for address in addresses(texts)]


_ID_LINE = re.compile(rb"(?im)^[ \t>]*message-id:[ \t]*(<[^<>\s]{1,250}>)")


def _id_in_text(octets: bytes) -> str | None:
    """The Message-ID of an original that stands below the report as text: the last; the first is the report's own."""
    found = _ID_LINE.findall(octets)
    ids = identifiers(found[-1].decode("utf-8", "replace")) if len(found) > 1 else []
    return ids[0] if ids else None
