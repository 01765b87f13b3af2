"""Passing a gate: two people and a reason, for one item of one procedure."""

from collections.abc import Sequence
from datetime import datetime

from cases.desk import Desk
from cases.moves import close_duty, retry
from cases.record.opening import RecordRefused, dossiers_of, kept_apart, recording, the_procedure
from law.gate import law_day, overridable
from law.vocabulary import Stage


async def override(
    desk: Desk,
    numbers: Sequence[str],
    *,
    item: str,
    why: str,
    by: str,
    second: str,
    now: datetime,
    regime: str | None = None,
) -> None:
    """
    Let a procedure pass its gate although `item` has no proof. The reason is kept apart, the passing is an event.

    Only preconditions and elements of the regime's own file can be passed: never the police first, the second reader,
    a lawyer's signature, the person's wish, or the kind of addressee.

    Raises:
        RecordRefused: one person instead of two, no reason, nothing waits for this, or it cannot be passed.
    """
    draft = recording(desk, by, now, second=second)
    if not why.strip():
        raise RecordRefused("a gate is passed for a reason: give it with --why")
    for dossier in await dossiers_of(desk, numbers):
        waiting = [p for p in dossier.procedures if p.stage is Stage.WAITING]
        procedure = the_procedure(dossier, regime, waiting)
        allowed = overridable(desk.library.regime(procedure.regime), law_day(now, desk.library))
        if item not in allowed:
            named = ", ".join(allowed) or "nothing"
            raise RecordRefused(f"{item!r} cannot be passed at the gate of {procedure.regime}; allowed: {named}")
        cause = f"missing:{item}"
        if not any(duty.procedure_id == procedure.id and duty.cause == cause for duty in dossier.duties):
            raise RecordRefused(f"{dossier.report.number}: {procedure.regime} does not wait for {item}")
        reason = kept_apart(draft, dossier, why, "why")
        entry = draft.event(
            dossier.report.id, "overridden", procedure_id=procedure.id, item=item, second=second, reason=reason.id
        )
        entry.set(procedure, overridden=sorted({*(procedure.overridden or ()), item}))
        mine = [duty for duty in dossier.duties if duty.procedure_id == procedure.id]
        if any(duty.cause != cause for duty in mine):  # it goes on waiting for the rest
            for duty in [duty for duty in mine if duty.cause == cause]:
                close_duty(entry, dossier, duty, now)
        retry(draft, dossier, now, cause, only=frozenset({procedure.id}))
    await desk.store.write(draft)
