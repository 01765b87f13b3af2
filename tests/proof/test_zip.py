"""What may come in as a zip: nothing is unpacked, nothing climbs out, nothing fills the memory."""

import io
import os
import stat
import struct
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.verify import MOST_FILES, MOST_OF_ONE, UNREADABLE, WHOLE, verify
from tests.proof.bundle import make

WHOLE_ZIP = make().bytes()


def unreadable(path: Path) -> str:
    """Why a file cannot be read."""
    outcome = verify(path)
    assert (outcome.code, len(outcome.sentences)) == (UNREADABLE, 1 if outcome.fingerprint is None else 2)
    assert outcome.sentences[0] == f"UNREADABLE: {outcome.fault}"
    return str(outcome.fault)


def with_entry(folder: Path, name: str, change: Callable[[zipfile.ZipInfo], None] = lambda entry: None) -> Path:
    """An export with one more entry."""
    path = folder / "x.zip"
    path.write_bytes(WHOLE_ZIP)
    entry = zipfile.ZipInfo("placeholder")
    entry.filename = entry.orig_filename = name
    change(entry)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, b"x")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/./x",
        "a//x",
        "a\\x",
        "..\\x",
        "C:/x",
        "C:x",
        "a/",
        "x\ny",
        "é",
        "a" * 201,
        " ",
    ],
)
def test_a_name_that_climbs_out_is_refused(name: str, tmp_path: Path) -> None:
    """Absolute paths, steps up, backslashes, drive letters, folders, and whatever is not plain."""
    assert "is not allowed" in unreadable(with_entry(tmp_path, name))


def test_a_name_with_a_hidden_end_is_refused(tmp_path: Path) -> None:
    """zipfile cuts a name at a NUL; the name as written counts."""
    path = with_entry(tmp_path, "hidden_end.txt")
    path.write_bytes(path.read_bytes().replace(b"hidden_end.txt", b"hidden\0end.txt"))
    assert "is not allowed" in unreadable(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["README.txt", "readme.TXT"])
def test_a_name_that_stands_twice_is_refused(name: str, tmp_path: Path) -> None:
    """Also when it differs by case only: some disks do not tell the two apart."""
    assert "stands twice" in unreadable(with_entry(tmp_path, name))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR])
def test_a_link_is_refused(kind: int, tmp_path: Path) -> None:
    """Only plain files."""
    assert "link" in unreadable(with_entry(tmp_path, "x", lambda entry: setattr(entry, "external_attr", kind << 16)))


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    """Nobody can check what nobody can read."""
    path = tmp_path / "x.zip"
    data = bytearray(WHOLE_ZIP)
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in unreadable(path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_packing_is_refused(packing: int, tmp_path: Path) -> None:
    """Their memory is not bounded by what we read."""
    assert "packed" in unreadable(with_entry(tmp_path, "x", lambda entry: setattr(entry, "compress_type", packing)))


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 100, len(WHOLE_ZIP) // 2, len(WHOLE_ZIP) - 1])
def test_a_truncated_zip_is_unreadable(cut: int, tmp_path: Path) -> None:
    """Wherever it was cut."""
    path = tmp_path / "x.zip"
    path.write_bytes(WHOLE_ZIP[:cut])
    assert "no zip, or a truncated one" in unreadable(path)


def test_a_zip_with_a_comment_is_refused(tmp_path: Path) -> None:
    """Behind the end record nothing may hide, for instance a second end record."""
    path = tmp_path / "x.zip"
    path.write_bytes(WHOLE_ZIP)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"more"
    assert "no zip" in unreadable(path)


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_what_is_no_file_is_unreadable(what: str, tmp_path: Path) -> None:
    """A path to nothing, or to a folder."""
    assert "cannot be read" in unreadable(tmp_path / "missing" if what == "missing" else tmp_path)


def test_a_zip_without_a_manifest_is_no_export(tmp_path: Path) -> None:
    """Any other zip."""
    bundle = make()
    del bundle.files["manifest.json"]
    assert "this is no export" in unreadable(bundle.zip(tmp_path / "x.zip"))


@pytest.mark.parametrize("honest", [True, False], ids=["stated size", "stated as small"])
def test_a_gigabyte_of_zeros_never_fills_the_memory(honest: bool, tmp_path: Path) -> None:
    """It is refused by its stated size; one that lies about its size is read no further than it says."""
    path = tmp_path / "x.zip"
    path.write_bytes(WHOLE_ZIP)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("z.json", "w") as big,
    ):
        for _ in range(1024):
            big.write(bytes(2**20))
    if not honest:
        size = struct.pack("<I", 2**30)
        path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 1000)))
    tracemalloc.start()
    try:
        fault = unreadable(path)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()
    assert (f"z.json is larger than {MOST_OF_ONE} bytes" if honest else "damaged") in fault


def test_many_files_that_are_large_together_are_refused(tmp_path: Path) -> None:
    """Each below the limit of one file, together above the limit of all."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(5):
            archive.writestr(f"{number}.bin", bytes(30 * 2**20))
    assert "zip is larger than" in unreadable(path)


def test_a_zip_of_very_many_files_is_refused_before_its_table_is_read(tmp_path: Path) -> None:
    """The table of contents alone could fill the memory."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MOST_FILES + 1):
            archive.writestr(str(number), b"")
    assert f"more than {MOST_FILES} files" in unreadable(path)


def test_a_zip64_is_refused(tmp_path: Path) -> None:
    """Its true counts stand in a record that we do not read."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(65_536):
            archive.writestr(str(number), b"")
    unreadable(path)


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    """By its size on the disk."""
    path = tmp_path / "x.zip"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 2**31)
    assert "zip is larger than" in unreadable(path)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE_ZIP) - 1), st.integers(1, 255))
def test_any_changed_byte_of_the_zip_gives_an_answer(where: int, change: int) -> None:
    """Never an exception; the bytes of files are guarded by sums, the rest of a zip (dates, flags) proves nothing."""
    data = bytearray(WHOLE_ZIP)
    data[where] ^= change
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(data)
        if verify(path).code == WHOLE:
            assert contents(bytes(data)) == contents(WHOLE_ZIP)


def contents(data: bytes) -> dict[str, bytes]:
    """What a zip holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
