"""What waits for a way to reach an addressee goes on when the directory changes; nobody has to list the reports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from cases.dossier import Dossier, load
from cases.moves import advance, close_duties, set_duty, supersede
from cases.routes import channel_of, serves_still
from law.vocabulary import ChannelKind, Deed, Fact, LetterStatus, Stage
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Duty, Letter, Party, Procedure

# What a channel can supply: the addressee's server refused, there was none, or none that the regime wants.
FOR_A_CHANNEL = frozenset(
    {"channel_refused", "missing:channel", "missing:notice_mechanism", "missing:own_mechanism"}
)  # fmt: skip
_WAITING = text(
    "SELECT DISTINCT report_id FROM duty WHERE closed_at IS NULL AND by = 'person' AND party_id = :party"
    " AND cause = ANY(:causes) ORDER BY report_id"
)
SUPPLIED = "channel"


async def go_on(store: Store, draft: Draft, party: Party, channels: Sequence[Channel]) -> int:
    """
    Take up what waits at this party, with its channels as the draft leaves them; gives how many procedures moved.

    A letter that waits for two people and would go to an ended channel is written anew, so that nobody signs it.
    """
    values = {"party": party.id, "causes": [*FOR_A_CHANNEL, "file", "sign"]}
    async with store.transaction() as connection:
        reports = list((await connection.execute(_WAITING, values)).scalars())
    moved = 0
    for dossier in (await load(store, reports)).values():
        dossier.channels[party.id] = list(channels)
        for procedure in [p for p in dossier.open_procedures if p.party_id == party.id and p.stage is Stage.WAITING]:
            moved += _go_on(draft, dossier, procedure, draft.now)
    return moved


def _go_on(draft: Draft, dossier: Dossier, procedure: Procedure, now: datetime) -> bool:
    waiting = [duty for duty in dossier.duties if duty.procedure_id == procedure.id]
    deeds = {duty.deed for duty in waiting}
    if Deed.RESOLVE in deeds:
        return False  # first somebody finds out what became of the other letter
    if Deed.SIGN in deeds:
        return _not_signed_in_vain(draft, dossier, procedure, now)
    channel = channel_of(dossier, procedure)
    if Deed.FILE in deeds:
        return _not_filed_in_vain(draft, dossier, procedure, waiting, channel, now)
    asked = {duty.cause for duty in waiting if duty.deed in {Deed.SUPPLY, Deed.DECIDE}}
    if not asked or not asked <= FOR_A_CHANNEL or channel is None or channel.id == _refused(dossier, procedure):
        return False
    _to_the_gate(draft, dossier, procedure, now)
    return True


def _to_the_gate(draft: Draft, dossier: Dossier, procedure: Procedure, now: datetime) -> None:
    entry = advance(draft, dossier, procedure, Fact.SUPPLIED, what=SUPPLIED)
    close_duties(entry, dossier, now, procedure=procedure)
    set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure)


def _not_signed_in_vain(draft: Draft, dossier: Dossier, procedure: Procedure, now: datetime) -> bool:
    letter = _newest(dossier, procedure, LetterStatus.PREPARED)
    if letter is None or serves_still(dossier, procedure, letter):
        return False
    entry = advance(draft, dossier, procedure, Fact.SUPPLIED, what=SUPPLIED)
    supersede(draft, entry, dossier, procedure)
    close_duties(entry, dossier, now, procedure=procedure)
    set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure)
    return True


def _not_filed_in_vain(
    draft: Draft,
    dossier: Dossier,
    procedure: Procedure,
    waiting: Sequence[Duty],
    channel: Channel | None,
    now: datetime,
) -> bool:
    """A mailbox takes the place of a form that has ended; without any channel somebody must find one first."""
    if channel is not None and channel.kind is not ChannelKind.EMAIL:
        return False
    if channel is not None:
        _to_the_gate(draft, dossier, procedure, now)
        return True
    entry = draft.event(dossier.report.id, "channel_lost", procedure_id=procedure.id)
    set_duty(entry, dossier, Deed.SUPPLY, now, procedure=procedure, cause="channel_refused")
    for duty in [each for each in waiting if each.deed is Deed.FILE]:
        entry.set(duty, closed_at=now)
        dossier.duties.remove(duty)
    return True


def _refused(dossier: Dossier, procedure: Procedure) -> UUID | None:
    """The channel that refused the newest letter of a procedure, or gave it back, if it is among ours."""
    letter = _newest(dossier, procedure, LetterStatus.REFUSED, LetterStatus.BOUNCED)
    return letter.channel_id if letter else None


def _newest(dossier: Dossier, procedure: Procedure, *statuses: LetterStatus) -> Letter | None:
    ours = [act for act in dossier.acts if act.procedure_id == procedure.id and act.letter_id]
    acts = [act for act in ours if act.status in statuses]
    newest = max(acts, key=lambda act: (act.at, act.ordinal), default=None)
    return dossier.letters.get(newest.letter_id) if newest and newest.letter_id else None
