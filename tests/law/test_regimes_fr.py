"""The French regimes and the network: what the fact base says, written down by hand, against what the files say."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from law.answers import answer_clock, outcome_when_over
from law.clock import compute
from law.decide import follow
from law.facts import PartyFacts, ReceiptFacts
from law.gate import Supplier, gate
from law.measure import measure_end
from law.regime import Clock, Measure
from law.vocabulary import Fact, PartyKind, Receipt, Stage
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
    causes,
    followed,
    party,
    report,
    told,
)

TODAY = date(2026, 11, 22)
COURT = party("P-COURT", PartyKind.COURT)
PARIS = ZoneInfo("Europe/Paris")


def clock(regime: str, id: str, category: str | None = None, day: date = TODAY) -> Clock:
    """The clock of that name that is meant for this category, or for all; the more special one first."""
    found = [one for one in LIBRARY.regime(regime).clocks if one.id == id and one.holds_on(day)]
    special = [one for one in found if category in one.categories]
    return (special or [one for one in found if not one.categories])[-1]


def measure(regime: str, id: str) -> Measure:
    """The measure of that name."""
    (found,) = [one for one in LIBRARY.regime(regime).measures if one.id == id and one.holds_on(TODAY)]
    return found


@pytest.mark.parametrize(
    ("regime", "status", "standing", "filing", "letter", "ours_to_an_authority", "addressee"),
    [
        ("fr-sren-5", "unknown", "authority", "followed", "request", False, "hosting_provider"),
        ("fr-lcen-6-1", "in_force", "authority", "followed", "request", False, "hosting_provider"),
        ("fr-lcen-6-3", "in_force", "claimant", "counsel", "application", True, "court"),
        ("fr-lcen-6-4", "in_force", "anyone", "letter", "request", True, "police"),
        ("fr-lcen-10-1", "in_force", "anyone", "letter", "referral", True, "regulator"),
        ("fr-cp-131-35-1", "in_force", "authority", "followed", "request", False, "online_platform"),
        ("fr-pharos", "in_force", "anyone", "portal", "referral", True, "police"),
        ("fr-prosecutor", "in_force", "anyone", "letter", "referral", True, "prosecutor"),
        ("inhope-iccam", "in_force", "anyone", "portal", "referral", True, "hotline_network"),
    ],
)
def test_each_route_stands_as_the_fact_base_says(
    regime: str, status: str, standing: str, filing: str, letter: str, ours_to_an_authority: bool, addressee: str
) -> None:
    """Status, who may act, how it is filed, what would be sent, to whom first."""
    found = LIBRARY.regime(regime)
    assert (status, standing) == (found.status_on(TODAY), found.standing_on(TODAY))
    assert (filing, letter, ours_to_an_authority) == (found.filing, found.letter, found.is_authority_route)
    assert addressee == found.addressees_on(TODAY)[0]


@pytest.mark.parametrize("day", ["2024-05-20", "2024-05-21", "2025-02-19", "2026-05-20", "2026-05-21", "2026-11-22"])
def test_nobody_knows_whether_the_experiment_runs(day: str) -> None:
    """Two years from a day that nobody verified: unknown on every day, never in force."""
    assert LIBRARY.regime("fr-sren-5").status_on(date.fromisoformat(day)) == "unknown"


@pytest.mark.parametrize(
    ("day", "ids"), [("2025-06-12", {"csam", "terrorism"}), ("2025-06-13", {"csam", "terrorism", "drugs"})]
)
def test_drugs_joined_the_powers_of_the_police_on_one_day(day: str, ids: set[str]) -> None:
    """Loi 2025-532 of 13 June 2025, Art. 28: the day before they are outside 6-1, and Pharos leads nowhere."""
    held = [one for one in LIBRARY.regime("fr-lcen-6-1").categories if one.holds_on(date.fromisoformat(day))]
    assert [ids] == [set(one.ids) for one in held]
    noon = datetime.fromisoformat(f"{day}T12:00+00:00")
    regime, facts = LIBRARY.regime("fr-pharos"), report("drugs")
    found = follow(regime, Fact.ACTED, facts, ORGANISATION, LIBRARY, noon, party="P-POLICE")
    assert told(found) == ([("fr-lcen-6-1", "P-HOST")] if "drugs" in ids else [])


@pytest.mark.parametrize(
    ("regime", "category", "to", "more", "wanting"),
    [
        ("fr-sren-5", "hate", HOST, {}, {"in_force": Supplier.LAWYER}),
        ("fr-lcen-6-1", "csam", HOST, {}, {}),
        ("fr-cp-131-35-1", "ncii_adult", PLATFORM, {}, {}),
        ("fr-lcen-6-3", "hate", COURT, {}, {"standing": Supplier.LAWYER}),
        ("fr-lcen-6-3", "hate", COURT, {"explanation": False}, {"standing": "lawyer", "explanation": "analyst"}),
        ("fr-lcen-6-3", "hate", HOST, {}, {"standing": Supplier.LAWYER, "addressee": Supplier.DIRECTORY}),
        ("fr-lcen-6-4", "hate", POLICE, {}, {"parent_judgment": Supplier.COURT}),
        ("fr-lcen-10-1", "minors_exposed", ARCOM, {}, {}),
        ("fr-lcen-10-1", "minors_exposed", HOST, {}, {"addressee": Supplier.DIRECTORY}),
        ("fr-pharos", "csam", POLICE, {"public": False}, {"public_content": Supplier.ANALYST}),
        ("fr-prosecutor", "hate", PROSECUTOR, {"explanation": False}, {"explanation": Supplier.ANALYST}),
        ("inhope-iccam", "csam", NETWORK, {"location_kinds": frozenset()}, {"exact_location": Supplier.ANALYST}),
    ],
)
def test_the_gate_says_what_is_wanting(
    regime: str, category: str, to: PartyFacts, more: dict[str, Any], wanting: dict[str, str]
) -> None:
    """What an authority does is followed without a letter; only counsel opens 6-3; the experiment stays shut."""
    found = gate(LIBRARY.regime(regime), report(category, **more), to, ORGANISATION, LIBRARY, NOW)
    assert wanting == {one.id: one.missing_from for one in found.wanting}
    assert found.open is not bool(wanting)


LCEN, CPC, NONE = "FR-LCEN/hours", "FR-CPC-641-642/days", None
CLOCKS = [
    # regime, clock, category; bearer, nature, amount, unit, rule, start, receipt that starts it; confidence
    ("fr-lcen-6-1", "answer", "csam", "addressee", "hard", 24, "hours", LCEN, "acted", "server", "secondary"),
    ("fr-lcen-6-1", "answer", "terrorism", "addressee", "hard", 24, "hours", LCEN, "acted", "server", "secondary"),
    ("fr-lcen-6-1", "first_information", "csam", "authority", "minimum_wait", 12, "hours", LCEN, "informed", "none",
     "excerpt"),
    ("fr-lcen-6-1", "access_block", None, "addressee", "soft", None, "hours", NONE, "another_clock", "none", "excerpt"),
    ("fr-lcen-6-1", "delisting", None, "addressee", "hard", 48, "hours", LCEN, "notice_given", "server", "unverified"),
    ("fr-lcen-6-1", "restore", None, "addressee", "hard", 24, "hours", LCEN, "no_longer_illegal", "none", "unverified"),
    ("fr-lcen-6-1", "annulment_by_provider", "csam", "appellant", "hard", 48, "hours", LCEN, "received", "server",
     "excerpt"),
    ("fr-lcen-6-1", "annulment_by_uploader", "csam", "appellant", "hard", 48, "hours", LCEN, "informed", "none",
     "excerpt"),
    ("fr-lcen-6-1", "judgment", "csam", "court", "hard", 72, "hours", LCEN, "registered", "none", "text"),
    ("fr-lcen-6-1", "judgment", "drugs", "court", "hard", 72, "hours", LCEN, "registered", "none", "excerpt"),
    ("fr-lcen-6-1", "appeal", None, "appellant", "hard", 10, "days", NONE, "judgment", "none", "unverified"),
    ("fr-sren-5", "answer", None, "addressee", "hard", 24, "hours", LCEN, "acted", "server", "unverified"),
    ("fr-sren-5", "annulment", None, "appellant", "hard", 48, "hours", LCEN, "received", "server", "excerpt"),
    ("fr-sren-5", "judgment", None, "court", "hard", 72, "hours", LCEN, "registered", "none", "excerpt"),
    ("fr-lcen-6-3", "appeal", None, "appellant", "hard", 15, "days", CPC, "judgment", "none", "text"),
    ("fr-lcen-10-1", "observations", None, "addressee", "hard", 15, "days", NONE, "received", "server", "excerpt"),
    ("fr-lcen-10-1", "formal_notice", None, "addressee", "hard", 15, "days", NONE, "another_clock", "none", "excerpt"),
    ("fr-lcen-10-1", "access_block", None, "addressee", "hard", 48, "hours", LCEN, "received", "server", "secondary"),
    ("fr-lcen-10-1", "reassessment", None, "authority", "hard", 1, "years", NONE, "blocked", "none", "unverified"),
    ("fr-lcen-10-1", "annulment", None, "appellant", "hard", 5, "days", NONE, "received", "server", "unverified"),
    ("fr-lcen-10-1", "judgment", None, "court", "hard", 1, "months", NONE, "registered", "none", "unverified"),
    ("fr-lcen-10-1", "appeal", None, "appellant", "hard", 10, "days", NONE, "judgment", "none", "unverified"),
    ("fr-lcen-10-1", "appeal_judgment", None, "court", "hard", 3, "months", NONE, "registered", "none", "unverified"),
]  # fmt: skip


@pytest.mark.parametrize("row", CLOCKS, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]}")
def test_each_clock_of_the_law(row: tuple[object, ...]) -> None:
    """On whom it runs, what its end means, its number, its rule, what starts it, and how sure that is."""
    one = clock(str(row[0]), str(row[1]), str(row[2]) if row[2] else None)
    said = (one.borne_by, one.nature, one.amount, one.unit, one.rule, one.starts, one.minimum_receipt)
    assert row[3:10] == said
    assert row[10] == one.citation.confidence
    assert one.kind == "law"


def test_no_clock_of_the_law_is_left_out_of_the_table() -> None:
    """A number that somebody adds to these files must be added here by hand, from the fact base."""
    mine = {row[0] for row in CLOCKS}
    there = {(id, one.id) for id in mine for one in LIBRARY.regime(str(id)).clocks if one.kind == "law"}
    assert there == {(row[0], row[1]) for row in CLOCKS}


@pytest.mark.parametrize("regime", ["fr-lcen-6-3", "fr-lcen-6-4", "fr-lcen-10-1", "fr-cp-131-35-1", "fr-pharos",
                                    "fr-prosecutor", "inhope-iccam"])  # fmt: skip
def test_where_the_law_gives_no_number_the_clock_is_ours(regime: str) -> None:
    """The time that drives these is the house's: nobody breaches it."""
    one = clock(regime, "answer")
    assert (one.kind, one.rule, one.amount) == ("house", "HOUSE/hours", None)
    assert one.citation.kind == "house" and not one.legal


