"""What came in and waits for a person, and one message: its words, never its files. Commands file and discard."""

import re
from collections.abc import Mapping
from dataclasses import replace
from shlex import quote
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from cases.incoming.quarantine import Waiting, about, by_number, kinds_of, opened, quarantined, touched
from edges.letter_parts import defang, disarm
from law.vocabulary import IncomingState
from models.readlog import How
from models.tables import IncomingMessage
from web.inbox_view import parts_of
from web.site import Ask, Asked

router = APIRouter()

NUMBER: Final = re.compile(r"M-[0-9]{6,12}")
MOST: Final = 40  # messages on one page, each with its guesses: the oldest are to be done first
MOST_NUMBERS: Final = 3  # of one letter


@router.get("/inbox")
async def inbox(ask: Ask) -> Response:
    """The quarantine, oldest first: what each message is, and what it may answer; nothing that it says."""
    store = ask.site.store
    found = await quarantined(store)
    return await ask.page(
        "inbox.html",
        waiting=[await opened(store, message) for message in found[:MOST]],
        cut=len(found) > MOST,
        most=MOST,
        most_numbers=MOST_NUMBERS,
        brought=lambda message: _brought(ask, kinds_of(message)),
        quote=quote,
    )


@router.get("/inbox/{number}")
async def message(ask: Ask, number: str) -> Response:
    """One message, wherever it stands: noted for every report that it belongs to or may belong to."""
    store = ask.site.store
    found = await by_number(store, number) if NUMBER.fullmatch(number) else None
    if found is None:
        raise HTTPException(404)
    shown, linked = await _read(ask, found)
    await ask.note(How.MESSAGE, *touched(shown, linked))
    return await ask.page(
        "message.html",
        shown=shown,
        message=found,
        linked=linked,
        parts=parts_of(found),
        waits=found.state is IncomingState.QUARANTINED,
        most_numbers=MOST_NUMBERS,
        disarm=disarm,
        defang=defang,
        quote=quote,
    )


async def _read(ask: Asked, found: IncomingMessage) -> tuple[Waiting, tuple[str, ...]]:
    """With guesses only while it waits: what is filed belongs to what it was filed under."""
    shown, linked = await opened(ask.site.store, found), await about(ask.site.store, found)
    if found.state is IncomingState.QUARANTINED:
        return shown, linked
    return replace(shown, guesses=()), linked


def _brought(ask: Asked, kinds: Mapping[str, int]) -> str:
    words = ask.site.words(ask.language)
    return ", ".join(f"{count}\u00a0{words.term('part_kind', kind)}" for kind, count in kinds.items())
