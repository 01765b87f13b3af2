"""
The deadline with its certificate: which rule, which start fact and what proves it, each step in words, the result.

A certificate can be recomputed from itself alone: it embeds the local times and the public holidays that it used, so
that neither time-zone data nor a holiday table is needed.
"""

from datetime import date, datetime

from law.calendars import Calendar
from law.certificate_parts import (
    FORM,
    CalendarUsed,
    Certificate,
    CertificateStep,
    Direction,
    HolidayPart,
    PausePart,
    ShownPart,
    Start,
    UnknownForm,
    digest_of,
    write,
)
from law.clock import work
from law.counting import WORDING, Count, Pause
from law.counting_places import ZonePlace, minutes_east
from law.recomputing import recompute
from law.vocabulary import Confidence, Receipt, RuleKind

__all__ = [
    "FORM", "CalendarUsed", "Certificate", "CertificateStep", "Direction", "HolidayPart", "PausePart", "ShownPart",
    "Start", "UnknownForm", "certify", "digest_of", "recompute",
]  # fmt: skip


def certify(
    *,
    regime: str,
    regime_digest: str,
    kind: RuleKind,
    rule: str,
    amount: int | str,
    unit: str,
    zone: str,
    confidence: Confidence,
    citation: str,
    fact: str,
    at: datetime | date,
    proof: str,
    receipt: Receipt,
    receipt_proven: bool,
    clock_start: datetime | date | None = None,
    calendar: str = "none",
    direction: Direction = "after",
    pauses: tuple[Pause, ...] = (),
    note_fr: str = "",
    note_en: str = "",
) -> Certificate:
    """The certificate of one deadline; raises what `law.clock.compute` raises."""
    computed, count, place = work(rule, at, amount, unit, zone, clock_start, calendar, direction, pauses)
    end, strict, found = place.local(computed.end), computed.strict_end, count.rule
    return Certificate(
        form=FORM,
        regime=regime,
        regime_digest=regime_digest,
        kind=kind,
        rule=rule,
        rule_reference=found.reference,
        rule_quote=found.quote,
        rule_version=found.version,
        rule_confidence=found.confidence,
        confidence=confidence,
        citation=citation,
        start=_start(count, place, fact, proof, receipt, receipt_proven),
        amount=count.amount,
        and_days=count.and_days,
        unit=unit,
        direction=direction,
        zone=zone,
        pauses=tuple(_pause(one) for one in count.pauses),
        calendar=_calendar(count.calendar) if found.uses_calendar else None,
        wording=WORDING,
        steps=tuple(CertificateStep(id=one.id, fr=one.fr, en=one.en, at=one.at.isoformat()) for one in computed.steps),
        day=computed.day,
        end_utc=computed.end.isoformat(),
        end_local=end.isoformat(),
        end_offset_minutes=minutes_east(end),
        strict_end_utc=strict.isoformat() if strict is not None else None,
        strict_end_local=place.local(strict).isoformat() if strict is not None else None,
        shown=_shown(place, count, computed.end),
        last_moment=computed.last_moment,
        note_fr=note_fr,
        note_en=note_en,
    ).with_digest()


def _start(count: Count, place: ZonePlace, fact: str, proof: str, receipt: Receipt, receipt_proven: bool) -> Start:
    later = count.counted_from if count.counted_from != count.began else None
    return Start(
        fact=fact,
        at=count.began.isoformat(),
        offset_minutes=minutes_east(place.local(count.began)),
        clock_start=later.isoformat() if later is not None else None,
        clock_start_offset_minutes=minutes_east(place.local(later)) if later is not None else None,
        proof=proof,
        receipt=receipt,
        receipt_proven=receipt_proven,
    )


def _pause(one: Pause) -> PausePart:
    return PausePart(begins=write(one.begins), ends=write(one.ends), ground=one.ground, proof=one.proof)


def _calendar(calendar: Calendar) -> CalendarUsed:
    return CalendarUsed(
        name=calendar.name,
        version=calendar.version,
        checked_from=calendar.checked_from,
        checked_until=calendar.checked_until,
        first=calendar.first,
        last=calendar.last,
        holidays=tuple(HolidayPart(day=one.day, fr=one.fr, en=one.en) for one in calendar.used()),
    )


def _shown(place: ZonePlace, count: Count, end: datetime) -> tuple[ShownPart, ...]:
    """The local times used that start, clock start and end do not tell by themselves."""
    told = {count.began, count.counted_from, end}
    return tuple(
        ShownPart(
            utc=one.utc.isoformat(),
            local=one.local.isoformat(),
            asked=one.asked.isoformat() if one.asked is not None else None,
        )
        for one in sorted(place.shown.values(), key=lambda one: one.utc)
        if one.utc not in told or one.asked is not None
    )