def test_the_chain_goes_from_the_host_to_the_access_providers_and_from_observations_to_formal_notice() -> None:
    """Failing removal in 24 hours the access providers; after the 15 days to answer, 15 days to comply."""
    assert clock("fr-lcen-6-1", "access_block").after == "answer"
    assert clock("fr-lcen-10-1", "formal_notice").after == "observations"


@pytest.mark.parametrize(("category", "deferred"), [("csam", True), ("terrorism", False), ("drugs", False)])
def test_the_24_hours_start_later_for_child_abuse_only(category: str, deferred: bool) -> None:
    """LCEN 6-2 II: force majeure and clarification defer the start; the full 24 hours then run (example FRH-09)."""
    one = LIBRARY.regime("fr-lcen-6-1").clock_on(TODAY, category)
    assert one is not None
    assert one.deferred_by == (("force_majeure", "clarification") if deferred else ())
    start, later = datetime(2026, 11, 2, 10, tzinfo=PARIS), datetime(2026, 11, 3, 8, tzinfo=PARIS)
    found = compute(one.rule or "", start, one.amount or 0, one.unit, one.zone or "", clock_start=later)
    assert found.end == datetime(2026, 11, 4, 8, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("regime", "id", "start", "end"),
    [
        ("fr-lcen-6-1", "answer", "2026-11-13T18:00", "2026-11-14T18:00"),  # FRH-01
        ("fr-lcen-6-1", "annulment_by_provider", "2026-11-13T09:10", "2026-11-15T09:10"),  # FRH-07
        ("fr-lcen-6-1", "judgment", "2026-11-13T16:00", "2026-11-16T16:00"),  # FRH-08
        ("fr-lcen-6-1", "restore", "2026-11-20T17:00", "2026-11-21T17:00"),  # BLK-14
        ("fr-lcen-6-3", "appeal", "2026-10-27T12:00", "2026-11-13T00:00"),  # FRD-03
    ],
)
def test_the_worked_examples_come_out_of_the_files(regime: str, id: str, start: str, end: str) -> None:
    """Rule, number and zone of the file give the instant of the fact base: hours run over a Sunday, days do not."""
    one = clock(regime, id, "csam")
    began = datetime.fromisoformat(start).replace(tzinfo=PARIS)
    found = compute(one.rule or "", began, one.amount or 0, one.unit, one.zone or "", calendar=one.calendar or "none")
    assert found.end == datetime.fromisoformat(end).replace(tzinfo=PARIS)


