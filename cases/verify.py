"""Verify and watch: look again, and let the looks speak."""

from collections.abc import Sequence
from datetime import datetime

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.looks import by_machine, look, observe, unseeable
from cases.moves import close_duty, mine, set_duty, withhold
from cases.removal import half_missed, newest_of_each_address, settle, watch_on
from edges.probe import Target
from law.vocabulary import Deed
from models.draft import Draft
from models.due import Due
from models.tables import Duty


async def verify(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Look at every open location of these reports and set the next look."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    work = []
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        if not withhold(draft, dossier, duty):
            work.append((dossier, duty))
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
    dossiers = await load(desk.store, [due.report_id for due in dues])
    draft = desk.draft(now)
    work = []
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        if not withhold(draft, dossier, duty):
            work.append((dossier, duty))
    await _look_back(desk, draft, [dossier for dossier, _ in work], now)
    for dossier, duty in work:
        watch_on(desk, draft, dossier, duty, now)
    await desk.store.write(draft)


async def _look_back(desk: Desk, draft: Draft, dossiers: Sequence[Dossier], now: datetime) -> None:
    """Look at closed locations: the newest one of each address."""
    wanted = [
        (dossier, location)
        for dossier in dossiers
        for location in newest_of_each_address(dossier)
        if location.kind == "url"
    ]
    targets = [
        Target(str(location.id), dossier.address(location), dossier.report.category in desk.bodies)
        for dossier, location in wanted
    ]
    for (dossier, location), seen in zip(wanted, await desk.prober.look(targets, now), strict=True):
        observe(draft, dossier, location, by_machine(dossier, location, seen))
