"""Inbox: every two minutes, what was sent to us: the mailbox, the answer page, and the relay's log."""

import time
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow
from prefect.states import Completed, Failed

from cases.desk import Desk
from cases.incoming.page import take_page_answers
from cases.incoming.reading import SomebodyReads, ours, read_mailbox
from cases.incoming.relay import read_relay_log
from cases.office import mailbox
from edges.inbox import MailboxError
from edges.settings import Settings, get_settings
from flows.at_hand import desk


@flow(name="inbox", flow_run_name="inbox", retries=0, persist_result=False)
async def inbox() -> Any:
    """Take in what came; red while the mailbox cannot be read."""
    settings = get_settings()
    end = time.monotonic() + settings.dispatch_budget_seconds
    async with desk() as opened:
        told = [f"answer page: {await take_page_answers(opened)}"]
        if settings.postfix_log is not None:
            spoken = await read_relay_log(opened, settings.postfix_log, ZoneInfo(opened.library.house.zone))
            told.append(f"relay's log: {spoken} letters")
        try:
            told.append(await _mail(opened, settings, end))
        except MailboxError as error:
            return Failed(message=f"{'; '.join(told)}; the mailbox: {error}")
    return Completed(message="; ".join(told))


async def _mail(opened: Desk, settings: Settings, end: float) -> str:
    way = mailbox(settings, simulated=opened.organisation.simulated)
    if way is None:
        return "no mailbox is set"
    async with way as box:
        try:
            taken = await read_mailbox(
                opened,
                box,
                ours(settings),
                folder=settings.imap_folder,
                most_bytes=settings.inbox_most_bytes,
                until=lambda: time.monotonic() >= end,
            )
        except SomebodyReads:
            return "another pass reads the mailbox"
    return f"mailbox: {taken}"
