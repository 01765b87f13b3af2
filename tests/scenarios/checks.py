"""After a scenario: what left and how it ended, and what must hold after every scenario whatever it is about."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from law.lifecycle import FINAL, ProcedureState, report_stage
from law.vocabulary import Fact, LetterKind, LetterStatus, PartyKind, ReportStage, Stage
from models.replay import REBUILT, Rows, differences, replay
from models.tables import Act, Duty, Event, Letter, Measure, Procedure, Report, metadata
from tests.scenarios.runner import SECOND_STAFF, STAFF, Played
from tests.scenarios.scenario import End, Expected, told
from tests.scenarios.world import Received

NEVER = frozenset({PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER})
AT_SERVER = frozenset({LetterStatus.SENT, LetterStatus.UNKNOWN})
LEFT = AT_SERVER | {LetterStatus.SENDING}


@dataclass
class Books:
    """Every row that the checks read, fetched once."""

    reports: dict[UUID, Report]
    procedures: list[Procedure]
    duties: list[Duty]
    acts: list[Act]
    letters: list[Letter]
    measures: list[Measure]
    events: list[Event]
    stored: list[tuple[str, dict[str, Any]]]  # the rows that events rebuild


async def open_books(played: Played) -> Books:
    """Read the store."""
    from sqlmodel import select as select_rows

    async with played.store.session() as session:
        found: dict[Any, Any] = {
            table: list((await session.exec(select_rows(table))).all())
            for table in (Report, Procedure, Duty, Act, Letter, Measure)
        }
        events = list((await session.exec(select_rows(Event).order_by(Event.report_id, Event.seq))).all())  # type: ignore[arg-type]
    stored: list[tuple[str, dict[str, Any]]] = []
    async with played.store.transaction() as connection:
        for name in REBUILT:
            rows = (await connection.execute(select(metadata.tables[name]))).mappings()
            stored += [(name, dict(row)) for row in rows]
    reports = {report.id: report for report in found[Report]}
    procedures = sorted(found[Procedure], key=lambda each: each.ordinal)
    return Books(reports, procedures, found[Duty], found[Act], found[Letter], found[Measure], events, stored)


# --- what the file says ---


def letters_differ(played: Played, books: Books) -> list[str]:
    """Every letter that left, and no other, stands in the file; in the same order."""
    by_id = {letter.message_id: letter for letter in books.letters}
    left = sorted(_line(played, books, one, by_id[one.message_id]) for one in played.mailbox.received)
    wanted = sorted(_wanted(one) for one in played.scenario.letters)
    missing, surplus = Counter(wanted) - Counter(left), Counter(left) - Counter(wanted)
    faults = [f"this letter had to leave and did not: {line}" for line in sorted(missing.elements())]
    return faults + [f"this letter left and is not in the file: {line}" for line in sorted(surplus.elements())]


def _line(played: Played, books: Books, one: Received, letter: Letter) -> str:
    numbers = {books.reports[act.report_id].number for act in books.acts if act.letter_id == letter.id}
    if letter.kind is LetterKind.STAFF:
        numbers = {report.number for report in books.reports.values() if report.number in one.text}
    about = sorted(played.cast.report_name(number) for number in numbers)
    kind = f"{letter.kind} (copy)" if one.resent else str(letter.kind)
    return _words(told(one.at), kind, _addressee(played, one.to), letter.regime, about)


def _wanted(one: Expected) -> str:
    kind = f"{one.what} (copy)" if one.copy_ else one.what
    return _words(told(one.at), kind, one.to, one.under, sorted(one.about))


def _words(at: str, kind: str, to: str, under: str | None, about: list[str]) -> str:
    return f"{at}: {kind} to {to}" + (f" under {under}" if under else "") + f" about {', '.join(about)}"


def _addressee(played: Played, mailbox: str) -> str:
    ours = {STAFF: "our staff", SECOND_STAFF: "our second person"}
    return ours.get(mailbox) or played.cast.addresses.get(mailbox, f"unknown mailbox {mailbox}")


def words_differ(played: Played) -> list[str]:
    """What a letter of the file must say, and must not say."""
    faults = []
    for wanted in played.scenario.letters:
        texts = [
            one.text
            for one in played.mailbox.received
            if told(one.at) == told(wanted.at) and _addressee(played, one.to) == wanted.to
        ]
        name = _wanted(wanted)
        faults += [f"{name}: says nowhere {say!r}" for say in wanted.says if not any(say in text for text in texts)]
        faults += [f"{name}: must not say {say!r}" for say in wanted.says_not if any(say in text for text in texts)]
    return faults


def told_wrongly(played: Played) -> list[str]:
    """Nobody in `nothing_to`, and nobody who must never be told, got a letter."""
    never = {name for name, party in played.cast.parties.items() if party.kind in NEVER}
    spared = never | set(played.scenario.nothing_to)
    reached = [_addressee(played, one.to) for one in played.mailbox.received]
    return [f"{name} must not be told anything" for name in reached if name in spared]


def end_differs(played: Played, books: Books, end: End) -> list[str]:
    """One report ended as its file says."""
    report = next(r for r in books.reports.values() if r.number == played.cast.number(end.report))
    procedures = [procedure for procedure in books.procedures if procedure.report_id == report.id]
    regimes = {procedure.id: procedure.regime for procedure in procedures}
    matters = [duty for duty in books.duties if duty.report_id == report.id and duty.by == "person"]
    blocks = [measure for measure in books.measures if measure.report_id == report.id]
    kinds = [event.kind for event in books.events if event.report_id == report.id]
    have = {
        "stage": [str(report.stage)],
        "procedures": [f"{p.regime} to {played.cast.party_name(p.party_id)}: {p.stage}" for p in procedures],
        "matters": sorted(_matter(duty, regimes) for duty in matters if duty.closed_at is None),
        "blocks": [_block(played, measure) for measure in blocks],
    }
    want = {
        "stage": [end.stage],
        "procedures": end.procedures,
        "matters": sorted(end.matters),
        "blocks": end.blocks,
    }
    faults = [f"{end.report}: {key} {have[key]}, the file says {want[key]}" for key in have if have[key] != want[key]]
    if not _in_order(end.events, kinds):
        faults.append(f"{end.report}: its timeline is {kinds}, the file wants {end.events} in this order")
    return faults + [f"{end.report}: its timeline holds {kind}" for kind in end.no_events if kind in kinds]


def _matter(duty: Duty, regimes: dict[UUID, str]) -> str:
    about = f" for {regimes[duty.procedure_id]}" if duty.procedure_id else ""
    return f"{duty.deed} {duty.cause}{about}"


def _block(played: Played, measure: Measure) -> str:
    start = played.scenario.starts
    until = f" until {told(measure.ends_at - start)}" if measure.ends_at else ""
    ended = f"{measure.ended_by} at {told(measure.ended_at - start)}" if measure.ended_at else "in force"
    return f"{measure.regime} on {measure.target}{until}: {ended}"


def _in_order(wanted: list[str], kinds: list[str]) -> bool:
    rest = iter(kinds)
    return all(any(kind == each for each in rest) for kind in wanted)


# --- what must hold after every scenario ---


def replay_differs(books: Books) -> list[str]:
    """A report's events give its rows and, through them, its stage."""
    events = [{"report_id": event.report_id, "body": event.body} for event in books.events]
    rebuilt = replay(events)
    return differences(rebuilt, books.stored) + _stages_differ(books, rebuilt)


