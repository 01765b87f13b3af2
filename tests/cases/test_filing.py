"""Work lists and receipts: grouped as the form wants, nothing cut in silence, nothing held shown, nothing doubled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.changed_forms import changed_forms
from cases.channels import DirectoryRefused, end_channel, form_changed, form_mended
from cases.filing_files import FilesRefused, as_sheet, as_text, say_written
from cases.record.police import hold
from cases.record.receipts import ReceiptsRefused, filed_list
from edges.form_files import FormsFault, load_forms
from edges.intake_files import Line
from law.vocabulary import ChannelKind, PartyKind
from models.draft import Draft
from models.store import Store
from tests.cases.filing_house import FORM_TOML, LATER, add_party, desk_of, dispatch, forms_in, furnish_forms, listed
from tests.faults.house import LIBRARY, NOW, faults_of, report, scalar
from tests.keys import KEYS
from tests.owning import as_owner


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Store]:
    """A store that nobody furnished yet."""
    store = Store(database_url, KEYS)
    yield store
    await store.close()


def receipts(*rows: tuple[str, str, str]) -> list[Line]:
    """A receipt list as read from a file with a header."""
    return [
        Line(n, {"number": number, "reference": reference, "filed_at": at})
        for n, (number, reference, at) in enumerate(rows, start=2)
    ]


async def test_reports_are_grouped_up_to_the_forms_maximum(
    opened: Store, database_url: str, home: Path, tmp_path: Path
) -> None:
    """Seven reports at a form of three are three filings, in the order of urgency, then of time."""
    await furnish_forms(opened, 7)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    async with as_owner(opened) as connection:
        await connection.execute(text("UPDATE duty SET priority = 1 WHERE report_id = (SELECT id FROM report WHERE number = 'R-2026-000005')"))  # fmt: skip
    work = await listed(opened, forms_in(tmp_path, board=FORM_TOML))
    assert [len(batch.items) for batch in work.batches] == [3, 3, 1]
    assert [item.number for item in work.items][:3] == ["R-2026-000005", "R-2026-000001", "R-2026-000002"]
    assert (work.waiting, work.shown, work.batches[0].category) == (7, 7, "hate")
    few = await listed(opened, forms_in(tmp_path, board=FORM_TOML), most=2)
    assert (few.waiting, few.shown, few.items[0].number) == (7, 2, "R-2026-000005")


async def test_fields_are_filled_cut_in_plain_sight_or_missing(
    opened: Store, database_url: str, home: Path, tmp_path: Path
) -> None:
    """A text is cut and says so; an address is never cut; what nobody can fill in is missing; a choice is a person's."""
    await furnish_forms(opened, 1)
    draft = Draft(NOW)
    platform = add_party(
        draft,
        "P-0009",
        PartyKind.ONLINE_PLATFORM,
        (ChannelKind.FORM, "https://b.example/f"),
        form="board-form",
        micro_or_small=True,
    )
    report(draft, 2, platform, "http://forum.example/" + "x" * 60, category="drugs", code="fr-cp-222-39")
    await opened.write(draft)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    forms = forms_in(tmp_path, board=FORM_TOML)
    one = {field.field.id: field for field in (await listed(opened, forms)).items[0].fields}
    assert (one["text"].values, one["text"].cut, one["text"].longest) == (("Appel à la h",), True, 17)
    assert (one["kind"].values, one["url"].values) == (("HS-1",), ("http://forum.example/a/1",))
    assert not one["box"].missing
    (item,) = (await listed(opened, forms, "P-0009")).items
    assert {field.field.id for field in item.missing} == {"url", "kind"}
    assert next(field for field in item.fields if field.field.id == "url").too_long
    told = as_text(await listed(opened, forms), "en", exact=True)
    assert "CUT to 12 of 17 characters" in told and "HS-1" in told
    longer = as_text(await listed(opened, forms, "P-0009"), "fr", exact=True)
    assert "laissée de côté, jamais coupée" in longer and "xxx" not in longer


async def test_what_is_held_is_not_shown_but_to_the_police(
    opened: Store, database_url: str, home: Path, tmp_path: Path
) -> None:
    """A hold takes a report off the list of a platform; information to the police is never stopped (practice 1.4)."""
    await furnish_forms(opened, 2)
    forms = forms_in(tmp_path, board=FORM_TOML)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
        await hold(
            desk, ["R-2026-000001"], service="OFMIN", reference="x", written=True, by="S-07", until=LATER, now=NOW
        )
    assert [item.number for item in (await listed(opened, forms)).items] == ["R-2026-000002"]
    async with as_owner(opened) as connection:
        await connection.execute(text("UPDATE party SET kind = 'police' WHERE number = 'P-0001'"))
    assert len((await listed(opened, forms)).items) == 2


