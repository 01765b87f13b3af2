"""
An incoming message, read: what it says, who it is for, what it is; never its pictures, films and archives.

Nothing here raises, whatever bytes come, and nothing is fetched, rendered, run or written. All that is read is bounded.
`from_address` is what the message shows and proves nothing.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from edges.message_auth import AuthResult, read_authentication
from edges.message_bounce import Delivery, looks_like_bounce, read_delivery
from edges.message_headers import MOST_IDS, Headers, addresses, date_of, identifiers, one_line
from edges.message_hidden import still_hides, without_hidden
from edges.message_kinds import PartKind, PartSeen
from edges.message_language import language_of
from edges.message_quotes import own_words, without_marks
from edges.message_redact import Reading, TextSeen, checked, read_pieces
from edges.message_structure import Structure, read_structure

__all__ = ["AuthResult", "Delivery", "Incoming", "PartKind", "PartSeen", "read_message"]

MOST_TEXT = 200_000  # characters
MOST_SUBJECT = 300
MOST_NUMBERS = 50
MOST_RECEIVED = 50  # more servers than any honest way has

_NUMBER = re.compile(r"(?<![A-Za-z0-9-])R-([0-9]{4})-([0-9]{6,9})(?![0-9])", re.IGNORECASE)
_FOR = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_SIGNS = (
    "auto-submitted",
    "precedence",
    "x-autoreply",
    "x-autorespond",
    "x-auto-response-suppress",
    "return-path",
    "x-failed-recipients",
)
_BULK = frozenset(("bulk", "junk", "list", "auto_reply", "auto-reply"))


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as the program knows it. Its texts never stand in its `repr`, so that no log can hold them."""

    digest: str  # SHA-256 of the bytes as they came
    size: int
    message_id: str | None = field(repr=False)
    in_reply_to: str | None = field(repr=False)
    references: tuple[str, ...] = field(repr=False)  # the newest last
    recipients: tuple[str, ...] = field(repr=False)  # lower case
    subject: str = field(repr=False)
    from_address: str | None = field(repr=False)  # shown only, never an identity
    date: datetime | None  # UTC, as the sender wrote it
    language_hint: str | None
    case_numbers: tuple[str, ...]  # found in the subject
    text: str = field(repr=False)
    own_text: str = field(repr=False)  # without quoted lines and the quoted original
    cut: bool  # the text was longer than what is read
    parts: tuple[PartSeen, ...]
    redacted: bytes = field(repr=False)  # as received, every file cut out
    auth: tuple[AuthResult, ...]
    automatic: bool  # no person wrote it, or a list sent it
    loop: bool  # our own mail came back, or it turns in circles
    delivery: Delivery | None
    signs: tuple[str, ...] = field(repr=False)  # headers by which automatic mail is known, as `name: value`


def read_message(
    raw: bytes,
    *,
    trusted_authserv: frozenset[str] = frozenset(),
    own_addresses: frozenset[str] = frozenset(),
    own_domains: frozenset[str] = frozenset(),
) -> Incoming:
    """
    Read a message from its bytes; never raises.

    `own_addresses` and `own_domains` (of our Message-IDs) are lower case; they tell our own mail that came back.
    """
    structure = read_structure(raw)
    reading = read_pieces(structure)
    headers = structure.top.headers
    text, is_cut = _text(reading)
    own = own_words(text)
    text = without_marks(text)
    subject = _safe(one_line(headers.get("subject"), 2_000))
    sender = addresses([headers.get("from")])
    ids = _identifiers(headers, "message-id")
    return Incoming(
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=ids[0] if ids else None,
        in_reply_to=next(iter(_identifiers(headers, "in-reply-to")), None),
        references=tuple(_identifiers(headers, "references")[-MOST_IDS:]),
        recipients=tuple(addresses(headers.get_all(*_FOR))),
        subject=subject[:MOST_SUBJECT],
        from_address=sender[-1] if sender else None,
        date=date_of(headers.get("date")),
        language_hint=language_of(own or subject, headers.get("content-language")),
        case_numbers=case_numbers(subject),
        text=text[:MOST_TEXT],
        own_text=own[:MOST_TEXT],
        cut=is_cut,
        redacted=checked(structure, reading),
        parts=tuple(reading.parts),
        auth=read_authentication(headers.get_all("authentication-results"), trusted_authserv),
        automatic=_is_automatic(headers),
        loop=_is_loop(headers, sender, ids, own_addresses, own_domains),
        delivery=read_delivery(structure),
        signs=_signs(structure),
    )


