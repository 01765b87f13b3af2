"""The words of the product: complete in both languages, for everything the program can say."""

import ast
import re
from enum import StrEnum
from pathlib import Path

import pytest

from law import vocabulary
from law.library import Library
from web.labels import LABELS
from web.sentences import CAUSES, EVENTS, ROWS
from web.site import FOLDER
from web.terms import TABLES
from web.words import UnknownWord, Words

CASES = Path(__file__).resolve().parents[2] / "cases"
SPOKEN: dict[str, type[StrEnum]] = {
    "report_stage": vocabulary.ReportStage, "stage": vocabulary.Stage, "sight": vocabulary.Sight,
    "basis": vocabulary.Basis, "receipt": vocabulary.Receipt, "deed": vocabulary.Deed,
    "letter_status": vocabulary.LetterStatus, "letter_kind": vocabulary.LetterKind, "party_kind": vocabulary.PartyKind,
    "location_kind": vocabulary.LocationKind, "depicted": vocabulary.Depicted, "target": vocabulary.MeasureTarget,
    "regime_status": vocabulary.RegimeStatus, "confidence": vocabulary.Confidence, "rule_kind": vocabulary.RuleKind,
    "standing": vocabulary.Standing, "start": vocabulary.StartFact, "decider": vocabulary.Decider,
    "bearer": vocabulary.Bearer, "nature": vocabulary.Nature, "late_cause": vocabulary.LateCause,
}  # fmt: skip


def constants(node: ast.expr) -> list[str]:
    """The words that an expression can be: a constant, or either side of a condition."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return []


def calls(name: str) -> list[ast.Call]:
    """Every call of that name in cases/."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CASES.rglob("*.py"))]
    found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [one for one in found if name == getattr(one.func, "attr", getattr(one.func, "id", ""))]


def kinds_in_cases() -> set[str]:
    """The kinds of events that cases/ writes, read from its source; facts are all of the enum."""
    kinds = {str(fact) for fact in vocabulary.Fact}
    for call in calls("event"):
        kinds |= {word for argument in call.args[1:2] for word in constants(argument)}
    for call in calls("after_courtesy"):
        kinds |= {kind for word in constants(call.args[-1]) for kind in (word, f"not_{word}")}
    return kinds


def causes_in_cases() -> set[str]:
    """The causes of matters that cases/ sets, read from its source."""
    found = [keyword for call in calls("set_duty") for keyword in call.keywords if keyword.arg == "cause"]
    return {word for keyword in found for word in constants(keyword.value)} - {"None"}


def test_every_event_of_the_cases_has_a_sentence() -> None:
    """Whatever cases/ puts on the timeline is said in words, in both languages."""
    kinds = kinds_in_cases()
    assert {"planned", "prepared", "reminded", "given", "hold", "opened"} <= kinds
    assert set() == kinds - EVENTS.keys()


def test_every_cause_of_the_cases_has_words(library: Library) -> None:
    """Whatever cases/ asks of a person is said in words."""
    causes = causes_in_cases()
    assert {"sign", "file", "emergency"} <= causes
    assert set() == {one for one in causes if one not in CAUSES and one not in library.order.fallbacks}


def test_every_question_of_the_law_has_words(library: Library) -> None:
    """The causes that the law's files name are said in words."""
    asked = {follow.ask for regime in library.regimes.values() for follow in regime.follows if follow.ask}
    for words in (Words("fr", library), Words("en", library)):
        for cause in asked | library.order.fallbacks.keys():
            assert words.cause(cause) != cause.replace("_", " ")
        for item in library.house.gate:
            assert library.house.gate[item].fr in Words("fr", library).cause(f"missing:{item}")
        assert "_" not in words.cause("missing:good_faith")


@pytest.mark.parametrize("table", SPOKEN)
def test_every_member_of_a_vocabulary_has_words(table: str) -> None:
    """A closed vocabulary is closed here too: no member without words, no words without a member."""
    assert {str(member) for member in SPOKEN[table]} == TABLES[table].keys()


def test_nothing_is_left_untranslated() -> None:
    """Both languages say something, and the same values stand in both."""
    tables = [*TABLES.values(), LABELS, EVENTS, CAUSES, ROWS]
    for key, (fr, en) in ((key, pair) for table in tables for key, pair in table.items()):
        assert fr.strip() and en.strip(), key
        assert re.findall(r"\{\w*\}", fr) == re.findall(r"\{\w*\}", en), key


def test_every_text_of_the_templates_exists_and_is_used() -> None:
    """A page cannot ask for a text that nobody wrote, and no text is left over."""
    html = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.html"))
    asked = set(re.findall(r'\bt\("([a-z_]+)"', html))
    said = {"not_found", "bad_request", "no_store", "not_noted", "fault"}  # chosen by the program, with a longer text
    parts = set(re.findall(r'"([a-z_]+)"', " ".join(re.findall(r"\{% for (?:part|page) in \(([^)]*)\)", html))))
    late = {"late_by"}  # asked by `Words` itself
    assert asked | parts | late | said | {f"{one}_long" for one in said} == LABELS.keys()


def test_an_unknown_word_is_not_silent(library: Library) -> None:
    """An event or a cause that nobody put into words is shown by its name; a label is an error."""
    words = Words("en", library)
    assert words.event("something_new") == "Fact on record: something new."
    assert words.cause("some_cause/S-07") == "some cause"
    with pytest.raises(UnknownWord):
        words("no_such_label")
