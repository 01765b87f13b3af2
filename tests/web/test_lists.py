"""The list, the matters, what is due and the catalogue: right answers, and statements that an index serves."""

import re

import httpx
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from law.library import Library
from law.vocabulary import ReportStage
from models.store import Store
from tests.owning import as_owner
from tests.web.samples import NOW
from web.filters import Filters, read_filters
from web.reading import PAGE, ReadOnly, list_reports, report_query
from web.worklists import ahead, matters

MANY = """
INSERT INTO content (id, written_at) VALUES ('00000000-0000-7000-8000-000000000001', now());
INSERT INTO report (id, number, content_id, category, depicted, priority, public, victim_reported, language, received_at,
                    stage, returns, event_seq)
SELECT gen_random_uuid(), 'R-2025-' || lpad(n::text, 6, '0'), '00000000-0000-7000-8000-000000000001', 'hate', 'adult', 5, true,
       false, 'fr', now(), CASE WHEN n % 50 = 0 THEN 'notified' ELSE 'received' END, 0, 1 FROM generate_series(1, 20000) n;
INSERT INTO duty (id, report_id, deed, due_at, priority, by, cause, closed_at, attempts)
SELECT gen_random_uuid(), id, 'verify', now() + interval '9 days', 5, 'machine', NULL, CASE WHEN random() < .5 THEN now() END, 0
FROM report WHERE number LIKE 'R-2025-%';
"""


async def many(store: Store) -> None:
    """Twenty thousand more reports, and what the planner knows of them."""
    async with store.transaction() as connection:
        for statement in filter(str.strip, MANY.split(";\n")):
            await connection.execute(text(statement))
        await connection.execute(text("ANALYZE report, duty, procedure, party"))


FILTERS = [
    Filters(),
    Filters(after="R-2025-015000"),
    Filters(before="R-2025-000100"),
    Filters(stage=ReportStage.NOTIFIED),
    Filters(stage=ReportStage.NOTIFIED, after="R-2025-010000"),
    Filters(category="hate"),
    Filters(waiting=True),
    Filters(overdue=True),
    Filters(cause="sign", addressee="Arcom"),
    Filters(number="R-2025-000123"),
    Filters(number="123"),
]


async def test_every_list_is_served_by_an_index(store: Store, own_copy: None) -> None:
    """With twenty thousand reports no statement of the list reads the whole table of reports or duties."""
    await many(store)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    async with store.transaction() as connection:
        for filters in FILTERS:
            query = report_query(filters, NOW).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {query}")).scalars())
            assert "Index" in plan, filters
            assert not re.search(r"Seq Scan on (report|duty)\b", plan), f"{filters}\n{plan}"


async def test_pages_follow_each_other_without_gap_or_repeat(store: Store, own_copy: None) -> None:
    """Walking to older reports and back meets every report once, in order."""
    await many(store)
    reading, seen, filters = ReadOnly(store), [], Filters(stage=ReportStage.NOTIFIED)
    page = await list_reports(reading, filters, NOW)
    assert not page.newer
    first = [row.number for row in page.rows]
    while True:
        seen += [row.number for row in page.rows]
        if not page.older:
            break
        page = await list_reports(reading, Filters(stage=ReportStage.NOTIFIED, after=seen[-1]), NOW)
    assert sorted(set(seen), reverse=True) == seen
    assert 400 + len([number for number in seen if number.startswith("R-2026")]) == len(seen)
    back = await list_reports(reading, Filters(stage=ReportStage.NOTIFIED, before=seen[PAGE]), NOW)
    assert first == [row.number for row in back.rows]


FOUND: dict[str, set[int]] = {
    "number=3": {3},
    "number=R-2026-000005": {5},
    "number=r-2026-00000": set(range(1, 10)),
    "stage=held": {5},
    "category=csam": {2},
    "addressee=Arcom": {1, 7},
    "addressee=p-0002": {2},
    "addressee=%25": set(),
    "overdue=1": {3, 4},
    "cause=sign": {1},
    "cause=sign&addressee=Pharos": set(),
    "waiting=1&category=terrorism": set(),
    "waiting=1&stage=escalated": {2},
}


async def test_filters_find_what_they_say(client: httpx.AsyncClient) -> None:
    """Each filter finds its reports and no others."""
    for query, numbers in FOUND.items():
        html = (await client.get(f"/reports?{query}")).text
        shown = set(re.findall(r'class="num" href="/reports/([^"]+)"', html))
        assert shown == {f"R-2026-{number:06d}" for number in numbers}, query


