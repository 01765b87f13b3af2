"""Verify and watch: look again, and let the looks speak."""

from collections.abc import Sequence
from datetime import datetime

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier
from cases.looks import look, look_at, not_held, unseeable
from cases.moves import close_duty, set_duty
from cases.removal import half_missed, newest_of_each_address, settle, watch_on
from law.vocabulary import Deed
from models.draft import Draft
from models.due import Due
from models.tables import Duty


async def verify(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Look at every open location of these reports and set the next look."""
    draft = desk.draft(now)
    work = await not_held(desk, draft, dues)
    await look(desk, draft, {dossier.report.id: dossier for dossier, _ in work}.values(), now)
    for dossier, duty in work:
        if duty in dossier.duties:  # else closed together with its procedure
            _after_look(desk, draft, dossier, duty, now)
    await desk.store.write(draft)


def _after_look(desk: Desk, draft: Draft, dossier: Dossier, duty: Duty, now: datetime) -> None:
    if settle(desk, draft, dossier, clocks.shortest_spacing(desk, dossier), now) and duty not in dossier.duties:
        return
    procedure = dossier.procedure(duty.procedure_id) if duty.procedure_id else None
    if unseeable(dossier):
        ask_analyst(draft, dossier, now)
    missed = half_missed(dossier)
    again = clocks.next_look(desk, procedure, now) if procedure else None
    if missed is not None:
        second = missed + clocks.shortest_spacing(desk, dossier)
        again = second if again is None or now < second < again else again
    if again is None:
        close_duty(draft.event(dossier.report.id, "looked", procedure_id=duty.procedure_id), dossier, duty, now)
    else:
        draft.look_again(duty, again)


def ask_analyst(draft: Draft, dossier: Dossier, now: datetime) -> None:
    """A machine may not or cannot look here: one matter for an analyst."""
    if any(duty.deed is Deed.LOOK for duty in dossier.duties):
        return
    entry = draft.event(dossier.report.id, "analyst_asked")
    set_duty(entry, dossier, Deed.LOOK, now, cause="analyst_look")


async def watch(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Look whether removed content came back (90 days)."""
    draft = desk.draft(now)
    work = await not_held(desk, draft, dues)
    places = [(dossier, location) for dossier, _ in work for location in newest_of_each_address(dossier)]
    await look_at(desk, draft, places, now)
    for dossier, duty in work:
        watch_on(desk, draft, dossier, duty, now)
    await desk.store.write(draft)
