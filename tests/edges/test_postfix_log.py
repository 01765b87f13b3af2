"""Postfix's log: which lines prove that a server outside took a letter, and that nothing can pass for such a line."""

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edges.postfix_log import LogPosition, Relayed, Status, parse_line, read_log

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
START = LogPosition(0, 0)

SENT = (
    b"Nov 30 21:00:00 relay postfix/smtp[20417]: 4ABCDE1F2: to=<Abuse@host.example>, relay=mx1.host.example[192.0.2.10]:25, "
    b"delay=1.3, delays=0.04/0.01/0.5/0.75, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9XYZ1234)"
)
LOG = b"""\
Nov 30 20:59:58 relay postfix/smtpd[20412]: connect from localhost[127.0.0.1]
Nov 30 20:59:58 relay postfix/smtpd[20412]: 4ABCDE1F2: client=localhost[127.0.0.1]
Nov 30 20:59:58 relay postfix/cleanup[20415]: 4ABCDE1F2: message-id=<0123@hotline.example>
Nov 30 20:59:58 relay postfix/qmgr[901]: 4ABCDE1F2: from=<notices@hotline.example>, size=4180, nrcpt=1 (queue active)
Nov 30 20:59:59 relay postfix/smtp[20417]: Trusted TLS connection established to mx1.host.example[192.0.2.10]:25: TLSv1.3
%b
Nov 30 21:00:00 relay postfix/qmgr[901]: 4ABCDE1F2: removed
Nov 30 21:00:01 relay postfix-out/smtp[20418]: 4bYXqL2Zvnz1kN: to=<dsa@arcom.example>, orig_to=<x@hotline.example>, relay=mx.arcom.example[2001:db8::25]:25, conn_use=3, delay=0.5, delays=0/0/0.2/0.3, dsn=2.6.0, status=sent (250 2.6.0 <0123@hotline.example> Queued mail for delivery)
Nov 30 21:00:02 relay postfix/smtp[20417]: 5F0: to=<a@host.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
2026-11-30T21:00:03.123456+01:00 relay postfix/relay/smtp[77]: 6AAAA1: to=<abuse@slow.example>, relay=mx.slow.example[198.51.100.7]:25, delay=31, delays=0/0/30/1, dsn=4.7.1, status=deferred (host mx.slow.example[198.51.100.7] said: 451 4.7.1 Greylisted (in reply to RCPT TO command))
2026-11-30T20:00:04Z relay postfix/smtp[78]: 6AAAA2: to=<abuse@gone.example>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to mx.gone.example[203.0.113.9]:25: Connection timed out)
Nov 30 21:00:05 relay postfix/smtp[79]: 6AAAA3: to=<nobody@host.example>, relay=mx1.host.example[192.0.2.10]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx1.host.example[192.0.2.10] said: 550 5.1.1 No such user (in reply to RCPT TO command))
Nov 30 21:00:05 relay postfix/bounce[80]: 6AAAA3: sender non-delivery notification: 6AAAA4
Nov 30 21:00:06 relay postfix/local[81]: 6AAAA4: to=<notices@hotline.example>, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered to mailbox)
Nov 30 21:00:07 relay postfix/lmtp[82]: 6AAAA5: to=<answers@hotline.example>, relay=store[private/dovecot-lmtp], delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 Saved)
Nov 30 21:00:08 relay postfix/smtp[83]: 6AAAA6: to=<abuse@host.example>, relay=127.0.0.1[127.0.0.1]:10025, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10026): 250 2.0.0 Ok: queued as 6AAAA7)
Nov 30 21:00:09 relay postfix/smtp[84]: 6AAAA8: to=<abuse@host.example>, relay=mx1.host.example[192.0.2.10]:25, delay=1, delays=0/0/0/1, dsn=2.1.5, status=deliverable (250 2.1.5 Ok)
Nov 30 21:00:10 relay postfix/qmgr[901]: 6AAAA2: from=<notices@hotline.example>, status=expired, returned to sender
Nov 30 21:00:11 relay postfix/error[85]: 6AAAA9: to=<abuse@void.example>, relay=none, delay=9, delays=9/0/0/0, dsn=5.4.4, status=bounced (Host or domain name not found)
Nov 30 21:00:12 relay postfix/discard[86]: 6AAAAA: to=<abuse@void.example>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (discarded)
Nov 30 21:00:13 relay dovecot[3]: imap-login: Login: user=<answers>
"""
LOG = LOG.replace(b"%b", SENT)


