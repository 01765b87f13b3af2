"""`sansdelai party show, channel, channel-ended, checked, form-changed, form-mended`: the directory is corrected."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cases.channels import (
    Corrected,
    add_channel,
    changes_of,
    check_channel,
    end_channel,
    party_with_channels,
)
from cases.channels import (
    form_changed as say_form_changed,
)
from cases.channels import (
    form_mended as say_form_mended,
)
from cases.office import open_store
from cli.recording import By
from cli.run import english, out, run, settings
from law.vocabulary import EndedWhy
from models.store import Store
from models.tables import Channel, DirectoryChange, Party

PartyNumber = Annotated[str, typer.Argument(metavar="PARTY", help="number or code, such as P-0003")]
Address = Annotated[str, typer.Option(help="mailbox or page of the channel")]


def show(party: PartyNumber) -> None:
    """One party: its channels, also ended ones, and what was changed."""

    async def reading() -> tuple[Party, list[Channel], list[DirectoryChange]]:
        async with open_store(settings()) as store:
            found, channels = await party_with_channels(store, party)
            return found, channels, list(await changes_of(store, found))

    found, channels, changes = run(reading())
    _print(f"{found.number}  {found.name}  ({found.kind}, {found.country or '?'}, {found.language})")
    for one in channels:
        _print(f"  {_state(one):<10}{one.kind:<8}{one.address}")
        for name, value in (
            ("regimes", ", ".join(one.mechanisms)),
            ("only for", ", ".join(one.categories)),
            ("languages", ", ".join(one.languages)),
            ("form", one.form),
            ("source", one.source),
            ("checked", _day(one.checked_on)),
            ("added", _whose(one.added_at, one.added_by)),
            ("ended", f"{_whose(one.ended_at, one.ended_by)}, {one.ended_why}" if one.ended_at else ""),
            ("form changed", _day(one.form_changed_at)),
        ):
            if value:
                _print(f"            {name}: {value}")
    for change in changes:
        told = " ".join(f"{name}={value}" for name, value in json.loads(change.after or "{}").items())
        _print(f"  {_whose(change.at, change.by)}: {change.what} {told}".rstrip())


def channel(
    party: PartyNumber,
    kind: Annotated[str, typer.Option(help="email, form, portal, api or post")],
    address: Address,
    source: Annotated[str, typer.Option(help="where the address comes from")],
    by: By,
    mechanism: Annotated[list[str] | None, typer.Option(help="regime whose own mechanism it is")] = None,
    category: Annotated[list[str] | None, typer.Option(help="category it may be used for; default: all")] = None,
    rank: Annotated[str, typer.Option(help="0 to 99; the lowest working one is used")] = "",
    language: Annotated[list[str] | None, typer.Option(help="language that is read there")] = None,
    form: Annotated[str, typer.Option(help="id of the form's description, see `party forms`")] = "",
) -> None:
    """Add a channel; what waited for one goes on."""
    if form:
        from cli.party_work import known_forms

        run(_known_form(known_forms, form))
    values = {
        "channel_kind": kind,
        "channel_address": address,
        "source": source,
        "mechanisms": " ".join(mechanism or []),
        "categories": " ".join(category or []),
        "rank": rank,
        "languages": " ".join(language or []),
        "form": form,
    }
    given = {name: value for name, value in values.items() if value.strip()}
    done = _do(lambda store, now: add_channel(store, party, given, by=by, now=now))
    _print(f"{done.party.number}: one channel was added{_moved(done)}")


def channel_ended(
    party: PartyNumber, address: Address, why: Annotated[str, typer.Option(help=", ".join(EndedWhy))], by: By
) -> None:
    """A channel is not used any more; letters that would go there are written to the next one."""
    done = _do(lambda store, now: end_channel(store, party, address, why=why, by=by, now=now))
    _print(f"{done.party.number}: the channel has ended{_moved(done)}")


def checked(party: PartyNumber, address: Address, by: By) -> None:
    """You looked: the channel is still right."""
    done = _do(lambda store, now: check_channel(store, party, address, by=by, now=now))
    _print(f"{done.party.number}: checked")


def form_changed(
    party: PartyNumber,
    what: Annotated[str, typer.Option(help="what is different now, in a few words")],
    by: By,
    address: Annotated[str | None, typer.Option(help="of one form, when the party has several")] = None,
) -> None:
    """The form asks for something else than described: said once, for all reports."""
    done = _do(lambda store, now: say_form_changed(store, party, what=what, by=by, now=now, address=address))
    _print(f"{done.party.number}: its work list says so until `sansdelai party form-mended {done.party.number}`")


def form_mended(
    party: PartyNumber,
    by: By,
    address: Annotated[str | None, typer.Option(help="of one form, when the party has several")] = None,
) -> None:
    """The description fits the form again."""
    done = _do(lambda store, now: say_form_mended(store, party, by=by, now=now, address=address))
    _print(f"{done.party.number}: mended")


async def _known_form(known: Callable[[], object], form: str) -> None:
    known().form(form)  # type: ignore[attr-defined]


def _do(work: Callable[[Store, datetime], Awaitable[Corrected]]) -> Corrected:
    async def correcting() -> Corrected:
        async with open_store(settings()) as store:
            return await work(store, datetime.now(UTC))

    return run(correcting())


def _moved(done: Corrected) -> str:
    return f"; {done.moved} procedures that waited go on" if done.moved else ""


def _state(one: Channel) -> str:
    return "ended" if one.ended_at else "in use" if one.working else "broken"


def _day(at: datetime | None) -> str:
    return at.astimezone(ZoneInfo(english().library.house.zone)).strftime("%Y-%m-%d %H:%M %z") if at else ""


def _whose(at: datetime | None, by: str | None) -> str:
    return f"{_day(at)}{f' by {by}' if by else ''}" if at else ""


def _print(line: str) -> None:
    out.print(line, highlight=False, markup=False, soft_wrap=True)
