"""What a lawyer's signature may be, and that two at once ask for a route once."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from cases.moves import SIGNED
from cases.sign import SignatureRefused, _check_status, sign
from law.decide import UNSIGNED
from law.library import load
from law.vocabulary import Deed, RegimeStatus
from models.draft import Draft
from models.procedure import PERSON
from models.store import Store
from models.tables import Duty, Report
from tests.cases.conftest import NOW
from tests.faults.house import furnish, scalar
from tests.keys import KEYS

LIBRARY = load()


async def signed(store: Store, regime: str, until: datetime) -> None:
    """One signature."""
    await sign(store, LIBRARY, regime, by="L-01", until=until, now=NOW)


async def test_a_signature_lasts_five_years_at_most(store: Store) -> None:
    """The last day of the fifth year is taken; the day after is refused with the day allowed, and nothing is kept."""
    last = NOW.replace(year=NOW.year + 5)
    await signed(store, "eu-dsa-16", last)
    with pytest.raises(SignatureRefused, match="5 years at most: give an --until up to 2031-11-23"):
        await signed(store, "eu-dsa-16", last + timedelta(days=1))
    async with store.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM signature"))).scalar() == 1


async def test_a_regime_of_unknown_status_is_not_signed(store: Store) -> None:
    """Nothing may open under it, so a signature would promise what the gate refuses."""
    with pytest.raises(SignatureRefused, match="fr-sren-5 is unknown today: nothing may open under it"):
        await signed(store, "fr-sren-5", NOW + timedelta(days=30))


@pytest.mark.parametrize("status", RegimeStatus)
def test_each_status_under_which_nothing_may_open_again_is_refused(status: RegimeStatus) -> None:
    """Unknown, expired, repealed; a law that applies later may be signed before."""
    regime: Any = SimpleNamespace(id="x", status_on=lambda day: status)
    if status in ("unknown", "expired", "repealed"):
        with pytest.raises(SignatureRefused, match=f"x is {status} today"):
            _check_status(regime, LIBRARY, NOW)
    else:
        _check_status(regime, LIBRARY, NOW)


async def test_two_signings_at_once_ask_for_a_route_once(database_url: str) -> None:
    """The second finds the matter closed: one matter, one duty to route anew."""
    store = Store(database_url, KEYS)
    await furnish(store, orders=False)
    async with store.session() as session:
        report = (await session.exec(select(Report))).one()
    draft = Draft(NOW)
    matter = Duty(report_id=report.id, deed=Deed.DECIDE, due_at=NOW, priority=5, cause=UNSIGNED, by=PERSON)
    draft.event(report.id, "routed").add(matter)
    await store.write(draft)
    until = NOW + timedelta(days=30)
    async with store.transaction() as other:  # whoever holds the report makes both come to the same point
        await other.execute(text("SELECT id FROM report FOR UPDATE"))
        both = [asyncio.create_task(signed(store, regime, until)) for regime in ("eu-dsa-16", "eu-dsa-22")]
        await asyncio.sleep(0.5)
        assert not any(one.done() for one in both)
    await asyncio.gather(*both)
    assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'route' AND cause = :c", c=SIGNED) == 1
    assert await scalar(store, "SELECT count(*) FROM signature WHERE signed_at = :n", n=NOW) == 2
    await store.close()
