"""
What a certificate holds, and its digest: the SHA-256 of its canonical JSON (ASCII, sorted keys) without the digest.

`form` 1 knew elapsed hours only; its digest leaves out what form 2 added, so that stored certificates stay whole.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from law.counting import aware
from law.errors import AlteredCertificate, LawError
from law.vocabulary import Confidence, Receipt, RuleKind

FORM = 2  # what is written now; every earlier form is still read
Direction = Literal["after", "before", "earliest"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CertificateStep(_Part):
    """One step in both languages, and the instant it led to, in UTC."""

    id: str
    fr: str
    en: str
    at: str


class Start(_Part):
    """The fact that starts the clock and what proves it."""

    fact: str  # "given", "received" or "acted"
    at: str  # UTC
    offset_minutes: int  # of the zone, at that instant
    clock_start: str | None = None  # UTC, when the law makes the clock start later
    clock_start_offset_minutes: int | None = None
    proof: str
    receipt: Receipt
    receipt_proven: bool


class PausePart(_Part):
    """A span during which the clock stood still, in UTC, with its legal ground and what proves it."""

    begins: str
    ends: str
    ground: str = Field(min_length=1)
    proof: str = ""


class HolidayPart(_Part):
    """One public holiday."""

    day: date
    fr: str
    en: str


class CalendarUsed(_Part):
    """The calendar that was asked, its version, and every public holiday between the first and last day asked about."""

    name: str
    version: str
    checked_from: int  # the years whose holidays were compared with a source
    checked_until: int
    first: date | None
    last: date | None
    holidays: tuple[HolidayPart, ...]


class ShownPart(_Part):
    """One instant (UTC) with its local time; `asked` is the time that was asked for, when the clocks skip it."""

    utc: str
    local: str
    asked: str | None = None


class Certificate(_Part):
    """A deadline that a person with a calendar can recompute."""

    form: int = 1
    regime: str
    regime_digest: str
    kind: RuleKind
    rule: str
    rule_reference: str
    rule_quote: str | None
    rule_version: str
    confidence: Confidence  # of the clock's own citation
    citation: str
    start: Start
    amount: int = Field(gt=0)
    unit: str
    zone: str
    end_offset_minutes: int
    steps: tuple[CertificateStep, ...]
    end_utc: str
    end_local: str
    last_moment: str
    note_fr: str
    note_en: str
    digest: str = ""

    # Form 2.
    wording: int = 0  # number of the words in the steps, `law.counting.WORDING`
    rule_confidence: Confidence | None = None  # of the weakest statement that the counting rule rests on
    and_days: int = Field(default=0, ge=0)  # months first, then these days
    direction: Direction = "after"
    day: date | None = None  # the answer of a rule in days, weeks, months or years
    strict_end_utc: str | None = None  # warns; nobody is accused on it
    strict_end_local: str | None = None
    pauses: tuple[PausePart, ...] = ()
    calendar: CalendarUsed | None = None
    shown: tuple[ShownPart, ...] = ()  # local times used, beside those of start, clock start and end

    @property
    def end(self) -> datetime:
        """The result, in UTC: the first instant at which the time is over."""
        return read("end_utc", self.end_utc)

    @property
    def strict_end(self) -> datetime:
        """When to warn, in UTC; the end itself where the rule has one clock only."""
        return read("strict_end_utc", self.strict_end_utc) if self.strict_end_utc is not None else self.end

    def with_digest(self) -> Self:
        """The same certificate, sealed with its digest."""
        return self.model_copy(update={"digest": digest_of(self)})


SINCE_FORM_2 = frozenset(
    {
        "wording", "rule_confidence", "and_days", "direction", "day", "strict_end_utc", "strict_end_local", "pauses",
        "calendar", "shown",
    }
)  # fmt: skip
_NOT_IN_DIGEST = {1: {"digest", *SINCE_FORM_2}, 2: {"digest"}}


class UnknownForm(LawError):
    """The certificate has a form that this version does not know; allowed: 1, 2."""


def digest_of(certificate: Certificate) -> str:
    """SHA-256, hex, of the canonical JSON without the digest itself; raises `UnknownForm`."""
    if certificate.form not in _NOT_IN_DIGEST:
        raise UnknownForm(
            f"the certificate has form {certificate.form}; allowed: {', '.join(map(str, _NOT_IN_DIGEST))}"
        )
    body: dict[str, Any] = certificate.model_dump(mode="json", exclude=_NOT_IN_DIGEST[certificate.form])
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def write(instant: datetime) -> str:
    """An instant as a certificate writes it: UTC, ISO 8601."""
    return aware(instant).isoformat()


def read(key: str, text: str) -> datetime:
    """The instant that stands at `key`; what is none was altered."""
    try:
        return aware(datetime.fromisoformat(text))
    except (ValueError, LawError) as error:
        raise AlteredCertificate(key, text, "an instant with its offset") from error
