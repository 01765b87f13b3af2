"""
Single questions about facts, each answered with its proof or with None. The gate puts them together.

A proof is a short text for the file: a staff code, a channel id, a mandate id. It holds no personal data.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from law.conditions import condition_met
from law.facts import ChannelFacts, MandateFacts, OrganisationFacts, PartyFacts, ReportFacts
from law.regime import Regime
from law.values import ConditionId, ElementId, PreconditionId
from law.vocabulary import Depicted, PartyKind, RegimeStatus, Standing

OUR_LETTER = "stated by our letter"


@dataclass(frozen=True, slots=True)
class Question:
    """What a gate is asked about."""

    regime: Regime
    report: ReportFacts
    party: PartyFacts | None
    organisation: OrganisationFacts
    now: datetime
    day: date  # the day of `now` where the house is


def channel_for(party: PartyFacts, category: str, mechanisms: frozenset[str] = frozenset()) -> ChannelFacts | None:
    """The first working channel in scope for the category, and of one of these mechanisms when any are named."""
    for channel in party.channels:
        in_scope = not channel.categories or category in channel.categories
        if channel.working and in_scope and (not mechanisms or channel.mechanisms & mechanisms):
            return channel
    return None


def live_mandate(report: ReportFacts, party: PartyFacts | None, now: datetime) -> MandateFacts | None:
    """A mandate that holds at `now` and has this party and its country in its scope."""
    for mandate in report.mandates:
        party_in = not mandate.parties or (party is not None and party.number in mandate.parties)
        country_in = not mandate.countries or (party is not None and party.country in mandate.countries)
        if mandate.holds_on(now) and party_in and country_in:
            return mandate
    return None


def person_concerned(report: ReportFacts, party: PartyFacts | None, now: datetime) -> str | None:
    """Proof that the person concerned stands behind this: a live mandate, or that person's own report."""
    mandate = live_mandate(report, party, now)
    if mandate is not None:
        return f"mandate {mandate.id}"
    # A mandate that was revoked or does not reach this addressee is not replaced by an older report of the person.
    return "the person's own report" if report.victim_reported and not report.mandates else None


def signed(regime: Regime, organisation: OrganisationFacts, now: datetime) -> str | None:
    """Who signed this very version of the regime, if the signature still runs."""
    for one in organisation.signatures:
        if one.regime == regime.id and one.digest == regime.digest and now < one.until:
            return f"signed by {one.by}"
    return None


def filled_in(regime: Regime, organisation: OrganisationFacts) -> bool:
    """Whether every parameter of a proposal has a value."""
    values = organisation.parameters.get(regime.id, {})
    return all(values.get(name, "").strip() for name in regime.parameters)


def may_open(regime: Regime, organisation: OrganisationFacts, day: date) -> bool:
    """In force on the day; or a proposal in a simulated store with every parameter filled in."""
    status = regime.status_on(day)
    if regime.proposal or status is RegimeStatus.PROPOSAL:
        return organisation.simulated and filled_in(regime, organisation)
    return status is RegimeStatus.IN_FORCE


def standing(q: Question) -> str | None:
    """Proof of our standing on the day, or None."""
    who = q.regime.standing_on(q.day)
    if who is Standing.ANYONE:
        return "open to anyone"
    if who is Standing.TRUSTED_FLAGGER:
        return "trusted flagger" if q.organisation.trusted_flagger else None
    if who is Standing.VICTIM:
        return person_concerned(q.report, q.party, q.now)
    if who is Standing.RECIPIENT:
        return q.organisation.recipient_standing
    if who is Standing.AUTHORITY:
        return "the authority's own procedure" if q.regime.filing == "followed" else None
    return None


def _flagger_in_area(q: Question) -> str | None:
    inside = q.organisation.trusted_flagger and q.report.category in q.organisation.areas
    return f"designated area: {q.report.category}" if inside else None


def _platform_not_small(q: Question) -> str | None:
    # Unknown stays unknown: only a known "no" opens Art. 22.
    is_platform = q.party is not None and q.party.kind is PartyKind.ONLINE_PLATFORM
    return "known not to be micro or small" if is_platform and q.party and q.party.micro_or_small is False else None


def _mechanism(q: Question, mechanisms: frozenset[str]) -> str | None:
    channel = channel_for(q.party, q.report.category, mechanisms) if q.party else None
    return f"channel {channel.id}" if channel else None


def _public(q: Question) -> str | None:
    return "public" if q.report.public else None


def _parent_judgment(q: Question) -> str | None:
    stands = condition_met(ConditionId.JUDGMENT_STANDS, q.report, q.now)
    return f"judgment {q.report.judgment.reference}" if stands and q.report.judgment else None


def _not_ours_to_know(q: Question) -> str | None:
    return None


PRECONDITIONS: dict[PreconditionId, Callable[[Question], str | None]] = {
    PreconditionId.FLAGGER_IN_AREA: _flagger_in_area,
    PreconditionId.PLATFORM_NOT_SMALL: _platform_not_small,
    PreconditionId.NOTICE_MECHANISM: lambda q: _mechanism(q, frozenset({"eu-dsa-16", "eu-dsa-22"})),
    PreconditionId.OWN_MECHANISM: lambda q: _mechanism(q, frozenset({q.regime.id})),
    PreconditionId.PUBLIC_CONTENT: _public,
    PreconditionId.PARENT_JUDGMENT: _parent_judgment,
    PreconditionId.ADULT_SHOWN: lambda q: "adult" if q.report.depicted is Depicted.ADULT else None,
    # What only the authority or the court that acts can know: nothing on our record ever proves it.
    PreconditionId.EARLIER_ACTS: _not_ours_to_know,
    PreconditionId.WAIT_OVER: _not_ours_to_know,
    PreconditionId.PLATFORM_FAILED: _not_ours_to_know,
    PreconditionId.CONVICTION: _not_ours_to_know,
    PreconditionId.POWERS_EXHAUSTED: _not_ours_to_know,
    PreconditionId.URGENT: _not_ours_to_know,
}


def _signature(q: Question) -> str | None:
    mandate = live_mandate(q.report, q.party, q.now)
    return f"mandate {mandate.id}" if mandate is not None and mandate.identity_checked else None


def _our_letter(q: Question) -> str | None:
    return OUR_LETTER


ELEMENTS: dict[ElementId, Callable[[Question], str | None]] = {
    ElementId.EXPLANATION: lambda q: "explanation on record" if q.report.explanation else None,
    ElementId.EXACT_LOCATION: lambda q: "location on record" if q.report.location_kinds else None,
    ElementId.NOTIFIER_IDENTITY: _our_letter,
    ElementId.FLAGGER_IDENTITY: lambda q: OUR_LETTER if q.organisation.trusted_flagger else None,
    ElementId.GOOD_FAITH: _our_letter,
    ElementId.SIGNATURE: _signature,
    ElementId.CONTACT: _our_letter,
    ElementId.ACTING_FOR_THE_PERSON: lambda q: person_concerned(q.report, q.party, q.now),
    ElementId.DUTY_THAT_FAILED: _our_letter,
    ElementId.CHRONOLOGY: _our_letter,
}
