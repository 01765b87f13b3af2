"""
`sansdelai law`: the regimes, what one says, whether the files are whole; a lawyer's signature and standing orders.

Reading the law imports neither Prefect nor the store; only `sign` opens it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.law_ask import day_of, language_of, library_or_fail
from cli.law_clock import clock, recompute
from cli.law_measure import measure
from cli.law_route import route
from cli.law_screen import WARNING, show_regime
from cli.law_whatif import whatif
from cli.run import fail, instant, out, run, settings, staff
from law import library as law_library
from law.doubts import marks, values_of, weakest, weakest_clock
from law.errors import Fault, LawError, LawFault
from law.regime import Regime
from web.told.words import Voice

app = typer.Typer(help="Regimes, routes, clocks, signatures, standing orders.", no_args_is_help=True)
On = Annotated[str | None, typer.Option("--on", help="as the law stood on that day, 2026-11-23")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document")]
Lang = Annotated[str, typer.Option("--lang", help="en or fr")]


@app.command("list")
def list_regimes(on: On = None, lang: Lang = "en", as_json: AsJson = False) -> None:
    """All regimes, with their status on a day and how sure their least sure clock is."""
    library, language = library_or_fail(), language_of(lang)
    day = day_of(on, library)
    regimes = [library.regimes[id] for id in library.ids()]
    if as_json:
        typer.echo(json.dumps([_row(regime, day) for regime in regimes], ensure_ascii=False, indent=1))
        return
    voice = Voice(language, library)
    heads = voice.either("régime où statut délai marques", "regime where status clock marks").split()
    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    table.columns[0].no_wrap = True
    for regime in regimes:
        status = voice.term("regime_status", regime.status_on(day))
        sure = weakest_clock(regime, day)
        ours = voice.either("le nôtre", "ours") if regime.clocks else "–"
        sureness = voice.term("sure", sure) if sure else ours
        found = ", ".join(voice.term("mark", one) for one in marks(regime, day))
        table.add_row(regime.id, regime.jurisdiction, status, sureness, f"[{WARNING}]{found}[/]")
    out.print(table)
    says = (
        f"Statut au {day}. Ce qu'un avocat a signé se lit au registre.",
        f"Status on {day}. What a lawyer signed is in the store.",
    )
    out.print(voice.either(*says), style="dim", highlight=False)


def _row(regime: Regime, day: date) -> dict[str, Any]:
    sure = weakest_clock(regime, day)
    return {
        "id": regime.id,
        "aliases": list(regime.aliases),
        "label": regime.label.en,
        "jurisdiction": regime.jurisdiction,
        "status": str(regime.status_on(day)),
        "letter": str(regime.letter),
        "filing": regime.filing,
        "clock_confidence": str(sure) if sure else None,
        "marks": [str(one) for one in marks(regime, day)],
        "digest": regime.digest,
    }


@app.command()
def show(regime: str, on: On = None, lang: Lang = "en", as_json: AsJson = False) -> None:
    """One regime, by id or alias: everything it says, each statement with its source and how sure that is."""
    library, language = library_or_fail(), language_of(lang)
    day = day_of(on, library)
    try:
        found = library.regime(regime)
    except LawError as error:
        fail(str(error))
    if not as_json:
        show_regime(out, found, library, language, day)
        return
    sure = weakest(values_of(found))
    of_the_day = {
        "on": str(day),
        "status_on": str(found.status_on(day)),
        "marks": [str(one) for one in marks(found, day)],
        "weakest_confidence": str(sure) if sure else None,
    }
    whole = found.model_dump(mode="json", by_alias=True)
    typer.echo(json.dumps({**whole, "of_the_day": of_the_day}, ensure_ascii=False, indent=1))


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="another folder of the same shape")] = None,
    as_json: AsJson = False,
) -> None:
    """Read every file of the law and report every fault of every file at once."""
    if folder is not None and not folder.is_dir():
        fail(f"{folder} is no folder; allowed: a folder with order.toml, categories.toml, ..., and regimes/")
    faults: Sequence[Fault] = ()
    try:
        library = law_library.load(folder)
    except LawFault as error:
        faults = error.faults
    if as_json:
        rows = [{"file": one.file, "key": one.key, "says": one.says, "allowed": one.allowed} for one in faults]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif faults:
        fail(str(LawFault(faults)))
    else:
        out.print(f"{len(library.regimes)} regimes, {len(library.categories)} categories: no fault", highlight=False)
    raise typer.Exit(1 if faults else 0)


@app.command()
def sign(
    regime: str,
    by: Annotated[str, typer.Option(help="staff code of the lawyer", callback=staff)],
    until: Annotated[str, typer.Option(help="until when, ISO 8601 with zone")],
    party: Annotated[str | None, typer.Option(help="a standing order: the authority's number")] = None,
    category: Annotated[str | None, typer.Option(help="a standing order: the category")] = None,
) -> None:
    """Sign the present version of a regime; with --party and --category, give a standing order for that route."""
    from cases.office import open_store
    from cases.sign import order
    from cases.sign import sign as record_signature

    end, library, now = instant(until, "--until"), library_or_fail(), datetime.now(UTC)
    if (party is None) != (category is None) or end is None:
        fail("a standing order needs both --party and --category; a signature needs neither")
    try:
        library.regime(regime)
    except LawError as error:
        fail(str(error))

    async def signing() -> None:
        async with open_store(settings()) as store:
            if party is not None and category is not None:
                await order(store, library, regime, party=party, category=category, by=by, until=end, now=now)
            else:
                await record_signature(store, library, regime, by=by, until=end, now=now)

    run(signing())
    what = f"standing order to {party} for {category}" if party is not None else "signature"
    out.print(f"{what} of {regime}, version {library.regime(regime).digest[:12]}, by {by} until {end.isoformat()}")


def told(command: Callable[..., None]) -> Callable[..., None]:
    """The same command, where an error of the law is one message and exit code 1."""

    @wraps(command)
    def telling(*given: Any, **named: Any) -> None:
        try:
            command(*given, **named)
        except LawError as error:
            fail(str(error))

    return telling


for command in (route, clock, measure, recompute, whatif):
    app.command(command.__name__)(told(command))