def _stages_differ(books: Books, rebuilt: Rows) -> list[str]:
    kinds = {str(letter.id): letter for letter in books.letters}
    assert kinds is not None
    faults = []
    for report in books.reports.values():
        stage = _stage_of(report, rebuilt)
        if stage is not report.stage:
            faults.append(f"{report.number} is {report.stage}, its events say {stage}")
    return faults


def _stage_of(report: Report, rebuilt: Rows) -> ReportStage:
    mine = {key: row for key, row in rebuilt.items() if row.get("report_id") == str(report.id)}
    life = rebuilt.get(("report", str(report.id)), {})
    states = [
        ProcedureState(Stage(row["stage"]), KINDS.get(row.get("party_id")), row.get("given_at") is not None)
        for (table, _), row in mine.items()
        if table == "procedure"
    ]
    return report_stage(
        states,
        gone=life.get("gone_at") is not None,
        held=any(table == "hold" and row.get("released_at") is None for (table, _), row in mine.items()),
        retracted=life.get("retracted_at") is not None,
        closed=life.get("closed_at") is not None,
    )


KINDS: dict[str | None, PartyKind] = {}


def orphans(books: Books) -> list[str]:
    """No open procedure, and no report that is not closed, is without an open duty."""
    open_duties = [duty for duty in books.duties if duty.closed_at is None]
    busy = {duty.procedure_id for duty in open_duties} | {duty.report_id for duty in open_duties}
    faults = [
        f"an open procedure under {procedure.regime} has no open duty"
        for procedure in books.procedures
        if procedure.stage not in FINAL and procedure.id not in busy
    ]
    waiting = [report for report in books.reports.values() if report.closed_at is None and report.id not in busy]
    faults += [f"{report.number} is not closed and nothing is due for it" for report in waiting]
    final = {procedure.id for procedure in books.procedures if procedure.stage in FINAL}
    stray = [duty for duty in open_duties if duty.procedure_id in final and duty.deed not in {"retract", "decide"}]
    return faults + [f"a final procedure still has the duty {duty.deed} ({duty.cause})" for duty in stray]


