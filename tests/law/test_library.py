"""The files of the law: what ships is whole, and every fault of a broken folder is told at once."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from law.errors import LawFault, UnknownRegime
from law.library import HOME, load
from law.regime import Regime
from law.values import Value
from law.vocabulary import Confidence, Nature, RegimeStatus, RuleKind
from tests.law.facts_for_tests import LIBRARY

EXPECTED = {
    "eu-dsa-9", "eu-dsa-16", "eu-dsa-18", "eu-dsa-20", "eu-dsa-21", "eu-dsa-22", "eu-dsa-51-3", "eu-dsa-53", "eu-tco-3",
    "eu-vaw-23", "fr-pharos", "fr-prosecutor", "fr-lcen-6-1", "fr-lcen-6-3", "fr-lcen-6-4", "fr-lcen-10-1", "fr-sren-5",
    "fr-cp-131-35-1", "inhope-iccam", "us-tida", "us-2258a", "uk-osa-10-3a", "uk-osa-144-147", "au-osa-77", "au-osa-88",
    "au-osa-109-128", "au-osa-95-99", "in-it-3-2-b", "in-it-3-1-d", "in-69a-9", "kr-icna-44-2", "kr-tba-22-5",
    "de-ddg-13", "ie-osmr-139zzd", "ie-osmr-139zzc", "it-144-bis", "es-aepd-cp", "dk-rpl-791d", "nl-atkm", "ca-bc-iipa",
    "br-mci-19-21", "jp-idpa", "prop-temporary-block",
}  # fmt: skip
ALIASES = {"eu-tco-4": "eu-tco-3", "uk-osa-147": "uk-osa-144-147", "au-osa-95": "au-osa-95-99", "in-69a": "in-69a-9"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may break."""
    for file in HOME.glob("*.toml"):
        shutil.copy(file, tmp_path)
    shutil.copytree(HOME / "regimes", tmp_path / "regimes")
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    """Break one place of one file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_regime_of_the_overview_is_there() -> None:
    """One file for each regime, under its id."""
    assert set(LIBRARY.ids()) == EXPECTED


def test_an_alias_finds_its_regime_and_an_unknown_id_says_what_is_allowed() -> None:
    """`prop-pdc-2026` is an alias; a wrong id is answered with the ids."""
    assert LIBRARY.regime("prop-pdc-2026").id == "prop-temporary-block"
    assert {alias: LIBRARY.regime(alias).id for alias in ALIASES} == ALIASES
    with pytest.raises(UnknownRegime, match="eu-dsa-16"):
        LIBRARY.regime("eu-dsa-1600")


@pytest.mark.parametrize(
    ("regime", "day", "status"),
    [
        ("eu-dsa-16", "2024-02-16", RegimeStatus.ADOPTED_NOT_APPLICABLE_YET),
        ("eu-dsa-16", "2024-02-17", RegimeStatus.IN_FORCE),
        ("us-tida", "2025-05-18", RegimeStatus.UNKNOWN),
        ("us-tida", "2026-05-18", RegimeStatus.ADOPTED_NOT_APPLICABLE_YET),
        ("us-tida", "2026-05-19", RegimeStatus.IN_FORCE),
        ("uk-osa-10-3a", "2026-06-28", RegimeStatus.ADOPTED_NOT_APPLICABLE_YET),
        ("uk-osa-10-3a", "2026-06-29", RegimeStatus.IN_FORCE),
        ("prop-temporary-block", "2026-11-22", RegimeStatus.PROPOSAL),
    ],
)
def test_the_status_is_that_of_the_day(regime: str, day: str, status: RegimeStatus) -> None:
    """Good day and day before the cutoff: a report is judged by the rule of its day."""
    assert status is LIBRARY.regime(regime).status_on(date.fromisoformat(day))
    assert (status is RegimeStatus.IN_FORCE) is LIBRARY.in_force(regime, date.fromisoformat(day))


def values_of(regime: Regime) -> list[Value]:
    """Every value of a regime."""
    series = (regime.status, regime.standings, regime.addressee_values, regime.elements, regime.preconditions)
    return [value for one in (*series, regime.clocks, regime.follows, regime.measures) for value in one]


def test_a_house_number_never_passes_for_law() -> None:
    """A clock that cites the law and takes its number from the house is marked house, and only legal ones have one."""
    for regime in LIBRARY.regimes.values():
        for clock in regime.clocks:
            numbered = clock.kind is RuleKind.LAW and clock.nature is not Nature.SOFT
            assert numbered == (clock.amount is not None), regime.id


def test_no_confidence_was_raised() -> None:
    """The UK clock is secondary, the soft duty of Art. 16 too, the proposal nothing at all."""
    uk, proposal = LIBRARY.regime("uk-osa-10-3a"), LIBRARY.regime("prop-temporary-block")
    clock = uk.clock_on(date(2026, 11, 22))
    assert clock is not None and Confidence.SECONDARY is clock.citation.confidence
    assert {Confidence.UNVERIFIED} == {one.citation.confidence for one in values_of(proposal)}


def test_the_proposal_is_empty() -> None:
    """Nobody wrote who decides, on what or for how long: the file asserts none of it."""
    proposal = LIBRARY.regime("prop-temporary-block")
    assert proposal.proposal and proposal.parameters and not proposal.addressees
    assert proposal.measure is not None
    assert (proposal.measure.decided_by, proposal.measure.targets) == (None, ())


def test_the_digest_is_that_of_the_bytes(folder: Path) -> None:
    """One changed byte, even in a comment, makes another version that needs another signature."""
    before = load(folder).regime("us-tida").digest
    change(folder / "regimes" / "us-tida.toml", "# TAKE", "#  TAKE")
    assert before != load(folder).regime("us-tida").digest


def test_every_fault_of_every_file_is_told_at_once(folder: Path) -> None:
    """Each fault names its file, its key and what is allowed; one broken file does not hide another."""
    regimes = folder / "regimes"
    change(regimes / "eu-dsa-16.toml", 'opens = ["fr-prosecutor"]', 'opens = ["fr-procureur"]')
    change(regimes / "eu-dsa-22.toml", 'cite = "small"', 'cite = "smell"')
    change(regimes / "us-tida.toml", "amount = 48", "amount = 0")
    change(regimes / "uk-osa-10-3a.toml", 'zone = "Europe/London"', 'zone = "Europe/Londres"')
    change(regimes / "eu-dsa-53.toml", "until = 2024-02-17", "until = 2024-02-18")
    change(regimes / "fr-pharos.toml", 'filing = "portal"', 'filing = "carrier-pigeon"')
    change(regimes / "inhope-iccam.toml", 'starts = "given"', 'begins = "given"')
    change(regimes / "fr-lcen-6-4.toml", "[[status]]", "[[status]")
    change(folder / "order.toml", 'categories = ["hate", "harassment"]', 'categories = ["hate", "spam"]')
    with pytest.raises(LawFault) as caught:
        load(folder)
    found = {(one.file, one.key) for one in caught.value.faults}
    assert {
        ("eu-dsa-16.toml", "follows.1.opens"),
        ("eu-dsa-22.toml", "preconditions.1.cite"),
        ("us-tida.toml", "clock.0.amount"),
        ("uk-osa-10-3a.toml", "clock.0.zone"),
        ("eu-dsa-53.toml", "status"),
        ("fr-pharos.toml", "filing"),
        ("inhope-iccam.toml", "clock.0.begins"),
        ("inhope-iccam.toml", "clock.0.starts"),
        ("fr-lcen-6-4.toml", "(file)"),
        ("order.toml", "rules.speech.categories"),
    } <= found
    allowed = {(one.file, one.key): one.allowed for one in caught.value.faults}
    assert "fr-prosecutor" in allowed["eu-dsa-16.toml", "follows.1.opens"]
    assert "starts" in allowed["inhope-iccam.toml", "clock.0.begins"]
    assert "'portal'" in allowed["fr-pharos.toml", "filing"]
    assert "small" in allowed["eu-dsa-22.toml", "preconditions.1.cite"]


def test_a_loop_of_escalations_without_a_wait_is_a_fault(folder: Path) -> None:
    """Two regimes without a clock that open each other would never stop."""
    for id, other in (("us-tida", "uk-osa-10-3a"), ("uk-osa-10-3a", "us-tida")):
        file = folder / "regimes" / f"{id}.toml"
        text = file.read_text(encoding="utf-8")
        before, rest = text.split("[[clock]]", 1)
        after = rest[rest.index("[[follows]]") :]
        ask = after[after.index("ask = ") : after.index("\n", after.index("ask = "))]
        file.write_text(before + after.replace(ask, f'opens = ["{other}"]', 1), encoding="utf-8")
    with pytest.raises(LawFault, match="a loop of escalations without a wait"):
        load(folder)


def test_emergency_numbers_are_the_dated_list() -> None:
    """17, 112, 114, 119, 3114 and 3018; a day before the list still gives numbers to call."""
    wanted = ["17", "112", "114", "119", "3114", "3018"]
    assert wanted == [one.number for one in LIBRARY.numbers_on(date(2026, 11, 23))]
    assert wanted == [one.number for one in LIBRARY.numbers_on(date(2026, 1, 1))]


def test_every_qualification_belongs_to_a_category_and_only_226_2_1_needs_the_complaint() -> None:
    """The victim's complaint is a property of the qualification."""
    needing = [one.id for one in LIBRARY.qualifications.values() if one.requires_victim_complaint]
    assert needing == ["fr-cp-226-2-1"]
    covered = {category for one in LIBRARY.qualifications.values() for category in one.categories}
    assert set(LIBRARY.categories) == covered
