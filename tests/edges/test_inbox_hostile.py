"""A mail server that lies, stalls, floods or goes: the reading ends with one clear error, in time, and says nothing."""

import asyncio
import time
from typing import Any

import pytest

from edges.imap_words import folder_name, items, told, uid_set, uids_found
from edges.inbox import Fetched, Mailbox, MailboxRefused, MailboxUnreachable, Position
from tests.edges.imap_servers import Answer, scripted_imap

SIZES = b'* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE " 5-Oct-2026 09:00:00 +0200")\r\n* 2 FETCH (UID 2 RFC822.SIZE 5)\r\n{tag} OK\r\n'
HEADS, BODIES = "UID FETCH 1:2 (UID RFC", "UID FETCH 1:2 (UID BODY"
SECRET = "Zebra"


async def read(answers: dict[str, Answer], *, timeout_s: float = 0.4, **more: Any) -> list[Fetched]:
    """Everything in a mailbox of a scripted server."""
    async with (
        scripted_imap({HEADS: SIZES, **answers}) as port,
        Mailbox("127.0.0.1", port, "none", "user", SECRET, timeout_s=timeout_s) as box,
    ):
        return [message async for message in box.new_after(Position(0, 0), **more)]


def a_body(number: int, said: bytes = b"{5}", text: bytes = b"hello") -> bytes:
    """An answer with the text of one message."""
    return b"* %d FETCH (UID %d BODY[]<0> %b\r\n%b)\r\n" % (number, number, said, text)


@pytest.mark.parametrize("answers", [
    {"CONNECT": None},
    {"CONNECT": b"hang"},
    {"CONNECT": b"* BYE go away, Zebra\r\n"},
    {"CONNECT": b"HTTP/1.1 400 Zebra\r\n\r\n"},
    {"CONNECT": b"\xff\xfe\x00\r\n"},
    {"CAPABILITY": b"{tag} OK none\r\n"},
    {"CAPABILITY": b"* CAPABILITY POP3\r\n{tag} OK\r\n"},
    {"CAPABILITY": b"hang"},
    {"LOGIN": None},
    {"LOGIN": b"hang"},
    {"LOGIN": b"{tag} NO [UNAVAILABLE] Zebra is asleep\r\n"},
    {"LOGIN": b"A0 OK not your tag, Zebra\r\n"},
    {"SELECT": b"hang"},
    {"SELECT": b"* 2 EXISTS\r\n{tag} OK no numbers\r\n"},
    {"SELECT": b"* \xc3\x28 \xff\r\n{tag} OK\r\n"},
    {"UID SEARCH": b"hang"},
    {"UID SEARCH": b"{tag} NO Zebra\r\n"},
    {"UID SEARCH": b"* SEARCH " + b"1 " * 4_000_000},
    {HEADS: b"hang"},
    {HEADS: None},
    {HEADS: b"* \xff FETCH (UID 1)\r\n"},
    {BODIES: b"hang"},
    {BODIES: a_body(1, b"{500}")},  # a literal that never comes whole
    {BODIES: a_body(1, b"{99999999999999999999}", b"x" * 9_000_000)},
    {BODIES: a_body(1, b"{" + b"9" * 5_000 + b"}")},
    {BODIES: b"* 1 FETCH (UID 1 BODY[]<0> \"" + b"(" * 9_000_000},  # a line without an end
    {BODIES: b"* 1 EXISTS\r\n" * 900_000},  # a flood
])  # fmt: skip
async def test_every_lie_ends_as_unreachable_and_soon(answers: dict[str, Answer]) -> None:
    """Fixed words, no text of the server or the message, nothing else leaks, and never a hang."""
    start = time.perf_counter()
    with pytest.raises(MailboxUnreachable) as ended:
        await read(answers)
    assert time.perf_counter() - start < 8
    said = f"{ended.value!r} {ended.value} {ended.value.__context__!r} {ended.value.__cause__!r}"
    assert "Zebra" not in said and "user" not in said and "127.0.0.1" not in said


