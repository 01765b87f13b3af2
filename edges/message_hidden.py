"""
Files hidden in text: data URIs, base64, uuencoded and yEnc blocks, hexadecimal, quoted-printable, escapes.

A mail program, a browser or two keystrokes turn such a text back into a picture, so the text is a picture for us
(practice 1.5). What is found is replaced by one line with its size and SHA-256. Long runs that look like base64 are cut
whatever they hold: a wrongly cut identifier costs a reader nothing, a kept picture is an offence. What somebody can
only rebuild with a program of his own (one word of a code for each byte) is not looked for.

Everything here is linear in the length of the text.
"""

import binascii
import html
import re
from collections.abc import Callable, Iterator

from edges.message_kinds import (
    PartKind,
    PartSeen,
    first_file,
    holds_file,
    is_binary,
    kind_of,
    loose_base64,
    mark,
    of_bytes,
    seen,
)

HIDDEN_TYPE = "application/octet-stream"
SURE = 40  # characters of base64 in a row that no word, name or identifier has
LIKELY = 16  # characters in a row that count when others follow
SHORTEST = 48  # characters of a block made of likely pieces
GAP = 24  # characters between two pieces of the same block
IDENTIFIER = 64  # characters before an @ that may be the left side of a Message-ID (RFC 5321, 4.5.3.1.1)
MOST_URL = 400  # characters of an address that may stand

_URL_PIECE = 64  # characters in a row that an address may hold
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_TAIL = re.compile(r"[\s>|]{0,12}[A-Za-z0-9+/_-]{0,76}={0,2}(?=[\s\"'<>)]|\Z)")
_HEAD = re.compile(r"(?:^|[\s\"'>(])[A-Za-z0-9+/_-]{0,76}[\s>|]{0,12}\Z")
_CASES = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9+/])")
_FILE_BASE64 = ("iVBORw0KG", "R0lGODdh", "R0lGODlh", "UklGR", "UEsDB", "GkXfo", "UmFyIRoH", "N3q8ryc")
_JPEG_SIGNS = ("/9j/", "Z0eX")  # one of them stands in whatever the next pattern finds
_JPEG_BASE64 = re.compile(r"/9j/[w-z0-9+/]|AAAA[A-Za-z0-9+/][GWm2]Z0eX")
_HEX_SIGNS = ("ffd8ff", "89504e470d", "474946383", "52494646", "504b0304", "66747970")  # the same for this one
_FILE_HEX = re.compile(
    r"ffd8ff[c-f]|89504e470d|474946383[79]61|52494646.{8}(?:57454250|41564920)|504b0304|000000..66747970"
)
_LONG_HEX = b"h" * 132  # no digest is that long
_HEX_AS_H = bytes(ord("h") if chr(byte) in "0123456789abcdefABCDEF" else ord(".") for byte in range(256))
_HEX_RUN = re.compile(r"(?:(?:\\x|%|=|0x|&#x|\\u00)?[0-9A-Fa-f]{2}[\s:,;>|]{0,3}){12,}")
_SPACE = r"[\s>|]*"

_UU = re.compile(r"(?m)^[ \t>|]*begin(?:-base64)? [0-7]{3,4} [^\r\n]*")
_UU_END = re.compile(r"(?m)^[ \t>|]*(?:end|====)[ \t]*\r?$")
_UU_LINES = re.compile(
    r"(?m)(?:^[ \t>|]*M[ -`]{60}[ \t]*(?:\r?\n|\Z)){2,}(?:^[ \t>|]*[ -`]{1,61}[ \t]*(?:\r?\n|\Z)){0,2}"
)
_DATA = re.compile(r"(?i)data(?::|%3a|&colon;|&#58;|&#x3a;)(?=[a-z;,])[^,\s\"'<>]{0,200},")
_DATA_BODY = re.compile(r"[^\s\"'<>)]*(?:\s+[A-Za-z0-9+/=%]{20,}(?![^\s\"'<>)]))*")
_ASCII85 = re.compile(r"<~[!-uz\s]{20,}?~>")
_ESCAPE = re.compile(
    r"=[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u00[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{1,4};|\\[0-3][0-7]{2}"
)

Span = tuple[int, int, bytes]


def without_hidden(text: str) -> tuple[str, tuple[PartSeen, ...]]:
    """Return the text with a mark in place of each hidden file, and what was found."""
    found: list[PartSeen] = []
    for search in _SEARCHES:
        spans = list(search(text))
        if spans:
            text = _cut(text, spans, found)
    return text, tuple(found)


