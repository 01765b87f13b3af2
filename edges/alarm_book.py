"""
Which alarms were told to whom: a small file in the data folder, because the database may be what is down.

It is replaced whole, so that a kill leaves the one before. It holds names of checks, times and roles; no address.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from edges.home import make_home

NAME: Final = "watch.json"
_WORD: Final = re.compile(r"[a-z][a-z_]{0,40}\Z")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm that lasts: since when, when each role was last told, and since when it is not found any more."""

    began: datetime
    told: Mapping[str, datetime] = field(default_factory=dict)
    gone: datetime | None = None

    def told_to(self, role: str, at: datetime) -> "Alarm":
        """The same, and this role was told."""
        return replace(self, told={**self.told, role: at})


@dataclass(slots=True)
class AlarmBook:
    """All alarms that last, and the file that keeps them."""

    file: Path
    alarms: dict[str, Alarm] = field(default_factory=dict)
    fault: str = ""  # what is wrong with the file, in words

    def keep(self) -> None:
        """Write the file, whole or not at all; a disk that refuses is said in `fault` and stops nothing."""
        told = {name: _plain(alarm) for name, alarm in sorted(self.alarms.items())}
        draft = self.file.with_name(f".{self.file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            make_home(self.file.parent)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                json.dump({"alarms": told}, stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(self.file)
            self.fault = ""
        except OSError as refused:
            draft.unlink(missing_ok=True)
            self.fault = f"{self.file.name} cannot be written ({refused.strerror}): after a restart alarms are repeated"


def open_book(home: Path) -> AlarmBook:
    """Read the file; one that is missing is empty, one that cannot be read says so and begins anew."""
    book = AlarmBook(home / NAME)
    try:
        raw = json.loads(book.file.read_text(encoding="ascii"))
        book.alarms = {name: _alarm(name, one) for name, one in raw["alarms"].items()}
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        book.alarms, book.fault = {}, f"{NAME} could not be read: alarms begin anew"
    return book


def _plain(alarm: Alarm) -> dict[str, Any]:
    told = {role: at.isoformat() for role, at in alarm.told.items()}
    return {"began": alarm.began.isoformat(), "told": told, "gone": alarm.gone.isoformat() if alarm.gone else None}


def _alarm(name: str, one: Any) -> Alarm:
    if not _WORD.match(name) or not all(_WORD.match(role) for role in one["told"]):
        raise ValueError(name)
    gone = _instant(one["gone"]) if one["gone"] else None
    return Alarm(_instant(one["began"]), {role: _instant(at) for role, at in one["told"].items()}, gone)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError(text)
    return at
