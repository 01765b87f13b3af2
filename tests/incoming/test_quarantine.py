"""What nobody can tie to a letter waits for a person, who files it, or puts it away for good."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.erase import erase, noted, replay_erasures
from cases.incoming import person
from cases.incoming.quarantine import opened, quarantined
from cases.record.opening import RecordRefused
from cases.record.people import retraction
from models.private import Purpose
from models.store import Store
from tests.incoming.conftest import Living, reply, report_of_delivery
from tests.keys import KEYS

NUMBER = "M-000001"
REPORT = "R-2026-000001"
ASKED = (Purpose.LOCATION, Purpose.FREE_TEXT)
WORDS = "After review we decline to remove this content."


def untied(letter: Any, words: str = WORDS, **more: str) -> bytes:
    """An answer that lost on its way all that ties it to its letter."""
    bare: dict[str, Any] = {"To": "answers@hotline.example", "In_Reply_To": None, "References": None, "Subject": "x"}
    return reply(letter, words, **(bare | more))


async def wait(house: Living, **more: str) -> None:
    """One message waits in quarantine."""
    house.account.append(untied(house.letter, **more))
    assert (await house.read()).quarantined == 1
    assert house.account.uids() == []


async def close(house: Living) -> None:
    """The report is taken back and all is told: no procedure is open."""
    async with house.desk() as desk:
        await retraction(desk, [REPORT], cause="not_illegal", by="A-01", second_reader="A-02", now=house.now)
    await house.dispatch()


async def erased(house: Living) -> Path:
    """Everything of the report is erased; gives the list outside the database."""
    ledger, store = house.home / "erasures.jsonl", Store(house.url, KEYS)
    try:
        await erase(store, [REPORT], ASKED, by="A-01", second="A-02", cause="request", ledger=ledger, now=house.now)
    finally:
        await store.close()
    return ledger


async def test_a_person_sees_the_likeliest_letter_first(house: Living) -> None:
    """The page offers the letter to the mailbox that it seems to come from; nothing is tied by that alone."""
    await wait(house)
    async with house.desk() as desk:
        (message,) = await quarantined(desk.store)
        waiting = await opened(desk.store, message)
    assert waiting.own_text.strip() == WORDS
    assert [(one.numbers, one.why) for one in waiting.guesses] == [((REPORT,), ("domain", "mailbox"))]
    assert await house.causes() == []


async def test_a_message_filed_under_a_letter_has_its_effects(house: Living) -> None:
    """A refusal that a person ties to its letter waits to be confirmed, like one that came home by itself."""
    await wait(house)
    async with house.desk() as desk:
        await person.file(desk, NUMBER, by="A-01", now=house.now, message_id=house.letter["Message-ID"])
    assert await house.one("SELECT concat_ws(' ', state, matched_by, decided_by) FROM incoming") == "filed person A-01"
    assert await house.causes() == ["answer_refused"]
    assert await house.one("SELECT stage FROM procedure") == "running"
    assert await house.faults() == []


async def test_what_a_person_says_it_means_counts(house: Living) -> None:
    """The reader's word goes before the rule's."""
    await wait(house)
    async with house.desk() as desk:
        given = {"message_id": house.letter["Message-ID"], "kind": "not_ours"}
        await person.file(desk, NUMBER, by="A-01", now=house.now, **given)
    assert await house.causes() == ["answer_not_ours"]
    assert await house.faults() == []


async def test_a_message_filed_under_reports_is_on_their_pages(house: Living) -> None:
    """Without a letter nothing follows: it stands in the timeline, with the hash of its text."""
    await wait(house)
    async with house.desk() as desk:
        await person.file(desk, NUMBER, by="A-01", now=house.now, reports=[REPORT])
    assert "answer_refused" in await house.kinds()
    assert await house.causes() == []
    assert await house.one("SELECT count(*) FROM incoming_report") == 1
    assert await house.faults() == []


async def test_a_discarded_message_is_destroyed_and_its_hash_stays(house: Living) -> None:
    """Its key stands on the list outside the database, so that no backup revives the text."""
    await wait(house)
    digest = await house.one("SELECT digest FROM incoming")
    assert WORDS.encode() in (await house.open_text(NUMBER) or b"")
    ledger = house.home / "erasures.jsonl"
    async with house.desk() as desk:
        await person.discard(desk, NUMBER, why="spam", by="A-01", ledger=ledger, now=house.now)
    assert await house.open_text(NUMBER) is None
    assert await house.one("SELECT bool_and(sealed = '') FROM private_text WHERE purpose = 'incoming'")
    assert await house.one("SELECT concat(state, why, digest) FROM incoming") == f"discardedspam{digest}"
    assert [len(one.keys) for one in noted(ledger)] == [1]
    async with house.desk() as desk:
        assert await replay_erasures(desk.store, ledger) == 1
    house.account.append(untied(house.letter))
    assert (await house.read()).known == 1, "the same message is known by its hash"
    assert await house.open_text(NUMBER) is None
    assert await house.faults() == []


async def test_without_the_list_nothing_is_discarded(house: Living) -> None:
    """A key that no list names would come back with a backup."""
    await wait(house)
    ledger = house.home / "folder"
    ledger.mkdir()
    async with house.desk() as desk:
        with pytest.raises(RecordRefused, match="nothing was discarded"):
            await person.discard(desk, NUMBER, why="spam", by="A-01", ledger=ledger, now=house.now)
    assert WORDS.encode() in (await house.open_text(NUMBER) or b"")
    assert await house.one("SELECT state FROM incoming") == "quarantined"


async def test_what_was_decided_is_decided(house: Living) -> None:
    """Nobody files or discards a message twice, or one that does not exist."""
    await wait(house)
    ledger = house.home / "erasures.jsonl"
    async with house.desk() as desk:
        await person.file(desk, NUMBER, by="A-01", now=house.now, reports=[REPORT])
        for number in (NUMBER, "M-000099"):
            with pytest.raises(RecordRefused):
                await person.file(desk, number, by="A-02", now=house.now, reports=[REPORT])
            with pytest.raises(RecordRefused):
                await person.discard(desk, number, why="spam", by="A-02", ledger=ledger, now=house.now)


async def test_an_answer_to_a_closed_report_is_read_by_a_person(house: Living) -> None:
    """It is filed, nothing opens again by itself, and one matter asks somebody to read it."""
    letter = house.letter
    await close(house)
    stages = await house.one("SELECT string_agg(stage, ' ') FROM procedure")
    house.account.append(reply(letter, WORDS))
    assert (await house.read()).filed == 1
    assert await house.one("SELECT string_agg(stage, ' ') FROM procedure") == stages
    assert "answer_after_end" in await house.causes()
    assert house.account.uids() == []
    assert await house.faults() == []


async def test_a_bounce_after_the_end_reopens_nothing(house: Living) -> None:
    """The directory learns of the dead mailbox; the procedure is over."""
    letter = house.letter
    await close(house)
    stages = await house.one("SELECT string_agg(stage, ' ') FROM procedure")
    house.account.append(report_of_delivery(letter, "failed", "5.1.1"))
    assert (await house.read()).filed == 1
    assert await house.one("SELECT string_agg(stage, ' ') FROM procedure") == stages
    assert await house.faults() == []


async def test_an_answer_to_an_erased_report_leaves_its_hash_only(house: Living) -> None:
    """Its text would bring back what was erased: kind, time and hash stay, and somebody learns that it came."""
    letter = house.letter
    await close(house)
    await erased(house)
    house.later(hours=1)
    house.account.append(reply(letter, WORDS))
    assert (await house.read()).filed == 1
    assert await house.one("SELECT concat_ws(' ', state, why, kind) FROM incoming") == "filed erased refused"
    assert await house.open_text(NUMBER) is None
    assert await house.one("SELECT count(*) FROM private_text WHERE purpose = 'incoming'") == 0
    assert house.account.uids() == []
    assert await house.faults() == []


async def test_nobody_files_a_text_under_what_was_erased(house: Living) -> None:
    """What waited when its report was erased may be discarded; filed there, it would bring back what it quotes."""
    letter = house.letter
    await wait(house)
    await close(house)
    await erased(house)
    async with house.desk() as desk:
        for where in ({"message_id": letter["Message-ID"]}, {"reports": [REPORT]}):
            with pytest.raises(RecordRefused, match="erased"):
                await person.file(desk, NUMBER, by="A-01", now=house.now, **where)
    assert await house.one("SELECT state FROM incoming") == "quarantined"


async def test_an_answer_on_record_goes_with_its_report(house: Living) -> None:
    """Erasing a report destroys the texts of the messages about it."""
    house.account.append(reply(house.letter, WORDS))
    await house.read()
    await close(house)
    assert WORDS.encode() in (await house.open_text(NUMBER) or b"")
    await erased(house)
    assert await house.open_text(NUMBER) is None
    assert await house.faults() == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("loop", {"From": "Us <notices@hotline.example>"}),
        ("loop", {"From": "Us <answers@hotline.example>"}),
        ("loop", {"Message_ID": "<20261005.1@hotline.example>"}),
    ],
)
async def test_our_own_mail_ends_here(house: Living, kind: str, more: dict[str, str]) -> None:
    """A loop is cut: the hash is kept, no text, no duty, and nothing is sent."""
    house.account.append(reply(house.letter, WORDS, **more))
    assert (await house.read()).discarded == 1
    assert await house.one("SELECT why FROM incoming") == kind
    await house.dispatch()
    assert len(house.post.letters) == 1
    assert await house.causes() == []
    assert house.account.uids() == []


async def test_an_automatic_answer_is_filed_and_answered_by_nobody(house: Living) -> None:
    """Two programs that write to each other would never end: an absence notice gets no answer and asks nobody."""
    for number in range(3):
        words = f"I am out of the office until Monday. ({number})"
        raw = reply(house.letter, words, Auto_Submitted="auto-replied", Message_ID=f"<{number}@forum.example>")
        house.account.append(raw)
    assert (await house.read()).filed == 3
    await house.dispatch()
    assert len(house.post.letters) == 1
    assert await house.causes() == []
    assert await house.one("SELECT count(*) FROM incoming WHERE kind = 'automatic_reply'") == 3
    assert await house.faults() == []


async def test_a_number_in_the_subject_ties_a_stranger_to_one_letter_only(house: Living) -> None:
    """Once two letters carry the number, it says nothing any more."""
    house.now += timedelta(hours=37)
    await house.dispatch()
    assert len(house.post.letters) == 2
    await wait(house, Subject=f"about {REPORT}")
    assert await house.one("SELECT why FROM incoming") == "ambiguous"
