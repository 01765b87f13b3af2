"""The fault walk of the mailbox: a reader gets SIGKILL at every named point, and the next one finds what it left."""

import asyncio
import signal

import pytest

from models.faultpoints import OF_THE_MAILBOX
from tests.incoming.child import start
from tests.incoming.conftest import Living, reply, report_of_delivery

NUMBER = "SELECT count(*) FROM incoming"
SENTENCES = ("The content has been removed.", "After review we decline to remove this content.")
LEFT = {
    "message_not_committed": (0, 4),
    "message_committed": (4, 4),
    "copy_deleted": (4, 0),
}  # on record, in the mailbox


async def die_while_reading(house: Living, at: str) -> None:
    """A reader dies at this point, and of nothing else."""
    child = start(house.home, house.url, house.port, house.now, at, house.mail)
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL


def four_messages(house: Living) -> list[bytes]:
    """Two answers, a stranger's mail and a bounce; each has an effect that must not come twice."""
    answers = [
        reply(house.letter, words, Message_ID=f"<answer-{number}@forum.example>")
        for number, words in enumerate(SENTENCES)
    ]
    unknown = reply(house.letter, "hello", To="answers@hotline.example", In_Reply_To=None, References=None, Subject="x")
    return [*answers, unknown, report_of_delivery(house.letter, "failed", "5.7.1")]


@pytest.mark.parametrize("at", OF_THE_MAILBOX)
async def test_a_reader_that_dies_loses_nothing_and_does_nothing_twice(house: Living, at: str) -> None:
    """Whenever it dies: each message is on record once, its effects are there once, and the mailbox is empty."""
    for raw in four_messages(house):
        house.account.append(raw)
    await die_while_reading(house, at)
    assert (await house.one(NUMBER), len(house.account.uids())) == LEFT[at]
    await house.read()
    assert house.account.uids() == []
    assert await house.one(NUMBER) == 4
    assert await house.one("SELECT count(*) FROM incoming WHERE uid IS NOT NULL") == 0
    assert await house.one("SELECT count(*) FROM event WHERE kind LIKE 'answer\\_%'") == 3
    assert await house.one("SELECT count(*) FROM event WHERE kind = 'bounced'") == 1
    assert await house.one("SELECT count(DISTINCT cause) = count(*) FROM duty WHERE by = 'person'")
    assert str(await house.read()) == "0 filed, 0 in quarantine, 0 discarded, 0 known already, 0 put aside"
    assert await house.faults() == []


async def test_a_message_that_the_store_knows_is_deleted_when_the_mailbox_is_made_anew(house: Living) -> None:
    """A reader that died before it deleted leaves copies under old numbers; a mailbox with new ones loses no message."""
    first, second, *_ = four_messages(house)
    house.account.append(first)
    await die_while_reading(house, "message_committed")
    house.account.make("Renewed")
    house.account.append(first, folder="Renewed")
    house.account.append(second, folder="Renewed")
    house.more["imap_folder"] = "Renewed"
    taken = await house.read()
    assert (taken.filed, taken.known) == (1, 1)
    assert house.account.uids(folder="Renewed") == []
    assert await house.faults() == []
