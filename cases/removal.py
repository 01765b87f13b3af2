"""When content is gone: what closes, what is watched, and what a return begins."""

from datetime import datetime, timedelta
from typing import Any

from cases.desk import Desk
from cases.dossier import Dossier
from cases.looks import Removal, missed_once, of_location, removal
from cases.moves import advance, close_duties, set_duty
from law.vocabulary import Deed, Fact, LetterKind, Sight, Stage
from models.draft import Draft
from models.tables import Duty, Location, Procedure

BEFORE_LEAVING = frozenset({Stage.OPENED, Stage.WAITING})


def settle(desk: Desk, draft: Draft, dossier: Dossier, spacing: timedelta, now: datetime) -> bool:
    """
    Draw from the looks what they prove; true when the content is gone from every location.

    A report with several locations is complied with only when all are gone; the rest goes on (decision 5).
    """
    if dossier.report.gone_at is not None:
        return True
    for location in dossier.open_locations:
        proven = removal(of_location(dossier, location), spacing)
        if proven is not None:
            draft.amend(location, closed_at=proven.before)
            details = {"location": location.ordinal} | _interval(proven)
            draft.event(dossier.report.id, "location_gone").details.update(details)
    if dossier.open_locations or not dossier.locations:
        return False
    _content_gone(desk, draft, dossier, now)
    return True


def _interval(proven: Removal) -> dict[str, Any]:
    """Removal time is an interval: last seen, first not seen."""
    return {"last_seen": proven.after or "", "first_missed": proven.before}


def _content_gone(desk: Desk, draft: Draft, dossier: Dossier, now: datetime) -> None:
    since = max(location.closed_at for location in dossier.locations if location.closed_at)
    entry = draft.event(dossier.report.id, "gone", since=since)
    entry.set(dossier.report, gone_at=since)
    for procedure in dossier.open_procedures:
        if _ends_with_the_content(desk, procedure):
            advance(draft, dossier, procedure, Fact.WENT)
    days = desk.library.house.watch.days
    if not any(duty.deed is Deed.WATCH for duty in dossier.duties):
        set_duty(entry, dossier, Deed.WATCH, since + timedelta(days=days[0]))


def _ends_with_the_content(desk: Desk, procedure: Procedure) -> bool:
    """Police and prosecutors are told even of what is gone; a measure in force lives by its own rules."""
    if procedure.stage is Stage.IN_FORCE:
        return False
    referral = desk.library.regime(procedure.regime).letter is LetterKind.REFERRAL
    return not (referral and procedure.stage in BEFORE_LEAVING)


def watch_on(desk: Desk, draft: Draft, dossier: Dossier, duty: Duty, now: datetime) -> None:
    """After a watch look: begin again when the content is back, else look on the next day of the list, else close."""
    back = [location for location in newest_of_each_address(dossier) if _seen_again(dossier, location)]
    if back:
        _returned(draft, dossier, duty, back, now)
        return
    days, seen_to = desk.library.house.watch.days, duty.attempts + 1
    gone = dossier.report.gone_at or now
    if seen_to < len(days):
        draft.look_again(duty, max(gone + timedelta(days=days[seen_to]), now), seen_to)
        return
    entry = draft.event(dossier.report.id, "watched", day=days[-1])
    entry.set(duty, closed_at=now)
    dossier.duties.remove(duty)
    set_duty(entry, dossier, Deed.CLOSE, now)


def newest_of_each_address(dossier: Dossier) -> list[Location]:
    """What is watched: of a place that came back before, only its newest location speaks."""
    return list({location.text_id: location for location in dossier.locations}.values())


def _seen_again(dossier: Dossier, location: Location) -> bool:
    """Whether the newest look sees it, and was made after it was gone or had left: an older sight is no return."""
    looks = of_location(dossier, location)
    later = bool(looks) and (location.closed_at is None or looks[-1].at > location.closed_at)
    return later and looks[-1].sight is Sight.ALIVE


def _returned(draft: Draft, dossier: Dossier, duty: Duty, back: list[Location], now: datetime) -> None:
    """A return opens a new location on the same content and begins the shortened ladder."""
    entry = draft.event(dossier.report.id, "returned", locations=[location.ordinal for location in back])
    entry.set(dossier.report, gone_at=None, returns=dossier.report.returns + 1)
    entry.set(duty, closed_at=now)
    dossier.duties.remove(duty)
    ordinal = max(location.ordinal for location in dossier.locations)
    for offset, old in enumerate(back, start=1):
        dossier.locations.append(draft.keep(again(old, ordinal + offset, now)))
    close_duties(entry, dossier, now, procedure=None, deeds=frozenset({Deed.CLOSE}))
    set_duty(entry, dossier, Deed.ROUTE, now)


def again(old: Location, ordinal: int, now: datetime) -> Location:
    """The same place once more, as a location of its own."""
    return Location(
        content_id=old.content_id,
        ordinal=ordinal,
        kind=old.kind,
        text_id=old.text_id,
        blind=old.blind,
        host=old.host,
        country=old.country,
        platform_id=old.platform_id,
        host_id=old.host_id,
        opened_at=now,
    )


def half_missed(dossier: Dossier) -> datetime | None:
    """Since when every open location is missed, when a second spaced miss would prove the removal."""
    since = [missed_once(of_location(dossier, location)) for location in dossier.open_locations]
    known = [at for at in since if at is not None]
    return max(known) if known and len(known) == len(since) else None
