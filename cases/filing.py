"""
Work lists: what waits to be filed at one addressee's forms, laid out field by field for copying.

A person files; the program groups the reports up to the form's maximum, fills in what it knows, says what is missing
and what was cut, and takes the confirmation back (`cases.record.receipts`). Nothing is written here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import col, select

from cases.channels import FILLED_IN, party_with_channels
from cases.dossier import Dossier, load
from cases.filing_fields import Filled, Teller, fill
from cases.routes import channel_of
from edges.form_files import Form, Forms
from law.library import Library
from law.vocabulary import ChannelKind, Deed, DirectoryFact, PartyKind
from models.store import Store
from models.tables import Channel, DirectoryChange, Duty, Party, Procedure

# Most urgent first, then what is due first. A held report is passed over here as it is when letters are sent.
_WAITING = text(
    "SELECT duty.report_id FROM duty JOIN report ON report.id = duty.report_id"
    " WHERE duty.closed_at IS NULL AND duty.by = 'person' AND duty.deed = 'file' AND duty.party_id = :party"
    " AND duty.cause = :cause AND (:police OR NOT EXISTS"
    " (SELECT 1 FROM hold WHERE hold.report_id = duty.report_id AND hold.released_at IS NULL))"
    " GROUP BY duty.report_id, report.number"
    " ORDER BY min(duty.priority), min(coalesce(duty.legal_at, duty.due_at)), report.number"
)
FILE, RETRACTION = "file", "retraction"


@dataclass(frozen=True, slots=True)
class Item:
    """One report as the form wants it."""

    number: str
    report_id: UUID
    regime: str
    category: str
    priority: int
    due_at: datetime  # when the law, else the house, wants it
    fields: tuple[Filled, ...]

    @property
    def missing(self) -> tuple[Filled, ...]:
        """Required fields that the program cannot fill in, a person's own choices apart."""
        return tuple(field for field in self.fields if field.missing)

    @property
    def cut(self) -> tuple[Filled, ...]:
        """Fields that were cut to the form's limit."""
        return tuple(field for field in self.fields if field.cut)


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one filing."""

    ordinal: int
    form: Form
    channel: Channel
    category: str | None  # when the form wants one category for each filing
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class WorkList:
    """Everything that waits for a person at one addressee's forms."""

    party: Party
    batches: tuple[Batch, ...]
    forms: tuple[tuple[Form, Channel], ...]  # in use, also those without work
    changed: tuple[DirectoryChange, ...]  # what somebody said has changed about forms that are not mended yet
    waiting: int  # reports, shown or not
    shown: int
    astray: tuple[str, ...]  # numbers that wait to be filed here while no form of this party takes them
    retractions: tuple[str, ...]  # numbers that must be taken back at the form

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of all batches."""
        return tuple(item for batch in self.batches for item in batch.items)


async def work_list(
    store: Store,
    library: Library,
    number: str,
    forms: Forms,
    teller: Teller,
    *,
    form: str | None = None,
    most: int | None = None,
) -> WorkList:
    """
    What waits to be filed at this party (its number or code), at most `most` reports of it.

    Only the police are shown what a hold stops: a hold never keeps anything from them (practice 1.4).

    Raises:
        DirectoryRefused: there is no such party.
        FormsFault: there is no form of that id.
    """
    party, channels = await party_with_channels(store, number)
    wanted = forms.form(form) if form is not None else None
    ids = await _waiting(store, party, FILE)
    dossiers = await load(store, ids[:most])
    found: dict[tuple[UUID, str | None], tuple[Channel, Form, list[Item]]] = {}
    astray: list[str] = []
    for dossier in (dossiers[each] for each in ids[:most]):
        for duty, procedure in _filings(dossier, party):
            channel = channel_of(dossier, procedure)
            if channel is None or channel.kind not in FILLED_IN:
                astray.append(dossier.report.number)
                continue
            fitting = wanted or forms.fitting(channel.form, party.code)
            item = _item(library, teller, dossier, duty, procedure, fitting)
            key = (channel.id, item.category if fitting.by_category else None)
            found.setdefault(key, (channel, fitting, []))[2].append(item)
    return WorkList(
        party=party,
        batches=tuple(_batches(found)),
        forms=tuple((wanted or forms.fitting(c.form, party.code), c) for c in channels if _in_use(c)),
        changed=await _changed(store, party, channels),
        waiting=len(ids),
        shown=len(dossiers),
        astray=tuple(dict.fromkeys(astray)),
        retractions=await _numbers(store, await _waiting(store, party, RETRACTION)),
    )


def _batches(found: dict[tuple[UUID, str | None], tuple[Channel, Form, list[Item]]]) -> Iterable[Batch]:
    ordinal = 0
    for (_, category), (channel, form, items) in found.items():
        for start in range(0, len(items), form.most):
            ordinal += 1
            yield Batch(ordinal, form, channel, category, tuple(items[start : start + form.most]))


def _item(library: Library, teller: Teller, dossier: Dossier, duty: Duty, procedure: Procedure, form: Form) -> Item:
    return Item(
        number=dossier.report.number,
        report_id=dossier.report.id,
        regime=procedure.regime,
        category=dossier.report.category,
        priority=duty.priority,
        due_at=duty.legal_at or duty.due_at,
        fields=tuple(fill(field, dossier, library, teller) for field in form.fields),
    )


def _filings(dossier: Dossier, party: Party) -> list[tuple[Duty, Procedure]]:
    return [
        (duty, dossier.procedure(duty.procedure_id))
        for duty in dossier.duties
        if duty.deed is Deed.FILE and duty.cause == FILE and duty.party_id == party.id and duty.procedure_id
    ]


def _in_use(channel: Channel) -> bool:
    return channel.kind in {ChannelKind.FORM, ChannelKind.PORTAL} and channel.working


async def _waiting(store: Store, party: Party, cause: str) -> list[UUID]:
    values = {"party": party.id, "cause": cause, "police": party.kind is PartyKind.POLICE}
    async with store.transaction() as connection:
        return list((await connection.execute(_WAITING, values)).scalars())


async def _numbers(store: Store, ids: Sequence[UUID]) -> tuple[str, ...]:
    if not ids:
        return ()
    async with store.transaction() as connection:
        query = text("SELECT number FROM report WHERE id = ANY(:ids) ORDER BY number")
        return tuple((await connection.execute(query, {"ids": list(ids)})).scalars())


async def _changed(store: Store, party: Party, channels: Sequence[Channel]) -> tuple[DirectoryChange, ...]:
    """The newest word about each form that has changed and is not mended."""
    broken = [channel.id for channel in channels if channel.form_changed_at is not None and _in_use(channel)]
    if not broken:
        return ()
    async with store.session() as session:
        query = select(DirectoryChange).where(
            DirectoryChange.party_id == party.id,
            DirectoryChange.what == DirectoryFact.FORM_CHANGED,
            col(DirectoryChange.channel_id).in_(broken),
        )
        rows = (await session.exec(query.order_by(col(DirectoryChange.at), col(DirectoryChange.id)))).all()
    newest = {row.channel_id: row for row in rows}
    return tuple(newest[channel_id] for channel_id in broken if channel_id in newest)


def teller_of(organisation: str, mail: str, language: str, library: Library) -> Teller:
    """Who fills in, for whom, in which language."""
    return Teller(organisation, mail, "fr" if language == "fr" else "en", ZoneInfo(library.house.zone))
