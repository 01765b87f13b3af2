"""Twelve regimes of other countries: who may act, what is asked, what follows, and nothing surer than was read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from law.facts import OrganisationFacts, PartyFacts, ReportFacts
from law.gate import gate
from law.regime import Regime
from law.values import Value
from law.vocabulary import Confidence, PartyKind, Stage, Standing
from tests.law.facts_for_tests import (
    LIBRARY,
    NOW,
    ORGANISATION,
    PLATFORM,
    causes,
    followed,
    mandate,
    party,
    report,
    told,
)

TODAY = date(2026, 11, 22)
GARANTE = party("P-DPA", PartyKind.DATA_PROTECTION_AUTHORITY, None)
TRIBUNAL = party("P-COURT", PartyKind.COURT, "CA")
BKA = party("P-BKA", PartyKind.POLICE, "DE")
VICTIM = report("ncii_adult", "KR", hosts=(PLATFORM,), mandates=(mandate(),))
NOBODY = replace(VICTIM, mandates=())
FREED = report("csam", police_no_objection_at=NOW)

SHAPE = {  # regime: jurisdiction, standing, filing, an authority is written to, addressees
    "kr-icna-44-2": ("KR", "victim", "letter", False, ["online_platform", "hosting_provider"]),
    "kr-tba-22-5": ("KR", "recipient", "letter", False, ["online_platform", "hosting_provider"]),
    "de-ddg-13": ("DE", "provider", "none", False, ["police"]),
    "ie-osmr-139zzd": ("IE", "authority", "followed", False, ["online_platform"]),
    "ie-osmr-139zzc": ("IE", "authority", "followed", False, ["access_provider", "app_store"]),
    "it-144-bis": ("IT", "victim", "portal", True, ["data_protection_authority"]),
    "es-aepd-cp": ("ES", "anyone", "portal", True, ["data_protection_authority"]),
    "dk-rpl-791d": ("DK", "authority", "followed", False, ["access_provider"]),
    "nl-atkm": ("NL", "authority", "followed", False, ["hosting_provider", "online_platform"]),
    "ca-bc-iipa": ("CA-BC", "victim", "counsel", True, ["court"]),
    "br-mci-19-21": ("BR", "anyone", "letter", False, ["online_platform"]),
    "jp-idpa": ("JP", "victim", "letter", False, ["online_platform"]),
}
BATCH = tuple(SHAPE)


@pytest.mark.parametrize("id", BATCH)
def test_who_acts_towards_whom_and_how(id: str) -> None:
    """Standing, the way a file leaves the house (or does not), and the order among the addressees."""
    one = LIBRARY.regime(id)
    found = (one.jurisdiction, one.standing, one.filing, one.is_authority_route, list(one.addressees))
    assert SHAPE[id] == found


@pytest.mark.parametrize("id", BATCH)
def test_each_is_in_force_today(id: str) -> None:
    """The overview of the fact base calls all twelve in force on the day it was looked at."""
    assert LIBRARY.in_force(id, TODAY)


@pytest.mark.parametrize(
    ("id", "first"),
    [("de-ddg-13", "2024-05-14"), ("nl-atkm", "2024-07-01"), ("ca-bc-iipa", "2024-01-29"), ("jp-idpa", "2025-04-01")],
)
def test_the_day_before_its_first_day_nothing_is_in_force(id: str, first: str) -> None:
    """Only these four have a first day in the fact base; the day before, the answer is unknown."""
    day = date.fromisoformat(first)
    found = [str(LIBRARY.regime(id).status_on(one)) for one in (day - timedelta(days=1), day)]
    assert found == ["unknown", "in_force"]


def test_the_ended_german_law_stands_first_with_its_end() -> None:
    """NetzDG with its 24 hours and 7 days ended on 2024-05-14: told, not deleted."""
    ended = LIBRARY.regime("de-ddg-13").status[0]
    assert ended.until == date(2024, 5, 14) and ended.note is not None
    assert all(word in ended.note.en for word in ("NetzDG", "24 hours", "7 days"))


def test_the_korean_commission_is_found_by_its_own_name() -> None:
    """`kr-kcsc` is a sub-id of the fact base."""
    assert LIBRARY.regime("kr-kcsc").id == "kr-tba-22-5"


NO_STANDING = replace(ORGANISATION, recipient_standing=None)
UNSIGNED = replace(ORGANISATION, signatures=())
EARLY = datetime(2024, 1, 28, 12, tzinfo=UTC)
GATES: list[tuple[str, ReportFacts, PartyFacts, OrganisationFacts, datetime, set[str]]] = [
    ("kr-icna-44-2", VICTIM, PLATFORM, ORGANISATION, NOW, set()),
    ("kr-icna-44-2", NOBODY, PLATFORM, ORGANISATION, NOW, {"standing"}),
    ("kr-icna-44-2", replace(VICTIM, explanation=False), PLATFORM, ORGANISATION, NOW, {"explanation"}),
    ("kr-icna-44-2", VICTIM, PLATFORM, UNSIGNED, NOW, {"signed"}),
    ("kr-tba-22-5", FREED, PLATFORM, ORGANISATION, NOW, set()),
    ("kr-tba-22-5", FREED, PLATFORM, NO_STANDING, NOW, {"standing"}),
    ("kr-tba-22-5", report("csam"), PLATFORM, ORGANISATION, NOW, {"police_first"}),
    ("de-ddg-13", FREED, BKA, ORGANISATION, NOW, {"standing"}),
    ("ie-osmr-139zzd", report("hate"), PLATFORM, UNSIGNED, NOW, set()),
    ("ie-osmr-139zzc", report("hate"), PLATFORM, UNSIGNED, NOW, set()),
    ("it-144-bis", VICTIM, GARANTE, ORGANISATION, NOW, set()),
    ("it-144-bis", NOBODY, GARANTE, ORGANISATION, NOW, {"standing"}),
    ("it-144-bis", VICTIM, PLATFORM, ORGANISATION, NOW, {"addressee"}),
    ("it-144-bis", replace(VICTIM, explanation=False), GARANTE, ORGANISATION, NOW, {"explanation"}),
    ("es-aepd-cp", NOBODY, GARANTE, ORGANISATION, NOW, {"platform_failed"}),
    ("dk-rpl-791d", report("hate"), PLATFORM, UNSIGNED, NOW, set()),
    ("nl-atkm", report("csam"), PLATFORM, UNSIGNED, NOW, set()),
    ("nl-atkm", report("csam"), PLATFORM, ORGANISATION, EARLY, {"in_force"}),
    ("ca-bc-iipa", VICTIM, TRIBUNAL, ORGANISATION, NOW, set()),
    ("ca-bc-iipa", NOBODY, TRIBUNAL, ORGANISATION, NOW, {"standing"}),
    ("br-mci-19-21", report("hate"), PLATFORM, ORGANISATION, NOW, set()),
    ("br-mci-19-21", report("hate", location_kinds=frozenset()), PLATFORM, ORGANISATION, NOW, {"exact_location"}),
    ("br-mci-19-21", VICTIM, PLATFORM, ORGANISATION, NOW, set()),
    ("br-mci-19-21", NOBODY, PLATFORM, ORGANISATION, NOW, {"acting_for_the_person"}),
    ("jp-idpa", VICTIM, PLATFORM, ORGANISATION, NOW, set()),
    ("jp-idpa", NOBODY, PLATFORM, ORGANISATION, NOW, {"standing"}),
    ("jp-idpa", replace(VICTIM, mandates=(), victim_reported=True), PLATFORM, ORGANISATION, NOW, set()),
]


@pytest.mark.parametrize(("id", "facts", "to", "house", "at", "wanting"), GATES)
def test_the_gate_asks_what_the_regime_asks(
    id: str, facts: ReportFacts, to: PartyFacts, house: OrganisationFacts, at: datetime, wanting: set[str]
) -> None:
    """A victim's regime needs the victim or a mandate; an authority's needs nothing of ours; a provider's never opens."""
    assert wanting == {one.id for one in gate(LIBRARY.regime(id), facts, to, house, LIBRARY, at).wanting}


