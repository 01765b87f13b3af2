"""
Looking at locations, and what the looks amount to.

One look proves little. Two looks that both found a location gone, far enough apart, are a removal, and its time is
the interval between the last look that saw the content and the first that did not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cases.desk import Desk
from cases.dossier import Dossier, load
from cases.moves import mine, withhold
from edges.probe import Look, Target
from law.vocabulary import Basis, LocationKind, Sight
from models.draft import Draft
from models.due import Due
from models.tables import Duty, Location, Observation

# Where a machine can look at all; the rest is for an analyst.
PROBEABLE = frozenset({LocationKind.URL})
SEEN = frozenset({Sight.ALIVE, Sight.AGE_GATED})  # the content, or the door before it, is there
NEUTRAL = frozenset({Sight.UNAVAILABLE, Sight.UNKNOWN, Sight.BLOCKED_HERE, Sight.LOGIN_WALL})  # says nothing either way


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal as an interval: `after` the content was last seen, `before` it was first missed."""

    after: datetime | None
    before: datetime


def removal(observations: Sequence[Observation], spacing: timedelta) -> Removal | None:
    """
    What the looks at one location, oldest first, prove.

    A removal needs two misses at least `spacing` apart with no sight of the content after the first of them. A look
    that could not tell (time-out, login page, soft 404) neither makes nor breaks it.
    """
    first: datetime | None = None
    seen: datetime | None = None
    for look in observations:
        if look.sight is Sight.REMOVED:
            first = first or look.at
            if look.at - first >= spacing:
                return Removal(seen, first)
        elif look.sight not in NEUTRAL:
            first, seen = None, look.at
    return None


def missed_once(observations: Sequence[Observation]) -> datetime | None:
    """Since when the newest run of looks misses the content, if it does."""
    first: datetime | None = None
    for look in observations:
        if look.sight is Sight.REMOVED:
            first = first or look.at
        elif look.sight not in NEUTRAL:
            first = None
    return first


def of_location(dossier: Dossier, location: Location) -> list[Observation]:
    """The looks at one location, oldest first."""
    return [look for look in dossier.observations if look.location_id == location.id]


async def not_held(desk: Desk, draft: Draft, dues: Sequence[Due]) -> list[tuple[Dossier, Duty]]:
    """The claimed duties of looking that no hold stops, each with its dossier; the draft keeps their leases."""
    dossiers = await load(desk.store, [due.report_id for due in dues])
    work = []
    for due, dossier, duty in mine(dossiers, dues):
        draft.holds(due.token, [due.id])
        if not withhold(draft, dossier, duty):
            work.append((dossier, duty))
    return work


async def look(desk: Desk, draft: Draft, dossiers: Iterable[Dossier], now: datetime) -> None:
    """Look at every open location that a machine may look at, and put what was seen on record."""
    wanted = [(each, location) for each in dossiers if each.hold is None for location in each.open_locations]
    await look_at(desk, draft, wanted, now)


async def look_at(desk: Desk, draft: Draft, places: Iterable[tuple[Dossier, Location]], now: datetime) -> None:
    """Look at these locations, as far as a machine may, and put what was seen on record."""
    wanted = [(dossier, location) for dossier, location in places if location.kind in PROBEABLE]
    targets = [
        Target(str(location.id), dossier.address(location), dossier.report.category in desk.bodies)
        for dossier, location in wanted
    ]
    for (dossier, location), seen in zip(wanted, await desk.prober.look(targets, now), strict=True):
        observe(draft, dossier, location, by_machine(dossier, location, seen))


def by_machine(dossier: Dossier, location: Location, seen: Look) -> Observation:
    """A look by the prober."""
    return Observation(
        location_id=location.id,
        report_id=dossier.report.id,
        at=seen.at,
        sight=seen.sight,
        basis=seen.basis,
        status=seen.status,
        detail=seen.detail,
    )


def by_analyst(dossier: Dossier, location: Location, sight: Sight, at: datetime, staff: str) -> Observation:
    """A look by a person."""
    return Observation(
        location_id=location.id, report_id=dossier.report.id, at=at, sight=sight, basis=Basis.ANALYST, seen_by=staff
    )


def observe(draft: Draft, dossier: Dossier, location: Location, observation: Observation) -> None:
    """Keep a look; it becomes an event only when it changes what is known (decision 7)."""
    before = of_location(dossier, location)
    draft.keep(observation)
    dossier.observations.append(observation)
    if not before or before[-1].sight is not observation.sight:
        draft.event(
            dossier.report.id,
            "seen",
            at=observation.at,
            location=location.ordinal,
            sight=observation.sight,
            basis=observation.basis,
            before=before[-1].sight if before else "",
            observation=observation.id,
            detail=observation.detail,
        )


def unseeable(dossier: Dossier) -> list[Location]:
    """Open locations that only a person can look at."""
    return [location for location in dossier.open_locations if location.kind not in PROBEABLE]


def newest(dossier: Dossier) -> dict[UUID, Observation]:
    """The newest look at each open location."""
    looks = {location.id: of_location(dossier, location) for location in dossier.open_locations}
    return {location: found[-1] for location, found in looks.items() if found}
