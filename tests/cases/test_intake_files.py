"""Reading CSV and JSON Lines, with and without a mapping, and refusing files and images."""

import json
from pathlib import Path

import pytest

from cases.intake_rows import COLUMNS, DATES
from cases.places import BadPlace, host_of, place_of
from edges.intake_files import IntakeFile, Line
from edges.intake_mapping import PLAIN, FileRefused, read_mapping
from law.vocabulary import LocationKind


def read(folder: Path, name: str, content: str | bytes, mapping: str | None = None) -> list[Line]:
    """The lines of a file with this content, read with this mapping."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    known = PLAIN
    if mapping is not None:
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
        known = read_mapping(folder / "mapping.toml", COLUMNS)
    return list(IntakeFile(path, COLUMNS, DATES, known))


def test_line_numbers_are_those_of_an_editor(tmp_path: Path) -> None:
    """A row's number is that of its first line, also behind values with line breaks and empty lines."""
    lines = read(tmp_path, "a.csv", 'ref,why\r\nA,"two\r\nlines"\r\n\r\nB,one\r\n')
    assert [(line.number, line.values["ref"]) for line in lines] == [(2, "A"), (5, "B")]
    lines = read(tmp_path, "a.jsonl", '{"ref": "A"}\n\n{"ref": "B"}\n')
    assert [line.number for line in lines] == [1, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_shows_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    """Comma, semicolon and tab are understood, and the mark that some tools put before the first column."""
    content = "\ufeff" + f"ref{delimiter}why\nA{delimiter}B\n"
    assert read(tmp_path, "a.csv", content)[0].values == {"ref": "A", "why": "B"}


def test_json_lines_hold_plain_values(tmp_path: Path) -> None:
    """True, numbers, null and lists of texts become what a cell would hold; nested objects are refused."""
    row = {"ref": 12, "public": True, "why": None, "mandate_countries": ["GB", "US"], "method": {"a": 1}}
    (line,) = read(tmp_path, "a.jsonl", json.dumps(row))
    assert line.values == {"ref": "12", "public": "yes", "mandate_countries": "GB,US"}
    assert line.faults == ("method: allowed: text, whole number, true, false, null or a list of texts",)


def test_a_broken_row_does_not_stop_the_others(tmp_path: Path) -> None:
    """A line that is not JSON, a key that stands twice and a row with too many cells are refused by themselves."""
    lines = read(tmp_path, "a.jsonl", '{"ref": \n{"ref": "A", "ref": "B"}\n{"ref": "C"}\n')
    assert [bool(line.faults) for line in lines] == [True, True, False]
    lines = read(tmp_path, "a.csv", "ref,why\nA,B,C\nD,E\n")
    assert lines[0].faults == ("the row has 3 cells; allowed: 2, as in the header",)
    assert lines[1].faults == ()


def test_unknown_columns_are_all_named(tmp_path: Path) -> None:
    """Every unknown column is refused by name, with what is allowed; a mapping may ignore them."""
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, "a.csv", "ref,colour,size,ref\n")
    assert [fault.split(";")[0] for fault in refused.value.faults] == [
        "a.csv: unknown column 'colour'",
        "a.csv: unknown column 'size'",
        "a.csv: column 'ref' stands twice",
    ]
    assert read(tmp_path, "a.csv", "ref,colour\nA,red\n", 'ignore = ["colour"]')[0].values == {"ref": "A"}


@pytest.mark.parametrize(
    "column", ["file", "Image", "attachment_1", "pièce jointe file", "screenshot", "thumbnail-path"]
)
def test_a_column_of_files_is_refused(tmp_path: Path, column: str) -> None:
    """Practice 1.5: a column that holds or points at files is refused, even if a mapping would ignore it."""
    with pytest.raises(FileRefused, match="files and images are refused"):
        read(tmp_path, "a.csv", f"ref,{column}\nA,x\n", f'ignore = ["{column}"]')


@pytest.mark.parametrize(
    "value",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "see data;base64,iVBORw0KGgo=",
        "A" * 300,
        "file:///home/user/a.txt",
        "C:\\Users\\a",
        "\\\\server\\share\\a",
        "/var/evidence/1",
        "./1",
        "~/1",
        "picture-1.JPG",
        "evidence.zip",
    ],
)
def test_a_value_that_is_a_file_is_refused(tmp_path: Path, value: str) -> None:
    """Practice 1.5: image data, file names and paths are refused wherever they stand, and never repeated."""
    (line,) = read(tmp_path, "a.jsonl", json.dumps({"ref": "A", "why": value}))
    assert line.faults == ("why: files, images and paths are refused; allowed: text and addresses",)
    assert line.values == {"ref": "A"}