def test_only_two_people_can_say_that_the_platforms_own_channel_failed() -> None:
    """The AEPD asks that the platform's channel failed or was unfit: no record of ours proves it."""
    regime = LIBRARY.regime("es-aepd-cp")
    assert gate(regime, NOBODY, GARANTE, ORGANISATION, LIBRARY, NOW, overridden=["platform_failed"]).open


def test_the_irish_blocking_order_needs_a_conviction() -> None:
    """139ZZC: only after the provider was convicted of ignoring a notice."""
    assert [str(one.id) for one in LIBRARY.regime("ie-osmr-139zzc").preconditions] == ["conviction"]


@pytest.mark.parametrize(
    ("id", "outcome", "facts", "cause"),
    [
        ("kr-icna-44-2", Stage.REFUSED, VICTIM, "judge_may_be_seized"),
        ("kr-tba-22-5", Stage.UNANSWERED, FREED, "authority_may_be_told"),
        ("it-144-bis", Stage.UNANSWERED, VICTIM, "authority_silent"),
        ("es-aepd-cp", Stage.REFUSED, VICTIM, "authority_silent"),
        ("nl-atkm", Stage.MISSED, report("csam"), "authority_may_be_told"),
        ("nl-atkm", Stage.UNANSWERED, report("csam"), "receipt_not_proven"),
        ("ca-bc-iipa", Stage.UNANSWERED, VICTIM, "authority_silent"),
        ("br-mci-19-21", Stage.UNANSWERED, report("hate"), "judge_may_be_seized"),
        ("jp-idpa", Stage.UNANSWERED, VICTIM, "authority_may_be_told"),
        ("ie-osmr-139zzd", Stage.UNANSWERED, report("hate"), "nothing_follows"),
        ("ie-osmr-139zzc", Stage.UNANSWERED, report("hate"), "nothing_follows"),
        ("dk-rpl-791d", Stage.REFUSED, report("hate"), "nothing_follows"),
    ],
)
def test_abroad_a_failure_is_a_matter_for_a_person(id: str, outcome: Stage, facts: ReportFacts, cause: str) -> None:
    """No regime of ours goes on from there: nothing is opened by itself, a person decides."""
    found = followed(id, outcome, facts)
    assert (told(found), causes(found)) == ([], [cause])


