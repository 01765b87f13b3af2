"""`sansdelai report …`: take reports in, and look at them."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cases.intake import Imported, StrictRefusal, import_lines
from cases.intake_groups import Refusal
from cases.intake_rows import COLUMNS, DATES
from cases.office import open_ready_store, open_store
from cases.overview import NoSuchReport, report_list, report_with_events
from cases.reads import account, note_read
from cli.recording import Reader
from cli.report_view import list_as_data, print_list, print_report, report_as_data
from cli.run import err, fail, out, run, settings, staff
from edges.intake_files import IntakeFile, Line
from edges.intake_mapping import PLAIN, FieldMapping, FileRefused, read_mapping
from law.library import load
from law.vocabulary import LocationKind, ReportStage
from models.readlog import How

app = typer.Typer(help="Import, add, show and list reports.", no_args_is_help=True)

AcceptPast = Annotated[bool, typer.Option("--accept-past", help="open as late what was notified, or ended, before now")]
By = Annotated[str, typer.Option("--by", help="your staff code, for the timeline", callback=staff)]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines; columns: docs/import.md")],
    mapping: Annotated[Path | None, typer.Option(help="TOML file: their columns to ours")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="store nothing if any row is bad")] = False,
    accept_past: AcceptPast = False,
    by: By = "machine",
) -> None:
    """Import reports; a bad row is refused with its line number and every reason, good rows are stored."""
    lines = IntakeFile(file, COLUMNS, DATES, _mapping(mapping))
    done = _take_in(lines, strict=strict, accept_past=accept_past, by=by)
    _say(done)
    if done.refused:
        others = done.locations + done.linked + done.known
        _refuse(done.refused, "the others were stored" if others else "nothing was stored")


@app.command()
def add(
    location: Annotated[list[str], typer.Option(help="the exact place; more than one needs --ref")],
    category: Annotated[str, typer.Option(help="id of law/categories.toml")],
    qualification: Annotated[str, typer.Option(help="id of law/qualifications.toml")],
    by: Annotated[str, typer.Option("--by", help="staff code of who qualified it", callback=staff)],
    seen_at: Annotated[str, typer.Option(help="when it was seen, ISO 8601 with zone")],
    ref: Annotated[str, typer.Option(help="the sender's own reference")] = "",
    emergency: Annotated[bool, typer.Option("--emergency", help="danger to life or to a child: telephone now")] = False,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="any other column, as column=value; see docs/import.md"),
    ] = None,
    accept_past: AcceptPast = False,
) -> None:
    """Add one report."""
    if len(location) > 1 and not ref:
        fail("more than one --location needs --ref, which holds them together")
    now = datetime.now(UTC).isoformat()
    values = {
        "received_at": now,
        "category": category,
        "qualification": qualification,
        "qualified_by": by,
        "qualified_at": now,
        "seen_at": seen_at,
        "ref": ref,
        "emergency": "yes" if emergency else "no",
        **dict(_pair(one) for one in given or []),
    }
    shared = {column: value for column, value in values.items() if value}
    lines = [Line(number, shared | {"location": place}) for number, place in enumerate(location, start=1)]
    try:
        done = _take_in(lines, strict=True, accept_past=accept_past, by=by, quiet=True)
    except StrictRefusal as refused:
        fail("\n".join(reason for one in refused.refused for reason in one.reasons))
    _say(done)


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="case number, such as R-2026-000123")],
    locations: Annotated[bool, typer.Option("--locations", help="with the addresses, defanged")] = False,
    as_json: Json = False,
    by: Reader = None,
) -> None:
    """Show one report: stage, qualification, procedures and clocks, what is due, timeline. Who looks is noted."""
    where = settings()

    async def reading() -> None:
        async with open_store(where) as store:
            dossier, events = await report_with_events(store, number)
            await note_read(store, by or account(), How.COMMAND, [dossier.report.number])
        if as_json:
            typer.echo(json.dumps(report_as_data(dossier, events, locations=locations), indent=2, ensure_ascii=False))
        else:
            print_report(out, dossier, events, locations=locations)

    try:
        run(reading())
    except NoSuchReport as missing:
        fail(str(missing))


@app.command("list")
def list_(
    stage: Annotated[ReportStage | None, typer.Option(help="only of this stage")] = None,
    category: Annotated[str | None, typer.Option(help="only of this category")] = None,
    most: Annotated[int, typer.Option(help="how many at most, the newest first", min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List reports, the newest first."""
    where, known = settings(), load().categories
    if category is not None and category not in known:
        fail(f"--category: {category!r} is unknown; allowed: {', '.join(known)}")

    async def reading() -> None:
        async with open_store(where) as store:
            reports, total = await report_list(store, stage=stage, category=category, most=most)
        if as_json:
            typer.echo(json.dumps(list_as_data(reports, total), indent=2))
        else:
            print_list(out, reports, total)

    run(reading())


