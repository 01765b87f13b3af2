"""What keeps the site harmless: this machine only, no script, no writing, no live link, whatever is asked of it."""

import re
from html.parser import HTMLParser
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from edges.settings import Settings
from law.library import Library
from models.draft import Draft
from models.store import Store
from models.tables import Report
from tests.keys import KEYS
from tests.owning import as_owner
from tests.web.samples import HOST, NOW, RUN
from web.app import HEADERS, create_app
from web.reading import ReadOnly

REPORTS = [f"/reports/R-2026-{number:06d}" for number in range(1, 10)]
PAGES = [
    "/reports",
    "/matters",
    "/inbox",
    "/due",
    "/regimes",
    "/regimes/eu-dsa-22",
    "/regimes/prop-temporary-block",
    *REPORTS,
]


class Links(HTMLParser):
    """Every address that a page points to, and the tags and attributes it uses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.found += [value or "" for name, value in attrs if name in {"href", "src", "action", "srcset", "data"}]


async def letters_of(client: httpx.AsyncClient) -> list[str]:
    """The addresses of the pages of all letters."""
    found: list[str] = []
    for page in REPORTS:
        found += re.findall(r'href="(/reports/[^"]+/letters/[^"]+)"', (await client.get(page)).text)
    assert found
    return found


async def test_the_first_page_is_the_list(client: httpx.AsyncClient) -> None:
    """`/` leads to the list of reports."""
    response = await client.get("/")
    assert (response.status_code, response.headers["location"]) == (303, "/reports")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_can_be_written(client: httpx.AsyncClient, language: str) -> None:
    """Every page is written in both languages, and says which one, and that the store is simulated."""
    for page in PAGES:
        response = await client.get(page, params={"lang": language})
        assert response.status_code == 200, page
        assert f'<html lang="{language}">' in response.text
        assert "SIMULATION" in response.text


async def test_no_live_link_to_content_on_any_page(client: httpx.AsyncClient, library: Library) -> None:
    """No page links to, or loads from, anything but this site, Prefect and the sources of the law."""
    sources = set(re.findall(r"https?://[^\"'\s]+", repr(library.regimes)))
    ours = re.compile(r"/(?!/)|#|\?|http://127\.0\.0\.1:4200/runs")
    for page in [*PAGES, *await letters_of(client)]:
        html = (await client.get(page)).text
        links = Links(html)
        outside = {link for link in links.found if not ours.match(link)}
        assert outside <= (sources if page.startswith("/regimes/") else set()), page
        assert not any("example" in link for link in links.found)
        assert not re.search(rf"https?://[^\s<]*{re.escape(HOST)}", html), page
        assert not {"script", "img", "iframe", "object", "embed", "style"} & links.tags
        assert not {name for name in links.attributes if name.startswith("on")}


async def test_addresses_are_folded_and_defanged(client: httpx.AsyncClient) -> None:
    """An address stands defanged within a closed fold; the host appears nowhere before it."""
    html = (await client.get(REPORTS[0])).text
    assert "hxxps://jane-doe[.]example/a?x=1" in html
    assert "<details open" not in html
    outside = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    assert "jane-doe" not in outside


async def test_hostile_text_is_shown_as_text(client: httpx.AsyncClient) -> None:
    """A script in a person's explanation is escaped, its link defanged."""
    html = (await client.get(REPORTS[0])).text
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#39;why&#39;)&lt;/script&gt;" in html
    assert "hxxps://jane-doe[.]example/album" in html


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "192.168.1.4"])
async def test_another_host_name_is_refused(client: httpx.AsyncClient, host: str) -> None:
    """A request made under another name than this machine's is refused before anything is read (DNS rebinding)."""
    response = await client.get("/reports", headers={"host": host})
    assert response.status_code == 400
    assert "R-2026" not in response.text
    assert HEADERS["Content-Security-Policy"] == response.headers["content-security-policy"]


async def test_this_machine_is_not_refused(client: httpx.AsyncClient) -> None:
    """`localhost` with any port is this machine."""
    assert (await client.get("/health", headers={"host": "localhost:9999"})).status_code == 200


async def test_strict_headers_on_everything(client: httpx.AsyncClient) -> None:
    """Every answer, refusals and files included, carries the strict headers."""
    assert "script-src" not in HEADERS["Content-Security-Policy"]
    for page in ("/reports", "/", "/nothing", "/static/style.css", "/health", "/reports?stage=x"):
        response = await client.get(page)
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, page


