"""
A message as received, with every file cut out of it: the only form in which an incoming message is kept.

Each body is looked at in every way a reader's program could take it: as it stands, decoded as its header says, and as
the text that comes out. A part that is no text in any of these is cut; a text that hides a file is kept without it.
The last line of defence looks once more at the whole: if a file still begins anywhere, no body is kept at all.
"""

import binascii
import re
from dataclasses import dataclass, field

from edges.message_headers import ASCII_LIKE, Header, decoded, file_names, text_in
from edges.message_hidden import HIDDEN_TYPE, still_hides, without_hidden
from edges.message_html import text_of_html
from edges.message_kinds import (
    DANGER,
    PartKind,
    PartSeen,
    holds_file,
    is_binary,
    kind_of,
    loose_base64,
    mark,
    of_bytes,
    of_name,
    seen,
    without_controls,
)
from edges.message_structure import Entity, Piece, PieceKind, Structure

MOST_TEXT = 1_000_000  # bytes of one text that are looked at; the rest is cut
MOST_TEXTS = 2_000_000  # bytes of all texts of a message
MOST_SEEN = 1_000

_EOL = b"\r\n"
_UNSAFE = frozenset((PartKind.IMAGE, PartKind.VIDEO, PartKind.AUDIO, PartKind.ARCHIVE))
_IDENTIFIERS = frozenset(
    ("message-id", "references", "in-reply-to", "resent-message-id", "original-message-id", "thread-index")
)
_SIGNATURES = frozenset(
    ("dkim-signature", "x-google-dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results",
     "authentication-results", "x-gm-message-state", "received")
)  # fmt: skip
_MOST_SIGNATURE = 4_000
_KEPT_PARAMETERS = ("boundary", "charset", "report-type", "format", "delsp", "protocol", "type")
_SAFE_PARAMETER = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}")
_TEXTS = frozenset(
    (
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    )
)
_DRAWING = re.compile(rb"(?i)\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype svg[^>]{0,300}>\s*)?<svg[\s>]")


@dataclass(frozen=True, slots=True)
class TextSeen:
    """A text of the message without what it hid; `shown` if it is neither attached nor part of another message."""

    entity: Entity
    text: str
    is_html: bool
    shown: bool


@dataclass(slots=True)
class Reading:
    """What is found while the pieces are looked at, one after the other."""

    pieces: list[bytes] = field(default_factory=list)
    parts: list[PartSeen] = field(default_factory=list)
    texts: list[TextSeen] = field(default_factory=list)
    room: int = MOST_TEXTS
    cut: bool = False  # a text was longer than what is looked at

    @property
    def redacted(self) -> bytes:
        """The message without its files."""
        return b"".join(self.pieces)

    def see(self, part: PartSeen) -> bytes:
        """Remember a part and return the line that stands in its place."""
        if len(self.parts) < MOST_SEEN:
            self.parts.append(part)
        return mark(part).encode() + _EOL


def read_pieces(structure: Structure) -> Reading:
    """Look at every piece of a message and put together what may be kept."""
    reading, raw = Reading(), structure.raw
    for number, piece in enumerate(structure.pieces):
        if piece.kind is PieceKind.HEAD:
            following = structure.pieces[number + 1] if number + 1 < len(structure.pieces) else None
            body = following if following and following.kind is PieceKind.BODY else None
            _head_and_body(reading, raw, piece, body)
        elif piece.kind is PieceKind.LINE:
            reading.pieces.append(raw[piece.start : piece.end])
        elif piece.kind is PieceKind.AROUND:
            reading.pieces.append(_around(reading, raw[piece.start : piece.end]))
        elif piece.kind is PieceKind.BEYOND:
            beyond = seen(piece.entity.media_type, raw[piece.start : piece.end], PartKind.ARCHIVE)
            reading.pieces.append(reading.see(beyond))
    return reading


