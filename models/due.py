"""
What is due: the claim that dispatch makes, and nothing else that polls.

Lease times are on the database's real clock; `due_at` is compared with the legal time that the caller gives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import text

from law.vocabulary import Deed
from models.base import utc
from models.faultpoints import point
from models.store import Store

URGENT: Final = 1  # the priority of child abuse and terrorism: their notices pass the brake, emergencies (0) always do

# Letters that the brake after a silence keeps back (see `cases/brake.py` for the rule in words).
BRAKED: Final = f"""
duty.deed IN ('notify', 'remind', 'retract') AND duty.priority > 0
AND NOT (duty.deed = 'notify' AND duty.priority <= {URGENT})
AND NOT EXISTS (SELECT 1 FROM procedure fast WHERE fast.id = duty.procedure_id AND fast.regime = ANY(:fast))
AND NOT EXISTS (SELECT 1 FROM released WHERE released.duty_id = duty.id)
"""

# One statement, whatever the number of open procedures: the partial index holds open machine duties only.
_CLAIM = text(f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM duty
    WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL AND due_at <= :now AND priority <= :priority
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
      AND NOT (COALESCE((SELECT braked_at IS NOT NULL FROM house), false) AND {BRAKED})
    ORDER BY priority, due_at LIMIT :most FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE duty SET lease_token = :token, lease_until = clock_timestamp() + make_interval(secs => :lease)
    FROM picked WHERE duty.id = picked.id
    RETURNING duty.id, duty.report_id, duty.procedure_id, duty.deed, duty.due_at, duty.priority, duty.attempts
)
SELECT leased.*, report.number, report.category, procedure.regime, procedure.about_id,
    party.number AS party, party.public_label AS label, under_way.letter_id
FROM leased JOIN report ON report.id = leased.report_id
LEFT JOIN procedure ON procedure.id = leased.procedure_id
LEFT JOIN party ON party.id = procedure.party_id
LEFT JOIN LATERAL (
    SELECT act.letter_id FROM act WHERE leased.deed = 'notify' AND act.procedure_id = leased.procedure_id
        AND act.status IN ('planned', 'sending', 'unknown') AND act.letter_id IS NOT NULL
    ORDER BY act.at DESC LIMIT 1) AS under_way ON true
ORDER BY leased.priority, leased.due_at, report.number
""")

# What the claim would find; asked before anything is opened.
_DUE = """
SELECT EXISTS (
    SELECT 1 FROM duty WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL AND due_at <= $1
      AND (lease_until IS NULL OR lease_until < clock_timestamp())) AS any
"""
# The same, and a sign of life when there is nothing to do: in the same single statement, at most once a minute. If the
# sign before is too old, there was a silence, which is put on record. A store born simulated gives none unless asked.
_DUE_OR_BEAT = f"""
WITH due AS ({_DUE}),
idle AS (SELECT beat_at FROM house, due WHERE NOT due.any AND (NOT simulated OR $3)),
silent AS (
    INSERT INTO silence (id, began_at, ended_at, noticed_at)
    SELECT gen_random_uuid(), beat_at, $1, clock_timestamp() FROM idle WHERE beat_at < $1 - $2::interval
    ON CONFLICT DO NOTHING),
beat AS (
    UPDATE house SET beat_at = $1 FROM idle
    WHERE house.beat_at IS NULL OR house.beat_at < $1 - interval '40 seconds')
SELECT due.any FROM due
"""
_REST = text(
    "UPDATE duty SET lease_until = clock_timestamp() + make_interval(secs => :seconds)"
    " WHERE id = ANY(:ids) AND lease_token = ANY(:tokens) AND closed_at IS NULL"
)
_NEXT = text(
    "SELECT min(due_at) FROM duty WHERE closed_at IS NULL AND by = 'machine' AND held_by IS NULL"
    " AND (lease_until IS NULL OR lease_until < clock_timestamp())"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed duty with what a group needs to know of it: numbers and labels only."""

    id: UUID
    report_id: UUID
    procedure_id: UUID | None
    deed: Deed
    due_at: datetime
    priority: int
    attempts: int
    number: str
    category: str
    regime: str | None
    about_id: UUID | None  # the platform that a complaint is about
    party: str | None
    label: str | None
    letter_id: UUID | None  # of a letter that was written for it and not answered for
    token: UUID


async def claim(
    store: Store,
    now: datetime,
    *,
    lease_seconds: float,
    most: int = 2_000,
    priority: int = 9,
    fast: Iterable[str] = (),
) -> list[Due]:
    """
    Take the most urgent duties that are due at `now`, at most `most`, for `lease_seconds` of real time.

    Within a priority the oldest date goes first. Rows that another dispatch holds are passed over, and while the brake
    is on, letters. `priority` 0 takes emergencies only, 9 everything; `fast` are the regimes that no brake holds.
    """
    utc(now)  # refuses a naive time
    token = uuid4()
    values = {"now": now, "priority": priority, "most": most, "token": token, "lease": lease_seconds}
    async with store.transaction() as connection:
        rows = (await connection.execute(_CLAIM, values | {"fast": list(fast)})).mappings().all()
    if rows:
        point("claimed")
    return [Due(**{**row, "deed": Deed(row["deed"])}, token=token) for row in rows]


async def anything_due(
    store: Store, now: datetime, *, silence: timedelta | None = None, simulated: bool = False
) -> bool:
    """
    Whether a claim would find something: a single statement, without a transaction or a pool around it.

    With `silence` given, a dispatch that finds nothing due leaves its sign of life in that very statement, and the
    silence on record if the sign before is older than that; in a store born simulated only if `simulated` asks so.
    """
    if silence is None:
        return bool(await store.glance(_DUE, now))
    return bool(await store.glance(_DUE_OR_BEAT, now, silence, simulated))


async def rest(store: Store, ids: Iterable[UUID], tokens: Iterable[UUID], *, seconds: float = 60) -> None:
    """Leave duties that could not be done where they are; they may be claimed again after so many real seconds."""
    async with store.transaction() as connection:
        await connection.execute(_REST, {"ids": list(ids), "tokens": list(tokens), "seconds": seconds})


async def next_due_at(store: Store) -> datetime | None:
    """When the machine next has something to do; the stepping clock jumps there."""
    async with store.transaction() as connection:
        found: datetime | None = (await connection.execute(_NEXT)).scalar_one()
        return found
