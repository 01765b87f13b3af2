"""Sending: what each way of going wrong is called, and that nothing is sent when it must not be."""

import asyncio
import socket
import ssl
from typing import Any

import pytest

from edges.letters import HeaderRefused
from edges.mail import Delivery, Mailer, MailRefused, MailUnreachable, Outcome
from law.vocabulary import Receipt
from tests.edges.mail_servers import Scripted, Sink, aiosmtpd_server, certificate, certificate_files, running

__all__ = ["certificate", "certificate_files"]

TO: dict[str, Any] = {"sender": "notices@hotline.example", "recipient": "abuse@host.example"}
RAW = b"Subject: test\r\n\r\n.a line that begins with a dot\r\nend\r\n"


def a_mailer(port: int, **changes: Any) -> Mailer:
    """A mailer to this machine."""
    values: dict[str, Any] = {"host": "127.0.0.1", "port": port, "tls": "none", "timeout_s": 5, "final_timeout_s": 5}
    return Mailer(**{**values, **changes})


async def send_to(answers: dict[str, Any], *, times: int = 1, **changes: Any) -> tuple[Delivery, list[str]]:
    """The last of some sendings to a scripted server, and the verbs that it saw."""
    log: list[str] = []
    async with running(lambda: Scripted(answers, log)) as port, a_mailer(port, **changes) as mailer:
        for _ in range(times):
            delivery = await mailer.send(**TO, raw=RAW)
        return delivery, [*log]


async def test_an_accepted_letter_arrives_as_it_is() -> None:
    """The server's own words are kept, the bytes arrive unchanged, and our relay's yes is level 1 only."""
    sink = Sink()
    async with running(aiosmtpd_server(sink)) as port, a_mailer(port) as mailer:
        delivery = await mailer.send(**TO, raw=RAW)
    assert delivery == Delivery(Outcome.ACCEPTED, 250, "2.0.0 Ok: queued as 4Xyz", Receipt.RELAY, "4Xyz")
    assert sink.letters == [(TO["sender"], [TO["recipient"]], RAW)]


async def test_the_addressees_own_server_is_level_two() -> None:
    """Direct delivery proves receipt by the addressee's own mail server (practice 1.7)."""
    async with running(aiosmtpd_server(Sink())) as port, a_mailer(port, direct=True) as mailer:
        assert (await mailer.send(**TO, raw=RAW)).receipt is Receipt.SERVER


@pytest.mark.parametrize(("verb", "answer", "outcome"), [
    ("MAIL", "451 4.3.0 later", Outcome.DEFERRED),
    ("RCPT", "421 4.3.2 closing", Outcome.DEFERRED),
    ("RCPT", "451 4.7.1 greylisted", Outcome.DEFERRED),
    ("RCPT", "550 5.1.1 no such user", Outcome.REFUSED),
    ("RCPT", None, Outcome.NOT_BEGUN),
    ("RCPT", "nonsense", Outcome.NOT_BEGUN),
    ("MAIL", "hang", Outcome.NOT_BEGUN),
    ("CONNECT", "554 5.7.1 not you", Outcome.NOT_BEGUN),
    ("CONNECT", None, Outcome.NOT_BEGUN),
    ("DATA", "451 4.3.0 later", Outcome.DEFERRED),
    ("DATA", "554 5.5.1 no", Outcome.REFUSED),
    ("DATA", None, Outcome.UNKNOWN),
    ("BODY", "421 4.3.2 closing", Outcome.DEFERRED),
    ("BODY", "452 4.3.1 disk full", Outcome.DEFERRED),
    ("BODY", "550 5.7.1 policy", Outcome.REFUSED),
    ("BODY", None, Outcome.UNKNOWN),
    ("BODY", "hang", Outcome.UNKNOWN),
    ("BODY", "nonsense", Outcome.UNKNOWN),
    ("BODY", "354 go on", Outcome.UNKNOWN),
])  # fmt: skip
async def test_every_way_of_going_wrong_has_its_name(verb: str, answer: str | None, outcome: Outcome) -> None:
    """Before DATA trouble is safe to retry; after it only the server's final answer counts (decisions 3 and 16)."""
    delivery, log = await send_to({verb: answer}, timeout_s=0.3, final_timeout_s=0.3)
    assert delivery.outcome is outcome
    assert delivery.receipt is Receipt.NONE
    assert ("BODY" in log) == (verb == "BODY")
    if answer and answer[0] in "45":
        assert (delivery.code, delivery.answer) == (int(answer[:3]), answer[4:]) or outcome is Outcome.NOT_BEGUN


