"""Tiny files made here, and the ways in which they are mailed; pictures of nothing."""

from __future__ import annotations

import base64
import binascii
import quopri
import random
import struct
import zlib
from collections.abc import Callable

_RANDOM = random.Random(11)
NOISE = _RANDOM.randbytes(300)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + NOISE[row * 24 : row * 24 + 24] for row in range(8)), 9))
    + _chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C\x00" + NOISE + b"\xff\xd9"
GIF = b"GIF89a\x08\x00\x08\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff," + NOISE[:200] + b"\x00;"
WEBP = b"RIFF" + struct.pack("<I", 280) + b"WEBPVP8 " + struct.pack("<I", 268) + NOISE[:268]
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41\x00\x00\x01\x00mdat" + NOISE
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + NOISE[:220] + b"PK\x05\x06" + bytes(18)
FILES = {"png": PNG, "jpeg": JPEG, "gif": GIF, "webp": WEBP, "mp4": MP4, "zip": ZIP}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TNEF = b"x\x9f>\x22\x01\x00" + NOISE

HEAD = b"From: abuse@host.example\r\nTo: answers+k7@hotline.example\r\nSubject: Re: R-2026-000123\r\nMessage-ID: <a1@host.example>\r\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello, here it is.\r\n"


def lines(data: bytes, width: int = 76, end: bytes = b"\r\n") -> bytes:
    """Base64 on lines of `width`."""
    text = base64.b64encode(data)
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def mixed(
    *parts: bytes, head: bytes = HEAD, preamble: bytes = b"", epilogue: bytes = b"", kind: str = "mixed"
) -> bytes:
    """A multipart message."""
    body = b"".join(b"--bb1\r\n" + part + b"\r\n" for part in parts)
    top = head + f'MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="bb1"\r\n\r\n'.encode()
    return top + preamble + body + b"--bb1--\r\n" + epilogue


def part(data: bytes, declared: str = "application/octet-stream", name: str = "", encoding: str = "base64") -> bytes:
    """A part with a header and a body in the encoding that it names."""
    body = {"base64": lines, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(data)
    shown = f'; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"' if name else ""
    return f"Content-Type: {declared}{shown}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


def plain(body: bytes, extra: bytes = b"", charset: str = "utf-8") -> bytes:
    """A message of one text."""
    return HEAD + extra + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + body + b"\r\n"


def _uu(data: bytes) -> bytes:
    return b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))


def _hex(data: bytes, between: str = "") -> bytes:
    return data.hex(between).encode() if between else data.hex().encode()


def _yenc(data: bytes) -> bytes:
    return (
        b"=ybegin line=128 size=1 name=a\r\n" + bytes((byte + 42) % 256 or 1 for byte in data) + b"\r\n=yend size=1\r\n"
    )


