"""
The command `sansdelai`: parse, call, print; nothing else.

Each command's module is imported when it is called, so that what only reads the law starts at once and imports
neither Prefect nor the store (decision 12 and 13).
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# command: (module, attribute, one line of help). An attribute `app` is a group of commands.
COMMANDS = {
    "up": ("cli.up", "up", "Start the real thing: database, Prefect, worker, pages."),
    "demo": ("demo.command", "demo", "Play three weeks of law on this machine in about a minute."),
    "report": ("cli.report", "app", "Import, add, show and list reports."),
    "party": ("cli.party", "app", "Platforms, hosts and authorities, and how to reach them."),
    "due": ("cli.due", "due", "What is due next, by the machine and by people."),
    "record": ("cli.record", "app", "Record what people decided, saw or were told."),
    "inbox": ("cli.inbox", "app", "What was sent to us: read it now, list it, file or discard what waits."),
    "law": ("cli.law", "app", "Regimes, routes, clocks, signatures, standing orders."),
    "docs": ("cli.docs", "docs", "Write the pages that the program writes itself: lifecycle, regimes, privacy."),
    "dispatch": ("cli.dispatch", "dispatch", "Do everything that is due, once, without Prefect."),
    "pause-sending": ("cli.dispatch", "pause", "Stop every outward letter at once."),
    "resume-sending": ("cli.dispatch", "resume", "Let letters leave again."),
    "brake": ("cli.brake", "app", "Letters that wait after a silence: see them, release them."),
    "watch": ("cli.watch", "watch", "Look every minute for what is silent, late or dead, and alarm by e-mail."),
    "audit": ("cli.audit", "app", "Verify, export and seal the record."),
    "privacy": ("cli.privacy", "app", "The register of processing, and erasing what is private."),
    "retention": ("cli.retention", "app", "How long closed reports are kept: check, sign, erase what is over."),
    "backup": ("cli.backup", "backup", "Dump data and keys of one moment into two folders."),
    "restore": ("cli.backup", "restore", "Restore a backup into an empty database; erasures are carried out again."),
    "store": (
        "cli.store",
        "app",
        "The store: create it, bring it up to date, check its schema, change its master key.",
    ),
}


class OnDemand(TyperGroup):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, help_text = COMMANDS[cmd_name]
        found = getattr(import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            single.command(cmd_name, help=found.__doc__ or help_text)(found)
            found = single
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, _, help_text) in COMMANDS.items()])


app = typer.Typer(
    cls=OnDemand,
    help="Sans Délai: reports of illegal online content through their legal life.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def entry() -> None:
    """Sans Délai: reports of illegal online content through their legal life."""


def main() -> None:
    """Entry point."""
    app()
