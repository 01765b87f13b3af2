"""
From checked rows to the rows of the store: one report with its content, locations, qualification, first event and
first duty.

Plain dictionaries instead of table objects: 120,000 reports make a million rows, and building an object costs more
than writing its row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cases.directory import Directory
from cases.intake_groups import Submission
from cases.intake_parts import SOURCE, add_duty, first_details, holders
from cases.intake_rows import ReportRow
from cases.moves import EMERGENCY
from cases.persons import subject_of
from law.library import Library
from law.vocabulary import Deed
from models.base import Table, new_id
from models.draft import Change, Draft, Entry
from models.private import Purpose, private
from models.procedure import MACHINE, PERSON
from models.remarks import Remarks
from models.tables import (
    Complaint,
    Content,
    Hosting,
    IntakeRef,
    Location,
    Mandate,
    Qualification,
    Report,
)

CALL_CAUSE = "emergency"
SAYS_MORE = "linked_says_more"  # a linked report brings a mandate, a complaint or a wish: a person looks


@dataclass(slots=True)
class Case:
    """One submission with its keys: `blinds` are those of its rows, in the same order."""

    submission: Submission
    source_ref: str
    blinds: tuple[bytes, ...]


@dataclass(slots=True)
class Batch:
    """Builds one draft."""

    draft: Draft
    library: Library
    directory: Directory
    blind_key: bytes

    @property
    def now(self) -> datetime:
        """Legal time of the intake."""
        return self.draft.now

    def keep(self, table: type[Table], **values: Any) -> UUID:
        """Add a row with a fresh id; gives the id."""
        row_id = new_id()
        self.draft.keep_plain(table, {"id": row_id, **values})
        return row_id

    def private(self, purpose: Purpose, text: str, report_id: UUID) -> tuple[UUID, str]:
        """Add a private text; gives its id and the commitment that an event may hold."""
        subject = subject_of(self.blind_key, text) if purpose is Purpose.VICTIM else None
        kept = self.draft.keep_apart(private(purpose, text, now=self.now, report_id=report_id, subject=subject))
        return kept.id, kept.commitment

    def receive(self, case: Case, number: str, rows: list[tuple[ReportRow, bytes]]) -> UUID:
        """Open a report at these locations of the case."""
        head = case.submission.head
        priority = EMERGENCY if head.emergency else self.library.categories[head.category].urgent
        content_id = self.keep(Content, written_at=self.now)
        report_id = self.keep(
            Report,
            number=number,
            content_id=content_id,
            category=head.category,
            depicted=head.depicted,
            priority=priority,
            public=head.public,
            victim_reported=head.victim_reported,
            language=head.language,
            received_at=head.received_at,
            notified_at=head.notified_at,
        )
        self.draft.keep_plain(IntakeRef, {"source_ref": case.source_ref, "report_id": report_id})
        places = [self._location(n, *row, content_id, report_id) for n, row in enumerate(rows, start=1)]
        why = self._qualification(head, report_id)
        details = first_details(rows, places, why, priority)
        entry = self.draft.event(report_id, "received", at=head.received_at, **details)
        self._living_part(entry, head)
        self._from_the_person(head, report_id)
        self._first_duties(entry, head, priority)
        return report_id

    def link(self, case: Case, report_id: UUID, locations: int, *, called: bool) -> None:
        """Say on an open report that somebody else reported the same place; an emergency still rings."""
        head = case.submission.head
        more = bool(head.mandate_signed_at or head.complaint_filed_at or head.wish or head.victim_reported)
        entry = self.draft.event(
            report_id, "linked", locations=locations, source=SOURCE, emergency=head.emergency, says_more=more
        )
        self._from_the_person(head, report_id)
        if head.emergency and not called:
            self._call(entry)
        if more:
            add_duty(entry, Deed.DECIDE, self.now, self.library.categories[head.category].urgent, PERSON, SAYS_MORE)

    def _location(self, ordinal: int, row: ReportRow, blind: bytes, content_id: UUID, report_id: UUID) -> str:
        place = row.location
        text_id, told = self.private(Purpose.LOCATION, place.exact, report_id)
        platform_id, host_id = holders(row, self.directory.by_host(place.host))
        location_id = self.keep(
            Location,
            content_id=content_id,
            ordinal=ordinal,
            kind=row.location_kind,
            text_id=text_id,
            blind=blind,
            host=place.host,
            country=row.host_country,
            platform_id=platform_id,
            host_id=host_id,
            opened_at=row.received_at,
        )
        self.keep(
            Hosting,
            location_id=location_id,
            at=row.qualified_at,
            country=row.host_country,
            behind_cdn=row.behind_cdn,
            source=SOURCE,
        )
        return told

    def _qualification(self, head: ReportRow, report_id: UUID) -> str | None:
        why_id, told = self.private(Purpose.FREE_TEXT, head.why, report_id) if head.why else (None, None)
        remarks = Remarks(head.seen_from or "", head.method or "", head.doubt or "").text()
        self.keep(
            Qualification,
            report_id=report_id,
            code=head.qualification,
            qualified_by=head.qualified_by,
            qualified_at=head.qualified_at,
            seen_at=head.seen_at,
            second_reader=head.second_reader,
            why_id=why_id,
            remarks_id=self.private(Purpose.FREE_TEXT, remarks, report_id)[0] if remarks else None,
        )
        return told

    def _living_part(self, entry: Entry, head: ReportRow) -> None:
        """Columns of the report that replaying rebuilds: set by the event, like every later change of them."""
        given = {"agreed_delay_hours": head.agreed_delay_hours, "wish": head.wish}
        if values := {name: value for name, value in given.items() if value is not None}:
            entry.changes.append(Change("report", entry.report_id, values, new=False))

    def _from_the_person(self, head: ReportRow, report_id: UUID) -> None:
        if head.mandate_signed_at is not None:
            principal = self.private(Purpose.VICTIM, head.principal, report_id)[0] if head.principal else None
            self.keep(
                Mandate,
                report_id=report_id,
                principal_id=principal,
                capacity=head.mandate_capacity,
                countries=list(head.mandate_countries),
                parties=list(head.mandate_parties),
                identity_checked=head.identity_checked,
                disclosure_agreed=head.disclosure_agreed,
                signed_at=head.mandate_signed_at,
                ends_at=head.mandate_ends_at,
            )
        if head.complaint_filed_at is not None:
            number = head.complaint_number
            number_id = self.private(Purpose.FREE_TEXT, number, report_id)[0] if number else None
            self.keep(
                Complaint,
                report_id=report_id,
                number_id=number_id,
                filed_at=head.complaint_filed_at,
                service=head.complaint_service,
            )

    def _first_duties(self, entry: Entry, head: ReportRow, priority: int) -> None:
        add_duty(entry, Deed.ROUTE, self.now, priority, MACHINE)
        if head.emergency:
            self._call(entry)

    def _call(self, entry: Entry) -> None:
        """Practice 1.3: telephone now; unconfirmed after some minutes a second person is alarmed."""
        alarm_at = self.now + timedelta(minutes=self.library.house.emergency.alarm_minutes)
        add_duty(entry, Deed.CALL, self.now, EMERGENCY, PERSON, CALL_CAUSE)
        add_duty(entry, Deed.ALARM, alarm_at, EMERGENCY, MACHINE, CALL_CAUSE)