def rows_of(log: bytes, tmp_path: Path) -> list[Relayed]:
    """The rows of a log."""
    path = tmp_path / "mail.log"
    path.write_bytes(log)
    return read_log(path, START, zone=PARIS, now=NOW)[0]


def test_a_day_of_a_relay(tmp_path: Path) -> None:
    """All deliveries in order, in UTC; three letters only were taken by a server outside."""
    rows = rows_of(LOG, tmp_path)
    assert [(row.queue_id, row.status, row.dsn, row.relay_host, row.relay_is_local) for row in rows] == [
        ("4ABCDE1F2", Status.SENT, "2.0.0", "mx1.host.example", False),
        ("4bYXqL2Zvnz1kN", Status.SENT, "2.6.0", "mx.arcom.example", False),
        ("6AAAA1", Status.DEFERRED, "4.7.1", "mx.slow.example", False),
        ("6AAAA2", Status.DEFERRED, "4.4.1", "", True),
        ("6AAAA3", Status.BOUNCED, "5.1.1", "mx1.host.example", False),
        ("6AAAA4", Status.SENT, "2.0.0", "", True),
        ("6AAAA5", Status.SENT, "2.0.0", "", True),
        ("6AAAA6", Status.SENT, "2.0.0", "127.0.0.1", True),
        ("6AAAA2", Status.EXPIRED, "", "", True),
        ("6AAAA9", Status.BOUNCED, "5.4.4", "", True),
        ("6AAAAA", Status.SENT, "2.0.0", "", True),
    ]
    assert [row.queue_id for row in rows if row.accepted_elsewhere] == ["4ABCDE1F2", "4bYXqL2Zvnz1kN"]
    assert rows[0] == Relayed(
        "4ABCDE1F2", "abuse@host.example", Status.SENT, "2.0.0", "mx1.host.example", False,
        datetime(2026, 11, 30, 20, 0, tzinfo=UTC), "250 2.0.0 Ok: queued as 9XYZ1234",
    )  # fmt: skip
    assert rows[2].at == datetime(2026, 11, 30, 20, 0, 3, 123456, tzinfo=UTC)
    assert rows[3].at == datetime(2026, 11, 30, 20, 0, 4, tzinfo=UTC)
    assert rows[8].recipient == "" and "host.example>" not in repr(rows[0]) and "abuse" not in repr(rows)


@pytest.mark.parametrize("line", [
    b"Nov 30 21:00:00 relay postfix/cleanup[9]: 4ABCDE1F2: warning: header Subject: " + SENT + b" from localhost[127.0.0.1]",
    b"Nov 30 21:00:00 relay postfix/smtp[9]: 4ABCDE1F2: to=<a@x.example>, relay=none, delay=1, delays=0/0/0/1, dsn=4.0.0, status=undeliverable (" + SENT + b")",
    b"Nov 30 21:00:00 relay postfix/smtpd[9]: NOQUEUE: reject: RCPT from x[192.0.2.1]: " + SENT,
    b"Nov 30 21:00:00 relay postfix/smtp[9]: NOQUEUE: to=<a@x.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250)",
    b" " + SENT,
    b"x" + SENT,
    SENT.replace(b"postfix/smtp[20417]", b"notpostfix/smtp[20417]"),
    SENT.replace(b"postfix/smtp[20417]", b"logger: postfix/smtp[20417]"),
    SENT.replace(b"postfix/smtp[20417]", b"postfix/smtpd[20417]"),
    SENT.replace(b"postfix/smtp[20417]", b"postfix/smtp"),
    SENT.replace(b"to=<Abuse@host.example>", b"to=<a> b@host.example>"),
    SENT.replace(b"to=<Abuse@host.example>", b"to=<>"),
    SENT.replace(b"status=sent (", b"status=sentinel ("),
    SENT.replace(b"dsn=2.0.0", b"dsn=2.0"),
    SENT.replace(b"Nov 30", b"Nov 31"),
    SENT.replace(b"Nov 30", b"Xyz 30"),
    SENT.replace(b"21:00:00", b"25:00:00"),
    SENT.replace(b"Nov 30 21:00:00", b"2026-13-30T21:00:00Z"),
    b"",
    b"\xff\xfe\x00" * 100,
])  # fmt: skip
def test_nothing_else_passes_for_a_delivery(line: bytes) -> None:
    """What a subject, a remote server or another program makes stand in the log is no row."""
    assert parse_line(line, zone=PARIS, now=NOW) is None


