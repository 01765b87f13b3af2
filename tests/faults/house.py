"""A small house to break things in: a simulated store with parties and reports, and what a test must find in it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlmodel import select as sqlmodel_select

from cases.desk import Desk
from cases.dispatch import do, run
from cases.house import found_house
from cases.office import open_desk
from cases.sign import order, sign
from edges.settings import Settings
from law import library as law_library
from law.vocabulary import ChannelKind, Deed, Depicted, LocationKind, PartyKind, Receipt, Stage
from models.draft import Draft
from models.due import claim
from models.private import Purpose, private
from models.replay import REBUILT, differences, replay
from models.store import Store
from models.tables import (
    Channel,
    Content,
    Duty,
    Location,
    Party,
    Procedure,
    Qualification,
    Report,
    metadata,
)
from tests.auditing import audited

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LIBRARY = law_library.load()
ORGANISATION = 'trusted_flagger = true\nareas = ["hate"]\nrecipient_standing = "DSA Art. 3(b): in our own name"\n'
SIGNED = ("eu-dsa-16", "eu-dsa-22", "eu-dsa-53", "fr-prosecutor")


def party(draft: Draft, number: str, kind: PartyKind, address: str, **more: Any) -> Party:
    """A party that can be written to."""
    given = {"name": number, "public_label": number, "country": "FR", "language": "fr"} | more
    made = draft.keep(Party(number=number, kind=kind, written_at=draft.now, **given))
    draft.keep(Channel(party_id=made.id, kind=ChannelKind.EMAIL, address=address))
    return made


def report(
    draft: Draft,
    number: int,
    platform: Party,
    url: str,
    why: str = "Appel à la haine.",
    category: str = "hate",
    code: str = "fr-1881-24",
    priority: int = 5,
    due_at: datetime | None = None,
    depicted: Depicted = Depicted.NOBODY,
    second_reader: str | None = None,
) -> Report:
    """A qualified report that is to be routed, now or at `due_at`."""
    now = draft.now
    content = draft.keep(Content(written_at=now))
    made = draft.keep(
        Report(
            number=f"R-2026-{number:06}",
            content_id=content.id,
            category=category,
            depicted=depicted,
            priority=priority,
            received_at=now,
        )
    )
    place = draft.keep_apart(private(Purpose.LOCATION, url, now=now, report_id=made.id))
    reason = draft.keep_apart(private(Purpose.FREE_TEXT, why, now=now, report_id=made.id))
    where = {
        "host": re.sub(r"^https?://([^/:]+).*", r"\1", url),
        "country": platform.country,
        "platform_id": platform.id,
    }
    blind = f"{number}".encode()
    draft.keep(
        Location(content_id=content.id, ordinal=1, kind=LocationKind.URL, text_id=place.id, blind=blind,
                 opened_at=now, **where)
    )  # fmt: skip
    read = {
        "qualified_by": "A-01",
        "qualified_at": now,
        "seen_at": now,
        "why_id": reason.id,
        "second_reader": second_reader,
    }
    draft.keep(Qualification(report_id=made.id, code=code, **read))
    routing = Duty(report_id=made.id, deed=Deed.ROUTE, due_at=due_at or now, priority=priority)
    draft.event(made.id, "received").add(routing)
    return made


async def furnish(store: Store, *, reports: int = 1, url: str = "http://forum.example/a", orders: bool = True) -> None:
    """A simulated house with a platform, Arcom and a prosecutor; everything signed, reports to be routed."""
    await found_house(store, simulated=True, now=NOW)
    draft = Draft(NOW)
    platform = party(draft, "P-0001", PartyKind.ONLINE_PLATFORM, "abuse@forum.example", micro_or_small=False)
    party(draft, "P-0002", PartyKind.REGULATOR, "dsa@arcom.example", code="arcom", public_label="Arcom")
    party(draft, "P-0003", PartyKind.PROSECUTOR, "parquet@justice.example", code="prosecutor", public_label="Parquet")
    for number in range(1, reports + 1):
        report(draft, number, platform, f"{url}/{number}")
    await store.write(draft)
    until = NOW + timedelta(days=365)
    for regime in SIGNED:
        await sign(store, LIBRARY, regime, by="L-01", until=until, now=NOW)
    for regime, authority in (("eu-dsa-53", "P-0002"), ("fr-prosecutor", "P-0003")) if orders else ():
        await order(store, LIBRARY, regime, party=authority, category="hate", by="L-01", until=until, now=NOW)


async def open_procedures(store: Store, regime: str, authority: str) -> None:
    """Open this route to an authority for every report, in place of what routing would have opened."""
    draft = Draft(NOW)
    async with store.session() as session:
        parties = {each.number: each.id for each in (await session.exec(sqlmodel_select(Party))).all()}
        duties = (await session.exec(sqlmodel_select(Duty).where(Duty.closed_at.is_(None)))).all()  # type: ignore[union-attr]
    for duty in duties:
        entry = draft.event(duty.report_id, "opened")
        notice = entry.add(
            Procedure(
                report_id=duty.report_id,
                ordinal=1,
                regime="eu-dsa-16",
                regime_digest=LIBRARY.regime("eu-dsa-16").digest,
                party_id=parties["P-0001"],
                stage=Stage.UNANSWERED,
                opened_at=NOW,
                given_at=NOW,
                receipt=Receipt.SERVER,
                closed_at=NOW,
            )
        )
        procedure = entry.add(
            Procedure(
                report_id=duty.report_id,
                ordinal=2,
                parent_id=notice.id,
                regime=regime,
                regime_digest=LIBRARY.regime(regime).digest,
                party_id=parties[authority],
                about_id=parties["P-0001"],
                opened_at=NOW,
            )
        )
        entry.set(duty, closed_at=NOW)
        notify = {"deed": Deed.NOTIFY, "due_at": NOW, "priority": 5, "party_id": procedure.party_id}
        entry.add(Duty(report_id=duty.report_id, procedure_id=procedure.id, **notify))
    await store.write(draft)


def settings(home: Path, url: str, port: int, **more: Any) -> Settings:
    """The settings of this house, writing to the server at `port`."""
    file = home / "organisation.toml"
    file.write_text(ORGANISATION, encoding="utf-8")
    return Settings(
        home=home,
        database_url=url,
        smtp_port=port,
        organisation_file=file,
        **({"smtp_direct": True, "notice_together": 1} | more),
    )


@asynccontextmanager
async def at_work(given: Settings, clock: Callable[[], datetime], lease: float = 0.3) -> AsyncIterator[Desk]:
    """A desk whose leases last a moment: waiting five minutes for the real ones would prove nothing more."""
    async with open_desk(given, clock=clock) as desk:
        yield replace(desk, lease_seconds=lease)


async def route_all(desk: Desk) -> None:
    """Do the routing only, so that what is left is due to be sent."""
    dues = await claim(desk.store, desk.clock(), lease_seconds=60)
    assert {due.deed for due in dues} == {Deed.ROUTE}
    await do(desk, Deed.ROUTE, dues, desk.clock())


async def shut(store: Store, *deeds: Deed) -> None:
    """Close these duties on record: a test that is about something else has them out of the way."""
    draft = Draft(NOW)
    async with store.session() as session:
        duties = (await session.exec(sqlmodel_select(Duty).where(Duty.closed_at.is_(None)))).all()  # type: ignore[union-attr]
    for duty in duties:
        if duty.deed in deeds:
            draft.event(duty.report_id, "shut").set(duty, closed_at=NOW)
    await store.write(draft)


async def until_answered(given: Settings, *, start: datetime = NOW, deeds: Sequence[Deed] = (Deed.NOTIFY,)) -> datetime:
    """Dispatch, ten legal minutes apart, until none of these deeds is open for the machine; gives the last time."""
    clock = [start]
    async with at_work(given, lambda: clock[0]) as desk:
        for _ in range(40):
            await run_patiently(desk)
            if not await scalar(desk.store, _OPEN, deeds=list(deeds), soon=clock[0] + timedelta(hours=5)):
                return clock[0]
            await asyncio.sleep(0.1)
            clock[0] += timedelta(minutes=10)
    raise AssertionError("still open after forty passes")


async def run_patiently(desk: Desk) -> None:
    """One pass; letters that wait a minute for their server wait no longer."""
    with suppress(ExceptionGroup):  # what failed is still due, and the next pass is part of the test
        await run(desk)
    async with desk.store.transaction() as connection:
        await connection.execute(text("UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL"))


_OPEN = """SELECT count(*) FROM duty
WHERE closed_at IS NULL AND by = 'machine' AND deed = ANY(:deeds) AND due_at <= :soon"""
_ORPHANS = """SELECT count(*) FROM procedure p WHERE closed_at IS NULL
AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.procedure_id = p.id AND d.closed_at IS NULL)"""
_VAGUE = "SELECT count(*) FROM {} WHERE status IN ('planned', 'sending')"
_TWO_LETTERS = """SELECT count(*) FROM (SELECT procedure_id, kind FROM act
WHERE status NOT IN ('superseded', 'bounced') GROUP BY 1, 2 HAVING count(DISTINCT letter_id) > 1) AS double"""
_SENT_UNANSWERED = "SELECT count(*) FROM letter WHERE status = 'sent' AND (code IS NULL OR code / 100 <> 2)"
_EMPTY_ACTS = "SELECT count(*) FROM act a JOIN letter l ON l.id = a.letter_id WHERE a.status <> l.status"


async def scalar(store: Store, query: str, **values: Any) -> Any:
    """One value."""
    async with store.transaction() as connection:
        return (await connection.execute(text(query), values)).scalar()


async def faults_of(store: Store) -> list[str]:
    """What is wrong with this record: nothing, after whatever crash."""
    checks = {
        "a procedure without a duty": _ORPHANS,
        "a letter whose fate is not said": _VAGUE.format("letter"),
        "an act whose fate is not said": _VAGUE.format("act"),
        "two letters for one act": _TWO_LETTERS,
        "sent without the server's answer": _SENT_UNANSWERED,
        "an act and its letter say different things": _EMPTY_ACTS,
    }
    found = [words for words, query in checks.items() if await scalar(store, query)]
    return found + await replayed(store)


async def replayed(store: Store) -> list[str]:
    """What the events and the rows do not agree on, by replaying and by the audit; seals what is there on the way."""
    async with store.transaction() as connection:
        query = text("SELECT report_id, body FROM event ORDER BY report_id, seq")
        events = [dict(row) for row in (await connection.execute(query)).mappings()]
        rows = [
            (name, dict(row))
            for name in REBUILT
            for row in (await connection.execute(select(metadata.tables[name]))).mappings()
        ]
    return differences(replay(events), rows) + await audited(store)
