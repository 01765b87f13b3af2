"""What our people record in the story, through the same functions as `sansdelai record`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from cases.desk import Desk
from cases.house import blind_key_of
from cases.places import place_of
from cases.record import answers, decisions, people, police, sights
from demo.story import Record, Value
from law.vocabulary import LocationKind, Sight
from models.tables import Location, Report

Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Doing:
    """One recording in the making."""

    desk: Desk
    numbers: list[str]
    by: str
    now: datetime
    values: Values
    port: int

    @property
    def who(self) -> dict[str, Any]:
        """What every deed is told."""
        return {"by": self.by, "now": self.now}

    @property
    def when(self) -> dict[str, Any]:
        """The same, for what happened at the moment of recording."""
        return {**self.who, "at": self.now}

    def until(self) -> datetime:
        """The end that the script names, so many hours from now."""
        return self.now + timedelta(hours=float(self.values["until_hours"]))


async def record(desk: Desk, numbers: list[str], what: Record, now: datetime, port: int) -> None:
    """Record one thing for all these reports."""
    await DEEDS[what.deed](Doing(desk, numbers, what.by, now, dict(what.values), port))


async def _granted(one: Doing) -> None:
    await decisions.decision(
        one.desk, one.numbers, "granted", regime=str(one.values["regime"]), until=one.until(), **one.when
    )


async def _hold(one: Doing) -> None:
    values: Any = {key: one.values[key] for key in ("service", "reference", "written")}
    await police.hold(one.desk, one.numbers, until=one.until(), **values, **one.who)


async def _sight(one: Doing) -> None:
    await sights.sight(one.desk, one.numbers, Sight(str(one.values["seen"])), **one.when)


async def _moved(one: Doing) -> None:
    """Each report to a place of its own at the new host."""
    kind = LocationKind(str(one.values.get("kind", LocationKind.URL)))
    party, country = one.values.get("party"), str(one.values["country"])
    key = await blind_key_of(one.desk.store)
    for number in one.numbers:
        base = str(one.values["to"]).replace("{port}", str(one.port))
        place = place_of(kind, base + await _path(one.desk, number) if kind is LocationKind.URL else base)
        await sights.moved(
            one.desk,
            number,
            to=place.exact,
            host=place.host,
            country=country,
            party=str(party) if party else None,
            blind=place.blind(key),
            kind=kind,
            **one.who,
        )


async def _path(desk: Desk, number: str) -> str:
    """The path under which the content stood."""
    async with desk.store.session() as session:
        query = (
            select(Location.text_id)
            .join(Report, col(Report.content_id) == Location.content_id)
            .where(Report.number == number)
            .order_by(col(Location.ordinal))
        )
        text_id = (await session.exec(query)).first()
    texts = await desk.store.open_texts([text_id] if text_id else [])
    address = texts[text_id].text if text_id else ""
    return "/" + address.split("/", 3)[-1]


def _plain(deed: Callable[..., Awaitable[None]], *, at: bool) -> Callable[[Doing], Awaitable[None]]:
    """A deed whose arguments stand in the script under their own names."""

    async def do(one: Doing) -> None:
        await deed(one.desk, one.numbers, **one.values, **(one.when if at else one.who))

    return do


DEEDS: dict[str, Callable[[Doing], Awaitable[None]]] = {
    "answer": _plain(answers.answer, at=True),
    "filed": _plain(answers.filed, at=True),
    "decision": _plain(decisions.decision, at=True),
    "granted": _granted,
    "hold": _hold,
    "release": _plain(police.release, at=False),
    "no_objection": _plain(police.no_objection, at=True),
    "emergency_confirmed": _plain(police.emergency_confirmed, at=True),
    "signature": _plain(people.signature, at=False),
    "retraction": _plain(people.retraction, at=False),
    "withdrawal": _plain(people.withdrawal, at=True),
    "sight": _sight,
    "moved": _moved,
    "decided": _plain(sights.decided, at=False),
}
