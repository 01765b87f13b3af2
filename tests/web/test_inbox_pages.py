"""What came in, on the site: the list says nothing of what was written, one message says it defanged, a look is noted."""

import html as markup
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cases.incoming import person
from models.store import Store
from tests.faults.house import LIBRARY
from tests.incoming.conftest import Living, house, imap, imap_house, post, reply
from tests.keys import KEYS
from tests.web.conftest import BASE
from web.app import create_app

__all__ = ["house", "imap", "imap_house", "post"]

HOSTILE = (
    "See <script>alert(1)</script> at http://forum.example/a/1 or forum.example/b, ask abuse@forum.example.\n\u202eDone"
)
LOOSE: dict[str, Any] = {"In_Reply_To": None, "References": None, "To": "notices@hotline.example"}


@pytest.fixture
async def waiting(house: Living) -> Living:
    """Two messages wait: one names a case of ours, one comes from nowhere; an answer is filed."""
    house.later(hours=37)
    await house.dispatch()  # the reminder: two letters about one report
    subject = "R-2026-000001 <b>urgent</b>"
    house.account.append(
        reply(house.letters()[0], HOSTILE, **LOOSE | {"Subject": subject, "Message_ID": "<1@x.example>"})
    )
    await house.read()
    nobody = {"Subject": "hello", "From": "x@elsewhere.example", "Message_ID": "<2@x.example>"}
    house.account.append(reply(house.letters()[0], "Nothing in particular.", **LOOSE | nobody))
    await house.read()
    house.account.append(reply(house.letters()[0], "After review we decline.", Message_ID="<3@x.example>"))
    await house.read()
    return house


@pytest.fixture
async def browser(waiting: Living) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine."""
    store = Store(waiting.url, KEYS)
    app = create_app(store, LIBRARY, waiting.settings, clock=lambda: waiting.now)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found
    await store.close()


async def noted(house: Living) -> list[tuple[str, str | None]]:
    """What stands in the read log."""
    query = "SELECT coalesce(array_agg(how || ' ' || coalesce(report, '-') ORDER BY at), '{}') FROM read_log"
    return list(await house.one(query))


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_list_says_what_waits_and_not_what_it_says(
    browser: httpx.AsyncClient, waiting: Living, language: str
) -> None:
    """Oldest first, with guesses and commands in words; no word of a sender; nobody's report was looked at."""
    html = (await browser.get("/inbox", params={"lang": language})).text
    assert [*dict.fromkeys(re.findall(r"/inbox/(M-[0-9]+)", html))] == ["M-000001", "M-000002"]
    first, second = html.split('<tbody class="waits">')[1:]
    assert 'href="/reports/R-2026-000001"' in first and "/reports/" not in second
    assert ("plus d&#39;une lettre" in first) == (language == "fr")
    assert "sansdelai inbox file M-000001 --letter &#39;&lt;" in first
    assert "sansdelai inbox discard M-000002 --why … --by …" in second
    for word in ("urgent", "script", "forum.example", "elsewhere", "hello", "particular", "M-000003"):
        assert word not in html.replace(await message_id(waiting), ""), word
    assert await noted(waiting) == []


async def message_id(house: Living) -> str:
    """Of our letters, which the command names."""
    return markup.escape(str(house.letters()[0]["Message-ID"]))


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_one_message_is_shown_harmless_and_noted(
    browser: httpx.AsyncClient, waiting: Living, language: str
) -> None:
    """Its own words, every address defanged, nothing of it live; the look is on record for the report it may answer."""
    response = await browser.get("/inbox/M-000001", params={"lang": language})
    html = response.text
    assert response.status_code == 200 and "<script" not in html and "<b>urgent" not in html
    assert "hxxp://forum[.]example/a/1" in html and "forum[.]example/b" in html and "abuse[@]forum[.]example" in html
    assert "forum.example" not in html and "\u202e" not in html and "&lt;U+202E&gt;Done" in html
    assert await noted(waiting) == ["message R-2026-000001"]


async def test_a_filed_message_leads_to_its_report_and_back(browser: httpx.AsyncClient, waiting: Living) -> None:
    """The timeline of the report links to the message; the message says where it belongs and offers no deed."""
    report = (await browser.get("/reports/R-2026-000001")).text
    assert 'href="/inbox/M-000003"' in report
    html = (await browser.get("/inbox/M-000003", params={"lang": "en"})).text
    assert 'href="/reports/R-2026-000001"' in html and "After review we decline." in html
    assert "sansdelai inbox" not in html
    assert await noted(waiting) == ["page R-2026-000001", "message R-2026-000001"]


async def test_a_message_that_touches_no_report_is_noted_too(browser: httpx.AsyncClient, waiting: Living) -> None:
    """That somebody looked stands in the log without a number."""
    assert (await browser.get("/inbox/M-000002")).status_code == 200
    assert await noted(waiting) == ["message -"]


async def test_of_a_discarded_message_no_word_is_left(browser: httpx.AsyncClient, waiting: Living) -> None:
    """It is said that the text is gone, and why it was put away."""
    async with waiting.desk() as desk:
        await person.discard(
            desk, "M-000002", why="spam", by="S-07", ledger=waiting.home / "erasures.jsonl", now=waiting.now
        )
    html = (await browser.get("/inbox/M-000002", params={"lang": "en"})).text
    assert "The text is erased." in html and "spam" in html and "particular" not in html


@pytest.mark.parametrize("number", ["M-000009", "M-1", "R-2026-000001", "M-000001%27"])
async def test_no_such_message(browser: httpx.AsyncClient, waiting: Living, number: str) -> None:
    """Another number, or none at all: a page that says so, and nothing is noted."""
    assert (await browser.get(f"/inbox/{number}")).status_code == 404
    assert await noted(waiting) == []


async def test_an_empty_quarantine_says_so(house: Living) -> None:
    """Nothing waits."""
    store = Store(house.url, KEYS)
    app = create_app(store, LIBRARY, house.settings, clock=lambda: house.now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as browser:
        assert "No message waits." in (await browser.get("/inbox", params={"lang": "en"})).text
    await store.close()
