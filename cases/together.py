"""
Group commit: what many coroutines want written at the same moment is written in one transaction.

Each caller still waits until its own part is durable, so "write the intention, act, write the outcome" holds for
every single letter, at the price of one commit for a handful of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from models.draft import Draft
from models.store import Store, write

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """
    Gathers items for `window` seconds and hands them to `work` as one list; what arrives meanwhile is the next list.

    When the whole list fails, each item is tried alone, so that one bad item spoils nobody else's.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, window: float = 0.012, most: int = 64
    ) -> None:
        self._work = work
        self._window = window
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Wait until `item` was worked on; raises what the work raised for it."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work_off())
        return await asyncio.shield(future)

    async def _work_off(self) -> None:
        """One list at a time, so that the more is waiting, the more goes into one transaction."""
        try:
            await asyncio.sleep(self._window)
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._run(batch)
        finally:
            self._worker = None

    async def _run(self, batch: Sequence[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        try:
            results = await self._work([item for item, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for pair in batch:
                await self._run([pair])
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)


def recorder(store: Store) -> Together[Draft, None]:
    """Writes the drafts of many coroutines in one transaction."""

    async def work(drafts: Sequence[Draft]) -> list[None]:
        whole = Draft(drafts[0].now)
        for draft in drafts:
            whole.join(draft)
        async with store.transaction() as connection:
            await write(connection, whole, store.cipher)
        return [None] * len(drafts)

    return Together(work)
