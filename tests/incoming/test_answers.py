"""Answers by mail: matched to their letter, kept as received, and never believed at once."""

import pytest

from cases.record.answers import answer
from tests.incoming.conftest import Living, reply

VOUCHED = "mx.hotline.example; dmarc=pass header.from=forum.example"


async def test_a_reply_is_filed_under_the_letter_that_it_answers(house: Living) -> None:
    """What matches by Message-ID is filed, its copy in the mailbox is deleted, and a second look finds nothing new."""
    house.account.append(reply(house.letter, "Bonjour, nous ne comprenons pas bien votre message."))
    taken = await house.read()
    assert (taken.filed, taken.quarantined) == (1, 0)
    assert house.account.uids() == []
    assert "answer_other" in await house.kinds()
    assert "answer_to_read" in await house.causes()
    again = await house.read()
    assert str(again) == "0 filed, 0 in quarantine, 0 discarded, 0 known already, 0 put aside"
    assert await house.faults() == []


async def test_a_claim_of_removal_is_looked_at_and_never_believed(house: Living) -> None:
    """A look is due at once; the procedure's stage is what it was."""
    house.account.append(reply(house.letter, "The content has been removed. Regards, abuse team"))
    before = await house.one("SELECT stage FROM procedure")
    await house.read()
    assert "answer_claims_removal" in await house.kinds()
    assert before == await house.one("SELECT stage FROM procedure") == "running"
    due = "SELECT count(*) FROM duty WHERE deed = 'verify' AND closed_at IS NULL AND due_at <= :now"
    assert await house.one(due, now=house.now) == 1
    assert await house.faults() == []


async def test_a_refusal_by_mail_waits_for_a_person(house: Living) -> None:
    """Nothing that is written to us ends a procedure: somebody confirms the refusal, and only then it counts."""
    house.account.append(reply(house.letter, "After review we decline to remove this content."))
    await house.read()
    assert await house.causes() == ["answer_refused"]
    assert await house.one("SELECT stage FROM procedure") == "running"
    async with house.desk() as desk:
        await answer(desk, ["R-2026-000001"], "refused", by="S-07", at=house.now, now=house.now)
    assert "answer_refused" not in await house.causes()
    assert await house.one("SELECT count(*) FROM procedure WHERE stage = 'running'") == 0
    assert await house.faults() == []


async def test_a_signed_reply_address_is_enough(house: Living) -> None:
    """An answer from a ticket system that keeps no Message-ID comes home by the address that only its letter had."""
    raw = reply(
        house.letter, "We need the exact URL, please.", In_Reply_To=None, References=None, Subject="[T#77] Your mail"
    )
    house.account.append(raw)
    assert (await house.read()).filed == 1
    assert await house.one("SELECT matched_by FROM incoming") == "address"
    assert "asked_by_addressee" in await house.causes()


@pytest.mark.parametrize("change", [0, 20, 41])
async def test_an_altered_reply_address_ties_nothing(house: Living, change: int) -> None:
    """One other character, and the address names no letter."""
    name, _, domain = house.letter["Reply-To"].partition("@")
    tag = name.removeprefix("answers+")
    tag = tag[:change] + ("a" if tag[change] != "a" else "b") + tag[change + 1 :]
    raw = reply(house.letter, "ok", In_Reply_To=None, References=None, Subject="x", To=f"answers+{tag}@{domain}")
    house.account.append(raw)
    taken = await house.read()
    assert (taken.filed, taken.quarantined) == (0, 1)


async def test_a_case_number_ties_only_if_one_letter_left(house: Living) -> None:
    """The subject counts last; the From line never counts."""
    raw = reply(house.letter, "hello", In_Reply_To=None, References=None, To="notices@hotline.example",
                From="somebody@elsewhere.example", Subject="about R-2026-000001")  # fmt: skip
    house.account.append(raw)
    assert (await house.read()).filed == 1
    assert await house.one("SELECT matched_by FROM incoming") == "number"


async def test_what_points_to_two_letters_waits(house: Living) -> None:
    """A reply to one letter that comes to the address of another is put to a person, never to both."""
    house.later(hours=37)
    await house.dispatch()
    assert len(house.post.letters) == 2, "the reminder left"
    notice, reminder = house.letters()
    house.account.append(reply(notice, "ok", To=reminder["Reply-To"]))
    taken = await house.read()
    assert (taken.filed, taken.quarantined) == (0, 1)
    assert await house.one("SELECT why FROM incoming") == "ambiguous"


async def test_an_acknowledgement_counts_only_when_our_server_vouches_for_it(house: Living) -> None:
    """DMARC of the addressee's own domain, said by our own receiving server, proves receipt; nothing else does."""
    words = "We have received your report. Your ticket number is 4711."
    forged = reply(house.letter, words, Authentication_Results="mx.evil.example; dmarc=pass header.from=forum.example")
    house.account.append(forged)
    await house.read()
    assert await house.one("SELECT receipt FROM procedure") == "relay"
    honest = reply(house.letter, words + " ", Authentication_Results=VOUCHED, Message_ID="<answer-2@forum.example>")
    house.account.append(honest)
    await house.read()
    assert await house.one("SELECT receipt FROM procedure") == "acknowledged"
    assert await house.faults() == []


async def test_the_same_message_twice_is_one_message(house: Living) -> None:
    """A mailbox that was made anew offers everything again; what is on record is known by its digest and deleted."""
    raw = reply(house.letter, "The content has been removed.")
    house.account.append(raw)
    await house.read()
    house.account.append(raw)
    taken = await house.read()
    assert (taken.filed, taken.known) == (0, 1)
    assert house.account.uids() == []
    assert await house.one("SELECT count(*) FROM incoming") == 1


async def test_two_copies_in_one_pass_leave_no_copy(house: Living) -> None:
    """A message that was delivered twice is one message, and neither copy stays in the mailbox."""
    raw = reply(house.letter, "The content has been removed.")
    house.account.append(raw)
    house.account.append(reply(house.letter, "Something else.", Message_ID="<other@forum.example>"))
    house.account.append(raw)
    taken = await house.read()
    assert (taken.filed, taken.known) == (2, 1)
    assert house.account.uids() == []
    assert await house.one("SELECT count(*) FROM incoming") == 2


async def test_our_own_mail_that_comes_back_is_discarded(house: Living) -> None:
    """A mail loop ends here: nothing of it is kept but its hash."""
    house.account.append(house.post.letters[0][1])
    assert (await house.read()).discarded == 1
    assert await house.one("SELECT text_id IS NULL AND why = 'loop' FROM incoming")