@pytest.mark.parametrize("level", list(Receipt))
def test_the_24_hours_run_from_a_proven_receipt_only(level: Receipt) -> None:
    """Below the addressee's own server no legal clock runs, and its silence is no breach."""
    receipt = ReceiptFacts(NOW, level, "as the authority told us")
    found = answer_clock(LIBRARY.regime("fr-lcen-6-1"), report("csam"), receipt, LIBRARY)
    proven = level in (Receipt.SERVER, Receipt.ACKNOWLEDGED, Receipt.PORTAL)
    assert outcome_when_over(found) is (Fact.RAN_OUT if proven else Fact.STAYED_SILENT)
    assert not proven or found.end == NOW + timedelta(hours=24)


def test_access_comes_back_within_24_hours_and_the_newer_wording_is_not_called_read() -> None:
    """The decree was read as in force until 2023-12-01: afterwards the same number is kept, unverified."""
    restores = [one for one in LIBRARY.regime("fr-lcen-6-1").clocks if one.restores]
    assert [(one.id, one.amount, one.until) for one in restores] == [
        ("restore", 24, date(2023, 12, 1)),
        ("restore", 24, None),
    ]
    for day, confidence in ((date(2023, 11, 30), "text"), (date(2023, 12, 1), "unverified")):
        assert clock("fr-lcen-6-1", "restore", day=day).citation.confidence == confidence