async def test_a_server_that_drips_is_not_waited_for_for_ever() -> None:
    """One octet now and then keeps no connection alive: the whole answer has its time."""
    stop = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, verb, *_ = line.split()
            if verb == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1\r\n%b OK\r\n" % tag)
            elif verb == b"SELECT":
                writer.write(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 2] .\r\n%b OK\r\n" % tag)
            elif verb == b"LOGIN":
                writer.write(b"%b OK\r\n" % tag)
            elif b"SEARCH" in line:
                writer.write(b"* SEARCH 1\r\n%b OK\r\n" % tag)
            else:
                while not stop.is_set():
                    writer.write(b"*")
                    await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    start = time.perf_counter()
    with pytest.raises(MailboxUnreachable, match="in time"):
        async with Mailbox("127.0.0.1", port, "none", "u", "p", timeout_s=0.5) as box:
            async for _ in box.new_after(Position(0, 0)):
                pass
    assert time.perf_counter() - start < 4
    stop.set()
    server.close()


async def test_one_that_the_server_cannot_give_never_stops_the_next() -> None:
    """NO to two together is asked again one by one; the one that cannot be read comes without its text."""
    found = await read({
        BODIES: b"{tag} NO [SERVERBUG] broken\r\n",
        "UID FETCH 1 (UID BODY.PEEK[]": b"{tag} NO [SERVERBUG] broken\r\n",
        "UID FETCH 1 (UID BODY.PEEK[HEADER]": a_body(1, b"{10}", b"Subject: x") + b"{tag} OK\r\n",
        "UID FETCH 2": a_body(2) + b"{tag} OK\r\n",
    })  # fmt: skip
    assert [(message.uid, message.raw, message.headers) for message in found] == [
        (1, None, b"Subject: x"),
        (2, b"hello", b""),
    ]


async def test_sizes_that_cannot_be_told_are_asked_one_by_one() -> None:
    """A server that fails on the sizes of a batch still gives what it can."""
    found = await read({
        HEADS: b"{tag} NO broken\r\n",
        "UID FETCH 1 (": b"{tag} NO broken\r\n",
        "UID FETCH 2 (UID RFC": b"* 2 FETCH (UID 2 RFC822.SIZE 5)\r\n{tag} OK\r\n",
        "UID FETCH 2 (UID BODY": a_body(2) + b"{tag} OK\r\n",
        BODIES: b"{tag} NO broken\r\n",
    })  # fmt: skip
    assert [(message.uid, message.raw) for message in found] == [(1, None), (2, b"hello")]


async def test_a_size_that_lies_costs_a_second_look_only() -> None:
    """Said to be 5 octets and in truth a hundred thousand: it comes whole, or as too large, and the next one comes."""
    large = b"x" * 100_000
    asked = 65_536 + 10 + 1
    first = a_body(1, b"{%d}" % asked, large[:asked]) + a_body(2) + b"{tag} OK\r\n"
    whole = a_body(1, b"{100000}", large) + b"{tag} OK\r\n"
    found = await read({BODIES: first, "UID FETCH 1 (UID BODY.PEEK[]": whole})
    assert [message.raw for message in found] == [large, b"hello"]
    found = await read({BODIES: first, "UID FETCH 1 (UID BODY.PEEK[]": whole}, most_bytes=90_000)
    assert [message.raw for message in found] == [None, b"hello"]


async def test_what_a_message_says_is_not_the_servers_word() -> None:
    """A text in quotes that looks like an answer, flags that change in between, a message that went meanwhile."""
    talk = b'* 9 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[]<0> "UID 77 RFC822.SIZE 1 \\"(" UID 1)\r\n* 1 FETCH (UID 1 FLAGS ())\r\n{tag} OK\r\n'
    found = await read({BODIES: talk})
    assert [(message.uid, message.raw) for message in found] == [(1, b'UID 77 RFC822.SIZE 1 "(')]


async def test_fifty_thousand_lines_at_once_are_no_trouble() -> None:
    """Somebody marked all messages as read just now: the server says so line by line, in one go."""
    start = time.perf_counter()
    noise = b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(1, 50_000))
    found = await read({BODIES: noise + a_body(1) + a_body(2) + b"{tag} OK\r\n"}, timeout_s=20)
    assert [message.raw for message in found] == [b"hello", b"hello"]
    assert time.perf_counter() - start < 10


async def test_only_what_is_above_the_position_counts() -> None:
    """`n:*` names the last message even if it lies below n (RFC 3501, 6.4.8): it is not read again."""
    said: list[str] = []
    talk: dict[str, Answer] = {"SELECT": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 9] .\r\n{tag} OK\r\n"}
    async with scripted_imap(talk, said=said) as port, Mailbox("127.0.0.1", port, "none", "u", "p") as box:
        assert [message async for message in box.new_after(Position(7, 2))] == []
    assert "UID SEARCH UID 3:*" in said and not any("FETCH" in line for line in said)