@pytest.mark.parametrize(
    "value", ["https://host.example/a/b.jpg", "see photo.jpg on the page", "magnet:?xt=urn:btih:1&dn=a.mp4"]
)
def test_an_address_of_an_image_is_no_image(tmp_path: Path, value: str) -> None:
    """An address may end like a file: it is where the content is, not the content."""
    (line,) = read(tmp_path, "a.jsonl", json.dumps({"location": value}))
    assert line.faults == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"PK\x03\x04", "of no known kind; allowed: .csv, .tsv, .jsonl, .ndjson"),
        ("a.csv", b"", "no rows: has no header line"),
        ("a.csv", b"ref,location\n", "no rows"),
        ("a.csv", b"ref,location\n,\n\n", "no rows"),
        ("a.jsonl", b"", "no rows"),
        ("a.jsonl", b"\n \n", "no rows"),
        ("a.csv", "ref\né\n".encode("latin-1"), "is not text in UTF-8"),
        ("a.csv", b'ref\n"open\n', "is not CSV"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """What cannot be read as a whole is refused as a whole, with what is allowed."""
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, name, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is said to be missing, by its name only."""
    with pytest.raises(FileRefused, match=r"gone\.csv: cannot be read: No such file"):
        list(IntakeFile(tmp_path / "gone.csv", COLUMNS))


MAPPING = """
ignore = ["Note"]
[columns]
"Réf" = "ref"
"Reçu le" = "received_at"
"Catégorie" = "category"
[constants]
qualified_by = "S-07"
public = true
[values.category]
"Pédopornographie" = "csam"
[dates]
format = "%d/%m/%Y %H:%M"
zone = "Europe/Paris"
"""


def test_a_mapping_makes_foreign_columns_ours(tmp_path: Path) -> None:
    """Columns, constants, values and dates are translated; ignored columns are gone."""
    content = "Réf;Reçu le;Catégorie;Note\nA;20/11/2026 10:00;Pédopornographie;x\n"
    (line,) = read(tmp_path, "a.csv", content, MAPPING)
    assert line.faults == ()
    assert line.values == {
        "ref": "A", "received_at": "2026-11-20T10:00:00+01:00", "category": "csam", "qualified_by": "S-07",
        "public": "yes",
    }  # fmt: skip


@pytest.mark.parametrize("hour", ["25/10/2026 02:30", "29/03/2026 02:30"])
def test_an_hour_of_the_clock_change_is_refused(tmp_path: Path, hour: str) -> None:
    """An hour that the clock change repeats or skips names no single instant; nobody guesses."""
    (line,) = read(tmp_path, "a.csv", f"Reçu le;ref\n{hour};A\n", MAPPING)
    assert line.faults[0].startswith("received_at: does not name one instant in Europe/Paris")


def test_every_fault_of_a_mapping_at_once(tmp_path: Path) -> None:
    """A mapping with four faults is refused once, with four messages."""
    bad = '[columns]\nA="nothing"\nB="ref"\nC="ref"\n[constants]\nref="x"\n[dates]\nformat="%d/%m/%Y"\n'
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, "a.csv", "A\n", bad)
    assert len(refused.value.faults) == 4
    with pytest.raises(FileRefused, match="allowed keys"):
        read(tmp_path, "a.csv", "A\n", "column = 3")


SAME = [
    (LocationKind.URL, "HTTPS://Forum.Example.:443", "https://forum.example/"),
    (LocationKind.URL, "https://forum.example/%7Ea/%e9#top", "https://forum.example/~a/%E9"),
    (LocationKind.URL, "https://bücher.example/", "https://xn--bcher-kva.example/"),
    (LocationKind.URL, "https://app.example/#!/x", "https://app.example/#!/x"),
    (LocationKind.ONION, "abcdef234567.onion/x", "http://abcdef234567.onion/x"),
    (LocationKind.PHONE, "0033 1 99 00-12.34", "+33199001234"),
    (LocationKind.MAGNET, "magnet:?dn=x&xt=urn:btih:ABCDEF0123456789ABCDEF0123456789ABCDEF01",
     "magnet:?xt=urn:btih:abcdef0123456789abcdef0123456789abcdef01"),
    (LocationKind.CHANNEL_MESSAGE, " @channel   42 ", "@channel 42"),
    (LocationKind.ACCOUNT, "https://Social.example/u", "https://social.example/u"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "normalised"), SAME)
def test_a_place_has_one_written_form(kind: LocationKind, given: str, normalised: str) -> None:
    """The documented rule: the same place written in two ways has the same form, and the exact one is kept."""
    place = place_of(kind, given)
    assert place.normalised == normalised
    assert place.exact == given.strip()
    assert place_of(kind, place.normalised).normalised == normalised


@pytest.mark.parametrize(("one", "other"), [("a?x=1", "a?x=2"), ("a", "A"), ("a", "a/"), ("#/x", "#/y")])
def test_different_places_stay_different(one: str, other: str) -> None:
    """Paths and queries are exact: nothing is taken for the same place that a server may tell apart."""
    forms = {place_of(LocationKind.URL, f"https://forum.example/{end}").normalised for end in (one, other)}
    assert len(forms) == 2


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (LocationKind.URL, "forum.example/a"), (LocationKind.URL, "ftp://forum.example/a"),
        (LocationKind.URL, "https:///a"), (LocationKind.URL, "https://forum.example/a b"),
        (LocationKind.URL, "https://forum.example:99999/"), (LocationKind.URL, "https://-x.example/"),
        (LocationKind.URL, "https://forum.example/\x00"), (LocationKind.ONION, "https://forum.example/"),
        (LocationKind.PHONE, "112"), (LocationKind.MAGNET, "magnet:?dn=x"), (LocationKind.IPFS, "Qm123"),
    ],
)  # fmt: skip
def test_what_is_no_such_place_is_refused(kind: LocationKind, given: str) -> None:
    """A location that is not of its kind is refused with what is allowed; the address is not repeated."""
    with pytest.raises(BadPlace, match=r"allowed|no name|refused") as refused:
        place_of(kind, given)
    assert given not in str(refused.value)


def test_the_blind_index_needs_the_key() -> None:
    """The same place under two keys gives two hashes: nobody without the key can test a guess."""
    place = place_of(LocationKind.URL, "https://forum.example/")
    assert place.blind(b"a" * 32) != place.blind(b"b" * 32)
    assert len(place.blind(b"a" * 32)) == 32
    assert host_of("FORUM.example.") == "forum.example"
