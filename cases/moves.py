"""The small deeds that every case is made of: open a procedure, move it, set a duty, close a duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cases.desk import Desk
from cases.dossier import Dossier
from cases.late import mark
from law.conditions import condition_may_be_met_at, condition_met
from law.decide import UNSIGNED, Ask, Route, Step
from law.lifecycle import FINAL, move
from law.vocabulary import Deed, Fact, LetterKind, LetterStatus, PartyKind, Stage
from models.draft import Draft, Entry
from models.due import Due
from models.procedure import MACHINE, PERSON
from models.tables import Duty, Procedure

OUTWARD = frozenset({Deed.NOTIFY, Deed.REMIND, Deed.VERIFY, Deed.CONCLUDE, Deed.WATCH, Deed.RETRACT})
HOSTS = frozenset({PartyKind.ONLINE_PLATFORM, PartyKind.HOSTING_PROVIDER})
MACHINE_WITH_CAUSE = frozenset({Deed.ALARM, Deed.RETRACT})  # here the cause says what to write about
SIGNED = "signed"  # the cause of a duty to route anew what only a signature kept from being opened
EMERGENCY = 0  # the priority that nothing overtakes


def set_duty(
    entry: Entry,
    dossier: Dossier,
    deed: Deed,
    due_at: datetime,
    *,
    procedure: Procedure | None = None,
    cause: str | None = None,
    party_id: UUID | None = None,
    legal_at: datetime | None = None,
    attempts: int = 0,
    priority: int | None = None,
) -> Duty:
    """Add a duty: for the machine, or for a person when a `cause` says why a person is needed."""
    duty = Duty(
        report_id=dossier.report.id,
        procedure_id=procedure.id if procedure else None,
        deed=deed,
        due_at=due_at,
        legal_at=legal_at,
        priority=dossier.report.priority if priority is None else priority,
        by=PERSON if cause and deed not in MACHINE_WITH_CAUSE else MACHINE,
        cause=cause,
        party_id=party_id or (procedure.party_id if procedure else None),
        attempts=attempts,
    )
    entry.add(duty)
    dossier.duties.append(duty)
    return duty


def close_duty(entry: Entry, dossier: Dossier, duty: Duty, now: datetime) -> None:
    """Say that a duty is done or overtaken; the event says so if that was after its legal date."""
    mark(entry, dossier, duty, now)
    entry.set(duty, closed_at=now)
    dossier.duties.remove(duty)


def put_off(entry: Entry, duty: Duty, until: datetime) -> None:
    """Set a duty again for later, one attempt more."""
    entry.set(duty, due_at=until, attempts=duty.attempts + 1)


def close_duties(
    entry: Entry, dossier: Dossier, now: datetime, *, procedure: Procedure | None, deeds: frozenset[Deed] | None = None
) -> None:
    """Close all open duties of a procedure (or of the report itself), or those with these deeds."""
    wanted = procedure.id if procedure else None
    for duty in [each for each in dossier.duties if each.procedure_id == wanted]:
        if deeds is None or duty.deed in deeds:
            close_duty(entry, dossier, duty, now)


def advance(
    draft: Draft, dossier: Dossier, procedure: Procedure, fact: Fact, *, at: datetime | None = None, **details: Any
) -> Entry:
    """
    Say that `fact` happened to a procedure.

    A final stage closes the procedure and everything that was still due for it; a planned letter is set aside.

    Raises:
        MoveRefused: the table of moves has no such move.
    """
    entry = draft.event(dossier.report.id, fact, at=at, procedure_id=procedure.id, regime=procedure.regime, **details)
    entry.set(procedure, stage=move(procedure.stage, fact))
    if procedure.stage in FINAL:
        entry.set(procedure, closed_at=draft.now)
        close_duties(entry, dossier, draft.now, procedure=procedure)
        supersede(draft, entry, dossier, procedure)
    return entry


def supersede(
    draft: Draft, entry: Entry, dossier: Dossier, procedure: Procedure, kind: LetterKind | None = None
) -> None:
    """
    What was written for a procedure (or its letters of one kind) and did not leave never leaves.

    A letter that carries other reports as well goes with it: theirs is written anew, without this one. If DATA may
    have begun, nobody knows what became of the letter, and the record says so.
    """
    for act in dossier.acts:
        if act.procedure_id != procedure.id or act.status not in {LetterStatus.PLANNED, LetterStatus.PREPARED}:
            continue
        if kind not in {None, act.kind}:
            continue
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        begun = letter is not None and letter.status in {LetterStatus.SENDING, LetterStatus.UNKNOWN}
        status = LetterStatus.UNKNOWN if begun else LetterStatus.SUPERSEDED
        entry.set(act, status=status, at=draft.now)
        if letter is not None:
            draft.amend(letter, status=status)


@dataclass(frozen=True, slots=True)
class Since:
    """When what follows fell due, where it is opened later than that; and whether the law set that date."""

    due_at: datetime
    legal_at: datetime | None = None


def carry_out(
    desk: Desk,
    draft: Draft,
    dossier: Dossier,
    plan: Route,
    *,
    entry: Entry,
    parent: Procedure | None = None,
    since: Since | None = None,
) -> list[Procedure]:
    """
    Open the procedures that the law names, and put its questions to people.

    What is opened late is due `since` its own time, so that missed letters leave in the order of the law.
    """
    since = since or Since(draft.now)
    steps = [_open(desk, draft, dossier, step, parent, since) for step in plan.steps]
    opened = [procedure for procedure in steps if procedure is not None]
    for ask in plan.asks:
        _put_to_a_person(desk, entry, dossier, ask, parent, draft.now)
    return opened


def _open(
    desk: Desk, draft: Draft, dossier: Dossier, step: Step, parent: Procedure | None, since: Since
) -> Procedure | None:
    party_id, about_id = party_id_of(desk, dossier, step.party), _about(dossier, parent)
    together = desk.library.regime(step.regime).grouped_by_party
    for other in dossier.open_procedures:
        if (other.regime, other.party_id) == (step.regime, party_id) and (not together or other.about_id == about_id):
            return None  # the same route to the same addressee is already under way
    procedure = Procedure(
        report_id=dossier.report.id,
        ordinal=len(dossier.procedures) + 1,
        regime=step.regime,
        regime_digest=desk.library.regime(step.regime).digest,
        party_id=party_id,
        about_id=about_id,
        parent_id=parent.id if parent else None,
        mandate_id=_mandate_of(desk, dossier, step, draft.now),
        after=step.after,
        opened_at=draft.now,
    )
    entry = draft.event(
        dossier.report.id,
        "opened",
        procedure_id=procedure.id,
        regime=step.regime,
        party=step.party or "",
        why=step.why.en,
    )
    entry.add(procedure)
    dossier.procedures.append(procedure)
    _set_first_duty(desk, entry, dossier, procedure, step, draft.now, since)
    return procedure


def _about(dossier: Dossier, parent: Procedure | None) -> UUID | None:
    """Whom a complaint is about: the platform or host that failed, else the first that could take it down."""
    failed = dossier.party(parent.party_id) if parent else None
    if failed is not None and failed.kind in HOSTS:
        return failed.id
    return dossier.host_parties()[0].id if dossier.host_parties() else None


def _set_first_duty(
    desk: Desk, entry: Entry, dossier: Dossier, procedure: Procedure, step: Step, now: datetime, since: Since
) -> None:
    if desk.library.regime(procedure.regime).filing == "followed":
        return  # the authority acts, we follow: whoever records its act starts the clock
    facts = dossier.facts() if step.after else None
    if step.after and facts and not condition_met(step.after, facts, now):
        set_duty(entry, dossier, Deed.DECIDE, now, procedure=procedure, cause=step.after)
        later = condition_may_be_met_at(step.after, facts)
        if later is not None:
            set_duty(entry, dossier, Deed.NOTIFY, later, procedure=procedure)
        return
    due_at = max(since.due_at, step.not_before) if step.not_before else since.due_at
    legal_at = max(since.legal_at, due_at) if since.legal_at else None
    set_duty(entry, dossier, Deed.NOTIFY, due_at, procedure=procedure, legal_at=legal_at)


def _mandate_of(desk: Desk, dossier: Dossier, step: Step, now: datetime) -> UUID | None:
    """The mandate that a route open only to the person concerned rests on: revoking it stops the route at once."""
    if desk.library.regime(step.regime).standing != "victim":
        return None
    live = [mandate for mandate in dossier.mandates if mandate.revoked_at is None]
    return live[0].id if live else None


def _put_to_a_person(
    desk: Desk, entry: Entry, dossier: Dossier, ask: Ask, parent: Procedure | None, now: datetime
) -> None:
    """One matter per cause; one about a missing signature names the procedure that something has to follow."""
    about = parent if ask.cause == UNSIGNED else None
    same = [duty for duty in dossier.duties if duty.cause == ask.cause]
    if ask.cause == UNSIGNED:  # the one about the whole report and those about procedures stand side by side
        same = [duty for duty in same if duty.procedure_id == (about.id if about else None)]
    if same:
        return
    party_id = party_id_of(desk, dossier, ask.party)
    set_duty(entry, dossier, Deed.DECIDE, now, procedure=about, cause=ask.cause, party_id=party_id)


def party_id_of(desk: Desk, dossier: Dossier, number: str | None) -> UUID | None:
    """The id of a party named by number: one of the report's own, or one of the authorities."""
    if number is None:
        return None
    for party in dossier.parties.values():
        if party.number == number:
            return party.id
    return desk.authority_ids[number]


