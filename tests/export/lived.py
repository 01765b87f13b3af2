"""A report that was lived: notice, silence, escalation, all on real parts, the clock stepping."""

from datetime import datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller

from cases.dispatch import run
from cases.office import open_desk
from cases.seal import seal_now
from edges.settings import Settings
from models.due import next_due_at
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, ORGANISATION, furnish
from tests.scenarios.world import Mailbox

NUMBER = "R-2026-000001"
HOST = "marie-durand.example"
LASTS = timedelta(days=8)


class Clock:
    """Legal time, as the test steps it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def lived(store: Store, url: str, home: Path) -> datetime:
    """Live eight days; returns the legal time at their end."""
    await furnish(store, url=f"http://{HOST}/photos")
    file = home / "organisation.toml"
    file.write_text(ORGANISATION, encoding="utf-8")
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    clock = Clock(NOW)
    settings = Settings(
        home=home, database_url=url, organisation_file=file, smtp_port=controller.port, smtp_direct=True
    )
    try:
        async with open_desk(settings, clock=clock, given=store) as desk:
            while clock.now < NOW + LASTS:
                await run(desk)
                await seal_now(store)
                due = await next_due_at(store)
                clock.now = max(due or NOW + LASTS, clock.now + timedelta(hours=1))
    finally:
        controller.stop()
    return clock.now
