"""How the command line shows reports: tables for people, plain data for programs. No address unless it is asked for."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cases.dossier import Dossier
from cli.run import english
from edges.letters import defang
from law.library import Library
from models.base import plain
from models.tables import Event, Procedure, Report
from web.words import Words

REPORT = ("number", "stage", "category", "depicted", "priority", "received_at", "closed_at")


def print_list(console: Console, reports: Sequence[Report], total: int) -> None:
    """The newest reports as a table."""
    words = english()
    table = _table("number", "stage", "category", "priority", "received")
    for report in reports:
        label = words.text(words.library.categories[report.category].label)
        stage = words.term("report_stage", report.stage)
        table.add_row(report.number, stage, label, str(report.priority), _local(report.received_at, words.library))
    console.print(table)
    console.print(f"{len(reports)} of {total} reports", highlight=False)


def list_as_data(reports: Sequence[Report], total: int) -> dict[str, Any]:
    """The same for programs."""
    return {"total": total, "reports": [_data(report, REPORT) for report in reports]}


def print_report(console: Console, dossier: Dossier, events: Sequence[Event], *, locations: bool) -> None:
    """One report: stage, qualification, procedures and clocks, open duties, timeline."""
    words = english()
    library, report = words.library, dossier.report
    stage, category = words.term("report_stage", report.stage), words.text(library.categories[report.category].label)
    console.print(f"[bold]{report.number}[/bold]  {escape(stage)}  {escape(category)}", highlight=False)
    _print_qualification(console, dossier, words)
    if locations:
        _print_locations(console, dossier)
    else:
        where = f"{len(dossier.open_locations)} open of {len(dossier.locations)} locations; --locations shows them"
        console.print(where, highlight=False)
    _print_procedures(console, dossier, words)
    _print_duties(console, dossier, words)
    table = _table("when", "what happened", "by")
    for event in events:
        late = words.late(json.loads(event.body).get("details", {}))
        told = " ".join(filter(None, (words.event(event.kind), late)))
        table.add_row(_local(event.at, library), escape(told), escape(event.actor))
    console.print(table)


def report_as_data(dossier: Dossier, events: Sequence[Event], *, locations: bool) -> dict[str, Any]:
    """The same for programs; addresses only if asked for, and defanged."""
    found: dict[str, Any] = {**_data(dossier.report, REPORT), "locations": len(dossier.locations)}
    if dossier.qualification is not None:
        asked = ("code", "qualified_by", "qualified_at", "seen_at", "second_reader")
        found["qualification"] = _data(dossier.qualification, asked)
    if locations:
        places = ("ordinal", "kind", "country", "opened_at", "closed_at")
        found["places"] = [{**_data(one, places), "address": defang(dossier.address(one))} for one in dossier.locations]
    columns = ("regime", "stage", "opened_at", "given_at", "ends_at", "closed_at")
    found["procedures"] = [{**_data(one, columns), "party": _label(dossier, one)} for one in dossier.procedures]
    found["duties"] = [_data(one, ("deed", "due_at", "legal_at", "by", "cause", "priority")) for one in dossier.duties]
    found["timeline"] = [
        {**_data(one, ("seq", "kind", "at", "actor")), "details": json.loads(one.body)["details"]} for one in events
    ]
    return found


def _print_qualification(console: Console, dossier: Dossier, words: Words) -> None:
    found = dossier.qualification
    if found is None:
        return
    label = words.text(words.library.qualifications[found.code].label)
    second = f", second reader {found.second_reader}" if found.second_reader else ""
    when = _local(found.qualified_at, words.library)
    console.print(escape(f"{found.code}: {label}; by {found.qualified_by} on {when}{second}"), highlight=False)


def _print_locations(console: Console, dossier: Dossier) -> None:
    table = _table("#", "kind", "country", "open", "address (defanged)")
    for one in dossier.locations:
        is_open = "yes" if one.closed_at is None else "no"
        address = escape(defang(dossier.address(one)))
        table.add_row(str(one.ordinal), str(one.kind), one.country or "?", is_open, address)
    console.print(table)


def _print_procedures(console: Console, dossier: Dossier, words: Words) -> None:
    table = _table("#", "procedure", "addressee", "stage", "given", "ends", "clock")
    for one in dossier.procedures:
        regime = words.library.regimes.get(one.regime)
        label = words.text(regime.label) if regime else one.regime
        table.add_row(
            str(one.ordinal),
            escape(label),
            escape(_label(dossier, one) or ""),
            escape(words.term("stage", one.stage)),
            _local(one.given_at, words.library),
            _local(one.ends_at, words.library),
            _kind_of_clock(one),
        )
    if dossier.procedures:
        console.print(table)


def _kind_of_clock(procedure: Procedure) -> str:
    """Whether the number is the law's or ours: a house clock is never called a legal deadline."""
    if procedure.certificate is None:
        return ""
    kind = json.loads(procedure.certificate).get("kind", "")
    return {"law": "legal", "house": "our own"}.get(kind, str(kind))


def _print_duties(console: Console, dossier: Dossier, words: Words) -> None:
    table = _table("due", "what", "by", "why")
    for one in dossier.duties:
        why = words.cause(one.cause) if one.cause else ""
        deed = words.term("deed", one.deed)
        table.add_row(_local(one.due_at, words.library), deed, one.by, escape(why))
    if dossier.duties:
        console.print(table)


def _label(dossier: Dossier, procedure: Procedure) -> str | None:
    party = dossier.party(procedure.party_id)
    return party.public_label if party else None


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _local(moment: datetime | None, library: Library) -> str:
    """An instant in the house's zone, with its offset."""
    return moment.astimezone(ZoneInfo(library.house.zone)).strftime("%Y-%m-%d %H:%M %z") if moment else ""


def _data(row: Any, columns: Sequence[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in columns}
