"""Inbox: every two minutes, what was sent to us: the mailbox, the answer page, and the relay's log."""

import time
from typing import Any

from prefect import flow
from prefect.states import Completed, Failed

from cases.incoming.everything import take_everything
from edges.settings import get_settings
from flows.at_hand import desk


@flow(name="inbox", flow_run_name="inbox", retries=0, persist_result=False)
async def inbox() -> Any:
    """Take in what came; red while the mailbox or the relay's log cannot be read."""
    settings = get_settings()
    end = time.monotonic() + settings.dispatch_budget_seconds
    async with desk() as opened:
        heard = await take_everything(opened, settings, until=lambda: time.monotonic() >= end)
    return Failed(message=str(heard)) if heard.faults else Completed(message=str(heard))
