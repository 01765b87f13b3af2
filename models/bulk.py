"""Many rows in one statement, past the ORM: COPY or executemany on the driver's own connection."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import NaiveTime, UnknownWord, UtcDateTime, Word
from models.tables import metadata

# What asyncpg itself raises when the database went away; statements that run past SQLAlchemy raise it unwrapped.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)
COPY_FROM = 200  # rows; above this COPY beats executemany


async def bulk_insert(connection: AsyncConnection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of one table; missing columns take the model's default."""
    if not rows:
        return
    table = metadata.tables[name]
    columns = [c for c in table.columns if c.identity is None]
    pairs = _pairs(name)
    names = [column for column, _ in pairs]
    records = [tuple([row[n] if n in row else default() for n, default in pairs]) for row in rows]
    _refuse_naive(columns, records)
    raw = await driver(connection)
    if len(records) >= COPY_FROM:
        await raw.copy_records_to_table(name, records=records, columns=names)
        return
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    await raw.executemany(f"INSERT INTO {name} ({', '.join(_quoted(names))}) VALUES ({places})", records)


def with_defaults(name: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they will stand in the table: missing columns take the model's default."""
    pairs = _pairs(name)
    return [{n: row[n] if n in row else default() for n, default in pairs} for row in rows]


@cache
def _pairs(name: str) -> list[tuple[str, Callable[[], Any]]]:
    return [(c.name, _default_of(c)) for c in metadata.tables[name].columns if c.identity is None]


async def bulk_update(
    connection: AsyncConnection, name: str, columns: tuple[str, ...], rows: Sequence[dict[str, Any]]
) -> None:
    """Set these columns of many rows of one table, found by their ids."""
    table = metadata.tables[name]
    records = [(row["id"], *(row[column] for column in columns)) for row in rows]
    _refuse_naive([table.c.id, *(table.c[column] for column in columns)], records)
    assigned = ", ".join(f'"{column}" = ${number}' for number, column in enumerate(columns, start=2))
    raw = await driver(connection)
    await raw.executemany(f"UPDATE {name} SET {assigned} WHERE id = $1", records)


async def driver(connection: AsyncConnection) -> Any:
    """asyncpg's own connection, inside the same transaction: for many rows it costs a fifth of going through Core."""
    return (await connection.get_raw_connection()).driver_connection


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _default_of(column: Any) -> Callable[[], Any]:
    """What stands in for a missing value of this column, as a function without arguments."""
    if column.default is None:
        return lambda: None
    if column.default.is_callable:
        return lambda: column.default.arg(None)
    value = column.default.arg
    return lambda: value


def _refuse_naive(columns: Sequence[Any], records: Sequence[tuple[Any, ...]]) -> None:
    """The driver goes past the column types, so what they check is checked here."""
    for place, column in enumerate(columns):
        if isinstance(column.type, UtcDateTime):
            for record in records:
                if (value := record[place]) is not None and value.tzinfo is None:
                    raise NaiveTime(NaiveTime.__doc__)
        elif isinstance(column.type, Word):
            words: type[StrEnum] = column.type.vocabulary
            allowed = {None, *words}
            for record in records:
                if record[place] not in allowed:
                    raise UnknownWord(column.name, record[place], words)
