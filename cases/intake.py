"""
Intake: rows become reports with their first event and their first duty. Nothing is decided here; dispatch routes.

Rows go through in batches, each one transaction, so that an import that was killed is simply run again: what is there
already is known by its reference. A strict import is one transaction for all.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from cases.directory import Directory, directory
from cases.house import blind_key_of
from cases.intake_groups import Refusal, Submission, check, count_refs, gather
from cases.intake_rows import Ground
from cases.intake_store import Blinds, take_in
from edges.intake_files import Line
from law import library as law_library
from law.library import Library
from models.base import utc
from models.store import Store

BATCH = 2_000  # reports in one transaction

Progress = Callable[[int, int], None]  # lines done, lines in all


@dataclass(slots=True)
class Imported:
    """What an import came to. `linked` and `known` count locations and reports that were there already."""

    reports: int = 0
    locations: int = 0
    linked: int = 0  # locations that an open report under the same qualification has already
    known: int = 0  # reports that an earlier import took in
    numbers: list[str] = field(default_factory=list)  # of the new reports
    refused: list[Refusal] = field(default_factory=list)


class StrictRefusal(ValueError):
    """A strict import stores nothing when any row is bad."""

    def __init__(self, refused: list[Refusal]) -> None:
        self.refused = refused
        super().__init__((self.__doc__ or "").strip())


async def import_lines(
    store: Store,
    lines: Iterable[Line],
    *,
    now: datetime,
    library: Library | None = None,
    strict: bool = False,
    accept_past: bool = False,
    actor: str = "machine",
    progress: Progress | None = None,
) -> Imported:
    """
    Take in reports; `lines` is gone through twice. `now` is legal time.

    Raises:
        FileRefused: the file as a whole cannot be read; nothing was stored.
        StrictRefusal: `strict`, and a row is bad; nothing was stored.
        NoHouse: the database holds no store.
    """
    utc(now)  # refuses a naive time
    keys = Blinds(await blind_key_of(store), store.cipher)
    ground = Ground(library or law_library.load(), await directory(store), now, accept_past)
    done = Imported()
    batches = _batches(lines, ground, done, progress or _silent)
    with _rare_collections():
        if strict:
            await _all_or_nothing(store, batches, ground, keys, actor, done)
        else:
            for batch in batches:
                async with store.transaction() as connection:
                    await take_in(connection, batch, ground, keys, actor, done)
    return done


async def _all_or_nothing(
    store: Store, batches: Iterator[list[Submission]], ground: Ground, keys: Blinds, actor: str, done: Imported
) -> None:
    """One transaction for all; after the first bad row the others are only checked, so that all reasons are told."""
    async with store.transaction() as connection:
        for batch in batches:
            if not done.refused:
                await take_in(connection, batch, ground, keys, actor, done)
        if done.refused:
            raise StrictRefusal(sorted(done.refused, key=lambda one: one.line))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Rows are freed by their reference counts; looking for cycles among them was measured at a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _batches(lines: Iterable[Line], ground: Ground, done: Imported, progress: Progress) -> Iterator[list[Submission]]:
    """Good submissions in batches; the bad ones are put down in `done` on the way."""
    refs, last = count_refs(lines)
    batch: list[Submission] = []
    for group in gather(lines, refs):
        checked = check(group, ground)
        if isinstance(checked, Submission):
            batch.append(checked)
        else:
            done.refused += checked
        if len(batch) == BATCH:
            yield batch
            batch = []
            progress(group[-1].number, last)
    if batch:
        yield batch
    progress(last, last)


def _silent(lines: int, total: int) -> None:
    """Nobody watches."""


__all__ = ["Directory", "Imported", "StrictRefusal", "import_lines"]
