"""`sansdelai backup` and `restore`: data and keys apart, and every erasure carried out again."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cases.backup import Backup, back_up
from cases.office import reachable
from cases.restore import Restored
from cases.restore import restore as restore_pair
from cli.run import err, fail, known, out, run, settings
from edges.databases import StoreUrls, store_database
from edges.settings import Settings

Result = TypeVar("Result")


def backup(
    data: Annotated[Path, typer.Option(help="folder of the dumps of data")],
    keys: Annotated[Path, typer.Option(help="another folder, on another disk: the dumps of keys")],
) -> None:
    """Dump data and keys of one moment into two folders; keys' dumps are deleted after 30 days."""
    where = settings()
    now = datetime.now(UTC)
    done = with_database(where, lambda urls: back_up(urls.owner, data, keys, master=where.key_file, now=now))
    _say_backup(done, where)


def _say_backup(done: Backup, where: Settings) -> None:
    say(f"data  {done.data}")
    say(f"keys  {done.keys}")
    if done.deleted:
        say(f"deleted, older than 30 days: {', '.join(file.name for file in done.deleted)}")
    if done.keyless:
        say(
            f"{len(done.keyless)} dumps of data have no keys any more, nothing can be restored from them: delete them, "
            f"host names stand in them (up to {done.keyless[-1].name})"
        )
    say(f"The master key is in neither file. It lies at {where.key_file}: keep a copy apart from both folders.")
    if not where.key_file.exists():
        err.print("There is no file there now: without it nothing private can be read.", style="red", soft_wrap=True)
    say(f"The list of erasures lies at {where.home / 'erasures.jsonl'}: a restore needs it as it is by then.")


def restore(
    data: Annotated[Path, typer.Argument(help="store-….dump")],
    keys: Annotated[Path, typer.Argument(help="keys-….dump of the same backup")],
    ledger: Annotated[
        Path | None, typer.Option(help="the list of erasures; by default erasures.jsonl in the data folder")
    ] = None,
    no_ledger: Annotated[bool, typer.Option("--no-ledger", help="nothing was ever erased from this store")] = False,
) -> None:
    """Restore a backup into an empty database; it opens when every erasure was carried out again and all is whole."""
    where = settings()
    if ledger and no_ledger:
        fail("--ledger and --no-ledger say the opposite; allowed: one of them")
    told = None if no_ledger else ledger or where.home / "erasures.jsonl"
    now = datetime.now(UTC)
    with progress_bar("audit", "events") as progress:
        done = with_database(
            where,
            lambda urls: restore_pair(
                urls.owner, data, keys, ledger=told, key_file=where.key_file, now=now, progress=progress, **urls.roles
            ),
            create=True,
        )  # fmt: skip
    _say_restore(done)


def _say_restore(done: Restored) -> None:
    seen = done.audited
    say(f"restored: {seen.reports} reports, {seen.events} events, {seen.seals} seals, as of {done.stamp}")
    say(f"{done.erasures} erasures were carried out again; the record is whole; {seen.unsealed} events are not sealed")
    say(
        "Sending is stopped: what was recorded and sent after the backup is not on record any more, and would be sent "
        "again. Record it, then `sansdelai resume-sending`."
    )


def with_database(
    where: Settings, work: Callable[[StoreUrls], Coroutine[Any, Any, Result]], *, create: bool = False
) -> Result:
    """Run work on the store's database, the embedded server running meanwhile; a known error becomes one message."""

    async def working(urls: StoreUrls) -> Result:
        await reachable(urls.owner)
        return await work(urls)

    try:
        with store_database(where, create=create) as urls:
            return run(working(urls))
    except known() as error:
        fail(str(error))


def say(line: str) -> None:
    """One line, as it is."""
    out.print(line, soft_wrap=True, highlight=False, markup=False)


@contextmanager
def progress_bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, as the function that moves it."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
