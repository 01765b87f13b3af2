"""What is read of an incoming message, field by field."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest

from edges.message import case_numbers, read_message
from tests.edges.message.disguises import HEAD, TEXT, mixed, plain

LETTER = b"""Return-Path: <abuse@host.example>\r
Delivered-To: Answers+K7f3@hotline.example\r
X-Original-To: answers+k7f3@hotline.example\r
From: =?iso-8859-1?q?Service_Mod=E9ration?= <Abuse@Host.example>\r
To: "Doe, Jo (a@b.example)" <answers+k7f3@hotline.example>, other@hotline.example\r
Cc: =?utf-8?q?x?= <third@hotline.example>\r
Subject: =?utf-8?B?UmU6IG5vdGlmaWNhdGlvbiBSLTIwMjYtMDAwMTIzIOKAkyBy?=\r
 =?utf-8?B?w6lwb25zZQ==?=\r
Date: Mon, 2 Mar 2026 10:00:00 +0100\r
Message-ID: <a1@host.example>\r
In-Reply-To: <l1@hotline.example>\r
References: <l0@hotline.example>\r
\t<l1@hotline.example> (comment)\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Le contenu a =E9t=E9 supprim=E9.\r
"""


def test_the_headers_of_an_ordinary_answer() -> None:
    """Everything that can tie an answer to a letter is read, decoded and in lower case where it is an address."""
    read = read_message(LETTER)
    assert hashlib.sha256(LETTER).hexdigest() == read.digest
    assert len(LETTER) == read.size
    assert read.message_id == "<a1@host.example>"
    assert read.in_reply_to == "<l1@hotline.example>"
    assert read.references == ("<l0@hotline.example>", "<l1@hotline.example>")
    assert tuple(sorted(read.recipients)) == (
        "answers+k7f3@hotline.example",
        "other@hotline.example",
        "third@hotline.example",
    )
    assert read.subject == "Re: notification R-2026-000123 – réponse"
    assert read.from_address == "abuse@host.example"
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) == read.date
    assert read.case_numbers == ("R-2026-000123",)
    assert "Le contenu a été supprimé." == read.text == read.own_text
    assert read.language_hint == "fr"
    assert not read.automatic
    assert not read.loop
    assert read.redacted.replace(b'charset="iso-8859-1"', b"charset=iso-8859-1") == LETTER


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: R-2026-000123", ("R-2026-000123",)),
        ("[#4] r-2026-000123, R-2025-1234567 and R-2026-000123 again", ("R-2026-000123", "R-2025-1234567")),
        ("XR-2026-000123 R-2026-00012 R-26-000123 R-2026-0001234567890", ()),
        ("R-２０２６-000123", ()),
        ("", ()),
    ],
)
def test_case_numbers(subject: str, numbers: tuple[str, ...]) -> None:
    """Only whole case numbers count, each once, in ASCII digits."""
    assert numbers == case_numbers(subject)


def test_case_numbers_are_found_in_the_subject_only() -> None:
    """A number in the text may be quoted: it ties nothing."""
    assert read_message(b"Subject: hello\r\n\r\nAbout R-2026-000999.").case_numbers == ()


def test_everything_is_bounded() -> None:
    """However much a stranger writes, lists and texts end somewhere, and the newest references stay."""
    ids = " ".join(f"<m{number}@host.example>" for number in range(500))
    people = ", ".join(f"p{number}@hotline.example" for number in range(500))
    cases = " ".join(f"R-2026-{number:06}" for number in range(500))
    raw = f"To: {people}\r\nReferences: {ids}\r\nSubject: {cases}\r\n\r\n" + "word\r\n" * 100_000
    read = read_message(raw.encode())
    assert len(read.references) == 50
    assert read.references[-1] == "<m499@host.example>"
    assert len(read.recipients) == 100
    assert len(read.subject) == 300
    assert len(read.case_numbers) == 50
    assert 199_000 < len(read.text) <= 200_000
    assert read.cut


def test_a_subject_is_one_line_without_tricks() -> None:
    """Encoded line breaks, null bytes and direction marks must not reach a page or a log."""
    raw = "Subject: =?utf-8?q?one=0D=0ATo:_evil@a.example=00?= two\u202e \x07three\r\n\r\n".encode()
    read = read_message(raw)
    assert read.subject == "one To: evil@a.example two three"
    assert read.recipients == ()


def test_nothing_personal_stands_in_the_repr() -> None:
    """Whatever logs a message by accident logs its digest and its parts, no person and no words."""
    shown = repr(read_message(LETTER))
    for word in ("abuse", "answers", "supprim", "R-2026-000123 –", "host.example"):
        assert word not in shown


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; owner=a", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("Precedence: list", True),
        ("Precedence: first-class", False),
        ("X-Auto-Response-Suppress: All", True),
        ("X-Autoreply: yes", True),
        ("Return-Path: <>", True),
        ("Return-Path: <a@host.example>", False),
    ],
)
def test_automatic(header: str, automatic: bool) -> None:
    """Mail that a machine or a list sent is known by its headers (RFC 3834 and older customs)."""
    assert automatic is read_message(f"{header}\r\nSubject: x\r\n\r\nHello".encode()).automatic


def test_loop() -> None:
    """Our own mail that comes back, and mail that turns in circles, are known before anything answers them."""
    ours = {"own_addresses": frozenset({"notices@hotline.example"}), "own_domains": frozenset({"hotline.example"})}
    assert not read_message(b"Received: a\r\n" * 50 + b"\r\n", **ours).loop
    assert read_message(b"Received: a\r\n" * 51 + b"\r\n", **ours).loop
    for header in (
        b"X-Sansdelai-Simulated: yes",
        b"From: Hotline <Notices@hotline.example>",
        b"X-Loop: notices@hotline.example",
        b"Message-ID: <a@hotline.example>",
    ):
        assert read_message(header + b"\r\n\r\nHello", **ours).loop
    assert not read_message(b"From: a@host.example\r\nTo: notices@hotline.example\r\n\r\n", **ours).loop


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Foo 2026", "Mon, 2 Mar 99999 10:00:00 +0100", "1 Jan 2026 10:00:00 +9999999"]
)
def test_a_date_that_is_none(date: str) -> None:
    """What cannot be read as a time is None."""
    assert read_message(f"Date: {date}\r\n\r\n".encode()).date is None


def test_charsets() -> None:
    """The declared charset is used if it is a known one; a lie or an unknown one gives readable text, never an error."""
    for charset, octets in (
        ("iso-8859-1", "été".encode("latin-1")),
        ("x-nonsense", "été".encode()),
        ("utf-8", "été".encode("cp1252")),
        ("", "été".encode()),
    ):
        assert read_message(plain(octets, charset=charset)).text == "été"
    assert read_message(plain("содержимое удалено".encode("koi8-r"), charset="koi8-r")).text == "содержимое удалено"
    utf16 = b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert read_message(HEAD + utf16 + base64.b64encode("été".encode("utf-16"))).text == "été"


def test_alternatives() -> None:
    """Plain text is preferred; HTML is read where the plain text is empty or there is none."""
    html = b"Content-Type: text/html\r\n\r\n<p>Formatted</p>"
    assert read_message(mixed(TEXT, html, kind="alternative")).text.strip() == "Hello, here it is."
    empty = b"Content-Type: text/plain\r\n\r\n   "
    assert read_message(mixed(empty, html, kind="alternative")).text == "Formatted"
    both = read_message(mixed(TEXT, html)).text
    assert "Hello" in both
    assert "Formatted" in both


def test_a_message_within_is_not_the_senders_words() -> None:
    """A returned or forwarded message is kept, but what it says is not what the sender says."""
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nThe content has been removed."
    read = read_message(mixed(TEXT, inner))
    assert "removed" not in read.text
    assert b"has been removed" in read.redacted
