"""
Which letter a message answers: by Message-ID, then by our signed reply address, then by the case number.

The From line never ties anything to anything. What points to two letters is tied to none: a person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from edges.tokens import Use, read_token, tag_of
from law.vocabulary import LetterStatus, MatchedBy
from models.bulk import driver
from models.reading import rows_of
from models.tables import Letter

# What may have reached anybody at all.
LEFT = (LetterStatus.SENDING, LetterStatus.SENT, LetterStatus.UNKNOWN, LetterStatus.BOUNCED)
_BY_NUMBER = (
    "SELECT DISTINCT r.number, a.letter_id FROM report r JOIN act a ON a.report_id = r.id"
    " JOIN letter l ON l.id = a.letter_id WHERE r.number = ANY($1) AND l.status = ANY($2) AND l.kind <> 'staff'"
)
_ERASED = (
    "SELECT p.letter_id FROM letter_part p JOIN private_text t ON t.id = p.text_id JOIN data_key k ON k.id = t.key_id"
    " WHERE p.letter_id = ANY($1) AND p.report_id IS NOT NULL GROUP BY p.letter_id"
    " HAVING bool_and(k.erased_at IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a message says of the letter that it belongs to."""

    replies_to: str | None = None  # In-Reply-To
    references: tuple[str, ...] = ()  # oldest first
    recipients: tuple[str, ...] = ()
    envelope_id: str | None = None  # given back by a mail system
    numbers: tuple[str, ...] = ()  # case numbers in the subject


@dataclass(frozen=True, slots=True)
class Match:
    """The letter, and what tied the message to it; or why none was found."""

    letter: Letter | None = None
    by: MatchedBy = MatchedBy.NOTHING
    why: str = ""  # no_match, ambiguous


@dataclass(slots=True)
class Post:
    """The letters that a batch of messages speaks of."""

    by_message_id: dict[str, Letter] = field(default_factory=dict)
    by_id: dict[UUID, Letter] = field(default_factory=dict)
    by_number: dict[str, set[UUID]] = field(default_factory=dict)
    erased: set[UUID] = field(default_factory=set)  # letters of which no report's own words are left


async def post_for(connection: AsyncConnection, key: bytes, mailbox: str, clues: Sequence[Clues]) -> Post:
    """Read everything that these clues may point to, in a fixed number of queries."""
    await connection.execute(text("SELECT 1"))
    names = {name for one in clues for name in _names(one)}
    ids = {letter_id for one in clues for letter_id in _tokens(key, mailbox, one).values()}
    post, raw = Post(), await driver(connection)
    numbers = list({number for one in clues for number in one.numbers})
    for row in await raw.fetch(_BY_NUMBER, numbers, list(map(str, LEFT))) if numbers else ():
        post.by_number.setdefault(row["number"], set()).add(row["letter_id"])
    ids |= {each for found in post.by_number.values() for each in found}
    for column, wanted in (("message_id", list(names)), ("id", list(ids))):
        for letter in await rows_of(connection, Letter, column, wanted):
            if letter.status in LEFT:
                known = post.by_id.setdefault(letter.id, letter)
                post.by_message_id[letter.message_id] = known
    post.erased = {row["letter_id"] for row in await raw.fetch(_ERASED, list(post.by_id))}
    return post


def match(post: Post, key: bytes, mailbox: str, clues: Clues) -> Match:
    """The one letter that the clues point to."""
    found = _by_reference(post, clues)
    tokens = _tokens(key, mailbox, clues)
    signed = {by: post.by_id[letter_id] for by, letter_id in tokens.items() if letter_id in post.by_id}
    letters = {letter.id: (letter, by) for by, letter in signed.items()}
    if found is not None and letters.get(found.id, (found, None))[1] is not MatchedBy.ENVELOPE:
        letters[found.id] = (found, MatchedBy.REFERENCE)  # an envelope id says more: nobody else knows it
    if len(letters) == 1:
        return Match(*next(iter(letters.values())))
    if letters:
        return Match(why="ambiguous")
    numbered = {letter_id for number in clues.numbers for letter_id in post.by_number.get(number, ())}
    if len(numbered) == 1:
        return Match(post.by_id[numbered.pop()], MatchedBy.NUMBER)
    return Match(why="ambiguous" if numbered else "no_match")


def _by_reference(post: Post, clues: Clues) -> Letter | None:
    """The letter that is answered, else the newest of the thread: a reply to a reminder names the notice as well."""
    for name in _names(clues):
        if letter := post.by_message_id.get(name):
            return letter
    return None


def _names(clues: Clues) -> Iterable[str]:
    if clues.replies_to:
        yield clues.replies_to
    yield from reversed(clues.references)


def _tokens(key: bytes, mailbox: str, clues: Clues) -> Mapping[MatchedBy, UUID]:
    """Letters that signed names point to."""
    found: dict[MatchedBy, Any] = {}
    for address in clues.recipients:
        tag = tag_of(address, mailbox) if mailbox else None
        if tag and (letter_id := read_token(key, Use.REPLY, tag)):
            found.setdefault(MatchedBy.ADDRESS, letter_id)
    if clues.envelope_id and (letter_id := read_token(key, Use.ENVELOPE, clues.envelope_id)):
        found[MatchedBy.ENVELOPE] = letter_id
    return found
