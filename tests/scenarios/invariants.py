"""What must hold after every scenario, whatever it is about."""

from __future__ import annotations

from collections import Counter

from law.lifecycle import FINAL, ProcedureState, report_stage
from law.vocabulary import Fact, LetterKind, LetterStatus, PartyKind, ReportStage, Stage
from models.replay import Rows, differences, replay
from models.tables import Report
from tests.scenarios.books import Books
from tests.scenarios.runner import Played

AT_SERVER = frozenset({LetterStatus.SENT, LetterStatus.UNKNOWN})
LEFT = AT_SERVER | {LetterStatus.SENDING}
MEANT = frozenset({LetterStatus.PLANNED, LetterStatus.PREPARED})
COURTESY = frozenset({LetterKind.RETRACTION})


def replay_differs(played: Played, books: Books) -> list[str]:
    """A report's events give its rows and, through them, its stage."""
    events = [{"report_id": event.report_id, "body": event.body} for event in books.events]
    rebuilt = replay(events)
    return differences(rebuilt, books.stored) + _stages_differ(played, books, rebuilt)


def _stages_differ(played: Played, books: Books, rebuilt: Rows) -> list[str]:
    kinds = {str(party.id): party.kind for party in played.cast.parties.values()}
    faults = []
    for report in books.reports.values():
        stage = _stage_of(report, rebuilt, kinds)
        if stage is not report.stage:
            faults.append(f"{report.number} is {report.stage}, its events say {stage}")
    return faults


def _stage_of(report: Report, rebuilt: Rows, kinds: dict[str, PartyKind]) -> ReportStage:
    mine = {key: row for key, row in rebuilt.items() if row.get("report_id") == str(report.id)}
    life = rebuilt.get(("report", str(report.id)), {})
    states = [
        ProcedureState(Stage(row["stage"]), kinds.get(str(row.get("party_id"))), row.get("given_at") is not None)
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


def stale_letters(books: Books) -> list[str]:
    """No letter is still meant to leave when every procedure that it was written for is over."""
    alive = {procedure.id for procedure in books.procedures if procedure.stage not in FINAL}
    wanted = {act.letter_id for act in books.acts if act.procedure_id in alive or act.kind in COURTESY}
    meant = [letter for letter in books.letters if letter.status in MEANT and letter.kind is not LetterKind.STAFF]
    return [f"a {each.kind} is {each.status} for procedures that are over" for each in meant if each.id not in wanted]


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
    told = [(event, host) for event in books.events for host in hosts if host in event.body]
    return faults + [f"the event {event.kind} names {host}" for event, host in told]


def broken(played: Played, books: Books) -> list[str]:
    """Every invariant that does not hold."""
    faults = replay_differs(played, books) + orphans(books) + stale_letters(books)
    return faults + acts_twice(books) + ledger_differs(played, books) + names_leak(played, books)
