"""`sansdelai due`: what is due next."""

import json
from dataclasses import asdict
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from cases.office import open_store
from cases.overview import DueNow, Group, due_next
from cli.run import english, out, run, settings
from models.base import plain
from web.words import Words


def due(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """What is due next: by the machine, and matters for people, one line for each cause and addressee."""
    where = settings()

    async def reading() -> DueNow:
        async with open_store(where) as store:
            return await due_next(store)

    found = run(reading())
    if as_json:
        typer.echo(json.dumps({"machine": _data(found.machine), "people": _data(found.people)}, indent=2))
        return
    _print("By the machine", "regime", found.machine)
    _print("Matters for people", "cause", found.people)


def _data(groups: list[Group]) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in asdict(group).items()} for group in groups]


def _print(title: str, why: str, groups: list[Group]) -> None:
    words = english()
    zone = ZoneInfo(words.library.house.zone)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("due", "what", why, "addressee", "reports"):
        table.add_column(name, overflow="fold", justify="right" if name == "reports" else "left")
    for group in groups:
        when = group.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")
        told = _why(group, why, words)
        style = "bold red" if group.urgent else ""
        label = escape(group.addressee or "")
        table.add_row(when, words.term("deed", group.deed), escape(told), label, str(group.reports), style=style)
    if not groups:
        table.add_row("", "nothing", "", "", "0")
    out.print(table)


def _why(group: Group, kind: str, words: Words) -> str:
    if group.why is None:
        return ""
    if kind == "cause":
        return words.cause(group.why)
    regime = words.library.regimes.get(group.why)
    return words.text(regime.label) if regime else group.why
