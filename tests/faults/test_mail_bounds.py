"""What our own bounds do to letters on record: held back costs nothing, and what is urgent goes first."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cases.desk import Desk
from cases.dispatch import run
from cases.notify import notify
from cases.office import mailer as office_mailer
from edges.mail import Mailer
from edges.settings import get_settings
from models.due import claim
from models.store import Store
from tests.edges.mail_servers import Scripted, running
from tests.faults.house import NOW, at_work, faults_of, furnish, route_all, run_patiently, scalar, settings
from tests.keys import KEYS
from tests.owning import as_owner

UNTOUCHED = "SELECT count(*) FROM letter WHERE status = 'planned' AND copies = 0"
NOTICES = "deed = 'notify' AND closed_at IS NULL"


def with_mailer(desk: Desk, port: int, **more: Any) -> Desk:
    """The same desk, its letters going out under other bounds."""
    return replace(desk, mailer=Mailer(host="127.0.0.1", port=port, tls="none", direct=True, simulated=True, **more))


async def test_a_letter_that_is_held_back_stays_due_soon_and_counts_as_no_attempt(
    database_url: str, home: Path
) -> None:
    """Nothing on record says that it was tried; it leaves, once, as soon as its recipient may have another one."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=4)
    log: list[str] = []
    async with (
        running(lambda: Scripted({}, log)) as port,
        at_work(settings(home, database_url, port), lambda: NOW) as desk,
    ):
        await route_all(desk)
        events = await scalar(store, "SELECT count(*) FROM event")
        await run(with_mailer(desk, port, rate_per_minute=1))
        assert log.count("BODY") == 1
        assert await scalar(store, UNTOUCHED) == 3
        assert (
            await scalar(
                store, f"SELECT count(*) FROM duty WHERE {NOTICES} AND attempts = 0 AND due_at <= :now", now=NOW
            )
            == 3
        )
        resting = f"SELECT max(lease_until) - clock_timestamp() FROM duty WHERE {NOTICES}"
        assert timedelta(0) < await scalar(store, resting) <= timedelta(seconds=15)
        assert await scalar(store, "SELECT count(*) FROM event WHERE body LIKE '%deferred%'") == 0
        assert await scalar(store, "SELECT count(*) FROM event") > events  # the one that left, and three plans
        async with store.transaction() as connection:
            await connection.execute(
                text("UPDATE duty SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL")
            )
        await run_patiently(with_mailer(desk, port, rate_per_minute=0))
    assert log.count("BODY") == 4
    assert await scalar(store, "SELECT count(*) FROM letter WHERE status = 'sent' AND copies = 1") == 4
    assert await faults_of(store) == []
    await store.close()


async def test_the_most_urgent_of_those_that_wait_goes_first(database_url: str, home: Path) -> None:
    """One connection and many letters: child protection before what can wait, whatever was claimed first."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=6)
    letters: list[str] = []
    order: list[int] = []

    class Watched(Mailer):
        async def send(self, **given: Any) -> Any:
            before = given.pop("before_data")

            async def noted() -> None:
                order.append(given["priority"])
                letters.append(given["envelope_id"])
                await before()

            return await super().send(before_data=noted, **given)

    async with (
        running(lambda: Scripted({}, [])) as port,
        at_work(settings(home, database_url, port), lambda: NOW) as desk,
    ):
        await route_all(desk)
        async with as_owner(store) as connection:  # as six reports of different categories would be
            for ordinal, priority in enumerate((7, 1, 5, 3, 1, 9), 1):
                await connection.execute(
                    text(
                        "UPDATE duty SET priority = :p WHERE deed = 'notify' AND report_id = (SELECT id FROM report WHERE number = :n)"
                    ),
                    {"p": priority, "n": f"R-2026-{ordinal:06}"},
                )
        post = Watched(host="127.0.0.1", port=port, tls="none", direct=True, simulated=True, connections=1)
        dues = await claim(store, NOW, lease_seconds=60)
        await notify(replace(desk, mailer=post), sorted(dues, key=lambda due: -due.priority), NOW)
    # the first one that came took the free connection; among those that waited the order is that of urgency
    assert order[0] == 9 and order[1:] == [1, 1, 3, 5, 7]
    ids = {str(each) for each in await scalar(store, "SELECT array_agg(id) FROM letter")}
    assert len(set(letters)) == len(ids) == 6
    await store.close()


async def test_a_simulated_store_knows_no_rate() -> None:
    """On a stepping clock the letters of weeks leave in a minute, and to this machine only."""
    given = get_settings(smtp_rate_per_minute=5, smtp_per_recipient=3)
    simulated, real = office_mailer(given, simulated=True), office_mailer(given, simulated=False)
    assert (simulated._rates._interval, simulated._turns._most) == (0.0, 3)
    assert real._rates._interval == 12.0
