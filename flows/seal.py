"""Seal: every hour, a time-stamped root over all events since the last one."""

from typing import Any

from prefect import flow
from prefect.states import Completed, Failed

from cases.seal import seal_round
from edges.settings import get_settings
from edges.timestamp import read_trust
from flows.at_hand import desk


@flow(name="seal", flow_run_name="seal", retries=0, persist_result=False)
async def seal() -> Any:
    """Seal what is new, and ask for the tokens that are missing; red while a seal waits for its token."""
    settings = get_settings()
    async with desk() as opened:
        trust = read_trust(settings.timestamp_trust) if settings.timestamp_trust else None
        done = await seal_round(opened.store, sorted(settings.timestamp_urls), trust)
    told = f"seal {done.seal or 'none'}, {done.tokens} tokens"
    if settings.timestamp_urls and done.late:
        waiting = f"no authority stamped seals {done.late[0]} to {done.late[-1]}: asked again next hour"
        return Failed(message=f"{told}; {waiting}")
    return Completed(message=told)
