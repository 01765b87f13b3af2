"""
Groups: the nested flow runs of a dispatch, named in words.

A flow for each family of deeds, so that an operator finds notices, verifications, escalations and blocks apart. What
is done stands in `cases/`; here are names, groups and artifacts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from cases.dispatch import Group
from edges.settings import get_settings
from flows.at_hand import Work, work_at_hand
from flows.steps import all_slices

MOST_ROWS = 200  # of an artifact


async def _carry_out(word: str, reports: int) -> Any:
    """Do all slices of the group at hand, under this flow run's id."""
    work = work_at_hand.get()
    run_id = flow_run.get_id()
    work_at_hand.set(replace(work, desk=work.desk.on(UUID(run_id) if run_id else None)))
    failed = await all_slices()
    await _leave_table(work.group)
    total = len(work.parts)
    if failed:
        return Failed(message=f"{failed} of {total} slices failed; what they had to do stays due")
    return Completed(message=f"{word}: {reports} done")


async def _leave_table(group: Group) -> None:
    """Case numbers with links to their audit pages on this machine."""
    port = get_settings().web_port
    rows = [
        {"report": due.number, "due": due.due_at.isoformat(), "page": f"http://127.0.0.1:{port}/reports/{due.number}"}
        for due in group.dues[:MOST_ROWS]
    ]
    await create_table_artifact(table=rows, description=group.name)  # type: ignore[misc]


@flow(name="notice", retries=0, persist_result=False)
async def notice(word: str, reports: int) -> Any:
    """Notices, reminders and retractions to platforms and hosts."""
    return await _carry_out(word, reports)


@flow(name="verify", retries=0, persist_result=False)
async def verify(word: str, reports: int) -> Any:
    """Looks at locations: before a deadline, and for 90 days after removal."""
    return await _carry_out(word, reports)


@flow(name="escalate", retries=0, persist_result=False)
async def escalate(word: str, reports: int) -> Any:
    """Deadlines that ran out, and what is sent to regulators, police and prosecutors."""
    return await _carry_out(word, reports)


@flow(name="block", retries=0, persist_result=False)
async def block(word: str, reports: int) -> Any:
    """Temporary blocks: requests, reviews, ends."""
    return await _carry_out(word, reports)


@flow(name="office", retries=0, persist_result=False)
async def office(word: str, reports: int) -> Any:
    """Routing, alarms to our own people, closing."""
    return await _carry_out(word, reports)


FAMILY: dict[str, Callable[..., Awaitable[Any]]] = {
    "notice": notice,
    "reminder": notice,
    "retraction": notice,
    "verification": verify,
    "watch": verify,
    "deadline": escalate,
    "escalation": escalate,
    "court": escalate,
    "block": block,
    "block review": block,
    "block end": block,
    "routing": office,
    "alarm": office,
    "closing": office,
}


async def run_group(work: Work) -> bool:
    """Run one group as a nested flow run; a failure is a red run, not a dead dispatch. Returns whether all was done."""
    reports = len({due.report_id for due in work.group.dues})
    work_at_hand.set(work)
    named: Any = FAMILY[work.group.word]
    state = await named.with_options(flow_run_name=work.group.name)(work.group.word, reports, return_state=True)
    return bool(state.is_completed())
