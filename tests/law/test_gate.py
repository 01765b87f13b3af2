"""The gate: what must be there before something leaves, and who can supply what is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from law.errors import NaiveTime
from law.facts import ChannelFacts, JudgmentFacts, OrganisationFacts, PartyFacts, ReportFacts, StandingOrderFacts
from law.gate import Gate, Supplier, automatic, gate
from law.vocabulary import ChannelKind, Depicted, PartyKind
from tests.law.facts_for_tests import (
    ARCOM,
    HOST,
    LIBRARY,
    NETWORK,
    NOW,
    ORGANISATION,
    PLATFORM,
    POLICE,
    PROSECUTOR,
    mandate,
    party,
    report,
    signatures,
    simulated,
    with_mechanisms,
)

TIDA = with_mechanisms("P-US", PartyKind.ONLINE_PLATFORM, "us-tida", country="US")
UK = with_mechanisms("P-UK", PartyKind.ONLINE_PLATFORM, "uk-osa-10-3a", country="GB")
JUDGMENT = JudgmentFacts("J-1", NOW - timedelta(days=30), NOW + timedelta(days=90))
VICTIM = report("ncii_adult", "US", mandates=(mandate(),), victim_reported=True)
FREED = report("csam", police_no_objection_at=NOW)


def ask(
    regime: str,
    facts: ReportFacts,
    to: PartyFacts | None,
    organisation: OrganisationFacts = ORGANISATION,
    now: datetime = NOW,
) -> Gate:
    """The gate of one regime for these facts."""
    return gate(LIBRARY.regime(regime), facts, to, organisation, LIBRARY, now)


GOOD: list[tuple[str, ReportFacts, PartyFacts]] = [
    ("eu-dsa-16", report("hate"), HOST),
    ("eu-dsa-22", report("hate"), PLATFORM),
    ("eu-dsa-53", report("hate"), ARCOM),
    ("fr-pharos", report("csam"), POLICE),
    ("fr-lcen-6-1", report("csam"), HOST),
    ("fr-lcen-6-4", report("hate", judgment=JUDGMENT), POLICE),
    ("fr-lcen-10-1", report("minors_exposed"), ARCOM),
    ("inhope-iccam", report("csam", "US"), NETWORK),
    ("fr-prosecutor", report("hate"), PROSECUTOR),
    ("us-tida", VICTIM, TIDA),
    ("uk-osa-10-3a", VICTIM, UK),
]


@pytest.mark.parametrize(("regime", "facts", "to"), GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_complete_file_opens_its_gate(regime: str, facts: ReportFacts, to: PartyFacts) -> None:
    """Everything is there, with a proof at every item."""
    found = ask(regime, facts, to)
    assert found.wanting == ()
    assert found.open and all(one.proof for one in found.items if one.met)


BEFORE = [
    ("eu-dsa-16", datetime(2024, 2, 16, 12, tzinfo=UTC)),
    ("eu-dsa-22", datetime(2024, 2, 16, 12, tzinfo=UTC)),
    ("eu-dsa-53", datetime(2024, 2, 16, 12, tzinfo=UTC)),
    ("us-tida", datetime(2026, 5, 18, 12, tzinfo=UTC)),
    ("uk-osa-10-3a", datetime(2026, 6, 28, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize(("regime", "day"), BEFORE)
def test_nothing_opens_before_the_regime_is_in_force(regime: str, day: datetime) -> None:
    """The day before the cutoff the same complete file stays closed."""
    facts, to = next((facts, to) for id, facts, to in GOOD if id == regime)
    assert "in_force" in [one.id for one in ask(regime, facts, to, now=day).wanting]


def test_the_day_is_that_of_the_house_not_of_utc() -> None:
    """At 23:30 UTC the day in France is already the next one: the regime is in force."""
    late = datetime(2024, 2, 16, 23, 30, tzinfo=UTC)
    assert ask("eu-dsa-16", report("hate"), HOST, now=late).open


@pytest.mark.parametrize(
    ("regime", "facts", "to", "organisation", "wanting"),
    [
        ("eu-dsa-16", report("hate", explanation=False), HOST, {}, {"explanation": Supplier.ANALYST}),
        ("eu-dsa-16", report("hate", location_kinds=frozenset()), HOST, {}, {"exact_location": Supplier.ANALYST}),
        ("eu-dsa-16", report("hate", qualified_by=None), HOST, {}, {"qualified": Supplier.ANALYST}),
        ("eu-dsa-16", report("terrorism", second_reader=None), HOST, {}, {"second_reader": Supplier.SECOND_READER}),
        ("eu-dsa-16", report("terrorism", second_reader="S-01"), HOST, {}, {"second_reader": Supplier.SECOND_READER}),
        ("eu-dsa-16", report("hate"), replace(HOST, channels=()), {}, {"channel": Supplier.DIRECTORY}),
        ("eu-dsa-16", report("hate"), POLICE, {}, {"addressee": Supplier.DIRECTORY}),
        ("eu-dsa-16", report("hate"), HOST, {"signatures": ()}, {"signed": Supplier.LAWYER}),
        ("eu-dsa-16", report("csam"), HOST, {}, {"police_first": Supplier.POLICE}),
        ("eu-dsa-16", report("ncii_adult", wish=None), HOST, {}, {"wish": Supplier.PERSON_CONCERNED}),
        ("eu-dsa-22", report("hate"), replace(PLATFORM, micro_or_small=None), {}, {"platform_not_small": "directory"}),
        ("eu-dsa-22", report("hate"), replace(PLATFORM, micro_or_small=True), {}, {"platform_not_small": "directory"}),
        ("eu-dsa-22", report("hate"), PLATFORM, {"areas": frozenset()}, {"flagger_in_area": "organisation"}),
        ("eu-dsa-53", report("hate"), ARCOM, {"recipient_standing": None}, {"standing": Supplier.ORGANISATION}),
        ("fr-pharos", report("csam", public=False), POLICE, {}, {"public_content": Supplier.ANALYST}),
        ("fr-lcen-6-4", report("hate"), POLICE, {}, {"parent_judgment": Supplier.COURT}),
        ("us-tida", VICTIM, replace(TIDA, channels=HOST.channels), {}, {"own_mechanism": Supplier.DIRECTORY}),
    ],
)
def test_what_is_missing_is_named_with_who_can_supply_it(
    regime: str, facts: ReportFacts, to: PartyFacts, organisation: dict[str, Any], wanting: dict[str, str]
) -> None:
    """One thing is missing, exactly that is said, and by whom it can be supplied."""
    found = ask(regime, facts, to, replace(ORGANISATION, **organisation))
    assert wanting == {one.id: one.missing_from for one in found.wanting}
    assert not found.open


@pytest.mark.parametrize("kind", [PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER])
@pytest.mark.parametrize("regime", LIBRARY.ids())
def test_no_regime_ever_opens_towards_those_who_must_not_be_told(regime: str, kind: PartyKind) -> None:
    """Site operator, registrant and uploader are never addressees, not even of a filled-in proposal."""
    found = ask(regime, FREED, party("P-BAD", kind), simulated(addressee=str(kind)))
    followed = LIBRARY.regime(regime).filing == "followed"
    assert followed or "addressee" in [one.id for one in found.wanting]


def test_the_public_needs_no_name_for_child_abuse_but_the_flagger_always_gives_its_own() -> None:
    """DSA 16(2)(c) frees the notifier; an Art. 22 notice always carries our name and designation."""
    under_16 = {one.id for one in ask("eu-dsa-16", FREED, HOST).items}
    assert "notifier_identity" not in under_16
    assert "notifier_identity" in {one.id for one in ask("eu-dsa-16", report("hate"), HOST).items}
    assert "flagger_identity" in {one.id for one in ask("eu-dsa-22", FREED, PLATFORM).items}


@pytest.mark.parametrize(
    "facts",
    [
        replace(VICTIM, mandates=(mandate(revoked_at=NOW - timedelta(hours=1)),)),
        replace(VICTIM, mandates=(mandate(ends_at=NOW),)),
        replace(VICTIM, mandates=(mandate(signed_at=NOW + timedelta(hours=1)),)),
        replace(VICTIM, mandates=(mandate(countries=frozenset({"FR"})),)),
        replace(VICTIM, mandates=(mandate(parties=frozenset({"P-OTHER"})),)),
        replace(VICTIM, mandates=(), victim_reported=False),
    ],
)
@pytest.mark.parametrize(("regime", "to"), [("us-tida", TIDA), ("uk-osa-10-3a", UK)])
def test_without_a_live_mandate_in_scope_no_48_hour_law_opens(regime: str, to: PartyFacts, facts: ReportFacts) -> None:
    """Revoked, ended, not yet given or out of scope: the gate that rests on it is closed, at once."""
    wanting = {one.id: one.missing_from for one in ask(regime, facts, to).wanting}
    assert wanting["standing"] == Supplier.PERSON_CONCERNED


def test_the_us_request_needs_a_signature_that_a_mere_report_does_not_give() -> None:
    """The person's own report suffices for the United Kingdom; the US Act wants a signature of person or agent."""
    reported = replace(VICTIM, mandates=())
    assert ask("uk-osa-10-3a", reported, UK).open
    assert [one.id for one in ask("us-tida", reported, TIDA).wanting] == ["signature"]


