"""
The gate: before any procedure, each precondition and mandatory element with its proof, or what is missing and who can
supply it. A gate opens only when nothing that blocks is missing.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from law.checks import ELEMENTS, PRECONDITIONS, Question, channel_for, filled_in, may_open, signed, standing
from law.clock import aware, zone_named
from law.conditions import condition_met
from law.facts import OrganisationFacts, PartyFacts, ReportFacts, StandingOrderFacts
from law.library import Library
from law.regime import Regime
from law.values import Citation, ConditionId, ElementId, PreconditionId, Text, all_on_day
from law.vocabulary import Confidence, Depicted, PartyKind, RuleKind, Standing


def law_day(now: datetime, library: Library) -> date:
    """The day of `now` where the house is established."""
    return aware(now).astimezone(zone_named(library.house.zone)).date()


def treated_as(report: ReportFacts, library: Library) -> str:
    """The category whose rules hold: a minor's image is child abuse material, whatever it was called."""
    category, minor = library.categories.get(report.category), library.order.fallbacks["minor_is_csam"]
    restricted = category is not None and category.depicted and Depicted.MINOR not in category.depicted
    return (minor.treat_as or report.category) if restricted and report.depicted is Depicted.MINOR else report.category


class Supplier(StrEnum):
    """Who can supply what is missing."""

    LAWYER = "lawyer"
    ANALYST = "analyst"
    SECOND_READER = "second_reader"
    PERSON_CONCERNED = "person_concerned"
    POLICE = "police"
    DIRECTORY = "directory"  # whoever keeps the directory of parties
    COURT = "court"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class GateItem:
    """One question of the gate. `blocking=False` informs and never closes the gate."""

    id: str
    met: bool
    proof: str | None
    missing_from: Supplier | None
    text: Text
    citation: Citation
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Gate:
    """The whole answer."""

    items: tuple[GateItem, ...]

    @property
    def open(self) -> bool:
        """Whether nothing that blocks is missing."""
        return not self.wanting

    @property
    def wanting(self) -> tuple[GateItem, ...]:
        """What blocks and is missing."""
        return tuple(one for one in self.items if one.blocking and not one.met)


def gate(
    regime: Regime,
    report: ReportFacts,
    party: PartyFacts | None,
    organisation: OrganisationFacts,
    library: Library,
    now: datetime,
    *,
    overridden: Collection[str] = (),
) -> Gate:
    """
    Ask everything that this regime and the house want to know before something leaves.

    `overridden` names preconditions and elements of the regime's own file that two people passed for a reason on
    record. Nothing of what the house asks (police first, second reader, signature, addressee) can be passed so.
    """
    question = Question(regime, report, party, organisation, now, law_day(now, library))
    items = [_opens(question, library)]
    if regime.filing == "followed":
        # The authority acts, nothing leaves our house: nothing to sign, to address or to prove.
        return Gate((*items, _house("standing", standing(question), Supplier.ORGANISATION, library)))
    if not regime.proposal:
        items.append(_house("signed", signed(regime, organisation, now), Supplier.LAWYER, library))
    items += _addressed(question, library)
    items.append(_house("standing", standing(question), _SUPPLIES[regime.standing], library))
    items += [_passed(item) if item.id in overridden and not item.met else item for item in _of_the_file(question)]
    items += _of_the_report(question, library)
    return Gate(tuple(items))


def overridable(regime: Regime, day: date) -> tuple[str, ...]:
    """What two people may pass at this gate: what stands in the regime's own file, but for where the content is."""
    conditions = [str(one.id) for one in all_on_day(regime.preconditions, day)]
    elements = [str(one.id) for one in all_on_day(regime.elements, day) if one.id is not ElementId.EXACT_LOCATION]
    return (*conditions, *elements)


def _passed(item: GateItem) -> GateItem:
    return replace(item, met=True, proof="passed by two people, the reason is on record", missing_from=None)


def automatic(
    regime: Regime, party_number: str, category: str, organisation: OrganisationFacts, now: datetime
) -> StandingOrderFacts | None:
    """The standing order that makes this route automatic for this authority and category now, if there is one."""
    for order in organisation.standing_orders:
        same = (order.regime, order.digest, order.party) == (regime.id, regime.digest, party_number)
        if same and order.category == category and now < order.until:
            return order
    return None


_SUPPLIES: dict[Standing, Supplier] = {
    Standing.ANYONE: Supplier.ORGANISATION,
    Standing.TRUSTED_FLAGGER: Supplier.ORGANISATION,
    Standing.VICTIM: Supplier.PERSON_CONCERNED,
    Standing.RECIPIENT: Supplier.ORGANISATION,
    Standing.CLAIMANT: Supplier.LAWYER,
    Standing.PROVIDER: Supplier.ORGANISATION,
    Standing.AUTHORITY: Supplier.ORGANISATION,
}

_ELEMENT_SUPPLIERS: dict[ElementId, Supplier] = {
    ElementId.EXPLANATION: Supplier.ANALYST,
    ElementId.EXACT_LOCATION: Supplier.ANALYST,
    ElementId.SIGNATURE: Supplier.PERSON_CONCERNED,
    ElementId.ACTING_FOR_THE_PERSON: Supplier.PERSON_CONCERNED,
}

