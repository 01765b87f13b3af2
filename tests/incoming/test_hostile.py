"""Whatever a stranger sends has a stated end, and the next message is still read."""

from typing import Any

import pytest

from tests.incoming.conftest import Living, reply, report_of_delivery

NEXT = "The content has been removed."
BAD = b"bad@stranger.example"


def headed(*lines: bytes, body: bytes = b"hello\r\n") -> bytes:
    """A message whose headers are as given, octet by octet."""
    return b"\r\n".join([b"From: " + BAD, b"Message-ID: <bad@stranger.example>", *lines, b"", body])


def tied(letter: Any) -> bytes:
    """The header that ties a message to a letter."""
    return f"In-Reply-To: {letter['Message-ID']}".encode()


def nested(depth: int) -> bytes:
    """Multiparts inside one another."""
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (each, each) for each in range(depth)
    )
    return b"From: " + BAD + b"\r\nMIME-Version: 1.0\r\n" + opened + b"\r\nhello\r\n"


MALFORMED = {
    "empty": b"\r\n",
    "no headers": b"just a line without any header\r\n",
    "nul octets": headed(b"Subject: a\0b", body=b"\0" * 1_000),
    "bad base64": headed(b"MIME-Version: 1.0", b"Content-Transfer-Encoding: base64", body=b"!!!!====\xff\xfe"),
    "no end boundary": headed(b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="x"', body=b"--x\r\n\r\nhi"),
    "no boundary": headed(b"MIME-Version: 1.0", b"Content-Type: multipart/mixed"),
    "200 levels": nested(200),
    "wrong charset": headed(b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=no-such", body=b"\xe9\xff\x80"),
    "not its charset": headed(b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-16", body=b"\xe9\xff\x80"),
    "long header": headed(b"Subject: " + b"x" * 500_000),
    "20,000 headers": headed(*[b"X-%d: y" % each for each in range(20_000)]),
    "bad date": headed(b"Date: Thu, 99 Foo 99999 99:99:99 +9999"),
    "bad encoded word": headed(b"Subject: =?utf-8?B?/////w==?= =?x?Q?=FF?= =?utf-8?Q?a=0D=0ABcc:_x?="),
    "odd addresses": headed(b"To: <<<>>>,,;:@,\"", b"Cc: answers+@hotline.example, answers+\xff@hotline.example"),
    "lone surrogate": headed(b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", body=b"\xed\xa0\x80"),
}  # fmt: skip


async def next_is_read(house: Living, bad: bytes) -> str:
    """Take in the bad one and then a good one; gives where the bad one went. The good one has its effect."""
    house.account.append(bad)
    house.account.append(reply(house.letter, NEXT, Message_ID="<next@forum.example>"))
    taken = await house.read()
    assert taken.put_aside == 0
    assert house.account.uids() == []
    assert await house.one("SELECT count(*) FROM incoming WHERE kind = 'claims_removal'") == 1
    assert await house.one("SELECT count(*) FROM incoming") == 2
    state = await house.one("SELECT concat_ws(' ', state, why) FROM incoming WHERE kind <> 'claims_removal'")
    assert await house.faults() == []
    return str(state)


@pytest.mark.parametrize("bad", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_message_waits_for_a_person(house: Living, bad: bytes) -> None:
    """It ties itself to nothing: it lies in quarantine, its copy is deleted, and the next is read."""
    assert await next_is_read(house, bad) == "quarantined no_match"


@pytest.mark.parametrize("bad", ["nul octets", "bad base64", "wrong charset", "not its charset", "lone surrogate"])
async def test_a_malformed_answer_is_filed_under_its_letter(house: Living, bad: str) -> None:
    """What no program can read but names our letter is that letter's, and a person reads it."""
    raw = tied(house.letter) + b"\r\n" + MALFORMED[bad]
    assert await next_is_read(house, raw) == "filed "
    assert "answer_to_read" in await house.causes()


async def test_a_message_that_is_too_large_is_known_by_its_headers(house: Living) -> None:
    """25 MB above the bound are never fetched: size and headers stay, a person asks for it again in another way."""
    house.more["inbox_most_bytes"] = 20_000_000
    raw = reply(house.letter, "large", Message_ID="<large@forum.example>") + b"x" * 76 + b"\r\n"
    raw += (b"y" * 76 + b"\n") * 330_000
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert len(raw) > 25_000_000
    assert await next_is_read(house, raw) == "filed too_large"
    assert await house.one("SELECT size FROM incoming WHERE why = 'too_large'") == len(raw)
    assert "answer_to_read" in await house.causes()


async def test_two_large_messages_with_the_same_headers_are_two(house: Living) -> None:
    """What was never fetched cannot be told apart by its text: time and size tell it apart."""
    house.more["inbox_most_bytes"] = 100_000
    raw = reply(house.letter, "large", Message_ID="<large@forum.example>")
    house.account.append(raw + (b"y" * 76 + b"\r\n") * 2_000)
    house.account.append(raw + (b"z" * 76 + b"\r\n") * 3_000)
    taken = await house.read()
    assert (taken.filed, taken.known) == (2, 0)


async def test_a_million_lines_are_read_up_to_a_bound(house: Living) -> None:
    """The text that is kept is bounded; the message is filed, and nobody waits for minutes."""
    raw = reply(house.letter, "a\n" * 1_000_000, Message_ID="<long@forum.example>")
    assert await next_is_read(house, raw) == "filed "


async def test_a_subject_brings_no_header_into_our_letters(house: Living) -> None:
    """Line ends in a subject are no line ends for us: what leaves afterwards has the headers that we gave it."""
    subject = b"Subject: =?utf-8?Q?R-2026-000001=0D=0ABcc:_victim@stranger.example=0D=0A?="
    raw = headed(tied(house.letter), subject, body=b"We need the exact URL, please.\r\n")
    assert await next_is_read(house, raw) == "filed "
    house.later(hours=37)
    await house.dispatch()
    assert len(house.post.letters) == 2
    assert all(b"victim@stranger.example" not in content for _, content in house.post.letters)
    assert all(letter["Bcc"] is None for letter in house.letters())


async def test_an_injected_header_forges_no_check(house: Living) -> None:
    """A result of our own server that stands in a folded line, a subject or a part proves nothing."""
    words = b"We have received your report. Your ticket number is 4711.\r\n"
    claim = b"Authentication-Results: mx.hotline.example; dmarc=pass header.from=forum.example"
    raw = headed(tied(house.letter), b"Subject: x", b" " + claim, body=claim + b"\r\n\r\n" + words)
    house.account.append(raw)
    await house.read()
    assert await house.one("SELECT receipt FROM procedure") == "relay"


@pytest.mark.parametrize(("rows", "why"), [(0, "no_match"), (5_000, "other_recipient")])
async def test_a_bounce_with_too_many_or_no_recipients_waits(house: Living, rows: int, why: str) -> None:
    """Rows are read up to a bound; a report that does not name our addressee among them moves nothing."""
    row = b"\r\nFinal-Recipient: rfc822; a@stranger.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    raw = report_of_delivery(house.letter, "failed", "5.1.1", recipient="b@stranger.example")
    place = raw.index(b"\r\nFinal-Recipient")
    raw = raw[:place] + row * rows + raw[raw.index(b"\r\n\r\n--b\r\nContent-Type: text/rfc822") :]
    assert await next_is_read(house, raw) == f"quarantined {why}"
    assert await house.one("SELECT status FROM act") == "sent"
    assert await house.one("SELECT working FROM channel WHERE address = 'abuse@forum.example'")
