"""What was said on the page, as the program takes it up: on record for every report, believed for none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cases.answerable import say
from cases.desk import Desk
from cases.erase import erase
from cases.incoming.page import take_page_answers, take_up
from cases.page_answers import closed, page_answers
from cases.record.opening import dossiers_of
from edges.tokens import Links
from law.vocabulary import Answer, LetterKind, LetterStatus, Stage
from models.draft import Draft
from models.private import Purpose
from models.store import Store
from models.tables import Act, PageAnswer
from tests.conftest import free_port
from tests.faults.house import NOW, at_work, faults_of, scalar, settings
from tests.owning import as_owner
from tests.web.answer.conftest import SAID
from tests.web.answer.forms import answer, open_form
from tests.web.answer.letters import Sent, as_the_page
from web.answer.form import MOST_WORDS

LATER = NOW + timedelta(hours=2)
ALL = [f"R-2026-00000{number}" for number in (1, 2, 3)]
WORDS = "Le contenu est chez un autre hébergeur."
FOLLOWS = {
    "claims_removal": ("verify", "machine", ""),
    "asks_information": ("supply", "person", "asked_by_addressee"),
    "not_ours": ("decide", "person", "answer_not_ours"),
    "contested": ("decide", "person", "answer_contested"),
}
STANDS = (
    "SELECT array_agg((p.report_id, p.stage, p.given_at, p.receipt, p.ends_at, p.certificate, p.closed_at,"
    " r.stage, r.gone_at, r.closed_at)::text ORDER BY p.id) FROM procedure p JOIN report r ON r.id = p.report_id"
)


@pytest.fixture
async def desk(url: str, home: Path) -> AsyncIterator[Desk]:
    """The program, two hours after its letter left."""
    async with at_work(settings(home, url, free_port()), lambda: LATER) as opened:
        yield opened


@pytest.fixture(autouse=True)
async def shared(desk: Desk, sent: Sent) -> None:
    """The letter speaks of all three reports, as one that gathers what goes to the same addressee does."""
    dossiers = await dossiers_of(desk, ALL)
    letter_id = Links(sent.key.link, timedelta(days=180)).read(sent.path.removeprefix("/a/"))
    letter, draft = next(each.letters[letter_id] for each in dossiers if letter_id in each.letters), Draft(NOW)
    for dossier in dossiers:
        entry = draft.event(dossier.report.id, "reminded")
        entry.speaks_of.append(letter_id)
        if letter_id not in dossier.letters:
            told = {"kind": LetterKind.REMINDER, "status": LetterStatus.SENT, "at": NOW, "letter_id": letter_id}
            entry.add(Act(report_id=dossier.report.id, procedure_id=dossier.procedures[0].id, **told))
    draft.amend(letter, receipt=letter.receipt)  # as it was: so that every report's record holds its hash
    await desk.store.write(draft)


async def rows(store: Store, query: str, **values: Any) -> list[Any]:
    """What a query finds."""
    async with store.transaction() as connection:
        return list((await connection.execute(text(query), values)).all())


async def events(store: Store, kind: str) -> list[str]:
    """The numbers of the reports on whose timeline this stands, once for each time."""
    query = "SELECT r.number FROM event e JOIN report r ON r.id = e.report_id WHERE e.kind = :kind ORDER BY 1"
    return [row.number for row in await rows(store, query, kind=kind)]


async def over(desk: Desk, numbers: list[str]) -> None:
    """The procedures of these reports are over, and the reports closed."""
    draft = Draft(LATER)
    for dossier in await dossiers_of(desk, numbers):
        entry = draft.event(dossier.report.id, "closed")
        for procedure in dossier.procedures:
            entry.set(procedure, stage=Stage.COMPLIED, closed_at=LATER)
        for duty in dossier.duties:
            entry.set(duty, closed_at=LATER)
        entry.set(dossier.report, closed_at=LATER)
    await desk.store.write(draft)


async def erased(desk: Desk, numbers: list[str], home: Path) -> None:
    """Erase what these reports say of places and reasons, and with it letters and answers."""
    await over(desk, ALL)
    given = {"by": "D-01", "second": "S-07", "cause": "request", "ledger": home / "erasures.jsonl", "now": LATER}
    await erase(desk.store, numbers, [Purpose.LOCATION, Purpose.FREE_TEXT], **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", FOLLOWS)
async def test_an_answer_stands_on_every_report_of_the_letter_and_moves_no_stage(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk, choice: str
) -> None:
    """One event and one duty for each report: a look for "removed", a person for the rest; no stage and no clock."""
    assert (await answer(client, sent.path, choice, WORDS)).status_code == 303
    before, duties = await scalar(store, STANDS), await scalar(store, "SELECT array_agg(id) FROM duty")
    assert await take_page_answers(desk) == 1
    assert await scalar(store, STANDS) == before
    assert await events(store, f"answer_{choice}") == ALL
    query = (
        "SELECT r.number, d.deed, d.by, coalesce(d.cause, '') AS cause, d.due_at FROM duty d"
        " JOIN report r ON r.id = d.report_id WHERE d.id <> ALL(:known) AND d.closed_at IS NULL ORDER BY 1"
    )
    new = await rows(store, query, known=duties)
    assert [(row.number, (row.deed, row.by, row.cause)) for row in new] == [(each, FOLLOWS[choice]) for each in ALL]
    assert {row.due_at for row in new} == {LATER}, "it waits for nobody's delay"
    assert await faults_of(store) == []


async def test_the_event_has_the_time_at_which_it_was_said(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk
) -> None:
    """When it happened is when it was said; who said it is known by the link and by nothing else."""
    await answer(client, sent.path, "contested", WORDS)
    await take_page_answers(desk)
    [at, *others] = [row.at for row in await rows(store, "SELECT at FROM event WHERE kind = 'answer_contested'")]
    assert {at, *others} == {SAID}
    [message] = await rows(
        store, "SELECT through, matched_by, state, received_at, read_at, authentication FROM incoming"
    )
    assert tuple(message) == ("page", "link", "filed", SAID, LATER, "")


async def test_the_words_are_kept_private_and_the_pages_copy_is_emptied(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk
) -> None:
    """In clear nowhere; open for whoever may read private texts; the sealed copy is gone."""
    await answer(client, sent.path, "not_ours", WORDS)
    await take_page_answers(desk)
    own = await scalar(store, "SELECT own_id FROM incoming")
    assert (await store.open_texts([own]))[own].text == WORDS
    assert bytes(await scalar(store, "SELECT sealed FROM page_answer")) == b""
    assert await scalar(store, "SELECT taken_at FROM page_answer") == LATER
    assert WORDS not in str(await rows(store, "SELECT event::text, event.body FROM event"))


async def test_taken_up_again_it_is_one_answer(client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk) -> None:
    """A second pass finds nothing; the same words in a new form are a second answer, and no second matter."""
    await answer(client, sent.path, "contested", WORDS)
    assert [await take_page_answers(desk) for _ in range(2)] == [1, 0]
    matters = "SELECT count(*) FROM duty WHERE cause = 'answer_contested' AND closed_at IS NULL"
    assert await scalar(store, matters) == len(ALL)
    await answer(client, sent.path, "contested", WORDS)
    assert await take_page_answers(desk) == 1
    assert await events(store, "answer_contested") == sorted(2 * ALL)
    assert await scalar(store, matters) == len(ALL)
    assert await faults_of(store) == []


async def test_two_passes_at_once_take_it_up_once(
    client: httpx.AsyncClient, store: Store, sent: Sent, url: str, home: Path
) -> None:
    """Whoever comes second finds it done; no answer is lost, none stands twice, and neither pass fails."""
    for choice in ("contested", "not_ours", "claims_removal"):
        await answer(client, sent.path, choice, WORDS)
    given = settings(home, url, free_port())
    async with at_work(given, lambda: LATER) as one, at_work(given, lambda: LATER) as two:
        counted = await asyncio.gather(*(take_page_answers(each) for each in (one, two, one, two)))
    assert sum(counted) == 3
    assert await scalar(store, "SELECT count(*) FROM incoming") == 3
    for choice in ("contested", "not_ours", "claims_removal"):
        assert await events(store, f"answer_{choice}") == ALL
    assert await faults_of(store) == []


async def test_words_that_were_erased_before_they_were_taken_up_are_gone(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk, home: Path
) -> None:
    """That something was said stands on the closed reports and waits for a person; what was said does not."""
    await answer(client, sent.path, "contested", WORDS)
    await erased(desk, ALL, home)
    assert bytes(await scalar(store, "SELECT sealed FROM page_answer")) == b""
    assert (await client.get(sent.path)).status_code == 404, "the letter is unknown to the page from now on"
    assert await take_page_answers(desk) == 1
    assert await events(store, "answer_contested") == ALL
    assert await scalar(store, "SELECT text_id IS NULL AND own_id IS NULL FROM incoming")
    waiting = "SELECT count(*) FROM duty WHERE cause = 'answer_after_end' AND closed_at IS NULL"
    assert await scalar(store, waiting) == len(ALL)
    assert await faults_of(store) == []


async def test_words_that_are_erased_while_they_are_taken_up_are_gone(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk, home: Path
) -> None:
    """A pass that had already read them in clear does not bring them back."""
    await answer(client, sent.path, "contested", WORDS)
    [said] = await page_answers(store, sent.answer_key)
    assert said.words == WORDS
    await erased(desk, ALL, home)
    assert await take_up(desk, said)
    assert await scalar(store, "SELECT text_id IS NULL AND own_id IS NULL FROM incoming")
    assert await faults_of(store) == []


async def test_words_that_are_erased_after_they_were_taken_up_are_gone(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk, home: Path
) -> None:
    """They die with the last report that they are about."""
    await answer(client, sent.path, "contested", WORDS)
    await take_page_answers(desk)
    own = await scalar(store, "SELECT own_id FROM incoming")
    await erased(desk, ALL, home)
    assert own not in await store.open_texts([own])
    assert await faults_of(store) == []


async def test_an_answer_after_the_end_opens_nothing_again(
    client: httpx.AsyncClient, store: Store, sent: Sent, desk: Desk
) -> None:
    """A closed report stays closed, and a person reads what came too late."""
    await answer(client, sent.path, "claims_removal")
    await over(desk, ALL)
    before = await scalar(store, STANDS)
    await take_page_answers(desk)
    assert await scalar(store, STANDS) == before
    open_ = await rows(store, "SELECT DISTINCT cause, by FROM duty WHERE closed_at IS NULL")
    assert [tuple(row) for row in open_] == [("answer_after_end", "person")]


async def put(url: str, letter: UUID, sealed: bytes, kind: str, at: datetime = SAID) -> None:
    """What somebody adds who has taken over the page's process: its role allows no more than that."""
    page = Store(as_the_page(url))
    try:
        row = {"id": uuid4(), "letter_id": letter, "kind": kind, "sealed": sealed, "at": at}
        async with page.transaction() as connection:
            await connection.execute(
                text(
                    "INSERT INTO page_answer (id, letter_id, kind, sealed, at) VALUES (:id, :letter_id, :kind, :sealed, :at)"
                ),
                row,
            )
    finally:
        await page.close()


