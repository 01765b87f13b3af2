"""
Mail out: a pool of kept SMTP connections to one relay, and an honest word for how each sending ended.

The moment of no return is the command DATA. Before it, trouble is `NOT_BEGUN` and may be tried again; after it, only
the server's own final answer counts, and everything else is `UNKNOWN`. No address and no text of a letter stands in
an exception or in the `repr` of a delivery.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal, Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from edges.letter_bytes import checked_address
from edges.mail_bounds import ORDINARY, HeldBack, Rates, Turns
from edges.mail_dsn import NOT_UNDERSTOOD, mail_parameters, recipient_parameters
from edges.mail_outcome import (
    Delivery,
    MailError,
    MailRefused,
    MailUnreachable,
    Outcome,
    connect_trouble,
    plain,
    queue_id_in,
    refusal,
    trouble,
)
from edges.settings import is_loopback
from law.vocabulary import Receipt

__all__ = ["Delivery", "MailError", "MailRefused", "MailUnreachable", "Mailer", "Outcome"]

OVERTAKING = 4  # connections kept for emergencies, beside the others
CLOSING = 421  # "service not available, closing transmission channel" (RFC 5321, 4.2.3)

BeforeData = Callable[[], Awaitable[None]]


class _NoData(Exception):
    """DATA was not issued; holds what the server said, if it said anything."""

    def __init__(self, delivery: Delivery, *, stale: bool) -> None:
        super().__init__()
        self.delivery, self.stale = delivery, stale


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Whom a letter goes to, and under which name the server shall report on it."""

    sender: str
    recipient: str
    name: str | None = None  # none: no report is asked for

    def asks(self, client: SMTP) -> bool:
        return self.name is not None and client.supports_extension("dsn")

    async def say(self, client: SMTP) -> None:
        """MAIL and RCPT, with what the server offers."""
        international = not (self.sender + self.recipient).isascii()
        encoding = "utf-8" if international else "ascii"
        mail = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        rcpt: list[str] = []
        if self.name is not None and self.asks(client):
            mail, rcpt = mail + mail_parameters(self.name), recipient_parameters(self.recipient)
        await client.mail(self.sender, options=mail, encoding=encoding)
        await client.rcpt(self.recipient, options=rcpt, encoding=encoding)


