"""
Rectification (GDPR Art. 16): what was wrong is superseded, never edited.

The new text is a private text of its own; the event holds the ids of both and the number of the event that brought
the wrong one. What was wrong stays readable until it is erased, and pages and exports show the rectification first.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql

from cases.desk import Desk
from cases.dossier import Dossier
from cases.house import blind_key_of
from cases.moves import set_duty
from cases.places import BadPlace, place_of
from cases.record.opening import RecordRefused, dossiers_of, kept_apart, recording
from cases.tell import TELL_RECTIFICATION, open_matters
from law.vocabulary import Deed
from models.bulk import driver
from models.draft import Draft
from models.private import PrivateText, Purpose, private
from models.store import Store
from models.tables import Location, Qualification

RECTIFIABLE = ("why", "location")

_BROUGHT = sql(
    "SELECT min(seq) FROM event WHERE report_id = :report AND EXISTS"
    " (SELECT 1 FROM jsonb_array_elements(body::jsonb -> 'texts') one WHERE one ->> 0 = :text)"
)


async def rectification(
    desk: Desk, numbers: Sequence[str], *, what: str, text: str, by: str, now: datetime, ordinal: int | None = None
) -> None:
    """
    Put right why a report was qualified, or the address of one of its locations; whoever was told waits for a person.

    Raises:
        RecordRefused: there is nothing of this kind, it was erased, the new text says the same, or is no such place.
    """
    if what not in RECTIFIABLE:
        raise RecordRefused(f"unknown {what[:40]!r}; allowed: {', '.join(RECTIFIABLE)}")
    if (ordinal is None) == (what == "location"):
        raise RecordRefused("a location needs its number (--ordinal, as its page shows it), and nothing else has one")
    if not text.strip():
        raise RecordRefused("say what is right: give --text")
    draft = recording(desk, by, now)
    key = await blind_key_of(desk.store)
    for dossier in await dossiers_of(desk, numbers):
        if what == "why":
            await _why(desk.store, draft, dossier, text, now)
        else:
            await _address(desk.store, draft, dossier, ordinal or 0, text, key, now)
    async with desk.store.transaction() as connection:
        await connection.execute(sql("SELECT 1"))
        await open_matters(await driver(connection), draft.entries, TELL_RECTIFICATION, now)
    await desk.store.write(draft)


async def _why(store: Store, draft: Draft, dossier: Dossier, text: str, now: datetime) -> None:
    old = dossier.qualification
    if old is None or old.why_id is None:
        raise RecordRefused(f"{dossier.report.number} says no why: `sansdelai record supplied --why` adds one")
    before = _still_there(dossier, old.why_id, "why")
    _differs(dossier, before, text)
    after = kept_apart(draft, dossier, text, "text")
    corrects = await _brought(store, dossier.report.id, before.id)
    draft.event(dossier.report.id, "rectified", what="why", before=before.id, after=after.id, corrects=corrects)
    values = old.model_dump(exclude={"id"}) | {"qualified_at": now, "why_id": after.id}
    dossier.qualification = draft.keep(Qualification(**values))


async def _address(
    store: Store, draft: Draft, dossier: Dossier, ordinal: int, text: str, key: bytes, now: datetime
) -> None:
    number, report = dossier.report.number, dossier.report
    location = next((each for each in dossier.locations if each.ordinal == ordinal), None)
    if location is None:
        known = ", ".join(str(each.ordinal) for each in dossier.locations) or "none"
        raise RecordRefused(f"{number} has no location {ordinal}; its locations: {known}")
    before = _still_there(dossier, location.text_id, f"location {ordinal}")
    try:
        place = place_of(location.kind, text)
    except BadPlace as fault:
        raise RecordRefused(f"{number}: that is no {location.kind.value}; {fault}") from None
    _differs(dossier, before, place.exact)
    after = draft.keep_apart(private(Purpose.LOCATION, place.exact, now=now, report_id=report.id))
    corrects = await _brought(store, report.id, before.id)
    entry = draft.event(
        report.id, "rectified", what="location", ordinal=ordinal, before=before.id, after=after.id, corrects=corrects
    )
    if _elsewhere(location, place.host) and dossier.open_procedures:  # were the right ones told? A person decides
        set_duty(entry, dossier, Deed.DECIDE, now, cause="address_rectified")
    draft.amend(location, text_id=after.id, blind=place.blind(key), host=place.host)


def _elsewhere(location: Location, host: str | None) -> bool:
    return (location.host or "") != (host or "")


def _still_there(dossier: Dossier, text_id: UUID, what: str) -> PrivateText:
    found = dossier.texts.get(text_id)
    if found is None:
        raise RecordRefused(f"{dossier.report.number}: {what} was erased, there is nothing to rectify")
    return found


def _differs(dossier: Dossier, before: PrivateText, text: str) -> None:
    if before.text == text.strip():
        raise RecordRefused(f"{dossier.report.number} says so already")


async def _brought(store: Store, report_id: UUID, text_id: UUID) -> int:
    """The number of the event that brought a text."""
    async with store.transaction() as connection:
        found = await connection.execute(_BROUGHT, {"report": report_id, "text": str(text_id)})
        return int(found.scalar_one())
