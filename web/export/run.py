"""Exporting reports: read, make the zip, put the export on record, and only then the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from cases.exported import Export, say_exported
from cases.house import house_of
from cases.reads import note_read
from law.library import Library
from models.readlog import How
from models.store import Store
from models.tables import Party, Report
from web.export.bundle import Bundle, bundle
from web.export.material import ExportRefused, read_material
from web.export.profile import PROFILES
from web.export.telling import Telling
from web.words import Language, Words

FOUR_EYES = 50  # exact addresses of more reports than that need a second person (practice, section 3)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be exported, for whom, and who asks."""

    numbers: tuple[str, ...]
    profile: str
    language: Language
    by: str
    second: str | None = None
    as_known_on: datetime | None = None
    party: str | None = None  # number of the party that it is for; a platform's export needs one


async def export(
    store: Store,
    library: Library,
    wish: Wish,
    to: Callable[[str], Path],
    *,
    organisation: str,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Bundle]:
    """
    Export each report into the file that `to` names for its number.

    Raises:
        ExportRefused: an unknown report, profile or party, a broken chain, or a second person is missing.
    """
    reports = await _reports(store, wish)
    house = await house_of(store)
    party_id = await _party(store, wish)
    own_letters_of = party_id if PROFILES[wish.profile].own_letters_only else None
    words = Words(wish.language, library)
    made: list[Bundle] = []
    for number, report_id in reports:
        await note_read(store, wish.by, How.EXPORT, [number])
        material = await read_material(
            store,
            report_id,
            PROFILES[wish.profile],
            simulated=house.simulated,
            as_known_on=wish.as_known_on,
            party_id=own_letters_of,
        )
        telling = Telling(material, words, organisation, library.house.zone, now, wish.by, wish.as_known_on)
        one = bundle(material, telling)
        recipient = wish.party.upper() if wish.party else None
        on_record = Export(report_id, wish.profile, one.fingerprint, one.events, wish.as_known_on, recipient)
        await say_exported(store, [on_record], by=wish.by, now=now)
        one.write(to(number))
        made.append(one)
        progress(len(made))
    return made


async def _reports(store: Store, wish: Wish) -> Sequence[tuple[str, UUID]]:
    if wish.profile not in PROFILES:
        raise ExportRefused(f"unknown profile {wish.profile!r}; allowed: {', '.join(PROFILES)}")
    if len(wish.numbers) > FOUR_EYES and wish.second is None:
        raise ExportRefused(f"more than {FOUR_EYES} reports at once: name a second person with --second")
    async with store.session() as session:
        query = select(Report.number, Report.id).where(col(Report.number).in_(wish.numbers))
        known = dict((await session.exec(query)).all())
    unknown = [number for number in wish.numbers if number not in known]
    if unknown:
        raise ExportRefused(f"no such report: {', '.join(unknown)}; see `sansdelai report list`")
    return [(number, known[number]) for number in dict.fromkeys(wish.numbers)]


async def _party(store: Store, wish: Wish) -> UUID | None:
    """Who gets it: known for a platform always, for others where somebody said so."""
    if wish.party is None and not PROFILES[wish.profile].own_letters_only:
        return None
    async with store.session() as session:
        found = (await session.exec(select(Party.id).where(Party.number == (wish.party or "").upper()))).first()
    if found is None and wish.party is None:
        raise ExportRefused("an export for a platform needs its number: --party P-0001; see `sansdelai party list`")
    if found is None:
        raise ExportRefused(f"there is no party {wish.party[:20]!r}, see `sansdelai party list`; --party P-0001")  # type: ignore[index]
    return found
