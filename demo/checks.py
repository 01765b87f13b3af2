"""Whether every report ended as scripted: what the store says and what the sink received, against the story."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from cases.audit import audit_reports
from cases.audit_store import seal_faults
from cases.seal import seal_now
from demo.sink import Delivered, Sink
from demo.story import Expectation, People, Script, Story
from law.vocabulary import LetterStatus
from models.store import Store
from models.tables import Letter, Procedure, Report


@dataclass(frozen=True, slots=True)
class Ending:
    """How one report ended."""

    number: str
    stage: str
    procedures: tuple[str, ...]  # "eu-dsa-22 complied", in the order in which they were opened
    letters: Mapping[str, int]  # by addressee


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reports of one script ended; no faults means as scripted."""

    script: Script
    endings: tuple[Ending, ...]
    faults: tuple[str, ...]


async def outcomes(story: Story, store: Store, sink: Sink, numbers: Mapping[str, Sequence[str]]) -> list[Outcome]:
    """One outcome for each script, in the order of the story."""
    every = await endings(store, sink)
    found = []
    for script in story.people.scripts:
        own = tuple(every[number] for number in numbers.get(script.id, ()))
        faults = [fault for ending in own for fault in faults_of(ending, script.expect)]
        expected = sum(row.script == script.id for row in story.rows)
        if len(own) != expected:
            faults.append(f"{len(own)} reports instead of {expected}")
        found.append(Outcome(script, own, tuple(faults)))
    return found


async def endings(store: Store, sink: Sink) -> dict[str, Ending]:
    """How every report of the store stands, by number."""
    async with store.session() as session:
        reports = (await session.exec(select(Report))).all()
        procedures = (await session.exec(select(Procedure).order_by(col(Procedure.ordinal)))).all()
    by_report: dict[object, list[str]] = {}
    for one in procedures:
        by_report.setdefault(one.report_id, []).append(f"{one.regime} {one.stage}")
    return {
        report.number: Ending(
            report.number, str(report.stage), tuple(by_report.get(report.id, ())), sink.of(report.number)
        )
        for report in reports
    }


def faults_of(ending: Ending, expect: Expectation) -> list[str]:
    """What is not as the script says; every difference is named."""
    faults = []
    if ending.stage != expect.stage:
        faults.append(f"{ending.number}: is {ending.stage}, not {expect.stage}")
    more, less = _differences(ending.procedures, expect.procedures)
    faults += [f"{ending.number}: unscripted procedure {one}" for one in more]
    faults += [f"{ending.number}: no procedure {one}" for one in less]
    for recipient in sorted(ending.letters.keys() | expect.letters.keys()):
        got, wanted = ending.letters.get(recipient, 0), expect.letters.get(recipient, 0)
        if got != wanted:
            faults.append(f"{ending.number}: {got} letters to {recipient}, not {wanted}")
    return faults


def _differences(got: Iterable[str], wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    have, want = Counter(got), Counter(wanted)
    return sorted((have - want).elements()), sorted((want - have).elements())


async def general_faults(
    people: People, store: Store, letters: Sequence[Delivered], run_names: Sequence[str]
) -> list[str]:
    """What must hold over everything: nobody unscripted was written to, and no name or address shows."""
    scripted = {address for script in people.scripts for address in script.expect.letters} | {*people.staff}
    recipients = {one.recipient for one in letters}
    faults = [f"a letter to {address}, who is on the never-list" for address in sorted(recipients & {*people.never})]
    strangers = recipients - scripted - {*people.never}
    faults += [f"a letter to {address}, whom no script names" for address in sorted(strangers)]
    faults += [f"a letter to {one.recipient} does not say that it is simulated" for one in letters if not one.simulated]
    faults += [f"the subject {one.subject!r} holds a name" for one in letters if holds_name(one.subject, people.names)]
    faults += [f"the run name {name!r} holds a name" for name in run_names if holds_name(name, people.names)]
    twice = [number for number, times in Counter(one.message_id for one in letters).items() if times > 1]
    faults += [f"the letter {number} arrived twice" for number in twice]
    if people.staff[1] not in recipients:
        faults.append("nobody alarmed the second person about the threat to life")
    return faults + await _ledger_faults(store, letters) + await _record_faults(store)


async def _record_faults(store: Store) -> list[str]:
    """The record of three weeks is sealed once more, and then audited: every chain, row, text, letter and seal."""
    await seal_now(store)
    async with store.session() as session:
        ids = list((await session.exec(select(Report.id))).all())
    return [str(fault) for fault in (*await seal_faults(store), *await audit_reports(store, ids))]


async def _ledger_faults(store: Store, letters: Sequence[Delivered]) -> list[str]:
    """The ledger and the sink must agree: every letter marked sent arrived, and every one that arrived is so marked."""
    async with store.session() as session:
        sent = (await session.exec(select(Letter.message_id).where(Letter.status == LetterStatus.SENT))).all()
    more, less = _differences((one.message_id for one in letters), sent)
    return [f"{number} arrived and is not marked sent" for number in more] + [
        f"{number} was sent to nobody" for number in less
    ]


def holds_name(text: str, names: Iterable[str]) -> bool:
    """Whether a text that others read holds one of these words."""
    return any(name in text.lower() for name in names)
