"""Column types and names that every table shares."""

import functools
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

_set = object.__setattr__

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class NaiveTime(ValueError):
    """A time without zone was given; say which instant is meant, for example 2026-11-23T09:00+01:00."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored as `timestamptz` and read back in UTC; naive values are refused at the border."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise NaiveTime(NaiveTime.__doc__)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class UnknownWord(ValueError):
    """A column with a closed vocabulary was given another word."""

    def __init__(self, column: str, word: object, vocabulary: type[StrEnum]) -> None:
        super().__init__(f"{column}: unknown word {word!r}; allowed: {', '.join(vocabulary)}")


E = TypeVar("E", bound=StrEnum)


class Word(TypeDecorator[E], Generic[E]):
    """A member of a closed vocabulary, stored as its word; any other text is refused."""

    impl = String
    cache_ok = True

    def __init__(self, vocabulary: type[E]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.members = {str(member): member for member in vocabulary}  # faster than calling the enum

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        if value is None or value in self.members:
            return None if value is None else str(value)
        return str(self.vocabulary(value))  # raises, naming the word

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.members[value]


class Table(SQLModel):
    """What all tables share: one metadata with stated names for constraints."""

    metadata = MetaData(naming_convention=NAMING)

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """
        Without SQLAlchemy's record of changes: nothing here is ever dirty in a session.

        What SQLModel sets on a new row is set here at once: a storm makes a quarter of a million rows.
        """
        row: Self = object.__new__(cls)
        _set(row, "__pydantic_fields_set__", set())
        _set(row, "__pydantic_extra__", None)
        _set(row, "__pydantic_private__", None)
        _set(row, "_sa_instance_state", None)
        return row

    def __init__(self, **values: Any) -> None:
        """
        A row with these values, defaults for the rest.

        SQLModel's own way sets every column through three layers of attribute events, which nobody listens to here:
        rows are written by `models.store` and are never dirty in a session.
        """
        fresh = _defaults_of(type(self))
        faults = [f"unknown column {name}" for name in values.keys() - fresh.keys()]
        for name in fresh.keys() - values.keys():
            if (default := fresh[name]) is None:
                faults.append(f"no value for {name}")
            else:
                values[name] = default()
        if faults:
            raise TypeError(f"{type(self).__name__}: {', '.join(sorted(faults))}")
        self.__dict__.update(values)
        _set(self, "__pydantic_fields_set__", set(values))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a column on the object in memory; what is stored changes through a draft only."""
        if name in _defaults_of(type(self)):
            self.__dict__[name] = value
        else:
            super().__setattr__(name, value)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The object of a stored row, read without a session's bookkeeping."""
        found: Self = cls.__new__(cls)
        found.__dict__.update(row)
        _set(found, "__pydantic_fields_set__", set(row))
        return found

    def columns(self) -> dict[str, Any]:
        """The row as its columns."""
        held = self.__dict__
        return {name: held[name] for name in _defaults_of(type(self))}


class _Column:
    """
    A column: of the class it stands in queries, of a row it is what the row holds.

    Without a `__set__` Python itself reads the row's own value first. SQLAlchemy's attribute has one, for a record of
    changes that nobody keeps here, and costs a call in Python for every value read.
    """

    def __init__(self, mapped: Any) -> None:
        self._mapped = mapped

    def __get__(self, row: Table | None, table: type[Table]) -> Any:
        return self._mapped.__get__(row, table)  # the class itself, or a column that was not loaded


def read_directly(table: type[Table]) -> None:
    """Let the columns of a mapped table be read from its rows without SQLAlchemy in between."""
    for name in table.model_fields:
        type.__setattr__(table, name, _Column(getattr(table, name)))


@functools.cache
def _defaults_of(table: type[Table]) -> dict[str, Callable[[], Any] | None]:
    """Each column with what makes its value when none is given, or None for a column that must be given."""
    found: dict[str, Callable[[], Any] | None] = {}
    for name, field in table.model_fields.items():
        factory = field.default_factory
        found[name] = None if field.is_required() else factory or functools.partial(_same, field.default)  # type: ignore[assignment]
    return found


def _same(value: Any) -> Any:
    return value


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): time-ordered, so that fresh rows stand together in every index."""
    stamp = time.time_ns() // 1_000_000
    bits = (stamp << 80) | int.from_bytes(os.urandom(10))
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=bits)


def utc(value: datetime) -> str:
    """An instant as text for events: always UTC, always microseconds, always ending in Z."""
    if value.utcoffset() is None:
        raise NaiveTime(NaiveTime.__doc__)
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def plain(value: Any) -> Any:
    """A column's value as an event holds it: text, whole number, truth value or null, and lists of these."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (list, tuple, frozenset)):
        return [plain(item) for item in value]
    return value