@pytest.mark.parametrize(
    ("regime", "outcome", "category", "opened", "asked"),
    [
        ("fr-lcen-6-1", Stage.MISSED, "csam", ["fr-prosecutor"], []),
        ("fr-lcen-6-1", Stage.UNANSWERED, "csam", [], ["receipt_not_proven"]),
        ("fr-sren-5", Stage.MISSED, "hate", [], ["nothing_follows"]),
        ("fr-cp-131-35-1", Stage.UNANSWERED, "terrorism", [], ["nothing_follows"]),
        ("fr-lcen-6-3", Stage.REFUSED, "hate", [], ["authority_silent"]),
        ("fr-lcen-6-3", Stage.UNANSWERED, "hate", [], ["authority_silent"]),
        ("fr-lcen-6-4", Stage.UNANSWERED, "hate", [], ["judge_may_be_seized"]),
        ("fr-lcen-10-1", Stage.UNANSWERED, "minors_exposed", [], ["authority_silent"]),
        ("fr-prosecutor", Stage.REFUSED, "hate", [], ["authority_silent"]),
        ("fr-pharos", Stage.UNANSWERED, "csam", ["fr-prosecutor"], []),
        ("fr-pharos", Stage.UNANSWERED, "harassment", [], ["authority_silent"]),
        ("inhope-iccam", Stage.UNANSWERED, "csam", [], ["network_silent"]),
    ],
)
def test_what_follows(regime: str, outcome: Stage, category: str, opened: list[str], asked: list[str]) -> None:
    """Another route of ours, or a person; nothing opens by itself where nothing that was read opens it."""
    found = followed(regime, outcome, report(category))
    assert (opened, asked) == ([one for one, _ in told(found)], causes(found))


