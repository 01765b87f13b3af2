"""What-if: a changed regime on what is open now; told exactly, and nothing written."""

from datetime import timedelta
from pathlib import Path

import pytest

from bench.rows import directory, due_at_once
from cases.house import OrganisationFile, found_house, house_of, organisation_facts
from cases.whatif import Touched, touched_by, trial
from law.errors import LawFault
from law.library import HOME, load
from models.store import ReadOnly, Store
from tests.cases.conftest import NOW
from tests.faults.house import faults_of, scalar

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
    store = Store(database_url)
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
