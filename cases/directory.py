"""The directory of parties held in memory: who is behind a number, a code or a host name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import select

from law.vocabulary import PartyKind
from models.store import Store
from models.tables import Party, PartyHost

# Who may be put down as holding content. Nobody else is ever found by a host name: a site's operator or the
# registrant would be told (practice 1.1 and 1.11).
PLATFORMS = frozenset({PartyKind.ONLINE_PLATFORM})
HOSTS = frozenset({PartyKind.HOSTING_PROVIDER, PartyKind.CDN})


@dataclass(frozen=True, slots=True)
class Known:
    """A party as the directory knows it."""

    id: UUID
    number: str
    kind: PartyKind

    @property
    def is_platform(self) -> bool:
        """Whether it disseminates to the public."""
        return self.kind in PLATFORMS

    @property
    def is_host(self) -> bool:
        """Whether it stores content, or stands before who does."""
        return self.kind in HOSTS


@dataclass(frozen=True, slots=True)
class Directory:
    """Lookups without a query. `named` is by number and by code, both in lower case."""

    named: Mapping[str, Known] = field(default_factory=dict)
    hosts: Mapping[str, Known] = field(default_factory=dict)

    def by_name(self, text: str) -> Known | None:
        """The party of that number or code."""
        return self.named.get(text.strip().lower())

    def by_host(self, host: str | None) -> Known | None:
        """The party to which the longest suffix of a host name belongs, at label boundaries."""
        rest = host or ""
        while rest:
            if found := self.hosts.get(rest):
                return found
            rest = rest.partition(".")[2]
        return None


async def directory(store: Store) -> Directory:
    """Read the whole directory: parties are thousands, reports are millions."""
    async with store.session() as session:
        parties = (await session.exec(select(Party))).all()
        hosts = (await session.exec(select(PartyHost.host, PartyHost.party_id))).all()
    return build(parties, hosts)


def build(parties: Iterable[Party], hosts: Iterable[tuple[str, UUID]]) -> Directory:
    """A directory of these rows."""
    named, known = {}, {}
    for party in parties:
        known[party.id] = Known(party.id, party.number, party.kind)
        for name in filter(None, (party.number, party.code)):
            named[name.lower()] = known[party.id]
    return Directory(named, {host: known[party_id] for host, party_id in hosts})
