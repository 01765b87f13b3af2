"""Our relay's own log: a line that says that a server outside took a letter proves it, if it is that letter's line."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.incoming.relay import read_relay_log
from tests.incoming.conftest import Living, queue_id

UTC = ZoneInfo("UTC")
RECEIPT = "SELECT receipt FROM procedure"


def line(queue: str, at: datetime, *, to: str = "abuse@forum.example", what: str = "sent", dsn: str = "2.0.0") -> str:
    """A line as Postfix's SMTP client writes it."""
    said = {"sent": "250 2.0.0 Ok: queued as 9XYZ1234", "bounced": "host mx.forum.example[192.0.2.10] said: 550"}
    return (
        f"{at.isoformat()} relay postfix/smtp[20417]: {queue}: to=<{to}>, relay=mx.forum.example[192.0.2.10]:25, "
        f"delay=1.3, delays=0.04/0.01/0.5/0.75, dsn={dsn}, status={what} ({said[what]})\n"
    )


async def read(house: Living, *lines: str) -> int:
    """Write these lines at the end of the log and read it; gives how many letters it spoke of."""
    log = house.home / "mail.log"
    with log.open("a", encoding="ascii") as file:
        file.write("".join(lines))
    async with house.desk() as desk:
        return await read_relay_log(desk, log, UTC)


async def test_a_line_about_our_letter_proves_its_receipt(house: Living) -> None:
    """Queue id, recipient and time are the letter's: the addressee's server has it since then, said once."""
    house.later(minutes=10)
    taken = line(queue_id(1), house.now - timedelta(minutes=9))
    assert await read(house, taken) == 1
    assert await house.one(RECEIPT) == "server"
    assert await house.one("SELECT at FROM event WHERE kind = 'receipt_proven'") == house.now - timedelta(minutes=9)
    assert await read(house) == 0
    assert await read(house, taken) == 0, "a log that was copied and began again says nothing new"
    assert await house.one("SELECT count(*) FROM event WHERE kind = 'receipt_proven'") == 1
    assert await house.faults() == []


@pytest.mark.parametrize(
    ("queue", "to", "days"),
    [
        (queue_id(1), "abuse@other.example", 0),
        (queue_id(2), "abuse@forum.example", 0),
        (queue_id(1), "abuse@forum.example", 11),
        (queue_id(1), "abuse@forum.example", -1),
    ],
    ids=["another recipient", "another queue id", "a queue id used again", "before the letter"],
)
async def test_a_line_about_another_letter_proves_nothing(house: Living, queue: str, to: str, days: int) -> None:
    """A queue's number is used again after days: all three must be the letter's own."""
    about = house.now + timedelta(days=days, minutes=1)
    house.later(days=12)
    assert await read(house, line(queue, about, to=to)) == 0
    assert await house.one(RECEIPT) == "relay"


async def test_a_young_line_waits_for_the_next_pass(house: Living) -> None:
    """The letter's own outcome may not be on record yet: what is younger than two minutes is left, not lost."""
    house.later(minutes=10)
    young = line(queue_id(1), house.now - timedelta(minutes=1))
    assert await read(house, young) == 0
    assert await house.one(RECEIPT) == "relay"
    house.later(minutes=2)
    assert await read(house) == 1
    assert await house.one(RECEIPT) == "server"


async def test_a_line_that_says_bounced_is_a_bounce(house: Living) -> None:
    """Our own relay says that the mailbox does not exist: its letter leaves by the next channel."""
    await house.give_channel("legal@forum.example")
    house.later(minutes=10)
    assert await read(house, line(queue_id(1), house.now - timedelta(minutes=9), what="bounced", dsn="5.1.1")) == 1
    await house.dispatch()
    assert [to for to, _ in house.post.letters] == ["abuse@forum.example", "legal@forum.example"]
    assert await house.faults() == []


async def test_a_bounce_after_the_log_proved_receipt_moves_nothing(house: Living) -> None:
    """Two lines that contradict each other: what is proven stands, and a person looks at it."""
    house.later(minutes=10)
    at = house.now - timedelta(minutes=9)
    first, second = line(queue_id(1), at), line(queue_id(1), at, what="bounced", dsn="5.1.1")
    await read(house, first, second)
    assert await house.one(RECEIPT) == "server"
    assert await house.one("SELECT stage FROM procedure") == "running"
    assert await house.causes() == ["bounced_after_receipt"]
    assert await house.faults() == []


async def test_a_log_that_is_not_there_yet_is_no_fault(house: Living, tmp_path: Path) -> None:
    """Postfix makes its log when it first writes."""
    async with house.desk() as desk:
        assert await read_relay_log(desk, tmp_path / "none.log", UTC) == 0