async def test_what_a_taken_over_page_could_add_has_an_end(store: Store, sent: Sent, url: str, desk: Desk) -> None:
    """A letter that is none, a box that does not open, a time to come: all are filed, and nothing stops the rest."""
    letter = await scalar(store, "SELECT letter_id FROM answerable LIMIT 1")
    before = await scalar(store, STANDS)
    await put(url, uuid4(), b"", Answer.CONTESTED)
    await put(url, letter, b"no box at all", Answer.NOT_OURS)
    await put(url, letter, b"", Answer.CLAIMS_REMOVAL, at=datetime(2999, 1, 1, tzinfo=UTC))
    assert await take_page_answers(desk) == 3
    assert await take_page_answers(desk) == 0
    found = await rows(store, "SELECT state, why, count(*) FROM incoming GROUP BY 1, 2 ORDER BY 1, 2")
    assert [tuple(row) for row in found] == [("filed", "", 1), ("filed", "broken", 1), ("quarantined", "no_match", 1)]
    assert await scalar(store, "SELECT max(at) <= :now FROM event", now=LATER)
    assert await scalar(store, "SELECT max(received_at) <= :now FROM incoming", now=LATER)
    assert await scalar(store, STANDS) == before
    assert await faults_of(store) == []


@pytest.mark.parametrize("kind", ["acknowledged", "refused", "bounce", "nonsense", ""])
async def test_the_database_refuses_what_is_no_answer_of_the_page(url: str, store: Store, kind: str) -> None:
    """Neither the receipt of a letter nor a word that the program cannot read can be put in."""
    with pytest.raises(IntegrityError, match="ck_page_answer_kind"):
        await put(url, uuid4(), b"", kind)
    assert await scalar(store, "SELECT count(*) FROM page_answer") == 0


