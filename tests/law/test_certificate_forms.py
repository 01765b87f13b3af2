"""Certificates of every rule and of both forms: what they hold, what was altered, and what an older version stored."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from law.certificate import Certificate, digest_of, recompute
from law.certificate_parts import UnknownForm
from law.clock import Pause
from law.errors import AlteredCertificate
from law.vocabulary import Confidence
from tests.law.certificates_for_tests import made

AT = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)


def test_a_certificate_in_days_holds_all_that_a_person_needs() -> None:
    """Calendar with its version, its years and the holidays used, the answer's day, direction and local times."""
    found = made("FR-CPC-641-642/days", 15, "days")
    assert found.form == 2 and found.direction == "after" and found.day == date(2026, 11, 12)
    assert found.calendar is not None and found.calendar.version.startswith("holidays ")
    assert [(str(one.day), one.en) for one in found.calendar.holidays] == [("2026-11-11", "Armistice Day")]
    assert (found.calendar.checked_from, found.calendar.checked_until) == (2026, 2027)
    assert (found.end_utc, found.end_local) == ("2026-11-12T23:00:00+00:00", "2026-11-13T00:00:00+01:00")
    assert found.rule_confidence is Confidence.TEXT and found.strict_end == found.end


def test_a_certificate_of_an_eu_hour_holds_both_clocks() -> None:
    """The strict end stands beside the end, in UTC and local time, and is recomputed as well."""
    found = made("EU-1182-71/hours", 1, "hours", at=datetime(2026, 11, 10, 13, 20, tzinfo=UTC))
    assert found.strict_end_local == "2026-11-10T15:20:00+01:00" and found.end_local == "2026-11-10T16:00:00+01:00"
    assert recompute(found) == found.end
    late = found.model_copy(update={"strict_end_utc": "2026-11-10T14:00:00+00:00"}).with_digest()
    with pytest.raises(AlteredCertificate, match="strict_end_utc"):
        recompute(late)


def test_a_pause_stands_in_the_certificate_with_its_ground() -> None:
    """A pause with its ground and proof is embedded, counted and recomputed; one that was removed is noticed."""
    pause = Pause(AT, datetime(2026, 11, 7, 2, 0, tzinfo=UTC), "some legal ground", "letter of 6 November")
    found = made("FR-LCEN/hours", 24, "hours", at=datetime(2026, 11, 6, 10, 0, tzinfo=UTC), pauses=(pause,))
    assert recompute(found) == found.end == datetime(2026, 11, 7, 14, 0, tzinfo=UTC)
    assert found.pauses[0].ground == "some legal ground" and found.pauses[0].proof == "letter of 6 November"
    with pytest.raises(AlteredCertificate, match="pause_1"):
        recompute(found.model_copy(update={"pauses": ()}).with_digest())


def _without_holidays(found: Certificate) -> dict[str, Any]:
    assert found.calendar is not None
    return {"calendar": found.calendar.model_copy(update={"holidays": ()})}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_without_holidays, "extend"),
        (lambda found: {"amount": 16}, "count"),
        (lambda found: {"unit": "hours"}, "count"),
        (lambda found: {"rule": "EU-1182-71/days"}, "day_1"),
        (lambda found: {"rule": "no such rule"}, "rule"),
        (lambda found: {"start": found.start.model_copy(update={"at": "2026-10-28T11:00:00+00:00"})}, "start"),
        (lambda found: {"start": found.start.model_copy(update={"at": "yesterday"})}, "start"),
        (lambda found: {"start": found.start.model_copy(update={"offset_minutes": 10**6})}, "start"),
        (lambda found: {"steps": found.steps[1:]}, "start"),
        (lambda found: {"steps": (*found.steps, found.steps[-1])}, "calendar"),
        (lambda found: {"day": date(2026, 11, 11)}, "day"),
        (lambda found: {"calendar": None}, "calendar"),
        (lambda found: {"zone": "Europe/Rome"}, "local"),
        (lambda found: {"end_utc": "2026-11-13T23:00:00+00:00"}, "end_utc"),
    ],
)  # fmt: skip
def test_whatever_was_altered_is_named_even_with_a_new_digest(change: Any, named: str) -> None:
    """A forger who seals anew is found by the count itself: the first step that disagrees is named."""
    found = made("FR-CPC-641-642/days", 15, "days")
    with pytest.raises(AlteredCertificate) as caught:
        recompute(found.model_copy(update=change(found)).with_digest())
    assert caught.value.step == named


def test_a_certificate_worded_by_another_version_is_held_to_its_figures() -> None:
    """New words of ours alter no stored certificate; other figures under old words do."""
    found = made("FR-CPC-641-642/days", 15, "days")

    def reworded(text: str) -> Certificate:
        steps = (found.steps[0], found.steps[1].model_copy(update={"en": text}), *found.steps[2:])
        return found.model_copy(update={"wording": 0, "steps": steps}).with_digest()

    assert recompute(reworded("Day of event Tue 2026-10-27 out (CPC 641), 1 is 2026-10-28")) == found.end
    with pytest.raises(AlteredCertificate, match="day_1"):
        recompute(reworded("Day of event Tue 2026-10-27 out (CPC 641), 1 is 2026-10-29"))


OLD = json.loads((Path(__file__).parent / "vectors" / "certificates_form_1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stored", OLD, ids=lambda stored: stored["rule"])
def test_a_certificate_of_the_first_form_is_still_read_and_recomputed(stored: dict[str, Any]) -> None:
    """What an older version stored is whole today: same end, same digest; and an alteration is still named."""
    read = Certificate.model_validate(stored)
    assert recompute(read).isoformat() == stored["end_utc"]
    assert digest_of(read) == stored["digest"]
    with pytest.raises(AlteredCertificate, match="count"):
        recompute(read.model_copy(update={"amount": 47}).with_digest())
    with pytest.raises(AlteredCertificate, match="'direction'"):
        recompute(read.model_copy(update={"direction": "before"}).with_digest())


def test_a_form_of_tomorrow_is_not_guessed_at() -> None:
    """A form that this version does not know is said to be unknown, not altered."""
    with pytest.raises(UnknownForm, match="form 3"):
        recompute(made("OTHER/hours", 2, "hours").model_copy(update={"form": 3}))


def test_a_time_that_clocks_skip_is_written_without_an_offset() -> None:
    """An offset put into `asked` by hand is named as altered, whatever else would disagree."""
    body = json.loads(made("EU-1182-71/days", 184, "days", zone="Africa/Cairo", calendar="none").model_dump_json())
    skipped = next(one for one in body["shown"] if one["asked"])
    skipped["asked"] += "+02:00"
    with pytest.raises(AlteredCertificate, match="'shown'"):
        recompute(Certificate.model_validate(body))
