"""`sansdelai retention …`: how long closed reports are kept, who signed it, and erasing what is over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cases.office import open_store, real_clock
from cases.reads import expire, over_age
from cases.ready import retention_faults
from cases.retention import (
    Survey,
    apply,
    in_words,
    sign_periods,
    signature_faults,
    signatures_of_periods,
    survey,
)
from cases.retention_file import Periods, RetentionFault, read_periods
from cli.run import fail, instant, out, run, settings, staff, two_people
from edges.databases import open_databases
from edges.settings import Settings
from law import library as law_library
from models.store import Store
from models.tables import Signature

app = typer.Typer(help="How long closed reports are kept: check, sign, erase what is over.", no_args_is_help=True)

By = Annotated[str | None, typer.Option("--by", help="your staff code", callback=staff)]


@contextmanager
def _database(where: Settings) -> Iterator[None]:
    """The embedded database runs meanwhile: `up` refuses to start before somebody signed."""
    if where.database_url:
        yield
        return
    if not (where.home / "store-url").exists():
        fail("there is no store yet: start `make up` once, it says what is missing; or set SANSDELAI_DATABASE_URL")
    with open_databases(where):
        yield


def _periods(where: Settings) -> Periods:
    """The periods of the file; every fault of it, one a line, and exit code 1."""
    if where.retention_file is None:
        fail("SANSDELAI_RETENTION_FILE is not set; see docs/operations.md, Keeping and erasing")
    try:
        return read_periods(where.retention_file, law_library.load())
    except RetentionFault as fault:
        fail("\n".join(fault.faults))


@app.command()
def check() -> None:
    """Say whether the file covers each outcome of each category exactly once, and is signed."""
    where = settings()
    periods = _periods(where)

    async def checking() -> Sequence[Signature]:
        async with open_store(where) as store:
            return await signatures_of_periods(store)

    with _database(where):
        found, now = run(checking()), real_clock()
    out.print(f"{len(periods.months)} periods, version {periods.digest[:12]}: each outcome × category is covered once")
    if faults := signature_faults(found, periods, now):
        fail("\n".join(faults))
    last = next(each for each in found if each.digest == periods.digest)
    days = (last.until - now).days
    out.print(f"signed by {last.signed_by} until {in_words(last.until)}, {days} days from now", highlight=False)


@app.command()
def sign(
    by: Annotated[str, typer.Option("--by", help="staff code of the data protection officer", callback=staff)],
    until: Annotated[str, typer.Option(help="until when, ISO 8601 with zone")],
) -> None:
    """The data protection officer signs this version of the file; a changed file needs a new signature."""
    where, end = settings(), instant(until, "--until")
    periods = _periods(where)

    async def signing() -> None:
        async with open_store(where) as store:
            if end is not None:
                await sign_periods(store, law_library.load(), periods, by=by, until=end, now=real_clock())

    with _database(where):
        run(signing())
    out.print(f"signature of the retention periods, version {periods.digest[:12]}, by {by} until {until}")


@app.command("run")
def run_retention(
    really: Annotated[bool, typer.Option("--apply", help="erase; without it nothing is changed")] = False,
    by: By = None,
    second: Annotated[str | None, typer.Option(help="staff code of the second person", callback=staff)] = None,
) -> None:
    """List what is over its period; with --apply, --by and --second, erase it. Closed reports only."""
    where = settings()
    periods, library, now = _periods(where), law_library.load(), real_clock()
    if really and (by is None or second is None):
        fail("erasing takes two people: give --by and --second")
    if by is not None and second is not None:
        two_people(by, second)

    async def running() -> None:
        async with open_store(where) as store:
            faults = await retention_faults(store, where, library, now)
            found = await survey(store, periods, library, now)
            _show(found)
            old = await over_age(store, where.read_log_months)
            out.print(f"{old} looks are older than {where.read_log_months} months", highlight=False)
            if not really or by is None or second is None:
                out.print(f"nothing was changed{': ' + '; '.join(faults) if faults else '; --apply erases'}")
            elif faults:
                fail("\n".join(faults))
            else:
                await _erase(store, found, by, second, where)
                gone = await expire(store, where.read_log_months)
                out.print(f"{gone} looks were taken out of the read log", highlight=False)

    with _database(where):
        run(running())


async def _erase(store: Store, found: Survey, by: str, second: str, where: Settings) -> None:
    bar = Progress(
        TextColumn("reports erased"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out,
        transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=len(found.erasable))
        done = await apply(
            store,
            found,
            by=by,
            second=second,
            ledger=where.home / "erasures.jsonl",
            now=real_clock(),
            progress=lambda count: bar.update(task, completed=count),
        )
    out.print(f"{done} reports erased; each erasure stands in its report's timeline and in erasures.jsonl")


def _show(found: Survey) -> None:
    for (outcome, category), free, kept in found.table():
        held = f"  {kept} kept by a legal hold" if kept else ""
        out.print(f"{outcome:<17} {category:<28} {free:>7} over{held}", highlight=False, soft_wrap=True)
    total, kept = len(found.erasable), sum(each.kept for each in found.over)
    out.print(f"{total} reports are over their period, {kept} more are kept by a legal hold", highlight=False)
    if found.uncovered:
        out.print(f"{len(found.uncovered)} closed reports have a category that no period covers: they stay")
