"""A French export speaks French: no code of the program and no English phrase stands in its chronology."""

import ast
import re
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from law import library as law_library
from law.vocabulary import Deed, LetterKind, LocationKind, Receipt, Sight
from models.store import Store
from tests.export.lived import NUMBER
from web.detail_words import NAMES, PROBE, VALUES
from web.details import LEFT_OUT, detail_lines
from web.export.run import Wish, export
from web.words import Words

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = law_library.load()
PARIS = ZoneInfo("Europe/Paris")
FRENCH, ENGLISH = Words("fr", LIBRARY), Words("en", LIBRARY)


def lines(kind: str, words: Words = FRENCH, **details: Any) -> list[str]:
    """What these details say."""
    return detail_lines(kind, details, words, PARIS)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_no_code_stands_in_a_chronology(store: Store, tmp_path: Path, now: datetime, language: str) -> None:
    """Of a report that was lived, every word with an underscore is one of ours and a fault."""
    path = tmp_path / "one.zip"
    wish = Wish((NUMBER,), "court", "fr" if language == "fr" else "en", "S-07")
    await export(store, LIBRARY, wish, lambda _: path, organisation="Hotline Example", now=now)
    with zipfile.ZipFile(path) as archive:
        page = archive.read("timeline.html").decode()
    told = re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.S)
    chronology = [line for line in told.splitlines() if " · " in line or ": " in line]
    assert chronology
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", told) == []
    if language == "fr":
        english = {pair[1] for pair in NAMES.values()} - {pair[0] for pair in NAMES.values()}
        assert [name for name in english if re.search(rf"(?:^|· ){re.escape(name)}: ", told, re.M)] == []


def test_details_are_told_in_words() -> None:
    """Vocabularies, the law's own labels, instants, lists and yes; ids and commitments are left out."""
    assert lines("routed", regimes=["eu-dsa-16"], never=["registrant"], asks=[]) == [
        f"voies\u00a0: {FRENCH.text(LIBRARY.regime('eu-dsa-16').label)}",
        f"jamais informés\u00a0: {FRENCH.term('party_kind', 'registrant')}",
    ]
    assert lines("withheld", deed=str(Deed.VERIFY)) == [f"ce qui était dû\u00a0: {FRENCH.term('deed', 'verify')}"]
    assert lines("seen", sight=str(Sight.ALIVE), detail="the host reports a fault of its own (503)") == [
        f"vu\u00a0: {FRENCH.term('sight', 'alive')}", "constat\u00a0: l'hôte signale une panne (503)",
    ]  # fmt: skip
    assert lines("given", code=250, receipt=str(Receipt.SERVER), letter="0" * 8 + "-" + "0" * 27) == [
        "code du serveur\u00a0: 250", f"réception\u00a0: {FRENCH.term('receipt', Receipt.SERVER)}",
    ]  # fmt: skip
    assert lines("hold", ends_at="2026-11-23T09:00:00.000000Z", written=True) == [
        "fin\u00a0: 23\u00a0nov.\u00a02026 10:00 +0100", "par écrit\u00a0: oui",
    ]  # fmt: skip
    assert lines("received", why="ab" * 32, locations=["cd" * 32], emergency=False, source="import") == [
        f"origine\u00a0: {VALUES['import'][0]}"
    ]
    assert lines("planned", ENGLISH, letter_kind=str(LetterKind.NOTICE)) == [
        f"letter: {ENGLISH.term('letter_kind', 'notice')}"
    ]
    assert LocationKind.URL == "url"


@pytest.mark.parametrize("cause", ["request", "not_illegal", "tell_erasure", "missing:filing"])
def test_a_cause_is_told_in_the_words_of_its_event(cause: str) -> None:
    """Of an erasure, a retraction, a matter: never the code itself."""
    [said] = lines("erased" if cause == "request" else "decided", cause=cause)
    assert cause not in said and "_" not in said


def test_why_a_procedure_was_opened_is_the_laws_own_french() -> None:
    """The record keeps the English sentence; the law room knows its French."""
    step = next(one for regime in LIBRARY.regimes.values() for one in regime.follows)
    assert lines("opened", why=step.why.en) == [f"pourquoi\u00a0: {step.why.fr}"]
    assert lines("opened", why="A sentence that no law has.") == []


def test_every_detail_that_is_written_has_a_name() -> None:
    """In both languages; a new one needs its words."""
    written: set[str] = set()
    for file in (ROOT / "cases").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
                "event", "advance",
            }:  # fmt: skip
                written |= {keyword.arg for keyword in node.keywords if keyword.arg}
    written -= {"at", "procedure_id", "actor"} | LEFT_OUT
    assert written - NAMES.keys() == set()
    assert all(all(pair) for pair in NAMES.values())


def test_every_phrase_of_the_probe_has_its_french() -> None:
    """Those in the code and those in the file of signs; what stands in brackets is a number."""
    said: set[str] = set()
    for file in ROOT.glob("edges/probe*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and len(node.args) > 1:
                said |= {_phrase(node.args[1])}
    for signs in ROOT.glob("edges/*.toml"):
        said |= set(re.findall(r'^detail = "(.*)"$', signs.read_text(encoding="utf-8"), re.M))
        tomllib.loads(signs.read_text(encoding="utf-8"))
    said = {one.removeprefix("redirects, ") for one in said if one and not one.endswith(", ")}
    assert said - PROBE.keys() == set()


def _phrase(node: ast.expr) -> str:
    """The fixed part of a phrase, before what stands in brackets."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return str(node.values[0].value).partition(" (")[0]
    return ""