async def test_the_database_refuses_a_box_or_a_time_beyond_all_bounds(url: str, sent: Sent, store: Store) -> None:
    """The longest text that the form takes fits; more does not, and a time is a time."""
    letter = uuid4()
    box = closed(sent.key.box, uuid4(), letter, Answer.CONTESTED, "\U0001f600" * MOST_WORDS)
    await put(url, letter, box, Answer.CONTESTED)
    with pytest.raises(IntegrityError, match="ck_page_answer_sealed"):
        await put(url, letter, box + b"x" * 1000, Answer.CONTESTED)
    for at in (datetime.max.replace(tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)):
        with pytest.raises(IntegrityError, match="ck_page_answer_at"):
            await put(url, letter, b"", Answer.CONTESTED, at=at)
    assert await scalar(store, "SELECT count(*) FROM page_answer") == 1


async def test_the_sixth_answer_at_once_is_refused(store: Store, sent: Sent, url: str) -> None:
    """Ten answers that arrive in the same moment: five are recorded, whatever the order."""
    letter, page = await scalar(store, "SELECT letter_id FROM answerable LIMIT 1"), Store(as_the_page(url))

    async def one(number: int) -> str:
        made = uuid4()
        box = closed(sent.key.box, made, letter, Answer.CONTESTED, f"Raison {number}")
        return str(await say(page, PageAnswer(id=made, letter_id=letter, kind=Answer.CONTESTED, sealed=box, at=SAID)))

    try:
        said = await asyncio.gather(*(one(number) for number in range(10)))
    finally:
        await page.close()
    assert sorted(said) == ["full"] * 5 + ["recorded"] * 5
    assert await scalar(store, "SELECT count(*) FROM page_answer") == 5


async def test_whoever_reads_the_store_cannot_tell_words_from_none(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """An answer without words is a box as well: an empty column says only that it was erased or taken up."""
    await answer(client, sent.path, "claims_removal")
    assert len(bytes(await scalar(store, "SELECT sealed FROM page_answer"))) > 0


async def test_a_letter_that_lost_its_recipient_meanwhile_takes_no_answer(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """Between the form and its sending everything was erased: nothing is recorded, and the page knows no letter."""
    mark = await open_form(client, sent.path)
    async with as_owner(store) as connection:
        await connection.exec_driver_sql("UPDATE letter SET recipient = ''")
    refused = await client.post(sent.path, data={"mark": mark, "choice": "claims_removal"})
    assert refused.status_code == 404
    assert await scalar(store, "SELECT count(*) FROM page_answer") == 0
