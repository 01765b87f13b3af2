"""What follows an outcome: escalation, the next host, the authority's own procedure, a person; and the return."""

from dataclasses import replace

import pytest

from law.vocabulary import Depicted, Fact, Stage
from tests.law.facts_for_tests import (
    JUDGMENT,
    LIBRARY,
    NOW,
    ORGANISATION,
    PLATFORM,
    POLICE_FIRST,
    US,
    causes,
    followed,
    mandate,
    report,
    routed,
    signatures,
    simulated,
    told,
)


def test_an_unanswered_notice_opens_the_complaint_and_tells_the_prosecutor() -> None:
    """The coordinator, and for penal categories the prosecutor; a judgment opens the block route."""
    facts = report("hate", hosts=(PLATFORM,))
    found = followed("eu-dsa-22", Stage.UNANSWERED, facts)
    assert told(found) == [("eu-dsa-53", "P-ARCOM"), ("fr-prosecutor", "P-PROSEC")]
    judged = followed("eu-dsa-22", Stage.REFUSED, replace(facts, judgment=JUDGMENT))
    assert ("fr-lcen-6-4", "P-POLICE") in told(judged)
    over = replace(facts, judgment=replace(JUDGMENT, until=NOW))
    assert ("fr-lcen-6-4", "P-POLICE") not in told(followed("eu-dsa-22", Stage.REFUSED, over))


def test_a_proposal_follows_in_a_filled_in_simulation_only() -> None:
    """In the real house it does not exist."""
    facts = report("hate")
    assert ("prop-temporary-block", "P-HOST") in told(followed("eu-dsa-16", Stage.UNANSWERED, facts, simulated()))
    for organisation in (ORGANISATION, replace(simulated(), simulated=False), simulated(lifted_by="")):
        found = followed("eu-dsa-16", Stage.UNANSWERED, facts, organisation)
        assert "prop-temporary-block" not in [regime for regime, _ in told(found)]


def test_the_authoritys_own_procedure_follows_its_act_and_bears_on_the_host() -> None:
    """Pharos acts: we follow LCEN 6-1; missed, it goes to the prosecutor. Not for a category outside 6-1."""
    facts = report("csam")
    assert told(followed("fr-pharos", Fact.ACTED, facts, party="P-POLICE")) == [("fr-lcen-6-1", "P-HOST")]
    assert told(followed("fr-lcen-6-1", Stage.MISSED, facts)) == [("fr-prosecutor", "P-PROSEC")]
    assert told(followed("fr-pharos", Fact.ACTED, report("hate"))) == []


@pytest.mark.parametrize(("regime", "cause"), [("us-tida", "ftc_complaint"), ("uk-osa-10-3a", "expedited_complaint")])
def test_a_missed_48_hours_becomes_a_matter_for_a_person(regime: str, cause: str) -> None:
    """No regime of ours goes on from there: a person decides on the complaint."""
    facts = report("ncii_adult", "US", hosts=(US,), mandates=(mandate(),))
    assert [cause] == causes(followed(regime, Stage.MISSED, facts))


def test_content_that_moved_is_routed_anew() -> None:
    """Another country is another route: from France to abroad, the network joins."""
    moved = followed("eu-dsa-16", Stage.MOVED, report("csam", "NL"))
    assert ("inhope-iccam", "P-ICCAM") in told(moved)


def test_content_that_came_back_takes_the_shortened_ladder() -> None:
    """Notice and escalation at once; the complaint, which states a duty that failed, still waits for one to fail."""
    found = routed(report("hate", hosts=(PLATFORM,), returns=1))
    assert told(found) == [("eu-dsa-22", "P-PLAT"), ("fr-prosecutor", "P-PROSEC")]
    csam = routed(report("csam", returns=1))
    assert next(one.after for one in csam.steps if one.party == "P-HOST") == POLICE_FIRST


@pytest.mark.parametrize("regime", LIBRARY.ids())
@pytest.mark.parametrize("outcome", [Stage.MISSED, Stage.UNANSWERED, Stage.REFUSED])
@pytest.mark.parametrize("category", sorted(LIBRARY.categories))
def test_no_failed_procedure_ends_in_nothing(regime: str, outcome: Stage, category: str) -> None:
    """After any failure something follows: another procedure or a person's decision. No orphan case."""
    facts = report(category, hosts=(PLATFORM,), depicted=Depicted.MINOR if category == "csam" else Depicted.ADULT)
    found = followed(regime, outcome, facts)
    assert found.steps or found.asks


@pytest.mark.parametrize("outcome", [Stage.COMPLIED, Stage.WITHDRAWN, Stage.LAPSED, Stage.LIFTED, Stage.CONFIRMED])
@pytest.mark.parametrize("regime", LIBRARY.ids())
def test_nothing_follows_a_success_or_a_withdrawal(regime: str, outcome: Stage) -> None:
    """Nobody is told more when there is nothing more to tell."""
    found = followed(regime, outcome, report("hate"))
    assert (told(found), causes(found)) == ([], [])


def test_an_unsigned_escalation_does_not_open() -> None:
    """Practice 2: the signed one does; with none signed the lawyer is asked, and not that nothing is laid down."""
    facts = report("hate", hosts=(PLATFORM,))
    one = replace(ORGANISATION, signatures=signatures("fr-prosecutor"))
    found = followed("eu-dsa-16", Stage.UNANSWERED, facts, one, party="P-PLAT")
    assert (told(found), causes(found)) == ([("fr-prosecutor", "P-PROSEC")], [])
    found = followed("eu-dsa-16", Stage.UNANSWERED, facts, replace(ORGANISATION, signatures=()), party="P-PLAT")
    assert (told(found), causes(found)) == ([], ["unsigned"])


def test_the_authoritys_own_procedure_and_a_proposal_need_no_signature() -> None:
    """An authority's own procedure sends nothing of ours; a proposal is only ever played."""
    nothing = replace(ORGANISATION, signatures=())
    followed_6_1 = followed("fr-pharos", Fact.ACTED, report("csam"), nothing, party="P-POLICE")
    assert (told(followed_6_1), causes(followed_6_1)) == ([("fr-lcen-6-1", "P-HOST")], [])
    played = followed("eu-dsa-16", Stage.UNANSWERED, report("hate"), replace(simulated(), signatures=()))
    assert told(played) == [("prop-temporary-block", "P-HOST")]
