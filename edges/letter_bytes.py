"""
A letter as RFC 5322 bytes, and the small things around it: Message-ID, CSV of locations, a second copy.

The MIME parts are put together by hand: `email.message` refolds every header and costs more than the whole rendering.
The result is the same for the same input, seven-bit but for an address that needs SMTPUTF8, and is parsed back by
`email.parser` in the tests. Boundaries begin with `=_` and hold a hash of the Message-ID; neither quoted-printable nor
base64 can contain `=_`, and HTML that holds the boundary is written as quoted-printable.
"""

import binascii
import csv
import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from edges.letter_cuts import Composed, Piece, put_together, quoted, quoted_row
from edges.letter_parts import LetterError, LetterReport, Rendered, Segment
from edges.sheets import neutral

_DOT_ATOM = r"[^\s()<>\[\]:;@\\,.\"\x00-\x1f\x7f]+(?:\.[^\s()<>\[\]:;@\\,.\"\x00-\x1f\x7f]+)*"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_DOT_ATOM}@{_LABEL}(?:\.{_LABEL})*")
_IDENTIFIER = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")  # printable ASCII without < > @
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_QUOTED = "Content-Transfer-Encoding: quoted-printable\r\n"

MOST_ADDRESS = 254  # octets of an address in SMTP (RFC 5321, 4.5.3.1.3 less the angle brackets)
LINE = 998  # octets of a line (RFC 5322, 2.1.1)


class HeaderRefused(LetterError):
    """A header may not hold control characters, and an address must be one plain address."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    A file beside the letter; `media_type` such as `text/csv` or `message/rfc822` (an annexed notice).

    All of it is the words of `report`, if that is given. A table gives its `rows` instead, each with its CRLF and with
    the number of its report; put together they are the content.
    """

    name: str
    media_type: str
    content: bytes
    report: str | None = None
    rows: tuple[Piece, ...] = ()


def message_id(act_seed: str, domain: str) -> str:
    """Return the one Message-ID of a letter: the same for the same seed, and it tells nothing about it."""
    return f"<{hashlib.sha256(act_seed.encode()).hexdigest()[:40]}@{ascii_domain(domain)}>"


def compose(
    rendered: Rendered,
    *,
    message_id: str,
    sender: str,
    sender_name: str,
    recipient: str,
    reply_to: str | None,
    date: datetime,
    attachments: Sequence[Attachment] = (),
    simulated: bool,
    in_reply_to: str | None = None,
) -> Composed:
    """Return the message with CRLF line ends, in parts; raise `HeaderRefused` for what could inject a header."""
    headers = [
        f"From: {_mailbox(sender_name, sender)}",
        f"To: {checked_address(recipient)}",
        *([f"Reply-To: {checked_address(reply_to)}"] if reply_to else []),
        _unstructured("Subject", rendered.subject),
        f"Date: {_date(date)}",
        f"Message-ID: {_identifier(message_id)}",
    ]
    if in_reply_to:
        headers += [f"In-Reply-To: {_identifier(in_reply_to)}", f"References: {_identifier(in_reply_to)}"]
    if simulated:
        headers.append("X-Sansdelai-Simulated: yes")
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    mixed, alternative = f"=_{seed}_m", f"=_{seed}_a"
    headers += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{mixed}"']
    plain = _text_part("plain", rendered.text_cut or ((None, rendered.text),))
    html = _text_part("html", rendered.html_cut) if rendered.html_cut else _html_part(rendered.html, seed)
    head = f'Content-Type: multipart/alternative; boundary="{alternative}"\r\n\r\n'
    both: list[Piece] = [(None, head.encode()), *_multipart(alternative, [plain, html])]
    parts = _multipart(mixed, [both, *(_attached(attachment, mixed) for attachment in attachments)])
    return put_together(rendered.owner, [(None, "\r\n".join(headers).encode() + b"\r\n\r\n"), *parts])


def resent(raw: bytes, *, date: datetime, message_id: str, sender: str, recipient: str) -> bytes:
    """Return the original, byte for byte, below a Resent block (RFC 5322, 3.6.6): the honest form of a second copy."""
    block = [
        f"Resent-Date: {_date(date)}",
        f"Resent-From: {checked_address(sender)}",
        f"Resent-To: {checked_address(recipient)}",
        f"Resent-Message-ID: {_identifier(message_id)}",
    ]
    return "\r\n".join(block).encode() + b"\r\n" + raw


def locations_csv(reports: Collection[LetterReport]) -> Attachment:
    """
    Return `locations.csv`: location, location_kind, report, country, one line for each location, in UTF-8 with CRLF.

    A location that begins with its scheme stands exactly as it was reported; what a spreadsheet would run (a handle, a
    telephone number) gets one apostrophe before it, and taking it away restores it (`edges.sheets`).
    The location comes first, quoted, because a spreadsheet that splits at semicolons honours quotes only where a line
    begins, and would otherwise start a formula inside an address.
    """
    lines, owners = _Lines(), [None, *(report.number for report in reports for _ in report.locations)]
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(("location", "location_kind", "report", "country"))
    for report in reports:
        for location in report.locations:
            writer.writerow((neutral(location.value), location.kind.value, report.number, location.country or ""))
    rows = tuple(zip(owners, (line.encode() for line in lines), strict=True))
    return Attachment("locations.csv", "text/csv", b"".join(octets for _, octets in rows), rows=rows)


class _Lines(list[str]):
    """What a CSV writer needs of a file; it writes each row at once."""

    write = list[str].append


