"""A store with realistic rows for the pages: written by the one writer, with real letters and real certificates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cases.dossier import Dossier
from cases.moves import advance, set_duty
from law.answers import answer_clock
from law.facts import ReceiptFacts
from law.library import Library
from law.vocabulary import (
    Basis,
    Deed,
    Fact,
    LetterKind,
    LetterStatus,
    LocationKind,
    PartyKind,
    Receipt,
    Sight,
)
from models.base import new_id
from models.draft import Draft
from models.private import Purpose, private
from models.remarks import Remarks
from models.tables import (
    Act,
    Hosting,
    Location,
    Observation,
    Party,
    Procedure,
    Qualification,
)
from tests.web.sample_letters import a_sample_letter

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
RUN = UUID("0192a000-0000-7000-8000-00000000abcd")  # a flow run
WHY = "Le visage est reconnaissable. <script>alert('why')</script> Voir https://jane-doe.example/album"
HOST = "jane-doe.example"  # a site named after a victim


def ago(**span: float) -> datetime:
    """An instant before NOW."""
    return NOW - timedelta(**span)


@dataclass
class Case:
    """One report in the making."""

    library: Library
    parties: dict[str, Party]
    intake: Draft  # the report as it came in; written first, for a stage is derived from what follows
    draft: Draft
    dossier: Dossier
    urls: list[str] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """The report's id."""
        return self.dossier.report.id

    def located(
        self, *urls: str, party: str, kind: LocationKind = LocationKind.URL, country: str | None = None
    ) -> "Case":
        """Put the content at these addresses, hosted by that party."""
        at, owner = self.dossier.report.received_at, self.parties[party]
        self.dossier.parties[owner.id] = owner
        for url in urls:
            text = self.draft.keep_apart(private(Purpose.LOCATION, url, now=at, report_id=self.id))
            place = Location(
                content_id=self.dossier.report.content_id, ordinal=len(self.dossier.locations) + 1, kind=kind, text_id=text.id,
                blind=b"keyed" + url.encode()[:20], host=HOST, country=country or owner.country, opened_at=at,
                host_id=owner.id if owner.kind is PartyKind.HOSTING_PROVIDER else None,
                platform_id=owner.id if owner.kind is PartyKind.ONLINE_PLATFORM else None,
            )  # fmt: skip
            self.dossier.locations.append(self.draft.keep(place))
            hop = Hosting(
                location_id=place.id,
                at=at,
                address="192.0.2.44",
                network="AS64500 Example Transit",
                country="US",
                behind_cdn=True,
                source="import",
            )
            self.draft.keep(hop)
            self.draft.keep(
                Hosting(
                    location_id=place.id,
                    at=at + timedelta(minutes=12),
                    address="198.51.100.7",
                    network="AS64496 Example Hosting",
                    country=place.country,
                    behind_cdn=False,
                    source="probe",
                )
            )
            self.urls.append(url)
        return self

    def qualified(
        self, code: str, *, why: str = "Les éléments du texte sont réunis.", second: str | None = "S-07"
    ) -> "Case":
        """Say that it is illegal."""
        at = self.dossier.report.received_at
        text = self.draft.keep_apart(private(Purpose.FREE_TEXT, why, now=at, report_id=self.id))
        remarks = Remarks(seen_from="FR", method="navigateur isolé").text()
        said = self.draft.keep_apart(private(Purpose.FREE_TEXT, remarks, now=at, report_id=self.id))
        row = Qualification(
            report_id=self.id,
            code=code,
            qualified_by="S-03",
            qualified_at=at + timedelta(minutes=25),
            seen_at=at + timedelta(minutes=20),
            second_reader=second,
            why_id=text.id,
            remarks_id=said.id,
        )
        self.dossier.qualification = self.draft.keep(row)
        return self

    def open(
        self, regime: str, party: str, *, at: datetime, parent: Procedure | None = None, about: str | None = None
    ) -> Procedure:
        """Open a procedure."""
        owner = self.parties[party]
        self.dossier.parties[owner.id] = owner
        procedure = Procedure(
            report_id=self.id, ordinal=len(self.dossier.procedures) + 1, regime=regime,
            regime_digest=self.library.regime(regime).digest, party_id=owner.id, parent_id=parent.id if parent else None,
            about_id=self.parties[about].id if about else None, opened_at=at,
        )  # fmt: skip
        entry = self.draft.event(self.id, "opened", at=at, procedure_id=procedure.id, regime=regime, party=owner.number)
        entry.add(procedure)
        self.dossier.procedures.append(procedure)
        return procedure

    def letter(self, procedure: Procedure, name: str, *, at: datetime, status: LetterStatus, receipt: Receipt) -> Act:
        """Write a letter and, when it is sent, keep the server's answer."""
        party = self.dossier.parties[procedure.party_id or new_id()]
        written = a_sample_letter(self.library, self.dossier, self.urls, procedure, party, name, at)
        row = written.letter
        sent = status is LetterStatus.SENT
        row.status, row.receipt, row.sent_at = status, receipt, at if sent else None
        if sent:
            words = private(Purpose.LETTER, "2.0.0 Ok: queued as 4bX7", now=at, report_id=self.id)
            row.code, row.answer_id, row.copies = 250, self.draft.keep_apart(words).id, 1
        written.keep(self.draft)
        act = Act(
            report_id=self.id, procedure_id=procedure.id, letter_id=row.id, kind=LetterKind(name), status=status, at=at
        )
        word = "prepared" if status is LetterStatus.PREPARED else "planned"
        self.draft.event(self.id, word, at=at, procedure_id=procedure.id, letter=row.id, digest=row.digest).add(act)
        return act

    def told(
        self, procedure: Procedure, name: str, *, at: datetime, receipt: Receipt, proof: str = "250 2.0.0 Ok"
    ) -> None:
        """Send a letter (or file at a portal) and start the clock."""
        if receipt is not Receipt.PORTAL:
            self.letter(procedure, name, at=at, status=LetterStatus.SENT, receipt=receipt)
        entry = advance(self.draft, self.dossier, procedure, Fact.GIVEN, at=at)
        if receipt is Receipt.PORTAL:
            entry.add(
                Act(
                    report_id=self.id,
                    procedure_id=procedure.id,
                    kind=LetterKind(name),
                    status=LetterStatus.SENT,
                    at=at,
                    reference="PH-2026-118204",
                )
            )
        regime = self.library.regime(procedure.regime)
        certificate = answer_clock(regime, self.dossier.facts(), ReceiptFacts(at, receipt, proof), self.library)
        entry.set(
            procedure, given_at=at, receipt=receipt, ends_at=certificate.end, certificate=certificate.model_dump_json()
        )
        legal = certificate.end if certificate.kind == "law" else None
        set_duty(entry, self.dossier, Deed.CONCLUDE, certificate.end, procedure=procedure, legal_at=legal)

    def looked(self, sight: Sight, *, at: datetime, status: int | None = None, staff: str | None = None) -> None:
        """Look at every location."""
        for location in self.dossier.locations:
            basis = Basis.ANALYST if staff else Basis.STATUS
            row = Observation(
                location_id=location.id,
                report_id=self.id,
                at=at,
                sight=sight,
                basis=basis,
                status=status,
                seen_by=staff,
            )
            self.dossier.observations.append(self.draft.keep(row))
            self.draft.event(self.id, "seen", at=at, actor=staff, location=location.ordinal, sight=sight, basis=basis)

    def ask(
        self, deed: Deed, cause: str, *, at: datetime, procedure: Procedure | None = None, priority: int | None = None
    ) -> None:
        """Leave something to a person."""
        entry = self.draft.event(self.id, "routed" if procedure is None else "analyst_asked", at=at)
        set_duty(entry, self.dossier, deed, at, procedure=procedure, cause=cause, priority=priority)