def still_hides(text: str) -> bool:
    """Whether a file in clear, base64 or hexadecimal begins anywhere in a text, spaces and quote marks ignored."""
    packed = _packed(text)
    return _begins_base64(packed) or _begins_hex(packed) or (not text.isascii() and _has_raw_file(text))


def _cut(text: str, spans: list[Span], found: list[PartSeen]) -> str:
    pieces, at = [], 0
    for start, end, data in spans:
        if start < at:
            continue
        part = seen(HIDDEN_TYPE, data, _hidden_kind(data))
        found.append(part)
        pieces += [text[at:start], mark(part)]
        at = end
    return "".join([*pieces, text[at:]])


def _hidden_kind(data: bytes) -> PartKind:
    kind = kind_of(HIDDEN_TYPE, (), data)
    return PartKind.OTHER if kind is PartKind.PDF else kind  # only a whole part can be a PDF that is kept


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if text.isascii() else "replace")


def _packed(text: str) -> str:
    return "".join(text.split()).replace(">", "").replace("|", "")


def _begins_base64(packed: str) -> bool:
    return any(sign in packed for sign in _FILE_BASE64) or _begins_jpeg(packed)


def _begins_jpeg(packed: str) -> bool:
    return any(sign in packed for sign in _JPEG_SIGNS) and _JPEG_BASE64.search(packed) is not None


def _begins_hex(packed: str) -> bool:
    lowered = packed.lower()
    return any(sign in lowered for sign in _HEX_SIGNS) and _FILE_HEX.search(lowered) is not None


def _is_long_hex(bare: str) -> bool:
    return _LONG_HEX in bare.encode("latin-1", "replace").translate(_HEX_AS_H)


def _has_raw_file(text: str) -> bool:
    return any(holds_file(text.encode(charset, "replace")) for charset in ("latin-1", "cp1252"))


def _uuencoded(text: str) -> Iterator[Span]:
    """`begin 644 name` to `end`; without an end everything after it belongs to the file."""
    at = 0
    while "begin" in text and (start := _UU.search(text, at)):
        end = _UU_END.search(text, start.end())
        at = end.end() if end else len(text)
        body = text[start.end() : end.start() if end else len(text)]
        yield start.start(), at, loose_base64(_octets(body)) if "-base64" in start[0] else _uu_bytes(body)


def _uu_lines(text: str) -> Iterator[Span]:
    """Uuencoded lines whose beginning was taken away."""
    if "M" in text:
        yield from ((found.start(), found.end(), _uu_bytes(found[0])) for found in _UU_LINES.finditer(text))


def _uu_bytes(body: str) -> bytes:
    decoded = []
    for line in body.splitlines():
        try:
            decoded.append(binascii.a2b_uu(line.lstrip(" \t>|").encode("latin-1", "replace")))
        except binascii.Error:
            decoded.append(b"")
    return b"".join(decoded) or _octets(body)


def _yenc(text: str) -> Iterator[Span]:
    yield from _between(text, "=ybegin ", "=yend")
    yield from _between(text, "(This file must be converted with BinHex", "\0")


def _between(text: str, opening: str, closing: str) -> Iterator[Span]:
    start = text.find(opening)
    while start >= 0:
        stop = text.find(closing, start)
        line = text.find("\n", stop) if stop >= 0 else -1
        end = line if line >= 0 else len(text)
        yield start, end, _octets(text[start:end])
        start = text.find(opening, end)


def _data_uris(text: str) -> Iterator[Span]:
    if "data" not in text.lower():
        return
    at = 0
    while head := _DATA.search(text, at):
        body = _DATA_BODY.match(text, head.end())
        at = body.end() if body else head.end()
        raw = text[head.end() : at]
        plain = _unescaped(raw) if "base64" not in head[0].lower() else loose_base64(_octets(raw.replace("%2B", "+")))
        yield head.start(), at, plain or _octets(raw)


def _drawings(text: str) -> Iterator[Span]:
    """Vector pictures inside HTML."""
    lowered = text.lower() if "svg" in text or "SVG" in text else ""
    start = lowered.find("<svg")
    while start >= 0:
        stop = lowered.find("</svg", start)
        end = stop + 6 if stop >= 0 else len(text)
        yield start, end, _octets(text[start:end])
        start = lowered.find("<svg", end)