NOWHERE = (
    "/reports/R-2026-999999",
    "/reports/%00",
    "/reports/..%2f..%2fetc%2fpasswd",
    "/reports/R-2026-000001'--",
    "/nope",
    "/regimes/..%2f..%2fhouse",
    "/regimes/none",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/docs",
    "/openapi.json",
    f"/reports/R-2026-000001/letters/{uuid4()}",
    "/reports/R-2026-000001/letters/1",
    f"/reports/{'R' * 5000}",
)


async def test_what_does_not_exist_is_a_page_of_its_own(client: httpx.AsyncClient) -> None:
    """An unknown number, a path that climbs, an injection: a 404 page, in words, with the banner."""
    for page in NOWHERE:
        response = await client.get(page)
        assert response.status_code == 404, page
        assert "Rien de tel ici" in response.text
        assert "SIMULATION" in response.text


async def test_a_letter_is_found_under_its_own_report_only(client: httpx.AsyncClient) -> None:
    """The letter of one report is not shown under the number of another."""
    address = (await letters_of(client))[0]
    assert (await client.get(address)).status_code == 200
    assert (await client.get(address.replace("R-2026-000001", "R-2026-000002"))).status_code == 404


async def test_only_reading_is_allowed(client: httpx.AsyncClient) -> None:
    """No method but reading is answered."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await client.request(method, "/reports")).status_code == 405


async def test_the_database_refuses_every_write(store: Store) -> None:
    """Read-only is a property of the connection: the one writer and plain SQL are both refused by PostgreSQL."""
    reading = ReadOnly(store)
    async with store.session() as session:
        report = (await session.exec(select(Report))).first()
    assert report is not None
    draft = Draft(NOW)
    draft.event(report.id, "closed")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await reading.write(draft)
    for statement in ("UPDATE house SET simulated = false", "DELETE FROM report", "CREATE TABLE x (y int)"):
        with pytest.raises(DBAPIError, match="read-only transaction"):
            async with reading.transaction() as connection:
                await connection.execute(text(statement))


async def test_reading_does_not_spoil_the_writer(store: Store, own_copy: None) -> None:
    """A connection that the site gave back can be written with again: the pool is shared, the promise is not."""
    reading = ReadOnly(store)
    for _ in range(3):
        async with reading.transaction() as connection:
            await connection.execute(text("SELECT 1"))
        async with store.transaction() as connection:
            await connection.execute(text("UPDATE house SET stopped_at = NULL"))


async def test_events_lead_to_their_flow_run(client: httpx.AsyncClient) -> None:
    """An event that a flow run did links to that run in Prefect."""
    assert f'href="http://127.0.0.1:4200/runs/flow-run/{RUN}"' in (await client.get(REPORTS[0])).text


async def test_language_is_remembered(client: httpx.AsyncClient) -> None:
    """The language asked for once is kept in a cookie; one that does not exist is not."""
    assert '<html lang="fr">' in (await client.get("/reports", params={"lang": "xx"})).text
    await client.get("/reports", params={"lang": "en"})
    assert '<html lang="en">' in (await client.get("/matters")).text


async def test_a_real_store_shows_no_simulation_banner(store: Store, library: Library, own_copy: None) -> None:
    """The banner depends on the store's birth, not on a setting."""
    async with as_owner(store) as connection:
        changed = text("UPDATE house SET simulated = false, stopped_at = :at, stopped_why = '<b>panne</b>'")
        await connection.execute(changed, {"at": NOW})
    transport = httpx.ASGITransport(app=create_app(store, library, Settings(), clock=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        html = (await client.get("/reports")).text
    assert "SIMULATION" not in html
    assert "Envois arrêtés depuis" in html
    assert "&lt;b&gt;panne&lt;/b&gt;" in html


async def test_without_a_store_it_says_what_to_do(database_url: str, library: Library) -> None:
    """A store that was never born, or a database that is away, is said in one page; nothing is half shown."""
    for url in (database_url, "postgresql://nobody@127.0.0.1:1/none"):
        store = Store(url, KEYS)
        transport = httpx.ASGITransport(app=create_app(store, library, Settings()), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            page, health = await client.get("/reports"), await client.get("/health")
            missing = await client.get("/nope")
        await store.close()
        assert (page.status_code, health.status_code, missing.status_code) == (503, 503, 503)
        assert "sansdelai store init" in page.text
        assert health.json() == {"status": "no_store"}
        assert "nobody" not in page.text
