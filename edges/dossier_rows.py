"""
The rows of a dossier, section by section: plain shapes that whoever exports fills from the record.

Every instant is aware; it is printed in the content's zone with its offset, and in UTC. Every text is already in the
content's language and holds no more than the profile allows; words for closed vocabularies (receipt, sight, kind of
letter ...) are added in print. An empty text or `None` means "not on record", unless said otherwise.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from law.vocabulary import Basis, Confidence, LetterKind, LetterStatus, LocationKind, Receipt, Sight

MACHINE: Final = "machine"  # the actor that is no person


class ClockKind(StrEnum):
    """Whose time it is."""

    LAW = "law"  # a number of the law
    HOUSE = "house"  # ours, without legal force
    NONE = "none"  # no clock runs, and the note says why


@dataclass(frozen=True, slots=True)
class Proof:
    """
    Where the proof of one statement is.

    Its event, the seal over that event, the time of the earliest token over that seal, and a file of the zip. Without
    a seal the statement reads "not sealed yet"; with a seal and no token, "no time stamp yet".
    """

    event: int | None = None  # `seq` in timeline.json
    seal: int | None = None
    before: datetime | None = None
    file: str = ""  # such as letters/01.eml


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the chronology."""

    at: datetime  # when it happened, as the record says
    learned: datetime  # when the house knew
    sentence: str
    actor: str  # MACHINE or a staff code
    proof: Proof
    detail: str = ""  # codes, counts, a private text that the profile shows
    procedure: int | None = None  # ordinal
    rectified_by: int | None = None  # `seq` of the event that corrects this one


@dataclass(frozen=True, slots=True)
class Rectification:
    """Something on record that was not so. All of them stand before everything else."""

    at: datetime
    learned: datetime
    said: str  # what the record said
    holds: str  # what holds now
    why: str
    actor: str
    proof: Proof
    corrects: int | None = None  # `seq` of the event that was wrong


@dataclass(frozen=True, slots=True)
class Legal:
    """One statement of law that a procedure rests on."""

    label: str  # short: "DSA art. 16"
    title: str
    citation: str
    confidence: Confidence
    quote: str = ""
    note: str = ""
    checked: str = ""  # ISO day on which a person last looked at the source
    version: str = ""  # fingerprint of the regime file the procedure was opened under
    mark: str = ""  # such as "PROPOSITION": what must be shown of this regime
    procedures: tuple[int, ...] = ()  # ordinals


@dataclass(frozen=True, slots=True)
class Place:
    """One location. `address` is defanged; `None` means that it is erased or withheld, and `absent` says which."""

    ordinal: int
    kind: LocationKind
    address: str | None
    country: str | None  # ISO 3166-1, of the host
    opened_at: datetime
    closed_at: datetime | None
    proof: Proof
    host: str = ""  # label of the platform or host
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock with its certificate told step by step."""

    procedure: int  # ordinal
    regime: str  # label
    addressee: str
    kind: ClockKind
    proof: Proof  # `file` is the certificate: certificates/01.json
    rule: str = ""  # "48 heures · HOUSE/hours · reference"
    starts_with: str = ""  # the start fact and what proves it, as a sentence
    steps: tuple[str, ...] = ()
    end: datetime | None = None  # the first instant at which the time is over
    last_moment: str = ""  # as the certificate says it
    strict_end: datetime | None = None  # only warns
    citation: str = ""
    confidence: Confidence | None = None
    receipt: Receipt = Receipt.NONE
    note: str = ""
    outcome: str = ""  # "délai légal dépassé"
    digest: str = ""  # of the certificate


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, or one filing by a person."""

    number: int  # NN in letters/NN.eml
    kind: LetterKind
    to: str
    status: LetterStatus
    sent_at: datetime | None
    receipt: Receipt
    proof: Proof
    written_at: datetime | None = None
    code: int | None = None  # the server's: 250
    answer: str = ""  # the server's words, or the portal's reference
    subject: str = ""
    message_id: str = ""
    digest: str = ""
    signed_by: tuple[str, ...] = ()  # staff codes
    by_hand: bool = False  # filed by a person at a portal or form
    procedure: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one place."""

    at: datetime
    place: int  # ordinal
    sight: Sight
    basis: Basis
    proof: Proof
    by: str = MACHINE  # or a staff code
    note: str = ""  # "404"


@dataclass(frozen=True, slots=True)
class Removal:
    """The interval in which a place went: last seen, first not seen. Never an instant."""

    place: int
    last_seen: datetime | None
    first_missed: datetime
    proof: Proof
    second_missed: datetime | None = None  # the spaced second look
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One temporary block."""

    regime: str
    scope: str
    decided_by: str
    addressee: str
    starts_at: datetime
    ends_at: datetime | None  # none: without an end of its own
    proof: Proof
    review_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    basis: str = ""  # citation


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, and who."""

    at: datetime
    sentence: str
    who: tuple[str, ...]  # staff codes
    proof: Proof
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """A private text whose key was destroyed."""

    what: str  # "l'adresse de l'emplacement 2"
    erased_at: datetime
    by: str  # staff code
    cause: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Withheld:
    """A kind of text that exists and that this profile does not show."""

    what: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal over events of this report."""

    number: int
    closed_at: datetime
    first_event: int
    last_event: int
    root: str  # hex
    token_at: datetime | None = None  # none: no time stamp yet
    authority: str = ""  # as its certificate names it
    qualified: bool | None = None  # none: the token does not say
    file: str = ""  # tokens/000007-1.tsr