def _ascii85(text: str) -> Iterator[Span]:
    if "<~" in text and "~>" in text:
        yield from ((found.start(), found.end(), _octets(found[0])) for found in _ASCII85.finditer(text))


def _dense(token: str) -> bool:
    """Whether letters are mixed as in base64 and in no word of a language."""
    return _CASES.match(token) is not None


def _base64_blocks(text: str) -> Iterator[Span]:
    """Runs of dense pieces with little between them; long enough together, or one long one."""
    block: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        if not _counts(text, token):
            continue
        if block and not _is_gap(text[block[-1][1] : token.start()]):
            yield from _block(text, block)
            block = []
        block.append(token.span())
    yield from _block(text, block)


_GAP_IN_BLOCK = re.compile(r"[A-Za-z0-9+/_=\s>|-]{0,100}\Z")


def _is_gap(between: str) -> bool:
    """Whether what stands between two pieces is short, or could be base64 itself."""
    return len(between) <= GAP or _GAP_IN_BLOCK.match(between) is not None


def _counts(text: str, token: re.Match[str]) -> bool:
    """Whether a piece may belong to a block: dense, or long without being a digest, a line or an address."""
    word = token[0]
    if not _dense(word):
        return _AAAA in word or (len(word) >= 60 and len(set(word)) > 3 and not _plain_run(word))
    if len(word) <= IDENTIFIER and text[token.end() : token.end() + 1] == "@":
        return _begins_base64(word)  # the left side of a Message-ID
    return not _in_url(text, token)


_AAAA = "A" * 24
_PLAIN_RUN = re.compile(
    r"[0-9a-f]{1,128}|[0-9A-F]{1,128}|[a-z_/+-]+|[0-9_/+-]+|(?:[A-Za-z0-9]{0,15}[-_/+])*[A-Za-z0-9]{0,15}=*"
)


def _plain_run(word: str) -> bool:
    return _PLAIN_RUN.fullmatch(word) is not None


def _in_url(text: str, token: re.Match[str]) -> bool:
    """Whether a piece stands in an address of ordinary length and does not begin a file."""
    scheme = text.rfind("://", max(token.start() - MOST_URL, 0), token.start())
    if scheme < 0 or any(space in text[scheme : token.start()] for space in " \t\r\n"):
        return False
    longest = max(map(len, re.split("[/_=-]", token[0])))
    return token.end() - scheme <= MOST_URL and longest < _URL_PIECE and not _begins_base64(token[0])


def _block(text: str, block: list[tuple[int, int]]) -> Iterator[Span]:
    if not block:
        return
    lengths = [end - start for start, end in block]
    first = text[block[0][0] : block[0][1]]
    if max(lengths) < SURE and not (len(block) > 1 and sum(lengths) >= SHORTEST) and not _begins_base64(first):
        return
    head = _HEAD.search(text, max(block[0][0] - 90, 0), block[0][0])
    start = head.start() if head and "\n" in head[0] and " " not in head[0].strip() else block[0][0]
    tail = _TAIL.match(text, block[-1][1])
    end = tail.end() if tail and ("\n" in tail[0] or tail[0].endswith("=")) else block[-1][1]
    yield start, end, _block_bytes(text[start:end], text[block[0][0] : end])


def _block_bytes(whole: str, from_first: str) -> bytes:
    """The decoded block; where it begins is tried twice, so that a picture is called one."""
    readings = [loose_base64(_octets(one)) for one in (whole, from_first)]
    return next((data for data in readings if of_bytes(data)), readings[0]) or _octets(whole)


