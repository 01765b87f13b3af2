"""
The mail sink: a real SMTP server on loopback that plays every addressee's own server.

It keeps for the run what arrived, and tells the scripted platforms of each letter by what stands in its
`locations.csv`, as an abuse desk would read it. Nothing is written to disk.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

ATTACHMENT = "locations.csv"

Told = Callable[[str, Sequence[str], datetime], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One letter as it arrived."""

    recipient: str
    subject: str
    message_id: str
    at: datetime  # legal time
    simulated: bool  # it says so itself
    numbers: tuple[str, ...]  # the reports that its attachment lists
    locations: tuple[str, ...]


class Sink:
    """A context manager. `told` hears of every letter: recipient, addresses, legal time."""

    def __init__(self, clock: Callable[[], datetime], port: int, told: Told | None = None) -> None:
        self.letters: list[Delivered] = []
        self.port = port
        self._clock, self._told = clock, told
        self._controller = Controller(self, hostname="127.0.0.1", port=port, ident="sink")

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        for recipient in envelope.rcpt_tos:
            letter = read_letter(message, recipient, self._clock())
            self.letters.append(letter)
            if self._told is not None:
                self._told(recipient, letter.locations, letter.at)
        return "250 2.0.0 kept for this run"

    def of(self, number: str) -> Counter[str]:
        """How many letters about a report each addressee received."""
        return Counter(letter.recipient for letter in self.letters if number in letter.numbers)


def read_letter(message: EmailMessage, recipient: str, at: datetime) -> Delivered:
    """What the demo keeps of a message."""
    rows = _rows(message)
    return Delivered(
        recipient=recipient,
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        at=at,
        simulated=message["X-Sansdelai-Simulated"] == "yes",
        numbers=tuple(dict.fromkeys(row["report"] for row in rows)),
        locations=tuple(dict.fromkeys(row["location"].removeprefix("'") for row in rows)),
    )


def _rows(message: EmailMessage) -> list[dict[str, str]]:
    for part in message.iter_attachments():
        if part.get_filename() == ATTACHMENT:
            content = part.get_content()
            return list(csv.DictReader(io.StringIO(content, newline="")))
    return []
