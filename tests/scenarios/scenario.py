"""
The shape of a scenario file: who exists, what happens when, which letters must leave, and how it must end.

Every key is checked: an unknown one is a fault of the file, not a comment. `docs/scenarios.md` explains it to lawyers.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

FOLDER = Path(__file__).parent
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+01:00")

_PART = re.compile(r"(\d+)\s*(d|h|m)(?:ays?|ours?|in|inutes?)?\Z")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class BadMoment(ValueError):
    """A moment is `start`, or such as `+36h`, `+3d`, `+3d 4h 15m`."""


def moment(text: Any) -> timedelta:
    """How long after the start of the scenario."""
    if isinstance(text, timedelta):
        return text
    if text == "start":
        return timedelta(0)
    parts = [_PART.match(part) for part in str(text).removeprefix("+").split()]
    if not str(text).startswith("+") or not all(parts):
        raise BadMoment(f"{text!r}: {BadMoment.__doc__}")
    return sum((timedelta(**{_UNITS[part[2]]: int(part[1])}) for part in parts if part), timedelta(0))


def told(at: timedelta) -> str:
    """A moment as a scenario file writes it."""
    days, rest = at.days, at.seconds // 60
    parts = [f"{days}d" if days else "", f"{rest // 60}h" if rest // 60 else "", f"{rest % 60}m" if rest % 60 else ""]
    return "+" + " ".join(part for part in parts if part) if at else "start"


Moment = Annotated[timedelta, BeforeValidator(moment)]


def many(value: Any) -> Any:
    """One word stands for a list of one."""
    return [value] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(many)]


class Strict(BaseModel):
    """Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class House(Strict):
    """Our own house and what its lawyer signed."""

    trusted_flagger: bool = True
    areas: list[str] = ["hate"]
    standing: str = "DSA Art. 3(b): recipient in our own name"  # empty: none chosen
    signed: Words = ["everything"]
    signed_until: Moment = timedelta(days=365)
    standing_orders: Words = []  # "eu-dsa-53 to arcom about hate"
    bodies: Words = []  # categories whose bodies may be read
    direct_mail: bool = True  # our server is the addressee's own, so that receipt is proven; false: a mere relay
    parameters: dict[str, str] = {}  # of prop-temporary-block


class Somebody(Strict):
    """A platform, a host, or somebody who must never be told."""

    name: str
    kind: str = "online_platform"
    country: str | None = "FR"
    size: str | None = None  # "large", "small"; left out: not known
    language: str = "fr"
    channel: str = "email"  # or "form"; "none": it cannot be reached
    mechanisms: Words = []  # regimes whose own mechanism the channel is
    behaves: Words = ["alive"]


class Spot(Strict):
    """One location of a report."""

    on: str | None = None  # the platform
    hosted_by: str | None = None
    kind: str = "url"
    country: str | None = None  # else the country of the platform or host
    behaves: Words = []  # else as the platform does


class Given(Strict):
    """A mandate of the person concerned."""

    countries: Words = []
    identity_checked: bool = True


class File(Strict):
    """One report."""

    id: str
    category: str
    qualification: str
    depicted: str = "nobody"
    at: Moment = timedelta(0)
    public: bool = True
    told_before: Moment | None = None  # so long before it came to us the host was told by somebody
    second_reader: str | None = None
    wish: str | None = None
    why: bool = True
    mandate: Given | None = None
    agreed_delay_hours: int | None = None
    on: Words = []  # the platforms, one location on each
    locations: list[Spot] = []  # or each location with its particulars

    @property
    def spots(self) -> list[Spot]:
        """Every location."""
        return [*(Spot(on=name) for name in self.on), *self.locations]


class Happening(Strict):
    """Something that a person records, or that befalls us."""

    at: Moment
    do: str
    about: Words = []
    by: str = "A-02"
    refused: str | None = None  # the program must refuse it, with these words in its message
    with_: dict[str, Any] = Field(default={}, alias="with")


class Expected(Strict):
    """A letter that must leave."""

    at: Moment
    to: str
    what: str
    under: str | None = None
    about: Words
    says: Words = []
    says_not: Words = []
    copy_: bool = Field(default=False, alias="copy")


class End(Strict):
    """How one report must end."""

    report: str
    stage: str
    procedures: Words = []  # "eu-dsa-16 to forum: complied"
    matters: Words = []  # "decide authority_silent"
    blocks: Words = []  # "fr-lcen-6-4 until +20d: expired"
    events: Words = []  # these must be on the timeline, in this order
    no_events: Words = []


class Scenario(Strict):
    """One file."""

    title: str
    rule: str
    starts: AwareDatetime = MONDAY
    lasts: Moment
    house: House = House()
    parties: list[Somebody] = []
    mailboxes: dict[str, Words] = {}
    reports: list[File]
    happens: list[Happening] = []
    letters: list[Expected] = []
    nothing_to: Words = []
    ends: list[End]


def read(path: Path) -> Scenario:
    """One scenario; raises pydantic.ValidationError with every fault at once."""
    return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def files() -> list[Path]:
    """Every scenario, in the order of their names."""
    return sorted(FOLDER.glob("*.toml"))