def checked(structure: Structure, reading: Reading) -> bytes:
    """The redacted message; a single line in place of everything if a file still begins anywhere in it."""
    redacted = reading.redacted
    text = redacted.decode("latin-1")
    if not holds_file(redacted) and not still_hides(text):
        return redacted
    whole = seen(structure.top.media_type, structure.raw, PartKind.ARCHIVE)
    return b"X-Sansdelai-Cut: everything" + _EOL * 2 + reading.see(whole)


def _head_and_body(reading: Reading, raw: bytes, head: Piece, body: Piece | None) -> None:
    kept = None if body is None else _body(reading, head.entity, raw[body.start : body.end])
    reading.pieces.append(_kept_head(reading, raw, head, cut=body is not None and kept is None))
    if body is not None:
        reading.pieces.append(kept if kept is not None else mark(reading.parts[-1]).encode() + _EOL)


def _around(reading: Reading, octets: bytes) -> bytes:
    """What stands before the first or after the last part: no reader sees it, so only a short plain text is kept."""
    if not octets.strip():
        return octets[:1_000]
    hidden = without_hidden(octets.decode("latin-1"))[1] if len(octets) <= 2_000 else ()
    if len(octets) > 2_000 or hidden or is_binary(octets, charset_known=False):
        kind = next((kind for kind in DANGER if kind in {one.kind for one in hidden}), _kind_in(octets))
        return _EOL + reading.see(seen(HIDDEN_TYPE, octets, kind))
    return without_controls(octets)


def _kind_in(octets: bytes) -> PartKind:
    start = octets.lstrip()
    return kind_of(HIDDEN_TYPE, (), start) if of_bytes(start) in _UNSAFE else PartKind.OTHER


def _body(reading: Reading, entity: Entity, payload: bytes) -> bytes | None:
    """The body as it is kept; None if it was cut, the part then being the last one seen."""
    encoding = entity.headers.get("content-transfer-encoding").strip().lower()
    octets = decode(payload, encoding)
    main = entity.media_type.partition("/")[0]
    is_text = entity.media_type in _TEXTS or (main == "text" and entity.media_type != "text/rtf")
    if not is_text and not (main == "multipart" and not entity.parameters.get("boundary")):
        reading.see(seen(entity.media_type, octets, _kind(entity, payload, octets)))
        return None
    if len(payload) > min(MOST_TEXT, reading.room):
        return _long_text(reading, entity, payload, encoding)
    reading.room -= len(payload)
    return _text(reading, entity, payload, octets, encoding)


def _kind(entity: Entity, payload: bytes, octets: bytes) -> PartKind:
    """What a part is; its bytes are looked at as they stand and decoded, for the header may lie."""
    kind = kind_of(entity.media_type, file_names(entity.headers), octets)
    bare = of_bytes(payload) if payload is not octets else None
    return next(one for one in DANGER if one in (kind, bare))


def decode(payload: bytes, encoding: str) -> bytes:
    """Decode as the header says; what is no known encoding stays as it stands. Never an error."""
    if encoding == "base64":
        return loose_base64(payload.partition(b"=")[0])  # nothing may follow the padding
    if encoding == "quoted-printable":
        return binascii.a2b_qp(payload)
    return payload


def _long_text(reading: Reading, entity: Entity, payload: bytes, encoding: str) -> bytes | None:
    """The beginning of a text that is too long, and a mark for the rest."""
    most = min(MOST_TEXT, reading.room)
    end = payload.rfind(b"\n", 0, most) + 1 or most // 4 * 4
    beginning, reading.cut = payload[:end], True
    reading.room -= len(beginning)
    kept = _text(reading, entity, beginning, decode(beginning, encoding), encoding) if end else None
    rest = payload[end:]
    kind = _kind_in(rest) if kept is not None else PartKind.OTHER
    line = reading.see(seen(entity.media_type, rest, kind))
    return kept + _EOL + line if kept is not None else None