def case_numbers(subject: str) -> tuple[str, ...]:
    """The case numbers in a subject, such as R-2026-000123, in order, each once."""
    found = dict.fromkeys(f"R-{year}-{number}" for year, number in _NUMBER.findall(subject))
    return tuple(found)[:MOST_NUMBERS]


def _text(reading: Reading) -> tuple[str, bool]:
    """The shown texts in order; of alternatives the plain one, unless it is empty."""
    shown = [one for one in reading.texts if one.shown]
    plain = {one.entity.alternative for one in shown if not one.is_html and one.text.strip()}
    chosen = [
        one for one in shown if not one.is_html or not one.entity.alternative or one.entity.alternative not in plain
    ]
    whole = "\n\n".join([_plain(one) for one in chosen if one.text.strip()])
    if len(chosen) > 1 and still_hides(whole):  # the halves of a file in two parts
        whole = without_hidden(whole)[0]
    return whole[:MOST_TEXT].strip("\n"), reading.cut or len(whole) > MOST_TEXT


def _plain(one: TextSeen) -> str:
    text = one.text.replace("\r\n", "\n").replace("\r", "\n")
    return _unflowed(text) if one.entity.parameters.get("format", "").lower() == "flowed" else text


def _unflowed(text: str) -> str:
    """Join the lines of format=flowed (RFC 3676): one with a space at its end goes on, but a signature mark."""
    lines: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        plain = line[1:] if line.startswith(" ") else line
        if goes_on and not plain.startswith(">"):
            lines[-1] += plain
        else:
            lines.append(plain)
        goes_on = plain.endswith(" ") and plain != "-- " and not plain.startswith(">") and len(lines[-1]) < 5_000
    return "\n".join(lines)


def _identifiers(headers: Headers, name: str) -> list[str]:
    value = headers.get(name)
    return [] if still_hides(value) else identifiers(value)


def _safe(subject: str) -> str:
    return without_hidden(subject)[0]


def _is_automatic(headers: Headers) -> bool:
    """Whether a machine sent it (RFC 3834 and what older programs write)."""
    submitted = headers.get("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if headers.get("precedence").strip().lower() in _BULK:
        return True
    if any(headers.has(name) for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress")):
        return True
    return headers.get("return-path").replace(" ", "") == "<>"


def _is_loop(
    headers: Headers, sender: list[str], ids: list[str], own_addresses: frozenset[str], own_domains: frozenset[str]
) -> bool:
    """Whether our own mail came back, or a message turns in circles."""
    if len(headers.get_all("received")) > MOST_RECEIVED or any(
        one.name.startswith("x-sansdelai") for one in headers.all
    ):
        return True
    if own_addresses & {*sender, *addresses(headers.get_all("x-loop", "sender"))}:
        return True
    return any(one.rstrip(">").rpartition("@")[2].lower() in own_domains for one in ids)


def _signs(structure: Structure) -> tuple[str, ...]:
    """The headers that the rules look at, bounded, in lower case."""
    headers = structure.top.headers
    found = [f"{one.name}: {one.value[:100].lower()}" for one in headers.all if one.name in _SIGNS]
    types = [f"content-type: {structure.top.media_type}"]
    report = structure.top.parameters.get("report-type", "")[:60].lower()
    daemon = ["sender: daemon"] if looks_like_bounce(structure.top) else []
    return (*found[:20], *types, *([f"report-type: {report}"] if report else []), *daemon)
