"""`sansdelai brake`: what waits after a silence, and its release by a person."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from cases.brake import Braked, Waiting, braked, release, waiting
from cases.office import open_store, real_clock
from cli.run import english, out, run, settings, staff
from law.library import load
from models.base import plain

app = typer.Typer(help="Letters that wait after a silence: see them, release them.", invoke_without_command=True)

STILL = "the brake is not on: letters leave by themselves"


@app.callback()
def brake(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False
) -> None:
    """Show what would be sent if the brake were released."""
    if context.invoked_subcommand is not None:
        return
    now = real_clock()

    async def reading() -> tuple[Braked | None, list[Waiting]]:
        async with open_store(settings()) as store:
            state = await braked(store)
            return state, await waiting(store, load(), now) if state else []

    state, rows = run(reading())
    if as_json:
        told = {name: plain(value) for name, value in asdict(state).items()} if state else None
        listed = [{name: plain(value) for name, value in asdict(row).items()} for row in rows]
        typer.echo(json.dumps({"brake": told, "waiting": listed}, indent=2))
    elif state is None:
        out.print(STILL)
    else:
        _print(state, rows, now)


def _print(state: Braked, rows: list[Waiting], now: datetime) -> None:
    words = english()
    zone = ZoneInfo(words.library.house.zone)
    out.print(f"on since {state.since.astimezone(zone):%Y-%m-%d %H:%M %z}: {state.why}", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("letter", "regime", "addressee", "reports", "oldest date", "late by"):
        table.add_column(name, overflow="fold", justify="right" if name == "reports" else "left")
    for row in rows:
        regime = words.library.regimes.get(row.regime or "")
        label = words.text(regime.label) if regime else row.regime or ""
        oldest = row.oldest.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")
        late = words.span(now - row.oldest)
        table.add_row(words.term("deed", row.deed), escape(label), escape(row.label), str(row.reports), oldest, late)
    out.print(table)
    out.print("release all: sansdelai brake release --by S-07      the first fifty: … --most 50", highlight=False)


@app.command("release")
def let_go(
    by: Annotated[str, typer.Option(help="your staff code, such as S-07", callback=staff)],
    most: Annotated[int | None, typer.Option(help="only the first so many, in the order of their dates", min=1)] = None,
) -> None:
    """Let the letters leave, all or the first so many; who released them stays on record."""

    async def going_on() -> int:
        async with open_store(settings()) as store:
            return await release(store, load(), by=by, now=real_clock(), most=most)

    letters = run(going_on())
    out.print(f"{letters} {'letter' if letters == 1 else 'letters'} released: the next dispatch sends what is due")
