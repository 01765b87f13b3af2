"""The regimes of the United States, the United Kingdom, Australia and India: the facts as written by hand, then the file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from law.answers import answer_clock
from law.facts import PartyFacts, ReceiptFacts, ReportFacts
from law.gate import gate
from law.measure import measure_end
from law.regime import Clock, Measure
from law.renewals import Period, may_extend
from law.values import PreconditionId, all_on_day
from law.vocabulary import (
    Bearer,
    Confidence,
    Decider,
    LetterKind,
    MeasureTarget,
    Nature,
    PartyKind,
    Receipt,
    RegimeStatus,
    RuleKind,
    Stage,
    Standing,
    StartFact,
)
from tests.law.facts_for_tests import (
    HOST,
    LIBRARY,
    NOW,
    ORGANISATION,
    causes,
    followed,
    mandate,
    report,
    told,
    with_mechanisms,
)

TODAY = date(2026, 11, 22)
INDIA = with_mechanisms("P-IN", PartyKind.ONLINE_PLATFORM, "in-it-3-2-b", country="IN")
VICTIM = report("ncii_adult", "IN", mandates=(mandate(),), hosts=(INDIA,))
AU = ("au-osa-77", "au-osa-88", "au-osa-109-128", "au-osa-95-99")
FOLLOWED = (*AU, "uk-osa-144-147", "in-it-3-1-d", "in-69a-9")
NEW = (*FOLLOWED, "us-2258a", "in-it-3-2-b")


def clock_of(regime: str, id: str, day: date = TODAY) -> Clock:
    """The clock of that name on that day."""
    found = LIBRARY.regime(regime).clock_named(id, day)
    assert found is not None
    return found


def measure_of(regime: str, id: str) -> Measure:
    """The measure of that name: a regime may have several at a time."""
    return next(one for one in LIBRARY.regime(regime).measures if one.id == id)


@pytest.mark.parametrize(
    ("alias", "regime"),
    [
        *((f"uk-osa-{section}", "uk-osa-144-147") for section in (144, 145, 146, 147)),
        *((f"au-osa-{section}", "au-osa-109-128") for section in (109, 124, 128)),
        *((f"au-osa-{section}", "au-osa-95-99") for section in (95, 99)),
        ("in-69a", "in-69a-9"),
        ("in-it-3-2-a", "in-it-3-2-b"),
        ("in-gac-3a", "in-it-3-2-b"),
    ],
)
def test_a_section_finds_its_regime(alias: str, regime: str) -> None:
    """The sub-ids of the fact base are accepted everywhere."""
    assert LIBRARY.regime(alias).id == regime


@pytest.mark.parametrize("regime", NEW)
def test_all_of_them_are_in_force_today(regime: str) -> None:
    """The overview says in force for each of these; none is a proposal."""
    assert LIBRARY.regime(regime).status_on(TODAY) is RegimeStatus.IN_FORCE
    assert not LIBRARY.regime(regime).proposal


@pytest.mark.parametrize(
    ("regime", "day", "status"),
    [
        ("us-tida", "2025-05-18", RegimeStatus.UNKNOWN),
        ("us-tida", "2025-05-19", RegimeStatus.ADOPTED_NOT_APPLICABLE_YET),
        ("us-tida", "2026-05-19", RegimeStatus.IN_FORCE),
        ("uk-osa-10-3a", "2026-04-28", RegimeStatus.UNKNOWN),
        ("uk-osa-10-3a", "2026-04-29", RegimeStatus.ADOPTED_NOT_APPLICABLE_YET),
        ("uk-osa-10-3a", "2026-06-29", RegimeStatus.IN_FORCE),
        ("in-it-3-2-b", "2026-02-19", RegimeStatus.IN_FORCE),
        ("in-it-3-1-d", "2026-02-20", RegimeStatus.IN_FORCE),
    ],
)
def test_the_status_is_that_of_the_day(regime: str, day: str, status: RegimeStatus) -> None:
    """Before the enactment unknown, then adopted, then in force; the Indian rules were in force with longer times."""
    assert LIBRARY.regime(regime).status_on(date.fromisoformat(day)) is status


ROUTES = {
    # regime: (standing, filing, kind of letter, addressees in order)
    "us-2258a": ("provider", "none", "referral", ["online_platform", "hosting_provider"]),
    "us-tida": ("victim", "letter", "notice", ["online_platform"]),
    "uk-osa-10-3a": ("victim", "letter", "notice", ["online_platform"]),
    "uk-osa-144-147": (
        "authority", "followed", "application", ["ancillary_service", "search_engine", "access_provider", "app_store"],
    ),
    "au-osa-77": ("authority", "followed", "notice", ["online_platform", "hosting_provider", "uploader"]),
    "au-osa-88": ("authority", "followed", "notice", ["online_platform", "uploader"]),
    "au-osa-109-128": (
        "authority", "followed", "notice", ["online_platform", "hosting_provider", "search_engine", "app_store"],
    ),
    "au-osa-95-99": ("authority", "followed", "request", ["access_provider"]),
    "in-it-3-2-b": ("victim", "letter", "notice", ["online_platform", "hosting_provider"]),
    "in-it-3-1-d": ("authority", "followed", "request", ["online_platform", "hosting_provider"]),
    "in-69a-9": ("authority", "followed", "request", ["online_platform", "hosting_provider"]),
}  # fmt: skip


@pytest.mark.parametrize("id", ROUTES)
def test_who_acts_and_towards_whom(id: str) -> None:
    """An authority's power is followed, a duty of providers sends nothing, the person concerned writes to the service."""
    standing, filing, letter, kinds = ROUTES[id]
    regime = LIBRARY.regime(id)
    assert (regime.standing_on(TODAY), regime.filing, regime.letter) == (Standing(standing), filing, LetterKind(letter))
    assert list(regime.addressees_on(TODAY)) == [PartyKind(one) for one in kinds]
    assert not regime.is_authority_route


