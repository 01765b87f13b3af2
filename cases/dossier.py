"""A dossier is everything on record about one report, read for many reports at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from law.facts import JudgmentFacts, MandateFacts, PartyFacts, ReportFacts
from law.lifecycle import FINAL
from models.cipher import Cipher
from models.gaps import Gap, gaps_since
from models.party import party_facts
from models.private import PrivateText
from models.reading import rows_of
from models.sealing import open_texts
from models.store import Store
from models.tables import (
    Act,
    Channel,
    Complaint,
    Decision,
    Duty,
    Hold,
    Letter,
    Location,
    Mandate,
    Measure,
    Observation,
    Party,
    Procedure,
    Qualification,
    Report,
)


@dataclass(slots=True)
class Dossier:
    """One report with its rows; the objects are detached and are changed only through a draft."""

    report: Report
    qualification: Qualification | None = None
    locations: list[Location] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)  # open ones
    acts: list[Act] = field(default_factory=list)
    letters: dict[UUID, Letter] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)  # oldest first
    measures: list[Measure] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)  # not released
    mandates: list[Mandate] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    texts: dict[UUID, PrivateText] = field(default_factory=dict)
    altered: set[UUID] = field(default_factory=set)  # texts that do not open any more; told on pages, fatal to deeds
    parties: dict[UUID, Party] = field(default_factory=dict)
    channels: dict[UUID, list[Channel]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)  # what may explain lateness; read when something has a legal date
    directory: dict[UUID, PartyFacts] = field(default_factory=dict)  # shared by all that were read together

    @property
    def open_locations(self) -> list[Location]:
        """Where the content still is, as far as we know."""
        return [location for location in self.locations if location.closed_at is None]

    @property
    def open_procedures(self) -> list[Procedure]:
        """Procedures that are not final."""
        return [procedure for procedure in self.procedures if procedure.stage not in FINAL]

    @property
    def hold(self) -> Hold | None:
        """The hold that stops outward acts, if any; an ended one still does until a person releases it."""
        return self.holds[0] if self.holds else None

    def procedure(self, procedure_id: UUID | None) -> Procedure:
        """The procedure with this id."""
        return next(procedure for procedure in self.procedures if procedure.id == procedure_id)

    def address(self, location: Location) -> str:
        """The exact address of a location."""
        return self.texts[location.text_id].text

    def party(self, party_id: UUID | None) -> Party | None:
        """The party with this id, if it is known here."""
        return self.parties.get(party_id) if party_id else None

    @property
    def places(self) -> list[Location]:
        """Where the content is, or where it last was."""
        return self.open_locations or self.locations

    def host_parties(self) -> list[Party]:
        """Who could take the content down: platforms first, then hosts, without repeats."""
        places = self.places
        ids = [location.platform_id for location in places] + [location.host_id for location in places]
        return [self.parties[each] for each in dict.fromkeys(ids) if each]

    def facts(self) -> ReportFacts:
        """The same report as the law sees it."""
        report, qualification, places = self.report, self.qualification, self.places
        judgment = next((d for d in reversed(self.decisions) if d.kind == "judgment"), None)
        return ReportFacts(
            number=report.number,
            category=report.category,
            qualification=qualification.code if qualification else "",
            depicted=report.depicted,
            location_kinds=frozenset(location.kind for location in places),
            hosted_in=next((x.country for x in places if x.country), None),
            hosts=tuple(self.party_facts(party) for party in self.host_parties()),
            qualified_by=qualification.qualified_by if qualification else None,
            second_reader=qualification.second_reader if qualification else None,
            explanation=bool(qualification and qualification.why_id),
            public=report.public,
            victim_reported=report.victim_reported,
            wish=report.wish,
            mandates=tuple(_mandate(mandate) for mandate in self.mandates),
            complaint_filed=any(complaint.withdrawn_at is None for complaint in self.complaints),
            police_no_objection_at=report.police_no_objection_at,
            agreed_delay_hours=report.agreed_delay_hours,
            police_informed_at=report.police_informed_at,
            returns=report.returns,
            judgment=JudgmentFacts(judgment.kind, judgment.decided_at, judgment.until) if judgment else None,
        )

    def party_facts(self, party: Party) -> PartyFacts:
        """A party with its channels as the law sees it."""
        if party.id not in self.directory:
            self.directory[party.id] = party_facts(party, self.channels.get(party.id, []))
        return self.directory[party.id]


def _mandate(mandate: Mandate) -> MandateFacts:
    return MandateFacts(
        id=str(mandate.id),
        signed_at=mandate.signed_at,
        ends_at=mandate.ends_at,
        revoked_at=mandate.revoked_at,
        parties=frozenset(mandate.parties),
        countries=frozenset(mandate.countries),
        identity_checked=mandate.identity_checked,
    )


async def load(store: Store, report_ids: Iterable[UUID], *, answers: bool = False) -> dict[UUID, Dossier]:
    """
    Read the dossiers of these reports, in a fixed number of queries whatever their number.

    With `answers` the words of the mail servers are opened as well: a page shows them, no deed needs them.
    """
    ids = list(dict.fromkeys(report_ids))
    async with store.transaction() as connection:
        await connection.execute(text("SELECT 1"))  # begins the transaction, read-only where the site reads
        directory: dict[UUID, PartyFacts] = {}
        reports = await rows_of(connection, Report, "id", ids)
        found = {report.id: Dossier(report, directory=directory) for report in reports}
        contents = {dossier.report.content_id: dossier for dossier in found.values()}
        for location in await rows_of(connection, Location, "content_id", list(contents)):
            contents[location.content_id].locations.append(location)
        for table, name, only_null in _PARTS:
            for row in await rows_of(connection, table, "report_id", ids, only_null=only_null):
                getattr(found[row.report_id], name).append(row)
        await _qualifications(connection, found)
        await _texts_and_letters(connection, store.cipher, found, answers=answers)
        await _parties(connection, list(found.values()))
        await _gaps(connection, list(found.values()))
    for dossier in found.values():
        _put_in_order(dossier)
    return found


_PARTS: tuple[tuple[Any, str, str | None], ...] = (
    (Procedure, "procedures", None),
    (Duty, "duties", "closed_at"),
    (Act, "acts", None),
    (Observation, "observations", None),
    (Measure, "measures", None),
    (Hold, "holds", "released_at"),
    (Mandate, "mandates", None),
    (Complaint, "complaints", None),
    (Decision, "decisions", None),
)


async def _qualifications(connection: AsyncConnection, found: dict[UUID, Dossier]) -> None:
    rows = await rows_of(connection, Qualification, "report_id", list(found))
    for row in sorted(rows, key=lambda each: (each.qualified_at, each.id)):
        found[row.report_id].qualification = row


async def _texts_and_letters(
    connection: AsyncConnection, cipher: Cipher, found: dict[UUID, Dossier], *, answers: bool
) -> None:
    wanted: dict[UUID, list[Dossier]] = {}
    letters: dict[UUID, list[Dossier]] = {}
    for dossier in found.values():
        why = dossier.qualification.why_id if dossier.qualification else None
        remarks = dossier.qualification.remarks_id if dossier.qualification else None
        references = [decision.reference_id for decision in dossier.decisions]
        for text_id in [location.text_id for location in dossier.locations] + [why, remarks, *references]:
            if text_id:
                wanted.setdefault(text_id, []).append(dossier)
        for act in dossier.acts:
            if act.letter_id:
                letters.setdefault(act.letter_id, []).append(dossier)
    for letter in await rows_of(connection, Letter, "id", list(letters)):
        for dossier in letters[letter.id]:
            dossier.letters[letter.id] = letter
            if answers and letter.answer_id:
                wanted.setdefault(letter.answer_id, []).append(dossier)
    altered: set[UUID] | None = set() if answers else None
    opened = await open_texts(connection, cipher, wanted, altered=altered)
    for text_id in altered or ():
        for dossier in wanted[text_id]:
            dossier.altered.add(text_id)
    for private in opened.values():
        for dossier in wanted[private.id]:
            dossier.texts[private.id] = private


async def _parties(connection: AsyncConnection, dossiers: Sequence[Dossier]) -> None:
    wanted: dict[UUID, list[Dossier]] = {}
    for dossier in dossiers:
        ids = [x for location in dossier.locations for x in (location.platform_id, location.host_id)]
        ids += [x for procedure in dossier.procedures for x in (procedure.party_id, procedure.about_id)]
        for party_id in {x for x in ids if x}:
            wanted.setdefault(party_id, []).append(dossier)
    for party in await rows_of(connection, Party, "id", list(wanted)):
        for dossier in wanted[party.id]:
            dossier.parties[party.id] = party
    for channel in await rows_of(connection, Channel, "party_id", list(wanted)):
        for dossier in wanted[channel.party_id]:
            dossier.channels.setdefault(channel.party_id, []).append(channel)


async def _gaps(connection: AsyncConnection, dossiers: Sequence[Dossier]) -> None:
    """What may explain that something is done after its legal date: one query, and none where nothing has one."""
    dated = [(d, duty.legal_at) for d in dossiers for duty in d.duties if duty.legal_at is not None]
    if not dated:
        return
    gaps = await gaps_since(connection, min(at for _, at in dated), {dossier.report.id for dossier, _ in dated})
    for dossier, _ in dated:
        dossier.gaps = gaps


def _put_in_order(dossier: Dossier) -> None:
    dossier.locations.sort(key=lambda each: each.ordinal)
    dossier.procedures.sort(key=lambda each: each.ordinal)
    dossier.observations.sort(key=lambda each: (each.at, each.id))
    dossier.duties.sort(key=lambda each: (each.due_at, each.id))
    dossier.decisions.sort(key=lambda each: (each.decided_at, each.id))
    dossier.holds.sort(key=lambda each: (each.starts_at, each.id))
