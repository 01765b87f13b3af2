"""
The story: scripted platforms, sixty reports and what people record when, read from three data files.

`people.toml` holds the scripts: how a platform behaves, what our people do so many hours after the reports were taken
in, and how every report of the script must end. `reports.csv` holds the reports in the columns of an import, with the
script and the hour of intake before them; `{port}` stands for the port of the scripted platforms. `parties.csv` holds
whom they are told to, and whom never.
"""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from edges.intake_files import Line
from law.vocabulary import ReportStage

HERE = Path(__file__).parent
DAYS = 21
Value = str | int | float | bool


class _Strict(BaseModel):
    """An unknown key in the story is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(_Strict):
    """Something that a person records, `after` hours of the intake; `values` are the arguments of the deed."""

    after: float = Field(gt=0)
    deed: str
    by: str = "A-03"
    values: dict[str, Value] = Field(default_factory=dict)


class Expectation(_Strict):
    """How every report of a script ends: its stage, its procedures, and who got how many letters about it."""

    stage: ReportStage
    procedures: tuple[str, ...]  # "eu-dsa-22 complied"
    letters: dict[str, int] = Field(default_factory=dict)


class Script(_Strict):
    """One behaviour of a platform, or one of the ten days."""

    id: str
    table: Literal["platforms", "days"]
    title: str
    what: str  # what happens, in a few words
    records: tuple[Record, ...] = ()
    expect: Expectation


class Later(_Strict):
    """One of the ten days that is not played, and why."""

    title: str
    what: str


class People(_Strict):
    """The whole of people.toml."""

    staff: tuple[str, str]  # mailboxes of our own people
    behaviours: dict[str, str]  # by host
    short: dict[str, str]  # what the tables call a regime
    signed: tuple[str, ...]
    standing_orders: tuple[tuple[str, str, str], ...]  # regime, authority's number, category
    never: tuple[str, ...]  # mailboxes that must get nothing
    names: tuple[str, ...]  # words that may stand in no run name and no subject
    scripts: tuple[Script, ...]
    later: tuple[Later, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One report to take in."""

    script: str
    at: float  # hours after the beginning
    line: Line


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is scripted, against a beginning in legal time."""

    people: People
    rows: tuple[Row, ...]
    start: datetime

    @property
    def end(self) -> datetime:
        """When the three weeks are over."""
        return self.start + timedelta(days=DAYS)

    def script(self, id: str) -> Script:
        """The script with this id."""
        return next(script for script in self.people.scripts if script.id == id)

    def intakes(self) -> Iterator[tuple[datetime, list[Row]]]:
        """What is taken in when, in order."""
        for at, rows in groupby(sorted(self.rows, key=lambda row: row.at), key=lambda row: row.at):
            yield self.start + timedelta(hours=at), list(rows)


@lru_cache(maxsize=1)
def people() -> People:
    """The people and scripts; raises pydantic.ValidationError with every fault at once."""
    return People.model_validate(tomllib.loads((HERE / "people.toml").read_text(encoding="utf-8")))


def read_story(start: datetime, port: int) -> Story:
    """The story with its dates and with the port of the scripted platforms filled in."""
    return Story(people(), tuple(_rows(start, port)), start)


def read_csv(name: str) -> list[dict[str, str]]:
    """A data file of the demo, empty values left out."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [{key: value for key, value in row.items() if value} for row in csv.DictReader(file)]


def _rows(start: datetime, port: int) -> Iterator[Row]:
    for number, values in enumerate(read_csv("reports.csv"), start=2):
        script, at = values.pop("script"), float(values.pop("at_hour"))
        taken_in = start + timedelta(hours=at)
        values["location"] = values["location"].replace("{port}", str(port))
        values["received_at"] = (taken_in - timedelta(hours=3)).isoformat()
        values["seen_at"] = values["qualified_at"] = (taken_in - timedelta(hours=1)).isoformat()
        if "mandate" in values:
            values["mandate_signed_at"] = (taken_in - timedelta(hours=int(values.pop("mandate")))).isoformat()
        yield Row(script, at, Line(number, values))
