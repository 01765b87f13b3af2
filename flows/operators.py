"""
What operators may press in Prefect: only what needs no name. Who decides something does so on record elsewhere.

The one exception is the release after an outage: it takes a staff code, which stands on record with what was released.
"""

import time
from datetime import datetime
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.states import Completed
from pydantic import Field

from cases.brake import braked, release, waiting
from cases.desk import Desk
from cases.overdue import overdue
from cases.overdue import verify_again as look_again
from cases.stop import pause_sending as stop
from cases.stop import resume_sending as go_on
from edges.settings import get_settings
from flows.at_hand import desk
from flows.dispatch import held_back, pass_over

# Prefect keeps what is typed here: only a case number is taken, never an address pasted by mistake.
CaseNumber = Annotated[str, Field(pattern=r"^R-\d{4}-\d{6,9}$")]
StaffCode = Annotated[str, Field(pattern=r"^[A-Z]{1,4}-\d{1,6}$")]  # stricter than on record: no name fits in
Count = Annotated[int, Field(ge=1)]
GENTLY = 200  # duties claimed at a time after an outage


@flow(name="dispatch now", flow_run_name="dispatch now", retries=0, persist_result=False)
async def dispatch_now() -> Any:
    """Do at once what is due."""
    end = time.monotonic() + get_settings().dispatch_budget_seconds
    async with desk() as opened:
        tally = await pass_over(opened, until=lambda: time.monotonic() >= end)
    return Completed(message=str(tally))


@flow(name="pause sending", flow_run_name="pause sending", retries=0, persist_result=False)
async def pause_sending() -> Any:
    """Stop every outward letter until sending is resumed."""
    async with desk() as opened:
        await stop(opened.store, why="pressed in Prefect", now=opened.clock())
    return Completed(message="no letter leaves until resume-sending")


@flow(name="resume sending", flow_run_name="resume sending", retries=0, persist_result=False)
async def resume_sending() -> Any:
    """Let letters leave again."""
    async with desk() as opened:
        await go_on(opened.store, now=opened.clock())
    return Completed(message="letters leave again with the next dispatch")


@flow(name="verify again", flow_run_name="verify again · {number}", retries=0, persist_result=False)
async def verify_again(number: CaseNumber) -> Any:
    """Look once more at the locations of one report."""
    async with desk() as opened:
        await look_again(opened, [number], opened.clock())
        tally = await pass_over(opened)
    return Completed(message=str(tally))


@flow(name="resume after outage", flow_run_name="resume after outage", retries=0, persist_result=False)
async def resume_after_outage(by: StaffCode | None = None, most: Count | None = None) -> Any:
    """
    Show what became due while nothing ran, then go on in small steps, the most urgent first.

    Letters that the brake holds are listed, and wait; with a staff code in `by` they are released, or the first `most`.
    """
    async with desk() as opened:
        now = opened.clock()
        late = await overdue(opened.store, now)
        rows = [{"deed": row.deed, "duties": row.duties, "oldest": row.oldest.isoformat()} for row in late]
        await create_table_artifact(table=rows, description="what became due")  # type: ignore[misc]
        held = await _list_held(opened, now) if await braked(opened.store) else 0
        told = ""
        if held and by:
            let_go = await release(opened.store, opened.library, by=by, now=now, most=most)
            told = f"; {let_go} of {held} letters released by {by}"
        end = time.monotonic() + get_settings().dispatch_budget_seconds
        tally = await pass_over(opened, most=GENTLY, until=lambda: time.monotonic() >= end)
        return Completed(message=str(tally) + told + await held_back(opened))


async def _list_held(opened: Desk, now: datetime) -> int:
    """What the brake holds, as a table: kinds, labels, counts and dates only. Returns how many reports."""
    found = await waiting(opened.store, opened.library, now)
    rows = [
        {"letter": str(row.deed), "regime": row.regime or "", "to": row.label, "reports": row.reports,
         "oldest": row.oldest.isoformat()}
        for row in found
    ]  # fmt: skip
    await create_table_artifact(table=rows, description="letters that wait for a release")  # type: ignore[misc]
    return sum(row.reports for row in found)
