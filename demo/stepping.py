"""The stepping clock: it jumps from one instant that matters to the next, and is let go at the end."""

import math
from datetime import UTC, datetime, timedelta

from cases.office import real_clock

STEP = timedelta(minutes=15)  # decision 17: due times are rounded up, so that many fall together


class ClockRefused(ValueError):
    """A clock of the law never goes backwards."""


class SteppingClock:
    """Legal time. It stands still until it is moved, and follows the real clock after it was let go."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._free = False

    def __call__(self) -> datetime:
        """The present, in UTC."""
        return max(self._now, real_clock()) if self._free else self._now

    def move_to(self, at: datetime) -> None:
        """
        Jump.

        Raises:
            ClockRefused: `at` lies before the present.
        """
        if at < self._now:
            raise ClockRefused(ClockRefused.__doc__)
        self._now = at.astimezone(UTC)

    def let_go(self) -> None:
        """The play is over: from now on time passes by itself."""
        self._free = True


def rounded_up(at: datetime) -> datetime:
    """The next quarter of an hour, or `at` itself if it is one."""
    step = STEP.total_seconds()
    return datetime.fromtimestamp(math.ceil(at.timestamp() / step) * step, UTC)


def next_instant(now: datetime, planned: datetime | None, due: datetime | None) -> datetime | None:
    """Where the clock jumps: to what people planned or to what is due, whichever comes first; never backwards."""
    wanted = [at for at in (planned, rounded_up(due) if due else None) if at is not None]
    if not wanted:
        return None
    first = min(wanted)
    # What is still due now could not be done now: it is tried again a step later, not in a circle.
    return first if first > now or planned == first else max(first, now + STEP)
