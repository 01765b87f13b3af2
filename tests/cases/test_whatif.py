"""What-if: a changed regime on what is open now; told exactly, and nothing written."""

from datetime import timedelta
from pathlib import Path

import pytest

from bench.rows import directory, due_at_once
from cases.house import OrganisationFile, found_house, house_of, organisation_facts
from cases.whatif import Touched, touched_by, trial, with_file
from law.errors import LawFault
from law.gate import gate
from law.library import HOME, load
from law.supposed import Supposition, suppose
from law.vocabulary import Depicted, PartyKind, Stage
from law.whatif import Standing, World, as_signed, of_new_report, of_procedure
from models.store import ReadOnly, Store
from tests.cases.conftest import NOW
from tests.faults.house import faults_of, scalar
from tests.keys import KEYS

ENDS = NOW + timedelta(days=1)
FILE = HOME / "regimes" / "eu-dsa-16.toml"


async def tried(store: Store, path: Path) -> list[Touched]:
    """Everything that the file would change."""
    library, reading = load(), ReadOnly(store)
    facts, _ = await organisation_facts(reading, OrganisationFile(), await house_of(reading))
    given = trial(path, library, facts, "Europe/Paris", NOW)
    return [one async for part in touched_by(reading, given, NOW) for one in part]


@pytest.fixture
async def running(database_url: str) -> Store:
    """Twenty notices whose own clocks end tomorrow."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=NOW - timedelta(days=30))
    await due_at_once(store, await directory(store, NOW - timedelta(days=10)), 20, ENDS, seed=3)
    return store


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The file of Art. 16 with one thing changed."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "draft-of-a-regime.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


async def test_the_same_file_changes_nothing(running: Store) -> None:
    """A file that decides what the present one decides touches no report."""
    assert await tried(running, FILE) == []
    await running.close()


async def test_another_clock_moves_every_deadline_from_when_to_when(running: Store, tmp_path: Path) -> None:
    """A legal number where the house had one: each open procedure says its present end and its new one."""
    legal = 'kind = "law"\nrule = "OTHER/hours"\namount = 24\n'
    path = changed(tmp_path, 'kind = "house"\nrule = "HOUSE/hours"\nhouse = "answer_hours"\n', legal)
    found = await tried(running, path)
    moved = [one for one in found if one.effect.kind == "moves"]
    assert len({one.number for one in moved}) == 20
    for one in moved:
        assert one.effect.before == ENDS
        given = await scalar(running, "SELECT given_at FROM procedure p JOIN report r ON r.id = p.report_id "
                             "WHERE r.number = :n", n=one.number)  # fmt: skip
        assert one.effect.after == given + timedelta(hours=24)
        assert one.effect.clock == "law"
    over = {one.number for one in found if one.effect.kind == "over_now"}
    assert over == {one.number for one in moved if one.effect.after and one.effect.after <= NOW}
    await running.close()


async def test_another_ladder_says_what_would_be_opened_and_what_not(running: Store, tmp_path: Path) -> None:
    """Without the complaint to the coordinator nothing is opened there any more; the other routes are not named."""
    path = changed(tmp_path, 'on = ["unanswered", "refused"]\nopens = ["eu-dsa-53"]', 'on = ["refused"]\nopens = ["eu-dsa-53"]')  # fmt: skip
    found = await tried(running, path)
    assert {(one.effect.kind, one.effect.regime) for one in found} == {("no_longer_opens", "eu-dsa-53")}
    assert len(found) == 20
    await running.close()


async def test_nothing_is_written(running: Store, tmp_path: Path) -> None:
    """PostgreSQL itself keeps these connections from writing, and the record is what it was."""
    query = "SELECT count(*) || ' ' || max(id) FROM event"
    before = await scalar(running, query)
    await tried(running, changed(tmp_path, "reminder = true", "reminder = false"))
    assert await scalar(running, query) == before
    assert await faults_of(running) == []
    await running.close()


def test_a_file_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    """Every fault at once, by file and key."""
    broken = changed(tmp_path, "[[clock]]", "[[clok]]")
    broken.write_text(
        broken.read_text(encoding="utf-8").replace('value = "anyone"', 'value = "nobody"'), encoding="utf-8"
    )
    with pytest.raises(LawFault) as told:
        trial(broken, load(), None, "Europe/Paris", NOW)  # type: ignore[arg-type]
    assert {"clok", "standing.0.value"} <= {fault.key for fault in told.value.faults}


IN_FORCE = 'from = 2024-02-17\nvalue = "in_force"\ncite = "applies"\n'
REPEALED = IN_FORCE.replace("value", "until = 2026-11-01\nvalue", 1) + (
    '[[status]]\nfrom = 2026-11-01\nvalue = "repealed"\ncite = "applies"\n'
)
CLOCK = '[[clock]]\nkind = "house"\nrule = "HOUSE/hours"\nhouse = "answer_hours"\nstarts = "given"\ncite = "soft"\n'


async def test_a_repealed_regime_is_told_for_every_running_procedure(running: Store, tmp_path: Path) -> None:
    """A letter that left under a law in force loses its ground when the changed file says that the law is repealed."""
    found = await tried(running, changed(tmp_path, IN_FORCE, REPEALED))
    lost = [one for one in found if one.effect.kind == "loses_ground"]
    assert len({one.number for one in lost}) == len(lost) == 20
    assert {one.effect.what for one in lost} == {"repealed"}
    await running.close()


async def test_a_file_without_an_answer_clock_is_an_effect(running: Store, tmp_path: Path) -> None:
    """No clock to count with is told for each report, with its present end; the others are still looked at."""
    another = '[[clock]]\nid = "another"\ndoes.fr = "répondre"\ndoes.en = "answer"\n'
    path = changed(tmp_path, CLOCK, CLOCK.replace("[[clock]]\n", another))
    found = await tried(running, path)
    assert [(one.effect.kind, one.effect.before) for one in found] == [("no_clock", ENDS)] * 20
    assert "has no clock" in found[0].effect.what
    await running.close()


def test_a_gate_that_is_closed_today_and_wants_more_tomorrow_is_told_with_what_is_new(tmp_path: Path) -> None:
    """Unsigned today, and repealed by the changed file: the wait for the law in force is new, and only it is named."""
    library = load()
    what = Supposition("hate", Depicted.NOBODY, "FR", PartyKind.ONLINE_PLATFORM, unsigned=frozenset({"eu-dsa-16"}))
    supposed = suppose(what, library, NOW)
    given = trial(changed(tmp_path, IN_FORCE, REPEALED), library, supposed.organisation, "Europe/Paris", NOW)
    party = supposed.report.hosts[0]
    now_wanting = {
        one.id
        for one in gate(
            library.regime("eu-dsa-16"), supposed.report, party, supposed.organisation, library, NOW
        ).wanting
    }
    assert now_wanting
    for stage in (Stage.OPENED, Stage.WAITING):
        standing = Standing("eu-dsa-16", stage, party)
        effects = of_procedure(standing, supposed.report, given.before, given.after, NOW)
        assert [(one.kind, one.what) for one in effects] == [("would_wait", "in_force")]
        assert not now_wanting & {"in_force"}


def test_what_would_open_says_before_which_condition_nothing_leaves() -> None:
    """Child abuse material is told to the police first: the notice to the host opens and is held."""
    library = load()
    what = Supposition("csam", Depicted.MINOR, "FR", PartyKind.HOSTING_PROVIDER, unsigned=frozenset({"eu-dsa-16"}))
    supposed = suppose(what, library, NOW)
    after = as_signed(supposed.organisation, library, "eu-dsa-16", ENDS)
    worlds = [World(library, one, "Europe/Paris") for one in (supposed.organisation, after)]
    effects = [one for one in of_new_report(supposed.report, *worlds, NOW) if one.kind == "opens"]
    assert [(one.regime, one.condition) for one in effects] == [("eu-dsa-16", "police_no_objection_or_agreed_delay")]


def test_faults_name_the_file_that_was_given(tmp_path: Path) -> None:
    """Whoever gives `e.csv` looks for `e.csv`, not for the name of our copy."""
    path = tmp_path / "e.csv"
    path.write_text('surprise = "x"\n', encoding="utf-8")
    with pytest.raises(LawFault) as told:
        with_file(path)
    assert {fault.file for fault in told.value.faults} == {"e.csv"}
