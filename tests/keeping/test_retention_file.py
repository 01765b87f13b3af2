"""The retention file: a closed vocabulary, each outcome of each category exactly once, no figure of ours."""

from itertools import product
from pathlib import Path

import pytest

from cases.retention_file import RetentionFault, read_periods
from law import library as law_library
from law.lifecycle import FINAL
from law.outcomes import Outcome, outcome_of
from law.vocabulary import Stage
from tests.ready import periods_toml

LIBRARY = law_library.load()


def faults_of(folder: Path, toml: str) -> str:
    """What the reader says is wrong with this file."""
    path = folder / "retention.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(RetentionFault) as refused:
        read_periods(path, LIBRARY)
    return str(refused.value)


def test_every_pair_is_covered(tmp_path: Path) -> None:
    """A category that is named goes before "*", which covers the others."""
    path = tmp_path / "retention.toml"
    path.write_text(periods_toml() + '[[period]]\noutcome = "complied"\ncategory = "csam"\nmonths = 24\n')
    periods = read_periods(path, LIBRARY)
    assert set(product(Outcome, LIBRARY.categories)) == periods.months.keys()
    assert (periods.months[Outcome.COMPLIED, "csam"], periods.months[Outcome.COMPLIED, "hate"]) == (24, 12)


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    """An unknown outcome and category, a period of nothing and a missing key are all named, with what is allowed."""
    toml = periods_toml() + "".join(
        f"[[period]]\n{row}\n"
        for row in (
            'outcome = "won"\ncategory = "*"\nmonths = 1',
            'outcome = "complied"\ncategory = "nonsense"\nmonths = 1',
            'outcome = "complied"\ncategory = "csam"\nmonths = 0',
            'outcome = "complied"\ncategory = "csam"\nmonths = true',
            'outcome = "complied"\ncategory = "csam"',
        )
    )
    said = faults_of(tmp_path, toml)
    for word in ("'won'; allowed: not_illegal", "'nonsense'; allowed: *", "months = 0", "months = True", "the keys"):
        assert word in said


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("", "no period for not_illegal"),
        (periods_toml() * 2, "complied × * has a period already"),
        (periods_toml(not_illegal=13), "kept no longer than any other: 12"),
        (periods_toml(out_of_perimeter=13), "kept no longer than any other: 12"),
        (periods_toml() + "default = 3", "the keys"),
        ("months = 3\n" + periods_toml(), "unknown key months; allowed: period"),
        ("period = 3", "[[period]]"),
        ("[[", "cannot be read"),
    ],
)
def test_what_is_no_retention_file(tmp_path: Path, toml: str, says: str) -> None:
    """A gap, a double, a default, and what was not illegal kept longest: refused."""
    assert says in faults_of(tmp_path, toml)


def test_star_that_covers_nothing_is_a_fault(tmp_path: Path) -> None:
    """Where each category has a period of its own, "*" says nothing."""
    own = "".join(
        f'[[period]]\noutcome = "complied"\ncategory = "{each}"\nmonths = 12\n' for each in LIBRARY.categories
    )
    assert "complied × * covers nothing" in faults_of(tmp_path, periods_toml() + own)


@pytest.mark.parametrize(
    ("stages", "given", "outcome"),
    [
        ((), {}, Outcome.OUT_OF_PERIMETER),
        ((Stage.COMPLIED, Stage.WITHDRAWN), {}, Outcome.COMPLIED),
        ((Stage.MISSED, Stage.COMPLIED), {}, Outcome.COMPLIED),
        ((Stage.MISSED, Stage.WITHDRAWN), {"gone": True}, Outcome.COMPLIED),
        ((Stage.MISSED, Stage.LAPSED), {"gone": True}, Outcome.BLOCKED),
        ((Stage.MISSED, Stage.UNANSWERED), {}, Outcome.MISSED),
        ((Stage.REFUSED, Stage.UNANSWERED), {}, Outcome.REFUSED),
        ((Stage.UNANSWERED, Stage.MOVED), {}, Outcome.UNANSWERED),
        ((Stage.WITHDRAWN,), {}, Outcome.WITHDRAWN),
        ((Stage.WITHDRAWN, Stage.MOVED), {}, Outcome.CLOSED),
        ((Stage.COMPLIED,), {"retracted": "not_illegal"}, Outcome.NOT_ILLEGAL),
        ((Stage.COMPLIED,), {"retracted": "duplicate"}, Outcome.RETRACTED),
    ],
)
def test_outcome(stages: tuple[Stage, ...], given: dict[str, object], outcome: Outcome) -> None:
    """How a report ended is one function of the final stages of its procedures."""
    assert outcome is outcome_of(stages, **{"retracted": None, "gone": False} | given)  # type: ignore[arg-type]


def test_every_set_of_final_stages_has_an_outcome() -> None:
    """No pair of final stages is left unsaid."""
    for pair in product(FINAL, FINAL):
        assert outcome_of(pair, retracted=None, gone=False) in Outcome