def _words(data: bytes) -> bytes:
    text = base64.b64encode(data).decode()
    pieces = [text[at : at + 60] for at in range(0, len(text), 60)]
    return b"\r\n ".join(f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=".encode() for piece in pieces)


def _binary_words(data: bytes) -> bytes:
    return b"\r\n ".join(b"=?utf-8?b?" + base64.b64encode(data[at : at + 39]) + b"?=" for at in range(0, len(data), 39))


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "declared as what it is": lambda d: mixed(TEXT, part(d, "image/jpeg", "photo.jpg")),
    "octet-stream without a name": lambda d: mixed(TEXT, part(d)),
    "called .txt": lambda d: mixed(TEXT, part(d, "text/plain", "notes.txt")),
    "called .pdf": lambda d: mixed(TEXT, part(d, "application/pdf", "notice.pdf")),
    "quoted-printable text": lambda d: mixed(TEXT, part(d, "text/plain", "", "quoted-printable")),
    "raw in eight bits": lambda d: mixed(TEXT, part(d, "text/plain", "", "8bit")),
    "raw, says base64": lambda d: mixed(
        TEXT, b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + d
    ),
    "base64, says 7bit": lambda d: mixed(
        TEXT, b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + lines(d)
    ),
    "base64, says quoted-printable": lambda d: mixed(
        TEXT, b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + lines(d)
    ),
    "quoted-printable, says 7bit": lambda d: plain(quopri.encodestring(d)),
    "base64 twice": lambda d: mixed(TEXT, part(lines(d), "text/plain")),
    "base64 twice, octet-stream": lambda d: mixed(TEXT, part(lines(d))),
    "base64 behind the end of base64": lambda d: mixed(
        TEXT,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"Hello!!")
        + b"\r\n\r\n"
        + lines(d),
    ),
    "whole message is the file": lambda d: HEAD + part(d, "image/png", "a.png"),
    "base64 in the text": lambda d: plain(b"Here you are:\r\n\r\n" + lines(d) + b"\r\n\r\nBye"),
    "base64 quoted in the text": lambda d: plain(b"Here:\r\n> " + lines(d, 64, b"\r\n> ") + b"\r\nBye"),
    "base64 in short lines": lambda d: plain(lines(d, 24)),
    "base64 in tiny pieces": lambda d: plain(b"Look: " + lines(d, 4, b" ") + b".\r\n"),
    "base64 for URLs": lambda d: plain(base64.urlsafe_b64encode(d)),
    "data URI in HTML": lambda d: (
        HEAD
        + b'Content-Type: text/html\r\n\r\n<p>Hello <img src="data:image/jpeg;base64,'
        + base64.b64encode(d)
        + b'"></p>'
    ),
    "data URI on lines": lambda d: (
        HEAD + b"Content-Type: text/html\r\n\r\n<p>Hello <img src='data:image/gif;base64," + lines(d) + b"'></p>"
    ),
    "data URI with percents": lambda d: (
        HEAD
        + b'Content-Type: text/html\r\n\r\n<img src="data:image/gif,'
        + "".join(f"%{byte:02x}" for byte in d).encode()
        + b'">'
    ),
    "data URI in quoted-printable HTML": lambda d: mixed(
        TEXT, part(b'<img src="data:;base64,' + base64.b64encode(d) + b'">', "text/html", "", "quoted-printable")
    ),
    "base64 in an HTML comment": lambda d: (
        HEAD + b"Content-Type: text/html\r\n\r\n<!-- " + lines(d) + b" --><p>Hello</p>"
    ),
    "base64 as HTML entities": lambda d: (
        HEAD
        + b"Content-Type: text/html\r\n\r\n<p>"
        + b"".join(b"&#%d;" % byte for byte in base64.b64encode(d))
        + b"</p>"
    ),
    "raw as HTML entities": lambda d: (
        HEAD + b"Content-Type: text/html\r\n\r\n<p>" + b"".join(b"&#%d;" % byte for byte in d) + b"</p>"
    ),
    "uuencoded": lambda d: plain(b"begin 644 a\r\n" + _uu(d) + b"`\r\nend\r\n"),
    "uuencoded without a beginning": lambda d: plain(b"Hello\r\n" + _uu(d)),
    "begin-base64": lambda d: plain(b"begin-base64 644 a\r\n" + lines(d) + b"\r\n====\r\n"),
    "yEnc": lambda d: plain(_yenc(d)),
    "hexadecimal": lambda d: plain(_hex(d)),
    "hexadecimal with spaces": lambda d: plain(_hex(d, " ")),
    "hexadecimal with escapes": lambda d: plain("".join(f"\\x{byte:02x}" for byte in d).encode()),
    "Ascii85": lambda d: plain(base64.a85encode(d, adobe=True, wrapcol=72)),
    "inside a message": lambda d: mixed(
        TEXT, b"Content-Type: message/rfc822\r\n\r\n" + mixed(TEXT, part(d, "image/png")).replace(b"bb1", b"cc2")
    ),
    "inside a message in a message": lambda d: mixed(
        TEXT,
        b"Content-Type: message/rfc822\r\n\r\n"
        + HEAD
        + b"Content-Type: message/rfc822\r\n\r\n"
        + mixed(TEXT, part(d)).replace(b"bb1", b"cc2"),
    ),
    "inside a message in base64": lambda d: mixed(TEXT, part(plain(lines(d)), "message/rfc822")),
    "in the preamble": lambda d: mixed(TEXT, preamble=lines(d) + b"\r\n"),
    "in the epilogue": lambda d: mixed(TEXT, epilogue=b"\r\n" + lines(d) + b"\r\n"),
    "raw in the epilogue": lambda d: mixed(TEXT, epilogue=b"\r\n" + d),
    "in a header": lambda d: plain(b"Hello", b"X-Picture: " + lines(d, 70, b"\r\n ") + b"\r\n"),
    "in a header of the part": lambda d: mixed(TEXT, b"X-A: " + lines(d, 70, b"\r\n ") + b"\r\n" + TEXT),
    "in an encoded subject": lambda d: b"Subject: " + _words(d) + b"\r\n" + TEXT,
    "raw in an encoded subject": lambda d: b"Subject: " + _binary_words(d) + b"\r\n" + TEXT,
    "in a signature": lambda d: plain(
        b"Hello", b"DKIM-Signature: v=1; d=host.example; b=" + lines(d, 70, b"\r\n ") + b"\r\n"
    ),
    "in a file name": lambda d: mixed(TEXT, part(b"hello", "text/plain", base64.b64encode(d).decode())),
    "in a boundary parameter": lambda d: mixed(
        TEXT, b'Content-Type: text/plain; boundary="' + base64.b64encode(d) + b'"\r\n\r\nHello'
    ),
    "in a References header": lambda d: plain(
        b"Hello", b"References: " + b"\r\n ".join(b"<" + line + b"@a.example>" for line in lines(d).split()) + b"\r\n"
    ),
    "no end and no header": lambda d: (
        b"--bb1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines(d)
    ),
    "a boundary that is not declared": lambda d: mixed(TEXT, part(d)).replace(b'boundary="bb1"', b'boundary="bb2"'),
    "a text in UTF-16": lambda d: mixed(TEXT, part(lines(d).decode().encode("utf-16"), "text/plain; charset=utf-16")),
    "ASCII that says UTF-16": lambda d: plain(lines(d), charset="utf-16"),
    "ASCII that says UTF-7": lambda d: plain(lines(d), charset="utf-7"),
    "Windows-1252 raw": lambda d: plain(d, charset="windows-1252"),
    "behind another file": lambda d: mixed(TEXT, part(b"x" * 3 + d, "text/plain")),
    "as a PDF with a head of its own": lambda d: mixed(TEXT, part(d + PDF, "application/pdf")),
    "in CSV": lambda d: mixed(TEXT, part(b"a,b\r\n1," + base64.b64encode(d) + b"\r\n", "text/csv", "t.csv")),
    "in a vCard": lambda d: mixed(
        TEXT,
        part(
            b"BEGIN:VCARD\r\nPHOTO;ENCODING=b:" + lines(d, 72, b"\r\n ") + b"\r\nEND:VCARD\r\n",
            "text/vcard",
            "",
            "8bit",
        ),
    ),
    "in a delivery report": lambda d: mixed(
        TEXT,
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
        b"Action: failed\r\nDiagnostic-Code: smtp; " + base64.b64encode(d) + b"\r\n",
        kind="report",
    ),
    "deeper than anybody looks": lambda d: _deep(d, 60),
    "old line ends": lambda d: mixed(TEXT, part(d)).replace(b"\r\n", b"\n"),
    "lone carriage returns": lambda d: plain(lines(d, 76, b"\r")),
}


def _deep(data: bytes, levels: int) -> bytes:
    inner = part(data, "image/png")
    for level in range(levels):
        name = f"d{level}x".encode()
        inner = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            name,
            name,
            inner,
            name,
        )
    return HEAD + inner


def leaks(data: bytes, *places: bytes, width: int = 24) -> list[str]:
    """Which forms of any window of `width` bytes of a file stand in these places; white space and quote marks are ignored."""
    found = []
    packed = [b"".join(place.split()).replace(b">", b"") for place in places]
    for at in range(0, len(data) - width, 3):
        window = data[at : at + width]
        if len(set(window)) < 12:
            continue
        if any(window in place for place in places):
            found.append(f"raw at {at}")
        for shift in range(3):
            text = base64.b64encode(bytes(shift) + window)[4 if shift else 0 : -4]
            forms = (text, text.translate(bytes.maketrans(b"+/", b"-_")))
            if any(form in place for place in packed for form in forms):
                found.append(f"base64 at {at}, shifted by {shift}")
        for form in (quopri.encodestring(window).replace(b"=\n", b""), window.hex().encode()):
            if any(form in place for place in packed):
                found.append(f"escaped at {at}")
    return found
