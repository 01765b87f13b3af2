"""The play: the clock jumps, reports are taken in, people record, and a pass is made over what is due."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from cases.desk import Desk
from cases.intake import import_lines
from demo.people import record
from demo.stepping import SteppingClock, next_instant
from demo.story import Record, Row, Story
from models.due import next_due_at

Pass = Callable[[], Awaitable[None]]
Watch = Callable[[datetime], None]
INTAKE = "A-01"


@dataclass(order=True, slots=True)
class Planned:
    """Something that happens at an instant; intake comes before recordings of the same instant."""

    at: datetime
    turn: int
    rows: list[Row] = field(compare=False, default_factory=list)
    numbers: list[str] = field(compare=False, default_factory=list)
    what: Record | None = field(compare=False, default=None)


@dataclass(slots=True)
class Play:
    """One performance of the story. `numbers` holds the case numbers of each script as they are given."""

    story: Story
    desk: Desk
    clock: SteppingClock
    port: int
    numbers: dict[str, list[str]] = field(default_factory=dict)
    instants: int = 0
    _agenda: list[Planned] = field(default_factory=list)
    _turns: count[int] = field(default_factory=count)

    async def perform(self, one_pass: Pass, watch: Watch) -> None:
        """Play until the three weeks are over; `watch` hears of every instant after its pass."""
        for at, rows in self.story.intakes():
            self._plan(Planned(at, next(self._turns), rows=rows))
        while (upcoming := await self._next()) is not None and upcoming <= self.story.end:
            at = upcoming
            self.clock.move_to(at)
            self.instants += 1
            while self._agenda and self._agenda[0].at <= at:
                await self._happen(heapq.heappop(self._agenda))
            await one_pass()
            watch(at)
        self.clock.move_to(self.story.end)
        watch(self.story.end)

    def _plan(self, planned: Planned) -> None:
        heapq.heappush(self._agenda, planned)

    async def _next(self) -> datetime | None:
        planned = self._agenda[0].at if self._agenda else None
        return next_instant(self.clock(), planned, await next_due_at(self.desk.store))

    async def _happen(self, planned: Planned) -> None:
        if planned.what is not None:
            await record(self.desk, planned.numbers, planned.what, planned.at, self.port)
            return
        done = await import_lines(
            self.desk.store,
            [row.line for row in planned.rows],
            now=planned.at,
            library=self.desk.library,
            strict=True,
            actor=INTAKE,
        )
        taken_in: dict[str, list[str]] = {}
        for row, number in zip(planned.rows, done.numbers, strict=True):
            taken_in.setdefault(row.script, []).append(number)
        for script, numbers in taken_in.items():
            self.numbers.setdefault(script, []).extend(numbers)
            for what in self.story.script(script).records:
                at = planned.at + timedelta(hours=what.after)
                self._plan(Planned(at, next(self._turns), numbers=numbers, what=what))
