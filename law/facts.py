"""
What the law is asked about: plain facts, frozen, without a clock, a database or a network.

`cases/` builds these from rows; tests write them by hand. Times are aware and in UTC.
Country codes are ISO 3166-1 alpha-2; `None` always means "not known", never "no".
"""

from dataclasses import dataclass, field
from datetime import datetime

from law.vocabulary import ChannelKind, Depicted, LocationKind, PartyKind, Receipt


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """One way to reach a party."""

    id: str
    kind: ChannelKind
    mechanisms: frozenset[str] = frozenset()  # regime ids whose own mechanism this channel is (practice, section 2)
    categories: frozenset[str] = frozenset()  # scope of use; empty means every category
    working: bool = True


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Somebody who may be told."""

    number: str  # "P-0042"
    kind: PartyKind
    country: str | None = None  # where it is established
    micro_or_small: bool | None = None  # DSA Art. 19 keeps these out of Art. 20 to 28
    channels: tuple[ChannelFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """A mandate of the person concerned, as it stands."""

    id: str
    signed_at: datetime
    ends_at: datetime | None = None
    revoked_at: datetime | None = None
    parties: frozenset[str] = frozenset()  # party numbers in its scope; empty means every party
    countries: frozenset[str] = frozenset()  # countries in its scope; empty means every country
    identity_checked: bool = False

    def holds_on(self, now: datetime) -> bool:
        """Whether it was given, not ended and not revoked at `now`."""
        ended = self.ends_at is not None and self.ends_at <= now
        return self.signed_at <= now and not ended and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class JudgmentFacts:
    """An enforceable judgment that other measures may rest on (LCEN Art. 6-4)."""

    reference: str
    given_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is known of one report when the law is asked."""

    number: str
    category: str  # id in law/categories.toml
    qualification: str  # id in law/qualifications.toml
    depicted: Depicted
    location_kinds: frozenset[LocationKind]
    hosted_in: str | None  # country of the true host
    hosts: tuple[PartyFacts, ...] = ()  # who can take it down: platform first, then host, then CDN
    qualified_by: str | None = None
    second_reader: str | None = None
    explanation: bool = False  # the "why" of the qualification is on record
    public: bool = True  # Pharos takes public content only (practice, section 2)
    victim_reported: bool = False  # the person concerned reported it
    wish: str | None = None  # what an adult victim wants: "removal", "nothing", or unknown
    mandates: tuple[MandateFacts, ...] = ()
    complaint_filed: bool = False  # the victim's complaint stands (not withdrawn)
    police_no_objection_at: datetime | None = None
    agreed_delay_hours: int | None = None  # written agreement with the police; no default
    police_informed_at: datetime | None = None
    returns: int = 0  # how often the content came back
    judgment: JudgmentFacts | None = None


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """A lawyer's signature of one version of a regime file."""

    regime: str
    digest: str
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class StandingOrderFacts:
    """A signed order that makes an escalation route automatic (practice 1.8)."""

    regime: str
    digest: str
    party: str  # the authority's number
    category: str
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """Our own house, as the law sees it."""

    trusted_flagger: bool = False
    areas: frozenset[str] = frozenset()  # categories of the designated area of expertise (DSA Art. 22)
    recipient_standing: str | None = None  # ground for DSA Art. 53, chosen by a person and printed
    simulated: bool = False  # a store born simulated: proposals may be played there
    signatures: tuple[SignatureFacts, ...] = ()
    standing_orders: tuple[StandingOrderFacts, ...] = ()
    authorities: tuple[PartyFacts, ...] = ()  # police, regulator, prosecutor, network
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)  # filled-in parameters of proposals, by regime


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """When and how surely a letter arrived."""

    given_at: datetime
    level: Receipt
    proof: str  # the server's answer, or a portal's reference
