"""`sansdelai privacy register` and `check`: what a data protection officer reads, and when the check fails."""

import json

import pytest
from typer.testing import CliRunner

import models.privacy
from cli import app
from cli.docs_privacy import privacy_page
from cli.privacy_words import PURPOSES, WORDS
from models.privacy import LANGUAGES, Language, register
from models.private import Purpose


def flat(text: str) -> str:
    """A printed text without the breaks of its lines."""
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_register_holds_each_class(width: int, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Narrow and wide, in both languages: each class with its columns; no line is wider than the screen."""
    monkeypatch.setattr("cli.privacy.out.width", width)
    done = CliRunner().invoke(app, ["privacy", "register", "--lang", language])
    assert done.exit_code == 0
    told = flat(done.stdout)
    for one in register().classes:
        assert f"{one.title[language]} ({one.name})" in told
        assert all(place.partition(".")[2] in told for place in one.columns)
    assert max(map(len, done.stdout.splitlines())) <= width


def test_the_narrow_register_says_everything_of_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Purpose, basis, retention, readers and recipients of each class stand there in words."""
    monkeypatch.setattr("cli.privacy.out.width", 80)
    told = flat(CliRunner().invoke(app, ["privacy", "register"]).stdout)
    for one in register().classes:
        for said in (one.purpose, one.basis, one.retention, *one.readers, *one.recipients):
            assert said["en"] in told


def test_json_holds_both_languages() -> None:
    """For programs: each class with its columns."""
    found = json.loads(CliRunner().invoke(app, ["privacy", "register", "--json"]).stdout)
    assert [one["class"] for one in found["classes"]] == [one.name for one in register().classes]
    assert all(one["title"].keys() == {"fr", "en"} and one["columns"] for one in found["classes"])


def test_check_passes_and_an_unknown_language_does_not() -> None:
    """Exit codes: 0 when all is classified; 1 for a language that is none."""
    assert CliRunner().invoke(app, ["privacy", "check"]).exit_code == 0
    assert CliRunner().invoke(app, ["privacy", "register", "--lang", "xx"]).exit_code == 1


@pytest.mark.parametrize("words", [("check",), ("register",)])
def test_an_unclassified_column_fails_with_every_fault(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, and all faults on standard error at once."""
    said, fields = models.privacy.read_files()
    fields["report"]["case"].remove("category")
    fields["party"]["contact"].append("shoe_size")
    for module in ("models.privacy", "cli.privacy"):
        monkeypatch.setattr(f"{module}.read_files", lambda: (said, fields))
    done = CliRunner().invoke(app, ["privacy", *words])
    assert done.exit_code == 1
    assert "report.category" in done.stderr and "party.shoe_size" in done.stderr


def test_the_page_holds_each_class_and_every_word_has_two_languages() -> None:
    """`docs/privacy.md` tells every class; every purpose has words."""
    page = privacy_page()
    assert all(f"## {one.title['en']} (`{one.name}`)" in page for one in register().classes)
    assert PURPOSES.keys() == set(Purpose)
    assert all(all(pair) for pair in (*WORDS.values(), *PURPOSES.values()))
