"""Reading what an IMAP server says, and writing a folder's name as it expects it (RFC 3501)."""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

_MESSAGE = re.compile(rb"(?:\* )?\d+ FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b", re.IGNORECASE)
_DATE = re.compile(
    rb'\bINTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_QUOTED = re.compile(rb'\bBODY\[[^\]]{0,40}\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_IN_QUOTES = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(rb"\d{1,10}")
_EXISTS = re.compile(rb"(\d{1,10}) EXISTS", re.IGNORECASE)
_GONE = re.compile(rb"\d{1,10} EXPUNGE", re.IGNORECASE)
_MONTHS = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"]
_BEYOND_ASCII = re.compile(r"([^\x20-\x7e]+)")


@dataclass(slots=True)
class Item:
    """One message of an answer to FETCH; what it holds is never shown."""

    uid: int
    text: bytes = field(repr=False)
    literals: list[bytearray] = field(repr=False)

    @property
    def size(self) -> int | None:
        found = _SIZE.search(_unquoted(self.text))
        return int(found[1]) if found else None

    @property
    def internal_date(self) -> datetime | None:
        """When the server received it, in UTC; none if the server gives no date that exists."""
        found = _DATE.search(self.text)
        if found is None or found[2].lower() not in _MONTHS:
            return None
        day, month, year, hour, minute, second, sign, east_hours, east_minutes = found.groups()
        east = timedelta(hours=int(east_hours), minutes=int(east_minutes)) * (1 if sign == b"+" else -1)
        try:
            at = datetime(
                int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second),
                tzinfo=timezone(east),
            )  # fmt: skip
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    @property
    def body(self) -> bytes | None:
        """What was asked for of the message: a literal or a short text in quotes; none if the server has none."""
        if self.literals:
            return bytes(self.literals[0])
        found = _QUOTED.search(self.text)
        return re.sub(rb"\\(.)", rb"\1", found[1], flags=re.DOTALL) if found else None


def items(lines: Iterable[bytes | bytearray]) -> Iterator[Item]:
    """The messages of an answer to FETCH; one without a UID (a change of flags that nobody asked about) is none."""
    text: bytes | None = None
    literals: list[bytearray] = []
    for line in [*lines, b"0 FETCH ("]:
        if isinstance(line, bytearray):
            literals.append(line)
        elif _MESSAGE.match(line):
            if text is not None and (uid := _UID.search(_unquoted(text))):
                yield Item(int(uid[1]), text, literals)
            text, literals = line, []
        elif text is not None:
            text += b" " + line


def _unquoted(text: bytes) -> bytes:
    """A short message may come in quotes and hold anything: what it says is not the server's word."""
    return _IN_QUOTES.sub(b'""', text)


def uids_found(lines: Sequence[bytes | bytearray]) -> list[int]:
    """The numbers of an answer to SEARCH, in order; the last line is the server's remark on it."""
    words = (word for line in lines[:-1] for word in bytes(line).split())
    return sorted({int(word) for word in words if _NUMBER.fullmatch(word)})


def told(lines: Iterable[bytes | bytearray], name: str) -> int | None:
    """The value of a response code such as `[UIDVALIDITY 3857529045]`."""
    for line in lines:
        found = re.search(rb"\[" + name.encode() + rb" (\d{1,10})\]", bytes(line), re.IGNORECASE)
        if found:
            return int(found[1])
    return None


def exists(lines: Iterable[bytes | bytearray]) -> int | None:
    """How many messages there are, as far as these lines say so; the last word counts."""
    found = [match for line in lines if (match := _EXISTS.fullmatch(bytes(line)))]
    return int(found[-1][1]) if found else None


def gone(lines: Iterable[bytes | bytearray]) -> int:
    """How many messages were removed, as these lines say."""
    return sum(1 for line in lines if _GONE.fullmatch(bytes(line)))


def uid_set(uids: Sequence[int]) -> str:
    """`1,2,3,7` in the short form `1:3,7`; the numbers must be in order."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def folder_name(name: str) -> str:
    """A folder's name as it goes over the line: modified UTF-7, in quotes (RFC 3501, 5.1.3)."""
    written = "".join(
        f"&{_base64(part)}-" if odd % 2 else part.replace("&", "&-")
        for odd, part in enumerate(_BEYOND_ASCII.split(name))
    )
    escaped = written.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _base64(part: str) -> str:
    octets = binascii.b2a_base64(part.encode("utf-16-be", "surrogatepass"), newline=False)
    return octets.decode().rstrip("=").replace("/", ",")
