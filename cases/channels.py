"""
What is corrected in the directory: a channel is added, ended or found right; a form has changed, or is mended.

A channel's address is never edited: what is wrong is ended, and another is added, so that the record still says where
a letter went. What somebody changed is kept (`DirectoryChange`), apart from the events of reports.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from cases.intake_rows import BadRow
from cases.intake_values import short, staff_code
from cases.party_rows import PartyRow, read_party_row
from cases.waiting import go_on
from edges.intake_files import is_file
from law import library as law_library
from law.library import Library
from law.vocabulary import ChannelKind, DirectoryFact, EndedWhy
from models.base import plain
from models.draft import Draft
from models.store import Store
from models.tables import Channel, DirectoryChange, Party

FILLED_IN = frozenset({ChannelKind.FORM, ChannelKind.PORTAL})


class DirectoryRefused(ValueError):
    """This cannot be changed in the directory; nothing was written."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction came to."""

    party: Party
    channels: tuple[Channel, ...]  # that it concerned
    moved: int = 0  # procedures that waited for a channel and go on


async def add_channel(
    store: Store, number: str, given: dict[str, str], *, by: str, now: datetime, library: Library | None = None
) -> Corrected:
    """
    Add a channel to a party; what waited for one there goes on.

    `given` holds the columns of an import about the channel, as text. A source is asked for: whoever reads this later
    must know where the address comes from.

    Raises:
        DirectoryRefused: unknown party, a column is wrong (all are named), or the party has this channel already.
    """
    party, known = await party_with_channels(store, number, by)
    row = _checked_row(party, given, library or law_library.load())
    channel = channel_from(row, party, by=by, now=now)
    if channel is None:
        raise DirectoryRefused("a channel needs --kind and --address")
    if any(_same(one, channel.address, channel.kind) and one.ended_at is None for one in known):
        raise DirectoryRefused(f"{party.number} has this channel already; end it first if something of it is wrong")
    draft = Draft(now, actor=by)
    draft.keep(channel)
    say_changed(draft, DirectoryFact.CHANNEL_ADDED, party, channel, after=_told(channel))
    moved = await go_on(store, draft, party, [*known, channel])
    await store.write(draft)
    return Corrected(party, (channel,), moved)


async def end_channel(store: Store, number: str, address: str, *, why: str, by: str, now: datetime) -> Corrected:
    """
    Say that a channel is not used any more; what would have gone there is set aside and written to the next one.

    Raises:
        DirectoryRefused: unknown party, channel or reason, or it has ended before.
    """
    if why not in set(EndedWhy):
        raise DirectoryRefused(f"--why: {why[:40]!r} is unknown; allowed: {', '.join(EndedWhy)}")
    party, known = await party_with_channels(store, number, by)
    ended = [one for one in _at(party, known, address) if one.ended_at is None]
    if not ended:
        raise DirectoryRefused("this channel has ended before; see `sansdelai party show`")
    draft = Draft(now, actor=by)
    for channel in ended:
        before = {"working": channel.working}
        draft.amend(channel, working=False, ended_at=now, ended_by=by, ended_why=EndedWhy(why))
        say_changed(
            draft, DirectoryFact.CHANNEL_ENDED, party, channel, before=before, after={"working": False, "why": why}
        )
    moved = await go_on(store, draft, party, known)
    await store.write(draft)
    return Corrected(party, tuple(ended), moved)


async def check_channel(store: Store, number: str, address: str, *, by: str, now: datetime) -> Corrected:
    """
    Say that somebody looked and the channel is still right.

    Raises:
        DirectoryRefused: unknown party or channel, or it has ended.
    """
    party, known = await party_with_channels(store, number, by)
    live = [one for one in _at(party, known, address) if one.ended_at is None]
    if not live:
        raise DirectoryRefused("this channel has ended: what is ended is not checked; add it anew if it is right again")
    draft = Draft(now, actor=by)
    for channel in live:
        before = {"checked_on": channel.checked_on}
        draft.amend(channel, checked_on=now)
        say_changed(draft, DirectoryFact.CHANNEL_CHECKED, party, channel, before=before, after={"checked_on": now})
    await store.write(draft)
    return Corrected(party, tuple(live))


async def form_changed(
    store: Store, number: str, *, what: str, by: str, now: datetime, address: str | None = None
) -> Corrected:
    """
    Say once, for all reports, that a party's form is not as described any more.

    Raises:
        DirectoryRefused: unknown party, or it has no working form or portal.
    """
    party, known = await party_with_channels(store, number, by)
    told = _one_line(what)
    forms = _forms(party, known, address)
    draft = Draft(now, actor=by)
    for channel in forms:
        draft.amend(channel, form_changed_at=channel.form_changed_at or now)
        say_changed(draft, DirectoryFact.FORM_CHANGED, party, channel, after={"what": told})
    await store.write(draft)
    return Corrected(party, tuple(forms))