def test_what_a_remote_server_says_changes_nothing(tmp_path: Path) -> None:
    """A refusal that quotes a whole line of success stays a refusal; its words are kept plain and short."""
    said = b"host mx[192.0.2.10] said: 450 \x1b[31m to=<x@y.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)"
    line = SENT.replace(
        b"dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9XYZ1234)",
        b"dsn=4.7.0, status=deferred (" + said + b"x" * 2_000 + b")",
    )
    row = parse_line(line, zone=PARIS, now=NOW)
    assert row is not None and (row.status, row.dsn, row.accepted_elsewhere) == (Status.DEFERRED, "4.7.0", False)
    assert len(row.response) == 500 and row.response.isprintable()


@pytest.mark.parametrize(("relay", "local"), [
    ("mx.host.example[192.0.2.10]:25", False),
    ("mx.host.example[2001:db8::1]:25", False),
    ("mx.host.example[::ffff:10.0.0.5]:25", True),
    ("filter.hotline.example[10.0.0.5]:10024", True),
    ("filter.hotline.example[172.31.0.5]:25", True),
    ("filter.hotline.example[fd00::5]:25", True),
    ("localhost[::1]:25", True),
    ("mx.host.example[999.0.2.10]:25", True),
    ("mx.host.example[/var/run/x]", True),
    ("mx.host.example", True),
    ("none", True),
    ("local", True),
])  # fmt: skip
def test_only_a_relay_outside_the_house_proves_anything(relay: str, local: bool) -> None:
    """A filter on our own network, a socket or no address at all is not the addressee's mail exchanger."""
    line = SENT.replace(b"mx1.host.example[192.0.2.10]:25", relay.encode())
    row = parse_line(line, zone=PARIS, now=NOW)
    assert row is not None and (row.relay_is_local, row.accepted_elsewhere) == (local, not local)
    by_lmtp = parse_line(line.replace(b"postfix/smtp[", b"postfix/lmtp["), zone=PARIS, now=NOW)
    assert by_lmtp is not None and not by_lmtp.accepted_elsewhere


