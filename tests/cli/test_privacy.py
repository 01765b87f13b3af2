"""`sansdelai privacy register` and `check`: what a data protection officer reads, and when the check fails."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.privacy
from cli import app
from cli.docs_privacy import privacy_page
from cli.privacy_words import PURPOSES, WORDS
from law.vocabulary import PartyKind
from models.draft import Draft
from models.privacy import LANGUAGES, Language, register
from models.private import Purpose
from models.store import Store
from tests.faults.house import NOW, furnish, party
from tests.keys import KEYS


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


def test_what_the_organisation_states_stands_at_the_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Controller, officer and basis come from the organisation's file; without it they are said to be unknown."""
    assert "Controller: unknown: the organisation" in CliRunner().invoke(app, ["privacy", "register"]).stdout
    file = tmp_path / "organisation.toml"
    file.write_text('controller = "Hotline Example"\ndpo = "D-01"\nbasis = "LIL Art. 46"\n', encoding="utf-8")
    monkeypatch.setenv("SANSDELAI_ORGANISATION_FILE", str(file))
    told = CliRunner().invoke(app, ["privacy", "register"]).stdout
    for line in ("Controller: Hotline Example", "Data protection officer: D-01", "by the organisation: LIL Art. 46"):
        assert line in told


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


ORGANISATION = """
[processors.relay]
name = "Relay SAS"
country = "fr"
role = "processor"
[processors.backup]
name = "Copies Inc."
country = "US"
role = "processor"
[processors.timestamp-2]
name = "Stamps Ltd."
country = "GB"
role = "recipient"
[transfers]
US = "GDPR Art. 49(1)(e)"
"""


def organised(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The organisation's file says so."""
    file = folder / "organisation.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("SANSDELAI_ORGANISATION_FILE", str(file))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_recipients_and_processors_stand_in_the_register(
    database_url: str, tmp_path: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who works for the house, with country and role; each addressee by number; what is not stated is unknown."""
    store = Store(database_url, KEYS)
    await furnish(store)
    draft = Draft(NOW)
    party(draft, "P-0009", PartyKind.ONLINE_PLATFORM, "abuse@host.example", country="US")
    party(draft, "P-0010", PartyKind.ONLINE_PLATFORM, "abuse@other.example", country=None)
    await store.write(draft)
    await store.close()
    organised(tmp_path, monkeypatch, ORGANISATION)
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", database_url)
    monkeypatch.setattr("cli.privacy.out.width", 200)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["privacy", "register", "--lang", language])
    assert done.exit_code == 0, done.stderr
    lines = done.stdout[done.stdout.index(WORDS["outside"][language == "en"]) :].splitlines()

    def line(of: str) -> str:
        return " ".join(next(each for each in lines if of in each).split())

    unknown = WORDS["unstated"][language == "en"]
    assert "Relay SAS FR, " in line("(relay)") and WORDS["inside"][language == "en"] in line("(relay)")
    assert f"Copies Inc. US, {unknown}" in line("(backup)")
    assert WORDS["no_data"][language == "en"] in line("(timestamp-2)")
    assert unknown in line("(mailbox)")
    assert "US, GDPR Art. 49(1)(e)" in line("P-0009") and unknown in line("P-0010")
    assert "abuse@" not in done.stdout
    found = json.loads((await asyncio.to_thread(CliRunner().invoke, app, ["privacy", "register", "--json"])).stdout)
    assert [one["key"] for one in found["addressees"]][-2:] == ["P-0009", "P-0010"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ORGANISATION, "processors.backup: US is outside the EEA"),
        ("[processors.friend]\nname = 'x'\n", "processors.friend: unknown; allowed: relay, mailbox"),
        ("[processors.relay]\ncountry = 'UK'\n", "processors.relay.country: is no country code"),
        ("[processors.relay]\nrole = 'friend'\n", "processors.relay.role: unknown; allowed: processor"),
        ("[processors.relay]\nshoe = 'x'\n", "processors.relay.shoe: unknown; allowed: name"),
        ("processors = 3\n", "processors: allowed: tables"),
        ("[processors]\nrelay = 3\n", "processors.relay: allowed: name"),
        ("transfers = 3\n", "transfers: allowed: country codes"),
        ("[transfers]\nXX = 'x'\nUS = ' '\n", "transfers.US: allowed: the ground"),
    ],
)
def test_check_says_every_fault_of_the_organisations_tables(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transfer without a ground, an unknown word, another shape: one line each, exit code 1, no traceback."""
    organised(tmp_path, monkeypatch, text)
    done = CliRunner().invoke(app, ["privacy", "check"])
    assert done.exit_code == 1 and says in done.stderr
    if text is not ORGANISATION:
        assert CliRunner().invoke(app, ["privacy", "register"]).exit_code == 1
