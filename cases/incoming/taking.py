"""
Taking messages in: each is on record, or known to be there already, before its copy in the mailbox is deleted.

A list of messages goes into one transaction with the position in the mailbox. When a list cannot be written, each is
tried alone; one that cannot be taken in even then is put aside with what is known of it, and never stops the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.incoming.bounces import bounced, delayed
from cases.incoming.came import FATES, Came
from cases.incoming.effects import answered
from cases.incoming.matching import Match, Post, match, post_for
from cases.receipt import prove_letter
from cases.routes import says_dead
from edges.message_bounce import DeliveryRow, Fate
from law.vocabulary import Answer, IncomingState, LetterKind, MatchedBy, Receipt
from models.bulk import GONE, driver
from models.draft import Draft
from models.faultpoints import point
from models.private import PrivateText, Purpose, private
from models.store import Overtaken, write
from models.tables import IncomingMessage, Letter

TRIES = 5  # a report that dispatch works on meanwhile is read again
_KNOWN = "SELECT digest FROM incoming WHERE digest = ANY($1)"
# A mailbox that was made anew offers everything again: the copies of what we have are to be deleted there, too.
_AGAIN = "UPDATE incoming SET uid_validity = $2, uid = $3 WHERE digest = $1 AND $3::bigint IS NOT NULL"
_NUMBERS = "SELECT nextval('incoming_number') AS number FROM generate_series(1, $1)"
_REPORTS = "SELECT DISTINCT letter_id, report_id FROM act WHERE letter_id = ANY($1)"
_POSITION = (
    "INSERT INTO mailbox (folder, uid_validity, last_uid, read_at, arrived_at) VALUES ($1, $2, $3, $4, $4)"
    " ON CONFLICT (folder) DO UPDATE SET uid_validity = $2, last_uid = $3, read_at = $4, arrived_at = $4"
)


@dataclass(slots=True)
class Taken:
    """What a pass came to, in numbers."""

    filed: int = 0
    quarantined: int = 0
    discarded: int = 0
    known: int = 0  # were on record already
    put_aside: int = 0  # could not be taken in; their copies stay in the mailbox

    def __str__(self) -> str:
        return (
            f"{self.filed} filed, {self.quarantined} in quarantine, {self.discarded} discarded, "
            f"{self.known} known already, {self.put_aside} put aside"
        )

    def add(self, other: "Taken") -> None:
        """Count together."""
        self.filed += other.filed
        self.quarantined += other.quarantined
        self.discarded += other.discarded
        self.known += other.known
        self.put_aside += other.put_aside


@dataclass(slots=True)
class Batch:
    """A list of messages with what the store knows of them."""

    messages: list[Came]
    numbers: list[int]
    post: Post
    matches: list[Match]
    dossiers: dict[UUID, list[Dossier]] = field(default_factory=dict)  # by letter


async def take(
    desk: Desk, messages: Sequence[Came], *, folder: str | None, now: datetime, taken: Taken | None = None
) -> Taken:
    """Put messages on record, together if possible, each alone if not."""
    taken = taken if taken is not None else Taken()
    if not messages:
        return taken
    try:
        taken.add(await _patiently(desk, messages, folder, now))
    except GONE:
        raise  # the database is away: nothing is wrong with the messages
    except Exception:
        if len(messages) == 1:
            await _put_aside(desk, messages[0], folder, now)
            taken.put_aside += 1
            return taken
        for message in messages:
            await take(desk, [message], folder=folder, now=now, taken=taken)
    return taken


async def _patiently(desk: Desk, messages: Sequence[Came], folder: str | None, now: datetime) -> Taken:
    for attempt in range(1, TRIES + 1):
        try:
            return await _together(desk, messages, folder, now)
        except Overtaken:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


async def _together(desk: Desk, messages: Sequence[Came], folder: str | None, now: datetime) -> Taken:
    batch, known = await _batch(desk, messages)
    taken, draft = Taken(known=len(known)), desk.draft(now)
    for came, number, found in zip(batch.messages, batch.numbers, batch.matches, strict=True):
        state = _put(desk, draft, batch, came, number, found, now)
        taken.filed += state is IncomingState.FILED
        taken.quarantined += state is IncomingState.QUARANTINED
        taken.discarded += state is IncomingState.DISCARDED
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        await write(connection, draft, desk.store.cipher)
        raw = await driver(connection)
        await raw.executemany(_AGAIN, [(one.read.digest, one.uid_validity, one.uid) for one in known])
        if folder is not None:
            last = max(messages, key=lambda one: one.uid or 0)
            await raw.execute(_POSITION, folder, last.uid_validity, last.uid, now)
        point("message_not_committed")
    point("message_committed")
    return taken


async def _batch(desk: Desk, messages: Sequence[Came]) -> tuple[Batch, list[Came]]:
    """What is new among these messages, with the letters and reports that it points to; and what is known."""
    key, mailbox = desk.answering.key, desk.answering.mailbox
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        stored = {row["digest"] for row in await raw.fetch(_KNOWN, [one.read.digest for one in messages])}
        fresh = list({one.read.digest: one for one in messages if one.read.digest not in stored}.values())
        post = await post_for(connection, key, mailbox, [one.clues for one in fresh])
        numbers = [row["number"] for row in await raw.fetch(_NUMBERS, len(fresh))]
        matches = [match(post, key, mailbox, one.clues) for one in fresh]
        letters = {found.letter.id for found in matches if found.letter}
        links = [(row["letter_id"], row["report_id"]) for row in await raw.fetch(_REPORTS, list(letters))]
    batch = Batch(fresh, sorted(numbers), post, matches)
    dossiers = await load(desk.store, {report_id for _, report_id in links})
    for letter_id, report_id in links:
        batch.dossiers.setdefault(letter_id, []).append(dossiers[report_id])
    here = {id(one) for one in fresh}
    return batch, [one for one in messages if id(one) not in here]


def _put(desk: Desk, draft: Draft, batch: Batch, came: Came, number: int, found: Match, now: datetime) -> IncomingState:
    message = IncomingMessage(
        number=f"M-{number:06d}",
        digest=came.read.digest,
        size=came.read.size,
        received_at=came.received_at,
        read_at=now,
        kind=came.kind,
        rule=came.rule,
        state=IncomingState.FILED,
        matched_by=found.by,
        authentication=came.authentication(),
        uid_validity=came.uid_validity,
        uid=came.uid,
    )
    row = _row_of(came, found.letter) if found.letter else None
    message.state, message.why = _state(came, found, row)
    if found.letter is None or message.state is not IncomingState.FILED:
        _keep(draft, message, came, with_text=message.state is IncomingState.QUARANTINED)
        return message.state
    message.letter_id = found.letter.id
    dossiers = batch.dossiers[found.letter.id]
    erased = found.letter.id in batch.post.erased
    message.why = "erased" if erased else message.why
    _keep(draft, message, came, with_text=not erased)
    letter = dossiers[0].letters[found.letter.id]  # the very object that all its dossiers share
    _file(desk, draft, dossiers, letter, message, came, row)
    return message.state


def _state(came: Came, found: Match, row: DeliveryRow | None) -> tuple[IncomingState, str]:
    """Where a message goes, and why it is not simply filed."""
    if came.read.loop and row is None:  # our relay may write its reports under our own name
        return IncomingState.DISCARDED, "loop"
    if found.letter is None:
        return IncomingState.QUARANTINED, found.why
    if found.letter.kind is LetterKind.STAFF:
        return IncomingState.QUARANTINED, "staff_letter"  # an alarm of ours that did not arrive: somebody must know
    if came.kind in {Answer.BOUNCE, Answer.DELIVERY} and row is None and found.letter.recipient:
        return IncomingState.QUARANTINED, "other_recipient"
    return IncomingState.FILED, "too_large" if came.too_large else ""


def _keep(draft: Draft, message: IncomingMessage, came: Came, *, with_text: bool) -> None:
    """Store the message: its text as received and what its sender wrote under one key of its own, PDFs sealed."""
    texts: list[PrivateText] = []
    if with_text:
        texts = [_text(message, body, draft.now) for body in (came.read.redacted, came.read.own_text.encode("utf-8"))]
        message.text_id, message.own_id = texts[0].id, texts[1].id
    pdfs = [_text(message, part.pdf, draft.now) for part in came.read.parts if with_text and part.pdf is not None]
    message.parts = came.parts([pdf.id for pdf in pdfs])
    for one in (*texts, *pdfs):
        draft.keep_apart(one)
    draft.keep(message)


def _text(message: IncomingMessage, body: bytes, now: datetime) -> PrivateText:
    return private(Purpose.INCOMING, body, now=now, letter_id=message.id)


def _row_of(came: Came, letter: Letter) -> DeliveryRow | None:
    """What a mail system says of the address that the letter went to; the worst, if it says several things."""
    report = came.read.delivery
    if report is None:
        return None
    recipient = letter.recipient.lower()
    rows = [row for row in report.rows if recipient in {row.original_recipient, row.final_recipient}]
    return min(rows, key=lambda row: FATES.index(row.fate), default=None)


def _file(
    desk: Desk,
    draft: Draft,
    dossiers: Sequence[Dossier],
    letter: Letter,
    message: IncomingMessage,
    came: Came,
    row: DeliveryRow | None,
) -> None:
    for dossier in dossiers:
        draft.builds_on(dossier.report)
    vouched = came.vouched(letter.recipient)
    answered(desk, draft, dossiers, letter, message, at=came.at, vouched=vouched, picture=came.picture)
    if row is None:
        return
    if row.fate in {Fate.FAILED, Fate.FAILED_FOR_NOW}:
        dead = row.fate is Fate.FAILED and (row.status is None or says_dead(row.status))
        bounced(draft, dossiers, letter, status=row.status or "", dead=dead, at=came.at)
    elif row.fate is Fate.DELAYED:
        delayed(draft, dossiers, letter, status=row.status or "", at=came.at)
    elif _proves(row, message):
        proof = f"delivery report {row.status or ''}".strip()
        prove_letter(desk, draft, dossiers, letter, Receipt.SERVER, came.at, proof=proof)


def _proves(row: DeliveryRow, message: IncomingMessage) -> bool:
    """
    Only a report that gives our signed envelope id back proves anything: nobody else knows it.

    `relayed` says that a server without reports took the letter: with its name it is the addressee's.
    """
    known = message.matched_by is MatchedBy.ENVELOPE
    return known and (row.fate is Fate.DELIVERED or (row.fate is Fate.RELAYED and bool(row.remote_mta)))


async def _put_aside(desk: Desk, came: Came, folder: str | None, now: datetime) -> None:
    """A message that cannot be taken in: what is known of it stays, with its text, for a person to read."""
    async with desk.store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        (row,) = await raw.fetch(_NUMBERS, 1)
        message = IncomingMessage(
            number=f"M-{row['number']:06d}",
            digest=came.read.digest,
            size=came.read.size,
            received_at=came.received_at,
            read_at=now,
            kind=Answer.OTHER,
            state=IncomingState.QUARANTINED,
            why="not_taken_in",
            uid_validity=came.uid_validity,
            uid=came.uid,
        )
        draft = desk.draft(now)
        _keep(draft, message, came, with_text=True)
        await write(connection, draft, desk.store.cipher)
        if folder is not None:
            await raw.execute(_POSITION, folder, came.uid_validity, came.uid, now)
