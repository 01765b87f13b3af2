"""Any clock of any regime: what starts it, what defers it, who may change it, and what must be counted before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from law.certificate import Certificate, recompute
from law.errors import BadCount
from law.facts import ReceiptFacts
from law.library import load
from law.regime import Clock, Precondition
from law.times import certificate_for, earlier_acts, wait_over
from law.vocabulary import Receipt

LIBRARY = load()
DAY = date(2026, 11, 20)
START = datetime(2026, 11, 13, 16, 5, tzinfo=UTC)  # Friday, 17:05 in Paris


def clock(regime: str, name: str = "answer", category: str | None = None) -> Clock:
    """One clock of a regime on the day."""
    of = LIBRARY.regime(regime)
    found = of.clock_on(DAY, category) if name == "answer" else of.clock_named(name, DAY)
    assert found is not None
    return found


def certified(regime: str, of: Clock, **more: object) -> Certificate:
    """Its certificate, recomputed from itself alone on the way."""
    start = ReceiptFacts(START, Receipt.SERVER, "SMTP 250")
    found = certificate_for(LIBRARY.regime(regime), of, start, LIBRARY, **more)  # type: ignore[arg-type]
    assert recompute(found) == found.end
    return found


def test_the_hour_of_the_union_has_a_strict_end_and_a_latest_one() -> None:
    """One hour from Friday 17:05: sixty minutes to warn, the full hour after the hour of the event to accuse."""
    found = certified("eu-tco-3", clock("eu-tco-3"))
    assert found.strict_end == START + timedelta(hours=1)
    assert found.end == datetime(2026, 11, 13, 18, 0, tzinfo=UTC)


def test_force_majeure_defers_the_start_and_is_named() -> None:
    """The time starts when the ground ceases; a ground that the regime does not know defers nothing."""
    later = START + timedelta(hours=5)
    found = certified("eu-tco-3", clock("eu-tco-3"), deferred_to=later, ground="force_majeure")
    assert found.start.clock_start is not None
    assert found.end == datetime(2026, 11, 13, 23, 0, tzinfo=UTC)
    with pytest.raises(BadCount, match="deferred by nothing"):
        certified("us-tida", clock("us-tida"), deferred_to=later, ground="force_majeure")
    with pytest.raises(BadCount, match="give the ground"):
        certified("eu-tco-3", clock("eu-tco-3"), deferred_to=later)


def test_an_authority_may_shorten_a_maximum_and_not_lengthen_it() -> None:
    """Twelve hours at most in the Netherlands for child abuse material; an instruction may say one hour, never a day."""
    of = clock("nl-atkm", category="csam")
    assert certified("nl-atkm", of).end == START + timedelta(hours=12)
    assert certified("nl-atkm", of, changed_to=(1, "hours")).end == START + timedelta(hours=1)
    with pytest.raises(BadCount, match="nobody may make it 24 hours"):
        certified("nl-atkm", of, changed_to=(24, "hours"))


def test_a_body_may_lengthen_its_time_up_to_the_cap() -> None:
    """Ninety days for the certified body, one hundred and eighty at most, never less."""
    of = next(each for each in LIBRARY.regime("eu-dsa-21").clocks if each.adjustment is not None)
    assert certified("eu-dsa-21", of, changed_to=(180, "days")).end > certified("eu-dsa-21", of).end
    for amount in (60, 181):
        with pytest.raises(BadCount):
            certified("eu-dsa-21", of, changed_to=(amount, "days"))


def test_a_fixed_number_is_nobodys_to_change() -> None:
    """Forty-eight hours are forty-eight hours."""
    with pytest.raises(BadCount, match="its number is fixed"):
        certified("us-tida", clock("us-tida"), changed_to=(72, "hours"))


def test_a_minimum_wait_keeps_the_next_step_until_its_end() -> None:
    """Australia: the complaint to the Commissioner is lawful 48 hours after the one to the service, not before."""
    of = next(each for each in LIBRARY.regime("au-osa-88").clocks if each.nature == "minimum_wait")
    found = certified("au-osa-88", of)
    assert found.end == START + timedelta(hours=48)
    assert wait_over(found, found.end - timedelta(seconds=1)) is None
    assert wait_over(found, found.end) is not None


def two_in_a_year() -> Precondition:
    """The precondition of an app removal notice."""
    conditions = LIBRARY.regime("au-osa-128").preconditions
    return next(each for each in conditions if each.id == "earlier_acts")


@pytest.mark.parametrize(
    ("days_ago", "proven"),
    [((10, 20), True), ((10, 364), True), ((10, 400), False), ((10,), False), ((), False), ((10, 20, -5), True),
     ((10, -5), False)],
)  # fmt: skip
def test_earlier_acts_are_counted_in_their_months_only(days_ago: tuple[int, ...], proven: bool) -> None:
    """Two or more times in the previous twelve months: older ones and later ones do not count."""
    acts = [START - timedelta(days=days) for days in days_ago]
    assert (earlier_acts(two_in_a_year(), acts, START) is not None) is proven


def test_a_number_without_a_counting_rule_is_told_and_never_computed() -> None:
    """Nobody read how it is counted: the program says so instead of guessing."""
    untold = [(one, each) for one in LIBRARY.regimes.values() for each in one.clocks if each.amount and not each.rule]
    assert untold
    for regime, of in untold:
        with pytest.raises(BadCount, match="no number with a counting rule"):
            certificate_for(regime, of, ReceiptFacts(START, Receipt.SERVER, ""), LIBRARY)


def test_every_clock_with_a_rule_gives_a_certificate_that_recomputes() -> None:
    """No clock of the catalogue is a shell: whatever has a number and a rule can be counted, and counted again."""
    counted = 0
    for regime in LIBRARY.regimes.values():
        for of in regime.clocks:
            if of.amount is not None and of.rule is not None:
                found = certificate_for(regime, of, ReceiptFacts(START, Receipt.SERVER, "250"), LIBRARY)
                assert recompute(found) == found.end > START, (regime.id, of.id)
                counted += 1
    assert counted >= 30
