"""
The brake: after a silence, a flood of letters waits until a person has looked at it.

Every pass of the dispatch leaves a sign of life. Where the next one comes later than `silence` there was a silence: it
is put on record, and letters wait at once. Everything else goes on, so that content is looked at freshly, clocks are
concluded and what follows is opened. Then the letters that would go at once are counted: not more than `letters`, and
they go; more, and the brake stays on until a person releases it, by name.

The brake never holds: what has priority 0 (emergencies), alarms to our own staff, notices of priority 1 (child abuse
and terrorism: the categories whose `urgent` is 1), and whatever rests on a regime whose clock is two hours or less.
Reminders and retractions wait in any category. A new store or a great import puts on no brake: it needs a silence.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.desk import Desk
from cases.record.opening import RecordRefused
from edges.settings import Settings
from law.library import Library
from law.vocabulary import Deed, LateCause
from models.base import new_id
from models.due import BRAKED
from models.store import Store

SHORT: Final = timedelta(hours=2)  # a clock of at most this is never braked
WEIGHING: Final = timedelta(minutes=10)  # how long letters wait for the looks and conclusions that come before them
_BEAT: Final = timedelta(seconds=40)
_UNITS: Final = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}

_STATE = text("SELECT beat_at, braked_at, braked_letters FROM house")
_NOTICE = text("""
WITH before AS (
    SELECT beat_at FROM house WHERE beat_at < CAST(:now AS timestamptz) - CAST(:silence AS interval) FOR UPDATE),
kept AS (
    INSERT INTO silence (id, began_at, ended_at, noticed_at)
    SELECT CAST(:id AS uuid), beat_at, :now, clock_timestamp() FROM before ON CONFLICT DO NOTHING)
UPDATE house SET beat_at = :now, braked_at = COALESCE(braked_at, :now) FROM before
""")
_SIGN = text("""
UPDATE house SET beat_at = now.at FROM (SELECT CAST(:now AS timestamptz) AS at) AS now
WHERE beat_at IS NULL
   OR (beat_at < now.at - CAST(:beat AS interval) AND beat_at >= now.at - CAST(:silence AS interval))
""")
_OPEN = "duty.closed_at IS NULL AND duty.by = 'machine' AND duty.held_by IS NULL AND duty.due_at <= :now"
_COUNT = text(f"""
SELECT count(*) FILTER (WHERE {BRAKED}) AS letters,
    count(*) FILTER (WHERE deed NOT IN ('notify', 'remind', 'retract', 'alarm', 'close')) AS before_them
FROM duty WHERE {_OPEN}
""")
_DECIDE = text("""
UPDATE house SET braked_letters = :letters, braked_why = :why,
    braked_at = CASE WHEN CAST(:letters AS integer) IS NULL THEN NULL ELSE braked_at END
WHERE braked_at IS NOT NULL AND braked_letters IS NULL
""")
_WAITING = text(f"""
SELECT duty.deed, procedure.regime, COALESCE(party.public_label, party.number, '') AS label,
    count(DISTINCT duty.report_id) AS reports, min(COALESCE(duty.legal_at, duty.due_at)) AS oldest
FROM duty LEFT JOIN procedure ON procedure.id = duty.procedure_id LEFT JOIN party ON party.id = procedure.party_id
WHERE {_OPEN} AND {BRAKED}
GROUP BY 1, 2, 3 ORDER BY oldest, label, deed
""")
_FIRST = text(f"""
INSERT INTO released (duty_id, halt_id)
SELECT duty.id, CAST(:halt AS uuid) FROM duty JOIN report ON report.id = duty.report_id
WHERE {_OPEN} AND {BRAKED} ORDER BY duty.priority, duty.due_at, report.number LIMIT :most
""")
_HALT = text("""
INSERT INTO halt (id, cause, began_at, ended_at, by, letters, most, why, recorded_at)
VALUES (:id, :cause, :began, :ended, :by, :letters, :most, :why, clock_timestamp())
""")
_OFF = text("UPDATE house SET braked_at = NULL, braked_letters = NULL, braked_why = NULL")


@dataclass(frozen=True, slots=True)
class Rule:
    """When the brake goes on."""

    silence: timedelta
    letters: int
    fast: frozenset[str] = frozenset()  # regimes that it never holds


@dataclass(frozen=True, slots=True)
class Braked:
    """The brake as it stands: since when, how many letters waited then, and why."""

    since: datetime
    letters: int
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Letters of one kind to one addressee that the brake holds."""

    deed: Deed
    regime: str | None
    label: str
    reports: int
    oldest: datetime  # the oldest legal date, else due date


