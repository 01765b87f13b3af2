"""
The watchman: tells people what the lookout found, by e-mail, when it begins, every four hours, and when it is over.

The alarm book is written after each letter: a watchman that is killed in between may tell once more, and is never
silent. It needs no database and no Prefect.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cases.lookout import Finding, Round
from edges.alarm_book import Alarm, AlarmBook

AGAIN: Final = timedelta(hours=4)


class News(StrEnum):
    """What a letter of the watchman says of an alarm."""

    BEGUN = "begun"
    LASTS = "lasts"
    OVER = "over"


# Tells one role; true when the server took the letter, or may have.
Tell = Callable[[str, News, str, Finding | None, Alarm], Awaitable[bool]]


async def report_round(
    book: AlarmBook, found: Round, roles: tuple[str, ...], tell: Tell, *, lull: timedelta
) -> list[str]:
    """
    Bring the alarm book up to what a round found and tell each role what it does not know yet.

    An alarm is over when it was not found for `lull`; one whose check could not be asked stays as it was. Returns the
    names of the alarms that could not be told to somebody.
    """
    _note(book, found)
    untold: list[str] = []
    for name, alarm in list(book.alarms.items()):
        finding = found.findings.get(name)
        if alarm.gone is not None and found.at - alarm.gone >= lull:
            untold += await _say_over(book, name, alarm, tell)
        elif finding is not None:
            untold += await _say_wrong(book, finding, roles, tell, found.at)
    return untold


def _note(book: AlarmBook, found: Round) -> None:
    """What is found begins, or goes on; what is not found any more is gone since now."""
    before = dict(book.alarms)
    for name, finding in found.findings.items():
        if finding.grave:
            book.alarms[name] = replace(book.alarms.get(name) or Alarm(found.at), gone=None)
    for name, alarm in before.items():
        if name in found.asked and name not in found.findings and alarm.gone is None:
            book.alarms[name] = replace(alarm, gone=found.at)
    if book.alarms != before:
        book.keep()


async def _say_wrong(book: AlarmBook, finding: Finding, roles: tuple[str, ...], tell: Tell, now: datetime) -> list[str]:
    untold: list[str] = []
    for role in roles:
        alarm = book.alarms[finding.name]
        last = alarm.told.get(role)
        if last is not None and now - last < AGAIN:
            continue
        news = News.BEGUN if last is None else News.LASTS
        if await tell(role, news, finding.name, finding, alarm):
            book.alarms[finding.name] = alarm.told_to(role, now)
            book.keep()
        else:
            untold.append(finding.name)
    return untold


async def _say_over(book: AlarmBook, name: str, alarm: Alarm, tell: Tell) -> list[str]:
    """Only who was told of the beginning is told of the end."""
    left = dict(alarm.told)
    for role in alarm.told:
        if await tell(role, News.OVER, name, None, alarm):
            del left[role]
            book.alarms[name] = replace(alarm, told=dict(left))
            book.keep()
    if left:
        return [name]
    del book.alarms[name]
    book.keep()
    return []
