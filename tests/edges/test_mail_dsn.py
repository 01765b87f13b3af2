"""Asking for reports on delivery: the exact parameters where they are offered, and none where they are not."""

from typing import Any

import pytest

from edges.mail import Delivery, Mailer, MailRefused, Outcome
from edges.mail_dsn import recipient_parameters, xtext
from edges.mail_outcome import queue_id_in
from tests.edges.mail_servers import Scripted, running

TO: dict[str, Any] = {
    "sender": "notices@hotline.example",
    "recipient": "abuse+x=1@host.example",
    "raw": b"a: b\r\n\r\nc\r\n",
}
OFFERED = "250-mail.test\r\n250-PIPELINING\r\n250-DSN\r\n250 8BITMIME"


async def talk(answers: dict[str, Any], **given: Any) -> tuple[Delivery, list[str]]:
    """How one sending ended, and every command of it but EHLO and QUIT."""
    lines: list[str] = []
    async with (
        running(lambda: Scripted(answers, [], lines)) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", timeout_s=5) as mailer,
    ):
        delivery = await mailer.send(**{**TO, **given})
    return delivery, [line for line in lines if not line.startswith(("EHLO", "QUIT"))]


async def test_where_it_is_offered_every_report_is_asked_for() -> None:
    """RET, ENVID, NOTIFY and ORCPT as RFC 3461 writes them, in the commands that are said anyway."""
    delivery, lines = await talk({"EHLO": OFFERED, "BODY": "250 2.0.0 Ok: queued as 4bXyz1"}, envelope_id="3f=a+7")
    assert lines == [
        "MAIL FROM:<notices@hotline.example> RET=HDRS ENVID=3f+3Da+2B7",
        "RCPT TO:<abuse+x=1@host.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;abuse+2Bx+3D1@host.example",
        "DATA",
    ]
    assert (delivery.outcome, delivery.dsn, delivery.queue_id) == (Outcome.ACCEPTED, True, "4bXyz1")


@pytest.mark.parametrize(
    ("offered", "name"), [("250 mail.test", "3f"), ("250-mail.test\r\n250 8BITMIME", "3f"), (OFFERED, None)]
)
async def test_elsewhere_a_letter_goes_plainly(offered: str, name: str | None) -> None:
    """No parameter goes to a server that does not offer it, nor without a name to report under."""
    delivery, lines = await talk({"EHLO": offered}, envelope_id=name)
    assert lines == ["MAIL FROM:<notices@hotline.example>", "RCPT TO:<abuse+x=1@host.example>", "DATA"]
    assert (delivery.outcome, delivery.dsn) == (Outcome.ACCEPTED, False)


@pytest.mark.parametrize("answers", [
    {"MAIL": ["555 5.5.4 Unsupported option: RET"]},
    {"RCPT": ["501 5.5.4 Bad parameter"]},
])  # fmt: skip
async def test_a_server_that_does_not_keep_its_offer_still_gets_the_letter(answers: dict[str, Any]) -> None:
    """The letter matters, the report does not: it is said once more without parameters, and no report is promised."""
    delivery, lines = await talk({"EHLO": OFFERED, **answers}, envelope_id="3f")
    assert lines[-4:] == ["RSET", "MAIL FROM:<notices@hotline.example>", "RCPT TO:<abuse+x=1@host.example>", "DATA"]
    assert (delivery.outcome, delivery.dsn) == (Outcome.ACCEPTED, False)


async def test_a_refusal_of_the_recipient_stays_a_refusal() -> None:
    """What is refused with and without parameters is refused; 550 is not even tried again."""
    delivery, lines = await talk({"EHLO": OFFERED, "RCPT": "501 5.1.3 Bad recipient"}, envelope_id="3f")
    assert (delivery.outcome, delivery.code, lines.count("DATA")) == (Outcome.REFUSED, 501, 0)
    delivery, lines = await talk({"EHLO": OFFERED, "RCPT": "550 5.1.1 no"}, envelope_id="3f")
    assert (delivery.outcome, sum(line.startswith("MAIL") for line in lines)) == (Outcome.REFUSED, 1)


@pytest.mark.parametrize("name", ["", "é", "x" * 101, "+" * 34])
async def test_a_name_that_cannot_be_written_is_refused_before_any_connection(name: str) -> None:
    """At most a hundred octets as written (RFC 3461, 4.4)."""
    async with Mailer(host="127.0.0.1", port=1, tls="none") as mailer:
        with pytest.raises(MailRefused, match="envelope identifier"):
            await mailer.send(**TO, envelope_id=name)


def test_what_is_not_plain_is_written_in_hexadecimal() -> None:
    """Spaces, controls, plus and equals signs cannot end a parameter or begin a command."""
    assert xtext("a b\r\nDATA+=é~!") == "a+20b+0D+0ADATA+2B+3D+C3+A9~!"
    assert recipient_parameters("bücher@host.example") == ["NOTIFY=SUCCESS,FAILURE,DELAY"]


@pytest.mark.parametrize(("answer", "expected"), [
    ("2.0.0 Ok: queued as 4ABC12D", "4ABC12D"),
    ("2.0.0 Ok: queued as 4bYXqL2Zvnz1kN", "4bYXqL2Zvnz1kN"),
    ("2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9F1C2A", "9F1C2A"),
    ("OK id=1rAbCd-0001aB-2C", "1rAbCd-0001aB-2C"),
    ("OK id=1tAbCd-00000000abc-3fGh", "1tAbCd-00000000abc-3fGh"),
    ("2.6.0 <x@host.example> Queued mail for delivery", None),
    ("2.0.0 OK 1730000000 d9443c01a7336-1 - gsmtp", None),
    ("queued as " + "A" * 60, None),
    ("", None),
])  # fmt: skip
def test_the_servers_own_name_of_a_letter(answer: str, expected: str | None) -> None:
    """Postfix's and Exim's forms; anything else is no name."""
    assert queue_id_in(answer) == expected
