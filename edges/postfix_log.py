"""
Reading Postfix's log: which mail server took a letter of ours, and when.

Our relay's answer is not the addressee's receipt (practice 1.7). A line of Postfix's own SMTP client that says `sent`
through a remote relay is: that server answered 250. It is the addressee's own server only where Postfix delivers to
the addressee's mail exchanger itself; with a `relayhost` it is the next relay, and the log proves nothing more than
our relay does. A queue id may come again after days: match it together with the time.

Only whole lines count, each from its beginning: what a header check or a remote server makes Postfix write further on
in a line cannot pass for a line of its SMTP client.
"""

import ipaddress
import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

MOST_LINE = 8_192  # octets of a line that are looked at; what matters stands at its beginning
MOST_RESPONSE = 500  # characters kept of what the remote server said
MOST_BYTES = 64_000_000  # of the log in one reading

_STAMP = (
    rb"(?P<stamp>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"  # the traditional form
    rb"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"  # RFC 3339
)
_HEAD = (
    rb"%b [!-~]{1,255} postfix[\w.-]{0,50}(?:/[\w.-]{1,50}){0,3}?/(?P<process>%b)\[\d{1,10}\]: "
    rb"(?P<queue>[0-9A-Za-z]{5,40}): "
)
_DELIVERY = re.compile(
    _HEAD
    % (_STAMP, b"smtp|lmtp|local|virtual|pipe|error|retry|discard|bounce")
    + rb"to=<(?P<to>[^<>\s]{1,320})>, (?:orig_to=<[^<>\s]{0,320}>, )?relay=(?P<relay>[^\s,]{1,300}), "
    rb"(?:conn_use=\d{1,9}, )?delay=[\d.]{1,20}, (?:delays=[\d./]{1,80}, )?dsn=(?P<dsn>[245]\.\d{1,3}\.\d{1,3}), "
    rb"status=(?P<status>sent|deferred|bounced|expired)(?: \((?P<response>.*)|\Z)",
    re.DOTALL,
)
_EXPIRED = re.compile(
    _HEAD % (_STAMP, b"n?qmgr|oqmgr")
    + rb"from=<[^<>\s]{0,320}>, status=(?:force-)?(?P<status>expired), returned to sender\Z"
)
_RELAY = re.compile(r"(?P<host>[A-Za-z0-9._-]{1,255})\[(?P<ip>[0-9A-Fa-f.:]{2,45})\](?::\d{1,5})?\Z")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")

# Addresses inside a house: a content filter or mailbox server there is not the addressee's mail exchanger.
_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::/128", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


