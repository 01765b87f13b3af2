"""
Conclude: the clock has run out; say what it came to, and open what follows.

Nothing is concluded on an old look, on one single miss, or on a look that could not tell: then the procedure stays
*unverified*, neither complied nor missed, and is looked at again or put to an analyst (decision 24).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases import clocks
from cases.desk import Desk
from cases.dossier import Dossier
from cases.late import mark
from cases.looks import SEEN, look, newest, not_held, unseeable
from cases.moves import Since, advance, carry_out, close_duty, put_off, set_duty
from cases.removal import half_missed, settle
from law.answers import outcome_when_over
from law.decide import Route, follow
from law.vocabulary import Deed
from models.draft import Draft, Entry
from models.due import Due
from models.faultpoints import point
from models.tables import Duty, Procedure


async def conclude(desk: Desk, dues: Sequence[Due], now: datetime) -> None:
    """Conclude the clocks of these procedures."""
    draft = desk.draft(now)
    work = await not_held(desk, draft, dues)
    stale = {d.report.id: d for d, duty in work if not _fresh(d, now) and not _of_authority(desk, d, duty)}
    await look(desk, draft, stale.values(), now)
    for dossier, duty in work:
        if duty in dossier.duties:
            _conclude_one(desk, draft, dossier, duty, now)
    point("conclusion_not_written")
    await desk.store.write(draft)
    point("conclusion_written")


def _fresh(dossier: Dossier, now: datetime) -> bool:
    """Whether every open location was seen lately enough to conclude on."""
    looks = newest(dossier)
    open_ids = {location.id for location in dossier.open_locations}
    return looks.keys() == open_ids and all(now - found.at <= clocks.FRESH for found in looks.values())


def _of_authority(desk: Desk, dossier: Dossier, duty: Duty) -> bool:
    regime = desk.library.regime(dossier.procedure(duty.procedure_id).regime)
    return regime.is_authority_route


def _conclude_one(desk: Desk, draft: Draft, dossier: Dossier, duty: Duty, now: datetime) -> None:
    procedure = dossier.procedure(duty.procedure_id)
    spacing = clocks.spacing_of(desk, procedure)
    if settle(desk, draft, dossier, min(spacing, clocks.shortest_spacing(desk, dossier)), now):
        if duty in dossier.duties:  # told of something already gone: nothing more to wait for
            _authority_silent(desk, draft, dossier, procedure, duty, now)
        return
    if _of_authority(desk, dossier, duty):
        _authority_silent(desk, draft, dossier, procedure, duty, now)
    elif (missed := half_missed(dossier)) is not None:
        entry = draft.event(dossier.report.id, "unverified", procedure_id=procedure.id, missed_since=missed)
        mark(entry, dossier, duty, now)
        put_off(entry, duty, max(missed + spacing, now + timedelta(minutes=15)))
    elif not _still_there(dossier):
        _ask_analyst(draft, dossier, procedure, duty, now)
    else:
        over(desk, draft, dossier, procedure, now, Since(min(duty.due_at, now), duty.legal_at))


def _still_there(dossier: Dossier) -> bool:
    """Whether at least one open location was surely seen at the newest look."""
    return any(found.sight in SEEN for found in newest(dossier).values())


def _ask_analyst(draft: Draft, dossier: Dossier, procedure: Procedure, duty: Duty, now: datetime) -> None:
    """No look of ours can tell: an analyst looks, and the conclusion follows at once from what is recorded."""
    entry = draft.event(dossier.report.id, "unverified", procedure_id=procedure.id, unseeable=len(unseeable(dossier)))
    set_duty(entry, dossier, Deed.LOOK, now, procedure=procedure, cause="analyst_look")
    close_duty(entry, dossier, duty, now)


def _authority_silent(
    desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, duty: Duty, now: datetime
) -> None:
    """Our patience with an authority is at its end: a person decides, nobody is accused."""
    entry = draft.event(dossier.report.id, "patience_ended", procedure_id=procedure.id)
    set_duty(entry, dossier, Deed.DECIDE, now, procedure=procedure, cause="authority_silent")
    close_duty(entry, dossier, duty, now)


def over(
    desk: Desk, draft: Draft, dossier: Dossier, procedure: Procedure, now: datetime, since: Since | None = None
) -> None:
    """
    The clock is over and the content is there: name the outcome by the kind of clock, open what follows.

    What follows is due `since` the clock ended, by default since now.
    """
    certificate = clocks.certificate_of(procedure)
    if certificate is None:
        msg = "a running procedure has no certificate"
        raise ValueError(msg)
    entry = advance(draft, dossier, procedure, outcome_when_over(certificate), digest=certificate.digest)
    what_follows(desk, draft, dossier, procedure, entry, now, since)


def what_follows(
    desk: Desk,
    draft: Draft,
    dossier: Dossier,
    procedure: Procedure,
    entry: Entry,
    now: datetime,
    since: Since | None = None,
) -> None:
    """Open what the regime names after the stage that the procedure has now."""
    plan = plan_after(desk, dossier, procedure, now)
    carry_out(desk, draft, dossier, plan, entry=entry, parent=procedure, since=since)


def plan_after(desk: Desk, dossier: Dossier, procedure: Procedure, now: datetime) -> Route:
    """What the law says follows the stage that the procedure has now."""
    regime = desk.library.regime(procedure.regime)
    party = dossier.party(procedure.party_id)
    return follow(
        regime,
        procedure.stage,
        dossier.facts(),
        desk.organisation,
        desk.library,
        now,
        party=party.number if party else None,
    )
