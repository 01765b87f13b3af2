"""Erasing by age: closed reports only, what a legal hold keeps stays, and an interrupted run goes on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from cases.desk import Desk
from cases.erase import noted
from cases.erase_scope import EraseRefused
from cases.record.keep import legal_hold
from cases.record.opening import dossiers_of
from cases.retention import RetentionRefused, Survey, apply, survey
from cases.retention_file import Periods, read_periods
from law.outcomes import Outcome
from law.vocabulary import Stage
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import Report
from tests.auditing import audited
from tests.faults.house import LIBRARY, NOW
from tests.ready import periods_toml

ALL = [f"R-2026-00000{number}" for number in (1, 2, 3)]
LATER = datetime(2027, 10, 6, 12, 0, tzinfo=UTC)  # a year and a day after NOW: twelve months are over
PERSON = b"p" * 32


@pytest.fixture
def periods(tmp_path: Path) -> Periods:
    """Twelve months for everything but what was not illegal or not ours."""
    path = tmp_path / "retention.toml"
    path.write_text(periods_toml(), encoding="utf-8")
    return read_periods(path, LIBRARY)


async def close(desk: Desk, *numbers: str, at: datetime = NOW) -> None:
    """These reports ended: their procedures were complied with, nothing is due any more."""
    draft = Draft(at)
    for dossier in await dossiers_of(desk, numbers):
        entry = draft.event(dossier.report.id, "closed")
        for procedure in dossier.procedures:
            entry.set(procedure, stage=Stage.COMPLIED, closed_at=at)
        for duty in dossier.duties:
            entry.set(duty, closed_at=at)
        entry.set(dossier.report, closed_at=at)
    await desk.store.write(draft)


async def left(store: Store) -> set[str]:
    """The reports of which something private can still be read."""
    async with store.transaction() as connection:
        rows = await connection.execute(
            text(
                "SELECT DISTINCT r.number FROM report r JOIN private_text t ON t.report_id = r.id"
                " JOIN data_key k ON k.id = t.key_id WHERE k.erased_at IS NULL"
            )
        )
        return set(rows.scalars())


async def erased(store: Store, found: Survey, folder: Path, **more: object) -> int:
    """Erase what was found, by two people."""
    given = {"by": "D-01", "second": "S-07", "ledger": folder / "erasures.jsonl", "now": LATER} | more
    return await apply(store, found, **given)  # type: ignore[arg-type]


async def test_only_closed_reports_whose_period_is_over(store: Store, desk: Desk, periods: Periods) -> None:
    """The period begins with the day of closing; the last day still belongs to it; an open report is never over."""
    await close(desk, ALL[0])
    await close(desk, ALL[1], at=NOW + timedelta(days=2))
    found = await survey(store, periods, LIBRARY, LATER)
    assert [each.number for each in found.over] == ALL[:1]
    assert found.table() == [((Outcome.COMPLIED, "hate"), 1, 0)]
    last_day = await survey(store, periods, LIBRARY, LATER - timedelta(days=1))
    assert list(last_day.over) == []
    assert await audited(store) == []


async def test_erasing_takes_all_purposes_and_leaves_the_rest(
    store: Store, desk: Desk, periods: Periods, tmp_path: Path
) -> None:
    """What is over is gone, what a hold keeps or is open stays, the list outside names both people, once."""
    await close(desk, ALL[0], ALL[1])
    await legal_hold(desk, [ALL[1]], why="Tribunal", by="S-07", now=NOW)
    found = await survey(store, periods, LIBRARY, LATER)
    assert found.table() == [((Outcome.COMPLIED, "hate"), 1, 1)]
    assert await erased(store, found, tmp_path) == 1
    assert await left(store) == set(ALL[1:])
    [line] = noted(tmp_path / "erasures.jsonl")
    assert (line.by, line.second, line.cause) == ("D-01", "S-07", "retention")
    again = await survey(store, periods, LIBRARY, LATER)
    assert again.table() == [((Outcome.COMPLIED, "hate"), 0, 1)]
    assert await erased(store, again, tmp_path) == 0
    assert await audited(store) == []


async def test_an_interrupted_run_goes_on(store: Store, desk: Desk, periods: Periods, tmp_path: Path) -> None:
    """Each batch stands for itself: what was erased stays erased, and the next run does the rest."""
    await close(desk, *ALL)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        found = await survey(store, periods, LIBRARY, LATER)
        await erased(store, found, tmp_path, batch=1, progress=interrupt)
    assert len(await left(store)) == 2
    assert await erased(store, await survey(store, periods, LIBRARY, LATER), tmp_path, batch=1) == 2
    assert await left(store) == set()
    assert await audited(store) == []


async def test_a_person_goes_with_the_last_report(store: Store, desk: Desk, periods: Periods, tmp_path: Path) -> None:
    """A person's key stays while a report that is open, or kept, still needs it; then it goes."""
    draft = Draft(NOW)
    async with store.session() as session:
        reports = (await session.exec(select(Report).order_by(Report.number))).all()
    for report in reports[:2]:
        draft.event(report.id, "amended")
        draft.keep_apart(private(Purpose.REPORTER, "Jane Doe", now=NOW, report_id=report.id, subject=PERSON))
    await store.write(draft)
    await close(desk, ALL[0])
    assert await erased(store, await survey(store, periods, LIBRARY, LATER), tmp_path) == 1
    assert await left(store) == set(ALL)
    assert (await survey(store, periods, LIBRARY, LATER)).table() == []  # nothing is listed that cannot go
    await close(desk, ALL[1])
    assert await erased(store, await survey(store, periods, LIBRARY, LATER), tmp_path, batch=1) >= 1
    assert await left(store) == {ALL[2]}
    assert await audited(store) == []


async def test_a_hold_that_comes_meanwhile_is_kept(store: Store, desk: Desk, periods: Periods, tmp_path: Path) -> None:
    """Between list and erasure somebody may place a hold: the batch is refused, nothing of it is gone."""
    await close(desk, ALL[0])
    found = await survey(store, periods, LIBRARY, LATER)
    await legal_hold(desk, [ALL[0]], why="Tribunal", by="S-07", now=NOW)
    with pytest.raises(EraseRefused, match="a legal hold keeps it"):
        await erased(store, found, tmp_path)
    assert await left(store) == set(ALL)
    assert await audited(store) == []


async def test_erasing_takes_two_people(store: Store, desk: Desk, periods: Periods, tmp_path: Path) -> None:
    """The second person is somebody else, whatever the case of the letters."""
    await close(desk, ALL[0])
    with pytest.raises(RetentionRefused, match="two different people"):
        await erased(store, await survey(store, periods, LIBRARY, LATER), tmp_path, second="d-01")
    assert await left(store) == set(ALL)
    assert await audited(store) == []
