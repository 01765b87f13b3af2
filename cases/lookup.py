"""
Who takes abuse reports for a host name: asked of the registries, shown as a proposal, added by a named person.

What a registry says of a network's abuse desk may become a channel of a hosting provider, never of a platform, a site
operator or a registrant. A registrar's desk is shown and never becomes a channel by itself.
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cases.channels import Corrected, DirectoryRefused, add_channel, party_with_channels, say_changed
from cases.directory import HOSTS, directory
from cases.house import blind_key_of, house_of
from cases.intake_values import staff_code
from cases.parties import import_parties
from edges.intake_files import Line
from edges.probe_network import Resolver, ip_of, under
from edges.probe_reading import load_signs
from edges.probe_rules import registrable
from edges.rdap import FRESH, HOST, AbuseContact, Rdap
from edges.settings import Settings
from law.vocabulary import ChannelKind, DirectoryFact, PartyKind
from models.draft import Draft
from models.store import Store
from models.tables import Party, RdapAnswer

SOURCE = "rdap"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the registries say, and whom the directory has for it."""

    contacts: tuple[AbuseContact, ...]
    party: Party | None  # the hosting provider that the directory has; none: a new one would be made
    own: frozenset[str]  # mailboxes below the very name that was asked about: perhaps the site's own

    @property
    def desks(self) -> tuple[AbuseContact, ...]:
        """The desks that may become a channel."""
        return tuple(one for one in self.contacts if one.scope == HOST)


class KeptAnswers:
    """Answers of registries in the store, for a day; what was asked is a keyed hash."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._store, self._key = store, key

    async def get(self, question: str, since: datetime) -> str | None:
        """The answer that was kept since then, if any."""
        row = await self._row(question)
        return row.answer if row is not None and row.asked_at > since else None

    async def put(self, question: str, answer: str, at: datetime) -> None:
        """Keep an answer, and forget what is older than a day."""
        draft = Draft(at)
        row = await self._row(question)
        if row is None:
            draft.keep(RdapAnswer(question=self._hash(question), asked_at=at, answer=answer))
        else:
            draft.amend(row, asked_at=at, answer=answer)
        try:
            await self._store.write(draft)
        except IntegrityError:
            return  # somebody else asked the same at the same moment, and kept the answer
        async with self._store.transaction() as connection:
            await connection.execute(delete(RdapAnswer).where(col(RdapAnswer.asked_at) <= at - FRESH))

    async def _row(self, question: str) -> RdapAnswer | None:
        async with self._store.session() as session:
            query = select(RdapAnswer).where(RdapAnswer.question == self._hash(question))
            return (await session.exec(query)).first()

    def _hash(self, question: str) -> bytes:
        return hmac.digest(self._key, b"rdap\n" + question.encode("utf-8"), "sha256")


@asynccontextmanager
async def registries(store: Store, settings: Settings, *, resolver: Resolver | None = None) -> AsyncIterator[Rdap]:
    """RDAP as the settings say; in a simulated store only the allow-list is reached."""
    house = await house_of(store)
    allow = settings.probe_allow if house.simulated else frozenset()
    kept = KeptAnswers(store, await blind_key_of(store))
    async with Rdap(
        bootstrap=settings.rdap_bootstrap, allow=allow, simulated=house.simulated, resolver=resolver, cache=kept
    ) as rdap:
        yield rdap


async def lookup(store: Store, rdap: Rdap, host: str) -> Proposal:
    """
    Ask the registries about a host name or address. Nothing is written but the day's answers.

    Raises:
        RdapError: nobody answers for it, or no answer can be used.
    """
    contacts = await rdap.abuse_contacts(host)
    asked = host.strip().rstrip(".").lower()
    own = frozenset(
        one.email
        for one in contacts
        if ip_of(asked) is None
        and under(one.email.rpartition("@")[2].lower(), (registrable(asked, load_signs().hosts.suffixes),))
    )
    desks = [one for one in contacts if one.scope == HOST]
    return Proposal(contacts, await _provider(store, asked, desks[0].network if desks else ""), own)


async def add_found(
    store: Store, proposal: Proposal, *, by: str, now: datetime, address: str | None = None
) -> Corrected:
    """
    Add one desk of a proposal as a channel of its hosting provider, which is made if the directory has none.

    Raises:
        DirectoryRefused: there is no desk of a host, several and none was named, or the named one is not among them.
    """
    try:
        staff_code(by)
    except ValueError as error:
        raise DirectoryRefused(f"--by: {error}") from None
    desk = _chosen(proposal, address)
    number = proposal.party.number if proposal.party else await _new_provider(store, desk, by=by, now=now)
    _, known = await party_with_channels(store, number)
    rank = min(99, 1 + max((channel.rank for channel in known if channel.working), default=-1))
    given = {
        "channel_kind": str(ChannelKind.EMAIL),
        "channel_address": desk.email,
        "rank": str(rank),  # behind what somebody checked by hand
        "checked_on": desk.at.isoformat(),
        "source": SOURCE,
    }
    return await add_channel(store, number, given, by=by, now=now)


def _chosen(proposal: Proposal, address: str | None) -> AbuseContact:
    desks = {desk.email.casefold(): desk for desk in proposal.desks}
    if not desks:
        raise DirectoryRefused("the registries name no abuse desk of a host; a registrar's is never added by itself")
    if address is not None:
        if address.casefold() not in desks:
            raise DirectoryRefused("--address: is not among the abuse desks that were found for the host")
        return desks[address.casefold()]
    if len(desks) > 1:
        raise DirectoryRefused("several abuse desks were found: name the one to add with --address")
    (desk,) = desks.values()
    if desk.email in proposal.own:
        raise DirectoryRefused(
            "this mailbox lies below the very name that was asked about: it may be the site's own, who must not be "
            "told; name it with --address if it is the host's"
        )
    return desk


async def _provider(store: Store, host: str, network: str) -> Party | None:
    """The hosting provider that the directory has under this host name, else under the network's name."""
    known = (await directory(store)).by_host(host) if ip_of(host) is None else None
    async with store.session() as session:
        if known is not None and known.kind in HOSTS:
            return await session.get(Party, known.id)
        if not network:
            return None
        query = select(Party).where(Party.kind == PartyKind.HOSTING_PROVIDER, Party.name == network)
        return (await session.exec(query)).first()


async def _new_provider(store: Store, desk: AbuseContact, *, by: str, now: datetime) -> str:
    """A hosting provider under its network's name; no host name is put to it: hosting moves, the directory does not."""
    values = {"kind": str(PartyKind.HOSTING_PROVIDER), "name": desk.network or "unnamed network"}
    added = await import_parties(store, [Line(1, values)], now=now)
    async with store.session() as session:
        query = select(Party).where(Party.kind == PartyKind.HOSTING_PROVIDER, Party.name == values["name"])
        party = (await session.exec(query)).one()
    if added.parties:
        draft = Draft(now, actor=by)
        say_changed(draft, DirectoryFact.PARTY_ADDED, party, after={"name": party.name, "source": SOURCE})
        await store.write(draft)
    return party.number