def rule_of(settings: Settings, library: Library, *, simulated: bool) -> Rule | None:
    """The rule of these settings; none in a store born simulated, whose clock jumps, unless the settings ask for it."""
    if simulated and not settings.brake_simulated:
        return None
    silence = timedelta(minutes=settings.brake_silence_minutes)
    return Rule(silence, settings.brake_letters, fast_regimes(library))


def fast_regimes(library: Library) -> frozenset[str]:
    """The regimes with a clock of two hours or less."""
    return frozenset(
        regime.id
        for regime in library.regimes.values()
        if any(
            clock.amount and clock.amount * _UNITS.get(str(clock.unit), SHORT * 2) <= SHORT for clock in regime.clocks
        )
    )


async def weigh(desk: Desk, now: datetime) -> None:
    """Before a claim: notice a silence, and decide about the letters that wait since one."""
    rule = desk.brake
    if rule is None:
        return
    async with desk.store.transaction() as connection:
        state = (await connection.execute(_STATE)).one()
        if state.beat_at is not None and now - state.beat_at > rule.silence:
            await connection.execute(_NOTICE, {"now": now, "silence": rule.silence, "id": new_id()})
            state = (await connection.execute(_STATE)).one()
        if state.braked_at is not None and state.braked_letters is None:
            await _decide(connection, rule, state.braked_at, now)


async def _decide(connection: AsyncConnection, rule: Rule, since: datetime, now: datetime) -> None:
    """Keep the brake on, or take it off, as soon as it is known how many letters would go at once."""
    counted = (await connection.execute(_COUNT, {"now": now, "fast": list(rule.fast)})).one()
    if counted.before_them and now - since <= WEIGHING:
        return  # looks and conclusions come first: they open letters, and make others pointless
    if counted.letters > rule.letters:
        why = (
            f"{counted.letters} letters would have gone at once after a silence; up to {rule.letters} go by themselves"
        )
        await connection.execute(_DECIDE, {"letters": counted.letters, "why": why})
    else:
        await connection.execute(_DECIDE, {"letters": None, "why": None})


async def beat(desk: Desk, now: datetime) -> None:
    """After work was done: a sign of life. A silence that is not noticed yet is left for the next `weigh`."""
    if desk.brake is not None:
        async with desk.store.transaction() as connection:
            await connection.execute(_SIGN, {"now": now, "beat": _BEAT, "silence": desk.brake.silence})


async def braked(store: Store) -> Braked | None:
    """Whether the brake is on, and since when; while letters are still being counted it is not."""
    query = text("SELECT braked_at, braked_letters, braked_why FROM house WHERE braked_letters IS NOT NULL")
    async with store.transaction() as connection:
        row = (await connection.execute(query)).one_or_none()
    return Braked(*row) if row else None


async def waiting(store: Store, library: Library, now: datetime) -> list[Waiting]:
    """What would be sent if the brake were released: one line for each kind and addressee, the oldest date first."""
    async with store.transaction() as connection:
        rows = await connection.execute(_WAITING, {"now": now, "fast": list(fast_regimes(library))})
        return [Waiting(**{**row, "deed": Deed(row["deed"])}) for row in rows.mappings()]


async def release(store: Store, library: Library, *, by: str, now: datetime, most: int | None = None) -> int:
    """
    Let letters leave: all, or the first so many in the order of their dates; returns how many wait to leave now.

    Who released is on record. What is not released goes on waiting.

    Raises:
        RecordRefused: the brake is not on, or `most` is below one.
    """
    if most is not None and most < 1:
        raise RecordRefused("--most: allowed: at least 1")
    values: dict[str, Any] = {"now": now, "fast": list(fast_regimes(library))}
    async with store.transaction() as connection:
        query = "SELECT braked_at, braked_letters, braked_why FROM house WHERE braked_letters IS NOT NULL FOR UPDATE"
        state = (await connection.execute(text(query))).one_or_none()
        if state is None:
            raise RecordRefused("the brake is not on: nothing waits for a release")
        letters = int((await connection.execute(_COUNT, values)).one().letters)
        whole = most is None or most >= letters
        halt = new_id()
        row = {"id": halt, "cause": str(LateCause.BRAKE), "began": state.braked_at, "ended": now, "by": by}
        row |= {"letters": letters if whole else most, "most": most, "why": state.braked_why}
        await connection.execute(_HALT, row)
        if whole:
            await connection.execute(_OFF)
        else:
            await connection.execute(_FIRST, values | {"halt": halt, "most": most})
    return letters if whole else int(most or 0)
