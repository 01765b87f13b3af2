"""Practice 1.5: no byte of a picture, a film or an archive is kept, however it was mailed."""

from __future__ import annotations

import hashlib

import pytest

from edges.message import Incoming, PartKind, read_message
from tests.edges.message.disguises import (
    DISGUISES,
    FILES,
    HEAD,
    JPEG,
    PDF,
    PNG,
    TEXT,
    TNEF,
    ZIP,
    leaks,
    lines,
    mixed,
    part,
    plain,
)

KINDS = {
    "png": PartKind.IMAGE,
    "jpeg": PartKind.IMAGE,
    "gif": PartKind.IMAGE,
    "webp": PartKind.IMAGE,
    "mp4": PartKind.VIDEO,
    "zip": PartKind.ARCHIVE,
}


def places(read: Incoming) -> tuple[bytes, ...]:
    """Everything that is handed on of a message, as bytes."""
    words = (
        read.text,
        read.own_text,
        read.subject,
        repr(read),
        " ".join(read.references),
        str(read.delivery and read.delivery.rows),
    )
    ids = " ".join(filter(None, (read.message_id, read.in_reply_to, read.from_address, *read.recipients, *read.signs)))
    kept = [one.pdf for one in read.parts if one.pdf]
    return (read.redacted, ids.encode(), *kept, *(one.encode("utf-8", "replace") for one in words))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_byte_of_a_file_survives(disguise: str, file: str) -> None:
    """In no disguise does any 24-byte window of a file stand in what is kept, and the file is on record as seen."""
    data = FILES[file]
    raw = DISGUISES[disguise](data)
    assert leaks(data, raw) or disguise in NOT_PLAIN, "the disguise must hold the file"
    read = read_message(raw)
    assert leaks(data, *places(read)) == []
    assert read.parts
    assert all(one.kind is not PartKind.PDF and one.pdf is None for one in read.parts)


