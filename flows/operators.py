"""What operators may press in Prefect: only what needs no name. Who decides something does so on record elsewhere."""

import time
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.states import Completed
from pydantic import Field

from cases.overdue import overdue
from cases.overdue import verify_again as look_again
from cases.stop import pause_sending as stop
from cases.stop import resume_sending as go_on
from edges.settings import get_settings
from flows.at_hand import desk
from flows.dispatch import pass_over

# Prefect keeps what is typed here: only a case number is taken, never an address pasted by mistake.
CaseNumber = Annotated[str, Field(pattern=r"^R-\d{4}-\d{6,9}$")]
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
        await go_on(opened.store)
    return Completed(message="letters leave again with the next dispatch")


@flow(name="verify again", flow_run_name="verify again · {number}", retries=0, persist_result=False)
async def verify_again(number: CaseNumber) -> Any:
    """Look once more at the locations of one report."""
    async with desk() as opened:
        await look_again(opened, [number], opened.clock())
        tally = await pass_over(opened)
    return Completed(message=str(tally))


@flow(name="resume after outage", flow_run_name="resume after outage", retries=0, persist_result=False)
async def resume_after_outage() -> Any:
    """Show what became due while nothing ran, then go on in small steps, the most urgent first."""
    async with desk() as opened:
        late = await overdue(opened.store, opened.clock())
        rows = [{"deed": row.deed, "duties": row.duties, "oldest": row.oldest.isoformat()} for row in late]
        await create_table_artifact(table=rows, description="what became due")  # type: ignore[misc]
        end = time.monotonic() + get_settings().dispatch_budget_seconds
        tally = await pass_over(opened, most=GENTLY, until=lambda: time.monotonic() >= end)
    return Completed(message=str(tally))
