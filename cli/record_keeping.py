"""`sansdelai record rectification`, `legal-hold`, `legal-hold-released`: what is on record, put right or kept."""

from typing import Annotated

import typer

from cases.record import keep, rectify
from cli.recording import By, Numbers, do


def rectification(
    numbers: Numbers,
    what: Annotated[str, typer.Option(help=", ".join(rectify.RECTIFIABLE))],
    text: Annotated[str, typer.Option(help="what it should say; kept apart")],
    by: By,
    ordinal: Annotated[int | None, typer.Option(help="of a location: which one", min=1)] = None,
) -> None:
    """Something on record was wrong: the right text supersedes it, and both are shown first."""
    do(rectify.rectification, numbers, what=what, ordinal=ordinal, text=text, by=by)


def legal_hold(
    numbers: Numbers, why: Annotated[str, typer.Option(help="who still needs it; kept apart")], by: By
) -> None:
    """A court, an audit or a claim still needs the report: nothing of it is erased."""
    do(keep.legal_hold, numbers, why=why, by=by)


def legal_hold_released(numbers: Numbers, by: By) -> None:
    """Nobody needs the report any more: it may be erased when its period is over."""
    do(keep.legal_hold_released, numbers, by=by)
