"""What waits in quarantine, each with the letters that it may belong to, the likeliest first."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from edges.message import read_message
from law.vocabulary import IncomingState
from models.bulk import driver
from models.private import PrivateText
from models.store import Store
from models.tables import IncomingMessage, IncomingReport, Report

MOST = 200  # messages listed
MOST_GUESSES = 5
RECENT = timedelta(days=60)
_CANDIDATES = (
    "SELECT l.message_id, l.recipient, l.sent_at, r.number FROM letter l JOIN act a ON a.letter_id = l.id"
    " JOIN report r ON r.id = a.report_id WHERE l.status IN ('sent', 'unknown', 'bounced') AND l.kind <> 'staff'"
    " AND (r.number = ANY($1) OR (l.sent_at > $2 AND lower(split_part(l.recipient, '@', 2)) = ANY($3)))"
    " ORDER BY l.sent_at DESC LIMIT 2000"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A letter that a message may belong to, and why one may think so."""

    message_id: str
    numbers: tuple[str, ...]  # case numbers that it carries
    sent_at: datetime | None
    why: tuple[str, ...]  # number, domain, mailbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message in quarantine, opened for a person."""

    message: IncomingMessage
    subject: str = field(repr=False)
    sender: str = field(repr=False)  # as shown; proves nothing
    own_text: str = field(repr=False)
    guesses: tuple[Guess, ...] = ()
    readable: bool = True  # its key is there


async def quarantined(store: Store) -> Sequence[IncomingMessage]:
    """What waits, oldest first."""
    async with store.session() as session:
        query = select(IncomingMessage).where(IncomingMessage.state == IncomingState.QUARANTINED)
        return (await session.exec(query.order_by(col(IncomingMessage.received_at)).limit(MOST))).all()


async def opened(store: Store, message: IncomingMessage) -> Waiting:
    """A message with its words and its guesses."""
    ids = [each for each in (message.text_id, message.own_id) if each]
    texts = await store.open_texts(ids)
    whole, own = _body(texts, message.text_id), _body(texts, message.own_id)
    read = read_message(whole if message.through == "email" else b"")  # what a form took has no headers
    sender = read.from_address or ""
    guesses = await _guesses(store, read.case_numbers, sender, message.received_at)
    return Waiting(message, read.subject, sender, own.decode("utf-8", "replace"), guesses, readable=bool(texts))


def _body(texts: dict[UUID, PrivateText], text_id: UUID | None) -> bytes:
    found = texts.get(text_id) if text_id else None
    return found.body if found else b""


async def _guesses(store: Store, numbers: Sequence[str], sender: str, at: datetime) -> tuple[Guess, ...]:
    """A number in the subject says most, then the very mailbox that we wrote to, then its domain, then nearness."""
    domain = sender.rpartition("@")[2].lower()
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        rows = await raw.fetch(_CANDIDATES, list(numbers), at - RECENT, [domain] if domain else [])
    letters: dict[str, Guess] = {}
    for row in rows:
        known = letters.get(row["message_id"])
        why = _why(row, numbers, sender, domain) | set(known.why if known else ())
        carried = (*known.numbers, row["number"]) if known else (row["number"],)
        letters[row["message_id"]] = Guess(row["message_id"], carried, row["sent_at"], tuple(sorted(why)))
    ranked = sorted(letters.values(), key=lambda one: (-sum(WEIGHT[each] for each in one.why), _age(one, at)))
    return tuple(ranked[:MOST_GUESSES])


WEIGHT = {"number": 4, "mailbox": 2, "domain": 1}


def _why(row: dict[str, str], numbers: Sequence[str], sender: str, domain: str) -> set[str]:
    recipient = row["recipient"].lower()
    found = {"number"} if row["number"] in numbers else set()
    found |= {"mailbox"} if sender and recipient == sender.lower() else set()
    return found | ({"domain"} if domain and recipient.endswith(f"@{domain}") else set())


def _age(guess: Guess, at: datetime) -> timedelta:
    return abs(at - guess.sent_at) if guess.sent_at else RECENT


async def about(store: Store, message: IncomingMessage) -> tuple[str, ...]:
    """The numbers of the reports that a message belongs to."""
    async with store.session() as session:
        query = select(Report.number).join(IncomingReport, col(IncomingReport.report_id) == Report.id)
        query = query.where(IncomingReport.incoming_id == message.id).order_by(Report.number)
        return tuple((await session.exec(query)).all())


def touched(waiting: Waiting, linked: Sequence[str]) -> list[str]:
    """The reports that a look at a message touches: those that it belongs to, and those that it may belong to."""
    return sorted({*linked, *(number for guess in waiting.guesses for number in guess.numbers)})


async def by_number(store: Store, number: str) -> IncomingMessage | None:
    """A message, wherever it stands."""
    async with store.session() as session:
        return (await session.exec(select(IncomingMessage).where(IncomingMessage.number == number))).first()


def kinds_of(message: IncomingMessage) -> dict[str, int]:
    """How many parts of each kind came with it."""
    return dict(Counter(part["kind"] for part in json.loads(message.parts)))
