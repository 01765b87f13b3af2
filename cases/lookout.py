"""
The lookout: what is silent, late or dead, asked of the store and of this machine, without Prefect.

A check is one question with one answer: nothing is wrong, or a finding. Another check is one line in `CHECKS`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from cases import lookout_machine as machine
from cases import lookout_store as asked
from cases.house import HouseError, house_of
from edges.settings import Settings
from models.bulk import GONE
from models.store import Store

PATIENCE: Final = 20.0  # seconds that one question may take
STORE: Final = "store"  # the check that every other question to the store rests on

Values = dict[str, Any]  # what the sentence of a finding says: counts, times, spans, case numbers
Ask = Callable[[Store, Settings, datetime], Awaitable[Values | None]]


@dataclass(frozen=True, slots=True)
class Check:
    """A question, by name; the sentences and what to do stand under the same name in `templates/watch/words.toml`."""

    name: str
    ask: Ask
    of_store: bool = True
    grave: bool = True  # else it is shown only: nothing legal depends on it


CHECKS: Final[tuple[Check, ...]] = (
    Check("orphans", asked.orphans),
    Check("urgent_overdue", asked.urgent_overdue),
    Check("emergency", asked.emergency),
    Check("dispatch_silent", asked.dispatch_silent),
    Check("overdue", asked.overdue),
    Check("leases", asked.leases),
    Check("no_mail_out", asked.no_mail_out),
    Check("mailbox_unread", asked.mailbox_unread),
    Check("no_mail_in", asked.no_mail_in),
    Check("quarantine", asked.quarantine),
    Check("brake", asked.brake),
    Check("stopped", asked.stopped),
    Check("seal_late", asked.seal_late),
    Check("seal_unstamped", asked.seal_unstamped),
    Check("channel_dead", asked.channel_dead),
    Check("letters_refused", asked.letters_refused),
    Check("matters", asked.matters),
    Check("disk", machine.disk, of_store=False),
    Check("prefect", machine.prefect, of_store=False, grave=False),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and what its sentence says."""

    name: str
    values: Values = field(default_factory=dict)
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everything: what was found, and which checks were asked at all."""

    at: datetime
    findings: Mapping[str, Finding]
    asked: frozenset[str]
    simulated: bool = False  # as far as the store could say

    @property
    def blind(self) -> bool:
        """Whether the store could not be asked."""
        return STORE in self.findings

    @property
    def grave(self) -> bool:
        """Whether anything is wrong that somebody must see to."""
        return any(finding.grave for finding in self.findings.values())


async def look_round(store: Store | None, settings: Settings, now: datetime, checks: Sequence[Check] = CHECKS) -> Round:
    """Ask every check once; `store` is none when nothing says where it is. A store that is away is itself a finding."""
    found: dict[str, Finding] = {}
    names: set[str] = {STORE}
    why, simulated = await _store_trouble(store)
    for check in checks:
        if check.of_store and (why or store is None):
            continue
        try:
            async with asyncio.timeout(PATIENCE):
                values = await check.ask(store, settings, now)  # type: ignore[arg-type]  # others ask no store
        except (SQLAlchemyError, OSError, TimeoutError, *GONE) as error:
            why = type(error).__name__
            continue
        names.add(check.name)
        if values is not None:
            found[check.name] = Finding(check.name, values, check.grave)
    if why:
        found[STORE] = Finding(STORE, {"why": why})
    return Round(now, found, frozenset(names), simulated)


async def _store_trouble(store: Store | None) -> tuple[str, bool]:
    """Why the store cannot be asked, in a word or a sentence of ours (empty when it can); whether it is simulated."""
    if store is None:
        return "NoDatabase", False
    try:
        async with asyncio.timeout(PATIENCE):
            return "", (await house_of(store)).simulated
    except HouseError as error:
        return str(error), False
    except (SQLAlchemyError, OSError, TimeoutError, *GONE) as error:
        return type(error).__name__, False