def _mapping(path: Path | None) -> FieldMapping:
    try:
        return PLAIN if path is None else read_mapping(path, COLUMNS)
    except FileRefused as refused:
        fail(str(refused))


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        fail(f"--set {column}: allowed: column=value")
    if column.strip() == "location":
        fail("--set location: has an option of its own; allowed: --location")
    return column.strip(), value.strip()


def _take_in(lines: Iterable[Line], *, strict: bool, accept_past: bool, by: str, quiet: bool = False) -> Imported:
    """Run the import with a progress bar on standard error."""
    where = settings()
    columns = (TextColumn("reports"), BarColumn(), MofNCompleteColumn(), TextColumn("lines"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet) as bar:
        task = bar.add_task("import", total=None)

        async def importing() -> Imported:
            async with open_ready_store(where) as store:
                return await import_lines(
                    store,
                    lines,
                    now=datetime.now(UTC),
                    strict=strict,
                    accept_past=accept_past,
                    actor=by,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )

        try:
            return run(importing())
        except FileRefused as refused:
            bar.stop()
            fail(f"{refused}\nNothing was stored.")
        except StrictRefusal as refused:
            bar.stop()
            if quiet:
                raise
            _refuse(refused.refused, "nothing was stored, because of --strict")


def _say(done: Imported) -> None:
    if done.reports == 1:
        out.print(f"{done.numbers[0]} was opened", highlight=False)
    out.print(f"reports {done.reports}, locations {done.locations}, linked {done.linked}, known before {done.known}")


def _refuse(refused: list[Refusal], rest: str) -> NoReturn:
    for one in sorted(refused, key=lambda each: each.line):
        err.print(str(one), highlight=False, markup=False, soft_wrap=True)
    count = "1 row was refused" if len(refused) == 1 else f"{len(refused)} rows were refused"
    fail(f"{count}; {rest}")


@app.command()
def find(
    address: Annotated[str | None, typer.Argument(help="an exact address, handle or number")] = None,
    platform: Annotated[str | None, typer.Option(help="number of a platform or host, such as P-0042")] = None,
    kind: Annotated[LocationKind | None, typer.Option(help="read the address as this kind only")] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    by: Reader = None,
) -> None:
    """Reports at an exact address, or at a platform; what was erased is found no more. Who looks is noted."""
    from cases.find import Found, at_address, on_platform
    from cases.places import BadPlace

    if (address is None) == (platform is None):
        fail("give either an address or --platform")

    async def looking() -> list[Found]:
        async with open_store(settings()) as store:
            if platform is not None:
                found = await on_platform(store, platform, most)
            else:
                found = await at_address(store, address or "", kind)
            await note_read(store, by or account(), How.SEARCH, sorted({one.number for one in found}))
            return found

    try:
        found = run(looking())
    except BadPlace as refused:
        fail(str(refused))
    for one in found:
        where = "there" if one.here else "was there"
        out.print(f"{one.number}  {one.stage:<12} location {one.ordinal}, {where}", highlight=False)
    if not found:
        out.print("no report", highlight=False)
