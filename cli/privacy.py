"""`sansdelai privacy …`: the register of processing, whether it covers every column, and erasing."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from cases.erase import erase as erase_now
from cases.erase_scope import CAUSES, Scope, preview
from cases.house import HouseError, house_of, read_organisation
from cases.office import open_store, store_url
from cases.processors import Outside, addressees, processors_of, shape_faults, transfer_faults
from cli import privacy_log
from cli.law_ask import language_of
from cli.privacy_words import HEADINGS, cells, columns_by_table, outside_cells, said
from cli.run import fail, out, run, settings, staff, two_people
from models.privacy import HEAD, DataClass, Language, Register, RegisterFaulty, faults_of, read_files, register
from models.private import Purpose
from models.store import Store

app = typer.Typer(help="The register of processing, and erasing what is private.", no_args_is_help=True)

WIDE = 160  # columns of the screen from which all of the register stands in one table
ENDED = "Nothing was erased. The same command with --yes does it, for ever."


@app.command("register")
def show(
    lang: Annotated[str, typer.Option("--lang", help="en or fr")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="for programs; both languages")] = False,
) -> None:
    """Print the register of processing (GDPR Art. 30), made from what the store's columns are classified as."""
    language = language_of(lang)
    found = _register_or_fail()
    if as_json:
        processors, parties = _outsiders()
        outside = {"processors": [asdict(one) for one in processors]}
        outside["addressees"] = [asdict(one) for one in parties or ()]
        typer.echo(json.dumps(_as_data(found) | {"stated": _stated()} | outside, ensure_ascii=False, indent=1))
        return
    out.print(f"[bold]{said('register', language)}[/bold]", highlight=False)
    colon, stated = "\u00a0:" if language == "fr" else ":", _stated()
    for key in HEAD:
        told = stated.get(key) or found.head[key][language]
        out.print(f"{said('stated' if key == 'basis' else key, language)}{colon} {told}", highlight=False, markup=False)
    if out.width >= WIDE:
        out.print(_one_table(found, language))
    for one in found.classes:
        out.print()
        out.print(_one_class(one, language, short=out.width >= WIDE))
    out.print()
    out.print(_outside(language))


def _outside(language: Language) -> Table:
    """Who gets data outside the house, by kind or by number."""
    table = Table(box=None, pad_edge=False, title=said("outside", language), title_justify="left", title_style="bold")
    for _ in range(4):
        table.add_column(overflow="fold")
    processors, parties = _outsiders()
    for one in processors:
        table.add_row(*map(escape, outside_cells(one, language)))
    for one in parties or ():
        table.add_row(*map(escape, outside_cells(one, language)))
    if not parties:
        table.add_row("", said("no_store" if parties is None else "no_addressee", language), "", "")
    return table


def _outsiders() -> tuple[list[Outside], list[Outside] | None]:
    """Those who work for the house and, where the store answers, the addressees."""
    where = settings()
    try:
        file = read_organisation(where.organisation_file)
    except HouseError as error:
        fail(str(error))
    if faults := shape_faults(file):
        fail("\n".join(faults))

    async def looking() -> list[Outside] | None:
        try:
            store = Store(store_url(where))
        except HouseError:
            return None
        try:
            await house_of(store)
            return await addressees(store, file)
        except (HouseError, OSError, SQLAlchemyError):
            return None
        finally:
            await store.close()

    return processors_of(file)[0], run(looking())


@app.command()
def check() -> None:
    """Say every column without a class, every text without a language, every transfer without a ground; exit code 1."""
    try:
        faults = faults_of(*read_files())
    except RegisterFaulty as fault:
        faults = list(fault.faults)
    try:
        faults += transfer_faults(read_organisation(settings().organisation_file))
    except HouseError as error:
        faults.append(str(error))
    if faults:
        fail("\n".join(faults))
    found = register()
    columns = sum(len(one.columns) for one in found.classes)
    out.print(f"{columns} columns in {len(found.classes)} classes, none unclassified", highlight=False)