def test_a_minors_image_is_gated_as_child_abuse_whatever_it_was_called() -> None:
    """The host of a minor's "intimate image" is not told before the police let us, and no wish is asked."""
    wrong = report("ncii_adult", depicted=Depicted.MINOR, wish=None)
    assert [one.id for one in ask("eu-dsa-16", wrong, HOST).wanting] == ["police_first"]
    assert ask("fr-pharos", wrong, POLICE).open


def test_the_victims_complaint_informs_and_never_blocks() -> None:
    """Without the complaint the prosecutor is told all the same; the file is only not called ready to prosecute."""
    found = ask("fr-prosecutor", report("ncii_adult"), PROSECUTOR)
    complaint = next(one for one in found.items if one.id == "complaint")
    assert found.open
    assert (complaint.met, complaint.blocking) == (False, False)
    filed = ask("fr-prosecutor", report("ncii_adult", complaint_filed=True), PROSECUTOR)
    assert next(one for one in filed.items if one.id == "complaint").met
    deepfake = ask("fr-prosecutor", report("deepfake_ncii"), PROSECUTOR)
    assert "complaint" not in {one.id for one in deepfake.items}


def test_a_signature_binds_one_version_until_its_end() -> None:
    """Another digest or an ended signature is no signature."""
    (good,) = signatures("eu-dsa-16")
    for bad in (replace(good, digest="0" * 64), replace(good, until=NOW), replace(good, regime="eu-dsa-22")):
        organisation = replace(ORGANISATION, signatures=(bad,))
        assert [one.id for one in ask("eu-dsa-16", report("hate"), HOST, organisation).wanting] == ["signed"]