def wanting(regime: str, facts: ReportFacts, to: PartyFacts | None, now: datetime = NOW, **house: Any) -> list[str]:
    """What the gate of one regime still wants."""
    found = gate(LIBRARY.regime(regime), facts, to, replace(ORGANISATION, **house), LIBRARY, now)
    assert found.open is not bool(found.wanting)
    return [one.id for one in found.wanting]


@pytest.mark.parametrize("regime", FOLLOWED)
def test_an_authoritys_act_is_followed_without_anything_of_ours(regime: str) -> None:
    """Nothing leaves our house: no mandate, no signature and no addressee is asked; only that the regime is in force."""
    assert wanting(regime, report("ncii_adult", "AU"), None, signatures=()) == []


REVOKED = mandate(revoked_at=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("facts", "to", "house", "missing"),
    [
        (VICTIM, INDIA, {}, []),
        (replace(VICTIM, mandates=(), victim_reported=True), INDIA, {}, []),
        (replace(VICTIM, mandates=()), INDIA, {}, ["standing", "acting_for_the_person"]),
        (replace(VICTIM, mandates=(REVOKED,), victim_reported=True), INDIA, {}, ["standing", "acting_for_the_person"]),
        (VICTIM, replace(INDIA, channels=HOST.channels), {}, ["own_mechanism"]),
        (replace(VICTIM, location_kinds=frozenset()), INDIA, {}, ["exact_location"]),
        (replace(VICTIM, wish=None), INDIA, {}, ["wish"]),
        (VICTIM, INDIA, {"signatures": ()}, ["signed"]),
    ],
)
def test_the_indian_complaint_is_of_the_person_or_on_that_persons_behalf(
    facts: ReportFacts, to: PartyFacts, house: dict[str, Any], missing: list[str]
) -> None:
    """By the individual or any person on their behalf, at the service's own process; what lacks is named."""
    assert wanting("in-it-3-2-b", facts, to, **house) == missing


