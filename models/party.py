"""Parties: who can be told, and how. Parties have numbers; only a label that a person set reaches Prefect."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, String, Text
from sqlmodel import Field

from law.facts import ChannelFacts, PartyFacts
from law.vocabulary import ChannelKind, DirectoryFact, EndedWhy, PartyKind
from models.base import Table, UtcDateTime, Word, new_id


class Party(Table, table=True):
    """A platform, host, authority or partner."""

    __tablename__ = "party"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)  # P-0042
    code: str | None = Field(default=None, unique=True)  # how regime files name an authority: "arcom", "pharos"
    kind: PartyKind = Field(sa_type=Word(PartyKind))
    name: str  # inside the house only
    public_label: str  # what Prefect and subjects may show; by default the number, set by a person
    country: str | None = None
    micro_or_small: bool | None = None  # unknown stays unknown
    language: str = "en"
    written_at: datetime = Field(sa_type=UtcDateTime)


class PartyHost(Table, table=True):
    """A host name that belongs to a party; subdomains belong to it as well."""

    __tablename__ = "party_host"

    host: str = Field(primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)


class Channel(Table, table=True):
    """
    One way to reach a party, with its scope of use.

    Its address, kind and scope never change: what is wrong is ended, and another channel is added.
    """

    __tablename__ = "channel"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    kind: ChannelKind = Field(sa_type=Word(ChannelKind))
    address: str  # a mailbox, a form's or a portal's page
    mechanisms: list[str] = Field(default_factory=list, sa_type=ARRAY(String))  # regimes whose own mechanism it is
    categories: list[str] = Field(default_factory=list, sa_type=ARRAY(String))  # scope of use; empty: all
    rank: int = 0  # the lowest working one is used
    working: bool = True
    checked_on: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = ""
    languages: list[str] = Field(default_factory=list, sa_type=ARRAY(String))  # that are read there; empty: not known
    form: str | None = None  # of a form or portal: the id of its description
    form_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the description is wrong since then
    added_by: str | None = None  # staff code
    added_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str | None = None  # staff code
    ended_why: EndedWhy | None = Field(default=None, sa_type=Word(EndedWhy))

    def serves(self, category: str) -> bool:
        """Whether it works and may be used for this category."""
        return self.working and (not self.categories or category in self.categories)


class DirectoryChange(Table, table=True):
    """What somebody changed in the directory; appended, never edited."""

    __tablename__ = "directory_change"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str  # staff code
    party_id: UUID = Field(foreign_key="party.id", index=True)
    channel_id: UUID | None = Field(default=None, foreign_key="channel.id", index=True)
    what: DirectoryFact = Field(sa_type=Word(DirectoryFact))
    before: str | None = Field(default=None, sa_type=Text)  # JSON of the columns that changed
    after: str | None = Field(default=None, sa_type=Text)


class RdapAnswer(Table, table=True):
    """
    What a registry said, kept for a day so that nobody is asked twice.

    The question is kept as a keyed hash only, and of the answer no more than the abuse contacts: an RDAP answer also
    names registrants.
    """

    __tablename__ = "rdap_answer"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    question: bytes = Field(sa_type=LargeBinary, unique=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answer: str = Field(sa_type=Text)


def party_facts(party: Party, channels: list[Channel]) -> PartyFacts:
    """What the law may know of a party."""
    facts = tuple(
        ChannelFacts(
            id=str(channel.id),
            kind=channel.kind,
            mechanisms=frozenset(channel.mechanisms),
            categories=frozenset(channel.categories),
            working=channel.working,
        )
        for channel in sorted(channels, key=lambda each: each.rank)
    )
    return PartyFacts(
        number=party.number,
        kind=party.kind,
        country=party.country,
        micro_or_small=party.micro_or_small,
        channels=facts,
    )
