"""Facts that the tests of the law start from: one hotline, its authorities, two platforms and a host."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from law.decide import Route, follow, route
from law.facts import (
    ChannelFacts,
    JudgmentFacts,
    MandateFacts,
    OrganisationFacts,
    PartyFacts,
    ReportFacts,
    SignatureFacts,
)
from law.library import Library, load
from law.vocabulary import ChannelKind, Depicted, Fact, LocationKind, PartyKind, Stage

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIBRARY: Library = load()
CATEGORIES = frozenset(LIBRARY.categories)


def party(number: str, kind: PartyKind, country: str | None = "FR", **more: Any) -> PartyFacts:
    """A party with one working e-mail channel, unless channels are given."""
    more.setdefault("channels", (ChannelFacts(f"{number}-mail", ChannelKind.EMAIL),))
    return PartyFacts(number, kind, country, **more)


def with_mechanisms(number: str, kind: PartyKind, *mechanisms: str, **more: Any) -> PartyFacts:
    """A party whose channel is its own mechanism under these regimes."""
    channel = ChannelFacts(f"{number}-form", ChannelKind.FORM, frozenset(mechanisms))
    return party(number, kind, channels=(channel,), **more)


POLICE = party("P-POLICE", PartyKind.POLICE)
ARCOM = party("P-ARCOM", PartyKind.REGULATOR)
PROSECUTOR = party("P-PROSEC", PartyKind.PROSECUTOR)
NETWORK = party("P-ICCAM", PartyKind.HOTLINE_NETWORK, None)
HOST = party("P-HOST", PartyKind.HOSTING_PROVIDER)
PLATFORM = with_mechanisms("P-PLAT", PartyKind.ONLINE_PLATFORM, "eu-dsa-16", micro_or_small=False, country="IE")


def signatures(*ids: str) -> tuple[SignatureFacts, ...]:
    """A lawyer's signature of the present version of these regimes, or of all of them."""
    wanted = ids or LIBRARY.ids()
    until = NOW + timedelta(days=365)
    return tuple(SignatureFacts(id, LIBRARY.regime(id).digest, "L-01", until) for id in wanted)


ORGANISATION = OrganisationFacts(
    trusted_flagger=True,
    areas=CATEGORIES,
    recipient_standing="recipient in our own name",
    signatures=signatures(),
    authorities=(POLICE, ARCOM, PROSECUTOR, NETWORK),
)

QUALIFICATIONS = {
    "csam": "fr-cp-227-23",
    "ncii_adult": "fr-cp-226-2-1",
    "deepfake_ncii": "fr-cp-226-8-1",
    "minors_exposed": "fr-cp-227-24",
    "terrorism": "fr-cp-421-2-5",
    "hate": "fr-1881-24",
    "harassment": "fr-cp-222-33-2-2",
    "drugs": "fr-cp-222-39",
    "sextortion": "fr-cp-312-10",
}
SHOWN = {"csam": Depicted.MINOR, "ncii_adult": Depicted.ADULT, "deepfake_ncii": Depicted.ADULT}


def report(category: str, hosted_in: str | None = "FR", **more: Any) -> ReportFacts:
    """A complete, public report of that category; `more` overrides any fact."""
    facts: dict[str, Any] = {
        "number": "R-1",
        "category": category,
        "qualification": QUALIFICATIONS[category],
        "depicted": SHOWN.get(category, Depicted.NOBODY),
        "location_kinds": frozenset({LocationKind.URL}),
        "hosted_in": hosted_in,
        "hosts": (HOST,),
        "qualified_by": "S-01",
        "second_reader": "S-02",
        "explanation": True,
    }
    if LIBRARY.categories[category].victim_decides:
        facts["wish"] = "removal"
    return ReportFacts(**{**facts, **more})


def mandate(**more: Any) -> MandateFacts:
    """A live mandate with its identity check."""
    live = MandateFacts("M-1", NOW - timedelta(days=10), identity_checked=True)
    return replace(live, **more)


def simulated(**parameters: str) -> OrganisationFacts:
    """The same house as a store born simulated, with the proposal's parameters filled in."""
    filled = dict.fromkeys(LIBRARY.regime("prop-temporary-block").parameters, "x")
    filled |= {"addressee": "hosting_provider", **parameters}
    return replace(ORGANISATION, simulated=True, parameters={"prop-temporary-block": filled})


POLICE_FIRST = "police_no_objection_or_agreed_delay"
US = with_mechanisms(
    "P-US", PartyKind.ONLINE_PLATFORM, "us-tida", "uk-osa-10-3a", "eu-dsa-16", country="US", micro_or_small=False
)
JUDGMENT = JudgmentFacts("J-1", NOW - timedelta(days=30), NOW + timedelta(days=90))


def told(found: Route) -> list[tuple[str, str]]:
    """Regime and addressee of each step, in order."""
    return [(one.regime, one.party) for one in found.steps]


def causes(found: Route) -> list[str]:
    """What a person is asked."""
    return [one.cause for one in found.asks]


def routed(facts: ReportFacts, organisation: OrganisationFacts = ORGANISATION) -> Route:
    """The route at the tests' moment."""
    return route(facts, organisation, LIBRARY, NOW)


def followed(
    regime: str, outcome: Stage | Fact, facts: ReportFacts, organisation: OrganisationFacts = ORGANISATION, **more: Any
) -> Route:
    """What follows at the tests' moment."""
    return follow(LIBRARY.regime(regime), outcome, facts, organisation, LIBRARY, NOW, **more)