IMPOSSIBLE = (
    "stage=all",
    "stage=held'%20OR%201=1--",
    "category=%00",
    "number=%27%3B--",
    "number=../..",
    "addressee=a%00b",
    "after=%22",
    "before=%3Ci%3E",
    "cause=a%20b",
    "addressee=" + "x" * 500,
)


async def test_an_impossible_filter_is_named(client: httpx.AsyncClient) -> None:
    """A filter that cannot be is refused with what is allowed; nothing is listed, nothing is passed on."""
    for query in IMPOSSIBLE:
        response = await client.get(f"/reports?{query}")
        assert response.status_code == 400, query
        assert "Ce filtre n&#39;est pas possible" in response.text
        assert 'class="num"' not in response.text
        assert "<i>" not in response.text


def test_all_faults_at_once(library: Library) -> None:
    """Every impossible filter is named, not only the first, and the good ones stay."""
    filters, faults = read_filters({"stage": "x", "category": "y", "number": "?", "waiting": "1"}, library)
    assert sorted((one.key for one in faults), key=["stage", "category", "number"].index) == [
        "stage",
        "category",
        "number",
    ]
    assert filters.waiting


async def test_matters_are_one_line_for_each_cause_and_addressee(store: Store) -> None:
    """Two reports with the same cause and addressee are one matter; an emergency stands first."""
    found = await matters(ReadOnly(store))
    assert (found[0].deed, found[0].priority) == ("call", 0)
    pairs = [(one.deed, one.cause, one.party) for one in found]
    assert len(set(pairs)) == len(pairs)
    signing = next(one for one in found if one.cause == "sign")
    assert (signing.count, signing.numbers, signing.label) == (1, ["R-2026-000001"], "Arcom")


async def test_due_counts_what_is_late_and_what_comes(store: Store, library: Library) -> None:
    """Late duties, the next 24 hours and what the police hold back are counted apart."""
    found = await ahead(ReadOnly(store), library, NOW)
    assert (found.overdue, found.held) == (2, 1)
    assert found.soon == sum(one.count for one in found.work) - found.overdue
    assert found.then is not None
    assert [one.due_at for one in found.work] == sorted(one.due_at for one in found.work)


async def test_catalogue_says_what_is_signed(client: httpx.AsyncClient) -> None:
    """Signed, ended and unsigned versions and proposals are told apart; a standing order is no signature."""
    html = (await client.get("/regimes", params={"lang": "en"})).text

    def row(regime: str) -> str:
        return html.split(f'href="/regimes/{regime}"')[1].split("</tr>")[0]

    assert "signed by Me D." in row("eu-dsa-22")
    assert "signature ended on" in row("us-tida")
    assert "not signed: sends nothing" in row("eu-dsa-53")
    assert "proposal: simulation only" in row("prop-temporary-block")
    assert "Standing orders" in (await client.get("/regimes/eu-dsa-53", params={"lang": "en"})).text


async def test_a_signature_of_another_version_is_said(client: httpx.AsyncClient, store: Store, own_copy: None) -> None:
    """A changed file needs a new signature, and the page says that the old one does not count."""
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE signature SET digest = 'older' WHERE regime = 'eu-dsa-22'"))
    html = (await client.get("/regimes/eu-dsa-22", params={"lang": "en"})).text
    assert "another version was signed" in html


async def test_an_alias_leads_to_its_regime(client: httpx.AsyncClient) -> None:
    """An alias is accepted wherever an id is."""
    assert "prop-temporary-block" in (await client.get("/regimes/prop-pdc-2026")).text


async def test_what_waits_after_a_silence_stands_above_what_is_due(
    client: httpx.AsyncClient, store: Store, own_copy: None
) -> None:
    """How many letters wait, since when, and what a person does about it, in both languages; else no word of it."""
    assert "sansdelai brake" not in (await client.get("/due?lang=en")).text
    async with store.transaction() as connection:
        change = "UPDATE house SET braked_at = :at, braked_letters = 300, braked_why = 'a silence'"
        await connection.execute(text(change), {"at": NOW})
        due = "UPDATE duty SET due_at = :at WHERE deed = 'notify' AND held_by IS NULL AND closed_at IS NULL"
        waiting = (await connection.execute(text(due), {"at": NOW})).rowcount
    english, french = (await client.get("/due?lang=en")).text, (await client.get("/due?lang=fr")).text
    assert waiting > 1
    assert f"{waiting + 1} letters wait for a person" in english  # and the sample's late reminder
    assert "lettres attendent une personne" in french
    assert all("sansdelai brake release --by S-07" in page for page in (english, french))
