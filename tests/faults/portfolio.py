"""
Sixty reports in many states, for the test that stops everything for 72 hours.

The platform's pages stay as they are, so every clock that ends finds the content there. What is due within the stop:
notices, reminders, conclusions on legal and house clocks, retractions, an end of a temporary block, an emergency's
alarm, a notice about terrorism, what the police hold, and letters that were written and did not leave before the stop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from cases.dispatch import do, run
from cases.record import people, police
from cases.sign import order, sign
from edges.mail import MailUnreachable
from edges.settings import Settings
from law.vocabulary import Deed, Depicted, Fact, MeasureTarget, PartyKind, Receipt, Stage
from models.draft import Draft
from models.due import claim
from models.store import Store
from models.tables import Duty, Mandate, Measure, Party, Procedure, Report
from tests.conftest import free_port
from tests.faults.house import LIBRARY, NOW, at_work, furnish, party, report

STOP = timedelta(hours=72)
AFTER = NOW + STOP + timedelta(minutes=20)  # the first pass comes a little after the last clock of the stop
RUNNING, TIDA, RETRACTED, FRESH, HELD, UNSENT = 12, 8, 5, 24, 4, 4
TERROR, EMERGENCY, BLOCKED = 901, 902, 903
REPORTS = RUNNING + TIDA + RETRACTED + FRESH + HELD + UNSENT + 3
ASKED = {"brake_simulated": True, "brake_letters": 10}


def _number(place: int) -> str:
    return f"R-2026-{place:06}"


@asynccontextmanager
async def alive_page() -> AsyncIterator[int]:
    """A web server whose only page is there; gives its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def stopped_portfolio(store: Store, given: Settings, page: int) -> None:
    """Everything as it stands when the stop begins, its last pass over."""
    base = f"http://127.0.0.1:{page}"
    await furnish(store, reports=0)
    for regime in ("us-tida", "eu-dsa-16"):
        await sign(store, LIBRARY, regime, by="L-01", until=NOW + timedelta(days=365), now=NOW)
    for regime, authority in (("eu-dsa-53", "P-0002"), ("fr-prosecutor", "P-0003")):
        until = {"by": "L-01", "until": NOW + timedelta(days=365), "now": NOW}
        await order(store, LIBRARY, regime, party=authority, category="ncii_adult", **until)  # type: ignore[arg-type]
    await _receive(store, base, range(1, RUNNING + RETRACTED + 1))
    await _receive_tida(store, base)
    async with at_work(given, lambda: NOW, lease=60) as desk:
        await run(desk)
    await _write_without_a_server(store, given, base)
    async with at_work(given, lambda: NOW, lease=60) as desk:
        retracted = [_number(place) for place in range(RUNNING + 1, RUNNING + RETRACTED + 1)]
        how = {"cause": "not_illegal", "by": "A-01", "second_reader": "A-02", "now": NOW}
        await people.retraction(desk, retracted, **how)
        await _fall_due(store, base)
        await police.emergency(desk, [_number(EMERGENCY)], by="A-01", now=NOW)
        held = [_number(place) for place in range(601, 601 + HELD)]
        until = {"written": True, "until": NOW + timedelta(days=10), "by": "A-01", "now": NOW}
        await police.hold(desk, held, service="OFMIN", reference="by hand", **until)


async def _platform(store: Store, number: str = "P-0001") -> Party:
    async with store.session() as session:
        return (await session.exec(select(Party).where(Party.number == number))).one()


async def _receive(store: Store, base: str, places: range, *, hours: int = 0) -> None:
    """Reports about hate: due to be routed now, or one every so many hours."""
    draft, platform = Draft(NOW), await _platform(store)
    for step, place in enumerate(places):
        report(draft, place, platform, f"{base}/{place}", due_at=NOW + timedelta(hours=hours * (step + 1)))
    await store.write(draft)


