"""
The answer page's side of the store: may this letter be answered, and putting an answer beside the record.

Both are done under a role that can see the view `answerable` and add rows to `page_answer`, and nothing else
(`models.rights`); that is why the page's row does not pass the one writer. The program takes it up
(`cases.page_answers`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from cases.house import HouseError
from law.vocabulary import Answer, LetterKind, PartyKind
from models.store import Store
from models.tables import PageAnswer, Party, metadata

MOST_ANSWERS: Final = 5  # per letter: whoever has more to say writes
KINDS: Final = frozenset({LetterKind.NOTICE, LetterKind.REMINDER, LetterKind.RETRACTION})
SERVICES: Final = frozenset(
    {
        PartyKind.ONLINE_PLATFORM,
        PartyKind.HOSTING_PROVIDER,
        PartyKind.CDN,
        PartyKind.ACCESS_PROVIDER,
        PartyKind.SEARCH_ENGINE,
        PartyKind.SITE_OPERATOR,
        PartyKind.DNS_RESOLVER,
        PartyKind.APP_STORE,
        PartyKind.ANCILLARY_SERVICE,
    }
)
CHOICES: Final = (Answer.CLAIMS_REMOVAL, Answer.ASKS_INFORMATION, Answer.NOT_OURS, Answer.CONTESTED)

_ANSWERABLE = text("SELECT language, sent_at, simulated, answers FROM answerable WHERE letter_id = :letter_id")
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_ROLE = text(
    "SELECT to_regclass('answerable') IS NOT NULL AS born,"
    " (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    "  AND has_table_privilege(oid, 'SELECT')) AS readable"
)


class Said(StrEnum):
    """What became of an answer."""

    RECORDED = "recorded"
    AGAIN = "again"  # this very answer of this very form was recorded before
    FULL = "full"  # the letter has had its answers
    GONE = "gone"  # the letter cannot be answered, or not any more


@dataclass(frozen=True, slots=True)
class Answerable:
    """A letter as the page may know it."""

    letter_id: UUID
    language: str
    sent_at: datetime
    simulated: bool
    answers: int

    @property
    def left(self) -> int:
        """How many answers can still be given."""
        return max(0, MOST_ANSWERS - self.answers)


def has_page(kind: LetterKind, party: Party | None) -> bool:
    """Whether a letter of this kind to this party carries a link; the view `answerable` says the same."""
    return kind in KINDS and party is not None and party.kind in SERVICES


async def answerable(store: Store, letter_id: UUID) -> Answerable | None:
    """The letter, if it can be answered; an unknown, unsent or erased one cannot."""
    async with store.transaction() as connection:
        row = (await connection.execute(_ANSWERABLE, {"letter_id": letter_id})).one_or_none()
    return None if row is None else Answerable(letter_id, row.language, row.sent_at, row.simulated, row.answers)


async def say(store: Store, answer: PageAnswer) -> Said:
    """
    Put an answer beside the record, once for its id and at most `MOST_ANSWERS` times for its letter.

    Answers to one letter wait for each other, so that two at once cannot both be the last.
    """
    async with store.transaction() as connection:
        await connection.execute(_ALONE, {"key": int.from_bytes(answer.letter_id.bytes[-8:], signed=True)})
        row = (await connection.execute(_ANSWERABLE, {"letter_id": answer.letter_id})).one_or_none()
        if row is None:
            return Said.GONE
        # Without naming the column that conflicts: that would need the right to read it.
        adding = insert(metadata.tables["page_answer"]).values(answer.columns()).on_conflict_do_nothing()
        if (await connection.execute(adding)).rowcount == 0:
            return Said.AGAIN
        if row.answers >= MOST_ANSWERS:
            await connection.rollback()
            return Said.FULL
    return Said.RECORDED


async def check_role(store: Store) -> None:
    """
    See that the page's role cannot read the store; only in a simulated one may it be the program's own.

    Raises:
        HouseError: it can, or there is no store; the message says what to do.
    """
    async with store.transaction() as connection:
        role = (await connection.execute(_ROLE)).one()
        if not role.born:
            raise HouseError("the answer page finds no store, or an older one: run `sansdelai store upgrade`")
        if role.readable and not (await connection.execute(text("SELECT bool_and(simulated) FROM house"))).scalar():
            raise HouseError(
                f"the answer page's database role can read {role.readable} tables of a real store: give it a role of "
                "its own with SANSDELAI_ANSWER_DATABASE_URL"
            )
