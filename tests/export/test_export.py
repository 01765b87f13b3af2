"""Exports of a lived report: the verifier that travels with them finds them whole, and says what is missing."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cases.seal import seal_round
from edges.timestamp import read_trust
from law import library as law_library
from models.base import utc
from models.store import Store
from proof.verify import verify
from tests.auditing import audited
from tests.export.lived import HOST, NUMBER
from tests.export.test_tampering import alter, erased_meanwhile
from tests.faults.house import NOW
from tests.proof.authority import Authority
from web.export.material import ExportRefused
from web.export.profile import PROFILES
from web.export.run import Wish, export

LIBRARY = law_library.load()


async def exported(store: Store, tmp_path: Path, now: datetime, **wish: Any) -> Path:
    """One export of the report, as a file."""
    given = {"numbers": (NUMBER,), "profile": "court", "language": "en", "by": "S-07"} | wish
    path = tmp_path / f"{given['profile']}-{given['language']}.zip"
    await export(store, LIBRARY, Wish(**given), lambda _: path, organisation="Hotline Example", now=now)
    return path


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", sorted(PROFILES))
async def test_every_profile_is_whole(store: Store, tmp_path: Path, now: datetime, profile: str, language: str) -> None:
    """In each profile and language the verifier finds the export whole, and the store stays whole."""
    path = await exported(store, tmp_path, now, profile=profile, language=language, party="P-0001")
    outcome = verify(path)
    assert (outcome.code, outcome.fault) == (0, None), outcome.sentences
    assert await audited(store) == []


async def test_an_erased_report_says_what_is_left(store: Store, tmp_path: Path, home: Path, now: datetime) -> None:
    """After an erasure nothing of the address is in the export, which says when, by whom and why, and is whole."""
    await erased_meanwhile(store, home, now)
    path = await exported(store, tmp_path, now + timedelta(hours=1))
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, data in files.items():
        assert HOST.encode() not in data, name
        assert b"marie-durand" not in data, name
    erased = json.loads(files["erased.json"])
    assert {one["purpose"] for one in erased} == {"free_text", "letter", "location"}
    assert {(one["by"], one["cause"]) for one in erased} == {("S-09", "request")}
    outcome = verify(path)
    assert (outcome.code, outcome.fault) == (0, None), outcome.sentences
    assert any("S-09" in sentence for sentence in outcome.sentences)


async def test_what_was_known_on_a_day(store: Store, tmp_path: Path, now: datetime) -> None:
    """An export of an earlier day holds nothing that was learned later, says how much, and is whole."""
    day = NOW + timedelta(hours=1)
    path = await exported(store, tmp_path, now, as_known_on=day)
    with zipfile.ZipFile(path) as archive:
        events = json.loads(archive.read("timeline.json"))["events"]
        manifest = json.loads(archive.read("manifest.json"))
    assert all(event["learned"] <= utc(day) for event in events)
    assert manifest["withheld_after"] > 0
    assert (verify(path).code, verify(path).fault) == (0, None)


async def test_a_day_before_everything_is_refused(store: Store, tmp_path: Path, now: datetime) -> None:
    """Nothing was known then: a clear word, and no file."""
    with pytest.raises(ExportRefused, match="nothing was known"):
        await exported(store, tmp_path, now, as_known_on=NOW - timedelta(days=1))
    assert list(tmp_path.glob("*.zip")) == []


async def test_time_stamped_by_a_real_authority(
    store: Store, tmp_path: Path, now: datetime, program: Callable[[str], str]
) -> None:
    """Every seal gets a token; the verifier proves it with the authority's root, and says "existed before"."""
    with Authority(program("openssl"), tmp_path / "tsa") as authority:
        anchors = read_trust(authority.root)
        authority.mode = "error"
        down = await seal_round(store, [authority.url], anchors)
        assert down.tokens == 0 and len(down.late) > 0 and down.failures
        authority.mode = "ok"
        done = await seal_round(store, [authority.url], anchors)
        assert done.late == () and done.tokens == len(down.late)
    path = await exported(store, tmp_path, now)
    proven = verify(path, authority.root)
    assert (proven.code, proven.fault) == (0, None), proven.sentences
    assert any("existed before" in sentence for sentence in proven.sentences)
    other = Authority(program("openssl"), tmp_path / "other", name="Other")
    assert verify(path, other.root).code == 1


async def test_an_export_is_on_record(store: Store, tmp_path: Path, now: datetime) -> None:
    """Who exported what, and the fingerprint that the verifier prints."""
    path = await exported(store, tmp_path, now)
    async with store.transaction() as connection:
        query = text("SELECT actor, body FROM event WHERE kind = 'exported'")
        ((actor, body),) = (await connection.execute(query)).all()
    assert actor == "S-07"
    assert json.loads(body)["details"]["fingerprint"] == verify(path).fingerprint


async def test_a_broken_chain_is_not_exported(store: Store, tmp_path: Path, now: datetime) -> None:
    """What does not hold is not given out as proof."""
    await alter(store, "UPDATE event SET actor = 'S-99' WHERE seq = 2")
    with pytest.raises(ExportRefused, match="event 2 was altered"):
        await exported(store, tmp_path, now)


async def test_no_live_link_in_an_export(store: Store, tmp_path: Path, now: datetime) -> None:
    """Page and dossier hold no link, and the page shows addresses defanged."""
    path = await exported(store, tmp_path, now)
    with zipfile.ZipFile(path) as archive:
        page, pdf = archive.read("timeline.html").decode(), archive.read("dossier.pdf")
    assert "href=" not in page and f"http://{HOST}" not in page and "hxxp://marie-durand[.]example" in page
    assert b"/URI" not in pdf and pdf.startswith(b"%PDF")


async def test_a_platform_sees_its_own_letters_only(store: Store, tmp_path: Path, now: datetime) -> None:
    """What the prosecutor and the regulator were told is withheld from the platform."""
    path = await exported(store, tmp_path, now, profile="platform", party="P-0001")
    with zipfile.ZipFile(path) as archive:
        letters = [archive.read(name) for name in archive.namelist() if name.endswith(".eml")]
    assert letters
    assert all(b"abuse@forum.example" in letter for letter in letters)
