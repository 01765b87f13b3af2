"""
The directory of parties and channels: who can be told, and how.

Import adds and never overwrites: what is recorded already and differs is a fault, because a wrong channel tells a
wrong person. All rows are taken in, or none. Importing the same file twice adds nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from cases.channels import channel_from
from cases.directory import Directory, directory
from cases.intake_groups import Refusal
from cases.intake_rows import BadRow
from cases.party_rows import PartyRow, read_party_row
from edges.intake_files import Line
from law import library as law_library
from law.library import Library
from models.base import utc
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Party, PartyHost

__all__ = ["Directory", "PartiesAdded", "PartiesRefused", "by_host", "directory", "import_parties", "listed"]


class PartiesRefused(ValueError):
    """The directory was left as it is, because some rows are bad."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        self.refused = tuple(refused)
        super().__init__((self.__doc__ or "").strip())


@dataclass(slots=True)
class PartiesAdded:
    """What an import of parties came to."""

    parties: list[Party] = field(default_factory=list)
    hosts: int = 0
    channels: int = 0


@dataclass(slots=True)
class Shelf:
    """The directory as it grows row by row, with what is new."""

    parties: list[Party]
    hosts: dict[str, Party]
    channels: dict[tuple[UUID, str, str], list[Channel]]  # by party, kind and address; ended ones as well
    now: datetime
    draft: Draft
    added: PartiesAdded = field(default_factory=PartiesAdded)

    def find(self, row: PartyRow) -> Party | None:
        """The party that a row means: by number, by code, else by kind and name."""
        for party in self.parties:
            if row.number or row.code:
                if row.number == party.number or (row.code is not None and row.code == party.code):
                    return party
            elif (row.kind, row.name.casefold()) == (party.kind, party.name.casefold()):
                return party
        return None


async def import_parties(
    store: Store, lines: Iterable[Line], *, now: datetime, library: Library | None = None
) -> PartiesAdded:
    """
    Add parties, host names and channels.

    Raises:
        FileRefused: the file as a whole cannot be read.
        PartiesRefused: some row is bad; nothing was written.
    """
    utc(now)
    library = library or law_library.load()
    shelf = await _shelf(store, now)
    refused: list[Refusal] = []
    for line in lines:
        try:
            faults = list(line.faults)
            row = read_party_row(line.values, library)
            faults += _put(shelf, row)
        except BadRow as bad:
            faults += bad.reasons
        if faults:
            refused.append(Refusal(line.number, tuple(dict.fromkeys(faults))))
    if refused:
        raise PartiesRefused(refused)
    await _give_numbers(store, shelf)
    await store.write(shelf.draft)
    return shelf.added


async def listed(store: Store) -> list[tuple[Party, list[Channel], list[str]]]:
    """All parties in the order of their numbers, each with its channels and host names."""
    async with store.session() as session:
        parties = (await session.exec(select(Party).order_by(Party.number))).all()
        channels = (await session.exec(select(Channel).order_by(Channel.rank))).all()  # type: ignore[arg-type]
        hosts = (await session.exec(select(PartyHost).order_by(PartyHost.host))).all()
    return [
        (party, [c for c in channels if c.party_id == party.id], [h.host for h in hosts if h.party_id == party.id])
        for party in parties
    ]


async def by_host(store: Store, host: str) -> Party | None:
    """The party to which a host name belongs, by its longest known suffix."""
    known = (await directory(store)).by_host(host.strip().rstrip(".").lower())
    if known is None:
        return None
    async with store.session() as session:
        return await session.get(Party, known.id)


async def _shelf(store: Store, now: datetime) -> Shelf:
    async with store.session() as session:
        parties = list((await session.exec(select(Party))).all())
        hosts = (await session.exec(select(PartyHost))).all()
        channels = (await session.exec(select(Channel))).all()
    by_id = {party.id: party for party in parties}
    keyed: dict[tuple[UUID, str, str], list[Channel]] = {}
    for c in channels:
        keyed.setdefault((c.party_id, str(c.kind), c.address), []).append(c)
    return Shelf(parties, {h.host: by_id[h.party_id] for h in hosts}, keyed, now, Draft(now))


