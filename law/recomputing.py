"""
Counting a certificate again from itself alone: no time-zone data, no table of holidays, nothing of the world.

What disagrees is named: the first step whose instant or words are not those of the count, else the field, else the
digest.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import zip_longest

from law.calendars import CALENDARS, Calendar, Holiday
from law.certificate_parts import SINCE_FORM_2, Certificate, UnknownForm, digest_of, read, write
from law.counting import JOURS, WORDING, Computation, Count, Pause, carry_out, moment, stamp
from law.counting_hours import elapsed_hours
from law.counting_places import EmbeddedPlace, Shown
from law.counting_rules import RULES
from law.errors import AlteredCertificate, LawError


def recompute(certificate: Certificate) -> datetime:
    """
    The end in UTC, counted again from the certificate alone.

    Raises `AlteredCertificate` naming the first step that disagrees, or the digest when only it does; `UnknownForm`
    for a form that this version does not know.
    """
    if certificate.form not in (1, 2):
        raise UnknownForm(f"the certificate has form {certificate.form}; allowed: 1, 2")
    if certificate.rule not in RULES:
        raise AlteredCertificate("rule", certificate.rule, f"one of {', '.join(sorted(RULES))}")
    end = _form_1(certificate) if certificate.form == 1 else _form_2(certificate)
    _same("digest", certificate.digest, digest_of(certificate))
    return end


def _form_2(certificate: Certificate) -> datetime:
    place = EmbeddedPlace(certificate.zone, tuple(_shown(certificate)))
    start, rule = certificate.start, RULES[certificate.rule]
    began = read("start", start.at)
    count = Count(
        rule=rule,
        amount=certificate.amount,
        unit=certificate.unit,
        began=began,
        counted_from=read("clock_start", start.clock_start) if start.clock_start is not None else began,
        place=place,
        calendar=_calendar(certificate),
        and_days=certificate.and_days,
        direction=certificate.direction,
        pauses=tuple(
            Pause(read("pauses", one.begins), read("pauses", one.ends), one.ground, one.proof)
            for one in certificate.pauses
        ),
    )
    try:
        computed = carry_out(count)
    except LawError as error:
        raise AlteredCertificate("count", f"{certificate.amount} {certificate.unit}", str(error)) from error
    _same_steps(certificate, computed)
    _same_result(certificate, computed, place)
    return computed.end


def _same_steps(certificate: Certificate, computed: Computation) -> None:
    """Every step, in order: its instant, and its words or, where these were worded by another version, its figures."""
    known = {one.id for one in computed.steps}
    for says, found in zip_longest(certificate.steps, computed.steps):
        if found is None or (says is not None and says.id not in known):
            raise AlteredCertificate(says.id, says.en, "no such step")
        if says is None or says.id != found.id:
            raise AlteredCertificate(found.id, says.id if says is not None else "nothing", found.en)
        _same(found.id, says.at, write(found.at))
        for text, words in ((says.fr, found.fr), (says.en, found.en)):
            agree = text == words if certificate.wording == WORDING else figures(text) == figures(words)
            if not agree:
                raise AlteredCertificate(found.id, text, words)


def _same_result(certificate: Certificate, computed: Computation, place: EmbeddedPlace) -> None:
    strict = computed.strict_end
    _same("end_utc", certificate.end_utc, write(computed.end))
    _same("end_local", certificate.end_local, place.local(computed.end).isoformat())
    _same("last_moment", certificate.last_moment, computed.last_moment)
    _same("day", certificate.day, computed.day)
    _same("strict_end_utc", certificate.strict_end_utc, write(strict) if strict is not None else None)
    shown = place.local(strict).isoformat() if strict is not None else None
    _same("strict_end_local", certificate.strict_end_local, shown)


def _shown(certificate: Certificate) -> Iterator[Shown]:
    """Every instant whose local time the certificate tells."""
    start = certificate.start
    told = [("start", start.at, start.offset_minutes), ("end_utc", certificate.end_utc, certificate.end_offset_minutes)]
    if start.clock_start is not None and start.clock_start_offset_minutes is not None:
        told.append(("clock_start", start.clock_start, start.clock_start_offset_minutes))
    for key, text, offset in told:
        instant = read(key, text)
        yield Shown(instant, _local(instant, offset, key))
    for one in certificate.shown:
        try:
            local = datetime.fromisoformat(one.local)
            asked = datetime.fromisoformat(one.asked) if one.asked is not None else None
        except ValueError as error:
            raise AlteredCertificate("shown", one.local, "a local time with its offset") from error
        if asked is not None and asked.tzinfo is not None:
            raise AlteredCertificate("shown", one.asked or "", "a local time without an offset")
        instant = read("shown", one.utc)
        _same("shown", read("shown", one.local), instant)
        yield Shown(instant, local, asked)


def _calendar(certificate: Certificate) -> Calendar:
    used = certificate.calendar
    if used is None:
        if RULES[certificate.rule].uses_calendar:
            raise AlteredCertificate("calendar", "nothing", "the calendar that this rule looks at")
        return Calendar("none", "", 0, 0, lambda day: None)
    if used.name not in CALENDARS:
        raise AlteredCertificate("calendar", used.name, f"one of {', '.join(CALENDARS)}")
    days: dict[date, Holiday] = {one.day: Holiday(one.day, one.fr, one.en) for one in used.holidays}
    return Calendar(used.name, used.version, used.checked_from, used.checked_until, days.get)


def figures(text: str) -> list[str]:
    """The dates, times and numbers in a text, in order."""
    words = (word.strip("().,;:") for word in text.split())
    return [word for word in words if any(sign.isdecimal() for sign in word)]


def _form_1(certificate: Certificate) -> datetime:
    """The first form: elapsed hours only, with the offsets of start, clock start and end."""
    for name in sorted(SINCE_FORM_2):
        if getattr(certificate, name) != Certificate.model_fields[name].default:
            raise AlteredCertificate(name, str(getattr(certificate, name)), "nothing: form 1 does not have it")
    if certificate.rule not in _FORM_1_RULES:
        raise AlteredCertificate("rule", certificate.rule, f"one of {', '.join(sorted(_FORM_1_RULES))}")
    began = read("start", certificate.start.at)
    later = certificate.start.clock_start
    counted_from = read("clock_start", later) if later is not None else began
    try:
        end = elapsed_hours(counted_from, certificate.amount)
    except OverflowError as error:
        raise AlteredCertificate("count", f"{certificate.amount} hours", "an amount inside the calendar") from error
    expected = {"start": began, "clock_start": counted_from, "count": end, "local": end}
    for step in certificate.steps:
        _same(step.id, step.at, write(expected.get(step.id, end)))
    shown = _local(end, certificate.end_offset_minutes, "local")
    _same("end_utc", certificate.end_utc, write(end))
    _same("end_local", certificate.end_local, shown.isoformat())
    _same("last_moment", certificate.last_moment, moment(shown))
    sum_ = f"{stamp(counted_from)} + {certificate.amount} h = {stamp(end)}"
    local = _local(began, certificate.start.offset_minutes, "start")
    said = {
        "start": (moment(local, JOURS), moment(local)),
        "count": (sum_, sum_),
        "local": (moment(shown, JOURS), moment(shown)),
    }
    for step in certificate.steps:
        for text, words in zip((step.fr, step.en), said.get(step.id, ("", "")), strict=True):
            if words not in text:
                raise AlteredCertificate(step.id, text, words)
    return end


_FORM_1_RULES = {"FR-LCEN/hours", "US-TIDA-48h", "UK-OSA-10(3A)/hours", "OTHER/hours", "HOUSE/hours"}


def _local(instant: datetime, offset_minutes: int, key: str) -> datetime:
    """The instant in local time, without any time-zone data."""
    try:
        return instant.astimezone(timezone(timedelta(minutes=offset_minutes)))
    except (ValueError, OverflowError) as error:
        raise AlteredCertificate(key, f"{offset_minutes} minutes", "an offset of less than a day") from error


def _same(step: str, says: object, recomputed: object) -> None:
    if says != recomputed:
        raise AlteredCertificate(step, str(says), str(recomputed))
