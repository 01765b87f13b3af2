"""`sansdelai audit …`: verify the record, export it so that a stranger can check it, and seal it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.run import fail, instant, out, run, settings, staff, two_people, warn_of_ownership

app = typer.Typer(help="Verify, export and seal the record.", no_args_is_help=True)

WHOLE, BROKEN, UNREADABLE = 0, 1, 2
MOST_SHOWN = 20


def _bar(text: str) -> Progress:
    return Progress(
        TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out, transient=True
    )


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="an export; without it, the whole store")] = None,
    trust: Annotated[Path | None, typer.Option(help="PEM certificates of time-stamp authorities")] = None,
    lang: Annotated[str, typer.Option(help="fr or en")] = "en",
) -> None:
    """Check every chain, seal, row, text and letter. Exit code 0: whole, 1: broken, 2: unreadable."""
    if file is None:
        _verify_store()
        return
    from proof.verify import verify as verify_export

    outcome = verify_export(file, trust, lang)
    for sentence in outcome.sentences:
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(outcome.code)


def _verify_store() -> None:
    from cases.audit_store import audit_store
    from cases.office import store_url

    where = settings()
    with _bar("events checked") as bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        done = run(audit_store(store_url(where), where.key_file, progress))
    warn_of_ownership(done.owned)
    waiting = f", {done.unsealed} of them not sealed yet" if done.unsealed else ""
    if not done.faults:
        out.print(f"whole: {done.reports} reports, {done.events} events{waiting}, {done.seals} seals")
        raise typer.Exit(WHOLE)
    out.print(f"broken: the first broken link is {done.faults[0]}", markup=False, soft_wrap=True)
    for fault in done.faults[1:MOST_SHOWN]:
        out.print(f"  also {fault}", markup=False, soft_wrap=True)
    if len(done.faults) > MOST_SHOWN:
        out.print(f"  and {len(done.faults) - MOST_SHOWN} more")
    raise typer.Exit(BROKEN)


@app.command()
def export(
    numbers: Annotated[list[str], typer.Argument(help="case numbers, such as R-2026-000123")],
    by: Annotated[str, typer.Option("--by", help="your staff code", callback=staff)],
    output: Annotated[Path, typer.Option("-o", "--output", help="FILE.zip; a folder for several reports")],
    profile: Annotated[str, typer.Option(help="court, police, regulator, platform, data_subject")] = "court",
    lang: Annotated[str, typer.Option(help="fr or en")] = "fr",
    as_known_on: Annotated[str | None, typer.Option(help="only what was known by then, ISO 8601 with zone")] = None,
    party: Annotated[str | None, typer.Option(help="who gets it, by its number; for a platform always")] = None,
    second: Annotated[str | None, typer.Option(help="staff code of a second person, above 50 reports")] = None,
) -> None:
    """One zip a report, which its reader checks with nothing of ours but verify.py."""
    from cases.office import open_store, real_clock
    from law import library as law_library
    from web.export.run import Wish, export

    if lang not in ("fr", "en"):
        fail(f"--lang: {lang!r} is unknown; allowed: fr, en")
    if second is not None:
        two_people(by, second)
    where, day = settings(), instant(as_known_on, "--as-known-on")
    to = _places(numbers, output)
    wish = Wish(tuple(numbers), profile, "fr" if lang == "fr" else "en", by, second, day, party)

    async def exporting() -> None:
        async with open_store(where) as store:
            with _bar("reports exported") as bar:
                task = bar.add_task("", total=len(numbers))
                made = await export(
                    store,
                    law_library.load(),
                    wish,
                    to,
                    organisation=where.organisation,
                    now=real_clock(),
                    progress=lambda done: bar.update(task, completed=done),
                )
        for one in made:
            out.print(f"{one.number}  {one.events} events  fingerprint {one.fingerprint}", soft_wrap=True)

    run(exporting())


def _places(numbers: list[str], output: Path) -> Callable[[str], Path]:
    """The file of each report; a bad place is said before anything is read."""
    bad = [number for number in numbers if not re.fullmatch(r"R-\d{4}-\d{6,9}", number)]
    if bad:
        fail(f"no case number: {', '.join(bad)}; such as R-2026-000123")
    if output.is_dir() or len(numbers) > 1:
        output.mkdir(parents=True, exist_ok=True)
        return lambda number: output / f"{number}.zip"
    if not output.parent.is_dir():
        fail(f"there is no folder {output.parent}")
    return lambda number: output


@app.command()
def seal() -> None:
    """Seal now what no seal covers yet, and ask the authorities for the tokens that are missing."""
    from cases.office import open_store
    from cases.seal import seal_round
    from edges.timestamp import read_trust

    where = settings()

    async def sealing() -> bool:
        async with open_store(where) as store:
            trust = read_trust(where.timestamp_trust) if where.timestamp_trust else None
            done = await seal_round(store, sorted(where.timestamp_urls), trust)
        out.print(f"seal {done.seal} made" if done.seal else "nothing new to seal")
        for failure in done.failures:
            out.print(str(failure), soft_wrap=True)
        if not where.timestamp_urls:
            out.print("no time-stamp authority is set: SANSDELAI_TIMESTAMP_URLS")
        elif done.late:
            out.print(f"{len(done.late)} seals wait for a token; asked again with the next round")
        return bool(where.timestamp_urls and done.late)

    if run(sealing()):
        raise typer.Exit(1)


@app.command()
def seals() -> None:
    """All seals, newest first, with their tokens."""
    from cases.office import open_store
    from cases.seal import list_seals

    async def listing() -> None:
        async with open_store(settings()) as store:
            rows = await list_seals(store)
        if not rows:
            out.print("no seal yet: `sansdelai audit seal` makes one; with `make up` there is one every hour")
        for seal, tokens in rows:
            closed = seal.closed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            stamped = ", ".join(f"{t.authority} {_utc(t.stamped_at)}" for t in tokens) or "no token yet"
            out.print(f"{seal.number:>6}  {closed}  {seal.events:>7} events  {stamped}", soft_wrap=True)

    run(listing())


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
