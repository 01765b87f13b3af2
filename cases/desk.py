"""What every deed needs at hand: the store, the law, the mailer, the prober, the clock, and who we are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.together import Together
from edges.mail import Mailer
from edges.probe import Prober
from edges.tokens import Links, Use, plus_address, token
from law.facts import OrganisationFacts
from law.library import Library
from models.draft import Draft
from models.store import Store

if TYPE_CHECKING:  # the brake works at a desk
    from cases.brake import Rule


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who signs our letters, and where answers go."""

    organisation: str
    sender: str  # mailbox
    sender_name: str
    reply_to: str
    staff: str  # mailbox of our own people
    second_staff: str  # somebody else, for alarms
    staff_language: str = "fr"
    designation: Mapping[str, str] = field(default_factory=dict)  # by language, when we are a trusted flagger


@dataclass(frozen=True, slots=True)
class Answering:
    """How a letter is recognised when somebody answers it."""

    key: bytes = b""
    mailbox: str = ""  # of signed reply addresses
    url: str = ""  # of the answer page
    links: Links | None = None

    def reply_to(self, letter_id: UUID, otherwise: str) -> str:
        """The letter's own reply address, or the house's common one."""
        if not self.mailbox:
            return otherwise
        return plus_address(self.mailbox, token(self.key, Use.REPLY, letter_id))

    def envelope_id(self, letter_id: UUID) -> str:
        """What a mail system gives back when it tells us what became of the letter; nobody can guess it."""
        return token(self.key, Use.ENVELOPE, letter_id)

    def link(self, letter_id: UUID) -> str:
        """Where the recipient can answer without signing in; empty without an answer page."""
        return f"{self.url}/a/{self.links.sign(letter_id)}" if self.url and self.links else ""

    def in_letter(self, letter_id: UUID, now: datetime) -> dict[str, Any]:
        """What a letter says of its answer page; nothing without one."""
        if not self.url or self.links is None:
            return {}
        return {
            "answer_link": self.link(letter_id),
            "answer_reference": self.links.reference(letter_id),
            "answer_until": self.links.last_day(now),
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """
    The hands of a pass. `clock` gives the legal time: real, or stepping in a store born simulated.

    `recorder` and `turnstile` gather what happens to many letters at the same moment into one transaction each.
    """

    store: Store
    library: Library
    organisation: OrganisationFacts
    authority_ids: dict[str, UUID]  # by number
    letterhead: Letterhead
    mailer: Mailer
    prober: Prober
    clock: Callable[[], datetime]
    zone: ZoneInfo
    bodies: frozenset[str]  # categories whose bodies may be read (practice 1.6)
    recorder: Together[Draft, None]
    turnstile: Together[Any, bool]
    answering: Answering = field(default_factory=Answering)
    lease_seconds: float = 300
    together: int = 1  # reports that a notice carries at most when several fall due for one recipient
    brake: "Rule | None" = None  # none: this store's clock jumps, so that no silence means anything
    flow_run_id: UUID | None = None

    def on(self, flow_run_id: UUID | None) -> "Desk":
        """The same desk, its events marked with the flow run that did them."""
        return replace(self, flow_run_id=flow_run_id)

    def draft(self, now: datetime, actor: str = "machine") -> Draft:
        """An empty draft of this flow run."""
        return Draft(now, actor=actor, flow_run_id=self.flow_run_id)