# forms that `leaks` does not look for in what came; that they hold the file is plain from how they are made
NOT_PLAIN = {
    "base64 twice",
    "base64 twice, octet-stream",
    "inside a message in base64",
    "data URI with percents",
    "data URI in quoted-printable HTML",
    "base64 as HTML entities",
    "raw as HTML entities",
    "uuencoded",
    "uuencoded without a beginning",
    "yEnc",
    "hexadecimal with escapes",
    "Ascii85",
    "in an encoded subject",
    "raw in an encoded subject",
    "in a References header",
    "a text in UTF-16",
    "quoted-printable text",
    "quoted-printable, says 7bit",
    "in CSV",
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("encoding", ["base64", "8bit"])
def test_a_declared_part_is_seen_with_size_and_digest(file: str, encoding: str) -> None:
    """Of a whole part its type, its true size and its SHA-256 are kept, so that a known file can be recognised."""
    read = read_message(mixed(TEXT, part(FILES[file], "application/octet-stream", "a.bin", encoding)))
    assert [(len(FILES[file]), hashlib.sha256(FILES[file]).hexdigest(), KINDS[file])] == [
        (one.size, one.sha256, one.kind) for one in read.parts
    ]
    assert read.parts[0].sha256.encode() in read.redacted
    assert "Hello, here it is." in read.text


@pytest.mark.parametrize(
    ("declared", "name", "data", "kind"),
    [
        ("application/octet-stream", "", JPEG, PartKind.IMAGE),
        ("text/plain", "notes.txt", JPEG, PartKind.IMAGE),
        ("application/pdf", "a.pdf", JPEG, PartKind.IMAGE),
        ("image/png", "a.pdf", PDF, PartKind.IMAGE),
        ("application/pdf", "a.pdf.zip", PDF, PartKind.ARCHIVE),
        ("application/pdf", "a.pdf", PDF + ZIP, PartKind.ARCHIVE),
        ("application/pdf", "a.pdf", b"hello", PartKind.OTHER),
        ("application/octet-stream", "photo.jpg", b"hello", PartKind.IMAGE),
        ("text/plain", "photo.jpg.txt", b"hello", PartKind.IMAGE),
        ("application/octet-stream", "=?utf-8?q?photo=2Ejpg?=", b"hello", PartKind.IMAGE),
        ("application/x-unknown", "film.MOV", b"hello", PartKind.VIDEO),
        ("application/ms-tnef", "winmail.dat", TNEF, PartKind.ARCHIVE),
        ("application/octet-stream", "x", TNEF, PartKind.ARCHIVE),
        ("application/octet-stream", "x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", PartKind.ARCHIVE),
        ("application/octet-stream", "x", b"\x1aE\xdf\xa3....", PartKind.VIDEO),
        ("audio/mpeg", "voice.mp3", b"ID3\x03", PartKind.AUDIO),
        ("image/svg+xml", "a.svg", b"<svg></svg>", PartKind.IMAGE),
        ("text/plain", "", b"<?xml version='1.0'?>\n<svg xmlns='a'></svg>", PartKind.IMAGE),
        ("application/octet-stream", "x", b"nobody knows", PartKind.OTHER),
        ("application/json", "x.json", b"{}", PartKind.OTHER),
        ("application/pdf", "notice.pdf", PDF, PartKind.PDF),
        ("application/octet-stream", "notice.pdf", PDF, PartKind.PDF),
    ],
)
def test_the_most_dangerous_sign_counts(declared: str, name: str, data: bytes, kind: PartKind) -> None:
    """Type, name and bytes are all looked at; only a PDF that nothing contradicts keeps its bytes."""
    read = read_message(mixed(TEXT, part(data, declared, name)))
    assert [kind] == [one.kind for one in read.parts]
    assert (data if kind is PartKind.PDF else None) == read.parts[0].pdf


def test_file_names_are_not_kept() -> None:
    """A file name may name a victim: it stands neither in what is kept of the message nor in any field."""
    secret = "Camille-Martin"
    for spelling in (
        f'name="{secret}.jpg"',
        f"name={secret}.jpg",
        f"name*=utf-8''{secret}.jpg",
        f"name*0={secret[:4]}; name*1={secret[4:]}.jpg",
        f'x="; name=" {secret}.jpg',
    ):
        head = f"Content-Type: image/jpeg; {spelling}\r\nContent-Disposition: attachment; file{spelling}\r\n"
        more = f"Content-Description: {secret}\r\nContent-Location: {secret}\r\nX-Attachment-Id: {secret}\r\nContent-ID: <{secret}@a>\r\n"
        raw = mixed(TEXT, (head + more).encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + lines(JPEG))
        kept = b" ".join(places(read_message(raw)))
        assert secret.encode() not in kept
        assert secret[4:].encode() not in kept


def test_the_redacted_message_reads_like_the_one_that_came() -> None:
    """Headers and texts stay byte for byte, and the parts can still be told apart."""
    raw = mixed(TEXT, part(PNG, "image/png", "a.png"), b"Content-Type: text/plain\r\n\r\nBye.")
    read = read_message(raw)
    assert read.redacted.startswith(HEAD)
    assert b"\r\n\r\nHello, here it is.\r\n\r\n--bb1\r\n" in read.redacted
    again = read_message(read.redacted)
    assert (read.text, read.subject, read.recipients) == (again.text, again.subject, again.recipients)


@pytest.mark.parametrize(
    "text",
    [
        "See https://host.example/Watch/AbCdEf123456/GhIjKl789012?list=PLabcdefGH1234567890abcdEFGH&t=10s for it.",
        "Digest: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.",
        "Message-ID: <CAF8Qz+Lw3kTq9mZ0pXyR7vBnUeJhGdSaKcVoWiMxEtHl2NfYgQ@mail.host.example>",
        "Ihre Donaudampfschifffahrtsgesellschaftskapitänsmütze wurde gefunden.",
        "--------------------------------------------------\nBonjour\n==================================================",
        "Équipe d'accueil : vos données (data: nom, prénom) sont protégées. Réf. 2026/03/02-ABC-48213",
        "begin with the first page, begin 3 days later, and end\nend",
        "ГОСПОДА, содержимое удалено. 内容は削除されました。",
        "100%25 =3D = a%b%c =20 is not much",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Addresses, digests, identifiers and long words are no files: nothing is cut out of them."""
    raw = plain(text.encode())
    read = read_message(raw)
    assert read.parts == ()
    assert text == read.text
    assert raw == read.redacted.replace(b'charset="utf-8"', b"charset=utf-8")
