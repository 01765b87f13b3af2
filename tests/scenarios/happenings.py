"""What a scenario may let happen, by the words of its file: each is one call of what the command line calls too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cases.desk import Desk
from cases.record import answers, decisions, people, police, sights
from cases.record.override import override
from cases.sign import sign
from cases.stop import pause_sending, resume_sending
from law.vocabulary import Sight
from tests.scenarios.cast import KEY, LAWYER, YEAR, Cast, mandate, new_channel, open_site
from tests.scenarios.scenario import Happening, Scenario, moment
from tests.scenarios.world import Web


@dataclass
class Scene:
    """What a happening needs."""

    desk: Desk
    cast: Cast
    web: Web
    scenario: Scenario
    now: datetime
    refresh: Callable[[], Awaitable[None]]

    def moment(self, value: Any) -> datetime | None:
        """An instant given as a moment of the scenario, or none."""
        return None if value is None else self.scenario.starts + moment(value)


async def happen(scene: Scene, one: Happening) -> None:
    """
    Let it happen.

    Raises:
        KeyError: the file uses a word that is not in the table below.
    """
    numbers = [scene.cast.number(report) for report in one.about]
    await HAPPENINGS[one.do](scene, numbers, one)


async def _answer(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = one.with_
    await answers.answer(
        scene.desk, numbers, given["kind"], by=one.by, at=scene.now, now=scene.now, regime=given.get("under")
    )


async def _filed(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = one.with_
    reference = given.get("reference", "PH-1")
    await answers.filed(
        scene.desk, numbers, reference=reference, by=one.by, at=scene.now, now=scene.now, regime=given.get("under")
    )


async def _decision(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = one.with_
    day: date | None = given.get("until_day")
    await decisions.decision(
        scene.desk,
        numbers,
        given["kind"],
        by=one.by,
        at=scene.now,
        now=scene.now,
        regime=given.get("under"),
        until=scene.moment(given.get("until")),
        until_day=day,
        reference=given.get("reference", ""),
    )


async def _signature(scene: Scene, numbers: list[str], one: Happening) -> None:
    await people.signature(scene.desk, numbers, by=one.by, second=one.with_["second"], now=scene.now)


async def _retraction(scene: Scene, numbers: list[str], one: Happening) -> None:
    cause, reader = one.with_.get("cause", "not_illegal"), one.with_.get("second", "A-09")
    await people.retraction(scene.desk, numbers, cause=cause, by=one.by, second_reader=reader, now=scene.now)


async def _withdrawal(scene: Scene, numbers: list[str], one: Happening) -> None:
    await people.withdrawal(scene.desk, numbers, what=one.with_["what"], by=one.by, at=scene.now, now=scene.now)


async def _supply(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = dict(one.with_)
    if "mandate" in given:
        given["mandate"] = mandate(UUID(int=0), given["mandate"].get("countries", []), True, scene.now)
    await people.supplied(scene.desk, numbers, by=one.by, now=scene.now, **given)


async def _override(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = {"second": "A-09", "why": "Vu avec la juriste."} | one.with_
    await override(scene.desk, numbers, by=one.by, now=scene.now, **given)


async def _hold(scene: Scene, numbers: list[str], one: Happening) -> None:
    given = one.with_
    await police.hold(
        scene.desk,
        numbers,
        service=given.get("service", "OFAC"),
        reference="PV 1",
        written=given.get("written", False),
        by=one.by,
        now=scene.now,
        until=scene.moment(given.get("until")),
    )


async def _release(scene: Scene, numbers: list[str], one: Happening) -> None:
    await police.release(scene.desk, numbers, by=one.by, now=scene.now)


async def _no_objection(scene: Scene, numbers: list[str], one: Happening) -> None:
    hours = one.with_.get("agreed_hours")
    await police.no_objection(scene.desk, numbers, by=one.by, at=scene.now, now=scene.now, agreed_hours=hours)


async def _emergency(scene: Scene, numbers: list[str], one: Happening) -> None:
    await police.emergency(scene.desk, numbers, by=one.by, now=scene.now)


async def _confirmed(scene: Scene, numbers: list[str], one: Happening) -> None:
    called = one.with_.get("called", "17")
    await police.emergency_confirmed(
        scene.desk, numbers, by=one.by, called=called, service="CIC", reference="R", at=scene.now, now=scene.now
    )


async def _sight(scene: Scene, numbers: list[str], one: Happening) -> None:
    await sights.sight(scene.desk, numbers, Sight(one.with_["seen"]), by=one.by, at=scene.now, now=scene.now)


async def _moved(scene: Scene, numbers: list[str], one: Happening) -> None:
    name, (number,) = one.with_["to"], numbers
    party = scene.cast.parties[name]
    open_site(scene.web, scene.scenario, name, f"{one.about[0]}/1", [])
    await sights.moved(
        scene.desk,
        number,
        to=f"http://{name}.example:{scene.web.port}/{one.about[0]}/1",
        host=f"{name}.example",
        country=party.country,
        party=party.number,
        by=one.by,
        blind=KEY,
        now=scene.now,
    )


async def _resolved(scene: Scene, numbers: list[str], one: Happening) -> None:
    await sights.resolved(scene.desk, numbers, arrived=one.with_["arrived"], by=one.by, now=scene.now)


async def _decided(scene: Scene, numbers: list[str], one: Happening) -> None:
    await sights.decided(scene.desk, numbers, cause=one.with_["cause"], by=one.by, note="Vu.", now=scene.now)


async def _sign(scene: Scene, numbers: list[str], one: Happening) -> None:
    await sign(
        scene.desk.store, scene.desk.library, one.with_["regime"], by=LAWYER, until=scene.now + YEAR, now=scene.now
    )
    await scene.refresh()


async def _new_channel(scene: Scene, numbers: list[str], one: Happening) -> None:
    await new_channel(scene.desk.store, scene.cast, one.with_["of"], scene.now)
    await people.supplied(scene.desk, numbers, by=one.by, now=scene.now, channel=True)


async def _stop(scene: Scene, numbers: list[str], one: Happening) -> None:
    await pause_sending(scene.desk.store, why="a test", now=scene.now)


async def _go_on(scene: Scene, numbers: list[str], one: Happening) -> None:
    await resume_sending(scene.desk.store, now=scene.now)


HAPPENINGS: dict[str, Callable[[Scene, list[str], Happening], Awaitable[None]]] = {
    "answer": _answer,
    "filed": _filed,
    "decision": _decision,
    "signature": _signature,
    "retraction": _retraction,
    "withdrawal": _withdrawal,
    "supply": _supply,
    "pass the gate": _override,
    "hold": _hold,
    "release": _release,
    "police have no objection": _no_objection,
    "emergency": _emergency,
    "emergency confirmed": _confirmed,
    "analyst looks": _sight,
    "moved": _moved,
    "resolved": _resolved,
    "decided": _decided,
    "lawyer signs": _sign,
    "new channel": _new_channel,
    "stop sending": _stop,
    "resume sending": _go_on,
}
