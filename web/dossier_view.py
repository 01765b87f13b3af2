"""One report as its page shows it: the ladder of procedures with recomputed clocks, places, letters, the timeline."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from cases.dossier import Dossier, load
from edges.letter_parts import tame
from edges.letters import defang
from law.certificate import Certificate, recompute
from law.errors import AlteredCertificate, LawError, UnknownRegime
from law.library import Library
from law.regime import Regime
from models.remarks import Remarks, remarks_of
from models.store import ReadOnly
from models.tables import Act, Duty, Event, Hosting, LegalHold, Letter, Location, Observation, Party, Procedure
from web.keeping import Rectified, legal_holds, rectified
from web.reading import SealOver, events_of, seals_over, trails_of
from web.worklists import labels_of

LONGEST: Final = 160  # characters of one changed value on the page
LATE: Final = ("late_minutes", "late_cause")
WHOLE: Final = frozenset({"certificate"})  # columns that have a place of their own on the page


@dataclass(frozen=True, slots=True)
class Clock:
    """A certificate, and what recomputing it said: nothing wrong, the altered step, or unreadable."""

    certificate: Certificate | None
    altered: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One procedure on the ladder."""

    procedure: Procedure
    depth: int
    parent: int | None  # ordinal
    regime: Regime | None  # none when the law room no longer has that file
    party: Party | None
    about: Party | None
    clock: Clock | None
    same_version: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One location, its address defanged, with its hosting trail."""

    location: Location
    address: str | None  # none: erased
    trail: list[Hosting]
    platform: Party | None
    host: Party | None
    looks: list[Observation]  # newest first


@dataclass(frozen=True, slots=True)
class Sending:
    """One act with the letter that carries it, if it is not a filing by a person."""

    act: Act
    letter: Letter | None
    procedure: Procedure
    party: Party | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that an event made or changed."""

    table: str
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the timeline."""

    event: Event
    procedure: Procedure | None
    details: list[tuple[str, str]]
    rows: list[Row]
    seal: SealOver | None  # none: not sealed yet
    late: dict[str, Any] = field(default_factory=dict)  # how late it came after its legal date, and why
    message: str = ""  # number of the message that it speaks of


@dataclass(slots=True)
class ReportView:
    """Everything on the report's page."""

    dossier: Dossier
    why: str | None
    remarks: Remarks
    rungs: list[Rung]
    places: list[Place]
    sendings: list[Sending]
    duties: list[Duty]
    lines: list[Line]
    rectifications: list[Rectified] = field(default_factory=list)  # newest first
    legal_holds: Sequence[LegalHold] = ()
    labels: dict[UUID, str] = field(default_factory=dict)  # of parties


async def view_report(store: ReadOnly, library: Library, report_id: UUID) -> ReportView:
    """Read one report and lay it out."""
    dossier = (await load(store, [report_id], answers=True))[report_id]
    events = await events_of(store, report_id)
    seals = await seals_over(store, report_id)
    trails = await trails_of(store, dossier.locations)
    labels = {party.id: party.public_label for party in dossier.parties.values()}
    strangers = {duty.party_id for duty in dossier.duties if duty.party_id and duty.party_id not in labels}
    if strangers:
        labels |= await labels_of(store, list(strangers))
    return ReportView(
        dossier=dossier,
        why=_why(dossier),
        remarks=_remarks(dossier),
        rungs=list(ladder(dossier, library)),
        places=[_place(dossier, location, trails[location.id]) for location in dossier.locations],
        sendings=_sendings(dossier),
        duties=dossier.duties,
        lines=[_line(dossier, event, seals) for event in events],
        rectifications=await rectified(store, events),
        legal_holds=await legal_holds(store, report_id),
        labels=labels,
    )


def ladder(dossier: Dossier, library: Library) -> Iterable[Rung]:
    """The procedures, each below the one that it follows from."""
    below: dict[UUID | None, list[Procedure]] = {}
    known = {procedure.id: procedure for procedure in dossier.procedures}
    for procedure in dossier.procedures:
        below.setdefault(procedure.parent_id if procedure.parent_id in known else None, []).append(procedure)

    def rungs(parent: UUID | None, depth: int) -> Iterable[Rung]:
        for procedure in below.get(parent, []):
            yield _rung(dossier, library, procedure, depth, known[parent].ordinal if parent else None)
            yield from rungs(procedure.id, depth + 1)

    return rungs(None, 0)


