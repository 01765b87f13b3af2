"""What a recipient's browser does with the page: open it, fill it in, send it; and what the store then holds."""

import re
from typing import Any

import httpx

from models.store import Store
from models.tables import metadata
from tests.faults.house import scalar

FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def mark_in(html: str) -> str:
    """The mark of the form on a page."""
    [found] = re.findall(r'name="mark" value="([^"]+)"', html)
    return str(found)


async def open_form(client: httpx.AsyncClient, path: str) -> str:
    """Open the link; gives the mark of its form."""
    page = await client.get(path)
    assert page.status_code == 200
    return mark_in(page.text)


async def answer(client: httpx.AsyncClient, path: str, choice: str, words: str = "", **more: str) -> httpx.Response:
    """Open the link, choose, type and send."""
    mark = await open_form(client, path)
    return await client.post(path, data={"mark": mark, "choice": choice, f"words_{choice}": words} | more)


async def answers_in(store: Store) -> int:
    """How many answers lie beside the record."""
    return int(await scalar(store, "SELECT count(*) FROM page_answer"))


async def everything(store: Store) -> dict[str, Any]:
    """How many rows each table holds, and the newest event: what must not change when somebody only looks."""
    counts = {name: await scalar(store, f'SELECT count(*) FROM "{name}"') for name in metadata.tables}
    return counts | {"newest": await scalar(store, "SELECT max(recorded_at) FROM event")}
