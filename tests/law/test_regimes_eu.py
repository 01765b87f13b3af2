"""The regimes of the Union, against a table written by hand from the fact base (never read from the files)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from law.answers import answer_clock
from law.facts import PartyFacts, ReceiptFacts
from law.gate import gate
from law.measure import measure_end
from law.regime import Clock, Contest, Regime
from law.renewals import Period, may_extend
from law.values import Value
from law.vocabulary import Confidence, Fact, Nature, PartyKind, Receipt, RegimeStatus, Stage
from tests.law.facts_for_tests import (
    ARCOM,
    HOST,
    LIBRARY,
    NOW,
    ORGANISATION,
    PLATFORM,
    causes,
    followed,
    party,
    report,
    told,
    with_mechanisms,
)

DAY = date(2026, 11, 22)
BODY = party("P-ODS", PartyKind.DISPUTE_BODY)
COMPLAINTS = with_mechanisms("P-IN", PartyKind.ONLINE_PLATFORM, "eu-dsa-20", micro_or_small=False)
NONE = frozenset[str]()
INTIMATE = frozenset({"ncii_adult", "deepfake_ncii"})
HATE, TERROR = report("hate"), report("terrorism")

NOT_YET, IN_FORCE = RegimeStatus.ADOPTED_NOT_APPLICABLE_YET, RegimeStatus.IN_FORCE
DSA = ("9", "16", "18", "20", "21", "22", "51-3", "53")


@pytest.mark.parametrize(
    ("regime", "day", "status"),
    [
        *[(f"eu-dsa-{article}", "2024-02-16", NOT_YET) for article in DSA],
        *[(f"eu-dsa-{article}", "2024-02-17", IN_FORCE) for article in DSA],
        *[(f"eu-dsa-{article}", "2026-11-22", IN_FORCE) for article in DSA],
        ("eu-tco-3", "2022-06-06", NOT_YET),
        ("eu-tco-3", "2022-06-07", IN_FORCE),
        ("eu-tco-4", "2026-11-22", IN_FORCE),
        ("eu-vaw-23", "2026-11-22", NOT_YET),
        ("eu-vaw-23", "2027-06-13", NOT_YET),
        ("eu-vaw-23", "2027-06-14", RegimeStatus.UNKNOWN),
    ],
)
def test_the_status_is_that_of_the_overview_on_its_day(regime: str, day: str, status: RegimeStatus) -> None:
    """Before and after each window; what a State makes of the Directive after 2027-06-14 is unknown, not in force."""
    assert status is LIBRARY.regime(regime).status_on(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("regime", "standing", "filing", "addressees", "categories"),
    [
        ("eu-dsa-9", "authority", "followed", "online_platform", NONE),
        ("eu-dsa-16", "anyone", "letter", "online_platform", NONE),
        ("eu-dsa-18", "provider", "none", "hosting_provider", NONE),
        ("eu-dsa-20", "recipient", "portal", "online_platform", NONE),
        ("eu-dsa-21", "recipient", "portal", "dispute_body", NONE),
        ("eu-dsa-22", "trusted_flagger", "letter", "online_platform", NONE),
        ("eu-dsa-51-3", "authority", "followed", "online_platform", NONE),
        ("eu-dsa-53", "recipient", "letter", "regulator", NONE),
        ("eu-tco-3", "authority", "followed", "hosting_provider", {"terrorism"}),
        ("eu-vaw-23", "authority", "followed", "hosting_provider", INTIMATE | {"harassment", "hate"}),
    ],
)
def test_who_may_act_towards_whom_about_what(
    regime: str, standing: str, filing: str, addressees: str, categories: frozenset[str]
) -> None:
    """Standing, how it is filed, the first addressee, and the content: none named means any illegal content."""
    one = LIBRARY.regime(regime)
    assert (standing, filing, addressees) == (one.standing_on(DAY), one.filing, one.addressees_on(DAY)[0])
    assert categories == {id for value in one.categories for id in value.ids}


@pytest.mark.parametrize(
    ("regime", "to", "organisation", "wanting"),
    [
        ("eu-dsa-9", None, {}, {}),
        ("eu-dsa-51-3", None, {}, {}),
        ("eu-tco-3", None, {}, {}),
        ("eu-vaw-23", None, {}, {"in_force": "lawyer"}),
        ("eu-dsa-18", HOST, {}, {"standing": "organisation"}),
        ("eu-dsa-20", COMPLAINTS, {}, {}),
        ("eu-dsa-20", COMPLAINTS, {"recipient_standing": None}, {"standing": "organisation"}),
        ("eu-dsa-20", COMPLAINTS, {"trusted_flagger": False, "areas": NONE}, {}),
        ("eu-dsa-20", replace(COMPLAINTS, micro_or_small=None), {}, {"platform_not_small": "directory"}),
        ("eu-dsa-20", replace(COMPLAINTS, micro_or_small=True), {}, {"platform_not_small": "directory"}),
        ("eu-dsa-20", PLATFORM, {}, {"own_mechanism": "directory"}),
        ("eu-dsa-21", BODY, {}, {}),
        ("eu-dsa-21", BODY, {"recipient_standing": None}, {"standing": "organisation"}),
        ("eu-dsa-21", ARCOM, {}, {"addressee": "directory"}),
        ("eu-dsa-53", ARCOM, {}, {}),
        ("eu-dsa-53", BODY, {}, {"addressee": "directory"}),
    ],
)
def test_the_gate_opens_to_whoever_has_standing(
    regime: str, to: PartyFacts | None, organisation: dict[str, Any], wanting: dict[str, str]
) -> None:
    """An authority's procedure is followed; a host's own duty never opens; a complaint needs a recipient's standing."""
    found = gate(LIBRARY.regime(regime), TERROR, to, replace(ORGANISATION, **organisation), LIBRARY, NOW)
    assert wanting == {one.id: one.missing_from for one in found.wanting}
    assert found.open is (not wanting)


