"""The certificate: round trip, recomputed from itself alone, and every alteration named."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from law.answers import answer_clock, driving_clock, first_look_at, outcome_when_over, reminder_at
from law.certificate import Certificate, recompute
from law.errors import AlteredCertificate
from law.facts import ReceiptFacts
from law.vocabulary import Depicted, Fact, Receipt, RuleKind
from tests.law.facts_for_tests import LIBRARY, report

AT = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)
SERVER = ReceiptFacts(AT, Receipt.SERVER, "250 2.0.0 queued")
RELAY = ReceiptFacts(AT, Receipt.RELAY, "250 2.0.0 relayed")


def certificate(regime: str = "us-tida", receipt: ReceiptFacts = SERVER, **more: Any) -> Certificate:
    """The certificate of an answer to a notice about an intimate image."""
    return answer_clock(LIBRARY.regime(regime), report("ncii_adult", "US", **more), receipt, LIBRARY)


def test_it_comes_back_from_json_and_recomputes() -> None:
    """What was stored is what is recomputed, to the second."""
    made = certificate()
    read = Certificate.model_validate_json(made.model_dump_json())
    assert made == read
    assert datetime(2026, 11, 8, 22, 0, tzinfo=UTC) == recompute(read) == made.end
    assert made.end_local == "2026-11-08T17:00:00-05:00"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": 47}, "count"),
        ({"end_utc": "2026-11-08T21:00:00+00:00"}, "end_utc"),
        ({"end_local": "2026-11-08T16:00:00-05:00"}, "end_local"),
        ({"last_moment": "Sun 2026-11-08 16:00"}, "last_moment"),
        ({"kind": RuleKind.HOUSE}, "digest"),
        ({"note_en": "changed"}, "digest"),
    ],
)
def test_an_altered_certificate_names_what_was_altered(change: dict[str, Any], named: str) -> None:
    """A change anywhere is found, and the step that disagrees is named."""
    with pytest.raises(AlteredCertificate, match=f"'{named}'"):
        recompute(certificate().model_copy(update=change))


@pytest.mark.parametrize("index", [0, 1, 2])
def test_altered_words_of_a_step_are_named(index: int) -> None:
    """The words of a step must agree with its figures, even when the digest was made anew."""
    made = certificate()
    step = made.steps[index].model_copy(update={"en": "Trust me"})
    steps = (*made.steps[:index], step, *made.steps[index + 1 :])
    with pytest.raises(AlteredCertificate, match=f"'{step.id}'"):
        recompute(made.model_copy(update={"steps": steps}).with_digest())


def test_it_is_recomputed_without_time_zones_or_holidays() -> None:
    """The certificate embeds what it used: neither zone data nor holiday tables are needed."""
    program = (
        "import sys, zoneinfo\n"
        "sys.modules['holidays'] = None; sys.modules['tzdata'] = None; zoneinfo.reset_tzpath(to=[])\n"
        "from law.certificate import Certificate, recompute\n"
        "print(recompute(Certificate.model_validate_json(sys.stdin.read())).isoformat())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=certificate().model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "2026-11-08T22:00:00+00:00"


@pytest.mark.parametrize("regime", ["us-tida", "uk-osa-10-3a", "fr-lcen-6-1"])
def test_a_legal_clock_needs_a_proven_receipt(regime: str) -> None:
    """At our relay only, no legal clock runs: the certificate is one of the house, says so, and nothing is missed."""
    legal, unproven = certificate(regime), certificate(regime, RELAY)
    assert (legal.kind, outcome_when_over(legal)) == (RuleKind.LAW, Fact.RAN_OUT)
    assert (unproven.kind, outcome_when_over(unproven)) == (RuleKind.HOUSE, Fact.STAYED_SILENT)
    assert "not proven" in unproven.note_en and "non prouvée" in unproven.note_fr
    assert not unproven.start.receipt_proven


@pytest.mark.parametrize("regime", ["eu-dsa-16", "eu-dsa-22", "eu-dsa-53", "fr-pharos", "fr-prosecutor"])
def test_a_soft_duty_is_never_missed(regime: str) -> None:
    """Where the law gives no number, the clock is ours whatever the receipt."""
    made = certificate(regime, ReceiptFacts(AT, Receipt.PORTAL, "ref"))
    assert (made.kind, outcome_when_over(made)) == (RuleKind.HOUSE, Fact.STAYED_SILENT)
    assert made.rule == "HOUSE/hours"


def test_a_return_shortens_our_own_clock_and_no_legal_one() -> None:
    """The ladder is shortened after a return; the law's 48 hours stay 48."""
    assert (certificate("eu-dsa-16").amount, certificate("eu-dsa-16", returns=1).amount) == (48, 24)
    assert certificate("us-tida", returns=1).amount == 48


def test_the_first_look_is_one_spacing_before_the_end_and_the_reminder_before_it() -> None:
    """Six hours before a long clock ends, a quarter of a short one; a reminder only where it is still polite."""
    soft, csam = LIBRARY.regime("eu-dsa-16"), report("csam", returns=1)
    made = certificate("eu-dsa-16")
    short = answer_clock(soft, csam, SERVER, LIBRARY)
    assert (made.end - first_look_at(made, LIBRARY)).total_seconds() == 6 * 3600
    assert (short.amount, (short.end - first_look_at(short, LIBRARY)).total_seconds()) == (12, 3 * 3600)
    remind = reminder_at(soft, made, report("ncii_adult"), LIBRARY)
    assert remind is not None and AT < remind < first_look_at(made, LIBRARY)
    assert reminder_at(soft, short, csam, LIBRARY) is None
    assert reminder_at(LIBRARY.regime("us-tida"), certificate(), report("ncii_adult"), LIBRARY) is None


def test_the_clock_of_a_minor_is_that_of_child_abuse_material() -> None:
    """A minor's image called intimate takes the clock of the category that it is treated as (practice, section 2)."""
    regime = LIBRARY.regime("nl-atkm")
    minor, adult = (report("ncii_adult", "NL", depicted=who) for who in (Depicted.MINOR, Depicted.ADULT))
    found = driving_clock(regime, minor, AT, LIBRARY)
    assert found is not None and found.categories == ("csam",)
    assert driving_clock(regime, adult, AT, LIBRARY) is None
