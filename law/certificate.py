"""
The deadline with its certificate: which rule, which start fact and what proves it, each step in words, the result.

A certificate can be recomputed from itself alone: it embeds the offsets it was shown with, so that neither time-zone
data nor a holiday table is needed. Its digest is the SHA-256 of its canonical JSON (ASCII, sorted keys) without it.
"""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from law.clock import JOURS, aware, compute, moment, rule_named, stamp, zone_named
from law.errors import AlteredCertificate
from law.vocabulary import Confidence, Receipt, RuleKind


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

    @property
    def end(self) -> datetime:
        """The result, in UTC: the first instant at which the time is over."""
        return _read(self.end_utc)

    def with_digest(self) -> Self:
        """The same certificate, sealed with its digest."""
        return self.model_copy(update={"digest": digest_of(self)})


def certify(
    *,
    regime: str,
    regime_digest: str,
    kind: RuleKind,
    rule: str,
    amount: int,
    unit: str,
    zone: str,
    confidence: Confidence,
    citation: str,
    fact: str,
    at: datetime,
    proof: str,
    receipt: Receipt,
    receipt_proven: bool,
    clock_start: datetime | None = None,
    note_fr: str = "",
    note_en: str = "",
) -> Certificate:
    """The certificate of one deadline; raises what `law.clock.compute` raises."""
    computed = compute(rule, at, amount, unit, zone, clock_start=clock_start)
    found = rule_named(rule)
    later = clock_start if clock_start is not None and aware(clock_start) != aware(at) else None
    start = Start(
        fact=fact,
        at=_write(at),
        offset_minutes=_offset(at, zone),
        clock_start=_write(later) if later is not None else None,
        clock_start_offset_minutes=_offset(later, zone) if later is not None else None,
        proof=proof,
        receipt=receipt,
        receipt_proven=receipt_proven,
    )
    return Certificate(
        regime=regime,
        regime_digest=regime_digest,
        kind=kind,
        rule=rule,
        rule_reference=found.reference,
        rule_quote=found.quote,
        rule_version=found.version,
        confidence=confidence,
        citation=citation,
        start=start,
        amount=amount,
        unit=unit,
        zone=zone,
        end_offset_minutes=_offset(computed.end, zone),
        steps=tuple(CertificateStep(id=one.id, fr=one.fr, en=one.en, at=_write(one.at)) for one in computed.steps),
        end_utc=_write(computed.end),
        end_local=_shown(computed.end, _offset(computed.end, zone)).isoformat(),
        last_moment=computed.last_moment,
        note_fr=note_fr,
        note_en=note_en,
    ).with_digest()


def recompute(certificate: Certificate) -> datetime:
    """
    The end in UTC, counted again from the certificate alone.

    Raises `AlteredCertificate` naming the first step that disagrees, or the digest when only it does.
    """
    began = _read(certificate.start.at)
    later = certificate.start.clock_start
    counted_from = _read(later) if later is not None else began
    end = rule_named(certificate.rule).count(counted_from, certificate.amount)
    expected = {"start": began, "clock_start": counted_from, "count": end, "local": end}
    for step in certificate.steps:
        _same(step.id, step.at, _write(expected.get(step.id, end)))
    shown = _shown(end, certificate.end_offset_minutes)
    _same("end_utc", certificate.end_utc, _write(end))
    _same("end_local", certificate.end_local, shown.isoformat())
    _same("last_moment", certificate.last_moment, moment(shown))
    _same_words(certificate, began, counted_from, end)
    _same("digest", certificate.digest, digest_of(certificate))
    return end


def _same_words(certificate: Certificate, began: datetime, counted_from: datetime, end: datetime) -> None:
    """What the steps say in words must be what they say in figures."""
    local, shown = _shown(began, certificate.start.offset_minutes), _shown(end, certificate.end_offset_minutes)
    sum_ = f"{stamp(counted_from)} + {certificate.amount} h = {stamp(end)}"
    said = {
        "start": (moment(local, JOURS), moment(local)),
        "count": (sum_, sum_),
        "local": (moment(shown, JOURS), moment(shown)),
    }
    for step in certificate.steps:
        for text, words in zip((step.fr, step.en), said.get(step.id, ("", "")), strict=True):
            if words not in text:
                raise AlteredCertificate(step.id, text, words)


def digest_of(certificate: Certificate) -> str:
    """SHA-256, hex, of the canonical JSON without the digest itself."""
    body: dict[str, Any] = certificate.model_dump(mode="json", exclude={"digest"})
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _same(step: str, says: str, recomputed: str) -> None:
    if says != recomputed:
        raise AlteredCertificate(step, says, recomputed)


def _write(instant: datetime) -> str:
    return aware(instant).isoformat()


def _read(text: str) -> datetime:
    return aware(datetime.fromisoformat(text))


def _offset(instant: datetime, zone: str) -> int:
    """Minutes east of UTC in the zone at that instant."""
    offset = aware(instant).astimezone(zone_named(zone)).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)


def _shown(instant: datetime, offset_minutes: int) -> datetime:
    """The instant in local time, without any time-zone data."""
    return instant.astimezone(timezone(timedelta(minutes=offset_minutes)))
