"""Who is told first and who is never told: the rules of the house's practice, one by one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from law.decide import condition_may_be_met_at, condition_met
from law.facts import OrganisationFacts, PartyFacts
from law.vocabulary import Depicted, LocationKind, PartyKind, Stage
from tests.law.facts_for_tests import (
    HOST,
    LIBRARY,
    NOW,
    ORGANISATION,
    PLATFORM,
    POLICE_FIRST,
    US,
    causes,
    followed,
    mandate,
    party,
    report,
    routed,
    signatures,
    told,
)


def test_child_abuse_material_in_france_goes_to_the_police_first() -> None:
    """Practice 1.1: Pharos first; the host waits for the police or for the delay agreed in writing."""
    found = routed(report("csam", "FR"))
    assert told(found) == [("fr-pharos", "P-POLICE"), ("eu-dsa-16", "P-HOST")]
    assert [one.after for one in found.steps] == [None, POLICE_FIRST]


@pytest.mark.parametrize("country", ["NL", "US"])
def test_child_abuse_material_abroad_goes_to_police_and_network_first(country: str) -> None:
    """Practice 1.2: Pharos and ICCAM, and nothing to the host before the police let us."""
    found = routed(report("csam", country))
    assert told(found) == [("fr-pharos", "P-POLICE"), ("inhope-iccam", "P-ICCAM"), ("eu-dsa-16", "P-HOST")]
    assert found.steps[2].after == POLICE_FIRST


@pytest.mark.parametrize("category", sorted(LIBRARY.categories))
@pytest.mark.parametrize("country", ["FR", "DE", "US", None])
def test_nobody_who_must_not_be_told_is_ever_on_a_route(category: str, country: str | None) -> None:
    """Practice 1.1 and 1.11: site operator, registrant and uploader are never told, even when nobody else is known."""
    bad = (PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER)
    parties = tuple(party(f"P-{kind}", kind) for kind in bad)
    found = routed(report(category, country, hosts=parties))
    assert frozenset(bad) == found.never
    assert not {one.number for one in parties} & {number for _, number in told(found)}


def test_the_host_is_told_after_the_agreed_delay_and_there_is_no_default() -> None:
    """Without an agreement only the police's word frees the notice; with one, time does."""
    silent = report("csam", police_informed_at=NOW - timedelta(hours=100))
    agreed = replace(silent, agreed_delay_hours=120)
    assert condition_may_be_met_at(POLICE_FIRST, silent) is None
    assert not condition_met(POLICE_FIRST, silent, NOW)
    assert NOW + timedelta(hours=20) == condition_may_be_met_at(POLICE_FIRST, agreed)
    assert not condition_met(POLICE_FIRST, agreed, NOW)
    assert condition_met(POLICE_FIRST, agreed, NOW + timedelta(hours=20))
    assert condition_met(POLICE_FIRST, replace(silent, police_no_objection_at=NOW), NOW)
    assert NOW + timedelta(hours=20) == routed(agreed).steps[1].not_before


@pytest.mark.parametrize("kind", [LocationKind.ONION, LocationKind.MAGNET, LocationKind.IPFS, LocationKind.PHONE])
@pytest.mark.parametrize("category", ["csam", "terrorism", "hate"])
def test_no_host_means_no_notice(kind: LocationKind, category: str) -> None:
    """A place without a host: Pharos (or ICCAM), and no notice even if somebody entered a host."""
    found = routed(report(category, None, location_kinds=frozenset({kind})))
    assert told(found) == [("fr-pharos", "P-POLICE")]


def test_a_victims_image_at_a_us_platform_is_told_under_both_laws() -> None:
    """A mandate and the platform's own process: the DSA notice and the 48-hour laws, in parallel."""
    facts = report("ncii_adult", "US", hosts=(US,), mandates=(mandate(),))
    assert told(routed(facts)) == [("eu-dsa-22", "P-US"), ("us-tida", "P-US"), ("uk-osa-10-3a", "P-US")]


