"""The directory as a CSV file with the columns of an import; importing it again adds nothing."""

from collections.abc import Iterator

from cases.parties import listed
from cases.party_rows import COLUMNS
from edges.sheets import sheet
from models.store import Store
from models.tables import Channel, Party


async def export_parties(store: Store, *, numbers: bool = True) -> tuple[str, int]:
    """
    The whole directory as CSV text, and how many parties it holds.

    Without `numbers` another house can import it: a party's number is given by its own store.
    """
    found = await listed(store)
    rows = [row for party, channels, hosts in found for row in _rows(party, channels, hosts)]
    columns = [column for column in COLUMNS if numbers or column != "number"]
    return sheet(columns, ([row.get(column, "") for column in columns] for row in rows)), len(found)


def _rows(party: Party, channels: list[Channel], hosts: list[str]) -> Iterator[dict[str, str]]:
    """One row for each channel, ended ones with `working` = no; the host names stand in the first."""
    head = _party(party)
    for place, channel in enumerate(channels or [None]):
        row = head | ({"hosts": " ".join(hosts)} if place == 0 else {})
        yield row if channel is None else row | _channel(channel)


def _party(party: Party) -> dict[str, str]:
    small = {True: "yes", False: "no", None: "unknown"}[party.micro_or_small]
    label = party.public_label if party.public_label != party.number else ""
    return {
        "number": party.number,
        "code": party.code or "",
        "kind": str(party.kind),
        "name": party.name,
        "public_label": label,
        "country": party.country or "",
        "micro_or_small": small,
        "language": party.language,
    }


def _channel(channel: Channel) -> dict[str, str]:
    return {
        "channel_kind": str(channel.kind),
        "channel_address": channel.address,
        "mechanisms": " ".join(channel.mechanisms),
        "categories": " ".join(channel.categories),
        "rank": str(channel.rank),
        "working": "yes" if channel.working else "no",
        "checked_on": channel.checked_on.isoformat() if channel.checked_on else "",
        "source": channel.source,
        "languages": " ".join(channel.languages),
        "form": channel.form or "",
    }
