"""
Plays a scenario: real PostgreSQL, SMTP and HTTP, the very same deeds, under a stepping clock.

The clock jumps to whatever is due next, rounded up to a quarter of an hour; what happens in the file happens at its
own minute. After it, `checks` compares what left and how it ended with what the file says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from cases.desk import Desk
from cases.dispatch import run
from cases.house import read_organisation, refreshed
from cases.office import open_desk
from cases.record.opening import RecordRefused
from edges.probe import Prober
from edges.settings import Settings
from law import library as law_library
from models.due import next_due_at
from models.store import Store
from tests.keys import KEYS
from tests.scenarios.cast import Cast, receive, set_the_stage
from tests.scenarios.happenings import Scene, happen
from tests.scenarios.scenario import Happening, Scenario
from tests.scenarios.world import Clock, Mailbox, Web

QUARTER = timedelta(minutes=15)
MOST_STEPS = 400
STAFF, SECOND_STAFF = "staff@hotline.example", "second@hotline.example"
# A step is a quarter of an hour or more, so that every lease of a few real minutes is over by then.
LEASES_END = text("UPDATE duty SET lease_until = NULL WHERE lease_until IS NOT NULL AND closed_at IS NULL")


class NeverEnds(AssertionError):
    """The scenario takes more steps than any scenario should: something is due again and again."""


@dataclass
class Played:
    """What is left after a scenario."""

    scenario: Scenario
    store: Store
    cast: Cast
    mailbox: Mailbox
    web: Web


@dataclass
class Stage:
    """Where a scenario plays: the parts that stand ready."""

    database_url: str
    smtp_port: int
    mailbox: Mailbox
    home: Path


@asynccontextmanager
async def play(scenario: Scenario, stage: Stage) -> AsyncIterator[Played]:
    """Play a scenario to its end; the store is open while the caller looks at it."""
    clock = Clock(scenario.starts, scenario.starts)
    scripts = {f"desk@{name}.example": list(words) for name, words in scenario.mailboxes.items()}
    stage.mailbox.clear(clock, scripts)
    web = Web(clock, stage.mailbox)
    server = await web.start()
    store = Store(stage.database_url, KEYS)
    try:
        library = law_library.load()
        cast = await set_the_stage(store, library, scenario, web)
        settings = _settings(scenario, stage, web)
        async with open_desk(settings, clock=clock, given=store) as desk, _prober(scenario, settings) as prober:
            await _Play(scenario, replace(desk, prober=prober), settings, cast, web, clock).to_the_end()
        yield Played(scenario, store, cast, stage.mailbox, web)
    finally:
        await store.close()
        server.close()


def _settings(scenario: Scenario, stage: Stage, web: Web) -> Settings:
    house = scenario.house
    file = stage.home / "organisation.toml"
    lines = [
        f"trusted_flagger = {str(house.trusted_flagger).lower()}",
        f"areas = {house.areas}",
        f"bodies = {house.bodies}",
        'designation = {fr = "Signaleur de confiance désigné", en = "Designated trusted flagger"}',
    ]
    if house.standing:
        lines.append(f'recipient_standing = "{house.standing}"')
    if house.parameters:
        lines.append("[parameters.prop-temporary-block]")
        lines += [f'{name} = "{value}"' for name, value in house.parameters.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    hosts = {party.name for party in scenario.parties} | {"nowhere"}
    return Settings(
        home=stage.home,
        database_url=stage.database_url,
        organisation_file=file,
        smtp_port=stage.smtp_port,
        smtp_direct=house.direct_mail,
        staff_address=STAFF,
        second_staff_address=SECOND_STAFF,
        probe_allow=frozenset(f"{host}.example:{web.port}" for host in hosts),
    )


def _prober(scenario: Scenario, settings: Settings) -> Prober:
    """A look gives up after ten seconds; where a site is scripted to let us wait, sooner."""
    spots = [spot.behaves for file in scenario.reports for spot in file.spots]
    waits = any("times out" in phase for list_ in [*spots, *(p.behaves for p in scenario.parties)] for phase in list_)
    return Prober(allow=settings.probe_allow, timeout_s=0.3 if waits else 10)


class _Play:
    """One run through the time of a scenario."""

    def __init__(self, scenario: Scenario, desk: Desk, settings: Settings, cast: Cast, web: Web, clock: Clock) -> None:
        self.scenario, self.desk, self.settings = scenario, desk, settings
        self.cast, self.web, self.clock = cast, web, clock
        self.waiting = sorted(scenario.happens, key=lambda one: one.at)
        self.coming = sorted((file for file in scenario.reports if file.at), key=lambda one: one.at)
        self.end = scenario.starts + scenario.lasts
        self.stops = any(one.do == "stop sending" for one in scenario.happens)  # letters that are stopped rest leased

    async def to_the_end(self) -> None:
        """Step until the end of the scenario."""
        for _ in range(MOST_STEPS):
            await self._befall()
            if self.stops:
                async with self.desk.store.transaction() as connection:
                    await connection.execute(LEASES_END)
            await run(self.desk)
            if self.clock.now >= self.end:
                return
            self.clock.now = await self._next()
        raise NeverEnds(NeverEnds.__doc__)

    async def _befall(self) -> None:
        """Everything in the file whose minute has come."""
        while self.coming and self.coming[0].at <= self.clock.since_start():
            file = self.coming.pop(0)
            number = self.scenario.reports.index(file) + 1
            library = self.desk.library
            await receive(self.desk.store, library, self.scenario, self.cast, self.web, file, number)
        while self.waiting and self.waiting[0].at <= self.clock.since_start():
            await self._let(self.waiting.pop(0))

    async def _let(self, one: Happening) -> None:
        scene = Scene(self.desk, self.cast, self.web, self.scenario, self.clock.now, self._refresh)
        if one.refused is None:
            await happen(scene, one)
            return
        try:
            await happen(scene, one)
        except RecordRefused as refused:
            assert one.refused in str(refused), refused
        else:
            raise AssertionError(f"{one.do} at {one.at} had to be refused")

    async def _refresh(self) -> None:
        self.desk = await refreshed(self.desk, read_organisation(self.settings.organisation_file))

    async def _next(self) -> datetime:
        """The next instant at which anything can happen, on a quarter unless the file names a minute."""
        due = await next_due_at(self.desk.store)
        moments = [one.at for one in self.waiting] + [file.at for file in self.coming]
        wanted = [self.end, *(self.scenario.starts + at for at in moments)]
        if due is not None:
            wanted.append(max(_rounded_up(due, self.scenario.starts), self.clock.now + QUARTER))
        return min(wanted)


def _rounded_up(instant: datetime, start: datetime) -> datetime:
    quarters = -((start - instant) // QUARTER)
    return start + quarters * QUARTER