async def test_a_file_shows_numbers_unless_somebody_says_why(
    opened: Store, database_url: str, home: Path, tmp_path: Path
) -> None:
    """Exact addresses in a file are an event on every report, need a reason, and above fifty a second person."""
    await furnish_forms(opened, 51)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    work = await listed(opened, forms_in(tmp_path, board=FORM_TOML))
    plain = as_sheet(work, "en", exact=False)
    assert "R-2026-000051" in plain and "forum" not in plain and "Appel" not in plain
    whole = as_sheet(work, "en", exact=True)
    assert "http://forum.example/a/51" in whole
    for by, why, second, says in (
        ("S-07", "", None, "--why"),
        ("S-07", "x", None, "second person"),
        ("S-07", "x", "s-07", "somebody else"),
        ("a b", "x", "S-08", "--by"),
    ):
        with pytest.raises(FilesRefused, match=says):
            await say_written(opened, work, whole.encode(), by=by, why=why, second=second, now=NOW)
    assert await scalar(opened, "SELECT count(*) FROM event WHERE kind = 'worklist_exported'") == 0
    await say_written(opened, work, whole.encode(), by="S-07", why="their form is down", second="S-08", now=NOW)
    assert await scalar(opened, "SELECT count(*) FROM event WHERE kind = 'worklist_exported' AND actor = 'S-07'") == 51
    assert await scalar(opened, "SELECT count(*) FROM event WHERE body LIKE '%form is down%'") == 0
    assert await faults_of(opened) == []


async def test_a_text_that_is_no_screen_has_no_live_address(
    opened: Store, database_url: str, home: Path, tmp_path: Path
) -> None:
    """What is not for copying is defanged, the form's own page included."""
    await furnish_forms(opened, 1)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    told = as_text(await listed(opened, forms_in(tmp_path, board=FORM_TOML)), "fr", exact=False)
    assert "hxxp://forum[.]example/a/1" in told and "http" not in told.replace("hxxp", "")


async def test_a_form_that_changed_is_one_matter(opened: Store, database_url: str, home: Path, tmp_path: Path) -> None:
    """Said once for all reports; the list says so until it is mended; the change is kept."""
    await furnish_forms(opened, 5)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    forms = forms_in(tmp_path, board=FORM_TOML)
    await form_changed(opened, "P-0001", what="a  new box", by="S-07", now=NOW)
    (change,) = (await listed(opened, forms)).changed
    assert (change.by, change.after) == ("S-07", '{"what": "a new box"}')
    (one,) = await changed_forms(opened)
    assert (one.party, one.waiting, one.since) == ("P-0001", 5, NOW)
    assert await scalar(opened, "SELECT count(*) FROM duty WHERE closed_at IS NULL AND by = 'person'") == 5
    await form_mended(opened, "P-0001", by="S-08", now=LATER)
    assert (await listed(opened, forms)).changed == () and await changed_forms(opened) == []
    with pytest.raises(DirectoryRefused, match="was said to have changed"):
        await form_mended(opened, "P-0001", by="S-08", now=LATER)
    with pytest.raises(Exception, match="appended, never edited"):
        async with as_owner(opened) as connection:
            await connection.execute(text("UPDATE directory_change SET by = 'S-09'"))


async def test_an_ended_form_leaves_the_list(opened: Store, database_url: str, home: Path, tmp_path: Path) -> None:
    """Nobody files at a form that has ended: another channel is asked for, one matter for the addressee."""
    await furnish_forms(opened, 3)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    done = await end_channel(opened, "P-0001", "https://forum.example/report", why="wrong", by="S-07", now=NOW)
    assert done.moved == 3
    assert (await listed(opened, forms_in(tmp_path, board=FORM_TOML))).waiting == 0
    assert await scalar(opened, "SELECT count(*) FROM duty WHERE cause = 'channel_refused' AND closed_at IS NULL") == 3
    assert await faults_of(opened) == []


async def test_five_hundred_receipts_at_once(opened: Store, database_url: str, home: Path, tmp_path: Path) -> None:
    """A receipt list of five hundred rows starts five hundred clocks; the same list again adds nothing."""
    await furnish_forms(opened, 500)
    rows = receipts(*[(f"R-2026-{n:06}", f"BF-{n}", "2026-10-05T12:30:00+02:00") for n in range(1, 501)])
    async with desk_of(home, database_url, clock=lambda: LATER) as desk:
        await dispatch(desk)
        done = await filed_list(desk, "P-0001", rows, by="S-07", now=LATER)
        assert (len(done.recorded), done.known) == (500, ())
        again = await filed_list(desk, "P-0001", rows, by="S-07", now=LATER)
        assert (again.recorded, len(again.known)) == ((), 500)
    assert await scalar(opened, "SELECT count(*) FROM act WHERE status = 'sent' AND reference LIKE 'BF-%'") == 500
    assert await scalar(opened, "SELECT count(*) FROM procedure WHERE receipt = 'portal' AND stage = 'running'") == 500
    assert (await listed(opened, forms_in(tmp_path, board=FORM_TOML))).waiting == 0
    assert await faults_of(opened) == []


