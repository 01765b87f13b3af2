"""`sansdelai law …`: the catalogue, and what the organisation's lawyer signs. Imports neither Prefect nor the store
for what only reads the law."""

import json
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli.run import fail, instant, out, run, settings, staff
from law import library as law_library
from law.errors import LawError

app = typer.Typer(help="Regimes, signatures, standing orders.", no_args_is_help=True)

On = Annotated[str | None, typer.Option("--on", help="as the law stood on that day, 2026-11-23")]


@app.command("list")
def list_regimes(on: On = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """All regimes with their status on a day."""
    day, library = _day(on), _library()
    rows = [
        {
            "id": regime.id,
            "label": regime.label.en,
            "status": str(regime.status_on(day)),
            "letter": str(regime.letter),
            "filing": regime.filing,
            "digest": regime.digest,
        }
        for regime in library.regimes.values()
    ]
    if as_json:
        out.print_json(json.dumps(rows))
        return
    table = Table("regime", "label", "status", "sends", "how", box=None, header_style="bold")
    for row in rows:
        table.add_row(row["id"], row["label"], row["status"], row["letter"], row["filing"])
    out.print(table)


@app.command()
def show(regime: str, on: On = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """One regime with every value and its citation."""
    day = _day(on)
    try:
        found = _library().regime(regime)
    except LawError as error:
        fail(str(error))
    if as_json:
        out.print_json(found.model_dump_json())
        return
    out.print(f"[bold]{found.title.en}[/bold]  ({found.id}, {found.status_on(day)} on {day})", highlight=False)
    table = Table("value", "says", "source", "confidence", box=None, header_style="bold")
    for name in ("standings", "addressee_values", "elements", "preconditions", "clocks", "follows", "measures"):
        for value in getattr(found, name):
            said = value.model_dump(mode="json", exclude={"citation", "note", "from_", "until"}, exclude_none=True)
            words = ", ".join(f"{key} {item}" for key, item in said.items() if item not in ((), [], {}))
            table.add_row(name, words, value.citation.reference, f"{value.citation.kind}, {value.citation.confidence}")
    out.print(table)


@app.command()
def check() -> None:
    """Read every file of the law and report every fault of every file at once."""
    library = _library()
    out.print(f"{len(library.regimes)} regimes, {len(library.categories)} categories: no fault")


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

    end, library, now = instant(until, "--until"), _library(), datetime.now(UTC)
    if (party is None) != (category is None) or end is None:
        fail("a standing order needs both --party and --category; a signature needs neither")

    async def signing() -> None:
        async with open_store(settings()) as store:
            if party and category:
                await order(store, library, regime, party=party, category=category, by=by, until=end, now=now)
            else:
                await record_signature(store, library, regime, by=by, until=end, now=now)

    run(signing())
    what = f"standing order to {party} for {category}" if party else "signature"
    out.print(f"{what} of {regime}, version {library.regime(regime).digest[:12]}, by {by} until {end.isoformat()}")


def _library() -> law_library.Library:
    try:
        return law_library.load()
    except LawError as error:
        fail(str(error))


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"--on: {text!r} is no day; write for example 2026-11-23")
