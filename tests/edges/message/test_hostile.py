"""Whatever bytes come: an answer, in bounded time, without an error and without a picture."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edges.answer_rules import classify
from edges.message import PartKind, read_message
from edges.message_structure import MOST_PARTS, PieceKind, read_structure
from tests.edges.message.disguises import DISGUISES, FILES, HEAD, JPEG, PNG, TEXT, leaks, lines, mixed, part, plain
from tests.edges.message.test_disguises import places

LONG = 1_000_000
SECONDS = 5  # on a busy machine; each takes a fraction of one


def deep(levels: int, kind: str) -> bytes:
    """Multiparts or messages inside each other."""
    if kind == "rfc822":
        return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + TEXT
    heads = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(levels)
    )
    return HEAD + heads + TEXT


WHOLE: dict[str, bytes] = {
    "empty": b"",
    "one line end": b"\r\n",
    "null bytes": b"\0" * 10_000,
    "only a head": HEAD,
    "a thousand multiparts deep": deep(1_000, "mixed"),
    "a thousand messages deep": deep(1_000, "rfc822"),
    "ten thousand parts": mixed(*([TEXT] * 10_000)),
    "a million lines": plain(b"Hello\r\n" * LONG),
    "25 MB attached": mixed(TEXT, part(JPEG * 58_000, "image/jpeg")),
    "25 MB in one line": plain(b"a" * 25_000_000),
    "a million headers": b"X-A: b\r\n" * LONG,
    "one endless header": b"Subject: " + b"x" * 25_000_000,
    "a header folded a million times": b"Subject: x\r\n" + b" y\r\n" * LONG,
    "a boundary of nothing": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\n----\r\n',
    "boundaries without parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 100_000,
    "broken base64": mixed(TEXT, b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n=A===B\xff!?"),
    "unknown encoding": mixed(TEXT, b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-none\r\n\r\nHello"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_messages(name: str) -> None:
    """Each ends in a bounded record within seconds."""
    started = time.perf_counter()
    read = read_message(WHOLE[name])
    classify(read)
    assert time.perf_counter() - started < SECONDS
    assert len(read.redacted) < 4_000_000
    assert len(read.parts) <= 1_000
    assert "Hello, here it is." in read.text or not name.startswith(("25 MB att", "broken", "unknown", "ten"))


@pytest.mark.parametrize("start", ["<", "<!--", "<a ", "<![", "<svg", "<div class=", "&#1", "=?", "=?utf-8?b?", "begin 644 a\n", "data:", "data:,", "<~", "%4", "=ab", "\\x", "aB1/" * 5 + " ", "iVBORw0KGgo ", "--bb1\r\n", "On ", "On x wrote\n", "From: ", "(", '"', "\\", "a@", "<a@b>", "R-2026-", "=\r\n", "=ybegin ", "<blockquote>", "http://a/", " \n", "ab ", "M" + "x" * 60 + "\n", "é"])  # fmt: skip
def test_no_input_is_quadratic(start: str) -> None:
    """A million characters of anything that begins something are read in seconds, wherever they stand."""
    body = (start * (LONG // len(start))).encode()
    html = b"Content-Type: text/html\r\n\r\n"
    for raw in (
        plain(body),
        HEAD + html + body,
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n" + html + body,
        b"Return-Path: <>\r\nSubject: "
        + body
        + b"\r\nReferences: "
        + body[:100_000]
        + b"\r\nTo: "
        + body
        + b"\r\n\r\n"
        + body,
        mixed(body),
    ):
        started = time.perf_counter()
        read_message(raw)
        assert time.perf_counter() - started < SECONDS


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_pieces_cover_every_byte(noise: bytes) -> None:
    """The pieces of a message follow each other without gap or overlap: nothing can hide between them."""
    for raw in (
        noise,
        mixed(noise, TEXT, noise, preamble=noise),
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" + mixed(noise),
    ):
        structure = read_structure(raw)
        at = 0
        for piece in structure.pieces:
            assert at == piece.start <= piece.end
            at = piece.end
        assert len(raw) == at
        assert len(structure.pieces) <= 6 * MOST_PARTS


def test_too_many_parts_are_cut_together() -> None:
    """What is not looked at one by one is not kept either."""
    structure = read_structure(mixed(*([part(PNG)] * 2_000)))
    assert PieceKind.BEYOND in {piece.kind for piece in structure.pieces}
    read = read_message(mixed(*([part(PNG)] * 2_000)))
    assert PartKind.ARCHIVE in {one.kind for one in read.parts}
    assert leaks(PNG, *places(read)) == []


@given(st.binary(max_size=4_000))
@settings(max_examples=300, deadline=None)
def test_random_bytes(noise: bytes) -> None:
    """Any bytes, alone and in every place of a message, are read without an error."""
    for raw in (
        noise,
        HEAD + noise,
        HEAD + b"\r\n" + noise,
        mixed(noise, TEXT),
        b"Content-Type: " + noise,
        b"Subject: =?utf-8?q?" + noise,
    ):
        read = read_message(raw, trusted_authserv=frozenset({"a.example"}))
        classify(read)
        repr(read)


VALID = [DISGUISES[name](data) for name in DISGUISES for data in FILES.values()]
EDIT = st.tuples(
    st.sampled_from(["drop", "insert", "double", "swap"]),
    st.integers(0, 10**6),
    st.integers(1, 80),
    st.binary(max_size=12),
)


@given(st.sampled_from(range(len(VALID))), st.lists(EDIT, min_size=1, max_size=4))
@settings(max_examples=1_000, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_messages(number: int, edits: list[tuple[str, int, int, bytes]]) -> None:
    """A disguise that is damaged anywhere raises nothing and shows no 48 bytes in a row of what it hides."""
    raw = VALID[number]
    for kind, place, size, noise in edits:
        at = place % (len(raw) + 1)
        piece = raw[at : at + size]
        middle = {"drop": b"", "insert": noise + piece, "double": piece * 2, "swap": piece[::-1]}[kind]
        raw = raw[:at] + middle + raw[at + size :]
    read = read_message(raw)
    classify(read)
    data = list(FILES.values())[number % len(FILES)]
    assert leaks(data, *places(read), width=48) == []  # one identifier may stand: 64 characters


def test_a_picture_in_two_texts() -> None:
    """The halves of a file in two parts are no less a file."""
    text = base64.b64encode(PNG)
    halves = [
        b"Content-Type: text/plain\r\n\r\n" + text[: len(text) // 2],
        b"Content-Type: text/plain\r\n\r\n" + text[len(text) // 2 :],
    ]
    assert leaks(PNG, *places(read_message(mixed(*halves)))) == []
    small = [b"Content-Type: text/plain\r\n\r\n" + line for line in lines(PNG, 20).split(b"\r\n")]
    assert b"iVBORw0KGgo" not in read_message(mixed(*small)).redacted
