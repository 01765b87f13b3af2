"""`sansdelai watch`: a small process outside Prefect that sees silence, and says so."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from cases.house import HouseError
from cases.lookout import CHECKS, STORE, Round, look_round
from cases.office import real_clock, store_url
from cases.watchman import report_round
from cases.watchman_mail import Postman
from cli.run import err, out
from edges.alarm_book import AlarmBook, open_book
from edges.health import Health, health_app, served
from edges.interrupt import run_until_signal
from edges.processes import ProcessFault
from edges.settings import Settings, SettingsFault, get_settings
from edges.watch_words import WatchWords
from law.library import Library, load
from models.store import Store
from web.words import Language, Words

CANNOT_LOOK = 2
NAMES = (STORE, *(check.name for check in CHECKS))


def watch(
    once: Annotated[
        bool, typer.Option("--once", help="look once, print it, end: 0 well, 1 wrong, 2 cannot look")
    ] = False,
    mail: Annotated[bool, typer.Option("--mail", help="with --once: alarm by e-mail as well, for a timer")] = False,
    port: Annotated[int | None, typer.Option(help="of the health page on 127.0.0.1", min=1, max=65535)] = None,
) -> None:
    """Look every minute for what is silent, late or dead; alarm by e-mail, exit code and a health page."""
    try:
        where = get_settings(**({"health_port": port} if port else {}))
        if once:
            raise typer.Exit(asyncio.run(_once(where, mail=mail)))
        run_until_signal(_for_ever(where))
    except (SettingsFault, ProcessFault) as fault:
        err.print(str(fault), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(CANNOT_LOOK) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@dataclass(slots=True)
class Watch:
    """One watch: what it looks at, what it has told, and how the last round came out."""

    where: Settings
    library: Library
    book: AlarmBook
    clock: Callable[[], datetime] = real_clock
    health: Health | None = None
    simulated: bool = False
    _said: set[str] = field(default_factory=set)  # faults that stand on standard error already

    def words(self, language: Language) -> WatchWords:
        """The words in a language, with the product's own words for causes."""
        return WatchWords(language, ZoneInfo(self.library.house.zone), Words(language, self.library).cause)

    async def look(self) -> Round:
        """Ask everything once, on connections of this round only: the database may have moved or come back."""
        store: Store | None = None
        with suppress(HouseError):
            store = Store(store_url(self.where), pool=1)
        try:
            found = await look_round(store, self.where, self.clock())
        finally:
            if store is not None:
                await store.close()
        self.simulated = found.simulated or (found.blind and self.simulated)
        return found

    async def round(self, *, mail: bool = True) -> Round:
        """Look, tell people, and set what the health page shows."""
        found = await self.look()
        self.health = self._health(found, untold=self.health.untold if self.health else ())
        untold: list[str] = []
        if mail:
            words = self.words(self.where.staff_language)
            postman = Postman(self.where, words, self.clock(), simulated=self.simulated)
            lull = timedelta(seconds=2 * self.where.watch_every_seconds)
            untold = await report_round(self.book, found, postman.roles, postman, lull=lull)
        self.health = self._health(found, untold=untold)
        self._say_faults()
        return found

    def _health(self, found: Round, untold: list[str] | tuple[str, ...]) -> Health:
        findings = tuple(found.findings[name] for name in NAMES if name in found.findings)
        faults = (self.book.fault,) if self.book.fault else ()
        told = tuple(dict.fromkeys(untold))
        grave = found.grave or bool(told)  # an alarm that cannot leave is itself something wrong
        return Health(found.at, findings, found.asked, NAMES, grave, found.blind, told, faults)

    def _say_faults(self) -> None:
        """On standard error, once for as long as it lasts: alarms that cannot leave, a file that cannot be written."""
        assert self.health is not None
        now = set(self.health.faults)
        if self.health.untold:
            now.add(f"alarms could not leave by e-mail: {', '.join(self.health.untold)}; tried again each round")
        for fault in sorted(now - self._said):
            err.print(fault, style="red", highlight=False, markup=False, soft_wrap=True)
        self._said = now


def _watch(where: Settings) -> Watch:
    return Watch(where, load(), open_book(where.home))


async def _once(where: Settings, *, mail: bool) -> int:
    watching = _watch(where)
    found = await watching.round(mail=mail)
    _print(watching, found)
    if found.blind:
        return CANNOT_LOOK
    assert watching.health is not None
    return 1 if watching.health.grave else 0


async def _for_ever(where: Settings) -> None:
    """Rounds without end beside the health page; a round that fails says so and the next one comes all the same."""
    watching = _watch(where)
    every = where.watch_every_seconds
    app = health_app(
        lambda: watching.health,
        lambda language: watching.words("fr" if language == "fr" else "en"),
        language=where.language,
        every=every,
        clock=watching.clock,
    )
    async with served(app, where.health_port):
        out.print(f"watching; health page http://127.0.0.1:{where.health_port}/", soft_wrap=True)
        while True:
            try:
                await watching.round()
            except Exception as fault:  # the watch outlives whatever it looks at; the page turns stale meanwhile
                err.print(f"a round failed: {type(fault).__name__}", style="red", markup=False)
            await asyncio.sleep(every)


def _print(watching: Watch, found: Round) -> None:
    words = watching.words("en")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("check", "", "what was found"):
        table.add_column(name, overflow="fold")
    for name in NAMES:
        finding = found.findings.get(name)
        if finding is None:
            word = "[green]well[/]" if name in found.asked else "[dim]not asked[/]"
            table.add_row(words.check(name, "title"), word, "")
        else:
            word = "[bold red]wrong[/]" if finding.grave else "[yellow]to know[/]"
            says = f"{words.check(name, 'says', finding.values)} {words.check(name, 'do')}"
            table.add_row(words.check(name, "title"), word, escape(says))
    out.print(table)


if __name__ == "__main__":
    typer.run(watch)
