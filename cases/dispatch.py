"""
One pass over what is due, without Prefect and with it the same: claim, group, do.

`groups` sorts claimed duties by deed and addressee; `do` runs one slice of a group. `sansdelai dispatch` calls `run`;
`flows/dispatch.py` calls the same parts from nested flow runs and tasks.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.alarm import alarm
from cases.block import end_block, review
from cases.brake import beat, weigh
from cases.close import close
from cases.conclude import conclude
from cases.courtesy import remind
from cases.desk import Desk
from cases.notify import may_share, notify
from cases.retract import retract
from cases.route import route
from cases.verify import verify, watch
from edges.mail import MailUnreachable
from law.library import Library
from law.vocabulary import Deed, LetterKind
from models.due import Due, claim, rest
from models.store import LeaseLost

MOST_GROUPS = 20  # nested flow runs in a pass (decision 14)
MOST_SLICES = 200  # tasks in a group
LONG_AGO = timedelta(minutes=15)  # claimed before that: this machine slept with the work in its hands
ONE_BY_ONE = 50  # up to so many reports in a group, a task is one report
SLICE = 200

DEEDS: dict[Deed, Callable[[Desk, Sequence[Due], datetime], Awaitable[None]]] = {
    Deed.ROUTE: route,
    Deed.NOTIFY: notify,
    Deed.REMIND: remind,
    Deed.VERIFY: verify,
    Deed.CONCLUDE: conclude,
    Deed.WATCH: watch,
    Deed.REVIEW: review,
    Deed.END_BLOCK: end_block,
    Deed.RETRACT: retract,
    Deed.ALARM: alarm,
    Deed.CLOSE: close,
}

# What an operator reads in the Prefect UI.
WORDS = {
    Deed.ROUTE: "routing",
    Deed.REMIND: "reminder",
    Deed.VERIFY: "verification",
    Deed.CONCLUDE: "deadline",
    Deed.WATCH: "watch",
    Deed.REVIEW: "block review",
    Deed.END_BLOCK: "block end",
    Deed.RETRACT: "retraction",
    Deed.ALARM: "alarm",
    Deed.CLOSE: "closing",
}
LETTER_WORDS = {
    LetterKind.NOTICE: "notice",
    LetterKind.COMPLAINT: "escalation",
    LetterKind.REFERRAL: "escalation",
    LetterKind.REQUEST: "block",
    LetterKind.APPLICATION: "court",
}
BY_ADDRESSEE = frozenset({Deed.NOTIFY, Deed.REMIND, Deed.RETRACT})


Unit = tuple[Due, ...]  # duties that share one letter; most often a single one


@dataclass(frozen=True, slots=True)
class Group:
    """Claimed duties of one deed, for one addressee or for many small ones."""

    word: str
    deed: Deed
    label: str  # of the addressee, or how many small ones; empty where there is none
    units: tuple[Unit, ...]

    @property
    def dues(self) -> tuple[Due, ...]:
        """All duties, in order."""
        return tuple(due for unit in self.units for due in unit)

    @property
    def name(self) -> str:
        """The name of the run, in words: `escalation · Arcom · 12 reports`."""
        reports = len({due.report_id for due in self.dues})
        count = f"{reports} report" + ("s" if reports != 1 else "")
        return " · ".join(part for part in (self.word, self.label, count) if part)

    def slices(self) -> list[tuple[Due, ...]]:
        """
        One unit each on a normal day; slices that keep a group below two hundred tasks on a stormy one.

        A unit is never cut: its reports go into the same letter.
        """
        total = len(self.dues)
        size = 1 if total <= ONE_BY_ONE else max(SLICE, -(-total // MOST_SLICES))
        found: list[tuple[Due, ...]] = []
        current: list[Due] = []
        for unit in self.units:
            current += unit
            if len(current) >= size:
                found.append(tuple(current))
                current = []
        return [*found, tuple(current)] if current else found


def groups(dues: Sequence[Due], library: Library, *, together: int = 1) -> list[Group]:
    """
    Group by deed and addressee; small addressees share a run so that there are few runs.

    Notices that may share a letter, up to `together` of them, come into one unit.

    The group with the most urgent duty comes first, of those the one with the oldest date.
    """
    found: dict[tuple[str, Deed, str], dict[object, list[Due]]] = {}
    for due in dues:
        label = (due.label or due.party or "") if due.deed in BY_ADDRESSEE else ""
        units = found.setdefault((word_of(due, library), due.deed, label), {})
        key = _unit_of(due, library, together)
        units.setdefault(key, []).append(due)
    single = [Group(*key, tuple(_cut(units, together))) for key, units in found.items()]
    return sorted(_merge_small(single), key=lambda group: _rank(group.dues))


def _rank(dues: Sequence[Due]) -> tuple[int, datetime]:
    """What goes first: the most urgent, then the oldest date."""
    return min((due.priority, due.due_at) for due in dues)


class _Joined(tuple[object, ...]):
    """The key of notices that may share a letter: such a unit is cut where a letter is full."""


def _unit_of(due: Due, library: Library, together: int) -> object:
    """
    What goes into one letter: one complaint per platform where the regime wants it so, notices due together to one
    recipient, else one report. What a letter was written for already stays together, whatever fell due since.
    """
    if due.letter_id is not None:
        return due.letter_id
    if due.deed is Deed.NOTIFY and due.regime and library.regime(due.regime).grouped_by_party:
        return (due.regime, due.about_id)
    if together > 1 and due.deed is Deed.NOTIFY and due.regime and may_share(library.regime(due.regime), due.priority):
        return _Joined((due.regime, due.party, due.category))
    if due.deed is Deed.ALARM:  # one letter to our staff for each cause, and an emergency apart from everything else
        return (due.deed, due.priority == 0)
    return due.id


def _cut(units: Mapping[object, Sequence[Due]], together: int) -> Iterator[Unit]:
    for key, dues in units.items():
        size = together if isinstance(key, _Joined) else len(dues)
        yield from (tuple(dues[start : start + size]) for start in range(0, len(dues), size))


def word_of(due: Due, library: Library) -> str:
    """What a duty is called in a run name."""
    if due.deed is Deed.NOTIFY and due.regime:
        return LETTER_WORDS[library.regime(due.regime).letter]
    return WORDS.get(due.deed, str(due.deed))


def _merge_small(single: Sequence[Group]) -> list[Group]:
    """Keep the largest groups; the rest of each word becomes one group of small addressees."""
    if len(single) <= MOST_GROUPS:
        return list(single)
    words = {(group.word, group.deed) for group in single}
    room = max(MOST_GROUPS - len(words), 0)
    by_size = sorted(single, key=lambda group: -len(group.dues))
    kept, small = by_size[:room], by_size[room:]
    for word, deed in sorted(words):
        members = [group for group in small if (group.word, group.deed) == (word, deed)]
        if len(members) == 1:
            kept.append(members[0])
        elif members:
            units = tuple(unit for group in members for unit in group.units)
            kept.append(Group(word, deed, f"{len(members)} small addressees", units))
    return kept


async def do(desk: Desk, deed: Deed, dues: Sequence[Due], now: datetime) -> None:
    """
    Do one slice.

    Duties that cannot be done now stay due and rest for a minute; a lease that was lost is nobody's fault. A slice
    that was claimed long ago is left for a fresh claim: what it would write states times that are past.
    """
    if desk.clock() - now > LONG_AGO:
        await rest(desk.store, [due.id for due in dues], {due.token for due in dues}, seconds=0)
        return
    try:
        await DEEDS[deed](desk, dues, now)
    except LeaseLost:
        return
    except MailUnreachable:
        await rest(desk.store, [due.id for due in dues], {due.token for due in dues})
        raise


async def claim_for(desk: Desk, now: datetime, *, most: int = 2_000, priority: int = 9) -> list[Due]:
    """Claim for this desk; before an ordinary claim a silence is noticed, and what the brake holds is decided."""
    await weigh(desk, now)
    fast = desk.brake.fast if desk.brake else ()
    return await claim(desk.store, now, lease_seconds=desk.lease_seconds, most=most, priority=priority, fast=fast)


async def run(desk: Desk, *, most: int = 2_000, priority: int = 9, until: Callable[[], bool] = lambda: False) -> int:
    """
    Do everything that is due, without Prefect; returns how many duties were claimed.

    What fails is left for the next pass and raised at the end, so that one bad slice does not hold up the others.
    Slices go in the order of urgency and date, whatever their group.
    """
    done = 0
    faults: list[Exception] = []
    while not until():
        now = desk.clock()
        dues = await claim_for(desk, now, most=most, priority=priority)
        done += len(dues)
        found = groups(dues, desk.library, together=desk.together)
        parts = [(group.deed, part) for group in found for part in group.slices()]
        for deed, part in sorted(parts, key=lambda each: _rank(each[1])):
            try:
                await do(desk, deed, part, now)
            except Exception as fault:
                faults.append(fault)
        await beat(desk, desk.clock())
        if not dues:
            break
    if faults:
        raise ExceptionGroup("some duties were left for the next pass", faults)
    return done
