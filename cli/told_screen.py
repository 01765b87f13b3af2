"""A regime on a terminal: title, marks, facts, then every section, with the source below what rests on it."""

from datetime import date

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.told import Line, facts, sections, source
from cli.told_words import Voice
from law.doubts import Mark, marks, unverified, values_of
from law.library import Library
from law.regime import Regime
from web.words import Language

WARNING = "bold yellow"


def show_regime(out: Console, regime: Regime, library: Library, language: Language, day: date) -> None:
    """Print the whole regime; what does not hold on `day` is faint."""
    voice = Voice(language, library)
    first, second = (regime.title.fr, regime.title.en) if language == "fr" else (regime.title.en, regime.title.fr)
    out.print(Text(first, style="bold"), Text(second, style="italic"), sep="\n")
    found = marks_in_words(regime, voice, day)
    if found:
        out.print(Text(found, style=WARNING))
    status = voice.term("regime_status", regime.status_on(day))
    table = Table.grid(padding=(0, 2))
    for name, value in [("id", regime.id), (str(day), status), *facts(regime, voice), ("version", regime.digest[:12])]:
        table.add_row(Text(name, style="cyan"), Text(value))
    out.print(table)
    for section in sections(regime, library, language):
        out.print()
        out.print(Text(section.title, style="bold"))
        for index, line in enumerate(section.lines):
            after = section.lines[index + 1] if index + 1 < len(section.lines) else None
            shared = after is not None and after.citation == line.citation
            out.print(_line(line, voice, day, cite=not shared))


def marks_in_words(regime: Regime, voice: Voice, day: date) -> str:
    """Such as `PROPOSAL · UNVERIFIED (5 of 7)`; nothing for a regime without a doubt."""
    told = []
    for mark in marks(regime, day):
        word = voice.term("mark", mark)
        if mark is Mark.UNVERIFIED:
            count, whole = unverified(regime, day), len(values_of(regime, day))
            word += voice.either(f" ({count} sur {whole})", f" ({count} of {whole})")
        told.append(word)
    return " · ".join(told)


def _line(line: Line, voice: Voice, day: date, *, cite: bool) -> RenderableType:
    style = "" if line.value.holds_on(day) else "dim"
    says = Text("• ")
    if line.unverified:
        says.append(f"{voice.term('mark', Mark.UNVERIFIED)} ", style=WARNING)
    says.append(line.says, style=style)
    if line.window:
        says.append(f" ({line.window})", style=style)
    parts: list[RenderableType] = [_hanging(says)]
    if line.note:
        parts.append(Padding(Text(line.note, style="italic"), (0, 0, 0, 2)))
    if cite:
        parts.append(Padding(Text(source(voice, line.citation), style="blue"), (0, 0, 0, 4)))
        if line.citation.url:
            parts.append(Padding(Text(line.citation.url, style="blue", no_wrap=True, overflow="fold"), (0, 0, 0, 4)))
    return Group(*parts)


def _hanging(text: Text) -> RenderableType:
    """A bullet whose further lines are set in."""
    grid = Table.grid()
    grid.add_row(text[:2], text[2:])
    return grid
