"""
Rotation: a fresh master key, and every data key wrapped anew under it.

The order keeps everything readable at every moment: first the fresh key stands in the file above the old one, then
the keys are wrapped anew batch by batch, and only when nothing is wrapped by the old one does it leave the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from cases.house import BLIND, HouseError, house_of
from edges.keys import Keys, add_key, drop_old_keys, keep_old_keys, read_keys
from models.bulk import bulk_update, driver
from models.faultpoints import point
from models.store import Store

BATCH = 1_000

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_HOW_MANY = "SELECT count(*) FROM data_key WHERE wrapped IS NOT NULL AND master_id <> $1"
_NEXT = (
    "SELECT id, master_id, wrapped FROM data_key WHERE id > $1 AND wrapped IS NOT NULL AND master_id <> $2"
    " ORDER BY id LIMIT $3 FOR UPDATE"
)
_HOUSE = "SELECT master_id, blind_key FROM house WHERE id = 1 FOR UPDATE"
_NEW_BLIND = "UPDATE house SET master_id = $1, blind_key = $2 WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation came to."""

    master_id: str  # the key in use now
    keys: int  # data keys that were wrapped anew by this call
    resumed: bool  # an earlier call had made the fresh key already
    kept: tuple[Path, ...]  # files of old master keys


async def rotate(
    url: str,
    key_file: Path,
    *,
    forget: bool = False,
    batch: int = BATCH,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Rotated:
    """
    Change the master key; a rotation that was interrupted goes on. With `forget` the old key is not kept.

    Raises:
        HouseError: there is no store, it is shut, or another program works with it.
        KeysMissing: a master key that wraps something is not at hand; nothing was dropped.
    """
    masters = read_keys(key_file)
    store = Store(url, masters, pool=1)
    try:
        house = await house_of(store)
        masters.unwrap(BLIND, house.master_id, house.blind_key)  # another store's file is refused before it is changed
        await _alone(store)
        resumed = masters.count > 1
        if not resumed:
            masters = add_key(key_file)
        done = await _wrap_anew(store, masters, batch, progress)
        point("old_key_not_dropped")
        await _alone(store)
        await _nothing_left(store, masters)
        kept = () if forget else keep_old_keys(key_file)
        drop_old_keys(key_file)
    finally:
        await store.close()
    return Rotated(masters.master_id, done, resumed, tuple(kept))


async def _alone(store: Store) -> None:
    """A program that has read the file before would go on wrapping with the old key."""
    async with store.transaction() as connection:
        if (await connection.execute(_OTHERS)).scalar_one():
            raise HouseError(
                "another program works with this store (`make up`, a worker, an import): stop it first, for it would "
                "go on with the old master key. No key was dropped; run this again then"
            )


async def _wrap_anew(store: Store, masters: Keys, batch: int, progress: Callable[[int, int], None]) -> int:
    """Each batch in a transaction of its own, in the order of ids; the house's own key last."""
    done, last, total = 0, UUID(int=0), 0
    while True:
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            raw = await driver(connection)
            total = total or await raw.fetchval(_HOW_MANY, masters.master_id)
            rows = await raw.fetch(_NEXT, last, masters.master_id, batch)
            if not rows:
                await _wrap_blind(raw, masters)
                return done
            anew = [_anew(masters, row["id"], row["master_id"], row["wrapped"]) for row in rows]
            await bulk_update(connection, "data_key", ("master_id", "wrapped"), anew)
        done, last = done + len(rows), rows[-1]["id"]
        progress(done, total)
        point("rotation_half_done")


def _anew(masters: Keys, key_id: UUID, master_id: str, wrapped: bytes) -> dict[str, Any]:
    return {"id": key_id, "master_id": masters.master_id, "wrapped": masters.rewrap(key_id, master_id, wrapped)}


async def _wrap_blind(raw: Any, masters: Keys) -> None:
    house = await raw.fetchrow(_HOUSE)
    if house["master_id"] != masters.master_id:
        wrapped = masters.rewrap(BLIND, house["master_id"], house["blind_key"])
        await raw.execute(_NEW_BLIND, masters.master_id, wrapped)


async def _nothing_left(store: Store, masters: Keys) -> None:
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        left = await (await driver(connection)).fetchval(_HOW_MANY, masters.master_id)
    if left:
        raise HouseError(f"{left} keys were written meanwhile under the old master key; run this again")
