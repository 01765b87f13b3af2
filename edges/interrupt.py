"""
Running a coroutine so that a signal ends it in good order.

A KeyboardInterrupt raised in the middle of a driver's code may be swallowed there, or leave a half-read answer. So a
signal only cancels the work, the loop ends by itself, and the interrupt is raised when it is over.
"""

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_signal(work: Coroutine[Any, Any, Result]) -> Result:
    """
    Run `work` to its end; call it from the main thread.

    Raises:
        KeyboardInterrupt: a signal came; the work was cancelled and has ended.
    """
    came = False

    async def guarded() -> Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def on_signal(number: int, frame: FrameType | None) -> None:
            nonlocal came
            came = True
            loop.call_soon_threadsafe(task.cancel)

        former = {number: signal.signal(number, on_signal) for number in SIGNALS}
        try:
            return await work
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    try:
        return asyncio.run(guarded())
    except (asyncio.CancelledError, Exception):
        if came:  # whatever was raised came of the cancelling
            raise KeyboardInterrupt from None
        raise
