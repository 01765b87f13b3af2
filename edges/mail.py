"""
Mail out: a pool of kept SMTP connections to one relay, and an honest word for how each sending ended.

The moment of no return is the command DATA. Before it, trouble is `NOT_BEGUN` and may be tried again; after it, only
the server's own final answer counts, and everything else is `UNKNOWN`. No address and no text of a letter stands in
an exception or in the `repr` of a delivery.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Literal, Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from edges.letter_bytes import checked_address
from edges.mail_outcome import (
    Delivery,
    MailError,
    MailRefused,
    MailUnreachable,
    Outcome,
    connect_trouble,
    plain,
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
        timeout_s: float = 30,
        final_timeout_s: float = 120,
        direct: bool = False,
        simulated: bool = False,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """
        `final_timeout_s` bounds the wait for the answer to DATA: RFC 5321 (4.5.3.2.6) advises ten minutes; the shorter
        wait ends as `UNKNOWN`, never as a second letter. `direct` says that the server is the addressee's own.
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
        self._slots = asyncio.Semaphore(connections)
        self._lane = asyncio.Semaphore(OVERTAKING)
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
    ) -> Delivery:
        """
        Send one message to one recipient and say how it ended.

        `before_data` runs after the recipient was accepted and before DATA; what it raises is raised here, and nothing
        was sent. `overtaking` waits for no ordinary letter: emergencies have connections of their own. Raise
        `MailRefused` for a letter that rests on a proposal outside a simulated store (practice 1.9), `HeaderRefused`
        for an address that is none.
        """
        if proposal and not self._simulated:
            raise MailRefused("A letter that rests on a proposal never leaves the house (practice 1.9).")
        envelope = (checked_address(sender), checked_address(recipient))
        async with self._lane if overtaking else self._slots:
            try:
                client = await self._addressed(envelope)
            except _NoData as no:
                return no.delivery
            await self._ask_first(client, before_data)
            return await self._hand_over(client, raw)

    async def _addressed(self, envelope: tuple[str, str]) -> SMTP:
        """A connection on which the recipient is accepted; a kept one that turns out dead is replaced once."""
        while self._idle:
            client = self._idle.pop()
            if not client.is_connected:
                continue
            try:
                return await self._address(client, envelope)
            except _NoData as no:
                if not no.stale:
                    raise
                break
        return await self._address(await self._connect(), envelope)

    async def _address(self, client: SMTP, envelope: tuple[str, str]) -> SMTP:
        sender, recipient = envelope
        international = not (sender + recipient).isascii()
        encoding = "utf-8" if international else "ascii"
        try:
            if international and not client.supports_extension("smtputf8"):
                raise _NoData(Delivery(Outcome.REFUSED, None, "the server does not offer SMTPUTF8"), stale=False)
            options = ["SMTPUTF8", "BODY=8BITMIME"] if international else None
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
        except _NoData:
            self._idle.append(client)
            raise
        except SMTPResponseException as error:
            delivery = refusal(error, otherwise=Outcome.NOT_BEGUN)
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
        return client

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

    async def _hand_over(self, client: SMTP, raw: bytes) -> Delivery:
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
            delivery = Delivery(Outcome.ACCEPTED, response.code, plain(response.message), self._receipt)
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
        try:
            if client.is_connected:
                await client.rset()
                self._idle.append(client)
        except (SMTPException, OSError):
            client.close()


async def _leave(client: SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit()
    except (SMTPException, OSError):
        pass  # the server may have gone first; nothing is open on our side after close()
    client.close()