def test_a_duty_of_providers_never_opens_for_us() -> None:
    """18 U.S.C. 2258A binds providers: whatever we hold, we have no standing, and no regime leads there."""
    facts = report("csam", police_no_objection_at=NOW, mandates=(mandate(),), victim_reported=True)
    assert wanting("us-2258a", facts, HOST) == ["standing"]
    opened = {id for one in LIBRARY.regimes.values() for follow in one.follows for id in follow.opens}
    assert "us-2258a" not in opened


H, D = "hours", "days"
CLOCKS: dict[tuple[str, str, str], tuple[int | None, str, str | None, str, str, str, str]] = {
    # regime, clock, day: amount, unit, rule, nature, start, bearer, receipt below which it does not start
    ("us-tida", "answer", "2026-11-22"): (48, H, "US-TIDA-48h", "at_latest", "valid_request", "addressee", "server"),
    ("uk-osa-10-3a", "answer", "2026-11-22"): (
        48, H, "UK-OSA-10(3A)/hours", "at_latest", "received", "addressee", "server",
    ),
    ("us-2258a", "report", "2026-11-22"): (None, H, None, "soft", "aware", "addressee", "none"),
    ("au-osa-77", "answer", "2026-11-22"): (24, H, "OTHER/hours", "maximum", "notice_given", "addressee", "none"),
    ("au-osa-88", "answer", "2026-11-22"): (24, H, "OTHER/hours", "maximum", "notice_given", "addressee", "none"),
    ("au-osa-88", "complaint_wait", "2026-11-22"): (
        48, H, "OTHER/hours", "minimum_wait", "complaint", "notifier", "none",
    ),
    ("au-osa-109-128", "answer", "2026-11-22"): (24, H, "OTHER/hours", "maximum", "notice_given", "addressee", "none"),
    ("au-osa-109-128", "link_deletion", "2026-11-22"): (
        24, H, "OTHER/hours", "maximum", "notice_given", "addressee", "none",
    ),
    ("au-osa-109-128", "app_removal", "2026-11-22"): (
        24, H, "OTHER/hours", "maximum", "notice_given", "addressee", "none",
    ),
    ("in-it-3-2-b", "answer", "2026-02-19"): (24, H, "OTHER/hours", "hard", "received", "addressee", "server"),
    ("in-it-3-2-b", "answer", "2026-02-20"): (2, H, "OTHER/hours", "hard", "received", "addressee", "server"),
    ("in-it-3-2-b", "acknowledge", "2026-11-22"): (24, H, "OTHER/hours", "hard", "received", "addressee", "server"),
    ("in-it-3-2-b", "resolve", "2026-02-19"): (15, D, None, "hard", "received", "addressee", "server"),
    ("in-it-3-2-b", "resolve", "2026-02-20"): (7, D, None, "hard", "received", "addressee", "server"),
    ("in-it-3-2-b", "grievance_removal", "2026-02-19"): (
        72, H, "OTHER/hours", "hard", "received", "addressee", "server",
    ),
    ("in-it-3-2-b", "grievance_removal", "2026-02-20"): (
        36, H, "OTHER/hours", "hard", "received", "addressee", "server",
    ),
    ("in-it-3-2-b", "appeal", "2026-11-22"): (30, D, None, "hard", "informed", "appellant", "none"),
    ("in-it-3-2-b", "appeal_decision", "2026-11-22"): (30, D, None, "hard", "complaint", "dispute_body", "none"),
    ("in-it-3-1-d", "answer", "2026-02-19"): (36, H, "OTHER/hours", "hard", "received", "addressee", "server"),
    ("in-it-3-1-d", "answer", "2026-02-20"): (3, H, "OTHER/hours", "hard", "received", "addressee", "server"),
    ("in-69a-9", "committee", "2026-11-22"): (48, H, "OTHER/hours", "hard", "order", "authority", "none"),
    ("in-69a-9", "hearing", "2026-11-22"): (48, H, "OTHER/hours", "minimum_wait", "notice_given", "authority", "none"),
    ("in-69a-9", "unblock", "2026-11-22"): (None, H, None, "soft", "order", "addressee", "none"),
}  # fmt: skip


