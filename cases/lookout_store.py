"""What the lookout asks the store: each question is one statement, and answers with what its sentence says, or none."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from edges.settings import Settings
from models.store import Store

Values = dict[str, Any]

SHOWN: Final = 5  # case numbers in one sentence
URGENT: Final = timedelta(minutes=5)  # what has priority 0 is done within a minute or two, or something is wrong
CALL: Final = timedelta(minutes=15)  # practice 1.3
LEASE: Final = timedelta(minutes=10)
DAY: Final = timedelta(days=1)
NEWEST: Final = 5_000  # letters that are looked through: ids are in the order of time

_LETTER: Final = "duty.deed IN ('notify', 'remind', 'retract')"
_DUE: Final = "duty.closed_at IS NULL AND duty.by = 'machine' AND duty.held_by IS NULL AND duty.due_at < :before"
# Letters that a person, or the brake, keeps back are told of by checks of their own.
_FREE: Final = f"NOT ({_LETTER} AND EXISTS (SELECT 1 FROM house WHERE stopped_at IS NOT NULL OR braked_at IS NOT NULL))"
_NUMBERS: Final = f"(array_agg(DISTINCT report.number))[1:{SHOWN}] AS numbers"

_ORPHANS = text(f"""
SELECT count(*) AS n, (array_agg(number ORDER BY number))[1:{SHOWN}] AS numbers FROM (
    SELECT r.number FROM procedure p JOIN report r ON r.id = p.report_id WHERE p.closed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.procedure_id = p.id AND d.closed_at IS NULL)
    UNION SELECT r.number FROM report r WHERE r.closed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.report_id = r.id AND d.closed_at IS NULL)) AS orphan
""")
_OVERDUE = text(f"""
SELECT count(*) AS n, min(duty.due_at) AS since, {_NUMBERS} FROM duty JOIN report ON report.id = duty.report_id
WHERE {_DUE} AND {_FREE} AND (duty.priority = 0) = :urgent
""")
_EMERGENCY = text(f"""
SELECT count(*) AS n, min(duty.due_at) AS since, {_NUMBERS} FROM duty JOIN report ON report.id = duty.report_id
WHERE duty.closed_at IS NULL AND duty.deed = 'call' AND duty.due_at < :before
""")
_LEASES = text(f"""
SELECT count(*) AS n, min(duty.lease_until) AS since FROM duty
WHERE {_DUE} AND {_FREE} AND duty.lease_until < clock_timestamp() - CAST(:lease AS interval)
""")
_BEAT = text("SELECT beat_at AS since FROM house WHERE beat_at < :before")
_MAIL_OUT = text(f"""
SELECT count(*) AS n, min(duty.due_at) AS since,
    (SELECT max(sent_at) FROM (SELECT sent_at FROM letter ORDER BY id DESC LIMIT {NEWEST}) AS newest) AS last
FROM duty WHERE {_DUE} AND {_FREE} AND {_LETTER}
""")
_UNREAD = text("""
SELECT coalesce((SELECT read_at FROM mailbox WHERE folder = :folder), born_at) AS since FROM house
WHERE coalesce((SELECT read_at FROM mailbox WHERE folder = :folder), born_at) < :before
""")
_MAIL_IN = text("""
SELECT (SELECT count(*) FROM letter WHERE sent_at BETWEEN :earlier AND :before) AS n, coalesce(
    (SELECT arrived_at FROM mailbox WHERE folder = :folder),
    (SELECT min(sent_at) FROM letter WHERE sent_at BETWEEN :earlier AND :before)) AS since
""")
_QUARANTINE = text("""
SELECT count(*) AS n, min(received_at) AS since FROM incoming WHERE state = 'quarantined' AND received_at < :before
""")
_BRAKE = text("SELECT braked_at AS since, braked_letters AS n FROM house WHERE braked_letters IS NOT NULL")
_STOPPED = text("SELECT stopped_at AS since FROM house WHERE stopped_at < :before")
_UNSEALED = text("""
SELECT count(*) AS n, min(event.recorded_at) AS since
FROM unsealed JOIN event ON event.report_id = unsealed.report_id AND event.seq = unsealed.seq
WHERE event.recorded_at < :before
""")
_UNSTAMPED = text("""
SELECT count(*) AS n, min(closed_at) AS since, min(number) AS first, max(number) AS last FROM seal
WHERE closed_at < :before AND NOT EXISTS (SELECT 1 FROM seal_token WHERE seal_token.seal_number = seal.number)
""")
_CHANNEL = text(f"""
SELECT count(DISTINCT procedure.id) AS n, (array_agg(DISTINCT party.number))[1:{SHOWN}] AS parties
FROM channel JOIN party ON party.id = channel.party_id
JOIN procedure ON procedure.party_id = party.id AND procedure.closed_at IS NULL AND procedure.stage = 'waiting'
WHERE NOT channel.working
""")
_REFUSED = text(f"""
SELECT count(*) AS n, count(DISTINCT channel_id) AS channels, (array_agg(DISTINCT party.number))[1:{SHOWN}] AS parties
FROM (SELECT * FROM letter ORDER BY id DESC LIMIT {NEWEST}) AS letter
LEFT JOIN party ON party.id = letter.party_id WHERE letter.status = 'refused' AND letter.written_at > :before
""")
_MATTERS = text("""
SELECT cause, count(*) AS n, min(due_at) AS since FROM duty
WHERE closed_at IS NULL AND by = 'person' AND due_at < :before GROUP BY cause ORDER BY n DESC, cause
""")


async def _one(store: Store, query: Any, **values: Any) -> Values | None:
    """The only row, or none: also when it counts nothing."""
    async with store.transaction() as connection:
        row = (await connection.execute(query, values)).mappings().one_or_none()
    return dict(row) if row is not None and row.get("n") != 0 else None


async def orphans(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Open procedures, or open reports, with nothing due: the database forbids the first, and still it is asked."""
    return await _one(store, _ORPHANS)