async def test_a_server_that_does_not_say_the_next_number_is_asked_for_the_last() -> None:
    """UIDNEXT came late into the protocol."""
    talk: dict[str, Answer] = {"SELECT": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n{tag} OK\r\n"}
    async with scripted_imap(talk) as port, Mailbox("127.0.0.1", port, "none", "u", "p") as box:
        assert (await box.state()).uid_next == 3


@pytest.mark.parametrize("answers", [
    {"LOGIN": b"{tag} NO [AUTHENTICATIONFAILED] Zebra\r\n"},
    {"LOGIN": b"{tag} BAD Zebra\r\n"},
    {"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK\r\n"},
    {"SELECT": b"{tag} NO [NONEXISTENT] Zebra\r\n"},
])  # fmt: skip
async def test_a_refusal_is_told_from_trouble(answers: dict[str, Answer]) -> None:
    """Only a person can mend these: they have a class of their own."""
    with pytest.raises(MailboxRefused) as refused:
        await read(answers)
    assert "Zebra" not in f"{refused.value!r} {refused.value.__context__!r}"


async def test_words_slipped_in_before_the_handshake_end_the_connection() -> None:
    """What is said in the open together with the yes to STARTTLS could come from anybody."""
    said: list[str] = []
    talk: dict[str, Answer] = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK\r\n",
        "STARTTLS": b"{tag} OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=X",
    }
    async with scripted_imap(talk, said=said) as port:
        with pytest.raises(MailboxUnreachable):
            async with Mailbox("127.0.0.1", port, "starttls", "u", "p", timeout_s=1):
                pass
    async with scripted_imap({"CONNECT": b"* PREAUTH hello\r\n", **talk}, said=said) as port:
        with pytest.raises(MailboxUnreachable, match="STARTTLS"):
            async with Mailbox("127.0.0.1", port, "starttls", "u", "p", timeout_s=1):
                pass
    assert not any(line.startswith("LOGIN") for line in said)


@pytest.mark.parametrize("answer", [None, b"{tag} NO not now\r\n", b"{tag} BAD what\r\n"])
async def test_a_server_that_offers_idle_and_does_not_do_it(answer: Answer) -> None:
    """It ends as trouble with the server, at once."""
    async with (
        scripted_imap({"IDLE": answer}) as port,
        Mailbox("127.0.0.1", port, "none", "u", "p", timeout_s=1) as box,
    ):
        with pytest.raises(MailboxUnreachable):
            await asyncio.wait_for(box.wait(30), 5)


async def test_a_server_that_does_not_end_idle_is_left() -> None:
    """No answer to DONE: the time of the waiting and one timeout, no more."""
    talk: dict[str, Answer] = {"IDLE": b"+ idling\r\n", "": b"hang", "LOGIN": b"{tag} OK\r\n"}
    async with scripted_imap(talk) as port, Mailbox("127.0.0.1", port, "none", "u", "p", timeout_s=0.5) as box:
        with pytest.raises(MailboxUnreachable, match="in time"):
            await asyncio.wait_for(box.wait(0.3), 5)


def test_the_words_of_the_protocol() -> None:
    """Sets of numbers, names of folders, codes and lists of numbers, also bad ones."""
    assert uid_set([1, 2, 3, 7, 9, 10]) == "1:3,7,9:10"
    assert folder_name('Réponses & "co"\\') == '"R&AOk-ponses &- \\"co\\"\\\\"'
    assert folder_name("a\r\nb") == '"a&AA0ACg-b"'
    assert told([b"OK [uidvalidity 5] x", b"y"], "UIDVALIDITY") == 5
    assert told([b"OK [UIDVALIDITY 99999999999999]"], "UIDVALIDITY") is None
    assert uids_found([b"3 1 x 99999999999 2", b"", b"4 done"]) == [1, 2, 3]
    dates = [
        b'" 5-Oct-2026 01:00:00 +0200"',
        b'"31-Feb-2026 01:00:00 +0000"',
        b'"05-Xxx-2026 01:00:00 +0000"',
        b'"01-Jan-0001 00:00:00 +1400"',
    ]
    found = [item.internal_date for date in dates for item in items([b"1 FETCH (UID 1 INTERNALDATE " + date + b")"])]
    assert [str(at) for at in found] == ["2026-10-04 23:00:00+00:00", "None", "None", "None"]