@pytest.mark.parametrize(
    ("regime", "day"), [*[(f"eu-dsa-{one}", datetime(2024, 2, 16, 12, tzinfo=UTC)) for one in ("9", "51-3")],
                        ("eu-tco-3", datetime(2022, 6, 6, 12, tzinfo=UTC))],
)  # fmt: skip
def test_no_order_is_followed_before_its_law_applies(regime: str, day: datetime) -> None:
    """The day before, the same file stays closed."""
    found = gate(LIBRARY.regime(regime), TERROR, None, ORGANISATION, LIBRARY, day)
    assert [one.id for one in found.wanting] == ["in_force"]


# regime, clock, bearer, nature, amount, unit, rule, start, receipt; a house clock has no amount of the law
CLOCKS = """
eu-dsa-9    answer             addressee    hard         -    -      HOUSE/hours       acted         none
eu-dsa-9    effect             addressee    soft         -    -      -                 received      server
eu-dsa-16   answer             addressee    hard         -    -      HOUSE/hours       given         none
eu-dsa-16   confirmation       addressee    soft         -    -      -                 received      server
eu-dsa-16   decision           addressee    soft         -    -      -                 received      server
eu-dsa-18   report             addressee    soft         -    -      -                 aware         none
eu-dsa-20   answer             addressee    hard         -    -      HOUSE/hours       given         none
eu-dsa-20   window             addressee    window       6    months -                 informed      none
eu-dsa-21   answer             addressee    hard         -    -      HOUSE/hours       given         none
eu-dsa-21   decision           dispute_body maximum      90   days   EU-1182-71/days   received      server
eu-dsa-22   answer             addressee    hard         -    -      HOUSE/hours       given         none
eu-dsa-51-3 answer             addressee    hard         -    -      HOUSE/hours       acted         none
eu-dsa-51-3 comments           authority    minimum_wait 2    weeks  -                 notice_given  none
eu-dsa-53   answer             addressee    hard         -    -      HOUSE/hours       given         none
eu-tco-3    answer             addressee    at_latest    1    hours  EU-1182-71/hours  received      server
eu-tco-3    first_order_notice authority    minimum_wait 12   hours  -                 notice_given  none
eu-tco-3    scrutiny           authority    hard         72   hours  EU-1182-71/hours  received      server
eu-tco-3    scrutiny_request   appellant    hard         48   hours  EU-1182-71/hours  informed      none
eu-tco-3    scrutiny_decision  authority    hard         72   hours  EU-1182-71/hours  valid_request server
eu-tco-3    reinstate          addressee    soft         -    -      -                 informed      none
eu-tco-3    annulment          appellant    hard         48   hours  FR-LCEN/hours     informed      none
eu-tco-3    judgment           court        hard         72   hours  FR-LCEN/hours     registered    none
eu-vaw-23   answer             addressee    hard         -    -      HOUSE/hours       acted         none
"""
ROWS = [line.split() for line in CLOCKS.strip().splitlines()]


