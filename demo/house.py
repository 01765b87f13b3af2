"""Furnishing the demo's store: its birth, the directory of parties, and what the lawyer signed."""

from datetime import datetime, timedelta
from pathlib import Path

from cases.house import found_house
from cases.sign import order, sign
from demo.story import HERE, People, read_csv
from law.library import Library
from law.vocabulary import ChannelKind, PartyKind
from models.cipher import Cipher
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Party, PartyHost

ORGANISATION: Path = HERE / "organisation.toml"
LAWYER = "L-01"
SIGNED_FOR = timedelta(days=365)


async def furnish(url: str, keys: Cipher, people: People, library: Library, now: datetime) -> None:
    """Make a migrated database a simulated store with everybody in its directory and every signature of the story."""
    store = Store(url, keys)
    try:
        await found_house(store, simulated=True, now=now)
        await store.write(directory(now))
        until = now + SIGNED_FOR
        for regime in people.signed:
            await sign(store, library, regime, by=LAWYER, until=until, now=now)
        for regime, party, category in people.standing_orders:
            await order(store, library, regime, party=party, category=category, by=LAWYER, until=until, now=now)
    finally:
        await store.close()


def directory(now: datetime) -> Draft:
    """The parties of parties.csv with their channels and host names."""
    draft = Draft(now, actor="A-01")
    for row in read_csv("parties.csv"):
        small = row.get("micro_or_small")
        party = draft.keep(
            Party(
                number=row["number"],
                code=row.get("code"),
                kind=PartyKind(row["kind"]),
                name=row["name"],
                public_label=row["label"],
                country=row.get("country"),
                micro_or_small=small == "yes" if small else None,
                language=row["language"],
                written_at=now,
            )
        )
        draft.keep(
            Channel(
                party_id=party.id,
                kind=ChannelKind(row["channel"]),
                address=row["address"],
                mechanisms=_words(row.get("mechanisms")),
                source="demo",
            )
        )
        for host in _words(row.get("hosts")):
            draft.keep(PartyHost(host=host, party_id=party.id))
    return draft


def _words(text: str | None) -> list[str]:
    return text.split(";") if text else []
