"""`sansdelai record filed-list`: the receipts of a portal or form, as one file."""

from pathlib import Path
from typing import Annotated

import typer

from cases.office import open_desk
from cases.record.receipts import COLUMNS, DATES, Receipts
from cases.record.receipts import filed_list as record_list
from cli.recording import By
from cli.run import fail, out, run, settings
from edges.intake_files import IntakeFile
from edges.intake_mapping import PLAIN, FieldMapping, FileRefused, read_mapping

COLUMN_HELP = "a column of theirs that is one of ours, as 'Your ref=number'; several times"


def filed_list(
    party: Annotated[str, typer.Argument(help="number or code of the addressee, such as P-0003")],
    file: Annotated[Path, typer.Argument(help="CSV or TSV with the columns number, reference, filed_at")],
    by: By,
    column: Annotated[list[str] | None, typer.Option(help=COLUMN_HELP)] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="a column of theirs that is left out; several times")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML file: their columns to ours, how dates are written")
    ] = None,
) -> None:
    """You filed many reports: all receipts are recorded, or none if any row is bad."""
    try:
        known = _mapping(mapping, column or [], ignore or [])
    except FileRefused as refused:
        fail(str(refused))

    async def recording() -> Receipts:
        async with open_desk(settings()) as desk:
            lines = IntakeFile(file, COLUMNS, DATES, known)
            return await record_list(desk, party, lines, by=by, now=desk.clock())

    try:
        done = run(recording())
    except FileRefused as refused:
        fail(f"{refused}\nNothing was recorded.")
    known_words = f", {len(done.known)} on record already" if done.known else ""
    out.print(f"recorded for {len(done.recorded)} reports{known_words}", highlight=False)


def _mapping(file: Path | None, columns: list[str], ignore: list[str]) -> FieldMapping:
    """The mapping file, with what was said on the command line on top."""
    known = PLAIN if file is None else read_mapping(file, COLUMNS)
    pairs = dict(known.columns)
    for one in columns:
        theirs, equals, ours = one.rpartition("=")
        if not equals or not theirs or ours not in COLUMNS:
            raise FileRefused([f"--column: {one[:60]!r}; allowed: 'Your column=ours', ours being {', '.join(COLUMNS)}"])
        pairs[theirs] = ours
    return known.model_copy(update={"columns": pairs, "ignore": (*known.ignore, *ignore)})
