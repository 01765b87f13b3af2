"""
A mapping file: how the columns of another tool become ours. Nothing is typed twice (practice, section 2).

It is TOML with these keys, all optional:

    ignore = ["Internal note"]            columns that are left out
    delimiter = ";"                       of a CSV file; otherwise the header line shows it
    [columns]    "Address" = "location"   their column = our column
    [constants]  qualified_by = "S-07"    our column = the value of every row
    [values.category]  "CSAM" = "csam"    our column: their value = our value
    [dates]      format = "%d/%m/%Y %H:%M"   and   zone = "Europe/Paris"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

# Words in the name of a column that holds, or points at, a file (practice 1.5: intake refuses files).
FILE_WORDS = frozenset(
    {
        "attachment", "attachments", "base64", "blob", "capture", "captures", "fichier", "fichiers", "file", "filename",
        "files", "image", "images", "photo", "photos", "path", "picture", "pictures", "piece", "pieces", "preview",
        "screenshot", "screenshots", "thumbnail", "thumbnails", "upload", "video", "videos", "vignette",
    }
)  # fmt: skip
DELIMITERS = (",", ";", "\t")


class FileRefused(ValueError):
    """The file as a whole cannot be taken in; nothing was stored."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults) or (self.__doc__ or "").strip())


class Dates(BaseModel):
    """How dates are written: a `strptime` format, and the zone of those that name none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str | None = None
    zone: str | None = None


class FieldMapping(BaseModel):
    """A mapping file as read; see the top of this module."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ignore: tuple[str, ...] = ()
    delimiter: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str | int | bool | datetime] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    dates: Dates = Dates()

    def ours(self, column: str) -> str | None:
        """Our name of one of their columns; none when it is left out."""
        return None if column in self.ignore else self.columns.get(column, column)


PLAIN = FieldMapping()


def read_mapping(path: Path, columns: Iterable[str]) -> FieldMapping:
    """
    Read a mapping onto our `columns`.

    Raises:
        FileRefused: it cannot be read, or it has faults; all of them are listed.
    """
    try:
        mapping = FieldMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileRefused([f"{path.name}: cannot be read: {error}"]) from error
    except ValidationError as refused:
        faults = [f"{path.name}: {_place(one)}: {one['msg']}" for one in refused.errors()]
        allowed = ", ".join(FieldMapping.model_fields)
        raise FileRefused([*faults, f"allowed keys: {allowed}"]) from refused
    if faults := _mapping_faults(mapping, tuple(columns)):
        raise FileRefused(f"{path.name}: {fault}" for fault in faults)
    return mapping


def _place(error: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"])


def _mapping_faults(mapping: FieldMapping, columns: tuple[str, ...]) -> list[str]:
    allowed = f"allowed: {', '.join(columns)}"
    named = (*mapping.columns.values(), *mapping.constants, *mapping.values)
    faults = [f"unknown column {name!r}; {allowed}" for name in dict.fromkeys(named) if name not in columns]
    twice = sorted({name for name in mapping.columns.values() if list(mapping.columns.values()).count(name) > 1})
    faults += [f"two columns become {name!r}; allowed: one" for name in twice]
    both = sorted(mapping.constants.keys() & set(mapping.columns.values()))
    faults += [f"{name!r} is mapped and constant; allowed: one of the two" for name in both]
    if mapping.delimiter is not None and mapping.delimiter not in DELIMITERS:
        faults.append("delimiter: allowed: ',' ';' or a tab")
    if mapping.dates.zone is not None and _zone(mapping.dates.zone) is None:
        faults.append(f"dates.zone: {mapping.dates.zone!r} is no zone; allowed: an IANA name such as Europe/Paris")
    if mapping.dates.format and "%z" not in mapping.dates.format and mapping.dates.zone is None:
        faults.append("dates.format names no zone; allowed: %z in the format, or dates.zone such as Europe/Paris")
    naive = [name for name, value in mapping.constants.items() if isinstance(value, datetime) and not value.tzinfo]
    return faults + [f"constants.{name}: a date without zone; allowed: 2026-11-23T09:00:00+01:00" for name in naive]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def header_faults(header: Iterable[str], mapping: FieldMapping, columns: Iterable[str]) -> list[str]:
    """What is wrong with the columns of a file; every unknown one is named."""
    faults, ours = [], list(columns)
    given = list(header)
    for name in given:
        if holds_files(name):
            faults.append(f"column {name!r}: files and images are refused; take it out of the file")
        elif (mapped := mapping.ours(name)) is not None and mapped not in ours:
            allowed = f"allowed: {', '.join(ours)}; or name it under `ignore` in a mapping"
            faults.append(f"unknown column {name!r}; {allowed}")
    names = [mapped for name in given if (mapped := mapping.ours(name)) is not None]
    names += mapping.constants
    faults += [f"column {name!r} stands twice; allowed: once" for name in dict.fromkeys(names) if names.count(name) > 1]
    return faults


def holds_files(column: str) -> bool:
    """Whether a column's name says that it holds or points at files. A mapping cannot ignore such a column."""
    return not FILE_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", column.lower()))


def translate_date(text: str, dates: Dates) -> str:
    """
    The date as ISO 8601 with its zone, by the mapping's format and zone.

    Raises:
        ValueError: it does not have that format, or does not name one instant in that zone; the message says so.
    """
    try:
        moment = datetime.strptime(text, dates.format) if dates.format else datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"is not a date as the mapping says; allowed: {dates.format or 'ISO 8601'}") from None
    if moment.tzinfo is None and dates.zone is not None:
        zone = ZoneInfo(dates.zone)
        moment = moment.replace(tzinfo=zone)
        # An hour that the clock change repeats or skips names two instants or none.
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            raise ValueError(f"does not name one instant in {dates.zone}: the clock changes; allowed: with offset")
    return moment.isoformat()
