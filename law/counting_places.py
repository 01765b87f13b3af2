"""
Local time, twice: from the zone's own data, and from what a certificate embedded.

A `ZonePlace` remembers what it was asked, so that a certificate can embed each instant with its local time; an
`EmbeddedPlace` answers from these alone and needs no time-zone data.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from law.errors import BadCount


@dataclass(frozen=True, slots=True)
class Shown:
    """One instant, its local time with its offset, and the wall time that was asked for, when clocks skip it."""

    utc: datetime
    local: datetime
    asked: datetime | None = None

    @property
    def wall(self) -> datetime:
        """The naive time on the clocks there."""
        return self.asked or self.local.replace(tzinfo=None)


@dataclass(slots=True)
class ZonePlace:
    """Local time from the zone's own data."""

    name: str
    zone: tzinfo
    shown: dict[datetime, Shown] = field(default_factory=dict)

    def local(self, instant: datetime) -> datetime:
        """The instant in local time; raises `BadCount` where the zone was not yet on whole minutes."""
        known = self.shown.get(instant)
        if known is not None:
            return known.local
        local = instant.astimezone(self.zone)
        minutes_east(local)
        self.shown[instant] = Shown(instant, local)
        return local

    def wall(self, at: datetime) -> datetime:
        """The instant at which the clocks there show `at`; the first if twice, read as before the jump if never."""
        instant = at.replace(tzinfo=self.zone).astimezone(UTC)
        local = self.local(instant)
        if local.replace(tzinfo=None) != at:
            self.shown[instant] = Shown(instant, local, at)
        return instant


@dataclass(frozen=True, slots=True)
class EmbeddedPlace:
    """Local time from a certificate alone; what it does not hold is taken from the nearest instant that it holds."""

    name: str
    shown: tuple[Shown, ...]

    def local(self, instant: datetime) -> datetime:
        """The instant in local time."""
        nearest = min(self.shown, key=lambda one: abs(one.utc - instant))
        return instant.astimezone(nearest.local.tzinfo)

    def wall(self, at: datetime) -> datetime:
        """The instant at which the clocks there show `at`."""
        exact = [one.utc for one in self.shown if one.wall == at]
        if exact:
            return min(exact)
        nearest = min(self.shown, key=lambda one: abs(one.wall - at))
        return at.replace(tzinfo=nearest.local.tzinfo).astimezone(UTC)


def minutes_east(local: datetime) -> int:
    """Minutes east of UTC; raises `BadCount` for an offset that is not in whole minutes, as before about 1972."""
    offset = local.utcoffset() or timedelta()
    if offset.seconds % 60 or offset.microseconds:
        raise BadCount(f"on {local:%Y-%m-%d} that zone was not on whole minutes; allowed: a later start")
    return offset.days * 1440 + offset.seconds // 60