def checked_address(address: str) -> str:
    """Return the address with its domain in ASCII; raise `HeaderRefused` without repeating it."""
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(address) or not address.isprintable() or len(local.encode()) > 64:
        raise HeaderRefused("An address is not one plain mail address (local@domain, no spaces, names or brackets).")
    checked = f"{local}@{ascii_domain(domain)}"
    if len(checked.encode()) > MOST_ADDRESS:
        raise HeaderRefused(f"An address is longer than {MOST_ADDRESS} octets.")
    return checked


def ascii_domain(domain: str) -> str:
    """Return a domain in its ASCII form (IDNA); raise `HeaderRefused` if it is none."""
    try:
        name = domain.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", name):
        raise HeaderRefused("A mail domain is not a domain name.")
    return name


def _mailbox(name: str, address: str) -> str:
    checked = checked_address(address)
    if not name:
        return checked
    if re.fullmatch(r"[A-Za-z0-9 _-]+", name) and len(name) <= 60:
        return f"{name} <{checked}>"
    return f"{_encoded(_refuse_controls(name))}\r\n <{checked}>"


def _unstructured(name: str, value: str) -> str:
    """A header of free text on lines of at most 78 columns, encoded (RFC 2047) when it is not plain ASCII."""
    _refuse_controls(value)
    if value.isascii() and "=?" not in value and len(name) + 2 + len(value) <= 78:
        return f"{name}: {value}"
    return f"{name}: {_encoded(value)}"


def _encoded(value: str) -> str:
    """Encoded words of at most 75 columns, cut between characters."""
    octets, words = value.encode(), []
    while octets:
        cut = 39  # 52 columns of base64 and 12 around it leave room for any header name
        while octets[cut : cut + 1] and octets[cut] & 0xC0 == 0x80:  # not between the octets of one character
            cut -= 1
        words.append(f"=?utf-8?b?{_base64(octets[:cut])}?=")
        octets = octets[cut:]
    return "\r\n ".join(words)


def _base64(octets: bytes) -> str:
    return binascii.b2a_base64(octets, newline=False).decode()


def _refuse_controls(value: str) -> str:
    if _CONTROL.search(value):
        raise HeaderRefused("A header value holds a line break or another control character.")
    return value


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value) or len(value) > 250:
        raise HeaderRefused("A Message-ID must look like <something@domain> in plain ASCII.")
    return value


def _date(at: datetime) -> str:
    if at.utcoffset() is None:
        raise HeaderRefused("The date of a letter needs a zone.")
    return format_datetime(at.astimezone(UTC))


def _multipart(boundary: str, parts: Iterable[Sequence[Piece]]) -> list[Piece]:
    """The pieces of the parts between boundaries; the line end before a boundary goes with what it ends."""
    opening: Piece = (None, f"--{boundary}\r\n".encode())
    pieces: list[Piece] = []
    for part in parts:
        pieces += [opening, *part, (part[-1][0], b"\r\n")]
    return [*pieces, (None, f"--{boundary}--\r\n".encode())]


def _text_part(subtype: str, segments: Iterable[Segment]) -> list[Piece]:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\n{_QUOTED}\r\n"
    return [(None, head.encode()), *((owner, quoted(segment)) for owner, segment in segments)]


def _html_part(html: str, seed: str) -> list[Piece]:
    """
    HTML in seven bits as it is: what is not ASCII becomes a character reference, so that no encoding is needed.

    Quoted-printable writes every `=` of every attribute as three characters; it is used where a line is too long for
    mail, where the text holds what parts are told apart by, and in a letter that is cut into parts.
    """
    octets = _crlf(html).encode("ascii", "xmlcharrefreplace")
    if seed in html or max(map(len, octets.split(b"\r\n"))) > LINE:
        return _text_part("html", ((None, html),))
    return [(None, b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + octets)]


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _attached(attachment: Attachment, boundary: str) -> list[Piece]:
    if not _FILE_NAME.fullmatch(attachment.name) or not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise HeaderRefused("An attachment needs a plain file name (letters, digits, . _ -) and a media type.")
    charset = "; charset=utf-8" if attachment.media_type.startswith("text/") else ""
    head = f"Content-Type: {attachment.media_type}{charset}\r\n"
    disposition = f'Content-Disposition: attachment; filename="{attachment.name}"\r\n'
    if attachment.media_type == "message/rfc822":  # base64 is not allowed here (RFC 2046, 5.2.1)
        _refuse_unsafe_message(attachment.content, boundary)
        head = f"{head}Content-Transfer-Encoding: 7bit\r\n{disposition}\r\n"
        return [(attachment.report, head.encode() + attachment.content)]
    if attachment.rows:
        rows = [(owner, quoted_row(row)) for owner, row in attachment.rows]
        return [(None, f"{head}{_QUOTED}{disposition}\r\n".encode()), *rows]
    body = binascii.b2a_base64(attachment.content, newline=False)
    lines = b"\r\n".join(body[i : i + 76] for i in range(0, len(body), 76))
    head = f"{head}Content-Transfer-Encoding: base64\r\n{disposition}\r\n"
    return [(attachment.report, head.encode() + lines)]


def _refuse_unsafe_message(content: bytes, boundary: str) -> None:
    lines = content.split(b"\r\n")
    if not content.isascii() or b"\0" in content or any(len(line) > LINE for line in lines):
        raise HeaderRefused("An annexed message must be seven-bit with lines of at most 998 octets.")
    if boundary.encode() in content:
        raise HeaderRefused("A message cannot be annexed to itself.")
