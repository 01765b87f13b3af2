"""Rectification supersedes and never edits; a legal hold keeps a report from being erased."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from cases.desk import Desk
from cases.erase import erase
from cases.erase_scope import EraseRefused
from cases.house import blind_key_of
from cases.places import place_of
from cases.record.keep import legal_hold, legal_hold_released
from cases.record.opening import RecordRefused, dossiers_of
from cases.record.rectify import rectification
from edges.settings import Settings
from law.vocabulary import LocationKind
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from proof.verify import verify
from tests.auditing import audited
from tests.faults.house import LIBRARY, NOW
from web.app import create_app
from web.export.run import Wish, export

ONE = "R-2026-000001"
RIGHT = "http://forum.example/t/7"


async def told(store: Store, kind: str) -> list[dict[str, object]]:
    """The details of every event of this kind."""
    async with store.transaction() as connection:
        rows = await connection.execute(text("SELECT body FROM event WHERE kind = :kind"), {"kind": kind})
        return [json.loads(body)["details"] for body in rows.scalars()]


async def page(store: Store) -> str:
    """The report's page."""
    app = create_app(store, LIBRARY, Settings(), clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
        return (await client.get(f"/reports/{ONE}", params={"lang": "en"})).text


async def test_why_is_superseded(store: Store, desk: Desk) -> None:
    """A new qualification holds the new text; the event names both texts and the event that brought the wrong one."""
    [before] = await dossiers_of(desk, [ONE])
    await rectification(desk, [ONE], what="why", text="Injure publique.", by="S-07", now=NOW)
    [after] = await dossiers_of(desk, [ONE])
    assert before.qualification is not None and after.qualification is not None
    assert after.qualification.id != before.qualification.id
    assert after.texts[after.qualification.why_id or ONE].text == "Injure publique."  # type: ignore[index]
    [details] = await told(store, "rectified")
    ids = {"before": str(before.qualification.why_id), "after": str(after.qualification.why_id)}
    assert details == {"what": "why", "corrects": 1} | ids
    assert (await store.open_texts([before.qualification.why_id]))[before.qualification.why_id].text  # type: ignore[list-item, index]
    assert await audited(store) == []


async def test_address_is_superseded(store: Store, desk: Desk) -> None:
    """The location names the new text, host and keyed hash; another host asks a person who must be told now."""
    await rectification(desk, [ONE], what="location", ordinal=1, text=RIGHT, by="S-07", now=NOW)
    [dossier] = await dossiers_of(desk, [ONE])
    [location] = dossier.locations
    assert (dossier.address(location), location.host) == (RIGHT, "forum.example")
    assert location.blind == place_of(LocationKind.URL, RIGHT).blind(await blind_key_of(store))
    assert "address_rectified" in [duty.cause for duty in dossier.duties]
    assert await audited(store) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"what": "name", "text": "x"}, "allowed: why, location"),
        ({"what": "location", "text": RIGHT}, "--ordinal"),
        ({"what": "why", "text": "x", "ordinal": 1}, "--ordinal"),
        ({"what": "location", "text": RIGHT, "ordinal": 9}, "its locations: 1"),
        ({"what": "location", "text": "no place", "ordinal": 1}, "that is no url"),
        ({"what": "why", "text": "Appel à la haine."}, "says so already"),
        ({"what": "why", "text": " "}, "--text"),
    ],
)
async def test_what_cannot_be_rectified(store: Store, desk: Desk, given: dict[str, object], says: str) -> None:
    """One clear message says what is allowed, the address is not repeated, and nothing was written."""
    with pytest.raises(RecordRefused, match=says) as refused:
        await rectification(desk, [ONE], by="S-07", now=NOW, **given)  # type: ignore[arg-type]
    assert "no place" not in str(refused.value)
    assert await told(store, "rectified") == []
    assert await audited(store) == []


async def test_page_shows_rectifications_first(store: Store, desk: Desk) -> None:
    """Before anything else the page says what it should read, what it said, by whom, without a live address."""
    await rectification(desk, [ONE], what="location", ordinal=1, text=RIGHT, by="S-07", now=NOW)
    html = await page(store)
    assert html.index('id="rectifications"') < html.index('id="qualification"')
    assert "It should read:" in html and "corrects event no. 1" in html
    assert RIGHT not in html and "marie-durand.example" not in html
    assert await audited(store) == []


async def test_legal_hold_keeps(store: Store, desk: Desk, tmp_path: Path) -> None:
    """While it stands nothing is erased, and the page says who asked for it; once released it may be."""
    await legal_hold(desk, [ONE], why="Tribunal de Paris, dossier 42", by="S-07", now=NOW)
    assert "Kept, nothing of it is erased" in await page(store)
    given = {"by": "S-07", "cause": "request", "ledger": tmp_path / "erasures.jsonl", "now": NOW}
    with pytest.raises(EraseRefused, match="a legal hold keeps it"):
        await erase(store, [ONE], [Purpose.REPORTER], **given)  # type: ignore[arg-type]
    with pytest.raises(RecordRefused, match="already"):
        await legal_hold(desk, [ONE], why="again", by="S-07", now=NOW)
    await legal_hold_released(desk, [ONE], by="S-08", now=NOW)
    with pytest.raises(RecordRefused, match="no legal hold keeps"):
        await legal_hold_released(desk, [ONE], by="S-08", now=NOW)
    assert "Kept, nothing of it is erased" not in await page(store)
    assert len(await told(store, "legal_hold_placed")) == len(await told(store, "legal_hold_released")) == 1
    assert await audited(store) == []


async def test_a_hold_keeps_the_person_in_other_reports(store: Store, desk: Desk, tmp_path: Path) -> None:
    """A person's key is one for all reports: while one of them is kept, asking for another does not erase it."""
    dossiers = await dossiers_of(desk, [ONE, "R-2026-000002"])
    draft = Draft(NOW)
    for dossier in dossiers:
        draft.event(dossier.report.id, "amended")
        given = {"now": NOW, "report_id": dossier.report.id, "subject": b"p" * 32}
        draft.keep_apart(private(Purpose.REPORTER, "Jane Doe", **given))  # type: ignore[arg-type]
    await store.write(draft)
    await legal_hold(desk, ["R-2026-000002"], why="Tribunal", by="S-07", now=NOW)
    given = {"by": "S-07", "cause": "request", "ledger": tmp_path / "erasures.jsonl", "now": NOW}
    with pytest.raises(EraseRefused, match="R-2026-000002: a legal hold keeps it"):
        await erase(store, [ONE], [Purpose.REPORTER], **given)  # type: ignore[arg-type]
    assert await audited(store) == []


@pytest.mark.parametrize("profile", ["court", "data_subject"])
async def test_export_of_a_rectified_report_is_whole(store: Store, desk: Desk, tmp_path: Path, profile: str) -> None:
    """The dossier tells both texts where the profile shows them, no live address, and the verifier finds it whole."""
    await rectification(desk, [ONE], what="location", ordinal=1, text=RIGHT, by="S-07", now=NOW)
    await rectification(desk, [ONE], what="why", text="Injure publique.", by="S-07", now=NOW)
    path, wish = tmp_path / "out.zip", Wish((ONE,), profile, "en", "S-07")
    await export(store, LIBRARY, wish, lambda _: path, organisation="Hotline Example", now=NOW + timedelta(days=1))
    outcome = verify(path)
    assert (outcome.code, outcome.fault) == (0, None), outcome.sentences
    assert RIGHT not in zipfile.ZipFile(path).read("timeline.html").decode()
    assert await audited(store) == []