def _put(shelf: Shelf, row: PartyRow) -> list[str]:
    """Add to the shelf what the row brings; gives what speaks against it."""
    party = shelf.find(row)
    if party is None and row.number is not None:
        return [f"number: {row.number} is no party; allowed: a number that exists, or none for a new party"]
    faults = _differences(party, row) if party is not None else []
    taken = [host for host in row.hosts if host in shelf.hosts and shelf.hosts[host] is not party]
    faults += [f"hosts: {host!r} belongs to another party; allowed: a host of nobody else" for host in taken]
    faults += _differing_channel(shelf, party, row) if party is not None else []
    if faults:
        return faults
    party = party or _new_party(shelf, row)
    for host in row.hosts:
        if host not in shelf.hosts:
            shelf.hosts[host] = party
            shelf.draft.keep(PartyHost(host=host, party_id=party.id))
            shelf.added.hosts += 1
    _put_channel(shelf, party, row)
    return []


def _differences(party: Party, row: PartyRow) -> list[str]:
    given = {
        "code": row.code,
        "kind": row.kind,
        "name": row.name,
        "public_label": row.public_label,
        "country": row.country,
        "micro_or_small": row.micro_or_small,
        "language": row.language,
    }
    return [
        f"{name}: differs from what is recorded; allowed: the same or empty"
        for name, value in given.items()
        if value is not None and value != getattr(party, name)
    ]


def _new_party(shelf: Shelf, row: PartyRow) -> Party:
    party = Party(
        number="",  # given when everything is known to be good
        code=row.code,
        kind=row.kind,
        name=row.name,
        public_label=row.public_label or "",
        country=row.country,
        micro_or_small=row.micro_or_small,
        language=row.language or "en",
        written_at=shelf.now,
    )
    shelf.parties.append(party)
    shelf.added.parties.append(shelf.draft.keep(party))
    return party


def _differing_channel(shelf: Shelf, party: Party, row: PartyRow) -> list[str]:
    """What an import says otherwise of a channel that is recorded: it is corrected by a named person, not by a file."""
    recorded = shelf.channels.get((party.id, str(row.channel_kind), row.channel_address or ""), [])
    given = row.model_fields_set & _OF_A_CHANNEL
    if not recorded or any(all(_recorded(one, name) == _given(row, name) for name in given) for one in recorded):
        return []
    differing = [name for name in _OF_A_CHANNEL & given if _recorded(recorded[-1], name) != _given(row, name)]
    correct = "the same or empty; `sansdelai party channel` and `party channel-ended` correct a channel"
    return [f"{name}: differs from what is recorded of this channel; allowed: {correct}" for name in sorted(differing)]


_OF_A_CHANNEL = frozenset({"mechanisms", "categories", "rank", "working", "languages", "form"})


def _given(row: PartyRow, name: str) -> object:
    value = getattr(row, name)
    return sorted(value) if isinstance(value, tuple) else value


def _recorded(channel: Channel, name: str) -> object:
    value = getattr(channel, name)
    return sorted(value) if isinstance(value, list) else value


def _put_channel(shelf: Shelf, party: Party, row: PartyRow) -> None:
    channel = channel_from(row, party, now=shelf.now)
    if channel is None or (key := (party.id, str(channel.kind), channel.address)) in shelf.channels:
        return
    shelf.channels[key] = [shelf.draft.keep(channel)]
    shelf.added.channels += 1


async def _give_numbers(store: Store, shelf: Shelf) -> None:
    """New parties get the next numbers; without a label that a person set, Prefect shows the number."""
    count = {"count": len(shelf.added.parties)}
    async with store.transaction() as connection:
        query = text("SELECT nextval('party_number') FROM generate_series(1, :count)")
        found = sorted((await connection.execute(query, count)).scalars())
    for party, number in zip(shelf.added.parties, found, strict=True):
        party.number = f"P-{number:04d}"
        party.public_label = party.public_label or party.number
