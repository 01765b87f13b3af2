"""
Who may speak to the mail server now: so many at a time, the most urgent first, and not too many to one recipient.

A recipient is an address in lower case. What is remembered of it lives in memory only: after a start every recipient
is new. Emergencies are counted and wait for nothing here.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from heapq import heappop, heappush

ORDINARY = 5  # the priority of a letter that nothing makes urgent; smaller goes first
PATIENCE_S = 5.0  # how long an ordinary letter waits for its recipient's rate
URGENT_PATIENCE_S = 20.0  # the same for what is more urgent than ordinary: a one-hour clock is not put off lightly
_MINUTE = 60.0
_FEW = 256  # recipients remembered before the first sweep


class HeldBack(Exception):
    """Our own rate for one recipient is used up; nothing was sent."""


class Turns:
    """So many at a time; whoever waits is let in by priority, and among equals in the order of coming."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = itertools.count()

    @asynccontextmanager
    async def turn(self, priority: int = ORDINARY) -> AsyncIterator[None]:
        """Hold a place; one that is waited for and no longer wanted costs nobody anything."""
        await self._take(priority)
        try:
            yield
        finally:
            self._give()

    async def _take(self, priority: int) -> None:
        if self._free:  # then nobody waits: a place that is given goes to a waiting one first
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (priority, next(self._came), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # let in at the very moment of giving up
                self._give()
            raise

    def _give(self) -> None:
        while self._waiting:
            _, _, first = heappop(self._waiting)
            if not first.done():
                first.set_result(None)
                return
        self._free += 1


@dataclass(slots=True)
class _Recipient:
    turns: Turns
    full_at: float  # when its bucket is full again, in seconds of our clock
    users: int = 0


class Recipients:
    """
    At most `at_once` transactions with one recipient at a time, and in any minute at most `per_minute` letters.

    With a rate of 0 there is no bound by the minute.
    """

    def __init__(self, at_once: int, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        # A fifth of a minute's letters may go at once. What flows in makes up the rest of the minute, so that
        # burst and flow together never exceed the rate, wherever the minute begins.
        self._burst = max(1, per_minute // 5)
        self._interval = _MINUTE / (per_minute - self._burst + 1) if per_minute else 0.0
        self._known: dict[str, _Recipient] = {}
        self._sweep_at = _FEW

    @asynccontextmanager
    async def turn(self, address: str, priority: int = ORDINARY) -> AsyncIterator[None]:
        """
        Wait for this recipient's rate, then for a place. Whatever is raised inside gives the rate back: nothing left.

        Raises:
            HeldBack: the rate would make it wait longer than its patience.
        """
        wait = self._reserve(address, priority)
        known = self._known[address]
        known.users += 1
        try:
            if wait:
                await asyncio.sleep(wait)
            async with known.turns.turn(priority):
                yield
        except BaseException:
            self.give_back(address)
            raise
        finally:
            known.users -= 1

    def count(self, address: str) -> None:
        """Count a letter that waits for nothing: those after it have less room."""
        known = self._known_as(address)
        known.full_at = max(known.full_at, self._clock()) + self._interval

    def give_back(self, address: str) -> None:
        """Forget one letter that was counted: it did not leave."""
        if known := self._known.get(address):
            known.full_at -= self._interval

    def _reserve(self, address: str, priority: int) -> float:
        now, known = self._clock(), self._known_as(address)
        wait = known.full_at - (self._burst - 1) * self._interval - now
        if wait > (URGENT_PATIENCE_S if priority < ORDINARY else PATIENCE_S):
            raise HeldBack(HeldBack.__doc__)
        self.count(address)
        return max(0.0, wait)

    def _known_as(self, address: str) -> _Recipient:
        if address not in self._known:
            if len(self._known) >= self._sweep_at:
                self._sweep()
            self._known[address] = _Recipient(Turns(self._at_once), full_at=self._clock())
        return self._known[address]

    def _sweep(self) -> None:
        """Forget those about whom there is nothing to remember."""
        now = self._clock()
        self._known = {name: one for name, one in self._known.items() if one.users or one.full_at > now}
        self._sweep_at = max(_FEW, 2 * len(self._known))
