"""
Retention: closed reports whose period is over are erased, all purposes, unless a legal hold keeps them.

The period begins with the day on which a report was closed, where the house is established. The record of what was
done stays: events, hashes and seals hold no personal data.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from cases.erase import erase, sweep
from cases.erase_scope import NothingLeft
from cases.intake_values import staff_code
from cases.retention_file import Pair, Periods
from cases.sign import check_end, check_length
from law.counting_days import corresponding_day
from law.gate import law_day
from law.library import Library
from law.outcomes import Outcome, outcome_of
from law.vocabulary import Stage
from models.bulk import driver
from models.draft import Draft
from models.private import Purpose
from models.store import Store
from models.tables import Signature

REGIME = "retention"  # what the data protection officer's signature stands under
BATCH = 200  # reports in one transaction

_CLOSED = (
    "SELECT r.id, r.number, r.category, r.closed_at, r.gone_at IS NOT NULL AS gone, r.retracted_at IS NOT NULL AS back,"
    " (SELECT e.body::jsonb -> 'details' ->> 'cause' FROM event e"
    "  WHERE e.report_id = r.id AND e.kind = 'retraction' ORDER BY e.seq DESC LIMIT 1) AS cause,"
    " ARRAY(SELECT DISTINCT p.stage::text FROM procedure p WHERE p.report_id = r.id) AS stages,"
    " EXISTS (SELECT 1 FROM legal_hold h WHERE h.report_id = r.id AND h.released_at IS NULL) AS kept"
    " FROM report r WHERE r.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM private_text t"
    "  JOIN data_key k ON k.id = t.key_id WHERE t.report_id = r.id AND k.erased_at IS NULL)"
    " ORDER BY r.closed_at, r.id"
)
# A person's key goes when all reports that it was used in are over.
_ERASABLE = (
    "SELECT DISTINCT t.report_id FROM private_text t JOIN data_key k ON k.id = t.key_id"
    " WHERE t.report_id = ANY($1) AND k.erased_at IS NULL AND (k.subject IS NULL OR NOT EXISTS ("
    " SELECT 1 FROM private_text o WHERE o.key_id = k.id AND o.report_id <> ALL($1)))"
)


class RetentionRefused(ValueError):
    """Nothing was erased."""


@dataclass(frozen=True, slots=True)
class Over:
    """A closed report whose period is over."""

    id: UUID
    number: str
    pair: Pair
    kept: bool  # by a legal hold


@dataclass(frozen=True, slots=True)
class Survey:
    """What is over, and closed reports that no period covers: of a category that the law no longer knows."""

    over: Sequence[Over]
    erasable: Sequence[Over]
    uncovered: Sequence[str]

    def table(self) -> list[tuple[Pair, int, int]]:
        """Outcome × category, how many can be erased, how many a legal hold keeps; only where there is any."""
        free = Counter(each.pair for each in self.erasable)
        kept = Counter(each.pair for each in self.over if each.kept)
        return [(pair, free[pair], kept[pair]) for pair in sorted(free.keys() | kept.keys())]


async def survey(store: Store, periods: Periods, library: Library, now: datetime) -> Survey:
    """Closed reports that still hold something private and whose period is over."""
    over, uncovered = [], []
    today = law_day(now, library)
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        raw = await driver(connection)
        for row in await raw.fetch(_CLOSED):
            pair = (_outcome(row), row["category"])
            months = periods.months.get(pair)
            if months is None:
                uncovered.append(row["number"])
            elif corresponding_day(law_day(row["closed_at"], library), months, "months") < today:
                over.append(Over(row["id"], row["number"], pair, row["kept"]))
        free = [each.id for each in over if not each.kept]
        ids = {row["report_id"] for row in await raw.fetch(_ERASABLE, free)}
    return Survey(over, [each for each in over if each.id in ids], uncovered)


def _outcome(row: Any) -> Outcome:
    retracted = (row["cause"] or "") if row["back"] else None
    return outcome_of([Stage(each) for each in row["stages"]], retracted=retracted, gone=row["gone"])


async def apply(
    store: Store,
    found: Survey,
    *,
    by: str,
    second: str,
    ledger: Path,
    now: datetime,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """
    Erase what the survey found, batch by batch; interrupted and run again it goes on where it stopped.

    Raises:
        RetentionRefused: it takes two different members of staff.
        EraseRefused: one of the reports was put under a legal hold meanwhile; batches before it are erased.
    """
    two = [staff_code(code) for code in (by, second)]
    if two[0].casefold() == two[1].casefold():
        raise RetentionRefused("two different people: give the staff code of somebody else as the second")
    within = [each.id for each in found.over if not each.kept]
    done = 0
    try:
        for start in range(0, len(found.erasable), batch):
            numbers = [each.number for each in found.erasable[start : start + batch]]
            given = {"by": by, "second": second, "cause": "retention", "ledger": ledger, "now": now}
            with suppress(NothingLeft):  # what it shared with a report of an earlier batch went with that one
                await erase(store, numbers, Purpose, within=within, sweeping=False, **given)  # type: ignore[arg-type]
            done += len(numbers)
            progress(done)
    finally:
        await sweep(store)
    return done


async def sign_periods(
    store: Store, library: Library, periods: Periods, *, by: str, until: datetime, now: datetime
) -> Signature:
    """
    Record the data protection officer's signature of this very file.

    Raises:
        SignatureRefused: it would end before it begins, or after five years.
    """
    check_end(until, now)
    check_length(until, now, library)
    draft = Draft(now, actor=by)
    signature = draft.keep(Signature(regime=REGIME, digest=periods.digest, signed_by=by, signed_at=now, until=until))
    await store.write(draft)
    return signature


async def signatures_of_periods(store: Store) -> Sequence[Signature]:
    """All signatures of retention periods, the one that lasts longest first."""
    query = select(Signature).where(col(Signature.regime) == REGIME).order_by(col(Signature.until).desc())
    async with store.session() as session:
        return (await session.exec(query)).all()


def signature_faults(signatures: Sequence[Signature], periods: Periods, now: datetime) -> list[str]:
    """Why these periods may not be used: nobody signed this version, or the signature is over; none: they may."""
    same = [each for each in signatures if each.digest == periods.digest]
    if any(each.until > now for each in same):
        return []
    do = "have the data protection officer sign it: `sansdelai retention sign --by … --until …`"
    if same:
        return [f"the signature of the retention periods ended on {in_words(same[0].until)}: {do}"]
    if signatures:
        return [f"the retention file was changed after it was signed: {do}"]
    return [f"nobody signed the retention periods: {do}"]


def in_words(at: datetime) -> str:
    """An instant in words."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
