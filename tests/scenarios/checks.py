"""After a scenario: what left and how it ended, compared with what its file says."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from law.vocabulary import LetterKind, PartyKind
from models.tables import Duty, Letter, Measure
from tests.scenarios.books import Books
from tests.scenarios.invariants import broken
from tests.scenarios.runner import SECOND_STAFF, STAFF, Played
from tests.scenarios.scenario import End, Expected, told
from tests.scenarios.world import Received

NEVER = frozenset({PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER})


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


def all_faults(played: Played, books: Books) -> list[str]:
    """Everything that is not as it must be, at once."""
    faults = letters_differ(played, books) + words_differ(played) + told_wrongly(played)
    for end in played.scenario.ends:
        faults += end_differs(played, books, end)
    unsaid = set(played.cast.reports) - {end.report for end in played.scenario.ends}
    faults += [f"the file does not say how {name} ends" for name in sorted(unsaid)]
    return faults + broken(played, books)