_PRECONDITION_SUPPLIERS: dict[PreconditionId, Supplier] = {
    PreconditionId.PLATFORM_NOT_SMALL: Supplier.DIRECTORY,
    PreconditionId.NOTICE_MECHANISM: Supplier.DIRECTORY,
    PreconditionId.OWN_MECHANISM: Supplier.DIRECTORY,
    PreconditionId.PUBLIC_CONTENT: Supplier.ANALYST,
    PreconditionId.ADULT_SHOWN: Supplier.ANALYST,
    PreconditionId.PARENT_JUDGMENT: Supplier.COURT,
}


def _opens(q: Question, library: Library) -> GateItem:
    """In force on the day, or a proposal that may be played."""
    if q.regime.proposal:
        playable = q.organisation.simulated and filled_in(q.regime, q.organisation)
        return _house("parameters", "simulated, filled in" if playable else None, Supplier.ORGANISATION, library)
    status = q.regime.status_on(q.day)
    proof = f"{status} on {q.day}" if may_open(q.regime, q.organisation, q.day) else None
    return _house("in_force", proof, Supplier.LAWYER, library)


def _addressed(q: Question, library: Library) -> list[GateItem]:
    """An addressee of the right kind, never one who must not be told, with a working channel."""
    never = library.order.never.parties
    kinds = q.regime.addressees_on(q.day)
    if q.regime.proposal:
        kinds = proposal_addressee(q.regime, q.organisation)
    right = q.party is not None and q.party.kind in kinds and q.party.kind not in never
    channel = channel_for(q.party, q.report.category) if q.party else None
    return [
        _house("addressee", q.party.number if right and q.party else None, Supplier.DIRECTORY, library),
        _house("channel", f"channel {channel.id}" if channel else None, Supplier.DIRECTORY, library),
    ]


def proposal_addressee(regime: Regime, organisation: OrganisationFacts) -> tuple[PartyKind, ...]:
    """The kind of addressee that somebody filled in for a proposal; empty when it is none of the known kinds."""
    wanted = organisation.parameters.get(regime.id, {}).get("addressee", "").strip()
    return (PartyKind(wanted),) if wanted in set(PartyKind) else ()


def _of_the_file(q: Question) -> list[GateItem]:
    """The preconditions and mandatory elements of the regime's own file, on the day."""
    items = []
    for condition in all_on_day(q.regime.preconditions, q.day):
        proof = PRECONDITIONS[condition.id](q)
        by = _PRECONDITION_SUPPLIERS.get(condition.id, Supplier.ORGANISATION)
        items.append(_item(condition.id, proof, by, condition.text, condition.citation))
    for element in all_on_day(q.regime.elements, q.day):
        if q.report.category not in element.not_for:
            proof = ELEMENTS[element.id](q)
            by = _ELEMENT_SUPPLIERS.get(element.id, Supplier.ORGANISATION)
            items.append(_item(element.id, proof, by, element.text, element.citation))
    return items


def _of_the_report(q: Question, library: Library) -> list[GateItem]:
    """What the house asks of the report itself, whatever the regime."""
    report, category = q.report, library.categories.get(treated_as(q.report, library))
    items = [_house("qualified", report.qualified_by, Supplier.ANALYST, library)]
    if category is None or category.two_readers:
        other = report.second_reader if report.second_reader != report.qualified_by else None
        items.append(_house("second_reader", other, Supplier.SECOND_READER, library))
    if category is not None and category.victim_decides:
        wish = "removal" if report.wish == "removal" else None
        items.append(_house("wish", wish, Supplier.PERSON_CONCERNED, library))
    kinds = set(q.regime.addressees_on(q.day))
    to_a_host = bool(kinds & {PartyKind.ONLINE_PLATFORM, PartyKind.HOSTING_PROVIDER})
    if (category is None or category.police_first) and (to_a_host or q.regime.proposal):
        free = condition_met(ConditionId.POLICE_FIRST, report, q.now)
        items.append(_house("police_first", "police" if free else None, Supplier.POLICE, library))
    items += _complaint(q, library)
    return items


def _complaint(q: Question, library: Library) -> list[GateItem]:
    """Informs only: it decides whether the file may be called ready to prosecute, never whether it may be told."""
    if not complaint_needed(q.report, library):
        return []
    proof = "complaint on record" if q.report.complaint_filed else None
    return [_house("complaint", proof, Supplier.PERSON_CONCERNED, library, blocking=False)]


def complaint_needed(report: ReportFacts, library: Library) -> bool:
    """Whether nobody can be prosecuted under this qualification without a complaint of the person concerned."""
    qualification = library.qualifications.get(report.qualification)
    return qualification is not None and qualification.requires_victim_complaint


def _house(id: str, proof: str | None, by: Supplier, library: Library, *, blocking: bool = True) -> GateItem:
    text = library.house.gate[id]
    return _item(id, proof, by, text, our_rule(text.reference, library.house.last_checked), blocking)


@cache
def our_rule(reference: str, last_checked: date) -> Citation:
    """One of the house's own rules as a citation: ours, never the law's."""
    return Citation(
        reference=reference, kind=RuleKind.HOUSE, confidence=Confidence.UNVERIFIED, last_checked=last_checked
    )


def _item(id: str, proof: str | None, by: Supplier, text: Text, citation: Citation, blocking: bool = True) -> GateItem:
    return GateItem(str(id), proof is not None, proof, None if proof is not None else by, text, citation, blocking)
