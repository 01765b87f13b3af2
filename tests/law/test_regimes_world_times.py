"""The clocks and measures of twelve regimes of other countries: what was read, with a rule only where one was read."""

from datetime import date, datetime
from typing import Any

import pytest

from law.measure import measure_end
from law.regime import Clock, Measure, Regime
from law.vocabulary import Bearer
from tests.law.facts_for_tests import LIBRARY
from tests.law.test_regimes_world import BATCH, TODAY

HOUSE: dict[str, tuple[str, str]] = {  # no number in the law: our own time, and what starts it
    "kr-icna-44-2": ("answer_hours", "given"),
    "kr-tba-22-5": ("answer_hours", "given"),
    "ie-osmr-139zzd": ("authority_patience_hours", "acted"),
    "ie-osmr-139zzc": ("authority_patience_hours", "acted"),
    "it-144-bis": ("authority_patience_hours", "given"),
    "es-aepd-cp": ("authority_patience_hours", "given"),
    "dk-rpl-791d": ("authority_patience_hours", "acted"),
    "ca-bc-iipa": ("authority_patience_hours", "given"),
    "br-mci-19-21": ("answer_hours", "given"),
    "jp-idpa": ("answer_hours", "given"),
}
# regime, clock, day, categories: amount, unit, rule, nature, starts, borne by, receipt that starts it
LEGAL: list[tuple[str, str, str, str, tuple[Any, ...]]] = [
    ("kr-tba-22-5", "objection", "2026-11-22", "", (15, "days", None, "hard", "informed", "appellant", "none")),
    ("de-ddg-13", "report", "2026-11-22", "", (None, "hours", None, "soft", "aware", "addressee", "none")),
    ("ie-osmr-139zzd", "pass_on", "2026-11-22", "", (2, "days", None, "hard", "notice_given", "addressee", "none")),
    ("ie-osmr-139zzd", "submissions", "2026-11-22", "",
     (28, "days", None, "window", "notice_given", "authority", "none")),
    ("ie-osmr-139zzd", "appeal", "2026-11-22", "", (28, "days", None, "hard", "informed", "appellant", "none")),
    ("it-144-bis", "decision", "2026-11-22", "",
     (48, "hours", "OTHER/hours", "hard", "received", "authority", "server")),
    ("it-144-bis", "contact_address", "2026-11-22", "", (30, "days", None, "hard", "notice_given", "addressee", "none")),
    ("dk-rpl-791d", "to_court", "2026-11-22", "",
     (24, "hours", "OTHER/hours", "at_latest", "blocked", "police", "none")),
    ("nl-atkm", "answer", "2026-11-22", "csam",
     (12, "hours", "OTHER/hours", "maximum", "acted", "addressee", "server")),
    ("nl-atkm", "answer", "2026-11-22", "terrorism",
     (1, "hours", "EU-1182-71/hours", "hard", "acted", "addressee", "server")),
    ("jp-idpa", "decision", "2025-03-31", "", (14, "days", None, "hard", "received", "addressee", "server")),
    ("jp-idpa", "decision", "2025-04-01", "", (7, "days", None, "hard", "received", "addressee", "server")),
    ("jp-idpa", "sender_silence", "2026-11-22", "harassment",
     (7, "days", None, "silence", "informed", "sender", "none")),
    ("jp-idpa", "sender_silence", "2026-11-22", "ncii_adult",
     (2, "days", None, "silence", "informed", "sender", "none")),
]  # fmt: skip


def clocks(regime: Regime, id: str, day: date, category: str) -> list[Clock]:
    """The clocks of that name that hold on that day for that category."""
    return [
        one
        for one in regime.clocks
        if one.id == id and one.holds_on(day) and (not one.categories or category in one.categories)
    ]


@pytest.mark.parametrize(("id", "clock", "day", "category", "expected"), LEGAL)
def test_each_clock_of_the_law(id: str, clock: str, day: str, category: str, expected: tuple[Any, ...]) -> None:
    """Amount, unit, rule where one was read, nature, start, bearer, receipt; exactly one on a day for a category."""
    (one,) = clocks(LIBRARY.regime(id), clock, date.fromisoformat(day), category)
    assert one.kind == "law"
    found = (one.amount, one.unit, one.rule, one.nature, one.starts, one.borne_by, one.minimum_receipt)
    assert expected == found


@pytest.mark.parametrize("id", BATCH)
def test_no_other_clock_and_no_number_of_ours_as_law(id: str) -> None:
    """What is not in the two tables is not in the file; without a number in the law the driving clock is the house's."""
    regime = LIBRARY.regime(id)
    ours = {("answer", *HOUSE[id])} if id in HOUSE else set()
    assert ours == {(one.id, str(one.house), str(one.starts)) for one in regime.clocks if one.kind == "house"}
    assert {row[1] for row in LEGAL if row[0] == id} == {one.id for one in regime.clocks if one.kind == "law"}


