"""`sansdelai party lookup`: who takes abuse reports for a host name, as the registries say."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cases.channels import Corrected
from cases.lookup import Proposal, add_found, registries
from cases.lookup import lookup as look_up
from cases.office import open_store
from cli.run import fail, out, run, settings, staff
from edges.rdap import HOST


def lookup(
    host: Annotated[str, typer.Argument(help="a host name or an IP address")],
    add: Annotated[bool, typer.Option("--add", help="add the host's abuse desk as a channel")] = False,
    by: Annotated[str | None, typer.Option("--by", help="your staff code", callback=staff)] = None,
    address: Annotated[str | None, typer.Option(help="which desk, when several were found")] = None,
) -> None:
    """Ask the registries (RDAP) for abuse desks; a proposal, until a named person adds one."""
    if add and by is None:
        fail("--add needs --by: whoever adds a channel is named")

    async def asking() -> tuple[Proposal, Corrected | None]:
        where = settings()
        async with open_store(where) as store, registries(store, where) as rdap:
            found = await look_up(store, rdap, host)
            if not add or by is None:
                return found, None
            return found, await add_found(store, found, by=by, now=datetime.now(UTC), address=address)

    found, added = run(asking())
    _say(found)
    if added is not None:
        moved = f"; {added.moved} procedures that waited go on" if added.moved else ""
        _print(f"{added.party.number}: the desk was added as a channel, source rdap{moved}")


def _say(found: Proposal) -> None:
    if not found.contacts:
        _print("the registries name no abuse desk")
        return
    _print("PROPOSAL, nothing is added by itself:")
    for one in found.contacts:
        where = f"network {one.network}, {one.country or 'country not said'}" if one.scope == HOST else "domain name"
        _print(f"  {one.scope:<10}{one.email}  ({where}; {one.name_kind}; asked {one.at:%Y-%m-%d %H:%M} UTC)")
        if one.scope != HOST:
            _print("            of the registrar: never a channel by itself")
        elif one.email in found.own:
            _print("            below the very name that was asked about: perhaps the site's own, who must not be told")
    if found.desks:
        whom = f"{found.party.number} ({found.party.kind})" if found.party else "a new hosting provider"
        _print(f"--add --by STAFF-CODE makes it a channel of {whom}")


def _print(line: str) -> None:
    out.print(line, highlight=False, markup=False, soft_wrap=True)