def withhold(draft: Draft, dossier: Dossier, duty: Duty) -> bool:
    """
    Stop an outward duty that a police hold covers (practice 1.4); true if it was stopped.

    The calls and alarms of an emergency are no outward acts and are never stopped, its letters to platforms are;
    information to the police is let pass by `notify` before it asks here.
    """
    hold = dossier.hold
    if hold is None or duty.deed not in OUTWARD:
        return False
    entry = draft.event(dossier.report.id, "withheld", procedure_id=duty.procedure_id, deed=duty.deed)
    entry.set(duty, held_by=hold.id)
    return True


def legal_date(dossier: Dossier, procedure: Procedure) -> datetime | None:
    """The earliest legal date that is still open for a procedure, for a duty that takes the place of another."""
    dates = [duty.legal_at for duty in dossier.duties if duty.procedure_id == procedure.id and duty.legal_at]
    return min(dates, default=None)


def overtaken(dossier: Dossier, duty: Duty, now: datetime) -> bool:
    """Whether a newer duty of the same kind for the same procedure is due as well: of several only the newest goes."""
    same = [each for each in dossier.duties if (each.deed, each.procedure_id) == (duty.deed, duty.procedure_id)]
    due = [each for each in same if each.by == MACHINE and each.held_by is None and each.due_at <= now]
    return any((each.due_at, each.id) > (duty.due_at, duty.id) for each in due)


