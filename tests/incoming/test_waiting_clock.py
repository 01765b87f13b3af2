"""A legal clock that waits for proof of receipt starts when mail systems prove it, and counts from then (practice 1.7)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.sign import sign
from law.vocabulary import Depicted, PartyKind
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Mandate, Report
from tests.edges.imap_servers import Account
from tests.faults.house import LIBRARY, NOW, furnish, party, report
from tests.faults.post import Post
from tests.incoming.conftest import Living, queue_id, reply, report_of_delivery
from tests.incoming.test_relay import line, read
from tests.keys import KEYS

REGIME = "us-tida"  # 48 hours from a valid request, once the platform's own server has it
CLOCK = "SELECT {} FROM procedure WHERE regime = 'us-tida'"
TO = "tida@forum.example"
HOURS = timedelta(hours=48)


def mandated(draft: Draft, one: Report) -> None:
    """The person concerned wants it taken down, and says that we may ask."""
    draft.keep(Mandate(report_id=one.id, identity_checked=True, disclosure_agreed=True, signed_at=NOW))
    draft.entries[-1].set(one, wish="removal")


@pytest.fixture
async def house(database_url: str, home: Path, post: Post, imap: Account) -> AsyncIterator[Living]:
    """A house whose request in a victim's name has left through a relay that proves nothing: no clock runs."""
    store, draft = Store(database_url, KEYS), Draft(NOW)
    await furnish(store, reports=0)
    there = {"country": "US", "language": "en", "micro_or_small": False}
    platform = party(draft, "P-0042", PartyKind.ONLINE_PLATFORM, "abuse@forum.example", **there)
    channel = next(row for row in draft.rows if isinstance(row, Channel))
    channel.address, channel.mechanisms = TO, [REGIME]
    kind: dict[str, Any] = {"category": "ncii_adult", "code": "fr-cp-226-2-1", "depicted": Depicted.ADULT}
    mandated(draft, report(draft, 1, platform, "http://forum.example/a/1", **kind))
    await store.write(draft)
    await sign(store, LIBRARY, REGIME, by="L-01", until=NOW + timedelta(days=365), now=NOW)
    await store.close()
    living = Living(home, database_url, post, imap, post.port, more={"smtp_direct": False})  # type: ignore[attr-defined]
    await living.dispatch()
    assert await living.one(CLOCK.format("concat_ws(' ', stage, receipt)")) == "running relay"
    living.later(minutes=30)
    yield living


async def letter_of(house: Living) -> tuple[Any, str, str]:
    """The request as it arrived, its envelope id, and what the relay calls it."""
    query = (
        "SELECT {} FROM letter l JOIN act a ON a.letter_id = l.id JOIN procedure p ON p.id = a.procedure_id"
        f" WHERE p.regime = '{REGIME}'"
    )
    async with house.desk() as desk:
        envelope_id = desk.answering.envelope_id(await house.one(query.format("l.id")))
    message_id = await house.one(query.format("l.message_id"))
    places = [n for n, one in enumerate(house.letters(), start=1) if str(one["Message-ID"]) == message_id]
    return house.letters()[places[0] - 1], envelope_id, queue_id(places[0])


async def runs_from(house: Living, at: datetime) -> None:
    """The legal clock runs from this instant, its end is a legal date, and the record agrees with itself."""
    assert await house.one(CLOCK.format("receipt")) in {"server", "acknowledged"}
    assert await house.one(CLOCK.format("given_at")) == at
    assert at + HOURS <= await house.one(CLOCK.format("ends_at")) <= at + HOURS + timedelta(hours=1)
    due = "SELECT count(*) FROM duty WHERE deed = 'conclude' AND closed_at IS NULL AND legal_at = :end"
    assert await house.one(due, end=await house.one(CLOCK.format("ends_at"))) == 1
    assert await house.faults() == []


async def test_a_delivery_report_starts_the_clock(house: Living) -> None:
    """It gives our signed envelope id back: the clock counts from when it came to us."""
    letter, envelope_id, _ = await letter_of(house)
    given = {"envelope_id": envelope_id, "recipient": TO, "remote": "mx.forum.example"}
    house.account.append(report_of_delivery(letter, "delivered", "2.1.5", **given))
    await house.read()
    await runs_from(house, house.now)


async def test_the_relays_log_starts_the_clock(house: Living) -> None:
    """The line tells when their server took it: the clock counts from then."""
    _, _, queue = await letter_of(house)
    at = house.now - timedelta(minutes=20)
    assert await read(house, line(queue, at, to=TO)) == 1
    await runs_from(house, at)


async def test_a_vouched_acknowledgement_starts_the_clock(house: Living) -> None:
    """They say that they have it, and our own server vouches for them."""
    letter, _, _ = await letter_of(house)
    vouched = "mx.hotline.example; dmarc=pass header.from=forum.example"
    words = "We have received your report. Your ticket number is 4711."
    house.account.append(reply(letter, words, Authentication_Results=vouched))
    await house.read()
    await runs_from(house, house.now)


async def test_an_acknowledgement_nobody_vouches_for_asks_a_person(house: Living) -> None:
    """Anybody can write those words: the clock does not start, and a person confirms them or not."""
    letter, _, _ = await letter_of(house)
    before = await house.one(CLOCK.format("concat_ws(' ', given_at, ends_at, receipt)"))
    house.account.append(reply(letter, "We have received your report. Your ticket number is 4711."))
    await house.read()
    assert await house.one(CLOCK.format("concat_ws(' ', given_at, ends_at, receipt)")) == before
    assert "acknowledgement_unvouched" in await house.causes()
    assert await house.faults() == []


async def test_a_forged_bounce_does_not_stop_the_clock(house: Living) -> None:
    """The platform holds the letter and could write that it never came: what is proven stands."""
    letter, envelope_id, _ = await letter_of(house)
    given = {"envelope_id": envelope_id, "recipient": TO, "remote": "mx.forum.example"}
    house.account.append(report_of_delivery(letter, "delivered", "2.1.5", **given))
    await house.read()
    at = house.now
    house.later(hours=1)
    house.account.append(report_of_delivery(letter, "failed", "5.1.1", recipient=TO).replace(b"<dsn-1@", b"<dsn-2@"))
    await house.read()
    await runs_from(house, at)
    assert "bounced_after_receipt" in await house.causes()