def _text(reading: Reading, entity: Entity, payload: bytes, octets: bytes, encoding: str) -> bytes | None:
    """A text as it is kept; None if it is no text."""
    charset = entity.parameters.get("charset", "").strip().lower()
    names = file_names(entity.headers)
    wide = _from_utf16(octets, charset)
    octets, charset = (wide, "utf-8") if wide is not None else (octets, charset)
    known = bool(ASCII_LIKE.fullmatch(charset)) and charset not in ("utf-8", "utf8", "us-ascii", "ascii")
    named = {of_name(name) for name in names} & _UNSAFE
    binary = is_binary(octets, charset_known=known) or (octets is not payload and wide is None and holds_file(payload))
    if named or binary or (entity.media_type != "text/html" and _DRAWING.match(octets)):
        kinds = named | {_kind_in(octets), _kind_in(payload)} | ({PartKind.IMAGE} if _DRAWING.match(octets) else set())
        reading.see(seen(entity.media_type, octets, next(kind for kind in DANGER if kind in kinds)))
        return None
    text, found = without_hidden(text_in(without_controls(octets), charset))
    if charset and not ASCII_LIKE.fullmatch(charset):
        found += without_hidden(octets.decode("latin-1"))[1]
        if found:  # the same bytes say different things to different readers
            reading.see(
                seen(entity.media_type, octets, next(kind for kind in DANGER if kind in {one.kind for one in found}))
            )
            return None
    if encoding == "base64":
        found += _behind(payload)
    text, found = _remember(reading, entity, text, found)
    if found or wide is not None or not _is_plain(payload, octets, encoding):
        return b"[what is left of this text, in UTF-8:]" + _EOL + text.encode("utf-8", "replace") + _EOL
    return payload if payload is not octets else without_controls(payload)


def _remember(
    reading: Reading, entity: Entity, text: str, found: tuple[PartSeen, ...]
) -> tuple[str, tuple[PartSeen, ...]]:
    """Note a text and what it hid; HTML is looked at again as the text that a reader would see."""
    is_html = entity.media_type == "text/html"
    shown = entity.within == 0 and entity.media_type in ("text/plain", "text/html") and not _attached(entity)
    visible = text
    if is_html:
        visible, more = without_hidden(text_of_html(text))
        found, text = found + more, visible if more else text
    for part in found:
        reading.see(part)
    reading.texts.append(TextSeen(entity, visible, is_html, shown))
    return text, found


def _behind(payload: bytes) -> tuple[PartSeen, ...]:
    """What stands behind the padding of base64, where some programs go on reading."""
    rest = payload.partition(b"=")[2].lstrip(b"= \t\r\n")
    octets = loose_base64(rest)
    return (seen(HIDDEN_TYPE, octets, _kind_in(octets)),) if rest else ()


def _attached(entity: Entity) -> bool:
    return entity.headers.get("content-disposition").strip().lower().startswith("attachment")


def _is_plain(payload: bytes, octets: bytes, encoding: str) -> bool:
    """Whether nothing but the text stands in an encoded body: no second base64 behind the first."""
    if encoding != "base64":
        return True
    letters = b"".join(payload.split())
    return binascii.b2a_base64(octets, newline=False).rstrip(b"=") == letters.rstrip(b"=")