async def urgent_overdue(store: Store, settings: Settings, now: datetime) -> Values | None:
    """An emergency's work of the machine that was not done at once."""
    return await _one(store, _OVERDUE, before=now - URGENT, urgent=True)


async def overdue(store: Store, settings: Settings, now: datetime) -> Values | None:
    """What the machine should have done and did not; letters that are kept back on purpose are left out."""
    before = now - timedelta(minutes=settings.watch_overdue_minutes)
    return await _one(store, _OVERDUE, before=before, urgent=False)


async def emergency(store: Store, settings: Settings, now: datetime) -> Values | None:
    """A call that nobody confirmed within fifteen minutes."""
    return await _one(store, _EMERGENCY, before=now - CALL)


async def leases(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Work that somebody took up, did not finish, and nobody took over."""
    return await _one(store, _LEASES, before=now, lease=LEASE)


async def dispatch_silent(store: Store, settings: Settings, now: datetime) -> Values | None:
    """No dispatch has finished a pass lately, by Prefect or by hand."""
    return await _one(store, _BEAT, before=now - timedelta(minutes=settings.watch_silence_minutes))


async def no_mail_out(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Letters were due, and none left."""
    before = now - timedelta(hours=settings.watch_no_mail_out_hours)
    found = await _one(store, _MAIL_OUT, before=before)
    return found if found and (found["last"] is None or found["last"] < before) else None


async def mailbox_unread(store: Store, settings: Settings, now: datetime) -> Values | None:
    """The mailbox of answers was not read to its end lately."""
    if settings.imap_host is None:
        return None
    before = now - timedelta(minutes=settings.watch_mailbox_minutes)
    return await _one(store, _UNREAD, folder=settings.imap_folder, before=before)


async def no_mail_in(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Letters left, and no answer, receipt or bounce has come in since: a mailbox that nobody's mail reaches."""
    if settings.imap_host is None:
        return None
    bound = timedelta(hours=settings.watch_no_mail_in_hours)
    before = now - bound
    found = await _one(store, _MAIL_IN, folder=settings.imap_folder, before=before, earlier=before - bound)
    return found if found and found["since"] < before else None


async def quarantine(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Messages wait too long for somebody to say to which letter they belong."""
    return await _one(store, _QUARANTINE, before=now - timedelta(hours=settings.watch_quarantine_hours))


async def brake(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Letters wait for a person after a silence."""
    return await _one(store, _BRAKE)


async def stopped(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Sending was stopped and nobody let it go on."""
    return await _one(store, _STOPPED, before=now - timedelta(hours=settings.watch_stopped_hours))


async def seal_late(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Events wait too long for a seal."""
    return await _one(store, _UNSEALED, before=now - timedelta(hours=settings.watch_seal_hours))


async def seal_unstamped(store: Store, settings: Settings, now: datetime) -> Values | None:
    """A seal has no time stamp, although an authority is named."""
    if not settings.timestamp_urls:
        return None
    return await _one(store, _UNSTAMPED, before=now - timedelta(hours=settings.watch_seal_hours))


async def channel_dead(store: Store, settings: Settings, now: datetime) -> Values | None:
    """A channel is marked as not working, and procedures wait for it."""
    return await _one(store, _CHANNEL)


async def letters_refused(store: Store, settings: Settings, now: datetime) -> Values | None:
    """Addressees' servers refused letters for good within a day."""
    return await _one(store, _REFUSED, before=now - DAY)


async def matters(store: Store, settings: Settings, now: datetime) -> Values | None:
    """What waits for people longer than it should, counted by cause."""
    async with store.transaction() as connection:
        before = now - timedelta(days=settings.watch_matter_days)
        rows = (await connection.execute(_MATTERS, {"before": before})).all()
    if not rows:
        return None
    causes = [(row.cause or "", row.n) for row in rows]
    return {"n": sum(n for _, n in causes), "since": min(row.since for row in rows), "causes": causes}
