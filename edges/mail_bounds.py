"""
Who may speak to the mail server now: so many at a time, the most urgent first, and not too many to one recipient.

A recipient is an address in lower case. What is remembered of it lives in memory only: after a start every recipient
is new. Emergencies are counted and wait for nothing here.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from heapq import heappop, heappush

ORDINARY = 5  # the priority of a letter that nothing makes urgent; smaller goes first
PATIENCE_S = 5.0  # how long an ordinary letter waits for its recipient's rate
URGENT_PATIENCE_S = 20.0  # the same for what is more urgent than ordinary: a one-hour clock is not put off lightly
_MINUTE = 60.0
_FEW = 256  # recipients remembered before the first sweep

_Waiting = tuple[int, int, asyncio.Future[None]]  # priority, order of coming, what it waits for


class HeldBack(Exception):
    """Our own rate for one recipient is used up; nothing was sent."""


class Turns:
    """
    So many at a time, and so many of them with one recipient.

    Of those that wait the most urgent is let in that may be; among equals, the first that came. A letter that waits
    only for its recipient keeps no place from another recipient, nor from a more urgent letter to the same one.
    """

    def __init__(self, places: int, per_recipient: int | None = None) -> None:
        self._free, self._most = places, per_recipient or places
        self._busy: Counter[str] = Counter()
        self._waiting: dict[str, list[_Waiting]] = {}
        self._came = itertools.count()

    @asynccontextmanager
    async def turn(self, recipient: str, priority: int = ORDINARY) -> AsyncIterator[None]:
        """Hold a place; one that is waited for and no longer wanted costs nobody anything."""
        await self._take(recipient, priority)
        try:
            yield
        finally:
            self._give(recipient)

    async def _take(self, recipient: str, priority: int) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting.setdefault(recipient, []), (priority, next(self._came), mine))
        self._let_in()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # let in at the very moment of giving up
                self._give(recipient)
            raise

    def _give(self, recipient: str) -> None:
        self._free += 1
        self._busy[recipient] -= 1
        if not self._busy[recipient]:
            del self._busy[recipient]
        self._let_in()

    def _let_in(self) -> None:
        while self._free and (recipient := self._next()) is not None:
            _, _, first = heappop(self._waiting[recipient])
            self._free -= 1
            self._busy[recipient] += 1
            first.set_result(None)

    def _next(self) -> str | None:
        """The recipient whose first letter may go now and is the most urgent of all."""
        best: tuple[_Waiting, str] | None = None
        for recipient, waiting in list(self._waiting.items()):
            while waiting and waiting[0][2].done():  # no longer wanted
                heappop(waiting)
            if not waiting:
                del self._waiting[recipient]
            elif self._busy[recipient] < self._most and (best is None or waiting[0][:2] < best[0][:2]):
                best = (waiting[0], recipient)
        return best[1] if best else None


class Rates:
    """In any minute at most `per_minute` letters to one recipient (0: as many as come)."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        # A fifth of a minute's letters may go at once. What flows in makes up the rest of the minute, so that
        # burst and flow together never exceed the rate, wherever the minute begins.
        self._burst = max(1, per_minute // 5)
        self._interval = _MINUTE / (per_minute - self._burst + 1) if per_minute else 0.0
        self._clock = clock
        self._full_at: dict[str, float] = {}  # when each recipient's bucket is full again, in seconds of our clock
        self._sweep_at = _FEW

    @asynccontextmanager
    async def counted(self, recipient: str, priority: int = ORDINARY) -> AsyncIterator[None]:
        """
        Count one letter and wait until it may go. Whatever is raised inside takes it back: nothing left.

        Raises:
            HeldBack: it would have to wait longer than its patience.
        """
        wait = self.reserve(recipient, priority)
        try:
            if wait:
                await asyncio.sleep(wait)
            yield
        except BaseException:
            self.give_back(recipient)
            raise

    def reserve(self, recipient: str, priority: int = ORDINARY) -> float:
        """Count one letter, and say how many seconds it must wait; raise `HeldBack` if that is too long."""
        now = self._clock()
        wait = self._full_at.get(recipient, now) - (self._burst - 1) * self._interval - now
        if wait > (URGENT_PATIENCE_S if priority < ORDINARY else PATIENCE_S):
            raise HeldBack(HeldBack.__doc__)
        self.count(recipient)
        return max(0.0, wait)

    def count(self, recipient: str) -> None:
        """Count a letter that waits for nothing: those after it have less room."""
        if len(self._full_at) >= self._sweep_at:
            self._sweep()
        now = self._clock()
        self._full_at[recipient] = max(self._full_at.get(recipient, now), now) + self._interval

    def give_back(self, recipient: str) -> None:
        """Forget one letter that was counted: it did not leave."""
        if recipient in self._full_at:
            self._full_at[recipient] -= self._interval

    def _sweep(self) -> None:
        """Forget those about whom there is nothing to remember."""
        now = self._clock()
        self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
        self._sweep_at = max(_FEW, 2 * len(self._full_at))