def acts_twice(books: Books) -> list[str]:
    """Nothing was done twice for the same purpose, and no act has two Message-IDs that may have left."""
    done = Counter((act.procedure_id, act.kind) for act in books.acts if act.status in LEFT)
    return [f"{kind} was done {count} times for one procedure" for (_, kind), count in done.items() if count > 1]


def ledger_differs(played: Played, books: Books) -> list[str]:
    """The ledger and the mail server tell the same: who got what, how often, and with which answer."""
    received = Counter(one.message_id for one in played.mailbox.received)
    letters = {letter.message_id: letter for letter in books.letters}
    resolved = any(event.kind == Fact.SUPPLIED and "fate_resolved" in event.body for event in books.events)
    faults = [f"{each} reached the server and is in no ledger" for each in received if each not in letters]
    for letter in books.letters:
        count = received[letter.message_id]
        if letter.status is LetterStatus.SENT and not (letter.code or _confirmed(books)):
            faults.append(f"a {letter.kind} is marked sent without the server's answer")
        if count and letter.status not in AT_SERVER and not resolved:
            faults.append(f"a {letter.kind} that is {letter.status} reached the server")
        if (letter.status is LetterStatus.SENT and count == 0) or count > letter.copies:
            faults.append(f"a {letter.kind} ({letter.status}) counts {letter.copies} copies, the server took {count}")
    copies = Counter(one.message_id for one in played.mailbox.received if not one.resent)
    return faults + [f"{each}: a second copy is not marked as such" for each, count in copies.items() if count > 1]


def _confirmed(books: Books) -> bool:
    return any(event.kind == Fact.GIVEN and "fate_resolved" in event.body for event in books.events)


def names_leak(played: Played, books: Books) -> list[str]:
    """No host, address or name of a site stands in a subject or on the timeline."""
    names = {party.name for party in played.scenario.parties}
    hosts = {path.partition("/")[0] for path in played.web.sites} | {f"{name}.example" for name in names}
    hosts |= {".onion", "http://"}
    subjects = [str(one.message["Subject"]) for one in played.mailbox.received]
    faults = [
        f"a subject names {name!r}: {subject}" for subject in subjects for name in hosts | names if name in subject
    ]
    for event in books.events:
        body = json.dumps(json.loads(event.body)["details"], ensure_ascii=False)
        faults += [f"event {event.kind} names {host}: {body}" for host in hosts if host in event.body]
    return faults


def all_faults(played: Played, books: Books) -> list[str]:
    """Everything that is not as it must be, at once."""
    KINDS.clear()
    KINDS.update({str(party.id): party.kind for party in played.cast.parties.values()})
    faults = letters_differ(played, books) + words_differ(played) + told_wrongly(played)
    for end in played.scenario.ends:
        faults += end_differs(played, books, end)
    unsaid = set(played.cast.reports) - {end.report for end in played.scenario.ends}
    faults += [f"the file does not say how {name} ends" for name in sorted(unsaid)]
    faults += replay_differs(books) + orphans(books) + acts_twice(books)
    return faults + ledger_differs(played, books) + names_leak(played, books)