def clock(regime: str, name: str) -> Clock:
    """The clock of that name today; it must be there."""
    found = LIBRARY.regime(regime).clock_named(name, DAY)
    assert found is not None
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}.{row[1]}")
def test_each_clock_is_that_of_the_fact_base(row: list[str]) -> None:
    """Amount, unit, rule, bearer, nature, start and the receipt that starts it; a soft duty has no number."""
    one = clock(row[0], row[1])
    number = [str(one.amount), str(one.unit)] if one.amount else ["-", "-"]
    found = [str(one.borne_by), str(one.nature), *number, one.rule or "-", str(one.starts), str(one.minimum_receipt)]
    assert row[2:] == found
    if one.nature is Nature.SOFT:
        assert not one.legal, "nobody ever misses a soft duty"


def test_no_other_clock_is_invented() -> None:
    """The table above is whole: no number stands in a file that the fact base does not give."""
    found = {(id, one.id) for id in LIBRARY.ids() if id.startswith("eu-") for one in LIBRARY.regime(id).clocks}
    assert {(row[0], row[1]) for row in ROWS} == found


def test_the_hour_of_the_terrorist_content_order_has_two_clocks() -> None:
    """Received 14:20: 15:20 warns, 16:00 alone is a breach (EUH-01). Unproven receipt is no legal clock at all."""
    regime, at = LIBRARY.regime("eu-tco-4"), datetime(2026, 11, 10, 13, 20, tzinfo=UTC)
    one = clock("eu-tco-3", "answer")
    assert one.strict and one.deferred_by == ("force_majeure", "clarification")
    proven = answer_clock(regime, TERROR, ReceiptFacts(at, Receipt.SERVER, "250"), LIBRARY)
    assert (proven.kind, proven.end) == ("law", datetime(2026, 11, 10, 15, 0, tzinfo=UTC))
    assert proven.strict_end_utc is not None
    assert datetime.fromisoformat(proven.strict_end_utc) == datetime(2026, 11, 10, 14, 20, tzinfo=UTC)
    assert answer_clock(regime, TERROR, ReceiptFacts(at, Receipt.RELAY, "250"), LIBRARY).kind == "house"


def test_the_dispute_body_may_extend_to_180_days() -> None:
    """90 calendar days, extended by the body itself for a highly complex dispute, 180 in total."""
    change = clock("eu-dsa-21", "decision").adjustment
    assert change is not None
    assert (
        change.by, change.longer, change.shorter, change.up_to, change.unit,
    ) == ("dispute_body", True, False, 180, "days")  # fmt: skip


OUTCOMES = (Stage.MISSED, Stage.UNANSWERED, Stage.REFUSED)


@pytest.mark.parametrize(
    ("regime", "outcome", "steps", "asks"),
    [
        ("eu-dsa-20", Stage.REFUSED, [("eu-dsa-21", "P-ODS")], []),
        ("eu-dsa-20", Stage.UNANSWERED, [("eu-dsa-21", "P-ODS"), ("eu-dsa-53", "P-ARCOM")], []),
        ("eu-dsa-21", Stage.REFUSED, [], ["judge_may_be_seized"]),
        ("eu-dsa-21", Stage.UNANSWERED, [], ["judge_may_be_seized"]),
        ("eu-dsa-53", Stage.UNANSWERED, [], ["authority_silent"]),
        ("eu-dsa-9", Stage.UNANSWERED, [], ["authority_silent"]),
        ("eu-dsa-51-3", Stage.REFUSED, [], ["authority_silent"]),
        ("eu-vaw-23", Stage.UNANSWERED, [], ["authority_silent"]),
        ("eu-tco-3", Stage.MISSED, [("fr-prosecutor", "P-PROSEC")], []),
        ("eu-tco-3", Stage.REFUSED, [("fr-prosecutor", "P-PROSEC")], []),
        ("eu-tco-3", Stage.UNANSWERED, [], ["receipt_not_proven"]),
    ],
)
def test_what_follows(regime: str, outcome: Stage, steps: list[tuple[str, str]], asks: list[str]) -> None:
    """Escalation as in the overview; nobody breached anything where receipt is not proven."""
    house = replace(ORGANISATION, authorities=(*ORGANISATION.authorities, BODY))
    found = followed(regime, outcome, TERROR, house)
    assert (steps, asks) == (told(found), causes(found))