def test_duties_hops_and_contests() -> None:
    """What else is owed, who hands on to whom, who may contest and before whom; nothing more was read."""
    duties = {(id, one.id) for id in BATCH for one in LIBRARY.regime(id).duties}
    hops = [(id, str(one.to)) for id in BATCH for one in LIBRARY.regime(id).hops]
    contests = {(id, one.by, str(one.before), one.clock) for id in BATCH for one in LIBRARY.regime(id).contests}
    assert duties == {
        ("kr-icna-44-2", "inform_requester"), ("kr-icna-44-2", "inform_uploader"), ("de-ddg-13", "report_to_authority"),
        ("ie-osmr-139zzd", "inform_uploader"), ("jp-idpa", "inform_requester"),
    }  # fmt: skip
    assert hops == [("kr-tba-22-5", "regulator"), ("kr-tba-22-5", "regulator"), ("dk-rpl-791d", "court")]
    assert contests == {
        ("kr-icna-44-2", "uploader", "court", None), ("br-mci-19-21", "uploader", "court", None),
        ("kr-tba-22-5", "provider", "regulator", "objection"), ("kr-tba-22-5", "uploader", "regulator", "objection"),
        ("ie-osmr-139zzd", "provider", "court", "appeal"), ("dk-rpl-791d", "blocked_party", "court", None),
    }  # fmt: skip


SURE = (Confidence.UNVERIFIED, Confidence.SECONDARY, Confidence.EXCERPT, Confidence.TEXT)
SUREST = {  # the best tag of each entry of the fact base
    **dict.fromkeys(BATCH, Confidence.SECONDARY),
    "de-ddg-13": Confidence.EXCERPT,
    **dict.fromkeys(("ie-osmr-139zzd", "ie-osmr-139zzc", "dk-rpl-791d"), Confidence.TEXT),
}


def values(regime: Regime) -> Iterator[Value]:
    """Every value of a regime that carries a citation."""
    for name in type(regime).model_fields:
        found = getattr(regime, name)
        if isinstance(found, tuple):
            yield from (one for one in found if isinstance(one, Value))


@pytest.mark.parametrize("id", BATCH)
def test_no_value_is_surer_than_its_entry(id: str) -> None:
    """The best tag of the entry is never passed; what is our own choice is never more than unverified."""
    for value in values(LIBRARY.regime(id)):
        limit = SUREST[id] if value.citation.kind == "law" else Confidence.UNVERIFIED
        assert SURE.index(value.citation.confidence) <= SURE.index(limit), value


def test_what_nobody_checked_stays_unverified() -> None:
    """The fact base marks these K: the German date, Brazil's Art. 21, the Korean bill's enactment."""
    german, brazilian = LIBRARY.regime("de-ddg-13"), LIBRARY.regime("br-mci-19-21")
    (bill,) = (one for one in LIBRARY.regime("kr-tba-22-5").hops if "bill" in one.text.en)
    marked: list[Value] = [*german.status, *brazilian.elements, bill]
    assert len(marked) == 5
    assert {one.citation.confidence for one in marked} == {Confidence.UNVERIFIED}


@pytest.mark.parametrize("id", [id for id, row in SHAPE.items() if row[1] == Standing.AUTHORITY])
def test_nobody_sends_anything_of_ours_under_an_authoritys_regime(id: str) -> None:
    """We follow the authority; no `follows` of any regime opens it as a letter of ours."""
    assert LIBRARY.regime(id).filing == "followed"
    assert all(id not in one.opens for other in LIBRARY.regimes.values() for one in other.follows)
