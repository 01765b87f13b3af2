"""What a pass counts, while the lookout for emergencies counts beside it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from flows import dispatch
from flows.dispatch import Tally


async def test_two_bites_at_a_time_count_every_red_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that fails in one bite is counted although the other bite ends in the meantime."""
    waits = iter([0.02, 0.0])

    async def claim(*_: Any, **__: Any) -> list[str]:
        return ["due"]

    async def run_all(*_: Any) -> list[bool]:
        await asyncio.sleep(next(waits))
        return [False]

    async def nothing(*_: Any) -> None:
        """The sign of life is another test's."""

    monkeypatch.setattr(dispatch, "claim_for", claim)
    monkeypatch.setattr(dispatch, "beat", nothing)
    monkeypatch.setattr(dispatch, "groups", lambda dues, library, together: dues)
    monkeypatch.setattr(dispatch, "_run_all", run_all)
    desk: Any = SimpleNamespace(clock=lambda: None, store=None, lease_seconds=60, library=None, together=1)
    tally = Tally()
    await asyncio.gather(*(dispatch._bite(desk, tally, most=1) for _ in range(2)))
    assert Tally(duties=2, groups=2, red=2) == tally