def test_without_a_dispute_body_in_the_directory_a_person_looks_for_one() -> None:
    """Nobody guesses a body."""
    found = followed("eu-dsa-20", Stage.REFUSED, HATE)
    assert (told(found), causes(found)) == ([], ["no_addressee"])


def test_no_outcome_opens_a_regime_that_only_an_authority_or_a_host_may_use() -> None:
    """An order under Arts 9 and 51(3) or the Directive is never ours to open, nor a host's own report to the police."""
    closed = {"eu-dsa-9", "eu-dsa-18", "eu-dsa-51-3", "eu-vaw-23"}
    for id in ("eu-dsa-16", "eu-dsa-20", "eu-dsa-21", "eu-dsa-22", "eu-dsa-53", "eu-tco-3"):
        for outcome in (*OUTCOMES, Fact.ACTED):
            assert not closed & {regime for regime, _ in told(followed(id, outcome, TERROR))}


def test_a_service_is_restricted_for_four_weeks_and_as_often_as_the_court_says() -> None:
    """DSA 51(3): court, service then interface, 4 weeks, extensions up to the number in the order (BLK-01, BLK-02)."""
    one = LIBRARY.regime("eu-dsa-51-3").measure_on(DAY)
    assert one is not None and one.restore_hours is None and one.review is None and not one.capped_by_parent
    assert (one.decided_by, one.targets, one.duration.renewals) == ("court", ("service", "site"), "set_by_court")
    assert len(one.lifted_by) == 2
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    found = measure_end(start, "Europe/Paris", rule=one, amount=6, unit="weeks")
    assert (found.ends, found.reason) == (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), "maximum")
    assert found.ends is not None
    period = Period(start, found.ends)
    next_one = may_extend(one.duration, [period], "Europe/Paris", court_set=1)
    assert (next_one.allowed, next_one.counted_from) == (True, date(2026, 11, 30))
    second = measure_end(found.ends, "Europe/Paris", rule=one, counted_from=next_one.counted_from)
    assert second.ends == datetime(2026, 12, 28, 23, 0, tzinfo=UTC)
    for set_by_court in (0, None):
        assert not may_extend(one.duration, [period], "Europe/Paris", court_set=set_by_court).allowed
    used = [period, Period(found.ends, second.ends)]
    assert not may_extend(one.duration, used, "Europe/Paris", court_set=1).allowed


@pytest.mark.parametrize(
    ("regime", "decided_by", "carried_out_by", "lifted_by"),
    [
        ("eu-tco-3", "police", ("hosting_provider", "online_platform"), ("reinstated", "annuls")),
        ("eu-vaw-23", None, ("hosting_provider", "online_platform", "access_provider"), ("without a finding",)),
    ],
)
def test_an_order_about_one_address_lives_until_something_lifts_it(
    regime: str, decided_by: str | None, carried_out_by: tuple[str, ...], lifted_by: tuple[str, ...]
) -> None:
    """No end of its own; lifted by scrutiny or annulment (TCO), by a criminal case without an offence (Directive)."""
    one = LIBRARY.regime(regime).measure_on(DAY)
    assert one is not None
    assert (decided_by, ("url",), carried_out_by) == (one.decided_by, one.targets, one.addressees)
    assert (one.duration.kind, one.duration.renewals, one.restore_hours) == ("open", "none", None)
    assert len(lifted_by) == len(one.lifted_by)
    assert all(words in text.en for words, text in zip(lifted_by, one.lifted_by, strict=True))


@pytest.mark.parametrize("article", ["9", "16", "18", "20", "21", "22", "53"])
def test_these_articles_restrict_nothing_by_themselves(article: str) -> None:
    """The overview has no block of a length of its own for them."""
    assert LIBRARY.regime(f"eu-dsa-{article}").measures == ()


@pytest.mark.parametrize(
    ("regime", "duties"),
    [
        ("eu-dsa-9", ["report_effect"]),
        ("eu-dsa-16", ["inform_requester", "inform_requester"]),
        ("eu-dsa-18", ["report_to_authority", "report_to_authority"]),
        ("eu-dsa-22", ["inform_requester", "report_to_authority"]),
        ("eu-tco-3", ["preserve"]),
    ],
)
def test_what_is_owed_beyond_taking_one_address_down(regime: str, duties: list[str]) -> None:
    """Receipt and decision are told to us, the effect to the authority, the content is preserved."""
    assert duties == [one.id for one in LIBRARY.regime(regime).duties]


