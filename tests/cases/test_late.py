"""What is late says why: the cause at the legal date itself, in a closed vocabulary; and reminders that are too late."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.dispatch import run
from cases.dossier import Dossier
from cases.late import TOLERANCE, cause_of, mark
from cases.stop import pause_sending, resume_sending
from law.vocabulary import Deed, Depicted, LateCause
from models.draft import Draft
from models.gaps import Gap
from models.procedure import MACHINE, PERSON
from models.store import Store
from models.tables import Duty, Report
from tests.cases.test_alarm import mail_server
from tests.faults.house import NOW, at_work, furnish, scalar, settings
from tests.faults.post import Post
from tests.keys import KEYS

HOUR = timedelta(hours=1)
REPORT = UUID(int=1)
LATE = NOW + 5 * HOUR


def dossier(*gaps: Gap) -> Dossier:
    """A report with nothing but what may explain lateness."""
    report = Report(
        id=REPORT, number="R-2026-000001", content_id=UUID(int=2), category="hate", depicted=Depicted.NOBODY,
        priority=5, received_at=NOW,
    )  # fmt: skip
    return Dossier(report, gaps=list(gaps))


def duty(deed: Deed = Deed.NOTIFY, **more: Any) -> Duty:
    """A duty whose legal date is now."""
    given = {"report_id": REPORT, "deed": deed, "due_at": NOW, "legal_at": NOW, "priority": 5, "by": MACHINE}
    return Duty(**(given | more))


def gap(cause: LateCause, begin: float = -1, end: float | None = 1, report: UUID | None = None) -> Gap:
    """A gap in hours around the legal date."""
    return Gap(cause, NOW + begin * HOUR, None if end is None else NOW + end * HOUR, report)


@pytest.mark.parametrize(
    ("gaps", "duty_", "cause"),
    [
        ([gap(LateCause.OUTAGE)], duty(), "outage"),
        ([gap(LateCause.OUTAGE), gap(LateCause.BRAKE, 1, 4)], duty(), "outage"),
        ([gap(LateCause.BRAKE, end=None)], duty(), "brake"),
        ([gap(LateCause.BRAKE, end=None)], duty(Deed.CONCLUDE), "unknown"),  # the brake holds letters only
        ([gap(LateCause.STOPPED)], duty(), "stopped"),
        ([gap(LateCause.HELD, report=REPORT)], duty(Deed.CONCLUDE), "held"),
        ([gap(LateCause.HELD, report=UUID(int=9))], duty(Deed.CONCLUDE), "unknown"),
        ([], duty(Deed.SIGN, by=PERSON, cause="sign"), "gate"),
        ([], duty(due_at=NOW + 3 * HOUR), "gate"),
        ([], duty(due_at=NOW + 3 * HOUR, attempts=2), "mail"),
        ([gap(LateCause.OUTAGE, 0.1, 4)], duty(Deed.CONCLUDE), "outage"),  # it died before it came to this one
        ([gap(LateCause.OUTAGE, -9, -8)], duty(), "unknown"),
        ([], duty(Deed.END_BLOCK), "unknown"),
    ],
)
def test_the_cause_is_what_stood_in_the_way(gaps: list[Gap], duty_: Duty, cause: str) -> None:
    """At the legal date itself; what came after only prolonged it, and nothing is guessed."""
    assert str(cause_of(dossier(*gaps), duty_, LATE)) == cause


def test_late_begins_after_the_tolerance() -> None:
    """A storm's few minutes are not late; a duty without a legal date never is, nor a conclusion put off."""
    entry = Draft(NOW).event(REPORT, "given")
    mark(entry, dossier(), duty(), NOW + TOLERANCE)
    mark(entry, dossier(), duty(legal_at=None), LATE)
    mark(entry, dossier(), duty(Deed.CONCLUDE, attempts=1), LATE)
    assert entry.details == {}
    mark(entry, dossier(), duty(), LATE)
    mark(entry, dossier(gap(LateCause.OUTAGE)), duty(legal_at=NOW + HOUR), LATE)
    assert (entry.details["late_minutes"], entry.details["late_cause"]) == (300, "unknown")


async def test_a_stop_stays_on_record(database_url: str) -> None:
    """What was late because a person stopped sending says so, long after sending went on."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await resume_sending(store, now=NOW)
    assert await scalar(store, "SELECT count(*) FROM halt") == 0
    await pause_sending(store, why="a flood", now=NOW)
    await resume_sending(store, now=NOW + HOUR)
    assert (
        await scalar(store, "SELECT ended_at - began_at FROM halt WHERE cause = 'stopped' AND why = 'a flood'") == HOUR
    )
    await store.close()


@pytest.mark.parametrize(
    ("hours", "letters", "why"),
    [(36, 2, None), (53, 2, None), (55, 1, "stale"), (71, 1, "stale"), (73, 1, "deadline_passed")],
)
async def test_a_reminder_that_comes_too_late_is_dropped(
    database_url: str, tmp_path: Path, hours: int, letters: int, why: str | None
) -> None:
    """Polite at 36 of 72 hours: past half of what was left it only bothers, and after the end it is none."""
    store, post = Store(database_url, KEYS), Post()
    await furnish(store)
    clock = [NOW]
    with mail_server(post) as port:
        async with at_work(settings(tmp_path, database_url, port), lambda: clock[0], lease=60) as desk:
            await run(desk)
            async with store.transaction() as connection:  # what is looked at or concluded first is another test's
                await connection.execute(text("UPDATE duty SET due_at = due_at + interval '9 days'"
                                              " WHERE deed IN ('verify', 'conclude')"))  # fmt: skip
            clock[0] += timedelta(hours=hours)
            await run(desk)
    assert len(post.letters) == letters
    said = "SELECT body::jsonb #>> '{details,why}' FROM event WHERE kind = 'not_reminded'"
    assert await scalar(store, said) == why
    await store.close()


async def test_of_two_reminders_only_the_newest_goes(database_url: str, tmp_path: Path) -> None:
    """Two that are due at once for the same procedure: the older one is dropped and says why."""
    store, post = Store(database_url, KEYS), Post()
    await furnish(store)
    clock = [NOW]
    with mail_server(post) as port:
        async with at_work(settings(tmp_path, database_url, port), lambda: clock[0], lease=60) as desk:
            await run(desk)
            async with store.transaction() as connection:
                query = text("SELECT * FROM duty WHERE deed = 'remind'")
                row = (await connection.execute(query)).mappings().one()
            draft = Draft(NOW)
            same = SimpleNamespace(**row)
            draft.event(same.report_id, "look_asked").add(
                Duty(
                    report_id=same.report_id,
                    procedure_id=same.procedure_id,
                    deed=Deed.REMIND,
                    due_at=same.due_at + HOUR,
                    priority=5,
                )
            )
            await store.write(draft)
            clock[0] += timedelta(hours=38)
            await run(desk)
    assert len(post.letters) == 2
    assert (
        await scalar(store, "SELECT body::jsonb #>> '{details,why}' FROM event WHERE kind = 'not_reminded'") == "newer"
    )
    await store.close()
