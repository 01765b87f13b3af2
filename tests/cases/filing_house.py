"""A house whose platform takes notices by form only, and whose police are a portal: reports wait to be filed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cases.desk import Desk
from cases.filing import WorkList, teller_of, work_list
from cases.filing_fields import Teller
from cases.house import found_house
from cases.sign import order, sign
from edges.form_files import Forms, load_forms
from law.vocabulary import ChannelKind, PartyKind
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Party
from tests.faults.house import LIBRARY, NOW, at_work, report, run_patiently, settings

TELLER: Teller = teller_of("Hotline Example", "notices@hotline.example", "en", LIBRARY)
FORM_TOML = """
id = "board-form"
kind = "form"
most = 3
by_category = true
last_checked = "2026-09-01"
title = { fr = "Formulaire du forum", en = "Form of the board" }
[[fields]]
id = "url"
label = { fr = "Adresse", en = "Address" }
source = "location"
required = true
limit = 40
[[fields]]
id = "kind"
label = { fr = "Type", en = "Kind" }
source = "code"
required = true
codes = { hate = "HS-1", harassment = "HR-2" }
[[fields]]
id = "text"
label = { fr = "Texte", en = "Text" }
source = "why"
limit = 12
[[fields]]
id = "box"
label = { fr = "Case", en = "Box" }
source = "person"
required = true
choices = { 1 = "yes", 2 = "no" }
[[fields]]
id = "reference"
label = { fr = "Référence", en = "Reference" }
source = "number"
"""


def forms_in(folder: Path, **files: str) -> Forms:
    """Our forms and these."""
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    return load_forms(LIBRARY, folder)


def add_party(draft: Draft, number: str, kind: PartyKind, *channels: tuple[ChannelKind, str], **more: Any) -> Party:
    """A party with these channels, in the order of their rank."""
    form = more.pop("form", None)
    given = {"name": number, "public_label": number, "country": "FR", "language": "fr"} | more
    made = draft.keep(Party(number=number, kind=kind, written_at=draft.now, **given))
    for rank, (way, address) in enumerate(channels):
        filled = form if way is ChannelKind.FORM else None
        draft.keep(Channel(party_id=made.id, kind=way, address=address, rank=rank, form=filled, source="test"))
    return made


async def furnish_forms(
    store: Store, reports: int, *, orders: bool = True, channels: tuple[tuple[ChannelKind, str], ...] | None = None
) -> None:
    """A simulated house with a platform (P-0001, by form unless told otherwise), Arcom, a prosecutor; all signed."""
    await found_house(store, simulated=True, now=NOW)
    draft = Draft(NOW)
    ways = channels or ((ChannelKind.FORM, "https://forum.example/report"),)
    platform = add_party(
        draft, "P-0001", PartyKind.ONLINE_PLATFORM, *ways, micro_or_small=True, form="board-form"
    )  # micro: Art. 16, no own mechanism needed
    add_party(draft, "P-0002", PartyKind.REGULATOR, (ChannelKind.EMAIL, "dsa@arcom.example"), code="arcom")
    add_party(draft, "P-0003", PartyKind.PROSECUTOR, (ChannelKind.EMAIL, "parquet@justice.example"), code="prosecutor")
    for number in range(1, reports + 1):
        report(draft, number, platform, f"http://forum.example/a/{number}")
    await store.write(draft)
    async with store.transaction() as connection:  # as if an import had taken the three numbers
        await connection.execute(text("SELECT nextval('party_number') FROM generate_series(1, 3)"))
    until = NOW + timedelta(days=365)
    for regime in ("eu-dsa-16", "eu-dsa-53", "fr-prosecutor"):
        await sign(store, LIBRARY, regime, by="L-01", until=until, now=NOW)
    if orders:
        await order(store, LIBRARY, "fr-prosecutor", party="P-0003", category="hate", by="L-01", until=until, now=NOW)


@asynccontextmanager
async def desk_of(
    home: Path, url: str, port: int = 1, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Desk]:
    """A desk in this house."""
    async with at_work(settings(home, url, port), clock, lease=30) as desk:
        yield desk


async def dispatch(desk: Desk, passes: int = 2) -> None:
    """Route, then write what can be written."""
    for _ in range(passes):
        await run_patiently(desk)


async def listed(store: Store, forms: Forms, number: str = "P-0001", **more: Any) -> WorkList:
    """The work list of a party."""
    return await work_list(store, LIBRARY, number, forms, TELLER, **more)


LATER = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
