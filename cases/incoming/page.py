"""What recipients said on the answer page becomes a message like any other, and is believed no more than one."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.incoming.effects import answered
from cases.page_answers import PageSaid, page_answers, taken
from law.vocabulary import IncomingState, MatchedBy
from models.bulk import driver
from models.draft import Draft
from models.private import Purpose, private
from models.store import Overtaken, write
from models.tables import IncomingMessage, Letter

TRIES = 5
MOST = 200
_REPORTS = "SELECT report_id FROM act WHERE letter_id = $1"
_NUMBER = "SELECT nextval('incoming_number')"
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_EMPTIED = "SELECT sealed = '' FROM page_answer WHERE id = $1"
_TAKEN = text("SELECT taken_at IS NOT NULL AS taken, sealed = '' AS emptied FROM page_answer WHERE id = :id")


async def take_page_answers(desk: Desk) -> int:
    """Put on record what was said on the page since the last pass; returns how many answers this pass took up."""
    said = await page_answers(desk.store, desk.answering.key, most=MOST)
    return sum([await take_up(desk, one) for one in said])


async def take_up(desk: Desk, said: PageSaid) -> bool:
    """Put one answer on record, read again when something happened meanwhile; false if another pass was quicker."""
    for attempt in range(1, TRIES + 1):
        try:
            return await _take(desk, said)
        except Overtaken:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


async def _take(desk: Desk, said: PageSaid) -> bool:
    """One try."""
    now = desk.clock()
    draft = desk.draft(now)
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        if await raw.fetchval(_EMPTIED, said.id):
            said = replace(said, words="", broken=False)
        number = await raw.fetchval(_NUMBER)
        ids = [row["report_id"] for row in await raw.fetch(_REPORTS, said.letter_id)]
    dossiers = list((await load(desk.store, ids)).values())
    message = _message(said, number, now)
    words = said.words.encode("utf-8")
    erased = not said.words and not said.broken
    message.why = "broken" if said.broken else ""
    if not erased:
        kept = draft.keep_apart(private(Purpose.INCOMING, words, now=now, letter_id=message.id))
        message.text_id = message.own_id = kept.id
    draft.keep(message)
    taken(draft, said)
    _file(desk, draft, dossiers, message, said)
    async with desk.store.transaction() as connection:
        # Two passes wait for each other here, and not at the row: whoever erases holds reports before such rows.
        await connection.execute(_ALONE, {"key": int.from_bytes(said.id.bytes[-8:], signed=True)})
        now_is = (await connection.execute(_TAKEN, {"id": said.id})).one()
        if now_is.taken:
            return False
        if now_is.emptied and said.words:
            raise Overtaken("the words were erased since they were read")
        await write(connection, draft, desk.store.cipher)
    return True


def _message(said: PageSaid, number: int, now: datetime) -> IncomingMessage:
    words = said.words.encode("utf-8")
    return IncomingMessage(
        number=f"M-{number:06d}",
        digest=hashlib.sha256(said.id.bytes + words).hexdigest(),  # two people may say the same
        size=len(words),
        through="page",
        received_at=min(said.at, now),  # the page has a clock of its own
        read_at=now,
        kind=said.kind,
        rule="answer page",
        state=IncomingState.FILED,
        matched_by=MatchedBy.LINK,
        letter_id=said.letter_id,
    )


def _file(desk: Desk, draft: Draft, dossiers: Sequence[Dossier], message: IncomingMessage, said: PageSaid) -> None:
    letter = _letter_of(dossiers, said.letter_id)
    if letter is None:  # the page offers letters with reports only; a letter without one is nobody's
        message.state, message.why, message.letter_id = IncomingState.QUARANTINED, "no_match", None
        return
    for dossier in dossiers:
        draft.builds_on(dossier.report)
    at = min(said.at, draft.now)
    answered(desk, draft, dossiers, letter, message, at=at, vouched=False)


def _letter_of(dossiers: Sequence[Dossier], letter_id: UUID) -> Letter | None:
    return next((dossier.letters[letter_id] for dossier in dossiers if letter_id in dossier.letters), None)
