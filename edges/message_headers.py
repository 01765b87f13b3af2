"""
The headers of a message or of one of its parts: split, unfolded, decoded; nothing here ever raises.

The parser of the standard library is slow, refolds, and raises on some of what the world sends. This one keeps where
each header stands in the bytes, so that the message can be kept as it came.
"""

import binascii
import codecs
import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

MOST_HEADERS = 1_000
MOST_BYTES = 400_000  # of all headers of one part
MOST_VALUE = 20_000  # characters of one value that are read
MOST_ADDRESSES = 100
MOST_IDS = 50

_LINE = re.compile(rb"([!-9;-~]{1,100})[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)(?:\r?\n|\r|\Z)")
_BLANK = re.compile(rb"[ \t]*(?:\r?\n|\r)")
_MBOX = re.compile(rb">?From [^\r\n]*(?:\r?\n|\r)")
_FOLD = re.compile(r"\r?\n[ \t]+")
_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[A-Za-z0-9_.:-]{1,40}(?:\*[A-Za-z0-9-]{0,20})?\?[bBqQ]\?)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]{1,128}@[^\s<>,;:\"()\[\]\\@]{1,255}")
_ID = re.compile(r"<([^\s<>@]{1,200}@[^\s<>@]{1,200})>")
_TYPE = re.compile(r"\s*([A-Za-z0-9][\w!#$&^.+-]{0,60})/([A-Za-z0-9][\w!#$&^.+-]{0,80})", re.ASCII)
_PARAMETER = re.compile(r';\s*([\w*\'%-]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)', re.ASCII)
_PYTHON_CHARSETS = re.compile(
    r"(?:us-?)?ascii|utf-?8|latin-?[1-9]|iso-?8859-\d{1,2}|(?:windows|cp)-?125\d|koi8-[rut]|gb2312|gbk|gb18030|big5"
    r"|euc-(?:jp|kr)|shift[_-]jis|iso-2022-(?:jp|kr)|ks_c_5601-1987|tis-620|macintosh|utf-?16(?:-?[lb]e)?"
)
ASCII_LIKE = re.compile(
    r"(?:us-?)?ascii|utf-?8|latin-?[1-9]|iso-?8859-\d{1,2}|(?:windows|cp)-?125\d|koi8-[rut]|euc-.*|gb2312|gbk"
)


@dataclass(frozen=True, slots=True)
class Header:
    """One header: its name in lower case, its value unfolded but not decoded, and where it stands."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Headers:
    """All headers of one part, in order; `body` is where its body begins."""

    all: tuple[Header, ...]
    body: int

    def get(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        return next((header.value for header in self.all if header.name == name), "")

    def get_all(self, *names: str) -> list[str]:
        """All values of these headers."""
        return [header.value for header in self.all if header.name in names]

    def has(self, name: str) -> bool:
        """Whether a header is there, be it empty."""
        return any(header.name == name for header in self.all)


def read_headers(raw: bytes, start: int, end: int) -> Headers:
    """Read from `start` to the empty line, or to the first line that is no header."""
    at = start
    found: list[Header] = []
    mbox = _MBOX.match(raw, at, end)
    if mbox:
        at = mbox.end()
    stop = min(end, at + MOST_BYTES)
    while at < stop and len(found) < MOST_HEADERS:
        line = _LINE.match(raw, at, stop)
        if not line:
            break
        value = line[2] if len(line[2]) <= MOST_VALUE else line[2][:MOST_VALUE]
        found.append(Header(line[1].decode("ascii").lower(), _unfolded(value), at, line.end()))
        at = line.end()
    blank = _BLANK.match(raw, at, end)
    return Headers(tuple(found), blank.end() if blank else at)


def _unfolded(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("cp1252", "replace")
    return (_FOLD.sub(" ", text) if "\n" in text else text).strip(" \t\r\n")


def one_line(value: str, most: int) -> str:
    """A value for people: encoded words decoded, no control or direction characters, single spaces, bounded."""
    return " ".join(_CONTROL.sub(" ", decoded(value[: most * 20])).split())[:most]


def decoded(value: str) -> str:
    """Decode encoded words (RFC 2047); neighbours of one charset are joined first, as many programs cut letters."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending, charset, at = b"", "", 0
    value = _BETWEEN_WORDS.sub(r"\1", value)
    for word in _WORD.finditer(value):
        if pending and (word.start() > at or word[1].lower() != charset):
            pieces.append(text_in(pending, charset))
            pending = b""
        pieces.append(value[at : word.start()])
        pending, charset, at = pending + _word_bytes(word[2], word[3]), word[1].lower(), word.end()
    return "".join([*pieces, text_in(pending, charset), value[at:]])


def _word_bytes(encoding: str, body: str) -> bytes:
    octets = body.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(octets, header=True)
    try:
        return binascii.a2b_base64(octets + b"=" * (-len(octets) % 4))
    except binascii.Error:
        return b""


def text_in(octets: bytes, charset: str) -> str:
    """Bytes as text: the named charset if it is a known one, else UTF-8, else Windows-1252; never an error."""
    charset = charset.strip().lower()
    if _PYTHON_CHARSETS.fullmatch(charset) and charset not in ("utf-8", "utf8", "us-ascii", "ascii"):
        try:
            return codecs.decode(octets, charset, "replace").replace("\ufeff", "")
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return octets.decode("utf-8").replace("\ufeff", "")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def content_type(value: str, default: str = "text/plain") -> str:
    """The media type in lower case; what cannot be read is `default`."""
    found = _TYPE.match(value)
    return f"{found[1]}/{found[2]}".lower() if found else default


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition, the first of each name, unquoted."""
    if ";" not in value:
        return {}
    given: dict[str, str] = {}
    for name, text in _PARAMETER.findall(value):
        plain = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') and len(text) > 1 else text
        given.setdefault(name.lower(), plain)
    return given


def file_names(headers: Headers) -> list[str]:
    """Every name that the headers give a part, in every spelling; looked at for its ending and forgotten."""
    names: list[str] = []
    for value in headers.get_all("content-disposition", "content-type", "content-description", "content-location"):
        lowered = value.lower()
        if "name" in lowered:
            at = lowered.index("name")
            names.append(decoded(unquote_to_bytes(value[at:].encode("utf-8", "replace")).decode("latin-1")))
    for value in headers.get_all("content-description", "content-location"):
        names.append(decoded(value))
    return names


def addresses(values: list[str]) -> list[str]:
    """All addresses in these values in lower case, in order, each once, at most MOST_ADDRESSES."""
    found: dict[str, None] = {}
    for value in values:
        for address in _ADDRESS.finditer(_QUOTED.sub(" ", value) if '"' in value else value):
            one = _CONTROL.sub("", address[0]).strip(".'").lower()
            if _fits(one):
                found.setdefault(one)
            if len(found) == MOST_ADDRESSES:
                return list(found)
    return list(found)


def _fits(address: str) -> bool:
    """Whether mail can go there at all (RFC 5321, 4.5.3.1; RFC 1035, 2.3.4): a file hidden in an address is longer."""
    return len(address) <= 254 and all(len(label) <= 63 for label in address.rpartition("@")[2].split("."))


def identifiers(value: str) -> list[str]:
    """The message identifiers in a value, with their brackets, in order, each once."""
    ids = (found[1] for found in _ID.finditer(value))
    return list(dict.fromkeys(f"<{one}>" for one in ids if one.isprintable() and len(one) <= 250))


def date_of(value: str) -> datetime | None:
    """The time of a Date header in UTC; None for what is no date."""
    if not value:
        return None
    try:
        at = parsedate_to_datetime(value[:200])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
