"""Letters that come back: believed below proof of receipt, where no legal clock ran; above it a person decides."""

import pytest
from sqlmodel import select

from cases.waiting import go_on
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Party
from tests.incoming.conftest import Living, reply, report_of_delivery
from tests.keys import KEYS

VOUCHED = "mx.hotline.example; dmarc=pass header.from=forum.example"
STATE = (
    "SELECT concat_ws(' ', p.stage, p.receipt, p.given_at, p.ends_at, a.status, l.status, c.working,"
    " (SELECT count(*) FROM duty WHERE closed_at IS NULL AND by = 'machine'))"
    " FROM procedure p JOIN act a ON a.procedure_id = p.id JOIN letter l ON l.id = a.letter_id"
    " JOIN channel c ON c.id = l.channel_id ORDER BY a.ordinal LIMIT 1"
)
WORKS = "SELECT working FROM channel WHERE address = 'abuse@forum.example'"
ENVELOPE = "SELECT id FROM letter WHERE recipient = 'abuse@forum.example' ORDER BY written_at LIMIT 1"


async def envelope_id(house: Living) -> str:
    """The signed name that the first letter left under, which a mail system gives back."""
    letter_id = await house.one(ENVELOPE)
    async with house.desk() as desk:
        return desk.answering.envelope_id(letter_id)


async def test_a_hard_bounce_leads_to_the_next_channel(house: Living) -> None:
    """A mailbox that does not exist is used no more, and the notice leaves by the addressee's next channel."""
    await house.give_channel("legal@forum.example")
    house.account.append(report_of_delivery(house.letter, "failed", "5.1.1"))
    assert (await house.read()).filed == 1
    assert await house.one("SELECT status FROM act") == "bounced"
    assert await house.one(WORKS) is False
    assert await house.one("SELECT concat(stage, receipt, ends_at) FROM procedure") == "openednone"
    await house.dispatch()
    assert [to for to, _ in house.post.letters] == ["abuse@forum.example", "legal@forum.example"]
    assert await house.one("SELECT stage FROM procedure") == "running"
    assert house.account.uids() == []
    assert await house.faults() == []


async def test_a_channel_of_another_scope_is_no_next_channel(house: Living) -> None:
    """A mailbox for another category is never used instead: a person finds a way, and nothing leaves."""
    await house.give_channel("csam@forum.example", categories=["csam"])
    house.account.append(report_of_delivery(house.letter, "failed", "5.1.1"))
    await house.read()
    await house.dispatch()
    assert len(house.post.letters) == 1
    assert await house.causes() == ["channel_refused"]
    assert await house.faults() == []


async def test_a_letter_refused_for_itself_is_not_sent_round_in_circles(house: Living) -> None:
    """A policy or a full mailbox says nothing of the address: it stays in use, and a person sees why, once."""
    house.account.append(report_of_delivery(house.letter, "failed", "5.7.1"))
    await house.read()
    await house.dispatch()
    assert len(house.post.letters) == 1
    assert await house.one(WORKS) is True
    assert await house.causes() == ["channel_refused"]
    assert await house.faults() == []


async def test_a_change_in_the_directory_sends_no_letter_to_where_it_came_back_from(house: Living) -> None:
    """What a server gave back is not sent there again because another channel was looked at; a new one is used."""
    house.account.append(report_of_delivery(house.letter, "failed", "5.7.1"))
    await house.read()
    store = Store(house.url, KEYS)
    try:
        for address, moved in (("", 0), ("legal@forum.example", 1)):
            if address:
                await house.give_channel(address, rank=-1)
            assert await _looked_at(store, house) == moved
    finally:
        await store.close()
    await house.dispatch()
    assert [to for to, _ in house.post.letters] == ["abuse@forum.example", "legal@forum.example"]
    assert await house.faults() == []