def _rung(dossier: Dossier, library: Library, procedure: Procedure, depth: int, parent: int | None) -> Rung:
    regime = regime_or_none(library, procedure.regime)
    return Rung(
        procedure=procedure,
        depth=depth,
        parent=parent,
        regime=regime,
        party=_party(dossier, procedure.party_id),
        about=_party(dossier, procedure.about_id) if procedure.about_id != procedure.party_id else None,
        clock=read_clock(procedure.certificate),
        same_version=regime is not None and regime.digest == procedure.regime_digest,
    )


def regime_or_none(library: Library, wanted: str) -> Regime | None:
    """The regime of that id, or none when the law room has no such file (any more)."""
    try:
        return library.regime(wanted)
    except UnknownRegime:
        return None


def read_clock(certificate: str | None) -> Clock | None:
    """Read a certificate and count it again from itself alone, so that the page never shows what is not so."""
    if certificate is None:
        return None
    try:
        read = Certificate.model_validate_json(certificate)
    except ValidationError:
        return Clock(None)
    try:
        recompute(read)
    except AlteredCertificate as fault:
        return Clock(read, fault.step)
    except (LawError, ValueError):
        return Clock(None)
    return Clock(read)


def _party(dossier: Dossier, party_id: UUID | None) -> Party | None:
    return dossier.parties.get(party_id) if party_id else None


def _why(dossier: Dossier) -> str | None:
    text_id = dossier.qualification.why_id if dossier.qualification else None
    text = dossier.texts.get(text_id) if text_id else None
    return tame(text.text) if text else None


def _remarks(dossier: Dossier) -> Remarks:
    text_id = dossier.qualification.remarks_id if dossier.qualification else None
    text = dossier.texts.get(text_id) if text_id else None
    told = remarks_of(text.text if text else None)
    return Remarks(*(tame(each) for each in (told.seen_from, told.method, told.doubt)))


def _place(dossier: Dossier, location: Location, trail: list[Hosting]) -> Place:
    text = dossier.texts.get(location.text_id)
    return Place(
        location=location,
        address=defang(text.text) if text else None,
        trail=trail,
        platform=_party(dossier, location.platform_id),
        host=_party(dossier, location.host_id),
        looks=[look for look in reversed(dossier.observations) if look.location_id == location.id],
    )


def _sendings(dossier: Dossier) -> list[Sending]:
    procedures = {procedure.id: procedure for procedure in dossier.procedures}
    found = []
    for act in sorted(dossier.acts, key=lambda each: (each.at, each.id)):
        procedure = procedures[act.procedure_id]
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        found.append(Sending(act, letter, procedure, _party(dossier, procedure.party_id)))
    return found


def _line(dossier: Dossier, event: Event, seals: Sequence[SealOver]) -> Line:
    body: dict[str, Any] = json.loads(event.body)
    procedure = next((one for one in dossier.procedures if one.id == event.procedure_id), None)
    labels = body.get("labels", {})  # as they were then: a party that is renamed changes no past line
    rows = [Row(table, _shown(values.items(), labels)) for table, _, values in body.get("changes", [])]
    seal = next((one for one in seals if one.first <= event.seq <= one.last), None)
    details = dict(body.get("details", {}))
    late = {name: details.pop(name) for name in LATE if name in details}  # told in a sentence of its own
    message = str(details.get("message", ""))
    return Line(event, procedure, _shown(details.items(), labels), rows, seal, late, message)


def _shown(values: Iterable[tuple[str, Any]], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (name, _text(name, labels.get(value, value) if isinstance(value, str) else value)) for name, value in values
    ]


def _text(name: str, value: Any) -> str:
    if name in WHOLE:
        return "…"
    text = ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
    text = tame(text.replace("\n", " "))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