@app.command()
def erase(
    numbers: Annotated[list[str], typer.Argument(help="case numbers, such as R-2026-000123")],
    purpose: Annotated[list[str], typer.Option(help=f"what to erase, once for each: {', '.join(Purpose)}")],
    cause: Annotated[str, typer.Option(help=", ".join(CAUSES))],
    by: Annotated[str, typer.Option("--by", help="your staff code", callback=staff)],
    second: Annotated[str, typer.Option("--second", help="somebody else's staff code", callback=staff)],
    yes: Annotated[bool, typer.Option("--yes", help="do it; without, it is only shown")] = False,
) -> None:
    """Destroy the keys of what is private in these reports. Without --yes it only shows what would go."""
    two_people(by, second)
    where = settings()

    async def erasing() -> Scope:
        async with open_store(where) as store:
            scope = await preview(store, numbers, purpose, cause=cause)
            _tell(scope)
            if yes:
                ledger, now = where.home / "erasures.jsonl", datetime.now(UTC)
                await erase_now(store, numbers, purpose, by=by, second=second, cause=cause, ledger=ledger, now=now)
            return scope

    scope = run(erasing())
    out.print(f"erased: {len(scope.keys)} keys destroyed" if yes else ENDED, highlight=False)


app.command("reads")(privacy_log.reads)
app.command("seen")(privacy_log.seen_by)


def _tell(scope: Scope) -> None:
    """What would go, in numbers: no text is shown."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("reports", ", ".join(map(escape, scope.numbers)))
    table.add_row("purposes", ", ".join(scope.purposes))
    table.add_row("keys", str(len(scope.keys)))
    table.add_row("texts", ", ".join(f"{name} {count}" for name, count in sorted(scope.texts.items())))
    if Purpose.LETTER in scope.purposes:
        table.add_row("letters", f"{scope.letters}; letters are made of addresses and reasons and go with either")
    if Purpose.LOCATION in scope.purposes:
        table.add_row("also", "host names, network addresses and keyed hashes of these places; nobody can look again")
    if scope.others:
        told = ", ".join(map(escape, scope.others))
        table.add_row("other reports", f"{told}: a person's key goes in all reports of that person")
    table.add_row("stays", "events, hashes and seals: they name nobody")
    out.print(table, highlight=False)


def _stated() -> dict[str, str]:
    """What the organisation's file says of itself; nothing where there is no file."""
    try:
        file = read_organisation(settings().organisation_file)
    except HouseError as error:
        fail(str(error))
    return {"controller": file.controller, "officer": file.dpo, "basis": file.basis}


def _register_or_fail() -> Register:
    try:
        return register()
    except RegisterFaulty as fault:
        fail(str(fault))


def _one_table(found: Register, language: Language) -> Table:
    """All classes, one a row."""
    table = Table(pad_edge=False, header_style="bold", show_lines=True)
    for key in HEADINGS:
        table.add_column(said(key, language), overflow="fold")
    for one in found.classes:
        told = cells(one, language)
        table.add_row(*(escape(_plain(told[key])) for key in HEADINGS))
    return table


def _one_class(one: DataClass, language: Language, *, short: bool) -> Table:
    """One class as its heading and its lines; `short`: its columns only."""
    told = cells(one, language)
    table = Table(
        box=None, pad_edge=False, show_header=False, title=escape(_plain(told["name"])), title_justify="left",
        title_style="bold",
    )  # fmt: skip
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for key in () if short else HEADINGS[1:]:
        table.add_row(said(key, language), escape(_plain(told[key])))
    columns = "; ".join(f"{name}: {', '.join(names)}" for name, names in columns_by_table(one))
    table.add_row(said("columns", language), escape(columns))
    return table


def _plain(text: str) -> str:
    return text.replace("`", "")


def _as_data(found: Register) -> dict[str, object]:
    classes = [
        {
            "class": one.name,
            "title": one.title,
            "purpose": one.purpose,
            "data": one.data,
            "key": one.key,
            "dies_with": one.dies_with,
            "basis": one.basis,
            "retention": one.retention,
            "readers": one.readers,
            "recipients": one.recipients,
            "columns": one.columns,
        }
        for one in found.classes
    ]
    return {"head": dict(found.head), "classes": classes}