async def _looked_at(store: Store, house: Living) -> int:
    """The directory's page of the platform was changed; gives how many procedures went on."""
    draft = Draft(house.now, actor="A-01")
    async with store.session() as session:
        platform = (await session.exec(select(Party).where(Party.number == "P-0001"))).one()
        channels = (await session.exec(select(Channel).where(Channel.party_id == platform.id))).all()
    moved = await go_on(store, draft, platform, channels)
    await store.write(draft)
    return moved


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delayed", "4.2.2"), ("relayed", "2.0.0")])
async def test_what_is_not_over_changes_nothing(house: Living, action: str, status: str) -> None:
    """A server that still tries, or hands on without our envelope id, is put on record; nothing follows."""
    before = await house.one(STATE)
    house.account.append(report_of_delivery(house.letter, action, status))
    assert (await house.read()).filed == 1
    assert await house.one(STATE) == before
    assert await house.causes() == []
    assert await house.faults() == []


async def test_a_bounce_about_somebody_else_waits(house: Living) -> None:
    """Who knows our Message-ID and not the letter's address may have it from a copy: a person reads it."""
    before = await house.one(STATE)
    house.account.append(report_of_delivery(house.letter, "failed", "5.1.1", recipient="other@forum.example"))
    assert (await house.read()).quarantined == 1
    assert await house.one("SELECT why FROM incoming") == "other_recipient"
    assert await house.one(STATE) == before
    assert await house.faults() == []


async def test_a_bounce_that_names_no_letter_of_ours_waits(house: Living) -> None:
    """The address alone ties nothing: anybody knows it."""
    before = await house.one(STATE)
    house.account.append(report_of_delivery(house.letter, "failed", "5.1.1", original="<x@forum.example>"))
    assert (await house.read()).quarantined == 1
    assert await house.one(STATE) == before


async def test_a_bounce_after_proven_receipt_asks_a_person_and_moves_nothing(house: Living) -> None:
    """The addressee holds the letter and can write a bounce itself: no clock, no act and no channel moves by it."""
    words = "We have received your report. Your ticket number is 4711."
    house.account.append(reply(house.letter, words, Authentication_Results=VOUCHED))
    await house.read()
    before = await house.one(STATE)
    assert before.startswith("running acknowledged")
    house.account.append(report_of_delivery(house.letter, "failed", "5.1.1"))
    await house.read()
    assert await house.one(STATE) == before
    assert await house.causes() == ["bounced_after_receipt"]
    second = report_of_delivery(house.letter, "failed", "5.1.1").replace(b"<dsn-1@", b"<dsn-2@")
    house.account.append(second)
    await house.read()
    assert await house.one("SELECT count(*) FROM duty WHERE cause = 'bounced_after_receipt'") == 1
    await house.dispatch()
    assert len(house.post.letters) == 1
    assert await house.faults() == []


@pytest.mark.parametrize("action", ["delivered", "relayed"])
async def test_a_delivery_report_with_our_envelope_id_proves_receipt(house: Living, action: str) -> None:
    """The addressee's server has it: nobody else can know the signed id. The Message-ID beside it takes nothing away."""
    more = {"envelope_id": await envelope_id(house), "remote": "mx.forum.example"}
    house.account.append(report_of_delivery(house.letter, action, "2.1.5", **more))
    assert (await house.read()).filed == 1
    assert await house.one("SELECT matched_by FROM incoming") == "envelope"
    assert await house.one("SELECT receipt FROM letter") == "server"
    assert await house.one("SELECT receipt FROM procedure") == "server"
    assert await house.faults() == []


async def test_a_delivery_report_without_our_envelope_id_proves_nothing(house: Living) -> None:
    """The Message-ID stands in the letter: whoever was copied can write such a report."""
    house.account.append(report_of_delivery(house.letter, "delivered", "2.1.5", envelope_id="a" * 42))
    await house.read()
    assert await house.one("SELECT receipt FROM procedure") == "relay"
    assert await house.faults() == []


async def test_a_bounce_from_a_relay_of_our_own_name_is_no_loop(house: Living) -> None:
    """A relay that is called as our domain is writes bounces under our own name: they are read, not thrown away."""
    raw = report_of_delivery(house.letter, "failed", "5.1.1").replace(b"dsn-1@relay.hotline", b"dsn-1@hotline")
    house.account.append(raw)
    taken = await house.read()
    assert (taken.filed, taken.discarded) == (1, 0)
    assert await house.one(WORKS) is False
