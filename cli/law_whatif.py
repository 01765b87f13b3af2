"""`sansdelai law whatif`: a changed or new regime on the live portfolio, read only."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from cli.run import fail, out, run, settings
from law import library as law_library
from law.errors import LawError
from law.library import Library
from web.told.words import Voice

if TYPE_CHECKING:
    from cases.whatif import Touched
    from law.whatif import Effect

# What each kind of effect is called, in the order of the summary.
KINDS = {
    "loses_ground": "no longer rests on law in force",
    "no_clock": "end could not be counted",
    "moves": "end of the clock moves",
    "over_now": "would be over now",
    "opens": "would open",
    "no_longer_opens": "would not open any more",
    "would_leave": "letter would leave",
    "would_wait": "letter would wait",
}


def whatif(
    file: Annotated[Path, typer.Argument(help="a changed or new regime file", exists=True, dir_okay=False)],
    most: Annotated[int, typer.Option(help="effects to list; all are counted", min=0)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line for each effect")] = False,
) -> None:
    """What a regime file would change for everything that is open now. Nothing is written, nothing is sent."""

    async def trying() -> None:
        from cases.house import house_of, organisation_facts, read_organisation
        from cases.office import open_store
        from cases.whatif import touched_by, trial
        from models.store import ReadOnly

        now, given = datetime.now(UTC), settings()
        async with open_store(given) as store:
            reading = ReadOnly(store)
            facts, _ = await organisation_facts(
                reading, read_organisation(given.organisation_file), await house_of(reading)
            )
            present = law_library.load()
            tried = trial(file, present, facts, present.house.zone, now)
            await _tell(touched_by(reading, tried, now), tried.regime, present, most, as_json)

    try:
        run(trying())
    except LawError as error:
        fail(str(error))


async def _tell(found: Any, regime: str, library: Library, most: int, as_json: bool) -> None:
    counted: Counter[str] = Counter()
    listed: list[Touched] = []
    reports: set[str] = set()
    async for part in found:
        for one in part:
            counted[one.effect.kind] += 1
            reports.add(one.number)
            if as_json:
                out.print(json.dumps(_plain(one)), soft_wrap=True, highlight=False, markup=False)
            elif len(listed) < most:
                listed.append(one)
    if as_json:
        return
    out.print(f"{regime}: the file is taken as signed", highlight=False)
    if not counted:
        out.print(f"{regime}: nothing that is open now would change")
        return
    out.print(f"{regime}: {len(reports)} reports would be touched; nothing was written", highlight=False)
    for kind, words in KINDS.items():
        if counted[kind]:
            out.print(f"  {counted[kind]:>7,}  {words}", highlight=False)
    _table(listed, sum(counted.values()), Voice("en", library))


def _table(listed: "list[Touched]", total: int, voice: Voice) -> None:
    table = Table("report", "what", "to", "from", "until", "details", box=None, header_style="bold", pad_edge=False)
    table.columns[0].no_wrap = True  # a number that is cut names no report
    for one in listed:
        effect = one.effect
        table.add_row(
            one.number,
            KINDS[effect.kind],
            effect.party or "",
            _at(effect.before),
            _at(effect.after),
            _details(effect, voice),
        )
    out.print(table)
    if total > len(listed):
        out.print(f"… and {total - len(listed):,} more; --most {total} or --json lists them")


def _details(effect: "Effect", voice: Voice) -> str:
    """What would be otherwise, in words; with the condition before which nothing of it leaves."""
    if effect.kind == "loses_ground":
        return voice.term("regime_status", effect.what)
    if effect.condition is None:
        return effect.what
    return f"{effect.what}, nothing leaves before: {voice.term('condition', effect.condition)}"


def _at(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def _plain(one: "Touched") -> dict[str, Any]:
    values = {key: value for key, value in asdict(one.effect).items() if value not in (None, "")}
    return {"report": one.number} | {
        key: value.isoformat() if isinstance(value, datetime) else str(value) for key, value in values.items()
    }
