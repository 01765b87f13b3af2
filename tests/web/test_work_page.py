"""The screen to file from: every field by itself, nothing live, nothing in clear outside a fold, no script."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from cases.channels import form_changed
from edges.settings import Settings
from models.store import Store
from tests.cases.filing_house import FORM_TOML, desk_of, dispatch, forms_in, furnish_forms
from tests.faults.house import LIBRARY, NOW
from tests.keys import KEYS
from tests.web.conftest import BASE
from web.app import create_app


@pytest.fixture
async def filing(database_url: str, home: Path) -> AsyncIterator[Store]:
    """A store in which five reports wait to be filed at one platform's form."""
    store = Store(database_url, KEYS)
    await furnish_forms(store, 5)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    yield store
    await store.close()


@pytest.fixture
async def browser(filing: Store, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine; the organisation has described the form."""
    forms_in(tmp_path, board=FORM_TOML)
    app = create_app(filing, LIBRARY, Settings(forms_folder=tmp_path), clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_field_stands_by_itself(browser: httpx.AsyncClient, language: str) -> None:
    """Two filings of a form of three; each value in an element of its own that one click selects; cuts are said."""
    html = (await browser.get("/work/P-0001", params={"lang": language})).text
    assert html.count('class="filing"') == 2 and html.count('class="item"') == 5
    assert html.count('<output class="copy">HS-1</output>') == 5
    assert html.count("12") >= 5 and ("COUPÉ à 12" if language == "fr" else "CUT to 12") in html
    assert 'class="copy">sansdelai record filed-list P-0001 RECEIPTS.csv' in html
    css = (await browser.get("/static/style.css")).text
    assert re.search(r"\.copy \{[^}]*user-select: all", css)


async def test_addresses_are_defanged_and_folded(browser: httpx.AsyncClient) -> None:
    """The exact text is the command's; on the page nothing can be clicked, and nothing of it is open at first."""
    html = (await browser.get("/work/P-0001")).text
    assert "hxxp://forum[.]example/a/1" in html
    assert "forum.example" not in html and "<script" not in html and "<details open" not in html
    outside = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    assert "/a/1" not in outside and "Appel" not in outside


async def test_a_changed_form_is_said_in_red(browser: httpx.AsyncClient, filing: Store) -> None:
    """On its own page and, once for all reports, among what waits for people."""
    await form_changed(filing, "P-0001", what="<b>two</b> boxes", by="S-07", now=NOW)
    html = (await browser.get("/work/P-0001", params={"lang": "en"})).text
    assert 'class="banner fault" role="alert"' in html and "&lt;b&gt;two&lt;/b&gt; boxes" in html
    assert "party form-mended P-0001" in html
    matters = (await browser.get("/matters", params={"lang": "en"})).text
    assert matters.count("The form has changed: describe it anew, once for all") == 1
    assert 'href="/work/P-0001"' in matters


async def test_what_does_not_exist_is_not_found(browser: httpx.AsyncClient) -> None:
    """No such party, and no number of a party."""
    for path in ("/work/P-9999", "/work/arcom", "/work/P-1", "/work/P-0001%27", "/work/P-%D9%A1%D9%A2%D9%A3%D9%A4"):
        assert (await browser.get(path)).status_code == 404, path
    assert "Rien à déposer ici" in (await browser.get("/work/P-0002")).text


async def test_faults_of_form_files_are_shown_not_hidden(browser: httpx.AsyncClient, tmp_path: Path) -> None:
    """A wrong file keeps the page from showing half of it; every fault is named."""
    (tmp_path / "bad.toml").write_text('id = "bad"\nmost = 0\n', encoding="utf-8")
    response = await browser.get("/work/P-0001", params={"lang": "en"})
    assert response.status_code == 500 and "bad.toml: most" in response.text and "bad.toml: title" in response.text


async def test_a_look_at_the_list_is_noted_for_every_report_on_it(browser: httpx.AsyncClient, filing: Store) -> None:
    """The page holds exact addresses: who opened it stands in the log of each report, and the list alone notes nobody."""
    assert (await browser.get("/matters")).status_code == 200
    assert await reads_noted(filing) == []
    html = (await browser.get("/work/P-0001")).text
    shown = sorted(set(re.findall(r'class="num" href="/reports/([^"]+)"', html)))
    assert len(shown) == 5 and await reads_noted(filing) == [("site", "work", number) for number in shown]


async def reads_noted(store: Store) -> list[tuple[str, str, str]]:
    """Who looked how at which report."""
    async with store.transaction() as connection:
        found = await connection.execute(text("SELECT who, how, report FROM read_log ORDER BY report"))
        return [tuple(row) for row in found]
