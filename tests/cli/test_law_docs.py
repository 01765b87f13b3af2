"""`sansdelai docs`: the pages that the program writes, and that `--check` sees every drift."""

import re
from pathlib import Path

import pytest
import typer

from cli.docs import docs, leftovers, pages
from cli.docs_page import WRITTEN
from law.library import Library, load


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped law."""
    return load()


@pytest.fixture
def written(tmp_path: Path, library: Library) -> Path:
    """A folder with every page."""
    docs(check=False, folder=tmp_path)
    return tmp_path


def drift(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `--check` says of the folder; it must fail."""
    capsys.readouterr()
    with pytest.raises(typer.Exit) as left:
        docs(check=True, folder=folder)
    assert left.value.exit_code == 1
    return capsys.readouterr().err


def test_what_was_written_is_up_to_date(written: Path) -> None:
    """The check passes on its own pages, and writes nothing."""
    before = {path: path.stat().st_mtime_ns for path in written.rglob("*.md")}
    docs(check=True, folder=written)
    assert before == {path: path.stat().st_mtime_ns for path in written.rglob("*.md")}


def test_each_regime_has_its_page_and_its_row(library: Library) -> None:
    """A page and a row for each regime; each link of the table leads to a page that exists."""
    found = pages(library)
    assert {f"regimes/{id}.md" for id in library.ids()} <= found.keys()
    links = set(re.findall(r"\]\(([^)]+)\)", found["regimes.md"]))
    assert links == {f"regimes/{id}.md" for id in library.ids()}
    for id in library.ids():
        regime, page = library.regime(id), found[f"regimes/{id}.md"]
        assert regime.title.en in page and regime.title.fr in page
        assert all(alias in page for alias in regime.aliases)


def test_every_row_of_a_table_has_the_same_cells(library: Library) -> None:
    """A bar in a text would break the row in two."""
    for name, text in pages(library).items():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            rows = [len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()]
            assert len(set(rows)) == 1, name


def test_a_changed_a_missing_and_a_left_over_page_are_named(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each drift is told by the name of its file; writing again repairs all of it."""
    (written / "lifecycle.md").write_text("by hand", encoding="utf-8")
    (written / "regimes" / "eu-dsa-16.md").unlink()
    (written / "regimes" / "gone-regime.md").write_text(WRITTEN + "\nold", encoding="utf-8")
    (written / "regimes" / "our-notes.md").write_text("somebody's own page", encoding="utf-8")
    told = drift(written, capsys)
    for name in ("lifecycle.md", "regimes/eu-dsa-16.md", "regimes/gone-regime.md"):
        assert name in told
    assert "regimes.md" not in told.replace("regimes/", "")
    docs(check=False, folder=written)
    docs(check=True, folder=written)
    assert (written / "regimes" / "our-notes.md").exists()


def test_only_the_folder_of_regimes_is_cleared(written: Path, library: Library) -> None:
    """A page that a person wrote beside the written ones is never removed."""
    (written / "glossary.md").write_text("by a person", encoding="utf-8")
    assert leftovers(written, pages(library)) == []
    docs(check=False, folder=written)
    assert (written / "glossary.md").read_text(encoding="utf-8") == "by a person"


def test_no_page_changes_with_the_day_or_the_machine(library: Library) -> None:
    """Twice the same; no path of a machine in any page."""
    first = pages(library)
    assert first == pages(load())
    assert not [name for name, text in first.items() if str(Path(__file__).parents[2]) in text]
