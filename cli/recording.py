"""What every `sansdelai record …` shares: case numbers, the staff code, and the desk that is opened."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cases.office import open_desk
from cli.run import a_regime, happened, out, run, settings, staff

Numbers = Annotated[list[str], typer.Argument(help="case numbers, such as R-2026-000123")]
By = Annotated[str, typer.Option("--by", help="your staff code", callback=staff)]
Reader = Annotated[
    str | None, typer.Option("--by", help="your staff code; else the account of this machine", callback=staff)
]
At = Annotated[str | None, typer.Option("--at", help="when it happened, ISO 8601 with zone; default: now")]

RegimeOption = Annotated[
    str | None, typer.Option("--regime", help="which procedure, when several fit", callback=a_regime)
]


def do(work: Any, numbers: list[str], **values: Any) -> None:
    """Open the desk, record, and say so."""

    async def recording() -> None:
        async with open_desk(settings()) as desk:
            await work(desk, numbers, **values, now=desk.clock())

    run(recording())
    out.print(f"recorded for {len(numbers)} report{'s' if len(numbers) != 1 else ''}: {', '.join(numbers)}")


def happened_at(text: str | None) -> datetime:
    """When it happened, by default now."""
    return happened(text, "--at") or datetime.now(UTC)
