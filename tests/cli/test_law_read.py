"""`sansdelai law list|show|check`: what is shown, that doubt is never hidden, and what a broken file does."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from pydantic import BaseModel
from rich.console import Console

from cli.law_screen import show_regime
from law.doubts import Mark, values_of
from law.gate import Supplier
from law.library import HOME, Library, load
from law.regime import Clock, Contest, Duration, Regime
from law.values import ConditionId
from law.vocabulary import Confidence
from web.law_terms import LAW_TABLES
from web.told.regime import sections
from web.told.terms import TABLES as TOLD
from web.words import Language

PROJECT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 23)
IDS = sorted(path.stem for path in (HOME / "regimes").glob("*.toml"))


def sansdelai(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", "import cli; cli.main()", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=os.environ | {"COLUMNS": "80"} | environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped law."""
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the law that a test may break."""
    for file in HOME.glob("*.toml"):
        shutil.copy(file, tmp_path)
    shutil.copytree(HOME / "regimes", tmp_path / "regimes")
    return tmp_path


def shown(library: Library, id: str, language: Language, width: int) -> str:
    """The screen of a regime."""
    screen = StringIO()
    show_regime(Console(file=screen, width=width), library.regime(id), library, language, DAY)
    return screen.getvalue()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_every_statement_of_every_regime_is_told_with_its_source(library: Library, id: str, language: Language) -> None:
    """No value is left out, none loses its source, and no text of the law is missing in either language."""
    regime = library.regime(id)
    lines = [line for section in sections(regime, library, language) for line in section.lines]
    assert [line.value for line in lines] == list(values_of(regime))
    assert all(line.says and line.citation == line.value.citation for line in lines)
    screen = shown(library, id, language, 10_000)
    for line in lines:
        assert line.says in screen
        assert line.citation.reference in screen
        assert str(line.citation.last_checked) in screen
        assert line.unverified == (line.citation.confidence is Confidence.UNVERIFIED)
    mark = "NON VÉRIFIÉ" if language == "fr" else "UNVERIFIED"
    assert all(f"• {mark} {line.says}" in screen for line in lines if line.unverified)
    assert regime.title.fr in screen and regime.title.en in screen


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_nothing_is_cut_on_a_narrow_screen(library: Library, id: str, language: Language) -> None:
    """80 columns hold every word: lines are broken, never cut with an ellipsis, and no word of our code is left."""
    narrow, wide = shown(library, id, language, 80), shown(library, id, language, 10_000)
    assert max(map(len, narrow.splitlines())) <= 80
    assert "".join(narrow.split()).count("…") == "".join(wide.split()).count("…")
    assert "".join(narrow.split()) == "".join(wide.split())


@pytest.mark.parametrize(
    ("table", "model", "field"),
    [
        ("unit", Clock, "unit"), ("one", Clock, "unit"), ("deferred", Clock, "deferred_by"), ("filing", Regime, "filing"),
        ("duration", Duration, "kind"), ("renewals", Duration, "renewals"), ("contestant", Contest, "by"),
    ],
)  # fmt: skip
def test_every_word_that_a_file_may_hold_has_its_words_in_both_languages(
    table: str, model: type[BaseModel], field: str
) -> None:
    """A new word of the model without French and English would be printed as code."""
    words = re.findall(r"'([a-z_]+)'", str(model.model_fields[field].annotation))
    assert words
    for word in words:
        assert all((TOLD | LAW_TABLES)[table][word])
    for enum, name in ((Supplier, "supplier"), (ConditionId, "condition"), (Mark, "mark"), (Confidence, "sure")):
        assert set((TOLD | LAW_TABLES)[name]) == {str(one) for one in enum}


def test_what_is_no_law_or_of_unknown_status_says_so(library: Library) -> None:
    """A proposal and a status that nobody knows are marked at the top."""
    assert "PROPOSAL" in shown(library, "prop-pdc-2026", "en", 80).splitlines()[2]
    assert "PROPOSITION" in shown(library, "prop-pdc-2026", "fr", 80).splitlines()[2]
    unknown = [id for id in IDS if library.regime(id).status_on(DAY) == "unknown"]
    for id in unknown:
        assert "STATUS UNKNOWN" in shown(library, id, "en", 80)


def test_show_takes_an_alias_and_gives_the_whole_file_as_json() -> None:
    """The alias stands for its regime; the keys are those of the file."""
    done = sansdelai("law", "show", "prop-pdc-2026", "--json", "--on", "2026-11-23")
    told = json.loads(done.stdout)
    assert (told["id"], told["aliases"]) == ("prop-temporary-block", ["prop-pdc-2026"])
    assert {"standing", "addressees", "clock", "measure", "status"} <= told.keys()
    assert told["of_the_day"] == {
        "on": "2026-11-23", "status_on": "proposal", "marks": ["proposal"], "weakest_confidence": None,
    }  # fmt: skip


def test_an_unknown_id_is_one_message() -> None:
    """Exit code 1, the ids that exist, no traceback."""
    done = sansdelai("law", "show", "eu-dsa-1600")
    assert done.returncode == 1
    assert "unknown regime 'eu-dsa-1600'; allowed:" in done.stderr and "eu-dsa-16" in done.stderr
    assert "Traceback" not in done.stderr


def test_list_gives_the_status_of_the_day_and_the_sureness_of_the_clock() -> None:
    """Good day and day before; a time that is ours has no sureness of law."""
    before = {one["id"]: one for one in json.loads(sansdelai("law", "list", "--on", "2026-06-28", "--json").stdout)}
    after = {one["id"]: one for one in json.loads(sansdelai("law", "list", "--on", "2026-06-29", "--json").stdout)}
    assert before["uk-osa-10-3a"]["status"] == "adopted_not_applicable_yet"
    assert "not_in_force" in before["uk-osa-10-3a"]["marks"]
    assert after["uk-osa-10-3a"]["status"] == "in_force"
    assert after["uk-osa-10-3a"]["clock_confidence"] == "secondary"
    assert after["inhope-iccam"]["clock_confidence"] in (None, "secondary", "unverified")
    assert sorted(after) == IDS


def test_check_tells_every_fault_and_reads_another_folder(folder: Path) -> None:
    """All faults at once, as text and as a JSON list; exit code 1; a whole folder is 0 and an empty list."""
    whole = sansdelai("law", "check", str(folder), "--json")
    assert (whole.returncode, json.loads(whole.stdout)) == (0, [])
    (folder / "regimes" / "us-tida.toml").write_text("[[x", encoding="utf-8")
    text = (folder / "house.toml").read_text(encoding="utf-8")
    (folder / "house.toml").write_text(text.replace("Europe/Paris", "Europe/Lutèce"), encoding="utf-8")
    broken = sansdelai("law", "check", str(folder), "--json")
    assert broken.returncode == 1
    told = json.loads(broken.stdout)
    assert {(one["file"], one["key"]) for one in told} == {("us-tida.toml", "(file)"), ("house.toml", "zone")}
    assert all(one["says"] and one["allowed"] for one in told)
    as_text = sansdelai("law", "check", str(folder))
    assert as_text.returncode == 1
    assert "2 fault(s)" in as_text.stderr and "Europe/Lutèce" in as_text.stderr


def test_check_of_a_folder_that_is_none() -> None:
    """One message that says what is expected."""
    done = sansdelai("law", "check", "no-such-folder")
    assert done.returncode == 1
    assert "is no folder; allowed:" in done.stderr


def test_all_files_are_checked_within_two_seconds() -> None:
    """Reading and checking every file of the law takes under 2 s."""
    start = time.perf_counter()
    load(HOME)  # a named folder is read anew each time
    assert time.perf_counter() - start < 2


def test_a_broken_law_stops_up_before_anything_starts(folder: Path, home: Path) -> None:
    """`sansdelai up` says every fault and starts neither database nor Prefect."""
    (folder / "regimes" / "us-tida.toml").write_text("[[x", encoding="utf-8")
    program = (
        "import sys, pathlib\n"
        "from law import library\n"
        f"library.HOME = pathlib.Path({str(folder)!r})\n"
        "sys.argv = ['sansdelai', 'up']\n"
        "import cli; cli.main()\n"
    )
    env = os.environ | {"SANSDELAI_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "us-tida.toml: (file):" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home / "postgres").exists()
