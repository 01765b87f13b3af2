"""Who was given the data hears of its end: a matter for each, never a letter, and none where nothing left."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from cases.desk import Desk
from cases.erase import erase, replay_erasures
from cases.exported import Export, say_exported
from cases.record.opening import RecordRefused, dossiers_of
from cases.record.people import retraction
from cases.record.rectify import rectification
from cases.record.sights import decided
from cases.tell import TELL_ERASURE, TELL_RECTIFICATION
from law.vocabulary import Deed, LetterKind, LetterStatus, ReportStage, Stage
from models.draft import Draft
from models.due import claim
from models.private import Purpose, private
from models.store import Store
from models.tables import Act, Duty, Mandate, Party, Report
from tests.auditing import audited
from tests.faults.house import NOW

ONE, TWO, THREE = (f"R-2026-00000{number}" for number in (1, 2, 3))
LATER = NOW + timedelta(days=3)
ASKED = [Purpose.LOCATION, Purpose.FREE_TEXT]


async def ended(desk: Desk, number: str, *, told: bool) -> None:
    """The report's procedures are over; its platform was told, or nothing ever left."""
    [dossier] = await dossiers_of(desk, [number])
    draft = Draft(NOW)
    entry = draft.event(dossier.report.id, "closed")
    for procedure in dossier.procedures:
        if told:
            given = {"kind": LetterKind.NOTICE, "status": LetterStatus.SENT, "at": NOW, "reference": "K-1"}
            entry.add(Act(report_id=dossier.report.id, procedure_id=procedure.id, **given))
            entry.set(procedure, given_at=NOW)
        entry.set(procedure, stage=Stage.COMPLIED, closed_at=NOW)
    for duty in dossier.duties:
        entry.set(duty, closed_at=NOW)
    entry.set(dossier.report, closed_at=NOW)
    await desk.store.write(draft)


async def matters(store: Store, number: str, cause: str) -> list[str]:
    """The addressees of open matters of this cause, by number; empty text: nobody of the directory."""
    query = (
        select(Party.number)
        .select_from(Duty)
        .join(Report, col(Report.id) == Duty.report_id)
        .outerjoin(Party, col(Party.id) == Duty.party_id)
        .where(Report.number == number, Duty.cause == cause, col(Duty.closed_at).is_(None))
    )
    async with store.session() as session:
        return sorted(found or "" for found in (await session.exec(query)).all())


async def gone(store: Store, home: Path, numbers: list[str], cause: str = "request", purposes: object = ASKED) -> None:
    """Erase."""
    ledger = home / "erasures.jsonl"
    given = {"by": "D-01", "second": "S-07", "cause": cause, "ledger": ledger, "now": LATER}
    await erase(store, numbers, purposes, **given)  # type: ignore[arg-type]


async def exported(store: Store, number: str, profile: str, party: str | None = None) -> None:
    """An export of this report was handed out."""
    async with store.session() as session:
        report_id = (await session.exec(select(Report.id).where(Report.number == number))).one()
    await say_exported(store, [Export(report_id, profile, "0" * 64, 3, party=party)], by="S-07", now=NOW)


async def test_everybody_who_was_told_is_a_matter_of_its_own(store: Store, desk: Desk, home: Path) -> None:
    """The platform by letter, Arcom and somebody outside the directory by export; the report stays closed."""
    await ended(desk, ONE, told=True)
    await exported(store, ONE, "regulator", "P-0002")
    await exported(store, ONE, "court")
    await exported(store, ONE, "court")
    await exported(store, ONE, "data_subject")
    await gone(store, home, [ONE])
    assert await matters(store, ONE, TELL_ERASURE) == ["", "P-0001", "P-0002"]
    [dossier] = await dossiers_of(desk, [ONE])
    assert (dossier.report.stage, dossier.report.closed_at) == (ReportStage.CLOSED, NOW)
    assert {duty.by for duty in dossier.duties} == {"person"}
    assert await audited(store) == []


