"""Whatever is altered behind the writer's back is found: in the store by the audit, in an export by its verifier."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from cases.dossier import load
from cases.erase import erase
from cases.record.people import stop
from edges.postgres import EmbeddedPostgres
from models.draft import Draft
from models.private import Purpose
from models.store import Store
from tests.auditing import audited
from tests.export.lived import NUMBER
from tests.keys import KEYS
from tests.owning import as_owner

# What somebody with the database's password could do; after it the audit names the report and what does not fit.
ALTERED = {
    "a body": "UPDATE event SET body = replace(body, 'nonce', 'n0nce') WHERE seq = 2",
    "when it happened": "UPDATE event SET at = at + interval '1 minute' WHERE seq = 3",
    "when it was learned": "UPDATE event SET learned_at = learned_at - interval '1 day' WHERE seq = 3",
    "when it was written": "UPDATE event SET recorded_at = recorded_at - interval '1 day' WHERE seq = 3",
    "who did it": "UPDATE event SET actor = 'S-99' WHERE seq = 2",
    "an event removed": "DELETE FROM event WHERE seq = 3",
    "the last event removed": "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
    "the last event and the count": "WITH gone AS (DELETE FROM event WHERE seq = (SELECT max(seq) FROM event) RETURNING seq, prev)"
    " UPDATE report SET event_seq = gone.seq - 1, head = gone.prev FROM gone",
    "two events swapped": "UPDATE event SET seq = CASE seq WHEN 2 THEN 1002 ELSE 1003 END WHERE seq IN (2, 3); "
    "UPDATE event SET seq = CASE seq WHEN 1002 THEN 3 ELSE 2 END WHERE seq > 1000",
    "a procedure": "UPDATE procedure SET stage = 'complied'",
    "a deadline": "UPDATE procedure SET ends_at = ends_at + interval '1 day' WHERE ends_at IS NOT NULL",
    "a certificate": "UPDATE procedure SET certificate = replace(certificate, 'fr', 'en') WHERE certificate IS NOT NULL",
    "an act": "UPDATE act SET at = at - interval '1 day'",
    "an act removed": "DELETE FROM act WHERE kind = 'notice'",
    "a duty": "UPDATE duty SET closed_at = closed_at + interval '1 day' WHERE closed_at IS NOT NULL",
    "an observation": "UPDATE observation SET sight = 'removed'",
    "an observation's time": "UPDATE observation SET at = at - interval '1 day'",
    "an observation removed": "DELETE FROM observation WHERE id IN (SELECT id FROM observation LIMIT 1)",
    "a qualification": "UPDATE qualification SET qualified_at = qualified_at - interval '1 day'",
    "a letter's subject": "UPDATE letter SET subject = subject || '.'",
    "a letter's code": "UPDATE letter SET code = 250, receipt = 'acknowledged'",
    "a letter's parts": "UPDATE letter_part SET commitment = repeat('0', 64)",
    "a private text": "UPDATE private_text SET sealed = sealed || 'x' WHERE purpose = 'location'",
    "a location": "UPDATE location SET country = 'ZZ'",
    "a report": "UPDATE report SET category = 'drugs'",
    "a seal": "UPDATE seal SET body = replace(body, '\"events\":', '\"events\": ') WHERE number = 1",
    "a forged seal": "UPDATE seal SET root = repeat('0', 64) WHERE number = 2",
    "a seal removed": "DELETE FROM seal_token; DELETE FROM seal_leaf WHERE seal_number = 1; DELETE FROM seal WHERE number = 1",
    "a leaf": "UPDATE seal_leaf SET hashes[1] = repeat('0', 64) WHERE seal_number = 1",
    "the queue": "DELETE FROM unsealed; DELETE FROM seal_token; DELETE FROM seal_leaf; DELETE FROM seal",
}  # fmt: skip


async def alter(store: Store, statements: str) -> None:
    """Do it as the owner of the tables could."""
    async with as_owner(store) as connection:
        for table in ("event", "seal", "seal_leaf", "seal_token", "letter_part", "procedure", "duty"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    async with as_owner(store) as connection:
        for statement in statements.split("; "):
            await connection.execute(text(statement))


async def erased_meanwhile(store: Store, home: Path, now: datetime) -> None:
    """End what is open, then erase the address and the reasons."""
    async with store.transaction() as connection:
        report_id = (await connection.execute(text("SELECT id FROM report"))).scalar_one()
    dossier = (await load(store, [report_id]))[report_id]
    draft = Draft(now, actor="S-09")
    stop(draft, dossier)
    await store.write(draft)
    wanted = [Purpose.LOCATION, Purpose.FREE_TEXT]
    await erase(store, [NUMBER], wanted, by="S-09", cause="request", ledger=home / "erasures.jsonl", now=now)


@pytest.mark.parametrize("erased", [False, True], ids=["before-an-erasure", "after-an-erasure"])
async def test_the_audit_finds_every_alteration(
    postgres: EmbeddedPostgres, store: Store, database_url: str, home: Path, now: datetime, erased: bool
) -> None:
    """Before the change the store is whole; after it the audit says so, also when texts were erased meanwhile."""
    if erased:
        await erased_meanwhile(store, home, now)
    assert await audited(store) == []
    await store.close()
    missed = []
    for number, (what, statements) in enumerate(sorted(ALTERED.items())):
        if erased and what == "a private text":  # there is nothing left to alter
            continue
        name = f"altered_{int(erased)}_{number}"
        copy = Store(postgres.ensure_database(name, template=make_url(database_url).database), KEYS)
        try:
            await alter(copy, statements)
            missed += [] if await audited(copy, sealing=False) else [what]
        finally:
            await copy.close()
            postgres.drop_database(name)
    assert missed == []
