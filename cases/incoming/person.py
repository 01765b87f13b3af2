"""What people do with messages: file one that waited in quarantine, say what it means, or put it away."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.erase import Erasure, carry_out, note, sweep
from cases.incoming.came import PICTURES
from cases.incoming.effects import answered, link, picture_came
from cases.record.opening import RecordRefused, dossiers_of, recording
from law.vocabulary import Answer, IncomingState, MatchedBy
from models.bulk import driver
from models.draft import Draft
from models.private import Purpose
from models.store import write
from models.tables import Act, IncomingMessage, Letter

# What a person may say that a message means.
MEANINGS = (
    Answer.ACKNOWLEDGED, Answer.REFUSED, Answer.ASKS_INFORMATION, Answer.CLAIMS_REMOVAL, Answer.NOT_OURS,
    Answer.CONTESTED, Answer.AUTOMATIC, Answer.OTHER,
)  # fmt: skip
DISCARDS = ("spam", "not_for_us", "duplicate", "unlawful_content", "private")


async def file(
    desk: Desk,
    number: str,
    *,
    by: str,
    now: datetime,
    message_id: str | None = None,
    reports: Sequence[str] = (),
    kind: str = "",
) -> None:
    """
    File a message that waited in quarantine: under a letter, or under reports that a person names.

    Raises:
        RecordRefused: it does not wait, neither or both were named, or one of them is not known.
    """
    if bool(message_id) == bool(reports):
        raise RecordRefused("name either the letter that it answers (--letter) or reports (--report)")
    if kind and kind not in set(MEANINGS):
        raise RecordRefused(f"unknown meaning {kind!r}; allowed: {', '.join(MEANINGS)}")
    message = await waiting(desk, number)
    draft = recording(desk, by, now)
    letter, dossiers = await _letter(desk, message_id) if message_id else (None, await dossiers_of(desk, reports))
    await _not_erased(desk, dossiers)
    draft.amend(
        message,
        state=IncomingState.FILED,
        matched_by=MatchedBy.PERSON,
        decided_by=by,
        kind=Answer(kind) if kind else message.kind,
        letter_id=letter.id if letter else None,
    )
    for dossier in dossiers:
        draft.builds_on(dossier.report)
    _tie(desk, draft, dossiers, letter, message)
    await _commit_to_texts(desk, draft, message)
    await desk.store.write(draft)


def _tie(
    desk: Desk, draft: Draft, dossiers: Sequence[Dossier], letter: Letter | None, message: IncomingMessage
) -> None:
    """Under a letter it has the effects of an answer; under reports nothing follows but for what it brought."""
    picture = any(part["kind"] in PICTURES for part in json.loads(message.parts))
    at = message.received_at
    if letter is not None:
        answered(desk, draft, dossiers, dossiers[0].letters[letter.id], message, at=at, picture=picture)
        return
    for dossier in dossiers:
        entry = link(draft, dossier, message, None, at=at)
        if picture:
            picture_came(entry, dossier, draft.now)


async def _not_erased(desk: Desk, dossiers: Sequence[Dossier]) -> None:
    """
    Refuse a text whose reports are all erased: it may quote what was destroyed, and nothing would ever take it away.

    Raises:
        RecordRefused: they are.
    """
    ids = {dossier.report.id for dossier in dossiers}
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        gone = await (await driver(connection)).fetch(_ERASED, list(ids))
    if {row["report_id"] for row in gone} == ids:
        raise RecordRefused("what this belongs to was erased, and the message may quote it: discard the message")


_ERASED = (
    "SELECT DISTINCT report_id FROM data_key"
    " WHERE report_id = ANY($1) AND purpose IN ('letter', 'location') AND erased_at IS NOT NULL"
)


async def _commit_to_texts(desk: Desk, draft: Draft, message: IncomingMessage) -> None:
    """
    The events that tie it to reports hold the commitments of its texts, which were stored before they were anybody's.

    Raises:
        RecordRefused: a text of it cannot be opened.
    """
    pdfs = [UUID(part["text"]) for part in json.loads(message.parts) if "text" in part]
    ids = [each for each in (message.text_id, message.own_id, *pdfs) if each]
    texts = await desk.store.open_texts(ids)
    if texts.keys() != set(ids):
        raise RecordRefused(f"the texts of {message.number} are gone; discard it")
    told = [[str(one.id), str(one.purpose), one.commitment] for one in texts.values()]
    for entry in draft.entries:
        if message.id in entry.speaks_of:
            entry.texts += told


async def discard(desk: Desk, number: str, *, why: str, by: str, ledger: Path, now: datetime) -> None:
    """
    Put a message away: its text is destroyed with its key; what stays is when it came, its size and its hash.

    The key stands on the list outside the database from then on, so that no backup revives the text.

    Raises:
        RecordRefused: it does not wait in quarantine, the reason is none of the known ones, or the list of erasures
            cannot be written.
    """
    if why not in DISCARDS:
        raise RecordRefused(f"unknown reason {why!r}; allowed: {', '.join(DISCARDS)}")
    message = await waiting(desk, number)
    draft = recording(desk, by, now)
    draft.amend(message, state=IncomingState.DISCARDED, why=why, decided_by=by)
    async with desk.store.transaction() as connection:
        await write(connection, draft, desk.store.cipher)
        raw = await driver(connection)
        keys = tuple(row["key_id"] for row in await raw.fetch(_KEYS, message.id))
        done = Erasure(now, by, "discarded", (str(Purpose.INCOMING),), keys)
        try:
            note(ledger, done)
        except OSError as error:
            raise RecordRefused(
                f"the list of erasures cannot be written: {error.strerror}; nothing was discarded"
            ) from error
        await carry_out(connection, desk.store, done)
    await sweep(desk.store)


_KEYS = "SELECT DISTINCT t.key_id FROM incoming i JOIN private_text t ON t.id = i.text_id WHERE i.id = $1"


async def waiting(desk: Desk, number: str) -> IncomingMessage:
    """
    A message in quarantine.

    Raises:
        RecordRefused: there is no such message, or it does not wait any more.
    """
    async with desk.store.session() as session:
        message = (await session.exec(select(IncomingMessage).where(IncomingMessage.number == number))).first()
    if message is None:
        raise RecordRefused(f"no such message: {number}; see `sansdelai inbox list`")
    if message.state is not IncomingState.QUARANTINED:
        raise RecordRefused(f"{number} does not wait: it is {message.state}")
    return message


async def _letter(desk: Desk, message_id: str) -> tuple[Letter, list[Dossier]]:
    async with desk.store.session() as session:
        letter = (await session.exec(select(Letter).where(Letter.message_id == message_id))).first()
        ids = (await session.exec(select(Act.report_id).where(Act.letter_id == letter.id))).all() if letter else []
    if letter is None or not ids:
        raise RecordRefused("no such letter; its Message-ID stands on the report's page and in its export")
    return letter, list((await load(desk.store, ids)).values())
