"""Search by exact address works through keyed hashes, which die with the key."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from cases.erase import erase
from cases.find import at_address, on_platform
from cases.intake import import_lines
from cases.places import BadPlace
from edges.intake_files import Line
from models.private import Purpose
from models.store import Store
from tests.auditing import audited

PLACE = "https://forum.example/t/1"


async def test_an_address_is_found_until_it_is_erased(
    store: Store, line: Callable[..., Line], now: datetime, tmp_path: Path
) -> None:
    """In any spelling of the same place; another path, and an erased one, are not found."""
    [number] = (await import_lines(store, [line(location=PLACE)], now=now)).numbers
    assert [one.number for one in await at_address(store, "HTTPS://FORUM.example:443/t/1")] == [number]
    assert await at_address(store, PLACE + "0") == []
    assert await on_platform(store, "P-0001", 10) == []
    wanted = [Purpose.LOCATION]
    await erase(store, [number], wanted, by="S-09", cause="request", ledger=tmp_path / "erasures.jsonl", now=now)
    assert await at_address(store, PLACE) == []
    assert await audited(store) == []


async def test_what_is_no_place_is_said(store: Store) -> None:
    """The message never repeats what was typed."""
    with pytest.raises(BadPlace) as refused:
        await at_address(store, "\x00secret")
    assert "secret" not in str(refused.value)
