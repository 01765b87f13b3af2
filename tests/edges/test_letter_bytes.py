"""The bytes of a letter: correct MIME, the same every time, and no header that data could forge."""

import csv
import email
import email.policy
import hashlib
import io
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest

from edges.letters import (
    Attachment,
    HeaderRefused,
    LetterLocation,
    Rendered,
    compose,
    locations_csv,
    message_id,
    render,
    resent,
)
from law.vocabulary import LocationKind
from tests.edges.letter_samples import NOW, a_letter, a_report

ADDRESSES = {
    "sender": "notices@hotline.example",
    "recipient": "abuse@host.example",
    "reply_to": "answers@hotline.example",
}


def composed(rendered: Rendered | None = None, **changes: Any) -> bytes:
    """A whole message."""
    values: dict[str, Any] = {
        **ADDRESSES,
        "message_id": message_id("letter-1", "hotline.example"),
        "sender_name": "Hotline d'Exemple, équipe",
        "date": NOW,
        "simulated": False,
    }
    return compose(rendered or render(a_letter(language="fr")), **{**values, **changes}).raw


def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library reads it; a defect anywhere fails."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def test_a_letter_is_read_back_as_it_was_written() -> None:
    """Subject, both bodies and the attachment survive, in seven bits with CRLF and no line too long for mail."""
    rendered = render(a_letter(language="fr"))
    table = locations_csv(a_letter().reports)
    raw = composed(rendered, attachments=(table,), in_reply_to="<first@hotline.example>")
    message = parsed(raw)
    assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert message["Subject"] == rendered.subject
    assert message["From"].addresses[0].display_name == "Hotline d'Exemple, équipe"
    assert message["From"].addresses[0].addr_spec == ADDRESSES["sender"]
    assert message["In-Reply-To"] == "<first@hotline.example>"
    assert message["Date"].datetime == NOW
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and plain.get_content().replace("\r\n", "\n") == rendered.text
    assert html is not None and unescape(html.get_content().replace("\r\n", "\n")) == unescape(rendered.html)
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "locations.csv"
    assert attachment.get_payload(decode=True) == table.content


@pytest.mark.parametrize("telling", ["é " * 600, hashlib.sha256(b"<a@b.example>").hexdigest()[:24] + "_a--\r\n"])
def test_html_that_mail_could_misread_is_encoded(telling: str) -> None:
    """HTML goes as it is; a line too long for mail, or the boundary itself inside it, is written quoted-printable."""
    rendered = Rendered("subject", "text\n", f"<p>{telling}</p>\n")
    message = parsed(composed(rendered, message_id="<a@b.example>"))
    html = message.get_body(("html",))
    assert html is not None and html["Content-Transfer-Encoding"] == "quoted-printable"
    assert html.get_content().replace("\r\n", "\n") == rendered.html.replace("\r\n", "\n")


def test_the_same_letter_has_the_same_bytes() -> None:
    """A second making gives the same bytes and the same Message-ID, another letter gives others."""
    assert composed() == composed()
    assert message_id("letter-1", "hotline.example") == message_id("letter-1", "hotline.example")
    assert message_id("letter-1", "hotline.example") != message_id("letter-2", "hotline.example")


def test_a_simulated_letter_carries_its_header() -> None:
    """Every letter of a simulated store says so to machines as well, and no other letter does."""
    assert parsed(composed(simulated=True))["X-Sansdelai-Simulated"] == "yes"
    assert "X-Sansdelai-Simulated" not in parsed(composed())


