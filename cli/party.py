"""`sansdelai party …`: platforms, hosts and authorities, and how to reach them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cases.office import open_store
from cases.parties import PartiesAdded, PartiesRefused, by_host, import_parties, listed
from cases.party_rows import COLUMNS, DATES
from cli import party_channels, party_lookup, party_work
from cli.run import err, fail, out, run, settings, write_file
from edges.intake_files import IntakeFile, Line
from edges.intake_mapping import PLAIN, FileRefused, read_mapping
from models.tables import Channel, Party

app = typer.Typer(help="Platforms, hosts and authorities, and how to reach them.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines; columns: docs/import.md")],
    mapping: Annotated[Path | None, typer.Option(help="TOML file: their columns to ours")] = None,
) -> None:
    """Import parties and channels: all rows, or none if any is bad. Nothing recorded is overwritten."""
    try:
        known = PLAIN if mapping is None else read_mapping(mapping, COLUMNS)
    except FileRefused as refused:
        fail(str(refused))
    _say(_take_in(IntakeFile(file, COLUMNS, DATES, known)))


@app.command()
def add(
    kind: Annotated[str, typer.Option(help="online_platform, hosting_provider, cdn, regulator, police, …")],
    name: Annotated[str, typer.Option(help="inside the house only")],
    code: Annotated[str, typer.Option(help="short code, such as arcom")] = "",
    label: Annotated[str, typer.Option(help="what Prefect may show; by default the number")] = "",
    country: Annotated[str, typer.Option(help="where it is established, ISO 3166-1")] = "",
    language: Annotated[str, typer.Option(help="of its letters")] = "",
    micro_or_small: Annotated[str, typer.Option(help="yes, no or unknown")] = "",
    host: Annotated[list[str] | None, typer.Option(help="host name that belongs to it")] = None,
    channel: Annotated[str, typer.Option(help="email, form, portal, api or post")] = "",
    address: Annotated[str, typer.Option(help="mailbox or page of the channel")] = "",
    mechanism: Annotated[
        list[str] | None,
        typer.Option(help="regime whose own mechanism the channel is"),
    ] = None,
    only_for: Annotated[list[str] | None, typer.Option(help="category the channel serves")] = None,
) -> None:
    """Add one party, or one more host or channel to a party that is there."""
    values = {
        "kind": kind,
        "name": name,
        "code": code,
        "public_label": label,
        "country": country,
        "language": language,
        "micro_or_small": micro_or_small,
        "hosts": " ".join(host or []),
        "channel_kind": channel,
        "channel_address": address,
        "mechanisms": " ".join(mechanism or []),
        "categories": " ".join(only_for or []),
    }
    _say(_take_in([Line(1, {column: value for column, value in values.items() if value})], one=True))


@app.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="FILE.csv, or - for standard output")],
    numbers: Annotated[
        bool, typer.Option(help="with the parties' numbers; without, another house can import it")
    ] = True,
) -> None:
    """Write the whole directory as CSV, with the columns of an import."""
    from cases.party_export import export_parties

    async def writing() -> tuple[str, int]:
        async with open_store(settings()) as store:
            return await export_parties(store, numbers=numbers)

    text, parties = run(writing())
    write_file(output, text.encode())
    if str(output) != "-":
        out.print(f"parties {parties}, written to {output.name}", highlight=False, markup=False)


@app.command("list")
def list_() -> None:
    """List the directory."""

    async def reading() -> list[tuple[Party, list[Channel], list[str]]]:
        async with open_store(settings()) as store:
            return await listed(store)

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("number", "code", "label", "kind", "country", "hosts", "channels"):
        table.add_column(column, overflow="fold")
    for party, channels, hosts in run(reading()):
        ways = ", ".join(str(one.kind) + ("" if one.working else " (broken)") for one in channels) or "none"
        label = escape(party.public_label)
        table.add_row(
            party.number, party.code or "", label, str(party.kind), party.country or "?", str(len(hosts)), ways
        )
    out.print(table)


@app.command()
def find(host: Annotated[str, typer.Argument(help="a host name")]) -> None:
    """Say to which party a host name belongs, by its longest known suffix."""

    async def reading() -> Party | None:
        async with open_store(settings()) as store:
            return await by_host(store, host)

    party = run(reading())
    if party is None:
        fail("no party has this host name; add it with `sansdelai party add --host …`")
    out.print(f"{party.number}  {party.name}  ({party.kind})", highlight=False, markup=False)


app.command("show")(party_channels.show)
app.command("channel")(party_channels.channel)
app.command("channel-ended")(party_channels.channel_ended)
app.command("checked")(party_channels.checked)
app.command("form-changed")(party_channels.form_changed)
app.command("form-mended")(party_channels.form_mended)
app.command("forms")(party_work.forms)
app.command("worklist")(party_work.worklist)
app.command("lookup")(party_lookup.lookup)


def _take_in(lines: Iterable[Line], *, one: bool = False) -> PartiesAdded:
    async def importing() -> PartiesAdded:
        async with open_store(settings()) as store:
            return await import_parties(store, lines, now=datetime.now(UTC))

    try:
        return run(importing())
    except FileRefused as refused:
        fail(f"{refused}\nNothing was stored.")
    except PartiesRefused as refused:
        for each in refused.refused:
            err.print("; ".join(each.reasons) if one else str(each), highlight=False, markup=False, soft_wrap=True)
        fail("Nothing was stored.")


def _say(added: PartiesAdded) -> None:
    for party in added.parties if len(added.parties) == 1 else []:
        out.print(f"{party.number} was added", highlight=False)
    out.print(f"parties {len(added.parties)}, hosts {added.hosts}, channels {added.channels}")
