"""What one report's page says, and that it never says more than what is so."""

import json
import re

import httpx
from sqlalchemy import text
from sqlmodel import select

from models.draft import Draft
from models.store import Store
from models.tables import Letter
from tests.web.samples import NOW


def words(html: str) -> str:
    """The page's text without tags, spaces in a row made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


async def page(client: httpx.AsyncClient, number: int, language: str = "en") -> str:
    """The text of a report's page."""
    return words((await client.get(f"/reports/R-2026-{number:06d}", params={"lang": language})).text)


async def test_ladder_shows_what_follows_what(client: httpx.AsyncClient) -> None:
    """An escalation stands below the procedure that it follows from, with addressee, stage and citation."""
    html = (await client.get("/reports/R-2026-000001", params={"lang": "en"})).text
    assert re.search(r'rung depth-0 ask" id="procedure-1".*rung depth-1 ask" id="procedure-2"', html, re.DOTALL)
    said = words(html)
    assert "DSA Art. 53 → Arcom regulator" in said
    assert "follows from procedure 1" in said
    assert "about P-0005" in said


async def test_house_clock_is_never_called_legal(client: httpx.AsyncClient) -> None:
    """Our own time is said to be without legal force, in both languages."""
    assert "our own time, without legal force" in await page(client, 1)
    assert "legal deadline" not in await page(client, 1)
    assert "délai de la maison, sans valeur légale" in await page(client, 1, "fr")


async def test_legal_clock_is_printed_step_by_step(client: httpx.AsyncClient) -> None:
    """A legal clock shows rule, quote, start, proof and every step, and was recomputed for this very page."""
    said = await page(client, 3)
    for part in ("Legal deadline.", "US-TIDA-48h", "not later than 48 hours", "250 2.0.0 Ok", "Recomputed just now"):
        assert part in said
    assert "2026-11-22T19:50Z + 48 h = 2026-11-24T19:50Z" in said
    assert "receipt not proven" not in said


async def test_receipt_below_level_two_is_said_not_proven(client: httpx.AsyncClient) -> None:
    """What only our relay took is no receipt; the page says so and names no legal deadline."""
    said = await page(client, 4)
    assert "given to our relay level 1 of 4 receipt not proven" in said
    assert "no legal clock runs, no breach is alleged" in said
    assert "legal deadline" not in said


async def test_altered_certificate_is_reported(client: httpx.AsyncClient, store: Store, own_copy: None) -> None:
    """A certificate that does not agree with itself is shown open, with a warning that names the step."""
    async with store.transaction() as connection:
        found = await connection.execute(text("SELECT id, certificate FROM procedure WHERE regime = 'us-tida'"))
        for row in found.all():
            body = json.loads(row.certificate)
            body["end_utc"] = "2026-12-24T19:50:00+00:00"
            values = {"c": json.dumps(body), "i": row.id}
            await connection.execute(text("UPDATE procedure SET certificate = :c WHERE id = :i"), values)
    assert "WARNING: the certificate was altered, at step end_utc" in await page(client, 3)
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE procedure SET certificate = '{}' WHERE regime = 'us-tida'"))
    assert "WARNING: the certificate cannot be read" in await page(client, 3)


async def test_hold_is_said_first(client: httpx.AsyncClient) -> None:
    """While a hold covers the report its service and end stand in a banner, and what is withheld is marked."""
    said = await page(client, 5)
    assert "Held at the request of OFMIN written request" in said
    assert "Legal clocks go on." in said
    assert "send withheld" in said
    assert "Held at the request" not in await page(client, 6)


async def test_filing_and_police_first(client: httpx.AsyncClient) -> None:
    """A filing shows the portal's reference as its proof; the host's procedure waits for the police."""
    said = await page(client, 2)
    assert "PH-2026-118204" in said
    assert "reference given by the portal level 4 of 4" in said
    assert "Waits for the police: no objection, or the agreed delay" in said


async def test_looks_say_what_they_rest_on(client: httpx.AsyncClient) -> None:
    """Each look shows its sight, its code and its basis."""
    said = await page(client, 6)
    assert "absent, says the host code 404" in said
    assert "status and headers only, body not read" in said


async def test_measure_has_its_end_and_review(client: httpx.AsyncClient) -> None:
    """A block in force shows who decided, its scope, end and review."""
    said = await page(client, 7)
    assert "Temporary blocks" in said
    assert "address regulator 17 Nov 2026" in said


async def test_times_are_local_with_offset_and_utc_in_the_title(client: httpx.AsyncClient) -> None:
    """A time is Paris time with its offset; UTC stands in the title."""
    html = (await client.get("/reports/R-2026-000003")).text
    assert 'title="2026-11-24 19:50:00 UTC">24\u00a0nov.\u00a02026 20:50 <span class="offset">+01:00</span>' in html


async def test_a_letter_reads_as_sent(client: httpx.AsyncClient, store: Store) -> None:
    """The letter's text and headers stand there as sent, its attachment is named and not shown."""
    async with store.session() as session:
        letters = (await session.exec(select(Letter).where(Letter.regime == "us-tida"))).all()
    letter = max(letters, key=lambda one: one.written_at)
    html = (await client.get(f"/reports/R-2026-000003/letters/{letter.id}", params={"lang": "en"})).text
    assert letter.message_id.strip("<>") in html
    assert "The kept bytes have this very fingerprint." in html
    assert "locations.csv" in html
    assert "https://videos.example" not in html  # it stands in the attachment only
    assert "hxxps://videos[.]example/watch/77" in html


async def test_changed_bytes_of_a_letter_are_reported(client: httpx.AsyncClient, store: Store, own_copy: None) -> None:
    """Bytes that do not have the fingerprint on record are shown with a warning."""
    async with store.transaction() as connection:
        await connection.execute(text("UPDATE private_text SET sealed = sealed || 'x' WHERE purpose = 'letter'"))
        letter = (await connection.execute(text("SELECT id FROM letter WHERE regime = 'eu-dsa-22'"))).scalar_one()
    html = (await client.get(f"/reports/R-2026-000001/letters/{letter}", params={"lang": "en"})).text
    assert "WARNING: the kept bytes do not have this fingerprint." in html


async def test_timeline_says_who_when_and_what(client: httpx.AsyncClient) -> None:
    """Each event is a sentence with when it happened, when we learned it and who did it."""
    said = await page(client, 5)
    assert re.search(r"23 Nov 2026 05:20 \+01:00 The police asked that nothing leave\. S-07 · learned", said)
    assert "Fact on record" not in said


async def test_a_late_event_says_how_late_and_why(client: httpx.AsyncClient, store: Store, own_copy: None) -> None:
    """In words on the timeline, in both languages; the machine's own fields are not repeated below it."""
    draft = Draft(NOW)
    async with store.transaction() as connection:
        report_id = (
            await connection.execute(text("SELECT id FROM report WHERE number = 'R-2026-000003'"))
        ).scalar_one()
    draft.event(report_id, "ran_out", late_minutes=3_000, late_cause="outage")
    await store.write(draft)
    english = (await client.get("/reports/R-2026-000003?lang=en")).text
    assert "2\u00a0d 2\u00a0h after the legal date: outage: no pass at that date." in english
    french = (await client.get("/reports/R-2026-000003?lang=fr")).text
    assert "2\u00a0j 2\u00a0h après la date légale : panne : aucun passage à cette date." in french
    assert "late_cause" not in english
