"""
Who gets personal data outside the house: those who work for it, and every addressee, each with country and role.

What the program cannot know stands in the organisation file, one table for each; what is missing there is shown as
unknown, never guessed. Data that leave the European Economic Area need a ground (GDPR Arts 44 to 49) that the
organisation states: without it a real store does not open.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import select

from cases.house import OrganisationFile
from edges.countries import EEA, country_code
from models.store import Store
from models.tables import Party


class Service(StrEnum):
    """What somebody outside does for the house; several of a kind are told apart: `timestamp-2`."""

    RELAY = "relay"  # takes our letters
    MAILBOX = "mailbox"  # keeps what is written to us
    TIMESTAMP = "timestamp"  # gets one hash, nothing else
    PROBE = "probe"  # carries our looks: the egress and the name servers it asks
    RDAP = "rdap"  # is asked who hosts an address
    BACKUP = "backup"  # where data and keys are kept a second time
    MACHINE = "machine"  # runs the program and its database


class Role(StrEnum):
    """What somebody is towards the data (GDPR Art. 4(7) to (9))."""

    PROCESSOR = "processor"
    JOINT_CONTROLLER = "joint_controller"
    CONTROLLER = "controller"
    RECIPIENT = "recipient"


NO_DATA = frozenset({Service.TIMESTAMP})  # a hash with a salt inside names nobody
KEYS = ("name", "country", "role", "ground")
_KEY = re.compile(r"([a-z]+)(-[a-z0-9]{1,20})?\Z")


@dataclass(frozen=True, slots=True)
class Outside:
    """One of them; empty: the organisation did not state it."""

    service: Service | None  # none: an addressee
    key: str  # as in the file, or a party's number
    name: str = ""  # never of an addressee: parties have numbers
    country: str = ""
    role: str = ""
    ground: str = ""

    @property
    def leaves_the_eea(self) -> bool:
        """Whether personal data leave the European Economic Area here; unknown countries are said to be unknown."""
        return bool(self.country) and self.country not in EEA and self.service not in NO_DATA


def processors_of(file: OrganisationFile) -> tuple[list[Outside], list[str]]:
    """Everybody who works for the house, those that the file does not name as unknown; and what is wrong with it."""
    found: list[Outside] = []
    faults: list[str] = []
    given = file.processors if isinstance(file.processors, Mapping) else {}
    if given is not file.processors:
        faults.append("processors: allowed: tables such as [processors.relay]")
    for key, told in given.items():
        one, wrong = _one(key, told)
        faults += wrong
        found += [one] if one else []
    stated = {one.service for one in found}
    found += [Outside(service, str(service)) for service in Service if service not in stated]
    return sorted(found, key=lambda one: (list(Service).index(one.service or Service.RELAY), one.key)), faults


def _one(key: str, told: Any) -> tuple[Outside | None, list[str]]:
    where, named = f"processors.{key}"[:60], _KEY.match(key)
    if named is None or named[1] not in set(Service):
        return None, [f"{where}: unknown; allowed: {', '.join(Service)}, several of a kind as relay-2"]
    if not isinstance(told, Mapping) or not all(isinstance(value, str) for value in told.values()):
        return None, [f"{where}: allowed: {', '.join(KEYS)}, each a text"]
    faults = [f"{where}.{name}: unknown; allowed: {', '.join(KEYS)}" for name in told.keys() - set(KEYS)]
    country = told.get("country", "").strip()
    if country:
        try:
            country = country_code(country)
        except ValueError as error:
            faults.append(f"{where}.country: {error}")
            country = ""
    role = told.get("role", "").strip()
    if role and role not in set(Role):
        faults.append(f"{where}.role: unknown; allowed: {', '.join(Role)}")
    name, ground = told.get("name", "").strip(), told.get("ground", "").strip()
    return Outside(Service(named[1]), key, name, country, role, ground), sorted(faults)


def shape_faults(file: OrganisationFile) -> list[str]:
    """What in the two tables of the file cannot be understood."""
    return [*processors_of(file)[1], *_ground_faults(file)]


def transfer_faults(file: OrganisationFile) -> list[str]:
    """What keeps a real store from opening: a faulty table, and data that leave the EEA without a stated ground."""
    found, _ = processors_of(file)
    return shape_faults(file) + [
        f'processors.{one.key}: {one.country} is outside the EEA, so ground = "…" must say on what the transfer rests '
        "(GDPR Arts 44 to 49)"
        for one in found
        if one.leaves_the_eea and not one.ground
    ]


def _ground_faults(file: OrganisationFile) -> list[str]:
    """`[transfers]` says for each country on what letters to addressees there rest."""
    if not isinstance(file.transfers, Mapping):
        return ["transfers: allowed: country codes, each with its ground as a text"]
    faults = []
    for country, ground in file.transfers.items():
        try:
            country_code(country)
        except ValueError as error:
            faults.append(f"transfers.{country[:20]}: {error}")
        if not isinstance(ground, str) or not ground.strip():
            faults.append(f"transfers.{country[:20]}: allowed: the ground as a text")
    return faults


async def addressees(store: Store, file: OrganisationFile) -> list[Outside]:
    """Every party of the directory by its number: who can be told something, and on which ground outside the EEA."""
    grounds = {code.strip().upper(): ground for code, ground in file.transfers.items()}
    async with store.session() as session:
        parties = (await session.exec(select(Party).order_by(Party.number))).all()
    return [
        Outside(None, one.number, "", one.country or "", str(one.kind), grounds.get(one.country or "", ""))
        for one in parties
    ]
