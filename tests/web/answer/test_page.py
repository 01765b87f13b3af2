"""The page: what it shows, what it takes, and that it tells nobody anything that the letter's reader does not hold."""

import base64
import hashlib
import logging
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_encode
from sqlalchemy.ext.asyncio import create_async_engine

from edges.tokens import Links
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import scalar
from tests.owning import as_owner
from tests.web.answer.forms import FORM_TYPE, answer, answers_in, everything, mark_in, open_form
from tests.web.answer.letters import URL, VICTIM, Sent
from web.answer import words as texts
from web.answer.app import HEADERS
from web.answer.ends import End
from web.answer.form import MOST_OCTETS, MOST_WORDS
from web.answer.site import PER_ADDRESS, PER_LETTER, STYLE
from web.answer.words import set_in

CHOICES = ("claims_removal", "asks_information", "not_ours", "contested")
DAYS = timedelta(days=180)


def altered(path: str) -> list[str]:
    """The same link with one other character at several places, cut, lengthened, or written otherwise."""
    places = (3, 10, 20, 30, len(path) - 20, len(path) - 1)
    changed = [path[:at] + ("x" if path[at] != "x" else "y") + path[at + 1 :] for at in places]
    return [*changed, path[:-1], path + "a", path + "=", path + ".", path[:30], "/a/" + "x" * 73, "/a/" + "x" * 4000]


def expired(sent: Sent, letter: UUID) -> str:
    """A link as it was signed 181 days ago."""
    signer = TimestampSigner(sent.key.link, salt="answer link", digest_method=hashlib.sha256)
    signer.get_timestamp = lambda: int(time.time()) - 181 * 86_400  # type: ignore[method-assign]
    return f"/a/{signer.sign(base64_encode(letter.bytes)).decode()}"


async def the_letter(store: Store, sent: Sent) -> UUID:
    """The id of the letter, whose link is good now."""
    letter = Links(sent.key.link, DAYS).read(sent.path.removeprefix("/a/"))
    assert await scalar(store, "SELECT count(*) FROM answerable WHERE letter_id = :letter", letter=letter) == 1
    return letter


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_each_of_the_four_answers_is_recorded_once_and_confirmed(
    client: httpx.AsyncClient, store: Store, sent: Sent, choice: str, language: str
) -> None:
    """A POST leads to a confirmation in the same language with the answer's number; one row lies beside the record."""
    path = f"{sent.path}?lang={language}"
    page = await client.get(path)
    assert f'<html lang="{language}">' in page.text
    given = await client.post(
        path, data={"mark": mark_in(page.text), "choice": choice, f"words_{choice}": "Parce que."}
    )
    assert given.status_code == 303
    done = await client.get(given.headers["location"])
    assert done.status_code == 200
    assert f'<html lang="{language}">' in done.text
    assert {"fr": "Votre réponse est enregistrée", "en": "Your answer is recorded"}[language] in done.text
    stored = str(await scalar(store, "SELECT id FROM page_answer"))
    assert stored[:8].upper() in done.text
    assert await scalar(store, "SELECT kind FROM page_answer") == choice
    assert await scalar(store, "SELECT taken_at FROM page_answer") is None