class Mailer:
    """An async context manager; connections are opened when first needed and kept until it closes."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: Literal["none", "starttls", "tls"],
        username: str | None = None,
        password: str | None = None,
        connections: int = 8,
        per_recipient: int = 2,
        rate_per_minute: int = 600,
        timeout_s: float = 30,
        final_timeout_s: float = 120,
        direct: bool = False,
        simulated: bool = False,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """
        `final_timeout_s` bounds the wait for the answer to DATA: RFC 5321 (4.5.3.2.6) advises ten minutes; the shorter
        wait ends as `UNKNOWN`, never as a second letter. `direct` says that the server is the addressee's own.
        One recipient gets at most `per_recipient` transactions at a time and `rate_per_minute` letters a minute
        (0: no such bound).
        Raise `MailRefused` for an unprotected way or, in a simulated store, for any server but this machine's own.
        """
        if tls == "none" and not is_loopback(host):
            raise MailRefused("Mail without TLS is allowed to this machine only (127.0.0.1): set tls or starttls.")
        if simulated and not is_loopback(host):
            raise MailRefused("A simulated store writes to a mail server on this machine only (127.0.0.1).")
        self._server, self._tls, self._context = (host, port), tls, tls_context
        self._login, self._timeout, self._final_timeout = (username, password), timeout_s, final_timeout_s
        self._receipt = Receipt.SERVER if direct else Receipt.RELAY
        self._simulated = simulated
        self._turns, self._lane = Turns(connections, per_recipient), Turns(OVERTAKING)
        self._rates = Rates(rate_per_minute)
        self._idle: list[SMTP] = []  # the last one used is used first, so that few stay warm

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_leave(client) for client in idle))

    async def check(self) -> None:
        """Open a connection and keep it; raise `MailUnreachable` saying what to do. For use at start."""
        try:
            client = await self._connect()
        except _NoData as no:
            host, port = self._server
            raise MailUnreachable(
                f"The mail server {host}:{port} (tls: {self._tls}) cannot be used: {no.delivery.answer}. "
                "Start it or correct the smtp settings; nothing was sent and nothing is lost."
            ) from None
        self._idle.append(client)

    async def send(
        self,
        *,
        sender: str,
        recipient: str,
        raw: bytes,
        before_data: BeforeData | None = None,
        proposal: bool = False,
        overtaking: bool = False,
        priority: int = ORDINARY,
        envelope_id: str | None = None,
    ) -> Delivery:
        """
        Send one message to one recipient and say how it ended.

        `before_data` runs after the recipient was accepted and before DATA; what it raises is raised here, and nothing
        was sent. Letters that wait for a connection go by `priority`, the smallest first; `overtaking` waits for no
        ordinary letter and no rate: emergencies have connections of their own. Under `envelope_id` the server is asked
        to report what becomes of the letter, if it offers that. Raise `MailRefused` for a letter that rests on a
        proposal outside a simulated store (practice 1.9), `HeaderRefused` for an address that is none.
        """
        if proposal and not self._simulated:
            raise MailRefused("A letter that rests on a proposal never leaves the house (practice 1.9).")
        if envelope_id is not None:
            mail_parameters(envelope_id)  # refuses a bad one before anything is opened
        envelope = _Envelope(checked_address(sender), checked_address(recipient), envelope_id)
        try:
            async with self._turn(envelope.recipient.lower(), priority, overtaking=overtaking):
                try:
                    client, asked = await self._addressed(envelope)
                    await self._ask_first(client, before_data)
                    delivery = await self._hand_over(client, raw, asked=asked)
                except _NoData as no:
                    delivery = no.delivery
        except HeldBack:
            return Delivery(Outcome.HELD_BACK, None, "our own rate for one recipient")
        if delivery.outcome is Outcome.NOT_BEGUN:
            self._rates.give_back(envelope.recipient.lower())
        return delivery

    @asynccontextmanager
    async def _turn(self, recipient: str, priority: int, *, overtaking: bool) -> AsyncIterator[None]:
        if overtaking:
            self._rates.count(recipient)
            async with self._lane.turn(recipient, priority):
                yield
        else:
            async with self._rates.counted(recipient, priority), self._turns.turn(recipient, priority):
                yield

    async def _addressed(self, envelope: _Envelope) -> tuple[SMTP, bool]:
        """
        A connection on which the recipient is accepted, and whether a report was asked for.

        A kept connection that turns out dead is replaced once.
        """
        while self._idle:
            client = self._idle.pop()
            if not client.is_connected:
                continue
            try:
                return client, await self._address(client, envelope)
            except _NoData as no:
                if not no.stale:
                    raise
                break
        client = await self._connect()
        return client, await self._address(client, envelope)

    async def _address(self, client: SMTP, envelope: _Envelope) -> bool:
        try:
            if not (envelope.sender + envelope.recipient).isascii() and not client.supports_extension("smtputf8"):
                raise _NoData(Delivery(Outcome.REFUSED, None, "the server does not offer SMTPUTF8"), stale=False)
            asking = envelope.asks(client)
            await envelope.say(client)
        except _NoData:
            self._idle.append(client)
            raise
        except SMTPResponseException as error:
            delivery = refusal(error, otherwise=Outcome.NOT_BEGUN)
            if asking and error.code in NOT_UNDERSTOOD and await _forget(client):
                return await self._address(client, replace(envelope, name=None))  # the letter matters, not the report
            if delivery.outcome is Outcome.NOT_BEGUN:  # an answer out of the protocol: do not talk on
                client.close()
            await self._start_over(client)
            raise _NoData(delivery, stale=error.code == CLOSING) from None
        except (SMTPException, OSError) as error:
            client.close()
            raise _NoData(Delivery(Outcome.NOT_BEGUN, None, trouble(error)), stale=True) from None
        except BaseException:
            client.close()
            raise
        return asking

    async def _ask_first(self, client: SMTP, before_data: BeforeData | None) -> None:
        """Run the caller's last check while the server waits; when it says no, nothing was sent."""
        try:
            if before_data is not None:
                await before_data()
        except Exception:
            await self._start_over(client)
            raise
        except BaseException:
            client.close()
            raise

    async def _hand_over(self, client: SMTP, raw: bytes, *, asked: bool) -> Delivery:
        """DATA: from here on only the server's final answer counts."""
        if not client.is_connected:
            return Delivery(Outcome.NOT_BEGUN, None, "the server closed the connection before DATA")
        try:
            response = await client.data(raw, timeout=self._final_timeout)
        except SMTPResponseException as error:
            delivery = refusal(error, otherwise=Outcome.UNKNOWN)
            if delivery.outcome is Outcome.UNKNOWN or error.code == CLOSING:
                client.close()
        except Exception as error:
            client.close()
            delivery = Delivery(Outcome.UNKNOWN, None, trouble(error))
        except BaseException:
            client.close()
            raise
        else:
            answer = plain(response.message)
            queue_id = queue_id_in(answer)
            delivery = Delivery(Outcome.ACCEPTED, response.code, answer, self._receipt, queue_id, dsn=asked)
        if client.is_connected:
            self._idle.append(client)
        return delivery

    async def _connect(self) -> SMTP:
        host, port = self._server
        client = SMTP(
            hostname=host,
            port=port,
            username=self._login[0],
            password=self._login[1],
            timeout=self._timeout,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            tls_context=self._context,
            local_hostname="localhost" if is_loopback(host) else None,  # else the name lookup may take seconds
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except SMTPResponseException as error:
            client.close()
            delivery = Delivery(Outcome.NOT_BEGUN, error.code, connect_trouble(error))
            raise _NoData(delivery, stale=False) from None
        except (SMTPException, OSError) as error:
            client.close()
            raise _NoData(Delivery(Outcome.NOT_BEGUN, None, connect_trouble(error)), stale=False) from None
        return client

    async def _start_over(self, client: SMTP) -> None:
        """Forget the envelope and keep the connection, if it still answers."""
        if await _forget(client):
            self._idle.append(client)


async def _forget(client: SMTP) -> bool:
    """RSET; whether the connection can be used on."""
    try:
        if client.is_connected:
            await client.rset()
    except (SMTPException, OSError):
        client.close()
    return client.is_connected


async def _leave(client: SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit()
    except (SMTPException, OSError):
        pass  # the server may have gone first; nothing is open on our side after close()
    client.close()
