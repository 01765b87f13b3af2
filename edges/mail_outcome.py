"""How one sending ended, in a closed vocabulary and in fixed words that hold no address and no text of a letter."""

import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtplib import SMTPAuthenticationError, SMTPResponseException, SMTPServerDisconnected

from law.vocabulary import Receipt

MOST_ANSWER = 500  # characters kept of a server's answer

# How Postfix and Exim name the letter that they took: "2.0.0 Ok: queued as 4ABC", "OK id=1abcDE-000123-Xy".
_QUEUED = re.compile(r"\bqueued as ([0-9A-Za-z]{4,40})\b|\bid=([0-9A-Za-z]{4,16}(?:-[0-9A-Za-z]{2,16}){2})\b")


class Outcome(StrEnum):
    """How one sending ended."""

    ACCEPTED = "accepted"  # the server took it, its answer is kept
    DEFERRED = "deferred"  # refused for now (4xx): a duty with a new time
    REFUSED = "refused"  # refused for good (5xx)
    UNKNOWN = "unknown"  # DATA was issued and no final answer came
    NOT_BEGUN = "not_begun"  # trouble before DATA: nothing left, safe to try again
    HELD_BACK = "held_back"  # our own rate for this recipient is used up: nothing left, due again soon


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server said, word for word up to 500 characters; it may name the recipient, so `repr` leaves it out."""

    outcome: Outcome
    code: int | None = None
    answer: str = field(default="", repr=False)
    receipt: Receipt = Receipt.NONE
    queue_id: str | None = None  # what the server calls the letter in its own log
    dsn: bool = False  # the server promised to report what becomes of it


class MailError(Exception):
    """Mail cannot be sent like this."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class MailRefused(MailError):
    """Our own rules forbid this sending."""


class MailUnreachable(MailError):
    """The mail server cannot be reached: check its host, port and TLS setting, and that it is running."""


def refusal(error: SMTPResponseException, otherwise: Outcome) -> Delivery:
    """4xx is for now, 5xx for good; any other code is no refusal, and `otherwise` says what that means."""
    kinds = {4: Outcome.DEFERRED, 5: Outcome.REFUSED}
    return Delivery(kinds.get(error.code // 100, otherwise), error.code, plain(error.message))


def plain(answer: str) -> str:
    """The server's words without control characters, at most 500 characters."""
    lines = answer.encode("utf-8", "replace").decode().replace("\n", " ")
    return "".join(c for c in lines if c.isprintable())[:MOST_ANSWER]


def queue_id_in(answer: str) -> str | None:
    """The server's own name for the letter that it took, if its answer gives one in a form that we know."""
    found = _QUEUED.search(answer)
    return (found[1] or found[2]) if found else None


def trouble(error: BaseException) -> str:
    """What went wrong on the line, in fixed words: an exception's own text may hold an address."""
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, SMTPServerDisconnected | ConnectionError):
        return "the connection was lost"
    return "the server and we did not understand each other"


def connect_trouble(error: BaseException) -> str:
    """Why no connection came about, in fixed words."""
    if isinstance(error, SMTPAuthenticationError):
        return "it refused the user name or password"
    if isinstance(error, SMTPResponseException):
        return f"it is there but refuses service (answer {error.code})"
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "its TLS certificate or handshake was not accepted"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionError | OSError):
        return "no connection"
    return "it does not offer what the settings ask for (STARTTLS, sign-in)"