def test_a_proposal_opens_in_a_simulation_with_every_parameter_only() -> None:
    """In a real store, or with one parameter empty, it never opens, signed or not."""
    played = ask("prop-temporary-block", report("hate"), HOST, simulated())
    assert played.wanting == ()
    real = replace(simulated(), simulated=False)
    empty = simulated(duration_amount=" ")
    for organisation in (ORGANISATION, real, empty):
        wanting = [one.id for one in ask("prop-temporary-block", report("hate"), HOST, organisation).wanting]
        assert "parameters" in wanting


def test_a_channel_out_of_scope_or_broken_is_no_channel() -> None:
    """A channel serves its own categories, and only while it works."""
    for bad in ({"categories": frozenset({"csam"})}, {"working": False}):
        channel = ChannelFacts("C-1", ChannelKind.EMAIL, **bad)
        found = ask("eu-dsa-16", report("hate"), replace(HOST, channels=(channel,)))
        assert [one.id for one in found.wanting] == ["channel"]


def test_an_authority_route_is_automatic_under_its_own_standing_order_only() -> None:
    """The order names regime, version, authority and category, and ends."""
    regime = LIBRARY.regime("fr-prosecutor")
    order = StandingOrderFacts(regime.id, regime.digest, "P-PROSEC", "hate", "L-01", NOW + timedelta(days=1))

    def found(one: StandingOrderFacts) -> StandingOrderFacts | None:
        return automatic(regime, "P-PROSEC", "hate", replace(ORGANISATION, standing_orders=(one,)), NOW)

    assert order == found(order)
    others: list[dict[str, Any]] = [
        {"regime": "eu-dsa-53"},
        {"digest": "0" * 64},
        {"party": "P-ARCOM"},
        {"category": "csam"},
        {"until": NOW},
    ]
    assert all(found(replace(order, **other)) is None for other in others)


def test_a_naive_now_is_refused() -> None:
    """The gate has no clock and trusts no time without a zone."""
    with pytest.raises(NaiveTime):
        ask("eu-dsa-16", report("hate"), HOST, now=datetime(2026, 11, 20, 9))