def test_the_dutch_maximum_may_only_be_shortened_and_the_hour_has_a_strict_clock() -> None:
    """ATKM: at most 12 hours, may be shorter; one hour for terrorism, nobody is accused on the strict one."""
    regime = LIBRARY.regime("nl-atkm")
    csam, terrorism = regime.clock_on(TODAY, "csam"), regime.clock_on(TODAY, "terrorism")
    assert csam is not None and csam.adjustment is not None and terrorism is not None
    assert (csam.adjustment.by, csam.adjustment.shorter, csam.adjustment.longer) == (Bearer.AUTHORITY, True, False)
    assert (csam.strict, terrorism.strict, terrorism.adjustment) == (False, True, None)
    assert regime.clock_on(TODAY, "hate") is None


def test_the_days_that_nobody_knows_how_to_count_have_no_rule() -> None:
    """No counting rule was read for Korea, Japan, or Irish and Italian days: told, never computed."""
    days = [one for id in BATCH for one in LIBRARY.regime(id).clocks if one.unit == "days"]
    assert len(days) == 9 and all(one.rule is None for one in days)


# regime, measure: decided by, targets, carried out by, duration, amount, unit
MEASURES: list[tuple[str, str, tuple[Any, ...]]] = [
    ("kr-icna-44-2", "block", ("provider", ["url"], ["online_platform", "hosting_provider"], "fixed", 30, "days")),
    ("kr-tba-22-5", "correction",
     ("regulator", ["url", "account"], ["online_platform", "hosting_provider"], "open", None, None)),
    ("kr-tba-22-5", "block", ("regulator", ["site"], ["access_provider"], "open", None, None)),
    ("ie-osmr-139zzd", "limitation", ("regulator", ["url"], ["online_platform"], "open", None, None)),
    ("ie-osmr-139zzc", "block", ("court", ["service", "app"], ["access_provider", "app_store"], "open", None, None)),
    ("it-144-bis", "block", ("data_protection_authority", ["hash"], ["online_platform"], "open", None, None)),
    ("es-aepd-cp", "precautionary", ("data_protection_authority", ["url"], ["online_platform"], "open", None, None)),
    ("dk-rpl-791d", "court_order", ("court", ["site"], ["access_provider"], "open", None, None)),
    ("dk-rpl-791d", "provisional", ("police", ["site"], ["access_provider"], "open", None, None)),
    ("ca-bc-iipa", "removal",
     ("court", ["url", "link"], ["online_platform", "hosting_provider", "search_engine"], "open", None, None)),
    ("br-mci-19-21", "court_order", ("court", ["url"], ["online_platform"], "open", None, None)),
]  # fmt: skip
LIFTED = {("kr-icna-44-2", "block"), ("ie-osmr-139zzd", "limitation"), ("ie-osmr-139zzc", "block"),
          ("dk-rpl-791d", "court_order"), ("dk-rpl-791d", "provisional")}  # fmt: skip


def test_these_and_no_other_measures() -> None:
    """Germany, the Netherlands and Japan have none in the fact base."""
    assert {row[:2] for row in MEASURES} == {(id, one.id) for id in BATCH for one in LIBRARY.regime(id).measures}


@pytest.mark.parametrize(("id", "name", "expected"), MEASURES)
def test_each_measure(id: str, name: str, expected: tuple[Any, ...]) -> None:
    """Who decides, on what, who carries it out, for how long; no review and no time to restore was read anywhere."""
    (one,) = (each for each in LIBRARY.regime(id).measures if each.id == name)
    life = one.duration
    assert expected == (
        one.decided_by, list(one.targets), list(one.addressees), life.kind, life.amount, life.unit
    )  # fmt: skip
    assert (life.renewals, one.review, one.restore_hours, one.capped_by_parent) == ("none", None, None, False)
    assert ((id, name) in LIFTED) == bool(one.lifted_by)


def newest(id: str) -> Measure:
    """The measure that a block under this regime takes."""
    found = LIBRARY.regime(id).measure
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start", "last"),
    [("2026-11-02T15:00+09:00", "Wed 2026-12-02 24:00"), ("2026-11-05T15:00+09:00", "Sat 2026-12-05 24:00")],
)
def test_the_korean_block_ends_after_thirty_days_even_on_a_saturday(start: str, last: str) -> None:
    """Worked examples BLK-04 and BLK-05: a maximum, first day excluded, never moved to a working day."""
    end = measure_end(datetime.fromisoformat(start), "Asia/Seoul", rule=newest("kr-icna-44-2"))
    assert (end.last_moment, end.reason) == (last, "maximum")


def test_the_danish_police_block_lives_until_the_court_refuses_it() -> None:
    """Worked example BLK-12: open, beyond the 24 hours to go to court; the refusal of approval ends it."""
    block, start = newest("dk-rpl-791d"), datetime.fromisoformat("2026-11-13T18:00+01:00")
    assert block.id == "provisional"
    assert measure_end(start, "Europe/Copenhagen", rule=block).reason == "open"
    refused = datetime.fromisoformat("2026-11-16T10:00+01:00")
    end = measure_end(start, "Europe/Copenhagen", rule=block, ended_at=refused, ended_fact="approval_refused")
    assert (end.ends, end.reason) == (refused, "ended_by_fact")
