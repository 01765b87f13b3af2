"""`sansdelai law whatif` in words: the report is always whole, and nothing of ours is called a deadline."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

import cli.law_whatif
from cases.whatif import Touched
from law.library import load
from law.whatif import Effect

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HELD = "police_no_objection_or_agreed_delay"
EFFECTS = [
    Effect("moves", "eu-dsa-16", "P-0001", AT, AT),
    Effect("opens", "eu-dsa-16", "P-0001", what="eu-dsa-16 to P-0001", condition=HELD),
    Effect("loses_ground", "eu-dsa-16", "P-0001", what="repealed"),
    Effect("no_clock", "eu-dsa-16", "P-0001", AT, what="eu-dsa-16 has no clock on that day"),
    Effect("over_now", "eu-dsa-16", "P-0001", AT, AT, "eu-dsa-53 to P-9001, fr-prosecutor to P-9002"),
    Effect("would_wait", "eu-dsa-16", "P-0001", what="in_force, standing, notice_mechanism, platform_not_small"),
]


async def _found() -> AsyncIterator[list[Touched]]:
    yield [Touched(f"R-2026-{number:06}", effect) for number, effect in enumerate(EFFECTS, 1)]


async def told(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    """What stands on a screen of that width."""
    screen = StringIO()
    monkeypatch.setattr(cli.law_whatif, "out", Console(file=screen, width=width))
    await cli.law_whatif._tell(_found(), "eu-dsa-16", load(), 50, False)
    return screen.getvalue()


@pytest.mark.parametrize("width", [80, 60])
async def test_a_report_number_is_never_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """A number that is cut names no report: on a usual screen, and on a narrow one."""
    lines = (await told(monkeypatch, width)).splitlines()
    for number in range(1, len(EFFECTS) + 1):
        assert sum(line.split(" ")[0] == f"R-2026-{number:06}" for line in lines) == 1


async def test_the_words_say_what_is_assumed_and_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken as signed; held until the police answered; a status in words; and an end of a clock, not a deadline."""
    words = await told(monkeypatch, 300)
    assert "the file is taken as signed" in words
    assert "nothing leaves before: the police had no objection" in words
    assert "end of the clock moves" in words and "deadline" not in words
    assert "no longer rests on law in force" in words and "repealed" in words
