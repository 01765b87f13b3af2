"""Checks between files: names that must exist elsewhere, windows that overlap, escalations that run in a circle."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from law.catalogue import Category, House, Order, Qualification
from law.clock import RULES, zone_named
from law.errors import Fault, UnknownZone
from law.order_checks import check_order
from law.order_checks import known_names as _known
from law.regime import ANSWER, Follow, Regime
from law.values import Value, all_on_day
from law.vocabulary import Stage

# These come when a clock of ours is over; every other outcome can come at any moment.
AFTER_THE_CLOCK = frozenset({Stage.MISSED, Stage.UNANSWERED})


def cross_check(
    regimes: Sequence[Regime],
    categories: Sequence[Category] | None,
    house: House | None,
    qualifications: Iterable[Qualification],
    order: Order | None,
    files: Iterable[str],
    faults: list[Fault],
) -> None:
    """
    Add every fault between the files to `faults`; `categories` is None when their file could not be read.

    `files` names every regime file without its ending: what follows is not said to be missing when its file is broken.
    """
    names = None if categories is None else [one.id for one in categories]
    ids = sorted({*files, *(one.id for one in regimes)})
    _one_name_each(regimes, faults)
    silent = {one.id for one in regimes if one.filing == "none"}
    for regime in regimes:
        file = f"{regime.id}.toml"
        _windows(regime, file, faults)
        _names(regime, file, ids, names, faults)
        _clocks_named(regime, file, faults)
        _never_opened(regime, file, silent, faults)
    _circles(regimes, faults)
    if names is not None:
        _once(names, "categories.toml", "categories", faults)
        for one in qualifications:
            _known(one.categories, names, "qualifications.toml", f"{one.id}.categories", faults)
    _once([one.id for one in qualifications], "qualifications.toml", "qualifications", faults)
    if order is not None:
        check_order(order, ids, categories, faults)
    if house is not None and not _is_zone(house.zone):
        faults.append(Fault("house.toml", "zone", f"{house.zone!r} is no zone", "an IANA zone such as Europe/Paris"))
    if house is not None and names is not None:
        for table in ("answer_hours", "answer_hours_after_return", "reminder_hours", "authority_patience_hours"):
            _known(getattr(house, table), [*names, "default"], "house.toml", table, faults)


def _one_name_each(regimes: Sequence[Regime], faults: list[Fault]) -> None:
    """No id and no alias stands for two regimes."""
    owners: dict[str, list[str]] = {}
    for regime in regimes:
        for name in (regime.id, *regime.aliases):
            owners.setdefault(name, []).append(regime.id)
    for regime in regimes:
        for key, name in [("id", regime.id), *(("aliases", alias) for alias in regime.aliases)]:
            if len(owners[name]) > 1:
                others = ", ".join(sorted(set(owners[name]) - {regime.id})) or "this regime itself"
                says = f"{name!r} is a name of {others} as well"
                faults.append(Fault(f"{regime.id}.toml", key, says, "a name that no other regime has"))


def _once(names: Sequence[str], file: str, key: str, faults: list[Fault]) -> None:
    """A name stands once in its list."""
    for name in sorted({one for one in names if names.count(one) > 1}):
        faults.append(Fault(file, key, f"{name!r} stands there twice", "each id once"))


def _windows(regime: Regime, file: str, faults: list[Fault]) -> None:
    """Versions of one value stand oldest first and never overlap."""
    series: dict[str, Sequence[Value]] = {
        "status": regime.status,
        "standing": regime.standings,
        "categories": regime.categories,
        "addressees": regime.addressee_values,
    }
    for clock in regime.clocks:
        key = ".".join(["clock", clock.id, *clock.categories])
        series[key] = [one for one in regime.clocks if (one.id, one.categories) == (clock.id, clock.categories)]
    for measure in regime.measures:
        series[f"measure.{measure.id}"] = [one for one in regime.measures if one.id == measure.id]
    for key, values in series.items():
        for before, after in pairwise(values):
            if (before.until or date.max) > (after.from_ or date.min):
                says = f"a window until {before.until or 'open'} is followed by one from {after.from_ or 'open'}"
                faults.append(Fault(file, key, says, "oldest first, each ending before the next begins"))


def _names(
    regime: Regime, file: str, ids: Sequence[str], categories: Sequence[str] | None, faults: list[Fault]
) -> None:
    """Follow-up regimes, categories, counting rules and zones must exist."""
    for index, follow in enumerate(regime.follows):
        _known(follow.opens, ids, file, f"follows.{index}.opens", faults)
        if categories is not None:
            _known(follow.categories, categories, file, f"follows.{index}.categories", faults)
    for index, value in enumerate(regime.categories):
        if categories is not None:
            _known(value.ids, categories, file, f"categories.{index}.ids", faults)
    for index, clock in enumerate(regime.clocks):
        if clock.rule is not None:
            _known((clock.rule,), sorted(RULES), file, f"clock.{index}.rule", faults)
        if clock.rule in RULES and clock.amount is not None:
            _known((clock.unit,), RULES[clock.rule].units, file, f"clock.{index}.unit", faults)
            if clock.id == ANSWER and RULES[clock.rule].uses_calendar and clock.calendar is None:
                says = f"{clock.rule} moves an end by public holidays, and none are named"
                faults.append(Fault(file, f"clock.{index}.calendar", says, "FR, IE, US, EW or none"))
        if categories is not None:
            _known(clock.categories, categories, file, f"clock.{index}.categories", faults)
        if clock.zone is not None and not _is_zone(clock.zone):
            says = f"{clock.zone!r} is no zone"
            faults.append(Fault(file, f"clock.{index}.zone", says, "an IANA zone such as Europe/Paris"))


def _clocks_named(regime: Regime, file: str, faults: list[Fault]) -> None:
    """A chain, a contest and a minimum wait name clocks of the same regime."""
    named = sorted({clock.id for clock in regime.clocks})
    wanted = {f"clock.{index}.after": clock.after for index, clock in enumerate(regime.clocks)}
    wanted |= {f"contests.{index}.clock": one.clock for index, one in enumerate(regime.contests)}
    wanted |= {f"preconditions.{index}.clock": one.clock for index, one in enumerate(regime.preconditions)}
    for key, name in wanted.items():
        if name is not None:
            _known((name,), named, file, key, faults)


def _never_opened(regime: Regime, file: str, silent: set[str], faults: list[Fault]) -> None:
    """What is a duty of others alone is no route of ours."""
    for index, follow in enumerate(regime.follows):
        for opened in sorted(silent.intersection(follow.opens)):
            says = f"{opened!r} is a duty of others: nothing can be sent under it"
            faults.append(Fault(file, f"follows.{index}.opens", says, "a regime whose filing is not 'none'"))


def _circles(regimes: Sequence[Regime], faults: list[Fault]) -> None:
    """
    A chain of escalations comes back to itself only past a clock of ours, or it would never stop to wait.

    It is looked for on each day on which something begins to follow: what was ended closes no circle any more.
    """
    days = {date.min, *(each.from_ or date.min for one in regimes for each in one.follows)}
    told: dict[str, list[str]] = {}
    for day in sorted(days):
        reached = _reached_at_once(regimes, day)
        for start in sorted(one for one in reached if one in reached[one]):
            told.setdefault(start, sorted(one for one in reached[start] if start in reached.get(one, ())))
    for start, circle in told.items():
        says = f"a loop of escalations without a wait ({', '.join(circle)})"
        allowed = (
            f"on one regime of the circle a clock {ANSWER!r}, and an escalation on 'missed' or 'unanswered' alone, "
            "not at_once_on_return"
        )
        faults.append(Fault(f"{start}.toml", "follows", says, allowed))


def _reached_at_once(regimes: Sequence[Regime], day: date) -> dict[str, set[str]]:
    """For each regime, those that can be opened from it, step after step, while no clock of ours runs."""
    opens = {
        one.id: {opened for each in all_on_day(one.follows, day) if not _waits(one, each) for opened in each.opens}
        for one in regimes
    }
    reached = {}
    for start, frontier in opens.items():
        seen: set[str] = set()
        while frontier := frontier - seen:
            seen |= frontier
            frontier = {opened for one in frontier for opened in opens.get(one, ())}
        reached[start] = seen
    return reached


def _waits(regime: Regime, follow: Follow) -> bool:
    """Whether it can be opened only when a clock of ours is over."""
    has_clock = any(clock.id == ANSWER for clock in regime.clocks)
    return has_clock and AFTER_THE_CLOCK.issuperset(follow.on) and not follow.at_once_on_return


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except UnknownZone:
        return False
    return True