@pytest.mark.parametrize("key", CLOCKS, ids=lambda key: "/".join(key))
def test_a_clock_says_what_the_law_says(key: tuple[str, str, str]) -> None:
    """Amount, unit, counting rule, nature, start, bearer and level of receipt, on the day: ended numbers are kept."""
    regime, id, day = key
    clock = clock_of(regime, id, date.fromisoformat(day))
    amount, unit, rule, nature, starts, bearer, receipt = CLOCKS[key]
    assert (amount, unit, rule) == (clock.amount, clock.unit, clock.rule)
    assert (Nature(nature), StartFact(starts), Bearer(bearer)) == (clock.nature, clock.starts, clock.borne_by)
    assert (Receipt(receipt), RuleKind.LAW) == (clock.minimum_receipt, clock.kind)


def test_no_other_clock_is_there() -> None:
    """Every legal clock of these files stands in the table above."""
    named = {(regime, id) for regime, id, _ in CLOCKS}
    found = {
        (regime, clock.id)
        for regime in (*NEW, "us-tida", "uk-osa-10-3a")
        for clock in LIBRARY.regime(regime).clocks
        if clock.kind is RuleKind.LAW
    }
    assert found == named


@pytest.mark.parametrize("regime", ["uk-osa-144-147", "au-osa-95-99", "in-69a-9"])
def test_where_the_order_sets_the_time_only_our_own_number_drives(regime: str) -> None:
    """The law gives the addressee no number of hours: our own is house, and nobody can miss it."""
    clock = clock_of(regime, "answer")
    assert (clock.kind, clock.house, clock.amount, clock.legal) == (
        RuleKind.HOUSE, "authority_patience_hours", None, False,
    )  # fmt: skip


@pytest.mark.parametrize("regime", ["au-osa-77", "au-osa-88", "au-osa-109-128"])
def test_the_commissioner_may_allow_longer_never_shorter(regime: str) -> None:
    """24 hours, or such longer period as allowed."""
    adjustment = clock_of(regime, "answer").adjustment
    assert adjustment is not None
    assert (adjustment.by, adjustment.longer, adjustment.shorter) == (Bearer.AUTHORITY, True, False)


def test_an_australian_notice_needs_the_wait_and_an_app_removal_earlier_acts() -> None:
    """s.88: 48 hours after the complaint to the service; s.128: 2 or more times in 12 months; a wait is no deadline."""
    (wait,) = LIBRARY.regime("au-osa-88").preconditions
    assert (wait.id, wait.clock) == (PreconditionId.WAIT_OVER, "complaint_wait")
    assert not clock_of("au-osa-88", "complaint_wait").legal
    (acts,) = LIBRARY.regime("au-osa-109-128").preconditions
    assert (acts.id, acts.count, acts.within) == (PreconditionId.EARLIER_ACTS, 2, 12)
    (urgent,) = LIBRARY.regime("in-69a-9").preconditions
    assert urgent.id is PreconditionId.URGENT


@pytest.mark.parametrize(
    ("regime", "start", "level", "end"),
    [
        # worked examples OTH-01, OTH-02, OTH-05, OTH-06 of counting.md, and the 24 hours before 2026-02-20
        ("in-it-3-2-b", "2026-11-08T23:30+05:30", Receipt.SERVER, "2026-11-09T01:30+05:30"),
        ("in-it-3-2-b", "2026-02-18T23:30+05:30", Receipt.SERVER, "2026-02-19T23:30+05:30"),
        ("in-it-3-1-d", "2026-11-09T10:00+05:30", Receipt.SERVER, "2026-11-09T13:00+05:30"),
        ("au-osa-77", "2026-10-03T12:00+10:00", Receipt.NONE, "2026-10-04T13:00+11:00"),
        ("au-osa-88", "2026-04-04T12:00+11:00", Receipt.NONE, "2026-04-05T11:00+10:00"),
    ],
)
def test_the_hours_are_elapsed_hours(regime: str, start: str, level: Receipt, end: str) -> None:
    """No week-end and no clock change moves them; Australia counts from giving, India from a proven receipt."""
    receipt = ReceiptFacts(datetime.fromisoformat(start).astimezone(UTC), level, "proof")
    found = answer_clock(LIBRARY.regime(regime), report("ncii_adult"), receipt, LIBRARY)
    assert (found.kind, found.end) == (RuleKind.LAW, datetime.fromisoformat(end))


