"""A stream that ends in a carriage return must not look one byte short to a strict checker."""

import re

import pytest

from edges.dossier_ends import NoTable, clear_ends


def file(first: bytes, second: bytes) -> bytes:
    """A file of two streams with its table of offsets."""
    body, offsets = b"%PDF-1.7\n", []
    for number, data in enumerate((first, second), start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(data), data)
    table = b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    return body + b"xref\n0 3\n0000000000 65535 f\r\n%btrailer\n<</Size 3>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


@pytest.mark.parametrize("streams", [(b"a\r", b"b"), (b"a", b"b\r"), (b"a\r", b"b\r\r"), (b"\r", b"\r")])
def test_an_ambiguous_end_gets_a_marker_of_two_bytes(streams: tuple[bytes, bytes]) -> None:
    """Length counts up to the marker in either reading, and every offset still leads to its object."""
    made = clear_ends(file(*streams))
    for number, data in enumerate(streams, start=1):
        marker = b"\r\n" if data.endswith(b"\r") else b"\n"
        assert b"stream\n" + data + marker + b"endstream" in made
        offset = int(re.findall(rb"(\d{10}) 00000 n", made)[number - 1])
        assert made.startswith(b"%d 0 obj" % number, offset)
    assert made.startswith(b"xref", int(made.rsplit(b"\n", 2)[1]))


def test_an_ordinary_file_is_untouched() -> None:
    """Not one byte changes where nothing is ambiguous."""
    assert clear_ends(file(b"a", b"b")) == file(b"a", b"b")


def test_a_file_without_a_table_is_refused() -> None:
    """Bytes are never moved without moving what points at them."""
    with pytest.raises(NoTable):
        clear_ends(b"stream\na\r\nendstream\n%%EOF")