async def test_a_kept_connection_is_used_again() -> None:
    """Letters in a row use one connection, also after a refusal."""
    delivery, log = await send_to({"RCPT": ["550 no"]}, times=3)
    assert delivery.outcome is Outcome.ACCEPTED
    assert (log.count("CONNECT"), log.count("BODY"), log.count("RSET")) == (1, 2, 1)


@pytest.mark.parametrize("answer", [None, "421 4.4.2 idle too long"])
async def test_a_dead_kept_connection_is_replaced_once(answer: str | None) -> None:
    """A server that dropped a kept connection costs a new connection, not a letter and not a second one."""
    delivery, log = await send_to({"MAIL": ["250 Ok", answer]}, times=2)
    assert delivery.outcome is Outcome.ACCEPTED
    assert (log.count("CONNECT"), log.count("BODY")) == (2, 2)
    again, log = await send_to({"MAIL": ["250 Ok", None, None, None]}, times=2)
    assert again.outcome is Outcome.NOT_BEGUN
    assert (log.count("CONNECT"), log.count("BODY")) == (2, 1)


async def test_the_last_check_stands_between_rcpt_and_data() -> None:
    """`before_data` runs after the recipient was accepted and before DATA."""
    log: list[str] = []

    async def check() -> None:
        log.append("CHECK")

    async with running(lambda: Scripted({}, log)) as port, a_mailer(port) as mailer:
        await mailer.send(**TO, raw=RAW, before_data=check)
    assert log[log.index("RCPT") :][:3] == ["RCPT", "CHECK", "DATA"]


async def test_a_stop_before_data_sends_nothing() -> None:
    """When the last check raises, nothing is sent, its error comes out, and the connection serves the next letter."""
    log: list[str] = []

    async def stop() -> None:
        raise LookupError("stopped")

    async with running(lambda: Scripted({}, log)) as port, a_mailer(port) as mailer:
        with pytest.raises(LookupError, match="stopped"):
            await mailer.send(**TO, raw=RAW, before_data=stop)
        assert "DATA" not in log and log[-1] == "RSET"
        assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.ACCEPTED
    assert log.count("CONNECT") == 1


async def test_a_connection_lost_during_the_last_check_is_not_begun() -> None:
    """If the server goes while we write our own record, DATA was never issued: safe to try again."""
    log: list[str] = []
    server = Scripted({}, log)

    async def lose() -> None:
        server.transport.close()
        await asyncio.sleep(0.05)

    async with running(lambda: server) as port, a_mailer(port) as mailer:
        delivery = await mailer.send(**TO, raw=RAW, before_data=lose)
    assert delivery.outcome is Outcome.NOT_BEGUN and "DATA" not in log


async def test_cancelled_after_data_leaves_no_usable_connection() -> None:
    """A sending that is cancelled after DATA raises and never reuses its half-spoken connection."""
    log: list[str] = []
    answers = {"BODY": ["hang"]}  # the first one only
    async with running(lambda: Scripted(answers, log)) as port, a_mailer(port) as mailer:
        sending = asyncio.create_task(mailer.send(**TO, raw=RAW))
        while "BODY" not in log:
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.ACCEPTED
    assert log.count("CONNECT") == 2


async def test_no_more_connections_than_allowed() -> None:
    """The pool is bounded, and many letters at once all arrive."""
    sink, opened = Sink(), 0
    make = aiosmtpd_server(sink)

    def counted() -> asyncio.Protocol:
        nonlocal opened
        opened += 1
        return make()

    async with running(counted) as port, a_mailer(port, connections=3, per_recipient=40) as mailer:
        deliveries = await asyncio.gather(*(mailer.send(**TO, raw=RAW) for _ in range(40)))
    assert {delivery.outcome for delivery in deliveries} == {Outcome.ACCEPTED}
    assert (opened, len(sink.letters)) == (3, 40)


async def test_an_overtaking_letter_waits_for_no_free_connection() -> None:
    """All connections are taken by a letter that waits: an emergency goes out all the same, and first."""
    sink, go_on = Sink(), asyncio.Event()
    async with running(aiosmtpd_server(sink)) as port, a_mailer(port, connections=1) as mailer:
        waiting = asyncio.create_task(mailer.send(**TO, raw=RAW, before_data=go_on.wait))  # type: ignore[arg-type]
        first = await asyncio.wait_for(mailer.send(**TO, raw=RAW, overtaking=True), 5)
        assert (first.outcome, len(sink.letters)) == (Outcome.ACCEPTED, 1)
        go_on.set()
        assert (await waiting).outcome is Outcome.ACCEPTED
    assert len(sink.letters) == 2


