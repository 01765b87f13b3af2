"""A regime on a terminal: title, marks, facts, then every section, with the source below what rests on it."""

from datetime import date

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from law.doubts import Mark
from law.library import Library
from law.regime import Regime
from law.values import Citation
from web.told.regime import Line, facts, marks_in_words, sections, source
from web.told.words import Voice
from web.words import Language

WARNING = "bold yellow"
SOURCE = "blue"


def show_regime(out: Console, regime: Regime, library: Library, language: Language, day: date) -> None:
    """Print the whole regime; what does not hold on `day` is faint."""
    voice = Voice(language, library)
    first, second = (regime.title.fr, regime.title.en) if language == "fr" else (regime.title.en, regime.title.fr)
    out.print(Text(first, style="bold"), Text(second, style="italic"), sep="\n")
    if found := marks_in_words(regime, voice, day):
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


def indented(head: str, text: Text) -> RenderableType:
    """A text whose further lines stand below its first word, after `head`."""
    grid = Table.grid()
    grid.add_row(Text(head), text)
    return grid


def cited(voice: Voice, citation: Citation, head: str) -> RenderableType:
    """A source below what rests on it."""
    return indented(head, Text(source(voice, citation), style=SOURCE))


def _line(line: Line, voice: Voice, day: date, *, cite: bool) -> RenderableType:
    style = "" if line.value.holds_on(day) else "dim"
    says = Text()
    if line.unverified:
        says.append(f"{voice.term('mark', Mark.UNVERIFIED)} ", style=WARNING)
    says.append(line.says, style=style)
    if line.window:
        says.append(f" ({line.window})", style=style)
    parts = [indented("• ", says)]
    if line.note:
        parts.append(indented("  ", Text(line.note, style="italic")))
    if cite:
        parts.append(cited(voice, line.citation, "    "))
        if line.citation.url:
            parts.append(indented("    ", Text(line.citation.url, style=SOURCE, overflow="fold")))
    return Group(*parts)
