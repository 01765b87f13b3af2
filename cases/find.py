"""Finding reports by what is encrypted: keyed hashes know a place again, and die with its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from cases.house import blind_key_of
from cases.places import BadPlace, place_of
from law.vocabulary import LocationKind
from models.store import Store

_AT = text(
    "SELECT r.number, r.stage, l.ordinal, l.closed_at IS NULL AS here FROM location l"
    " JOIN report r ON r.content_id = l.content_id WHERE l.blind = ANY(:blinds) ORDER BY r.number, l.ordinal"
)
_OF = text(
    "SELECT DISTINCT r.number, r.stage, l.ordinal, l.closed_at IS NULL AS here FROM location l"
    " JOIN report r ON r.content_id = l.content_id JOIN party p ON p.id IN (l.platform_id, l.host_id)"
    " WHERE p.number = :number ORDER BY r.number, l.ordinal LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A report that stands, or stood, at a place."""

    number: str
    stage: str
    ordinal: int  # of the location
    here: bool  # still open there, as far as we know


async def at_address(store: Store, address: str, kind: LocationKind | None = None) -> list[Found]:
    """
    Reports at exactly this address, read as every kind of place that it can be, or as the one given.

    An erased address is not found: its keyed hash died with its key.

    Raises:
        BadPlace: it is no place of any kind.
    """
    key = await blind_key_of(store)
    blinds: set[bytes] = set()
    fault: BadPlace | None = None
    for each in [kind] if kind else LocationKind:
        try:
            blinds.add(place_of(each, address).blind(key))
        except BadPlace as refused:
            fault = refused
    if not blinds and fault:
        raise fault
    return await _found(store, _AT, blinds=list(blinds))


async def on_platform(store: Store, number: str, most: int) -> list[Found]:
    """Reports with a place at this platform or host, by its number."""
    return await _found(store, _OF, number=number.upper(), most=most)


async def _found(store: Store, query: object, **values: Sequence[bytes] | str | int | UUID) -> list[Found]:
    async with store.transaction() as connection:
        return [Found(*row) for row in await connection.execute(query, values)]  # type: ignore[call-overload]