async def form_mended(store: Store, number: str, *, by: str, now: datetime, address: str | None = None) -> Corrected:
    """
    Say that the description of a form fits again.

    Raises:
        DirectoryRefused: unknown party, or none of its forms was said to have changed.
    """
    party, known = await party_with_channels(store, number, by)
    changed = [one for one in _forms(party, known, address) if one.form_changed_at is not None]
    if not changed:
        raise DirectoryRefused(f"no form of {party.number} was said to have changed")
    draft = Draft(now, actor=by)
    for channel in changed:
        before = {"form_changed_at": channel.form_changed_at}
        draft.amend(channel, form_changed_at=None, checked_on=now)
        say_changed(draft, DirectoryFact.FORM_MENDED, party, channel, before=before)
    await store.write(draft)
    return Corrected(party, tuple(changed))


async def party_with_channels(store: Store, number: str, by: str | None = None) -> tuple[Party, list[Channel]]:
    """
    The party of a number or code, with all its channels, also ended ones.

    Raises:
        DirectoryRefused: there is none, or `by` is no staff code.
    """
    if by is not None:
        try:
            staff_code(by)
        except ValueError as error:
            raise DirectoryRefused(f"--by: {error}") from None
    wanted = number.strip()
    async with store.session() as session:
        query = select(Party).where((col(Party.number) == wanted.upper()) | (col(Party.code) == wanted.lower()))
        party = (await session.exec(query)).first()
        if party is None:
            raise DirectoryRefused(
                f"unknown party {wanted[:40]!r}; allowed: a number or code of `sansdelai party list`"
            )
        order = (col(Channel.rank), col(Channel.id))
        channels = (await session.exec(select(Channel).where(Channel.party_id == party.id).order_by(*order))).all()
    return party, list(channels)


async def changes_of(store: Store, party: Party) -> Sequence[DirectoryChange]:
    """What was changed about a party, newest first."""
    async with store.session() as session:
        query = select(DirectoryChange).where(DirectoryChange.party_id == party.id)
        return (
            await session.exec(query.order_by(col(DirectoryChange.at).desc(), col(DirectoryChange.id).desc()))
        ).all()


def channel_from(row: PartyRow, party: Party, *, by: str | None = None, now: datetime | None = None) -> Channel | None:
    """The channel that a row brings, if it brings one."""
    if row.channel_kind is None or row.channel_address is None:
        return None
    return Channel(
        party_id=party.id,
        kind=row.channel_kind,
        address=row.channel_address,
        mechanisms=list(row.mechanisms),
        categories=list(row.categories),
        rank=row.rank,
        working=row.working,
        checked_on=row.checked_on,
        source=row.source,
        languages=list(row.languages),
        form=row.form,
        added_by=by,
        added_at=now,
    )


def say_changed(
    draft: Draft,
    what: DirectoryFact,
    party: Party,
    channel: Channel | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Keep what was changed, and by whom."""
    draft.keep(
        DirectoryChange(
            at=draft.now,
            by=draft.actor,
            party_id=party.id,
            channel_id=channel.id if channel else None,
            what=what,
            before=_json(before),
            after=_json(after),
        )
    )


def _json(values: dict[str, Any] | None) -> str | None:
    if values is None:
        return None
    return json.dumps({name: plain(value) for name, value in values.items()}, ensure_ascii=False, sort_keys=True)


def _told(channel: Channel) -> dict[str, Any]:
    shown = ("kind", "address", "mechanisms", "categories", "rank", "languages", "form", "source")
    return {name: value for name, value in channel.columns().items() if name in shown and value not in (None, [], "")}


def _checked_row(party: Party, given: dict[str, str], library: Library) -> PartyRow:
    faults = [f"{name}: is a file or a path; allowed: text" for name, value in given.items() if is_file(value)]
    if not given.get("source", "").strip():
        faults.append("source: is missing; allowed: where the address comes from, such as 'their legal page'")
    try:
        row = read_party_row({"kind": str(party.kind), "name": party.name} | given, library)
    except BadRow as bad:
        raise DirectoryRefused("\n".join([*faults, *bad.reasons])) from None
    if faults:
        raise DirectoryRefused("\n".join(faults))
    return row


def _at(party: Party, channels: Sequence[Channel], address: str) -> list[Channel]:
    found = [one for one in channels if _same(one, address)]
    if not found:
        raise DirectoryRefused(f"{party.number} has no such channel; see `sansdelai party show {party.number}`")
    return found


def _same(channel: Channel, address: str, kind: ChannelKind | None = None) -> bool:
    """Mailboxes are compared without regard to case: nobody has two that differ in that only."""
    if kind is not None and channel.kind is not kind:
        return False
    if channel.kind is ChannelKind.EMAIL:
        return channel.address.casefold() == address.strip().casefold()
    return channel.address == address.strip()


def _forms(party: Party, channels: Sequence[Channel], address: str | None) -> list[Channel]:
    asked = channels if address is None else _at(party, channels, address)
    forms = [one for one in asked if one.kind in FILLED_IN and one.ended_at is None]
    if not forms:
        raise DirectoryRefused(
            f"{party.number} has no form or portal in use; see `sansdelai party show {party.number}`"
        )
    return forms


def _one_line(what: str) -> str:
    try:
        told = short(" ".join(what.split()))
    except ValueError as error:
        raise DirectoryRefused(f"--what: {error}") from None
    if not told:
        raise DirectoryRefused("--what: is empty; allowed: what is different now, in a few words")
    return told
