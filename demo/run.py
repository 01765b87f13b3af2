"""The demo, assembled: real parts on this machine, the story played through the very same flows, and its checks."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic

from rich.console import Console

from cases.office import open_desk
from cli.up import start_site
from demo import parts
from demo.checks import Outcome, general_faults, outcomes
from demo.house import furnish
from demo.platforms import Platforms
from demo.play import Play
from demo.sink import Sink
from demo.stepping import SteppingClock
from demo.story import DAYS, Story, people, read_story
from demo.table import PARIS, Screen
from edges.databases import open_databases
from edges.home import temporary_home
from edges.interrupt import run_until_signal
from edges.keys import make_keys
from edges.processes import Supervisor
from edges.settings import Settings
from flows.service import start_prefect_server, start_worker
from law import library as law_library
from models.store import Store

# Before this day the files of the law of this version know less than the story needs.
EARLIEST_END = datetime(2026, 11, 23, 8, tzinfo=UTC)


class PassFailed(RuntimeError):
    """A pass of the demo did not come to its end."""


@dataclass(slots=True)
class Stage:
    """What stands while the demo runs."""

    screen: Screen
    supervisor: Supervisor
    settings: Settings
    clock: SteppingClock
    story: Story
    platforms: Platforms
    sink: Sink
    store_url: str = ""


def run_demo(console: Console, *, once: bool) -> int:
    """Play the story; returns 0 when every report ended as scripted, else 1. Leaves no process and no file behind."""
    home = temporary_home("sansdelai-demo-")
    screen = Screen(console)
    try:
        with Supervisor(home / "logs") as supervisor, _own_environment():
            stage = set_up(screen, supervisor, home)
            faults = run_until_signal(perform(stage))
            if not once:
                stay(stage)
            return 1 if faults else 0
    finally:
        shutil.rmtree(home, ignore_errors=True)


def beginning(now: datetime) -> datetime:
    """Nine o'clock in Paris, three weeks before the present: the newest such day whose three weeks are over."""
    end = max(now, EARLIEST_END)
    day = (end - timedelta(days=DAYS)).astimezone(PARIS).date()
    for start in (datetime.combine(day - timedelta(days=back), time(9), PARIS).astimezone(UTC) for back in (0, 1)):
        if start + timedelta(days=DAYS) <= end:
            break
    return start


def set_up(screen: Screen, supervisor: Supervisor, home: Path) -> Stage:
    """Start every part, each waiting for the one before."""
    library = law_library.load()  # a broken file of the law stops us here
    start = beginning(datetime.now(UTC))
    clock = SteppingClock(start)
    with screen.step("mail sink and scripted platforms"):
        platforms = supervisor.hold(Platforms(people().behaviours, clock))
        sink = supervisor.hold(Sink(clock, parts.free_port(), platforms.letter_arrived))
    settings = parts.own_settings(home, people(), smtp_port=sink.port, host_ports=platforms.host_ports)
    stage = Stage(screen, supervisor, settings, clock, read_story(start, platforms.port), platforms, sink)
    with screen.step("PostgreSQL, a store born simulated"):
        databases = supervisor.hold(open_databases(settings, durable=False))
        stage.store_url = databases.store
        os.environ["SANSDELAI_DATABASE_URL"] = databases.store
        databases.urls.remember(settings)
        run_until_signal(databases.urls.migrate())
        run_until_signal(furnish(databases.store, make_keys(settings.key_file), people(), library, start))
    with screen.step("Prefect's server and UI"):
        start_prefect_server(supervisor, settings, databases.prefect)
    with screen.step("deployments, their schedules paused"):
        parts.load_prefect(settings.logs / "demo.log")
        run_until_signal(_prepare(settings))
    with screen.step("a worker"):
        start_worker(supervisor, settings, databases.store)
    if parts.site_exists():
        with screen.step("the pages"):
            start_site(supervisor, settings, databases.store)
    return stage


async def _prepare(settings: Settings) -> None:
    from flows.pool import prepare

    await prepare(settings)
    await parts.pause_schedules(settings, paused=True)


async def perform(stage: Stage) -> list[str]:
    """Play the three weeks through Prefect's flows, and show how they ended; returns what was not as scripted."""
    from flows.at_hand import desk_at_hand
    from flows.dispatch import dispatch

    async def one_pass() -> None:
        state = await dispatch(return_state=True)
        if not state.is_completed() or ", 0 red" not in (state.message or ""):
            raise PassFailed(f"a pass of the dispatch ended as {state.name}: {state.message}")

    begun = monotonic()
    store = Store(stage.store_url, make_keys(stage.settings.key_file))
    try:
        async with open_desk(stage.settings, clock=stage.clock, given=store) as desk:
            desk_at_hand.set(desk)
            play = Play(stage.story, desk, stage.clock, stage.platforms.port)
            with stage.screen.progress(stage.story, stage.sink) as watch:
                await play.perform(one_pass, watch)
        stage.clock.let_go()
        played = monotonic() - begun
        found = await outcomes(stage.story, store, stage.sink, play.numbers)
        names = await parts.run_names(stage.settings)
        faults = [fault for one in found for fault in one.faults]
        faults += await general_faults(people(), store, stage.sink.letters, names)
    finally:
        await store.close()
    _show(stage, found, faults, played, play.instants, len(names))
    return faults


def _show(stage: Stage, found: list[Outcome], faults: list[str], played: float, instants: int, names: int) -> None:
    console = stage.screen.console
    reports = sum(len(one.endings) for one in found)
    console.print(
        f"\n{DAYS} days of law in {played:.0f} s: {reports} reports, {len(stage.sink.letters)} letters, "
        f"{instants} instants.",
        highlight=False,
    )
    console.print()
    stage.screen.outcomes(found, people())
    console.print()
    if faults:
        console.print(f"[bold red]Not as scripted: {len(faults)}[/]")
        stage.screen.faults(faults)
        return
    console.print("[bold green]Every report ended as scripted.[/] Nobody unscripted was written to; no name and no")
    console.print(f"address stands in a subject or in the {names} run names of Prefect.", highlight=False)


def stay(stage: Stage) -> None:
    """Let the real clock take over, say where to look, and stay until Ctrl-C."""
    run_until_signal(parts.pause_schedules(stage.settings, paused=False))
    settings, console = stage.settings, stage.screen.console
    console.print()
    if parts.site_exists():
        console.print(f"  pages     http://127.0.0.1:{settings.web_port}/")
    console.print(f"  Prefect   http://127.0.0.1:{settings.prefect_port}/")
    console.print(f"            password: {settings.prefect_auth_string()}", soft_wrap=True)
    console.print("\nThe real clock has taken over, the schedules run. Ctrl-C stops everything and keeps nothing.")
    with contextlib.suppress(KeyboardInterrupt):
        stage.supervisor.wait()


@contextlib.contextmanager
def _own_environment() -> Iterator[None]:
    """Whatever is put into the environment meanwhile is taken out again."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