class Status(StrEnum):
    """What Postfix says became of a letter."""

    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Relayed:
    """One delivery as Postfix logged it; `repr` names no recipient."""

    queue_id: str
    recipient: str = field(repr=False)  # in lower case; empty for a letter that expired in the queue
    status: Status
    dsn: str  # "2.0.0"; empty for a letter that expired in the queue
    relay_host: str  # empty where there was none
    relay_is_local: bool
    at: datetime
    response: str = field(default="", repr=False)

    @property
    def accepted_elsewhere(self) -> bool:
        """Whether a mail server outside this house said that it took the letter."""
        return self.status is Status.SENT and not self.relay_is_local and self.dsn.startswith("2.")


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far a log was read; `LogPosition(0, 0)` is the beginning of whatever is there."""

    inode: int
    offset: int


def read_log(
    path: Path,
    position: LogPosition,
    *,
    zone: ZoneInfo,
    now: datetime,
    until: datetime | None = None,
    most_bytes: int = MOST_BYTES,
) -> tuple[list[Relayed], LogPosition]:
    """
    Give what the log says after `position`, and the new position.

    After a rotation the rest of the old file is read first, if it is still there as `<path>.1`. A last line without
    its end is left for the next time, and so is all from the first delivery after `until` on. `zone` is that of
    stamps without one, and `now` tells their year. At most `most_bytes` are read: read again until the position
    stays. Blocking: call it in a thread.

    Raises:
        OSError: the log is there and cannot be read. A log that is not there (yet) has no rows.
    """
    rows: list[Relayed] = []
    with closing(_files(path, position)) as files:
        for file, start in files:
            inode = os.fstat(file.fileno()).st_ino
            position = LogPosition(inode, start)
            for line, end in _lines(file, start):
                row = parse_line(line, zone=zone, now=now)
                if row and until is not None and row.at > until:
                    return rows, position
                if row:
                    rows.append(row)
                position = LogPosition(inode, end)
                if end - start >= most_bytes:
                    return rows, position
            most_bytes -= position.offset - start
    return rows, position


def parse_line(line: bytes, *, zone: ZoneInfo, now: datetime) -> Relayed | None:
    """The row of one line, if it is a delivery or an end in the queue."""
    found = _DELIVERY.match(line) or _EXPIRED.match(line)
    if found is None or found["queue"] == b"NOQUEUE" or (at := _when(found["stamp"], zone, now)) is None:
        return None
    part = found.groupdict(default=b"")
    host, local = _relay(part.get("relay", b"").decode("ascii", "replace"), part["process"])
    return Relayed(
        queue_id=part["queue"].decode(),
        recipient=part.get("to", b"").decode("utf-8", "replace").lower(),
        status=Status(part["status"].decode()),
        dsn=part.get("dsn", b"").decode(),
        relay_host=host,
        relay_is_local=local,
        at=at,
        response=_plain(part.get("response", b"")),
    )


def _relay(relay: str, process: bytes) -> tuple[str, bool]:
    """
    The host of a relay, and whether it is inside our own house.

    Only Postfix's SMTP client speaks to other people's servers, and only an address tells where they are.
    """
    found = _RELAY.match(relay)
    if found is None:
        return "", True
    try:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(found["ip"])
    except ValueError:
        return found["host"].lower(), True
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    inside = any(address in network for network in _INSIDE if network.version == address.version)
    return found["host"].lower(), inside or process != b"smtp"


def _when(stamp: bytes, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The instant of a stamp, in UTC; none if there is no such day."""
    if stamp[:1].isdigit():
        with suppress(ValueError, OverflowError):
            at = datetime.fromisoformat(stamp.decode())
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        return None
    return _without_year(stamp, zone, now)


def _without_year(stamp: bytes, zone: ZoneInfo, now: datetime) -> datetime | None:
    """
    The latest year in which the stamp does not lie in the future.

    A clock may be a little ahead, hence a day of grace; 29 February may be years ago.
    """
    if stamp[:3] not in _MONTHS:
        return None
    month, day = _MONTHS.index(stamp[:3]) + 1, int(stamp[4:6])
    hour, minute, second = int(stamp[7:9]), int(stamp[10:12]), int(stamp[13:15])
    latest = now + timedelta(days=1)
    for year in range(latest.astimezone(zone).year, latest.year - 9, -1):
        with suppress(ValueError):
            at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
            if at <= latest:
                return at
    return None


def _plain(response: bytes) -> str:
    """What the remote server said, without control characters and without our closing bracket."""
    text = response.decode("utf-8", "replace").removesuffix(")")
    return "".join(c for c in text if c.isprintable())[:MOST_RESPONSE]


def _files(path: Path, position: LogPosition) -> Generator[tuple[BinaryIO, int], None, None]:
    """The files to read, each with where to begin: the rest of the rotated one, then the present one."""
    old = path.with_name(path.name + ".1")
    with suppress(FileNotFoundError), path.open("rb") as present:
        found = os.fstat(present.fileno())
        same = found.st_ino == position.inode
        if same and found.st_size >= position.offset:
            yield present, position.offset
            return
        yield from _rest(old, position, copied=same)  # the same file, and shorter: copied to .1, then cut
        yield present, 0
        return
    yield from _rest(old, position, copied=False)  # rotated, and nothing was logged since


def _rest(old: Path, position: LogPosition, *, copied: bool) -> Iterator[tuple[BinaryIO, int]]:
    with suppress(FileNotFoundError), old.open("rb") as rotated:
        there = os.fstat(rotated.fileno())
        if position.inode and (copied or there.st_ino == position.inode) and there.st_size >= position.offset:
            yield rotated, position.offset


def _lines(file: BinaryIO, start: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines without their end, the first octets of each, with the place after it."""
    file.seek(start)
    head, place = b"", start
    while piece := file.readline(MOST_LINE):
        place += len(piece)
        head = head or piece
        if piece.endswith(b"\n"):
            yield head.rstrip(b"\r\n"), place
            head = b""