def test_the_complaint_has_its_hops_and_the_decision_its_contests() -> None:
    """Art. 53: establishment, another authority, the Commission. Art. 20: the uploader within the same six months."""
    hops = [(one.to, one.citation.confidence) for one in LIBRARY.regime("eu-dsa-53").hops]
    excerpt, unverified = Confidence.EXCERPT, Confidence.UNVERIFIED
    assert hops == [(PartyKind.REGULATOR, sure) for sure in (excerpt, excerpt, unverified)]
    assert "Commission" in LIBRARY.regime("eu-dsa-53").hops[2].text.en
    by = {(id, one.by, one.before, one.clock) for id in ("eu-dsa-20", "eu-tco-3") for one in contests(id)}
    assert by == {
        ("eu-dsa-20", "uploader", "online_platform", "window"),
        ("eu-dsa-20", "notifier", "dispute_body", None),
        ("eu-dsa-20", "notifier", "court", None),
        ("eu-tco-3", "provider", "court", "annulment"),
        ("eu-tco-3", "uploader", "court", "annulment"),
    }


def contests(id: str) -> tuple[Contest, ...]:
    """Who may contest under that regime."""
    return LIBRARY.regime(id).contests


# What the fact base marks [K-*] (unverified), [S], [E] or [T], by the name of the value.
UNVERIFIED = [
    ("eu-dsa-20", "answer"), ("eu-dsa-20", "platform_not_small"), ("eu-dsa-21", "decision"), ("eu-dsa-21", "standing"),
    ("eu-dsa-22", "report_to_authority"), ("eu-dsa-51-3", "comments"), ("eu-dsa-51-3", "powers_exhausted"),
    ("eu-dsa-51-3", "block"), ("eu-dsa-51-3", "addressees"), ("eu-tco-3", "first_order_notice"),
    ("eu-tco-3", "scrutiny_request"), ("eu-tco-3", "reinstate"), ("eu-tco-3", "block"), ("eu-tco-3", "explanation"),
    ("eu-vaw-23", "status"),
]  # fmt: skip
SECONDARY = [
    ("eu-dsa-9", "standing"), ("eu-dsa-9", "effect"), ("eu-dsa-9", "report_effect"), ("eu-dsa-16", "confirmation"),
    ("eu-tco-3", "status"), ("eu-tco-3", "standing"),
]  # fmt: skip
EXCERPT = [
    ("eu-dsa-18", "report"), ("eu-dsa-20", "window"), ("eu-dsa-20", "standing"), ("eu-dsa-51-3", "standing"),
    ("eu-tco-3", "answer"), ("eu-tco-3", "scrutiny"), ("eu-tco-3", "scrutiny_decision"), ("eu-tco-3", "preserve"),
    ("eu-vaw-23", "standing"), ("eu-vaw-23", "block"),
]  # fmt: skip
TEXT = [("eu-tco-3", "annulment"), ("eu-tco-3", "judgment")]
CONFIDENCES = {"unverified": UNVERIFIED, "secondary": SECONDARY, "excerpt": EXCERPT, "text": TEXT}


def named(regime: Regime, name: str) -> Value:
    """The newest value of that name: a clock, measure, element, precondition or duty by its id, else a series."""
    series = (regime.clocks, regime.measures, regime.elements, regime.preconditions, regime.duties)
    found: list[Value] = [one for values in series for one in values if one.id == name]
    others = {"status": regime.status, "standing": regime.standings, "addressees": regime.addressee_values}
    found += others.get(name, ())
    return found[-1]


@pytest.mark.parametrize(
    ("regime", "name", "confidence"),
    [(regime, name, sure) for sure, rows in CONFIDENCES.items() for regime, name in rows],
)
def test_no_confidence_was_raised(regime: str, name: str, confidence: str) -> None:
    """What nobody read stays unverified; what was read in an excerpt or at second hand is never called the text."""
    assert confidence == named(LIBRARY.regime(regime), name).citation.confidence


def test_only_the_french_code_was_read_as_a_text() -> None:
    """Of all that these files cite, the 48 and 72 hours of the code of administrative justice alone are `text`."""
    texts = {
        (id, one.id)
        for id in LIBRARY.ids()
        if id.startswith("eu-")
        for one in LIBRARY.regime(id).clocks
        if one.citation.confidence is Confidence.TEXT
    }
    assert texts == set(TEXT)
