"""What the demo prints: start-up steps, one line of progress, two tables, and where to look."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from demo.checks import Outcome
from demo.sink import Sink
from demo.story import Later, People, Story

PARIS = ZoneInfo("Europe/Paris")
MOST_FAULTS = 20
FOOTNOTE = "* a temporary block pending a court: a proposal, not law; it is played in a simulated store only"


@dataclass(slots=True)
class Screen:
    """The terminal."""

    console: Console

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step of the start: its name, and how long it took when it is done."""
        begun = monotonic()
        with self.console.status(f"{name} …") if self.console.is_terminal else _nothing():
            yield
        self.console.print(f"  [green]✓[/] {name:<44} [dim]{monotonic() - begun:5.1f} s[/]", highlight=False)

    @contextmanager
    def progress(self, story: Story, sink: Sink) -> Iterator["Watcher"]:
        """The line that moves during the play; nothing of it where there is no terminal."""
        columns = (TextColumn("  {task.description}"), BarColumn(20), TextColumn("{task.fields[count]}", style="dim"))
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as bar:
            yield Watcher(bar, story, sink)

    def outcomes(self, found: Sequence[Outcome], people: People) -> None:
        """Both tables."""
        self.console.print(platforms_table([one for one in found if one.script.table == "platforms"], people.short))
        self.console.print(f"[dim]{FOOTNOTE}[/]\n")
        self.console.print(days_table([one for one in found if one.script.table == "days"], people.later))

    def faults(self, faults: Sequence[str]) -> None:
        """What did not end as scripted."""
        for fault in faults[:MOST_FAULTS]:
            self.console.print(Text(f"  ✗ {fault}", style="red"))
        if len(faults) > MOST_FAULTS:
            self.console.print(f"  … and {len(faults) - MOST_FAULTS} more")


class Watcher:
    """Moves the line of progress to an instant of the play."""

    def __init__(self, bar: Progress, story: Story, sink: Sink) -> None:
        self._bar, self._story, self._sink = bar, story, sink
        total = (story.end - story.start).total_seconds()
        self._task = bar.add_task(day_of(story.start), total=total, count="")

    def __call__(self, at: datetime) -> None:
        """Show this instant."""
        done = (at - self._story.start).total_seconds()
        count = f"{len(self._sink.letters)} letters · {escalations(self._story, self._sink)} to authorities"
        self._bar.update(self._task, completed=done, description=day_of(at), count=count)


def day_of(at: datetime) -> str:
    """An instant as the line of progress shows it, in the house's zone."""
    return f"{at.astimezone(PARIS):%a %d %b %Y %H:%M}"


def escalations(story: Story, sink: Sink) -> int:
    """How many letters went to somebody who is no platform: regulator, prosecutor, court."""
    outside = {*story.people.staff}
    return sum(not one.recipient.startswith("abuse@") and one.recipient not in outside for one in sink.letters)


def platforms_table(found: Sequence[Outcome], short: Mapping[str, str]) -> Table:
    """A line for each behaviour: how many reports, what came of their procedures, how many letters."""
    table = _table("Scripted platforms", "reports", "letters", "what came of it")
    for one in found:
        letters = sum(sum(ending.letters.values()) for ending in one.endings)
        table.add_row(one.script.title, str(len(one.endings)), str(letters), what_happened(one, short), _mark(one))
    return table


def days_table(found: Sequence[Outcome], later: Sequence[Later]) -> Table:
    """The ten real days; those that are not played say why."""
    table = Table(title="Ten real days", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("", "what happened, and where it stands", ""):
        table.add_column(name, header_style="dim", overflow="fold")
    table.columns[0].min_width, table.columns[0].max_width = 20, 24
    for one in found:
        stages = ", ".join(dict.fromkeys(ending.stage for ending in one.endings))
        table.add_row(one.script.title, Text.assemble(one.script.what, (f" · {stages}", "cyan")), _mark(one))
    for day in later:
        table.add_row(Text(day.title, style="dim"), Text(day.what, style="dim"), "")
    return table


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", min_width=20, max_width=24, overflow="fold")
    for name in names[:-1]:
        table.add_column(name, justify="right", header_style="dim", no_wrap=True)
    table.add_column(names[-1], header_style="dim", overflow="fold")
    table.add_column("")
    return table


def what_happened(outcome: Outcome, short: Mapping[str, str]) -> Text:
    """The procedures of all reports of a script with their stages; a number where not every report has one."""
    counts = Counter(procedure for ending in outcome.endings for procedure in ending.procedures)
    text = Text()
    for procedure, times in counts.items():
        regime, _, stage = procedure.partition(" ")
        if text:
            text.append(" · ")
        text.append(f"{short.get(regime, regime)} ").append(stage.replace("_", " "), style=STYLES.get(stage, ""))
        if times != len(outcome.endings):
            text.append(f" ×{times}", style="dim")
    return text


STYLES = {
    "complied": "green", "missed": "red", "unanswered": "yellow", "refused": "yellow", "running": "cyan",
    "confirmed": "green", "lapsed": "magenta", "withdrawn": "dim", "moved": "magenta",
}  # fmt: skip


def _mark(outcome: Outcome) -> Text:
    return Text("✗", style="bold red") if outcome.faults else Text("✓", style="green")


@contextmanager
def _nothing() -> Iterator[None]:
    yield