@pytest.mark.parametrize("regime", ["in-it-3-2-b", "in-it-3-1-d", "us-tida", "uk-osa-10-3a"])
def test_below_a_proven_receipt_no_legal_clock_runs(regime: str) -> None:
    """Our relay's acceptance is not the addressee's receipt: the time is our own and nothing is missed."""
    found = answer_clock(LIBRARY.regime(regime), VICTIM, ReceiptFacts(NOW, Receipt.RELAY, "relay"), LIBRARY)
    assert found.kind is RuleKind.HOUSE


@pytest.mark.parametrize(
    ("regime", "outcome", "asked"),
    [
        ("in-it-3-2-b", Stage.MISSED, "grievance_appeal"),
        ("in-it-3-2-b", Stage.REFUSED, "grievance_appeal"),
        ("in-it-3-2-b", Stage.UNANSWERED, "receipt_not_proven"),
        ("in-it-3-1-d", Stage.UNANSWERED, "receipt_not_proven"),
        ("us-tida", Stage.MISSED, "ftc_complaint"),
        ("us-tida", Stage.UNANSWERED, "receipt_not_proven"),
        ("uk-osa-10-3a", Stage.REFUSED, "expedited_complaint"),
        ("uk-osa-10-3a", Stage.UNANSWERED, "receipt_not_proven"),
        *((regime, Stage.MISSED, "nothing_follows") for regime in (*AU, "uk-osa-144-147", "in-it-3-1-d", "in-69a-9")),
    ],
)
def test_what_follows_is_a_persons_decision(regime: str, outcome: Stage, asked: str) -> None:
    """No route of ours goes on from there: a person decides, and nothing is sent."""
    found = followed(regime, outcome, VICTIM)
    assert (told(found), causes(found)) == ([], [asked])