async def test_the_page_speaks_the_letters_language_whatever_the_browser_says(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    """The letter was French; only who asks for English on the page gets English."""
    page = await client.get(sent.path, headers={"Accept-Language": "en-GB,en"})
    assert '<html lang="fr">' in page.text
    assert "Répondre à notre lettre" in page.text
    other = await client.get(f"{sent.path}?lang=en")
    assert "Answer our letter" in other.text
    assert "Répondre" not in other.text
    unknown = await client.get(f"{sent.path}?lang=xx")
    assert '<html lang="fr">' in unknown.text


async def test_letter_and_page_show_the_same_reference(client: httpx.AsyncClient, sent: Sent) -> None:
    """So a person can tell that the page belongs to the letter in hand."""
    [reference] = re.findall(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}\b", sent.plain)
    assert reference in (await client.get(sent.path)).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(client: httpx.AsyncClient, store: Store, sent: Sent, method: str) -> None:
    """Mail scanners open every link, several times and with whatever is added to it: no row is made or changed."""
    before = await everything(store)
    for query in ("", "?lang=en", "?choice=claims_removal&words_claims_removal=gone", "?said=x", "?mark=x"):
        for _ in range(2):
            assert (await client.request(method, sent.path + query)).status_code == 200
    assert before == await everything(store)


async def test_other_methods_are_refused_and_change_nothing(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """Whether the link is good or not, the answer is the same."""
    before = await everything(store)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        good = await client.request(method, sent.path)
        bad = await client.request(method, "/a/" + "x" * 73)
        assert (good.status_code, good.text) == (bad.status_code, bad.text)
        assert good.status_code == 405
    assert before == await everything(store)


async def test_nobody_learns_by_asking_which_letters_there_are(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """Altered, expired, signed for no letter, erased or a path of nothing: one page, to the last byte and header."""
    letter = await the_letter(store, sent)
    links = Links(sent.key.link, DAYS)
    paths = [*altered(sent.path), expired(sent, letter), f"/a/{links.sign(uuid4())}"]
    paths += ["/", "/a/", "/a", "/admin", "/docs", "/openapi.json", "/robots.txt", f"{sent.path}/more"]
    one = await client.get(paths[0])
    assert one.status_code == 404
    for path in paths:
        for method in ("GET", "POST"):
            answered = await client.request(method, path, **({"data": {"mark": "x"}} if method == "POST" else {}))
            assert (answered.status_code, answered.text) == (404, one.text), (method, path[:40])
            assert dict(answered.headers) == dict(one.headers)
    async with as_owner(store) as connection:
        await connection.exec_driver_sql("UPDATE letter SET recipient = ''")
    gone = await client.get(sent.path)
    assert (gone.status_code, gone.text) == (404, one.text)
    assert await answers_in(store) == 0


async def test_a_link_that_names_a_letter_of_another_kind_opens_nothing(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """Letters to an authority or to our own staff have no page, even with a link that is well signed."""
    async with as_owner(store) as connection:
        await connection.exec_driver_sql("UPDATE party SET kind = 'regulator'")
    assert (await client.get(sent.path)).status_code == 404


async def test_an_expired_link_is_refused_when_it_is_used_as_well(
    client: httpx.AsyncClient, store: Store, sent: Sent
) -> None:
    """A form that was opened in time and sent too late is not recorded."""
    mark = await open_form(client, sent.path)
    late = expired(sent, await the_letter(store, sent))
    refused = await client.post(late, data={"mark": mark, "choice": "claims_removal"})
    assert refused.status_code == 404
    assert await answers_in(store) == 0


async def test_no_personal_data_and_no_content_on_any_page(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """Not the site, which bears the victim's name, not the addressee, not a report's number, not the text of the law."""
    pages = [await client.get(f"{sent.path}?lang={language}") for language in ("fr", "en")]
    given = await answer(client, sent.path, "contested", "Un mot à soi")
    pages.append(await client.get(given.headers["location"]))
    pages.append(await client.post(sent.path, data={"mark": mark_in(pages[0].text)}))
    pages.append(await client.get("/a/x"))
    numbers = await scalar(store, "SELECT array_agg(number) FROM report")
    for page in pages:
        for word in (VICTIM, "forum.example", "abuse@", "P-0001", "haine", "hate", "1881", *numbers):
            assert word not in page.text
    assert "Un mot à soi" not in pages[2].text, "what was said is not shown again, not even to its writer"


async def test_the_page_needs_no_script_no_cookie_and_nothing_from_elsewhere(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    """One document with its style in it; the form names no other address."""
    page = await client.get(sent.path)
    assert "<script" not in page.text
    assert not re.findall(r'\son\w+="', page.text)
    assert "set-cookie" not in page.headers
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)
    [style] = re.findall(r"<style>(.*)</style>", page.text, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style == STYLE
    assert f"style-src 'sha256-{hashed}'" in page.headers["content-security-policy"]


async def test_every_answer_carries_the_strict_headers(client: httpx.AsyncClient, sent: Sent) -> None:
    """The refused host, the redirection and the faults as well."""
    mark = await open_form(client, sent.path)
    answered = [
        await client.get(sent.path),
        await client.post(sent.path, data={"mark": mark, "choice": "claims_removal"}),
        await client.post(sent.path, data={"mark": mark}),
        await client.post(sent.path, content=b"{}", headers={"Content-Type": "application/json"}),
        await client.get("/nothing"),
        await client.get("/health"),
        await client.put(sent.path),
        await client.get(sent.path, headers={"Host": "elsewhere.example"}),
    ]
    assert [one.status_code for one in answered] == [200, 303, 422, 415, 404, 200, 405, 400]
    for one in answered:
        assert {name: one.headers.get(name) for name in HEADERS} == HEADERS
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in HEADERS["Content-Security-Policy"]
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("host", ["elsewhere.example", f"{URL[8:]}.evil.example", "10.0.0.1", ""])
async def test_another_host_is_refused(client: httpx.AsyncClient, store: Store, sent: Sent, host: str) -> None:
    """A name that leads here by mistake or on purpose gets neither the page nor an answer recorded."""
    mark = await open_form(client, sent.path)
    assert (await client.get(sent.path, headers={"Host": host})).status_code == 400
    form = {"mark": mark, "choice": "claims_removal"}
    assert (await client.post(sent.path, data=form, headers={"Host": host})).status_code == 400
    assert await answers_in(store) == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_form_on_another_site_is_refused(
    client: httpx.AsyncClient, store: Store, sent: Sent, site: str
) -> None:
    """The browser says where the form stood; even with a good mark it records nothing."""
    form = {"mark": await open_form(client, sent.path), "choice": "claims_removal"}
    assert (await client.post(sent.path, data=form, headers={"Sec-Fetch-Site": site})).status_code == 400
    assert await answers_in(store) == 0
    ours = await client.post(sent.path, data=form, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert ours.status_code == 303, "our own page, which sends no referrer and therefore the origin null"


@pytest.mark.parametrize("mark", ["", "x", "A" * 38, "é", "=" * 64, "A" * 5000])
async def test_a_form_without_our_mark_is_refused(
    client: httpx.AsyncClient, store: Store, sent: Sent, mark: str
) -> None:
    """A form that this page did not give out for this letter records nothing."""
    refused = await client.post(sent.path, data={"mark": mark, "choice": "claims_removal"})
    assert refused.status_code == 400
    assert await answers_in(store) == 0


async def test_the_same_form_sent_twice_is_one_answer(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """An impatient second click, or Back and Send again, adds nothing; both lead to the same confirmation."""
    form = {"mark": await open_form(client, sent.path), "choice": "not_ours", "words_not_ours": "Demandez au voisin."}
    first, second = [await client.post(sent.path, data=form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert await answers_in(store) == 1
    corrected = await client.post(sent.path, data=form | {"words_not_ours": "Demandez à l’hébergeur."})
    assert corrected.status_code == 303
    assert await answers_in(store) == 2, "other words are another answer"


async def test_a_letter_takes_five_answers_and_no_sixth(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """A link in the wrong hands cannot fill the store; the form says how many are left, and then that it is full."""
    marks = [await open_form(client, sent.path) for _ in range(2)]
    for number in range(5):
        assert (await answer(client, sent.path, "contested", f"Raison {number}")).status_code == 303
    assert (await client.get(sent.path)).status_code == 409
    for mark in marks:
        form = {"mark": mark, "choice": "claims_removal"}
        assert (await client.post(sent.path, data=form)).status_code == 409
    assert await answers_in(store) == 5


async def test_a_confirmation_is_shown_for_an_answer_of_this_link_only(client: httpx.AsyncClient, sent: Sent) -> None:
    """Nobody can be sent a page that confirms what was never said: with an altered one the link shows its form."""
    where = (await answer(client, sent.path, "claims_removal")).headers["location"]
    path, _, said = where.partition("?said=")
    assert "Numéro de la réponse" in (await client.get(where)).text
    others = [said[:at] + ("x" if said[at] != "x" else "y") + said[at + 1 :] for at in (0, 18, 30, len(said) - 5)]
    for forged in (*others, "contested-00000000", "", "é", "x" * 5000):
        page = await client.get(path, params={"said": forged})
        assert page.status_code == 200
        assert "Numéro de la réponse" not in page.text


@pytest.mark.parametrize(("choice", "words", "fault"), [
    ("", "", "Choisissez l’une des quatre réponses."),
    ("acknowledged", "", "Cette réponse n’existe pas ici"),
    ("refused", "Non", "Cette réponse n’existe pas ici"),
    ("asks_information", "", "Dites ce qui vous manque."),
    ("asks_information", "  \r\n\t ", "Dites ce qui vous manque."),
    ("contested", "", "Dites pourquoi vous contestez."),
    ("claims_removal", "x" * (MOST_WORDS + 1), "Ce texte dépasse"),
    ("contested", "é" * (MOST_WORDS + 1), "Ce texte dépasse"),
])  # fmt: skip
async def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, store: Store, sent: Sent, choice: str, words: str, fault: str
) -> None:
    """The page comes back with the fault beside the field and with what was typed; nothing is recorded."""
    kept = {f"words_{other}": f"gardé {other}" for other in CHOICES if other != choice}
    answered = await answer(client, sent.path, choice, words, **kept)
    assert answered.status_code == 422
    assert fault in answered.text
    for word in kept.values():
        assert word in answered.text
    assert await answers_in(store) == 0


@pytest.mark.parametrize("choice", ["claims_removal", "not_ours"])
async def test_two_answers_need_no_words(client: httpx.AsyncClient, store: Store, sent: Sent, choice: str) -> None:
    """Who removed it, or is not the host, may say no more than that."""
    assert (await answer(client, sent.path, choice)).status_code == 303
    assert await answers_in(store) == 1


async def test_the_longest_text_that_is_allowed_arrives(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """4,000 characters of four octets each: the bound on the body is not met before that on the text."""
    assert (await answer(client, sent.path, "contested", "\U0001f600" * MOST_WORDS)).status_code == 303
    assert await answers_in(store) == 1


async def test_what_is_typed_is_shown_as_text(client: httpx.AsyncClient, sent: Sent) -> None:
    """Markup, line ends that end a field and signs that turn the writing direction do nothing on the page."""
    words = '</textarea><script>alert(1)</script>"\u202e\x00'
    answered = await answer(client, sent.path, "", words_contested=words)
    assert answered.status_code == 422
    assert "<script" not in answered.text
    assert "&lt;/textarea&gt;" in answered.text
    assert "\u202e" not in answered.text
    assert "\x00" not in answered.text


BODIES = [
    (b"{}", {"Content-Type": "application/json"}, 415),
    (b"x", {"Content-Type": "text/plain"}, 415),
    (b"--b\r\n\r\n--b--", {"Content-Type": "multipart/form-data; boundary=b"}, 415),
    (b"mark=x", {}, 415),
    (b"mark=x", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}, 415),
    (b"mark=x", FORM_TYPE | {"Content-Encoding": "gzip"}, 415),
    (b"", FORM_TYPE, 400),
    (b"mark", FORM_TYPE, 400),
    (b"mark=%ff", FORM_TYPE, 400),
    ("mark=é".encode(), FORM_TYPE, 400),
    (b"&".join(b"f%d=1" % number for number in range(21)), FORM_TYPE, 400),
    (b"mark=" + b"x" * MOST_OCTETS, FORM_TYPE, 413),
    (b"mark=x", FORM_TYPE | {"Content-Length": "9" * 400}, 413),
    (b"mark=x", FORM_TYPE | {"Content-Length": "-1"}, 413),
]  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "status"), BODIES)
async def test_a_body_that_is_no_form_of_ours_is_refused(
    client: httpx.AsyncClient, store: Store, sent: Sent, body: bytes, headers: dict[str, str], status: int
) -> None:
    """Each with its own page; no file is ever read."""
    refused = await client.post(sent.path, content=body, headers=headers)
    assert refused.status_code == status
    assert "<h1>" in refused.text
    assert await answers_in(store) == 0


async def test_a_field_twice_is_refused(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """Two choices in one form are no answer, whichever came last."""
    pairs = [("mark", await open_form(client, sent.path)), ("choice", "contested"), ("choice", "claims_removal")]
    refused = await client.post(sent.path, content=urlencode(pairs), headers=FORM_TYPE)
    assert refused.status_code == 400
    assert await answers_in(store) == 0


async def test_a_body_without_end_is_cut_off(client: httpx.AsyncClient, store: Store, sent: Sent) -> None:
    """A body that announces no length is read up to the bound and no further."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1024
            yield b"x" * 1024

    refused = await client.post(sent.path, content=endless(), headers=FORM_TYPE)
    assert refused.status_code == 413
    assert read <= 2 * MOST_OCTETS
    assert await answers_in(store) == 0


async def test_an_address_asks_so_often_and_no_more(app: FastAPI, client: httpx.AsyncClient, sent: Sent) -> None:
    """Thirty requests a minute, whatever they ask for; the page says how long to wait, and a minute later it opens."""
    clock = app.state.site.steady
    seen = []
    for _ in range(PER_ADDRESS + 2):
        clock.now -= 3.0  # the clock of these tests runs; here it stands
        seen.append(await client.get("/a/x"))
    assert [one.status_code for one in seen] == [404] * PER_ADDRESS + [429] * 2
    assert seen[-1].headers["retry-after"] == "60"
    assert (await client.get(sent.path)).status_code == 429
    assert (await client.get("/health")).status_code == 200, "our own watch is always answered"
    clock.now += 61
    assert (await client.get(sent.path)).status_code == 200


async def test_a_letter_is_asked_for_so_often_and_no_more(app: FastAPI, sent: Sent) -> None:
    """A link that was passed on cannot be asked for from a thousand addresses at once."""
    clock, statuses = app.state.site.steady, []
    for number in range(PER_LETTER + 1):
        transport = httpx.ASGITransport(app=app, client=(f"192.0.2.{number + 1}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as someone:
            clock.now -= 6.0
            statuses.append((await someone.get(sent.path)).status_code)
    assert statuses == [200] * PER_LETTER + [429]


async def test_no_token_and_no_word_reaches_a_log(
    app: FastAPI, client: httpx.AsyncClient, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """Not when all goes well, not when the database is away, not when the page itself fails."""
    token, words = sent.path.removeprefix("/a/"), "un mot que personne ne lit"
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").disabled = True  # the browser of this test, not the page
        logging.getLogger("httpcore").disabled = True
        try:
            form = {"mark": await open_form(client, sent.path), "choice": "contested", "words_contested": words}
            assert (await client.post(sent.path, data=form)).status_code == 303
            await take_the_database_away(app)
            assert (await client.post(sent.path, data=form)).status_code == 503
            object.__setattr__(app.state.site, "links", None)
            assert (await client.post(sent.path, data=form)).status_code == 500
        finally:
            logging.getLogger("httpx").disabled = False
            logging.getLogger("httpcore").disabled = False
    assert "the answer page failed: AttributeError" in caplog.text
    for part in (token, token[:22], words, form["mark"], "personne"):
        assert part not in caplog.text


async def take_the_database_away(app: FastAPI) -> None:
    """From now on nobody listens where the page's database was."""
    store: Store = app.state.site.store
    await store.close()
    store.engine = create_async_engine(f"postgresql+asyncpg://page@127.0.0.1:{free_port()}/none")


async def test_a_database_that_is_away_is_said(app: FastAPI, client: httpx.AsyncClient, sent: Sent) -> None:
    """The person is told that nothing was recorded and how to answer all the same; the watch is told as well."""
    mark = await open_form(client, sent.path)
    await take_the_database_away(app)
    refused = await client.post(sent.path, data={"mark": mark, "choice": "claims_removal"})
    assert refused.status_code == 503
    assert "desk@hotline.example" in refused.text
    health = await client.get("/health")
    assert (health.status_code, health.json()) == (503, {"status": "no_store"})


async def test_the_form_says_how_many_answers_it_has_had(client: httpx.AsyncClient, sent: Sent) -> None:
    """Whoever opens the link after a colleague sees that somebody answered, and not what."""
    assert "enregistrée" not in (await client.get(sent.path)).text.partition("<form")[0]
    for number, (fr, en) in enumerate(
        [("Une réponse est déjà", "One answer was"), ("2 réponses sont déjà", "2 answers were")]
    ):
        await answer(client, sent.path, "contested", f"Raison {number}")
        assert fr in (await client.get(sent.path)).text
        page = (await client.get(f"{sent.path}?lang=en")).text
        assert en in page
        assert f"{4 - number} left" in page


def test_every_text_stands_in_both_languages_and_no_line_begins_with_a_sign() -> None:
    """Nothing is missing in one language, and French signs do not fall onto the next line."""
    kinds = [one for asked in texts.CHOICES.values() for one in asked]
    pairs = [*texts.TEXTS.values(), *kinds, *(one for end in texts.ENDS.values() for one in end), texts.STILL]
    assert set(texts.ENDS) == set(End)
    for fr, en in pairs:
        assert fr and en
        assert not re.search(r" [:;?!]", set_in("fr", fr))
        assert set_in("en", en) == en
