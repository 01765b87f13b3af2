"""When an answer is due, what the silence is called, when we look and when we remind."""

from datetime import datetime, timedelta

from law.certificate import Certificate, certify
from law.errors import BadCount
from law.facts import ReceiptFacts, ReportFacts
from law.gate import law_day, treated_as
from law.library import Library
from law.regime import Clock, Regime
from law.vocabulary import Confidence, Fact, RuleKind

NOT_PROVEN_FR = "Réception non prouvée : aucun délai légal ne court, aucun manquement n'est allégué."
NOT_PROVEN_EN = "Receipt not proven: no legal clock runs, no breach is alleged."
HOUSE_FR = "Délai de la maison, sans valeur légale."
HOUSE_EN = "Our own time, without legal force."


def answer_clock(
    regime: Regime, report: ReportFacts, receipt: ReceiptFacts, library: Library, zone: str | None = None
) -> Certificate:
    """
    The certificate of the time that the addressee has to answer.

    A soft duty gets our own hours, from sending. A legal clock runs only from a proven receipt; below its level the
    certificate is one of the house and says so, so that nothing can be called missed.
    """
    home = library.house.zone
    clock = driving_clock(regime, report, receipt.given_at, library)
    if clock is None:
        raise BadCount(f"{regime.id} has no clock on that day")
    if clock.kind is RuleKind.HOUSE:
        hours = _house_hours(clock.house or "answer_hours", report, library)
        return _certificate(regime, clock, receipt, hours, "HOUSE/hours", zone or home, HOUSE_FR, HOUSE_EN)
    if receipt.level.level < clock.minimum_receipt.level:
        hours = _house_hours("answer_hours", report, library)
        return _certificate(regime, clock, receipt, hours, "HOUSE/hours", zone or home, NOT_PROVEN_FR, NOT_PROVEN_EN)
    return _certificate(regime, clock, receipt, clock.amount or 0, clock.rule or "", clock.zone or zone or home, "", "")


def driving_clock(regime: Regime, report: ReportFacts, at: datetime, library: Library) -> Clock | None:
    """The clock of the day of `at` where the house is, for the category whose rules hold."""
    return regime.clock_on(law_day(at, library), treated_as(report, library))


def outcome_when_over(certificate: Certificate) -> Fact:
    """A legal clock runs out; on a house clock somebody only stayed silent."""
    return Fact.RAN_OUT if certificate.kind is RuleKind.LAW else Fact.STAYED_SILENT


def first_look_at(certificate: Certificate, library: Library) -> datetime:
    """When to look first: one spacing before the end, so that two spaced looks are there when it is over."""
    return certificate.end - spacing(certificate, library)


def spacing(certificate: Certificate, library: Library) -> timedelta:
    """The time between two looks: 6 hours, less for a short clock."""
    probe = library.house.probe
    whole = certificate.end - _started(certificate)
    return min(timedelta(hours=probe.spacing_hours), whole / probe.short_clock_share)


def reminder_at(regime: Regime, certificate: Certificate, report: ReportFacts, library: Library) -> datetime | None:
    """When a courtesy reminder is polite; None when the regime has none or the first look would come before it."""
    hours = library.house.hours("reminder_hours", report.category)
    at = _started(certificate) + timedelta(hours=hours)
    return at if regime.reminder and hours and at < first_look_at(certificate, library) else None


def watch_days(library: Library) -> tuple[int, ...]:
    """On which days after removal we look whether the content came back."""
    return library.house.watch.days


def _house_hours(table: str, report: ReportFacts, library: Library) -> int:
    """Our own hours; less when the content came back."""
    hours = library.house.hours(table, report.category)
    if table == "answer_hours" and report.returns:
        return min(hours, library.house.hours("answer_hours_after_return", report.category))
    return hours


def _certificate(
    regime: Regime,
    clock: Clock,
    receipt: ReceiptFacts,
    hours: int,
    rule: str,
    zone: str,
    note_fr: str,
    note_en: str,
) -> Certificate:
    legal = rule != "HOUSE/hours"
    return certify(
        regime=regime.id,
        regime_digest=regime.digest,
        kind=RuleKind.LAW if legal else RuleKind.HOUSE,
        rule=rule,
        amount=hours,
        unit=clock.unit if legal else "hours",
        zone=zone,
        calendar=(clock.calendar or "none") if legal else "none",
        confidence=clock.citation.confidence if legal else Confidence.UNVERIFIED,
        citation=clock.citation.reference if legal else "house.toml",
        fact=clock.starts if legal else "given",
        at=receipt.given_at,
        proof=receipt.proof,
        receipt=receipt.level,
        receipt_proven=receipt.level.level >= 2,
        note_fr=note_fr,
        note_en=note_en,
    )


def _started(certificate: Certificate) -> datetime:
    return datetime.fromisoformat(certificate.start.clock_start or certificate.start.at)