MEASURES: dict[tuple[str, str], tuple[str, set[str], list[str], str]] = {
    # regime, measure: who decides, targets, who carries it out, kind of duration
    ("uk-osa-144-147", "service_restriction"): ("court", {"service"}, ["ancillary_service", "search_engine"], "until"),
    ("uk-osa-144-147", "interim_service_restriction"): (
        "court", {"service"}, ["ancillary_service", "search_engine"], "until_or_decision",
    ),
    ("uk-osa-144-147", "access_restriction"): ("court", {"service"}, ["access_provider", "app_store"], "until"),
    ("uk-osa-144-147", "interim_access_restriction"): (
        "court", {"service"}, ["access_provider", "app_store"], "until_or_decision",
    ),
    ("au-osa-109-128", "link_deletion"): ("regulator", {"link"}, ["search_engine"], "open"),
    ("au-osa-109-128", "app_removal"): ("regulator", {"app"}, ["app_store"], "open"),
    ("au-osa-95-99", "blocking_request"): ("regulator", {"site", "url", "service"}, ["access_provider"], "fixed"),
    ("au-osa-95-99", "blocking_notice"): ("regulator", {"site", "url", "service"}, ["access_provider"], "fixed"),
    ("in-69a-9", "ordinary_order"): ("ministry", set(), ["online_platform", "hosting_provider"], "open"),
    ("in-69a-9", "interim_direction"): (
        "ministry", set(), ["online_platform", "hosting_provider"], "until_or_decision",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", MEASURES, ids=lambda key: "/".join(key))
def test_a_measure_says_who_decides_and_how_it_lives(key: tuple[str, str]) -> None:
    """Decider, target, addressee, duration; no review and no number of hours to restore was read anywhere."""
    decider, targets, carried_out_by, kind = MEASURES[key]
    found = measure_of(*key)
    assert (Decider(decider), {MeasureTarget(one) for one in targets}) == (found.decided_by, set(found.targets))
    assert [PartyKind(one) for one in carried_out_by] == list(found.addressees)
    assert (kind, None, None, False) == (
        found.duration.kind, found.review, found.restore_hours, found.capped_by_parent,
    )  # fmt: skip


def test_no_other_measure_is_there() -> None:
    """The other regimes of these countries take content down and block nothing."""
    found = {(id, one.id) for id in (*NEW, "us-tida", "uk-osa-10-3a") for one in LIBRARY.regime(id).measures}
    assert found == set(MEASURES)


@pytest.mark.parametrize("id", ["blocking_request", "blocking_notice"])
def test_an_australian_block_lives_three_months_and_may_be_asked_again_at_once(id: str) -> None:
    """Worked example BLK-06: it ends before the corresponding date; renewals have no limit."""
    rule = measure_of("au-osa-95-99", id)
    assert (rule.duration.amount, rule.duration.unit, rule.duration.renewals) == (3, "months", "unlimited")
    start = datetime.fromisoformat("2026-11-12T09:00+11:00")
    end = measure_end(start, "Australia/Sydney", rule=rule).ends
    assert end == datetime.fromisoformat("2027-02-12T00:00+11:00")
    assert may_extend(rule.duration, [Period(start, end)], "Australia/Sydney").allowed


@pytest.mark.parametrize(
    ("decided", "end"),
    [("2026-12-10T14:00+00:00", "2026-12-10T14:00+00:00"), (None, "2027-01-16T00:00+00:00")],
)
def test_an_interim_order_ends_at_the_earlier_of_its_date_and_the_decision(decided: str | None, end: str) -> None:
    """Worked examples BLK-09 and BLK-10: the gap before a late decision is real."""
    rule = measure_of("uk-osa-147", "interim_access_restriction")
    found = measure_end(
        datetime.fromisoformat("2026-11-20T12:00+00:00"),
        "Europe/London",
        rule=rule,
        until=date(2027, 1, 15),
        ended_at=datetime.fromisoformat(decided) if decided else None,
    )
    assert found.ends == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    ("regime", "id", "words"),
    [
        ("uk-osa-144-147", "interim_service_restriction", "s.144"),
        ("uk-osa-144-147", "interim_access_restriction", "s.146"),
        ("in-69a-9", "interim_direction", "not approved"),
    ],
)
def test_an_interim_measure_says_what_lifts_it(regime: str, id: str, words: str) -> None:
    """UK: the decision on the main application. India: not approved, so revoked and unblocked."""
    assert any(words in one.en for one in measure_of(regime, id).lifted_by)


def test_a_direction_that_is_not_approved_gives_access_back() -> None:
    """Rule 9: the addressee is directed to unblock; no number was read, so nobody can miss it."""
    clock = clock_of("in-69a-9", "unblock")
    assert clock.restores and not clock.legal


@pytest.mark.parametrize(
    ("regime", "day", "duties"),
    [
        ("us-tida", "2026-11-22", {"identical_copies"}),
        ("uk-osa-10-3a", "2026-11-22", {"identical_copies", "similar_copies"}),
        ("us-2258a", "2026-11-22", {"report_to_authority", "preserve"}),
        ("in-it-3-2-b", "2026-11-22", set()),
    ],
)
def test_what_is_owed_beyond_one_address(regime: str, day: str, duties: set[str]) -> None:
    """Known identical copies in the US, the same or substantially the same in the UK, report and preserve for CSAM."""
    assert {one.id for one in all_on_day(LIBRARY.regime(regime).duties, date.fromisoformat(day))} == duties


@pytest.mark.parametrize(("day", "words"), [("2023-12-31", "90 days"), ("2026-11-22", "one year")])
def test_preservation_was_90_days_before_2024(day: str, words: str) -> None:
    """The ended value is kept: an old report is judged by the rule of its day."""
    held = all_on_day(LIBRARY.regime("us-2258a").duties, date.fromisoformat(day))
    (found,) = [one.text.en for one in held if one.id == "preserve"]
    assert words in found


@pytest.mark.parametrize(
    ("regime", "contests"),
    [
        *((one, [("provider", "court"), ("uploader", "court"), ("notifier", "court")]) for one in AU),
        ("in-it-3-2-b", [("notifier", "dispute_body")]),
        ("us-tida", []),  # no counter-notice, no put-back
        ("uk-osa-144-147", []),
    ],
)
def test_who_may_contest(regime: str, contests: list[tuple[str, str]]) -> None:
    """Australia s.220: provider, end-user, and the complainant against a refusal; India r.3A; none in the US Act."""
    assert [(one.by, str(one.before)) for one in LIBRARY.regime(regime).contests] == contests


TEXT, EXCERPT, SECONDARY, UNVERIFIED = Confidence
NO_SURER_THAN = [
    ("au-osa-109-128", "answer", UNVERIFIED),  # ss.109, 110 [K-high]
    ("au-osa-109-128", "link_deletion", UNVERIFIED),  # s.124 [K-high]
    ("au-osa-109-128", "app_removal", TEXT),  # s.128 [T]
    ("au-osa-77", "answer", TEXT),
    ("au-osa-88", "answer", TEXT),
    ("au-osa-88", "complaint_wait", TEXT),
    ("in-it-3-2-b", "answer", SECONDARY),
    ("in-it-3-2-b", "resolve", SECONDARY),
    ("in-it-3-2-b", "grievance_removal", SECONDARY),
    ("in-it-3-2-b", "appeal", SECONDARY),
    ("in-it-3-1-d", "answer", SECONDARY),
    ("in-69a-9", "hearing", SECONDARY),
    ("in-69a-9", "committee", TEXT),
    ("us-2258a", "report", EXCERPT),
    ("us-tida", "answer", TEXT),
    ("uk-osa-10-3a", "answer", SECONDARY),
]


@pytest.mark.parametrize(("regime", "clock", "tag"), NO_SURER_THAN)
def test_no_confidence_of_a_clock_was_raised(regime: str, clock: str, tag: Confidence) -> None:
    """Each clock, ended ones too, is as sure as its tag in the fact base, never surer."""
    found = {one.citation.confidence for one in LIBRARY.regime(regime).clocks if one.id == clock}
    assert found == {tag}


@pytest.mark.parametrize(
    ("regime", "measure", "tag"),
    [
        ("au-osa-95-99", "blocking_request", TEXT),
        ("au-osa-95-99", "blocking_notice", UNVERIFIED),
        ("au-osa-109-128", "link_deletion", UNVERIFIED),
        ("uk-osa-144-147", "service_restriction", EXCERPT),
        ("uk-osa-144-147", "interim_access_restriction", TEXT),
        ("in-69a-9", "ordinary_order", SECONDARY),
        ("in-69a-9", "interim_direction", TEXT),
    ],
)
def test_no_confidence_of_a_measure_was_raised(regime: str, measure: str, tag: Confidence) -> None:
    """What is general knowledge stays unverified; what was read in part stays an excerpt."""
    assert measure_of(regime, measure).citation.confidence is tag


@pytest.mark.parametrize("regime", ["us-tida", "uk-osa-10-3a", "au-osa-77", "au-osa-88", "in-it-3-2-b"])
def test_our_mapping_of_categories_never_passes_for_law(regime: str) -> None:
    """No source says which of our categories a foreign law means: house, unverified."""
    (found,) = LIBRARY.regime(regime).categories
    assert (found.citation.kind, found.citation.confidence) == (RuleKind.HOUSE, UNVERIFIED)
    assert found.ids == (("harassment",) if regime == "au-osa-88" else ("ncii_adult", "deepfake_ncii"))