@pytest.mark.parametrize(("stamp", "now", "expected"), [
    ("Dec 31 23:59:59", datetime(2027, 1, 1, 0, 5, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)),
    ("Jan  1 00:00:01", datetime(2026, 12, 31, 23, 0, 2, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, 1, tzinfo=UTC)),
    ("Jan  1 00:00:01", datetime(2026, 12, 31, 22, 59, 0, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, 1, tzinfo=UTC)),
    ("Feb 29 12:00:00", datetime(2026, 3, 1, tzinfo=UTC), datetime(2024, 2, 29, 11, 0, tzinfo=UTC)),
    ("Jul  1 12:00:00", datetime(2026, 7, 2, tzinfo=UTC), datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ("Jul  3 12:00:00", datetime(2026, 7, 1, tzinfo=UTC), datetime(2025, 7, 3, 10, 0, tzinfo=UTC)),
])  # fmt: skip
def test_the_year_of_a_stamp_without_one(stamp: str, now: datetime, expected: datetime) -> None:
    """The latest that does not lie in the future, in the log's own zone; a clock may be a little ahead."""
    row = parse_line(SENT.replace(b"Nov 30 21:00:00", stamp.encode()), zone=PARIS, now=now)
    assert row is not None and row.at == expected


def numbered(*numbers: int) -> bytes:
    """Lines that differ in their queue id."""
    return b"".join(SENT.replace(b"4ABCDE1F2", b"4ABCDE%03d" % number) + b"\n" for number in numbers)


class Log:
    """A log that is read again and again."""

    def __init__(self, folder: Path) -> None:
        self.path, self.position = folder / "mail.log", START

    def write(self, octets: bytes) -> None:
        """Append, as syslog does."""
        with self.path.open("ab") as file:
            file.write(octets)

    def read(self, most_bytes: int = 10**6) -> list[int]:
        """The numbers of the new lines."""
        rows, self.position = read_log(self.path, self.position, zone=PARIS, now=NOW, most_bytes=most_bytes)
        return [int(row.queue_id[-3:]) for row in rows]


def test_each_line_is_read_once_and_whole(tmp_path: Path) -> None:
    """A last line without its end waits for it; a log that is not there yet has no rows."""
    log = Log(tmp_path)
    assert log.read() == []
    log.write(numbered(1, 2) + numbered(3)[:200])
    assert log.read() == [1, 2] and log.read() == []
    log.write(numbered(3)[200:-1])
    assert log.read() == []
    log.write(b"\n" + numbered(4))
    assert log.read() == [3, 4] and log.read() == []


def test_a_rotated_log_is_read_to_its_end_first(tmp_path: Path) -> None:
    """What was written between our last look and the rotation is not lost, and nothing comes twice."""
    log = Log(tmp_path)
    log.write(numbered(1))
    assert log.read() == [1]
    log.write(numbered(2))
    log.path.rename(tmp_path / "mail.log.1")
    assert log.read() == [2] and log.read() == []
    log.write(numbered(4))
    with (tmp_path / "mail.log.1").open("ab") as file:  # written to the old one just before syslog let go of it
        file.write(numbered(3))
    assert log.read() == [3, 4] and log.read() == []
    (tmp_path / "mail.log.1").unlink()
    log.path.rename(tmp_path / "mail.log.2.gz")  # rotated further than we look
    log.write(numbered(5))
    assert log.read() == [5]


def test_a_log_that_is_copied_and_cut_is_read_on(tmp_path: Path) -> None:
    """logrotate's `copytruncate`: the same file, shorter than before; the rest stands in the copy."""
    log = Log(tmp_path)
    log.write(numbered(1, 2))
    assert log.read() == [1, 2]
    log.write(numbered(3))
    shutil.copy(log.path, tmp_path / "mail.log.1")
    os.truncate(log.path, 0)
    log.write(numbered(4))
    assert log.read() == [3, 4] and log.read() == []


def test_an_old_log_of_before_our_time_is_left_alone(tmp_path: Path) -> None:
    """At the first reading only the present log counts, whatever lies beside it."""
    (tmp_path / "mail.log.1").write_bytes(numbered(1))
    log = Log(tmp_path)
    log.write(numbered(2))
    assert log.read() == [2]


def test_a_large_log_is_read_in_portions(tmp_path: Path) -> None:
    """Also across a rotation: the position stays where the reading stopped."""
    log = Log(tmp_path)
    log.write(numbered(*range(10)))
    assert log.read(1) == [0]
    log.path.rename(tmp_path / "mail.log.1")
    log.write(numbered(10, 11))
    found = []
    while more := log.read(600):
        found.append(more)
    assert [number for some in found for number in some] == list(range(1, 12)) and len(found) > 3


def test_garbage_and_endless_lines_stop_nobody(tmp_path: Path) -> None:
    """A megabyte without a line end, raw octets, a line inside a long one: the next real line is read, in no time."""
    log = Log(tmp_path)
    log.write(b"x" * 8_192 + SENT + b"y" * 1_000_000 + b"\n")  # what looks like a line in the middle is none
    log.write(numbered(1)[:-1] + b"z" * 1_000_000 + b"\n")
    log.write(
        bytes(range(256)) * 50 + b"\n" + b"\n" * 1_000 + numbered(2).replace(b"host.example", b"h\xe9\xff.example")
    )
    start = time.perf_counter()
    rows, _ = read_log(log.path, START, zone=PARIS, now=NOW)
    assert [row.queue_id for row in rows] == ["4ABCDE001", "4ABCDE002"] and len(rows[0].response) == 500
    assert time.perf_counter() - start < 1


def test_a_hundred_thousand_lines_take_seconds(tmp_path: Path) -> None:
    """A reading of a day is no burden."""
    log = Log(tmp_path)
    log.write(LOG * 5_000)
    start = time.perf_counter()
    rows, position = read_log(log.path, START, zone=PARIS, now=NOW)
    assert len(rows) == 55_000 and position.offset == log.path.stat().st_size
    assert time.perf_counter() - start < 10


def test_a_queue_id_that_comes_again_is_told_apart_by_its_time(tmp_path: Path) -> None:
    """Postfix may use a short queue id again: both rows come, each at its time."""
    rows = rows_of(SENT + b"\n" + SENT.replace(b"Nov 30 21:00:00", b"Dec  1 08:00:00") + b"\n", tmp_path)
    assert [row.at.day for row in rows] == [30, 1] and len({row.queue_id for row in rows}) == 1


def test_what_is_too_young_is_left_for_the_next_reading(tmp_path: Path) -> None:
    """The outcome of a letter may not be on record yet: its line is read again later, and none twice."""
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    until = datetime(2026, 11, 30, 20, 0, 0, tzinfo=UTC)
    first, position = read_log(path, START, zone=PARIS, now=NOW, until=until)
    assert [row.queue_id for row in first] == ["4ABCDE1F2"]
    rest, after = read_log(path, position, zone=PARIS, now=NOW)
    assert [row.queue_id for row in [*first, *rest]] == [row.queue_id for row in rows_of(LOG, tmp_path)]
    assert after.offset == len(LOG)
