"""
One pass over the mailbox: what is new is taken in, and its copies are deleted there.

The copy goes only after the message is on record, and is asked for again until the server says that it is gone. Two
passes at once read nothing twice: the second finds the lock and leaves.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text

from cases.desk import Desk
from cases.incoming.came import Came, Ours, read_came
from cases.incoming.taking import Taken, take
from edges.inbox import Deleted, Fetched, Mailbox, Position
from edges.settings import Settings
from models.bulk import driver
from models.faultpoints import point
from models.store import Store

TOGETHER = 100  # messages taken in at a time
MOST_OCTETS = 16_000_000  # of messages held in memory at a time
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('sansdelai mailbox'))")
_WHERE = "SELECT uid_validity, last_uid FROM mailbox WHERE folder = $1"
_LOOKED = (
    "INSERT INTO mailbox (folder, uid_validity, last_uid, read_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (folder) DO UPDATE SET read_at = $4"
)
_COPIES = (
    "SELECT uid FROM incoming WHERE uid_validity = $1 AND uid IS NOT NULL AND why <> 'not_taken_in'"
    " ORDER BY uid LIMIT 1000"
)
_GONE = "UPDATE incoming SET uid_validity = NULL, uid = NULL WHERE uid_validity = $1 AND uid = ANY($2)"


class SomebodyReads(RuntimeError):
    """Another pass reads this mailbox at this moment."""


def ours(settings: Settings) -> Ours:
    """How our own mail is known, and whose checks of senders count."""
    addresses = {settings.sender_address, settings.reply_to, settings.answers_address}
    sender_domain = settings.sender_address.rpartition("@")[2].lower()
    return Ours(
        frozenset(each.lower() for each in addresses if each),
        frozenset({sender_domain}),
        settings.trusted_authserv,
    )


async def read_mailbox(
    desk: Desk,
    mailbox: Mailbox,
    mine: Ours,
    *,
    folder: str = "INBOX",
    most_bytes: int = 30_000_000,
    until: Callable[[], bool] = lambda: False,
) -> Taken:
    """
    Take in everything new, until nothing is left or `until` says stop.

    Raises:
        SomebodyReads: nothing was done.
        MailboxUnreachable: what was taken in so far is on record.
    """
    taken = Taken()
    async with _alone(desk.store):
        position = await _position(desk.store, folder)
        await _delete_copies(desk.store, mailbox, position.uid_validity)
        waiting: list[Came] = []
        octets = 0
        async for fetched in mailbox.new_after(position, most_bytes):
            waiting.append(_came(desk, fetched, mine))
            octets += len(fetched.raw or b"")
            position = fetched.position
            if len(waiting) >= TOGETHER or octets >= MOST_OCTETS:
                await _take(desk, mailbox, waiting, folder, taken)
                waiting, octets = [], 0
                if until():
                    return taken
        await _take(desk, mailbox, waiting, folder, taken)
        await _looked(desk.store, folder, position, desk.clock())
    return taken


def _came(desk: Desk, fetched: Fetched, mine: Ours) -> Came:
    now = desk.clock()
    arrived = fetched.internal_date
    at = now if arrived is None or desk.organisation.simulated else min(arrived, now)
    where = fetched.position
    return read_came(
        fetched.raw,
        fetched.headers,
        mine,
        received_at=at,
        size=fetched.size,
        uid_validity=where.uid_validity,
        uid=fetched.uid,
    )


async def _take(desk: Desk, mailbox: Mailbox, waiting: Sequence[Came], folder: str, taken: Taken) -> None:
    if waiting:
        single = await _without_doubles(mailbox, waiting)
        taken.known += len(waiting) - len(single)
        await take(desk, single, folder=folder, now=desk.clock(), taken=taken)
        await _delete_copies(desk.store, mailbox, waiting[-1].uid_validity or 0)


async def _without_doubles(mailbox: Mailbox, waiting: Sequence[Came]) -> list[Came]:
    """Of several copies of one message the last stays until it is on record, where one row knows one copy."""
    last = {one.read.digest: one.uid for one in waiting}
    doubles = [one.uid for one in waiting if one.uid is not None and one.uid != last[one.read.digest]]
    if doubles:
        await mailbox.delete(doubles, waiting[-1].uid_validity or 0)
    return [one for one in waiting if one.uid == last[one.read.digest]]


async def _delete_copies(store: Store, mailbox: Mailbox, uid_validity: int) -> None:
    """Delete in the mailbox what is on record here (practice 1.5)."""
    while uid_validity:
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            uids = [row["uid"] for row in await (await driver(connection)).fetch(_COPIES, uid_validity)]
        if not uids:
            return
        outcome = await mailbox.delete(uids, uid_validity)
        point("copy_deleted")
        if outcome is Deleted.FLAGGED:
            return  # marked for the server's owner to remove; asked again in the next pass
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            await (await driver(connection)).execute(_GONE, uid_validity, uids)


async def _position(store: Store, folder: str) -> Position:
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        row = await (await driver(connection)).fetchrow(_WHERE, folder)
    return Position(row["uid_validity"], row["last_uid"]) if row else Position(0, 0)


async def _looked(store: Store, folder: str, position: Position, now: datetime) -> None:
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        await raw.execute(_LOOKED, folder, position.uid_validity, position.last_uid, now)


@asynccontextmanager
async def _alone(store: Store) -> AsyncIterator[None]:
    """One reader at a time; the lock goes with the connection, so that a killed reader leaves none behind."""
    async with store.transaction() as connection:
        if not (await connection.execute(_LOCK)).scalar_one():
            raise SomebodyReads(SomebodyReads.__doc__)
        yield
