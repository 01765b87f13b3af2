"""Passes over the mailbox: one at a time, cut off at any moment, and never stopped by one message."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.incoming import person
from cases.incoming.reading import SomebodyReads, ours, read_mailbox
from cases.office import mailbox
from edges.inbox import MailboxUnreachable
from models.store import Store
from tests.edges.imap_servers import Account, proxy
from tests.faults.house import furnish, open_procedures
from tests.faults.post import Post
from tests.incoming.conftest import Living, reply, report_of_delivery
from tests.keys import KEYS
from tests.owning import as_owner

REFUSES = "After review we decline to remove this content."
_TRIP = (
    "CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.kind = 'answer_refused' THEN RAISE EXCEPTION 'tripped'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER trip BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION trip()",
)


@pytest.fixture
async def three(database_url: str, home: Path, post: Post, imap: Account) -> AsyncIterator[Living]:
    """A house whose one complaint to Arcom is about three reports, and has left."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=3)
    await open_procedures(store, "eu-dsa-53", "P-0002")
    await store.close()
    living = Living(home, database_url, post, imap, post.port, more={"smtp_direct": False})  # type: ignore[attr-defined]
    await living.dispatch()
    assert [to for to, _ in post.letters] == ["dsa@arcom.example"]
    yield living


async def test_two_passes_at_once_read_nothing_twice(house: Living) -> None:
    """The second finds that somebody reads, and leaves."""
    for number in range(30):
        house.account.append(reply(house.letter, REFUSES, Message_ID=f"<{number}@forum.example>"))
    done = await asyncio.gather(house.read(), house.read(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["SomebodyReads", "Taken"]
    assert any(isinstance(each, SomebodyReads) for each in done)
    assert house.account.uids() == []
    assert await house.one("SELECT count(*) FROM incoming") == 30
    assert await house.causes() == ["answer_refused"]
    assert await house.faults() == []


@pytest.mark.parametrize("octets", [600, 3_000, 20_000, 200_000])
async def test_a_connection_that_breaks_loses_nothing(house: Living, octets: int) -> None:
    """Wherever it breaks, what was not taken in is taken in by the next pass, once."""
    for number in range(5):
        words = f"{REFUSES}\n{'a' * 70}\n" + ("b" * 70 + "\n") * 800
        house.account.append(reply(house.letter, words, Message_ID=f"<{number}@forum.example>"))
    async with proxy(house.account.port) as wire, house.desk() as desk:
        wire.cut_after = octets
        given = house.settings.model_copy(update={"imap_port": wire.port})
        way = mailbox(given, simulated=True)
        assert way is not None
        with pytest.raises(MailboxUnreachable):
            async with way as box:
                await read_mailbox(desk, box, ours(given))
    await house.read()
    assert house.account.uids() == []
    assert await house.one("SELECT count(*) FROM incoming WHERE state = 'filed'") == 5
    assert await house.one("SELECT count(*) FROM event WHERE kind = 'answer_refused'") == 5
    assert await house.faults() == []


async def test_a_message_that_cannot_be_taken_in_is_put_aside(house: Living) -> None:
    """Its copy stays until a person decides; the others are read, and nothing is read again and again."""
    store = Store(house.url, KEYS)
    async with as_owner(store) as connection:
        for statement in _TRIP:
            await connection.execute(text(statement))
    await store.close()
    house.account.append(reply(house.letter, REFUSES))
    house.account.append(reply(house.letter, "The content has been removed.", Message_ID="<2@forum.example>"))
    taken = await house.read()
    assert (taken.put_aside, taken.filed) == (1, 1)
    assert len(house.account.uids()) == 1
    assert str(await house.read()) == "0 filed, 0 in quarantine, 0 discarded, 0 known already, 0 put aside"
    number = await house.one("SELECT number FROM incoming WHERE state = 'quarantined' AND why = 'not_taken_in'")
    assert REFUSES.encode() in (await house.open_text(number) or b"")
    async with house.desk() as desk:
        given = {"by": "A-01", "ledger": house.home / "erasures.jsonl", "now": house.now}
        await person.discard(desk, number, why="duplicate", **given)
    await house.read()
    assert house.account.uids() == []
    assert await house.faults() == []


async def test_an_answer_to_one_letter_about_three_reports_is_on_all_three(three: Living) -> None:
    """One message, one text, three timelines, one matter each."""
    three.account.append(reply(three.letter, REFUSES))
    assert (await three.read()).filed == 1
    assert await three.one("SELECT count(*) FROM incoming_report") == 3
    assert await three.one("SELECT count(DISTINCT report_id) FROM duty WHERE cause = 'answer_refused'") == 3
    assert await three.one("SELECT count(*) FROM private_text WHERE purpose = 'incoming'") == 2
    assert await three.faults() == []


async def test_a_bounce_of_one_letter_about_three_reports_sends_one_again(three: Living) -> None:
    """All three go to the next channel together, in one letter."""
    await three.give_channel("complaints@arcom.example", party="P-0002")
    three.account.append(report_of_delivery(three.letter, "failed", "5.1.1"))
    assert (await three.read()).filed == 1
    assert await three.one("SELECT count(*) FROM act WHERE status = 'bounced'") == 3
    await three.dispatch()
    assert [to for to, _ in three.post.letters] == ["dsa@arcom.example", "complaints@arcom.example"]
    assert await three.one("SELECT count(*) FROM procedure WHERE stage = 'running'") == 3
    assert await three.faults() == []