async def test_every_fault_of_a_receipt_list_at_once(opened: Store, database_url: str, home: Path) -> None:
    """Nothing is written unless all rows are good; each bad one says what is allowed."""
    await furnish_forms(opened, 3)
    rows = receipts(
        ("R-2026-000001", "BF-1", "2026-10-05T12:00:00+02:00"),
        ("R-2026-000999", "BF-2", "2026-10-05T12:00:00+02:00"),
        ("R-2026-000002", "see http://x.example/?a", "2026-10-05T12:00:00"),
        ("R-2026-000003", "BF-3", "2027-10-05T12:00:00+02:00"),
        ("R-2026-000001", "BF-9", "2026-10-05T12:00:00+02:00"),
        ("R-2026-000003", "BF-3", "2020-10-05T12:00:00+02:00"),
    )
    rows.append(Line(8, {"number": "R-2026-000003"}, ("the row has 9 cells; allowed: 3, as in the header",)))
    async with desk_of(home, database_url, clock=lambda: LATER) as desk:
        await dispatch(desk)
        with pytest.raises(ReceiptsRefused) as refused:
            await filed_list(desk, "P-0001", rows, by="S-07", now=LATER)
        assert [(one.line, len(one.reasons)) for one in refused.value.refused] == [
            (3, 1),
            (4, 2),
            (5, 1),
            (6, 1),
            (7, 1),
            (8, 3),
        ]
        with pytest.raises(ReceiptsRefused, match="nothing of this report waits to be filed at P-0002"):
            await filed_list(desk, "arcom", rows[:1], by="S-07", now=LATER)
        assert await scalar(opened, "SELECT count(*) FROM act") == 0
        await filed_list(desk, "P-0001", rows[:1], by="S-07", now=LATER)
        with pytest.raises(ReceiptsRefused, match="nothing recorded is overwritten"):
            await filed_list(desk, "P-0001", rows[4:5], by="S-07", now=LATER)


def test_our_forms_can_be_read(tmp_path: Path) -> None:
    """What ships is whole; a code or limit that nobody has read is not there."""
    forms = load_forms(LIBRARY)
    assert {"general", "iccam", "pharos"} <= forms.by_id.keys()
    assert all(field.limit is None for form in forms.by_id.values() for field in form.fields)
    assert all(not field.codes for form in forms.by_id.values() for field in form.fields)
    assert forms.fitting("gone", None).id == "general" and forms.fitting(None, "pharos").id == "pharos"
    assert forms_in(tmp_path, own=FORM_TOML.replace("board-form", "pharos")).by_id["pharos"].most == 3


def test_faults_of_all_form_files_at_once(tmp_path: Path) -> None:
    """Every fault of every file is said, with its place."""
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5_000, encoding="utf-8")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(FormsFault) as fault:
        forms_in(
            tmp_path,
            one=FORM_TOML.replace("most = 3", "most = 0").replace('source = "number"', 'source = "victim"'),
            two=FORM_TOML.replace("hate =", "hatred ="),
            three=FORM_TOML,
            four=FORM_TOML,
            five=FORM_TOML.replace('id = "text"', 'id = "url"').replace("board-form", "five"),
            six=FORM_TOML.replace('kind = "form"', 'kind = "email"').replace("board-form", "six"),
            seven=FORM_TOML.replace('codes = { hate = "HS-1", harassment = "HR-2" }', "").replace(
                "board-form", "seven"
            ),
        )
    told = "\n".join(fault.value.faults)
    for wanted in ("deep.toml", "bytes.toml: is not TOML", "one.toml: most", "one.toml: fields.4.source", "two.toml: fields.kind.codes: unknown category 'hatred'",
                   "stands in two files", "five.toml: the form: fields: stands twice: url", "six.toml: the form: kind", "seven.toml: fields.1: source = 'code' needs codes"):  # fmt: skip
        assert wanted in told, (wanted, told)
    with pytest.raises(FormsFault, match="unknown form 'x'; allowed: general, iccam, pharos"):
        load_forms(LIBRARY).form("x")
    with pytest.raises(FormsFault, match="cannot be read"):
        load_forms(LIBRARY, tmp_path / "none")
