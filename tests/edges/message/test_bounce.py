"""Reports of mail servers: RFC 3464 strictly, other wordings by flufl.bounce, lies as bounded data."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

import pytest

from edges.message import read_message
from edges.message_bounce import Fate, read_delivery

ROW = "Original-Recipient: rfc822; Abuse@host.example\r\nFinal-Recipient: rfc822; box@host.example\r\nAction: {}\r\nStatus: {}\r\n"
ORIGINAL = "Message-ID: <l1@hotline.example>\r\nTo: abuse@host.example\r\nSubject: notice\r\n\r\nOur words.\r\n"


def report(
    rows: str,
    original: str = ORIGINAL,
    kind: str = "message/rfc822",
    about: str = "Reporting-MTA: dns; mx.host.example\r\n",
) -> bytes:
    """A multipart/report as RFC 3462 wants it."""
    parts = [("text/plain", "It failed.\r\n"), ("message/delivery-status", f"{about}\r\n{rows}"), (kind, original)]
    body = "".join(f"--r\r\nContent-Type: {name}\r\n\r\n{text}\r\n" for name, text in parts if text)
    head = "From: mailer-daemon@mx.host.example\r\nMessage-ID: <own@mx.host.example>\r\nSubject: Undelivered\r\n"
    return f'{head}Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n{body}--r--\r\n'.encode()


@pytest.mark.parametrize(
    ("action", "status", "fate"),
    [
        ("failed", "5.1.1", Fate.FAILED),
        ("Failed (user unknown)", "5.1.1 (bad mailbox)", Fate.FAILED),
        ("failed", "4.4.7", Fate.FAILED_FOR_NOW),
        ("delayed", "4.4.1", Fate.DELAYED),
        ("delivered", "2.0.0", Fate.DELIVERED),
        ("relayed", "2.1.9", Fate.RELAYED),
        ("expanded", "2.1.9", Fate.RELAYED),
    ],
)
def test_what_became_of_a_letter(action: str, status: str, fate: Fate) -> None:
    """Action and status together tell the fate; both addresses, both servers and the original are read."""
    about = "Reporting-MTA: dns; mx.host.example\r\nOriginal-Envelope-Id: env-17\r\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0100\r\n"
    more = "Remote-MTA: dns; deep.host.example\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n no such user\r\n"
    read = read_delivery(report(ROW.format(action, status) + more, about=about))
    assert read is not None
    assert read.standard
    assert ("mx.host.example", "env-17", datetime(2026, 3, 2, 9, tzinfo=UTC)) == (
        read.reporting_mta,
        read.envelope_id,
        read.arrived_at,
    )
    assert (read.original_message_id, read.original_to) == ("<l1@hotline.example>", ("abuse@host.example",))
    (row,) = read.rows
    assert (fate, "box@host.example", "abuse@host.example") == (row.fate, row.final_recipient, row.original_recipient)
    assert (status[:5], "deep.host.example", "550 5.1.1 no such user") == (row.status, row.remote_mta, row.diagnostic)


def test_only_the_headers_of_the_original_came_back() -> None:
    """text/rfc822-headers names the original as well."""
    read = read_delivery(report(ROW.format("failed", "5.1.1"), kind="text/rfc822-headers"))
    assert read is not None
    assert read.original_message_id == "<l1@hotline.example>"


@pytest.mark.parametrize(
    "row",
    [
        ROW.format("vanished", "5.1.1"),
        ROW.format("", "5.1.1"),
        "Action: failed\r\nStatus: 5.1.1\r\n",
        "Final-Recipient: rfc822; nobody\r\nAction: failed\r\n",
        "",
        "\x00\xff garbage",
    ],
)
def test_a_row_without_action_or_recipient_is_none(row: str) -> None:
    """A report is read strictly: what RFC 3464 requires must be there."""
    read = read_delivery(report(row))
    assert read is not None
    assert read.rows == ()


def test_a_status_that_is_none() -> None:
    """A made-up status is left out, the row stays."""
    read = read_delivery(report(ROW.format("failed", "very bad")))
    assert read is not None
    assert [row.status for row in read.rows] == [None]


def test_lies_become_bounded_data() -> None:
    """Ten thousand recipients, endless diagnostics, no original, another's original: all are read and none is believed here."""
    read = read_delivery(report((ROW.format("failed", "5.1.1") + "\r\n") * 10_000, original=""))
    assert read is not None
    assert len(read.rows) == 200
    assert read.more_rows
    assert read.original_message_id is None
    long = read_delivery(report(ROW.format("failed", "5.1.1") + "Diagnostic-Code: smtp; " + "x y " * 4_000 + "\r\n"))
    assert long is not None
    assert len(long.rows[0].diagnostic or "") == 500
    other = read_delivery(
        report(
            ROW.format("failed", "5.1.1"), original="Message-ID: <theirs@evil.example>\r\nTo: x@evil.example\r\n\r\n"
        )
    )
    assert other is not None
    assert other.original_message_id == "<theirs@evil.example>"


def test_a_report_inside_a_message_is_not_ours() -> None:
    """Somebody forwards a bounce: the forwarding message is none."""
    inner = report(ROW.format("failed", "5.1.1")).decode()
    raw = f"From: abuse@host.example\r\nSubject: look\r\nContent-Type: message/rfc822\r\n\r\n{inner}".encode()
    assert read_delivery(raw) is None


def test_an_ordinary_message_is_no_report() -> None:
    """Words about a failure make no bounce without the signs of a server."""
    assert read_delivery(b"From: abuse@host.example\r\nSubject: Re: notice\r\n\r\n<a@b.example>: user unknown") is None


QMAIL = b"""From: MAILER-DAEMON@mx.host.example\r
Subject: failure notice\r
Message-ID: <own@mx.host.example>\r
\r
Hi. This is the qmail-send program at mx.host.example.\r
I'm afraid I wasn't able to deliver your message to the following addresses.\r
This is a permanent error; I've given up. Sorry it didn't work out.\r
\r
<abuse@host.example>:\r
Sorry, no mailbox here by that name. (#5.1.1)\r
\r
--- Below this line is a copy of the message.\r
\r
Message-ID: <l1@hotline.example>\r
To: abuse@host.example\r
\r
Our words.\r
"""


def test_a_bounce_in_its_own_words() -> None:
    """Servers that know no RFC 3464 are read by flufl.bounce; the original's Message-ID is found in the text."""
    read = read_delivery(QMAIL)
    assert read is not None
    assert not read.standard
    assert [(row.fate, row.final_recipient) for row in read.rows] == [(Fate.FAILED, "abuse@host.example")]
    assert read.original_message_id == "<l1@hotline.example>"


def test_the_library_writes_nothing_into_logs(caplog: pytest.LogCaptureFixture) -> None:
    """flufl.bounce logs what it reads, tracebacks included: its logger is silent."""
    with caplog.at_level(logging.DEBUG):
        read_message(QMAIL)
    assert [record.name for record in caplog.records if record.name.startswith("flufl")] == []


@pytest.mark.parametrize(
    "filler", ["a@" * 30_000, "<" * 60_000, "a" * 60_000 + "@", "rcpt to: <" * 6_000, "\t " * 30_000]
)
def test_long_lines_do_not_hold_the_library_up(filler: str) -> None:
    """The patterns of flufl.bounce are quadratic on long lines: it never sees one."""
    raw = f"From: mailer-daemon@mx.example\r\nSubject: failure notice\r\n\r\nYour message could not be delivered to\r\n{filler}\r\n"
    started = time.perf_counter()
    read_delivery(raw.encode())
    assert time.perf_counter() - started < 5