@pytest.mark.parametrize(
    ("change", "organisation"),
    [
        ({"mandates": ()}, ORGANISATION),
        ({"hosts": (replace(US, channels=PLATFORM.channels),)}, ORGANISATION),
        ({}, replace(ORGANISATION, signatures=signatures("eu-dsa-16", "eu-dsa-22"))),
    ],
)
def test_without_mandate_mechanism_or_signature_the_48_hour_laws_are_invisible(
    change: dict[str, Any], organisation: OrganisationFacts
) -> None:
    """Elsewhere than at the platform's own process no such clock is certain, and an unsigned regime does not exist."""
    facts = replace(report("ncii_adult", "US", hosts=(US,), mandates=(mandate(),)), **change)
    assert [one for one, _ in told(routed(facts, organisation))] == ["eu-dsa-22"]


@pytest.mark.parametrize("wish", [None, "nothing"])
@pytest.mark.parametrize("category", ["ncii_adult", "deepfake_ncii", "sextortion"])
def test_what_the_victim_wants_decides(category: str, wish: str | None) -> None:
    """She wants nothing, or nobody knows: nothing leaves, on the way in as on every escalation."""
    facts = report(category, depicted=Depicted.ADULT, wish=wish, hosts=(PLATFORM,))
    cause = "wish_nothing" if wish else "wish_unknown"
    for found in (routed(facts), followed("eu-dsa-16", Stage.UNANSWERED, facts)):
        assert ([], [cause]) == (told(found), causes(found))


@pytest.mark.parametrize("category", ["csam", "ncii_adult", "deepfake_ncii", "sextortion"])
def test_when_it_is_unknown_who_is_shown_a_person_decides(category: str) -> None:
    """Nobody is told on a guess of age."""
    found = routed(report(category, depicted=Depicted.UNKNOWN))
    assert (told(found), causes(found)) == ([], ["who_is_shown"])


@pytest.mark.parametrize("category", ["ncii_adult", "deepfake_ncii", "sextortion"])
def test_a_minors_own_image_is_never_an_intimate_image(category: str) -> None:
    """It takes the order of child abuse material, and a person requalifies it."""
    found = routed(report(category, depicted=Depicted.MINOR, wish=None, hosts=(PLATFORM,)))
    assert told(found)[0] == ("fr-pharos", "P-POLICE")
    assert found.steps[1].after == POLICE_FIRST
    assert causes(found) == ["minor_is_csam"]


@pytest.mark.parametrize("country", ["IE", "US", "FR", None])
def test_pornography_reachable_by_minors_goes_to_arcom_and_no_notice_leaves(country: str | None) -> None:
    """No notice rests on 227-24 alone; nor does one follow when Arcom stays silent, or at a return."""
    facts = report("minors_exposed", country, hosts=(replace(PLATFORM, country=country), HOST), returns=2)
    assert told(routed(facts)) == [("fr-lcen-10-1", "P-ARCOM")]
    silent = followed("fr-lcen-10-1", Stage.UNANSWERED, facts)
    assert (told(silent), causes(silent)) == ([], ["authority_silent"])


@pytest.mark.parametrize("category", sorted(LIBRARY.categories))
def test_private_content_is_guided_to_a_complaint(category: str) -> None:
    """Pharos takes public content only; a private message goes nowhere by itself."""
    found = routed(report(category, public=False))
    assert (told(found), causes(found)) == ([], ["private_content"])


@pytest.mark.parametrize(
    ("platform", "organisation", "regime"),
    [
        (PLATFORM, ORGANISATION, "eu-dsa-22"),
        (replace(PLATFORM, micro_or_small=None), ORGANISATION, "eu-dsa-16"),
        (replace(PLATFORM, micro_or_small=True), ORGANISATION, "eu-dsa-16"),
        (replace(PLATFORM, channels=HOST.channels), ORGANISATION, "eu-dsa-16"),
        (replace(PLATFORM, kind=PartyKind.HOSTING_PROVIDER), ORGANISATION, "eu-dsa-16"),
        (PLATFORM, replace(ORGANISATION, trusted_flagger=False), "eu-dsa-16"),
        (PLATFORM, replace(ORGANISATION, areas=frozenset({"csam"})), "eu-dsa-16"),
        (PLATFORM, replace(ORGANISATION, signatures=signatures("eu-dsa-16")), "eu-dsa-16"),
    ],
)
def test_article_22_is_claimed_only_where_all_of_it_holds(
    platform: PartyFacts, organisation: OrganisationFacts, regime: str
) -> None:
    """Unknown size stays unknown: otherwise Art. 16, and no priority is claimed."""
    assert [(regime, "P-PLAT")] == told(routed(report("hate", hosts=(platform,)), organisation))