def _from_utf16(octets: bytes, charset: str) -> bytes | None:
    """UTF-16 of a European text as UTF-8; None for anything else, which then is no text."""
    if not charset.startswith("utf-16") and octets[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    text = text_in(octets, charset if charset.startswith("utf-16") else "utf-16")
    usual = sum(char < "\u0250" and (char >= " " or char in "\t\r\n") for char in text[:20_000])
    return text.encode("utf-8", "replace") if usual * 10 >= len(text[:20_000]) * 9 else None


def _kept_head(reading: Reading, raw: bytes, head: Piece, *, cut: bool) -> bytes:
    """The headers of a part without file names; of a part that was cut, only what it was called and how encoded."""
    entity = head.entity
    suspicious = _suspicious(raw, entity)
    kept, at = [], head.start
    for header in entity.headers.all:
        if header.start > at:
            kept.append(raw[at : header.start])  # the line that a mailbox file puts before a message
        at = header.end
        if header.name in ("content-type", "content-disposition"):
            kept.append(_rebuilt(entity, header))
            _see_hidden(reading, header, suspicious)
        elif header.name == "content-transfer-encoding":
            kept.append(
                b"Content-Transfer-Encoding: " + re.sub(rb"[^a-z0-9-]", b"", header.value.lower().encode())[:30] + _EOL
            )
        elif header.name.startswith("content-") and header.name != "content-language":
            continue
        elif not cut or entity.is_message:
            kept.append(_kept_header(reading, raw, header) if suspicious else raw[header.start : header.end])
    end = raw[at : entity.headers.body]
    return b"".join([*kept, end if not end.strip() else b""])


def _rebuilt(entity: Entity, header: Header) -> bytes:
    """Content-Type and Content-Disposition say what a part is; the names they give it are left out."""
    if header.name == "content-disposition":
        word = header.value.partition(";")[0].strip().lower()
        return b"Content-Disposition: " + (word if word in ("inline", "attachment") else "attachment").encode() + _EOL
    given = [(name, entity.parameters.get(name, "")) for name in _KEPT_PARAMETERS]
    kept = [f'; {name}="{value}"' for name, value in given if _SAFE_PARAMETER.fullmatch(value)]
    return f"Content-Type: {entity.media_type}{''.join(kept)}".encode() + _EOL


def _suspicious(raw: bytes, entity: Entity) -> bool:
    """Whether any header must be looked at apart: almost never, so all of them are looked at together first."""
    values = []
    for header in entity.headers.all:
        if header.name in _IDENTIFIERS or header.name in _SIGNATURES:
            if not _identifier_is_safe(header):
                return True
        elif header.end - header.start > 60:
            values.append(decoded(header.value))
    octets = raw[entity.headers.all[0].start : entity.headers.body] if entity.headers.all else b""
    if without_controls(octets) != octets or holds_file(octets) or len(octets) > 100_000:
        return True
    text = "\n".join(values)
    return "\ufffd" in text or bool(without_hidden(text)[1])


_IN_BRACKETS = re.compile(r"<[^<>\s]{1,250}>")  # an identifier itself; what stands beside it is text


def _identifier_is_safe(header: Header) -> bool:
    most = _MOST_SIGNATURE * 3 if header.name == "references" else _MOST_SIGNATURE
    if header.end - header.start > most or still_hides(header.value):
        return False
    return header.name in _SIGNATURES or not without_hidden(_IN_BRACKETS.sub("", header.value))[1]


def _kept_header(reading: Reading, raw: bytes, header: Header) -> bytes:
    octets = raw[header.start : header.end]
    if header.name in _IDENTIFIERS or header.name in _SIGNATURES:
        safe = _identifier_is_safe(header)
    else:
        text = decoded(header.value)
        controls = sum((char < " " and char not in "\t\r\n") or char == "\ufffd" for char in text)
        safe = (
            not without_hidden(text)[1]
            and controls <= 2
            and not is_binary(octets, charset_known=True)
            and len(octets) <= 10_000
        )
    if safe:
        return without_controls(octets)
    _see_hidden(reading, header, True)
    return f"{header.name}: [cut out: {len(octets)} bytes]".encode() + _EOL


def _see_hidden(reading: Reading, header: Header, suspicious: bool) -> None:
    """Note a picture in a header; long identifiers, which servers write in numbers, are no parts."""
    if suspicious:
        for part in without_hidden(decoded(header.value))[1]:
            if part.kind in _UNSAFE:
                reading.see(part)