def mine(dossiers: dict[UUID, Dossier], dues: Sequence[Due]) -> list[tuple[Due, Dossier, Duty]]:
    """The duties that are still open under our lease; the others were done or taken over meanwhile."""
    found = []
    for due in dues:
        dossier = dossiers.get(due.report_id)
        duty = next((d for d in dossier.duties if d.id == due.id), None) if dossier else None
        if dossier is not None and duty is not None and duty.lease_token == due.token:
            found.append((due, dossier, duty))
    return found


def retry(draft: Draft, dossier: Dossier, now: datetime, *causes: str, only: frozenset[UUID] | None = None) -> None:
    """Procedures (or `only` these) that waited for these very things, and for nothing else now, go back to the gate."""
    asked = [p for p in dossier.procedures if only is None or p.id in only]
    for procedure in [p for p in asked if p.stage is Stage.WAITING]:
        waiting = [duty for duty in dossier.duties if duty.procedure_id == procedure.id]
        still = [duty for duty in waiting if duty.deed in {Deed.SUPPLY, Deed.DECIDE} and duty.cause not in causes]
        if still or any(duty.deed in {Deed.SIGN, Deed.FILE, Deed.RESOLVE} for duty in waiting):
            continue
        entry = advance(draft, dossier, procedure, Fact.SUPPLIED, what=",".join(causes))
        legal_at = legal_date(dossier, procedure)
        close_duties(entry, dossier, now, procedure=procedure)
        set_duty(entry, dossier, Deed.NOTIFY, now, procedure=procedure, legal_at=legal_at)
