"""
Reading rows by a list of ids, past the ORM.

A storm reads some fifty rows for each report. Through a session each costs the bookkeeping of changes that are never
written that way; here a row becomes its object directly.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Table, Word

Row = TypeVar("Row", bound=Table)


async def rows_of(
    connection: AsyncConnection, table: type[Row], column: str, ids: Sequence[Any], *, only_null: str | None = None
) -> list[Row]:
    """
    The rows whose `column` is one of `ids`; `only_null` names a column that must be empty (still open, not released).

    One array instead of a list of places: the same statement for any number, prepared once.
    """
    if not ids:
        return []
    driver = (await connection.get_raw_connection()).driver_connection
    query = f'SELECT * FROM "{table.__tablename__}" WHERE "{column}" = ANY($1)'
    if only_null:
        query += f' AND "{only_null}" IS NULL'
    records = await driver.fetch(query, list(ids))  # type: ignore[union-attr]
    words = _words(table)
    return [table.of(_spelled(dict(record), words)) for record in records]


def _spelled(values: dict[str, Any], words: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for name, members in words.items():
        if (word := values[name]) is not None:
            values[name] = members[word]
    return values


@cache
def _words(table: type[Table]) -> dict[str, dict[str, Any]]:
    """The columns that hold a member of a vocabulary, with the members by word."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return {c.name: c.type.members for c in columns if isinstance(c.type, Word)}