async def test_where_nothing_left_nobody_is_told(store: Store, desk: Desk, home: Path) -> None:
    """Neither a letter nor an export: no matter. An export for the person concerned is none either."""
    await ended(desk, TWO, told=False)
    await exported(store, TWO, "data_subject")
    await gone(store, home, [TWO])
    assert await matters(store, TWO, TELL_ERASURE) == []


async def test_by_age_and_for_the_reporter_nobody_is_told(store: Store, desk: Desk, home: Path) -> None:
    """By age nobody asked; the reporter stands in no letter and in no export."""
    await ended(desk, ONE, told=True)
    await ended(desk, TWO, told=True)
    [dossier] = await dossiers_of(desk, [TWO])
    draft = Draft(NOW)
    name = private(Purpose.REPORTER, "Jeanne Martin", now=NOW, report_id=dossier.report.id)
    draft.keep_apart(name)
    draft.keep(Mandate(report_id=dossier.report.id, principal_id=name.id, signed_at=NOW))
    await store.write(draft)
    await gone(store, home, [ONE], cause="retention", purposes=list(Purpose))
    await gone(store, home, [TWO], purposes=[Purpose.REPORTER])
    for number in (ONE, TWO):
        assert await matters(store, number, TELL_ERASURE) == []


async def test_a_person_decides_for_one_addressee_or_for_all(store: Store, desk: Desk, home: Path) -> None:
    """The decision closes the matter and leaves the day of closing alone: no period begins anew."""
    await ended(desk, ONE, told=True)
    await exported(store, ONE, "regulator", "P-0002")
    await gone(store, home, [ONE])
    given = {"cause": TELL_ERASURE, "by": "D-01", "note": "Par téléphone.", "now": LATER}
    with pytest.raises(RecordRefused, match="no party 'P-9999'"):
        await decided(desk, [ONE], party="P-9999", **given)  # type: ignore[arg-type]
    await decided(desk, [ONE], party="P-0002", **given)  # type: ignore[arg-type]
    assert await matters(store, ONE, TELL_ERASURE) == ["P-0001"]
    await decided(desk, [ONE], **given)  # type: ignore[arg-type]
    [dossier] = await dossiers_of(desk, [ONE])
    assert (dossier.duties, dossier.report.closed_at) == ([], NOW)
    assert await claim(store, LATER, lease_seconds=60, most=1, priority=0) == []
    assert await audited(store) == []


async def test_a_restore_opens_what_was_lost_and_nothing_twice(store: Store, desk: Desk, home: Path) -> None:
    """Replaying the list of erasures over a store that has them already adds no matter."""
    await ended(desk, ONE, told=True)
    await gone(store, home, [ONE])
    assert await replay_erasures(store, home / "erasures.jsonl") == 1
    assert await matters(store, ONE, TELL_ERASURE) == ["P-0001"]


async def test_a_rectification_asks_as_well_and_once(store: Store, desk: Desk) -> None:
    """Two corrections, one open matter; a report of which nothing left has none; a retraction does not close it."""
    dues = await claim(store, NOW, lease_seconds=60)
    assert {due.deed for due in dues} == {Deed.NOTIFY}
    [dossier] = await dossiers_of(desk, [THREE])
    draft = Draft(NOW)
    [procedure] = dossier.procedures
    draft.event(dossier.report.id, "given").set(procedure, given_at=NOW)
    await store.write(draft)
    for words in ("Injure publique.", "Diffamation publique."):
        await rectification(desk, [THREE, TWO], what="why", text=words, by="S-07", now=LATER)
    assert await matters(store, THREE, TELL_RECTIFICATION) == ["P-0001"]
    assert await matters(store, TWO, TELL_RECTIFICATION) == []
    await retraction(desk, [THREE], cause="not_illegal", by="A-01", second_reader="A-02", now=LATER)
    assert await matters(store, THREE, TELL_RECTIFICATION) == ["P-0001"]
    assert await audited(store) == []