def _hexadecimal(text: str) -> Iterator[Span]:
    """Hexadecimal in any spelling: longer than any digest, or the beginning of a file."""
    bare = _packed(text)
    for between in ("\\x", "0x", "%", "=", ":", ",", "\\u00", "&#x", ";"):
        bare = bare.replace(between, "") if between in bare else bare
    if not _is_long_hex(bare) and not _begins_hex(bare):
        return
    for run in _HEX_RUN.finditer(text):
        digits = re.sub(r"\\x|0x|&#x|\\u00|[^0-9A-Fa-f]", "", run[0])
        if len(digits) > 130 or _begins_hex(digits):
            yield run.start(), run.end(), bytes.fromhex(digits[: len(digits) // 2 * 2])


def _escaped(text: str) -> Iterator[Span]:
    """Quoted-printable, percent, backslash and HTML escapes that give a file: all lines from the first to the last."""
    if not any(sign in text for sign in ("=", "%", "\\", "&#")):
        return
    escapes = [found.span() for found in _ESCAPE.finditer(text)]
    if len(escapes) < 4:
        return
    start = text.rfind("\n", 0, escapes[0][0]) + 1
    line = text.find("\n", escapes[-1][1])
    end = line if line >= 0 else len(text)
    data = _unescaped(text[start:end])
    if is_binary(data, charset_known=True):
        yield start, end, data


_SOFT = re.compile(rb"=\r?\n[ \t>|]*")


def _unescaped(text: str) -> bytes:
    """All kinds of escapes at once, as bytes."""
    plain = text if "&#" not in text else _entities(text)
    data = _SOFT.sub(b"", plain.encode("latin-1", "replace"))
    return _ESCAPE_BYTES.sub(lambda found: bytes((int(found[1] or found[2], 16 if found[1] else 8) & 0xFF,)), data)


_ESCAPE_BYTES = re.compile(rb"(?:=|%|\\x|\\u00)([0-9A-Fa-f]{2})|\\([0-3][0-7]{2})")


def _entities(text: str) -> str:
    return re.sub(r"&#x?[0-9A-Fa-f]{1,4};", lambda found: _entity(found[0]), text)


def _entity(entity: str) -> str:
    """Windows-1252 is not applied to 128 to 159, as a browser would: here the byte itself counts."""
    digits = entity[2:-1]
    point = int(digits[1:], 16) if digits[0] in "xX" and len(digits) > 1 else int(digits) if digits.isdigit() else 0
    return chr(point) if 0 < point < 0xD800 else html.unescape(entity)


def _spread(text: str) -> Iterator[Span]:
    """Base64 of a file in pieces too short for a block: everything after its beginning that could belong to it."""
    packed = _packed(text)
    if not _begins_base64(packed):
        return
    for sign in _FILE_BASE64:
        if sign in packed:
            yield from _after(text, _SPACE.join(map(re.escape, sign)))
    if _begins_jpeg(packed):
        jpeg = _SPACE.join(("/", "9", "j", "/", "[w-z0-9+/]"))
        film = _SPACE.join((*"AAAA", "[A-Za-z0-9+/]", "[GWm2]", *"Z0eX"))
        yield from _after(text, f"{jpeg}|{film}")


_GROUP = re.compile(r"[A-Za-z0-9+/]{2,15}(?![A-Za-z0-9+/])")
GROUPS = 16  # pieces of one length in a row, with nothing but space between: no language has so many


def _grouped(text: str) -> Iterator[Span]:
    """Base64 in groups of one length, such as `VBOr w0KG goAA`, wherever it begins."""
    run: list[tuple[int, int]] = []
    for group in _GROUP.finditer(text):
        length = group.end() - group.start()
        goes_on = run and length == run[-1][1] - run[-1][0] and not text[run[-1][1] : group.start()].strip(" \t\r\n>|")
        if not goes_on:
            yield from _groups(text, run)
            run = []
        run.append(group.span())
    yield from _groups(text, run)


def _groups(text: str, run: list[tuple[int, int]]) -> Iterator[Span]:
    if len(run) < GROUPS:
        return
    whole = text[run[0][0] : run[-1][1]]
    if _dense(_packed(whole)):
        yield run[0][0], run[-1][1], loose_base64(_octets(whole)) or _octets(whole)


def _after(text: str, beginning: str) -> Iterator[Span]:
    for found in re.finditer(rf"(?:{beginning})[A-Za-z0-9+/=_\s>|-]*", text):
        yield found.start(), found.end(), loose_base64(_octets(found[0])) or _octets(found[0])


def _raw(text: str) -> Iterator[Span]:
    """The bytes of a file itself, each as one character: all that follows."""
    if not text.isascii():
        readings = (text.encode(charset, "replace") for charset in ("latin-1", "cp1252"))
        data = next((octets for octets in readings if holds_file(octets)), None)
        if data is not None:
            yield 0, len(text), data[first_file(data) :]


_SEARCHES: tuple[Callable[[str], Iterator[Span]], ...] = (
    _raw,
    _uuencoded,
    _uu_lines,
    _yenc,
    _data_uris,
    _drawings,
    _ascii85,
    _escaped,
    _hexadecimal,
    _base64_blocks,
    _spread,
    _grouped,
)
