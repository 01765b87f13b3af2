"""The command `sansdelai`: parse, call, print; nothing else."""

import typer

from cli import law, record, store
from cli.dispatch import dispatch, pause, resume
from cli.up import up

app = typer.Typer(
    help="Sans Délai: reports of illegal online content through their legal life.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(law.app, name="law")
app.add_typer(record.app, name="record")
app.add_typer(store.app, name="store")
app.command()(dispatch)
app.command("pause-sending")(pause)
app.command("resume-sending")(resume)
app.command()(up)


def main() -> None:
    """Entry point."""
    app()