def test_the_platform_is_told_before_the_host_behind_it_and_a_cdn_is_asked() -> None:
    """The host behind is told when the platform failed; a CDN is asked who hosts and gets no notice."""
    facts = report("hate", hosts=(HOST, PLATFORM))
    assert told(routed(facts)) == [("eu-dsa-22", "P-PLAT")]
    behind = followed("eu-dsa-22", Stage.UNANSWERED, facts, party="P-PLAT")
    assert told(behind)[0] == ("eu-dsa-16", "P-HOST")
    last = followed("eu-dsa-16", Stage.UNANSWERED, facts, party="P-HOST")
    assert "P-HOST" not in [number for _, number in told(last)]
    cdn = routed(report("hate", hosts=(party("P-CDN", PartyKind.CDN),)))
    assert (told(cdn), causes(cdn)) == ([], ["cdn_asked_who_hosts"])


def test_terrorism_and_drugs_go_to_police_and_host_in_parallel() -> None:
    """The police have powers of their own there; the host is told at the same time."""
    for category in ("terrorism", "drugs"):
        assert told(routed(report(category))) == [("fr-pharos", "P-POLICE"), ("eu-dsa-16", "P-HOST")]


def test_a_missing_authority_is_asked_for_once() -> None:
    """An empty directory makes one matter, not a wrong addressee."""
    found = routed(report("csam", "US"), replace(ORGANISATION, authorities=()))
    assert (told(found), causes(found)) == ([("eu-dsa-16", "P-HOST")], ["no_addressee"])
    foreign = replace(ORGANISATION, authorities=(party("P-BE", PartyKind.POLICE, "BE"),))
    assert "P-BE" not in [number for _, number in told(routed(report("csam"), foreign))]


def test_an_unsigned_regime_is_passed_over() -> None:
    """Practice 2: nobody signed it, so it does not exist; the step's next regime is taken, other steps go on."""
    only_16 = replace(ORGANISATION, signatures=signatures("eu-dsa-16"))
    assert told(routed(report("hate", hosts=(PLATFORM,)), only_16)) == [("eu-dsa-16", "P-PLAT")]
    found = routed(report("terrorism"), only_16)
    assert (told(found), causes(found)) == ([("eu-dsa-16", "P-HOST")], [])
    outdated = tuple(replace(one, digest="of another version") for one in signatures())
    found = routed(report("hate"), replace(ORGANISATION, signatures=outdated))
    assert (told(found), causes(found)) == ([], ["unsigned"])


@pytest.mark.parametrize("category", sorted(LIBRARY.categories))
@pytest.mark.parametrize("country", ["FR", "DE", "US", None])
def test_without_any_signature_the_lawyer_is_asked_and_nothing_is_opened(category: str, country: str | None) -> None:
    """No report is forgotten: what nothing but a signature keeps back is one matter."""
    found = routed(report(category, country), replace(ORGANISATION, signatures=()))
    assert (told(found), causes(found)) == ([], ["unsigned"])


def test_a_minor_called_an_intimate_image_waits_for_the_lawyer_too() -> None:
    """To requalify opens nothing: without signatures both matters are there."""
    facts = report("ncii_adult", depicted=Depicted.MINOR, wish=None)
    assert causes(routed(facts, replace(ORGANISATION, signatures=()))) == ["minor_is_csam", "unsigned"]


@pytest.mark.parametrize("country", ["FR", "US"])
def test_a_notice_does_not_wait_for_police_whom_nobody_may_tell(country: str) -> None:
    """Practice 1.1: with Pharos unsigned the notice would wait for ever and the police know nothing; the lawyer is asked."""
    everything_else = [one for one in LIBRARY.ids() if one != "fr-pharos"]
    found = routed(report("csam", country), replace(ORGANISATION, signatures=signatures(*everything_else)))
    assert "fr-pharos" not in [regime for regime, _ in told(found)]
    assert causes(found) == ["unsigned"]