@pytest.mark.parametrize("change", [
    {"recipient": "abuse@host.example\r\nBcc: other@host.example"},
    {"recipient": "a@host.example, b@host.example"},
    {"recipient": "Abuse <abuse@host.example>"},
    {"recipient": "abuse@host.example\u2028"},
    {"recipient": "abuse"},
    {"recipient": "ab use@host.example"},
    {"recipient": "a" * 65 + "@host.example"},
    {"recipient": "abuse@host..example"},
    {"sender": "notices@hotline.example\nX: y"},
    {"reply_to": "answers@hotline.example\x00"},
    {"sender_name": "Hotline\r\nBcc: other@host.example"},
    {"message_id": "<a@b>\r\nX: y"},
    {"message_id": "no brackets"},
    {"in_reply_to": "<a@b> <c@d>"},
    {"date": datetime(2026, 11, 2)},
    {"rendered": Rendered("Subject\nBcc: other@host.example", "", "")},
    {"rendered": Rendered("Subject\x85Bcc", "", "")},
    {"attachments": (Attachment('a"\r\nX: y.csv', "text/csv", b""),)},
    {"attachments": (Attachment("a.csv", "text/csv\r\nX: y", b""),)},
])  # fmt: skip
def test_no_header_can_be_forged(change: dict[str, Any]) -> None:
    """Line breaks, control characters and anything but one plain address are refused, without repeating the value."""
    with pytest.raises(HeaderRefused) as refused:
        composed(**change)
    assert "host.example" not in str(refused.value)


def test_addresses_beyond_ascii() -> None:
    """A domain is written in its ASCII form; only a local part beyond ASCII makes the headers eight-bit."""
    assert parsed(composed(recipient="abuse@bücher.example"))["To"] == "abuse@xn--bcher-kva.example"
    assert "To: bücher@host.example".encode() in composed(recipient="bücher@host.example")


def test_a_long_subject_is_folded() -> None:
    """A subject of any length and any characters is read back whole from lines of at most 78 columns."""
    subject = "[R-2026-000001] " + "é=?utf-8?q?x?= 漢字 " * 30 + "end"
    raw = composed(Rendered(subject, "text", "<p>html</p>"))
    assert parsed(raw)["Subject"] == subject
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_an_annexed_notice_is_a_message_of_its_own() -> None:
    """A complaint annexes the notices as they were sent, byte for byte."""
    notice = composed(message_id=message_id("letter-0", "hotline.example"))
    raw = composed(attachments=(Attachment("R-2026-000001-notice.eml", "message/rfc822", notice),))
    assert notice in raw
    (annex,) = parsed(raw).iter_attachments()
    inner = annex.get_content()
    assert inner["Message-ID"] == message_id("letter-0", "hotline.example")
    with pytest.raises(HeaderRefused):
        composed(attachments=(Attachment("self.eml", "message/rfc822", composed()),))
    with pytest.raises(HeaderRefused):
        composed(attachments=(Attachment("long.eml", "message/rfc822", b"x" * 999),))


def test_a_second_copy_keeps_every_byte() -> None:
    """A copy from *unknown* is the original below a Resent block (RFC 5322, 3.6.6): one letter, one Message-ID."""
    raw = composed()
    again = resent(
        raw, date=NOW, message_id="<again@hotline.example>", sender=ADDRESSES["sender"], recipient="abuse@host.example"
    )
    assert again.endswith(raw) and again != raw
    message = parsed(again)
    assert message["Message-ID"] == message_id("letter-1", "hotline.example")
    assert message["Resent-Message-ID"] == "<again@hotline.example>"
    assert message.get_all("Message-ID") == [message["Message-ID"]]


def test_the_table_holds_exact_locations() -> None:
    """The CSV gives every location exactly, with its report, kind and country."""
    places = ('https://host.example/a,b?c="d"&e=;=1+1', "http://host.example/\u00e9", "ipfs://bafy")
    report = a_report()
    object.__setattr__(report, "locations", tuple(LetterLocation(LocationKind.URL, p, "NL") for p in places))
    rows = [*csv.DictReader(io.StringIO(locations_csv((report,)).content.decode(), newline=""))]
    assert [row["location"] for row in rows] == list(places)
    assert {(row["report"], row["location_kind"], row["country"]) for row in rows} == {("R-2026-000001", "url", "NL")}


@pytest.mark.parametrize("value", ["=1+1", "+33600000000", "-1", "@handle", "\t=1", "'quoted"])
def test_the_table_runs_nothing(value: str) -> None:
    """What a spreadsheet would run gets one apostrophe, and taking one away always restores it."""
    report = a_report()
    object.__setattr__(report, "locations", (LetterLocation(LocationKind.ACCOUNT, value),))
    content = locations_csv((report,)).content.decode()
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    assert row["location"] == "'" + value
    assert content.split("\r\n")[1].startswith("\"'")