async def test_starttls(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """STARTTLS is used and the certificate is checked; one that nobody vouches for stops us before anything is said."""
    server, client = certificate
    sink = Sink()
    async with running(aiosmtpd_server(sink, tls_context=server, require_starttls=True)) as port:
        async with a_mailer(port, tls="starttls", tls_context=client) as mailer:
            assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.ACCEPTED
        async with a_mailer(port, tls="starttls") as mailer:
            refused = await mailer.send(**TO, raw=RAW)
    assert refused.outcome is Outcome.NOT_BEGUN and "TLS" in refused.answer
    assert len(sink.letters) == 1


async def test_a_server_without_starttls_gets_nothing() -> None:
    """Where TLS was asked for, a letter never goes in the open."""
    async with running(aiosmtpd_server(Sink(data="554 never"))) as port, a_mailer(port, tls="starttls") as mailer:
        assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.NOT_BEGUN
        with pytest.raises(MailUnreachable, match="STARTTLS"):
            await mailer.check()


async def test_an_unreachable_server_says_what_to_do() -> None:
    """At start one clear message; while sending, *not begun*."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with a_mailer(taken.getsockname()[1]) as mailer:
            with pytest.raises(MailUnreachable, match=r"no connection.*smtp settings"):
                await mailer.check()
            assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.NOT_BEGUN


@pytest.mark.parametrize("change", [
    {"host": "mail.example", "tls": "none"},
    {"host": "192.0.2.1", "tls": "none"},
    {"host": "mail.example", "tls": "tls", "simulated": True},
    {"host": "192.0.2.1", "tls": "starttls", "simulated": True},
])  # fmt: skip
def test_forbidden_ways_are_refused(change: dict[str, Any]) -> None:
    """No mail without TLS beyond this machine, and a simulated store speaks to this machine only (decision 17)."""
    with pytest.raises(MailRefused, match=r"127\.0\.0\.1"):
        a_mailer(25, **change)


async def test_proposals_never_leave_the_house() -> None:
    """A letter that rests on a proposal is sent in a simulated store only (practice 1.9)."""
    sink = Sink()
    async with running(aiosmtpd_server(sink)) as port:
        with pytest.raises(MailRefused, match="proposal"):
            await a_mailer(port).send(**TO, raw=RAW, proposal=True)
        assert sink.letters == []
        async with a_mailer(port, simulated=True) as mailer:
            assert (await mailer.send(**TO, raw=RAW, proposal=True)).outcome is Outcome.ACCEPTED


async def test_the_answer_is_bounded_and_plain() -> None:
    """An answer is kept to 500 characters without control characters, and `repr` does not show it."""
    delivery, _ = await send_to({"RCPT": "550-<abuse@host.example> \x1b[31m no\r\n550 " + "x" * 900})
    assert delivery.answer.startswith("<abuse@host.example> [31m no x")
    assert len(delivery.answer) == 500
    assert "host.example" not in repr(delivery)


async def test_smtputf8_only_when_needed() -> None:
    """An address beyond ASCII asks for SMTPUTF8 and is refused for good where it is not offered; others do not ask."""
    sink = Sink()
    international = {**TO, "recipient": "bücher@host.example"}
    async with running(aiosmtpd_server(sink)) as port, a_mailer(port) as mailer:
        assert (await mailer.send(**international, raw=RAW)).outcome is Outcome.ACCEPTED
    assert sink.letters[0][1] == ["bücher@host.example"]
    async with running(lambda: Scripted({}, [])) as port, a_mailer(port) as mailer:
        assert (await mailer.send(**international, raw=RAW)).outcome is Outcome.REFUSED
        assert (await mailer.send(**TO, raw=RAW)).outcome is Outcome.ACCEPTED


async def test_an_address_that_is_none_is_refused_before_any_connection() -> None:
    """An address with a line break never reaches the server, and the error does not repeat it."""
    with pytest.raises(HeaderRefused) as refused:
        await a_mailer(1).send(sender=TO["sender"], recipient="a@host.example>\r\nDATA", raw=RAW)
    assert "host.example" not in str(refused.value)