EVERYTHING = ("url", "site", "service", "account", "hash", "app", "link")
NETS = ("access_provider", "dns_resolver", "search_engine")
MEASURES = [
    # regime, measure; decider, targets, who carries it out, kind, length, confidence
    ("fr-lcen-6-1", "delisting", "police", ("link",), ("search_engine",), "open", None, "unverified"),
    ("fr-lcen-6-1", "block", "police", ("url", "site", "service"), ("access_provider",), "open", None, "excerpt"),
    ("fr-lcen-6-3", "block", "court", EVERYTHING, ("hosting_provider", "access_provider", "search_engine"), "until",
     None, "secondary"),
    ("fr-lcen-6-4", "block", "police", ("site", "service"), ("access_provider", "hosting_provider", "search_engine"),
     "parent", None, "excerpt"),
    ("fr-lcen-10-1", "block", "regulator", ("site", "link"), NETS, "fixed", "2 years", "secondary"),
    ("fr-cp-131-35-1", "repeat", "court", ("account",), ("online_platform",), "fixed", "1 years", "text"),
    ("fr-cp-131-35-1", "block", "court", ("account",), ("online_platform",), "fixed", "6 months", "text"),
]  # fmt: skip


@pytest.mark.parametrize("row", MEASURES, ids=lambda row: f"{row[0]}-{row[1]}")
def test_each_measure(row: tuple[str, str, str, tuple[str, ...], tuple[str, ...], str, str | None, str]) -> None:
    """Who decides, on what, who carries it out and for how long; no renewal was read for any of them."""
    one = measure(row[0], row[1])
    length = f"{one.duration.amount} {one.duration.unit}" if one.duration.amount else None
    assert row[2:5] == (one.decided_by, one.targets, one.addressees)
    assert row[5:] == (one.duration.kind, length, one.citation.confidence)
    assert one.duration.renewals == "none"


def test_review_lifting_restoring_and_the_judgment_above() -> None:
    """6-1: every quarter, lifted when lawful again, access back in 24 hours; 6-4 never outlives its judgment."""
    block = measure("fr-lcen-6-1", "block")
    assert block.review is not None
    assert (block.review.amount, block.review.unit, block.review.by) == (3, "months", "police")
    assert block.restore_hours == 24 and len(block.lifted_by) == 1
    capped = [id for id in {row[0] for row in MEASURES} if LIBRARY.regime(id).measures[-1].capped_by_parent]
    assert capped == ["fr-lcen-6-4"]


@pytest.mark.parametrize(
    ("regime", "ordered", "ends"),
    [
        ("fr-cp-131-35-1", (12, "months"), "2027-05-21"),  # six months, unless the court says: on repeat
        ("fr-cp-131-35-1", (3, "months"), "2027-02-21"),
        ("fr-lcen-10-1", (3, "years"), "2028-11-21"),
        ("fr-lcen-10-1", (1, "years"), "2027-11-21"),
    ],
)
def test_a_measure_never_lives_longer_than_its_maximum(regime: str, ordered: tuple[int, str], ends: str) -> None:
    """The measure that a procedure follows is the newest of the file: the ordinary one, never the longer one."""
    rule = LIBRARY.regime(regime).measure_on(TODAY)
    assert rule is not None and rule.id == "block"
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = measure_end(start, "Europe/Paris", rule=rule, amount=ordered[0], unit=ordered[1])
    assert found.ends is not None and ends == found.ends.astimezone(PARIS).date().isoformat()


@pytest.mark.parametrize(
    ("regime", "hops", "contests", "duties"),
    [
        ("fr-lcen-6-1", ["regulator"],
         [("provider", "annulment_by_provider"), ("uploader", "annulment_by_uploader")], ["inform_uploader"]),
        ("fr-sren-5", ["regulator"], [("provider", "annulment")], []),
        ("fr-lcen-6-3", [], [("provider", "appeal")], []),
        ("fr-lcen-10-1", ["regulator"], [("blocked_party", "annulment")], []),
        ("fr-pharos", ["police"], [], []),
        ("fr-prosecutor", ["prosecutor"], [], []),
        ("inhope-iccam", ["hotline_network", "police"], [], []),
    ],
)  # fmt: skip
def test_who_hears_of_it_next_and_who_may_contest(
    regime: str, hops: list[str], contests: list[tuple[str, str]], duties: list[str]
) -> None:
    """Every request of 6-1 goes to the qualified person within Arcom; host and content provider may contest."""
    found = LIBRARY.regime(regime)
    assert hops == [one.to for one in found.hops]
    assert contests == [(one.by, one.clock) for one in found.contests]
    assert {"court"} >= {one.before for one in found.contests}
    assert duties == [one.id for one in found.duties]