async def _receive_tida(store: Store, base: str) -> None:
    """Intimate images on a platform in the United States, each with a mandate: 48 hours of the law."""
    draft = Draft(NOW)
    more: dict[str, Any] = {"country": "US", "language": "en", "micro_or_small": False}
    platform = party(draft, "P-0009", PartyKind.ONLINE_PLATFORM, "legal@videos.example", **more)
    channel = next(row for row in draft.rows if getattr(row, "party_id", None) == platform.id)
    channel.mechanisms = ["us-tida"]  # type: ignore[attr-defined]
    for place in range(201, 201 + TIDA):
        kind = {"category": "ncii_adult", "code": "fr-cp-226-2-1", "priority": 2, "depicted": Depicted.ADULT}
        made = report(draft, place, platform, f"{base}/{place}", **kind)  # type: ignore[arg-type]
        draft.entries[-1].set(made, wish="removal")
        draft.keep(Mandate(report_id=made.id, signed_at=NOW, identity_checked=True))
    await store.write(draft)


async def _write_without_a_server(store: Store, given: Settings, base: str) -> None:
    """Notices that are on record when the mail server is away: written, and not one byte of them left."""
    await _receive(store, base, range(401, 401 + UNSENT))
    async with at_work(given.model_copy(update={"smtp_port": free_port()}), lambda: NOW, lease=0) as desk:
        routing = await claim(store, NOW, lease_seconds=60, most=UNSENT)
        await do(desk, Deed.ROUTE, routing, NOW)
        letters = await claim(store, NOW, lease_seconds=60, most=UNSENT)
        with suppress(MailUnreachable):
            await do(desk, Deed.NOTIFY, letters, NOW)
    async with store.transaction() as connection:  # 72 hours later no lease lasts
        await connection.execute(text("UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL"))


async def _fall_due(store: Store, base: str) -> None:
    """What comes within the stop: a notice every three hours, terrorism, an emergency, a block that ends."""
    await _receive(store, base, range(501, 501 + FRESH), hours=3)
    await _receive(store, base, range(601, 601 + HELD), hours=2)
    draft, platform = Draft(NOW), await _platform(store)
    terror = {
        "category": "terrorism",
        "code": "fr-cp-421-2-5",
        "priority": 1,
        "due_at": NOW + timedelta(hours=5),
        "second_reader": "A-02",
    }
    report(draft, TERROR, platform, f"{base}/{TERROR}", **terror)  # type: ignore[arg-type]
    report(draft, EMERGENCY, platform, f"{base}/{EMERGENCY}", due_at=NOW + timedelta(hours=100))
    _blocked(draft, report(draft, BLOCKED, platform, f"{base}/{BLOCKED}", due_at=NOW + timedelta(hours=100)), platform)
    await store.write(draft)


def _blocked(draft: Draft, made: Report, platform: Party) -> None:
    ends = NOW + timedelta(hours=30)
    entry = draft.event(made.id, Fact.GRANTED)
    procedure = entry.add(
        Procedure(
            report_id=made.id,
            ordinal=1,
            regime="prop-temporary-block",
            regime_digest=LIBRARY.regime("prop-temporary-block").digest,
            party_id=platform.id,
            stage=Stage.IN_FORCE,
            opened_at=NOW - timedelta(days=5),
            given_at=NOW - timedelta(days=5),
            receipt=Receipt.SERVER,
        )
    )
    entry.add(
        Measure(
            report_id=made.id,
            procedure_id=procedure.id,
            regime=procedure.regime,
            target=MeasureTarget.URL,
            decided_by="regulator",
            starts_at=NOW - timedelta(days=4),
            ends_at=ends,
        )
    )
    end = {"deed": Deed.END_BLOCK, "due_at": ends, "legal_at": ends, "priority": 5}
    entry.add(Duty(report_id=made.id, procedure_id=procedure.id, **end))


def later(at: datetime) -> Any:
    """A clock that stands still."""
    return lambda: at