def test_the_prosecutors_national_unit_has_a_first_day() -> None:
    """Since 4 January 2021, the day before there was none; read in secondary sources."""
    (unit,) = LIBRARY.regime("fr-prosecutor").hops
    assert not unit.holds_on(date(2021, 1, 3)) and unit.holds_on(date(2021, 1, 4))
    assert unit.citation.confidence == "secondary"


@pytest.mark.parametrize(
    ("regime", "series"),
    [("fr-sren-5", "status"), ("fr-lcen-6-1", "addressee_values"), ("fr-prosecutor", "status"),
     ("fr-lcen-6-3", "elements"), ("fr-cp-131-35-1", "categories")],
)  # fmt: skip
def test_what_nobody_verified_says_so(regime: str, series: str) -> None:
    """From memory, from our own table or our own list: unverified. (Search engines in 6-1 are from memory.)"""
    values = getattr(LIBRARY.regime(regime), series)
    assert values and {"unverified"} == {one.citation.confidence for one in values}


def test_the_soft_spot_of_european_law_is_told_where_the_route_is_read() -> None:
    """CJEU, 16 June 2026: no notice resting on 227-24 alone for a service established elsewhere in the Union."""
    note = LIBRARY.regime("fr-lcen-10-1").status[-1].note
    assert note is not None and "227-24" in note.en and "C-188/24" in note.fr
    (hop,) = LIBRARY.regime("fr-lcen-10-1").hops
    assert hop.citation.confidence == "secondary"
    routed = LIBRARY.order.rule("minors_exposed", "EU", TODAY)
    assert routed is not None and [one.regime for one in routed.steps] == ["fr-lcen-10-1"]


QUALIFICATIONS = [
    ("fr-cp-226-2-1", True, "2 years, 60,000 EUR"),
    ("fr-cp-226-8", False, "2 years, 45,000 EUR"),
    ("fr-cp-226-8-1", False, "3 years, 75,000 EUR"),
    ("fr-cp-227-23", False, "7 years, 100,000 EUR"),
    ("fr-cp-227-24", False, "3 years, 75,000 EUR"),
    ("fr-cp-222-39", False, "5 years, 75,000 EUR"),
    ("fr-cp-421-2-5", False, "7 years, 100,000 EUR"),
    ("fr-cp-227-22-1", False, "2 years, 30,000 EUR"),
    ("fr-cp-312-10", False, "7 years, 100,000 EUR"),
    ("fr-cp-222-33-2-2", False, "1 year, 15,000 EUR"),
]


@pytest.mark.parametrize(("id", "complaint", "penalty"), QUALIFICATIONS)
def test_each_row_of_the_penal_table_is_there(id: str, complaint: bool, penalty: str) -> None:
    """Complaint and penalty belong to the qualification; no source gives its limitation, so it is unknown."""
    one = LIBRARY.qualifications[id]
    assert complaint is one.requires_victim_complaint
    assert one.penalty is not None and penalty in one.penalty.en
    assert one.limitation is None and (one.limitation_says.fr, one.limitation_says.en) == ("inconnu", "unknown")


def test_a_press_offence_is_warned_of_on_the_shorter_of_two_periods() -> None:
    """Three months or one year: which one holds was not read, so both are said and the page warns on three months."""
    one = LIBRARY.qualifications["fr-1881-24"]
    assert one.limitation is not None and one.limitation.citation.confidence == "secondary"
    assert (one.limitation_says.fr, one.limitation_says.en) == ("3 mois ou 1 an", "3 months or 1 year")
    assert one.limitation.shortest.months == 3
    turned = one.limitation.model_copy(update={"periods": one.limitation.periods[::-1]})
    assert turned.shortest.months == 3


def test_the_page_of_divergences_points_at_code_that_exists() -> None:
    """Where the program departs from a text, the last column says in which file."""
    root = Path(__file__).parents[2]
    rows = [line for line in (root / "docs" / "divergences.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| ") and not line.startswith(("| text", "| ---"))]  # fmt: skip
    assert len(rows) >= 10
    for row in rows:
        cells = row.strip("|").split("|")
        files = [word for word in cells[-1].replace(",", " ").split("`") if "/" in word and "." in word]
        assert len(cells) == 4 and files, row
        assert [file for file in files if not (root / file).exists()] == []
