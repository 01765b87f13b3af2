"""Channels are corrected, never edited; each letter goes where the directory says when it is written."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cases.channels import DirectoryRefused, add_channel, changes_of, check_channel, end_channel, party_with_channels
from cases.parties import PartiesRefused, import_parties, listed
from cases.party_export import export_parties
from cases.party_rows import COLUMNS, DATES
from cases.record.people import retraction, signature
from edges.intake_files import IntakeFile, Line
from edges.mail import Mailer
from law.vocabulary import ChannelKind
from models.store import Store
from tests.cases.filing_house import desk_of, dispatch, furnish_forms
from tests.conftest import free_port
from tests.edges.mail_servers import Scripted, running
from tests.faults.house import NOW, faults_of, open_procedures, replayed, scalar
from tests.keys import KEYS
from tests.owning import as_owner

MAIL = ((ChannelKind.EMAIL, "abuse@forum.example"), (ChannelKind.EMAIL, "second@forum.example"))
NEW = {"channel_kind": "email", "channel_address": "new@forum.example", "source": "their legal page"}


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Store]:
    """A store that nobody furnished yet."""
    store = Store(database_url, KEYS)
    yield store
    await store.close()


async def recipients(store: Store, status: str) -> list[str]:
    """To whom letters of this status are, or were to be."""
    query = text("SELECT recipient FROM letter WHERE status = :status AND kind <> 'staff' ORDER BY written_at, id")
    async with store.transaction() as connection:
        return list((await connection.execute(query, {"status": status})).scalars())


async def test_history_is_kept(opened: Store) -> None:
    """Adding, checking and ending say who and when; what is ended stays on record, and a second channel may follow."""
    await furnish_forms(opened, 0, channels=MAIL)
    await add_channel(opened, "p-0001", NEW | {"languages": "fr en", "rank": "7"}, by="S-07", now=NOW)
    await check_channel(opened, "P-0001", "NEW@forum.example", by="S-08", now=NOW + timedelta(hours=1))
    await end_channel(opened, "P-0001", "new@forum.example", why="wrong", by="S-09", now=NOW + timedelta(hours=2))
    party, channels = await party_with_channels(opened, "P-0001")
    (one,) = [channel for channel in channels if channel.address == "new@forum.example"]
    assert (one.working, one.ended_by, one.ended_why, one.added_by, one.languages) == (
        False,
        "S-09",
        "wrong",
        "S-07",
        ["fr", "en"],
    )
    assert [(c.what, c.by) for c in await changes_of(opened, party)] == [
        ("channel_ended", "S-09"), ("channel_checked", "S-08"), ("channel_added", "S-07"),
    ]  # fmt: skip
    await add_channel(opened, "P-0001", NEW, by="S-07", now=NOW + timedelta(hours=3))
    assert len([c for c in (await party_with_channels(opened, "P-0001"))[1] if c.address == "new@forum.example"]) == 2


@pytest.mark.parametrize(
    ("given", "by", "says"),
    [
        (NEW | {"source": " "}, "S-07", "source: is missing"),
        (NEW | {"channel_address": "x"}, "S-07", "allowed for email: one bare address"),
        (NEW | {"channel_address": "abuse@forum.example"}, "S-07", "has this channel already"),
        (NEW | {"channel_kind": "fax"}, "S-07", "allowed: email, form"),
        (NEW | {"form": "x"}, "S-07", "form: stands without a form"),
        (NEW | {"languages": "french"}, "S-07", "ISO 639-1"),
        (NEW | {"source": "file:///etc/passwd"}, "S-07", "is a file or a path"),
        (NEW, "Jane Doe", "--by: allowed: a staff code"),
        ({"source": "x"}, "S-07", "a channel needs --kind"),
    ],
)
async def test_a_bad_channel_says_what_is_allowed(opened: Store, given: dict[str, str], by: str, says: str) -> None:
    """Nothing is written, not even the change."""
    await furnish_forms(opened, 0, channels=MAIL)
    with pytest.raises(DirectoryRefused, match=says):
        await add_channel(opened, "P-0001", given, by=by, now=NOW)
    assert await scalar(opened, "SELECT count(*) FROM directory_change") == 0


async def test_what_is_unknown_or_over_is_refused(opened: Store) -> None:
    """Unknown party, address or reason; a channel ends once."""
    await furnish_forms(opened, 0, channels=MAIL)
    for number, address, why, says in (
        ("P-9999", "abuse@forum.example", "wrong", "unknown party"),
        ("P-0001", "nobody@forum.example", "wrong", "no such channel"),
        ("P-0001", "abuse@forum.example", "tired", "allowed: bounced, refused, changed, form_changed, wrong"),
    ):
        with pytest.raises(DirectoryRefused, match=says):
            await end_channel(opened, number, address, why=why, by="S-07", now=NOW)
    await end_channel(opened, "P-0001", "abuse@forum.example", why="bounced", by="S-07", now=NOW)
    with pytest.raises(DirectoryRefused, match="has ended before"):
        await end_channel(opened, "P-0001", "abuse@forum.example", why="bounced", by="S-07", now=NOW)
    with pytest.raises(DirectoryRefused, match="has ended"):
        await check_channel(opened, "P-0001", "abuse@forum.example", by="S-07", now=NOW)


async def test_an_export_imported_again_adds_nothing(opened: Store, tmp_path: Path) -> None:
    """Round trip: formulas are neutral in the file and themselves again in the store; what has ended stays ended."""
    await furnish_forms(opened, 0, channels=MAIL)
    hostile = "=cmd|' /C calc'!A0"
    for address, source in (("a@forum.example", hostile), ("b@forum.example", "'t Loo"), ("c@forum.example", "-1\n+2")):
        await add_channel(opened, "P-0001", NEW | {"channel_address": address, "source": source}, by="S-07", now=NOW)
    await end_channel(opened, "P-0001", "a@forum.example", why="changed", by="S-07", now=NOW)
    content, parties = await export_parties(opened)
    assert parties == 3 and "\"'=cmd|" in content
    assert not [cell for cell in content.replace("\r\n", ",").split(",") if cell.startswith(('"=', '"+', '"-', '"@'))]
    file = tmp_path / "directory.csv"
    file.write_text(content, encoding="utf-8", newline="")
    lines = list(IntakeFile(file, COLUMNS, DATES))
    again = await import_parties(opened, lines, now=NOW)
    assert (again.parties, again.hosts, again.channels) == ([], 0, 0)
    sources = {channel.source for _, channels, _ in await listed(opened) for channel in channels}
    assert {hostile, "'t Loo", "-1\n+2"} <= sources
    bare, _ = await export_parties(opened, numbers=False)
    assert "number" not in bare.splitlines()[0]


async def test_an_import_never_corrects_a_channel(opened: Store) -> None:
    """A row that says otherwise of a channel is refused and names the commands: a file is nobody who answers for it."""
    await furnish_forms(opened, 0, channels=MAIL)
    row = {"number": "P-0001", "kind": "online_platform", "name": "P-0001", "channel_kind": "email",
           "channel_address": "abuse@forum.example", "working": "no", "mechanisms": "eu-dsa-16"}  # fmt: skip
    with pytest.raises(PartiesRefused) as refused:
        await import_parties(opened, [Line(2, row)], now=NOW)
    assert [reason.partition(":")[0] for reason in refused.value.refused[0].reasons] == ["mechanisms", "working"]


async def carried(home: Path, url: str, *, clock: Any = None, answers: dict[str, list[Any]] | None = None) -> list[str]:
    """Dispatch with a server that answers as told; gives the commands that it heard."""
    log: list[str] = []
    async with (
        running(lambda: Scripted(answers or {}, log)) as port,
        desk_of(home, url, port, clock or (lambda: NOW)) as desk,
        Mailer(host="127.0.0.1", port=port, tls="none", direct=True, simulated=True, final_timeout_s=0.3) as mailer,
    ):
        await dispatch(replace(desk, mailer=mailer))
    return log


async def test_a_letter_to_an_ended_channel_is_written_anew(opened: Store, database_url: str, home: Path) -> None:
    """Planned, not sent; its channel was found wrong: it never leaves, and another goes to the next channel."""
    await furnish_forms(opened, 2, channels=MAIL)
    async with desk_of(home, database_url) as desk:  # nobody listens: the letters stay planned
        await dispatch(desk)
    assert await recipients(opened, "planned") == ["abuse@forum.example"] * 2
    await end_channel(opened, "P-0001", "abuse@forum.example", why="wrong", by="S-07", now=NOW)
    await carried(home, database_url)
    assert await recipients(opened, "superseded") == ["abuse@forum.example"] * 2
    assert await recipients(opened, "sent") == ["second@forum.example"] * 2
    assert await scalar(opened, "SELECT count(*) FROM event WHERE kind = 'set_aside'") == 2
    assert await faults_of(opened) == []


async def test_a_better_channel_takes_a_planned_letter(opened: Store, database_url: str, home: Path) -> None:
    """The channel is looked up again before each letter: the one with the lowest rank at that moment."""
    await furnish_forms(opened, 1, channels=MAIL[1:])
    async with as_owner(opened) as connection:
        await connection.execute(text("UPDATE channel SET rank = 5"))
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    await add_channel(opened, "P-0001", NEW | {"rank": "0"}, by="S-07", now=NOW)
    await carried(home, database_url)
    assert (await recipients(opened, "superseded"), await recipients(opened, "sent")) == (
        ["second@forum.example"], ["new@forum.example"],
    )  # fmt: skip
    assert await faults_of(opened) == []


async def test_without_another_channel_somebody_is_asked(opened: Store, database_url: str, home: Path) -> None:
    """The last channel ended: no letter leaves, and what waits goes on by itself when the directory has one again."""
    await furnish_forms(opened, 1, channels=MAIL[:1])
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    await end_channel(opened, "P-0001", "abuse@forum.example", why="bounced", by="S-07", now=NOW)
    await carried(home, database_url)
    assert await recipients(opened, "sent") == []
    assert await scalar(opened, "SELECT count(*) FROM duty WHERE cause = 'missing:channel' AND closed_at IS NULL") == 1
    done = await add_channel(opened, "P-0001", NEW, by="S-07", now=NOW)
    assert done.moved == 1
    await carried(home, database_url)
    assert await recipients(opened, "sent") == ["new@forum.example"]
    assert await faults_of(opened) == []


async def test_a_refused_letter_waits_for_another_channel(opened: Store, database_url: str, home: Path) -> None:
    """550: ending that channel does not send to it again; a new one takes up all that waits, without any list."""
    await furnish_forms(opened, 2, channels=MAIL[:1])
    await carried(home, database_url, answers={"RCPT": ["550 5.1.1 no such user"] * 9})
    stuck = "SELECT count(*) FROM duty WHERE deed = 'supply' AND closed_at IS NULL"
    assert await scalar(opened, stuck) == 2
    assert (await end_channel(opened, "P-0001", "abuse@forum.example", why="refused", by="S-07", now=NOW)).moved == 0
    assert (await add_channel(opened, "P-0001", NEW, by="S-07", now=NOW)).moved == 2
    await carried(home, database_url)
    assert await recipients(opened, "sent") == ["new@forum.example"] * 2
    assert await replayed(opened) == []


async def test_nobody_signs_a_letter_to_an_ended_channel(opened: Store, database_url: str, home: Path) -> None:
    """A prepared letter whose channel ended is written anew at once, and signed anew; the old one never leaves."""
    await furnish_forms(opened, 1, channels=MAIL, orders=False)
    await open_procedures(opened, "fr-prosecutor", "P-0003")
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    assert await recipients(opened, "prepared") == ["parquet@justice.example"]
    new = NEW | {"channel_address": "greffe@justice.example", "rank": "3"}
    await add_channel(opened, "P-0003", new, by="S-07", now=NOW)
    assert (
        await end_channel(opened, "P-0003", "parquet@justice.example", why="changed", by="S-07", now=NOW)
    ).moved == 1
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
        assert await recipients(opened, "prepared") == ["greffe@justice.example"]
        await signature(desk, ["R-2026-000001"], by="S-07", second="S-08", now=NOW)
    await carried(home, database_url)
    assert (await recipients(opened, "sent"), await recipients(opened, "superseded")) == (
        ["greffe@justice.example"], ["parquet@justice.example"],
    )  # fmt: skip
    assert await scalar(opened, "SELECT count(*) FROM letter WHERE status = 'planned' AND kind <> 'staff'") == 0
    assert await replayed(opened) == []


async def test_a_second_copy_never_goes_to_an_ended_channel(opened: Store, database_url: str, home: Path) -> None:
    """Nobody knows whether the first copy arrived; its channel was found wrong since: a person finds out."""
    await furnish_forms(opened, 1, channels=MAIL)
    await carried(home, database_url, answers={"BODY": [None] * 9})
    assert await recipients(opened, "unknown") == ["abuse@forum.example"]
    await end_channel(opened, "P-0001", "abuse@forum.example", why="wrong", by="S-07", now=NOW)
    heard = await carried(home, database_url, clock=lambda: NOW + timedelta(hours=2))
    assert heard.count("BODY") == 0
    assert await scalar(opened, "SELECT count(*) FROM duty WHERE deed = 'resolve' AND closed_at IS NULL") == 1
    assert await faults_of(opened) == []


@pytest.mark.parametrize("kind", ["reminder", "retraction"])
async def test_reminders_and_retractions_look_the_channel_up_again(
    opened: Store, database_url: str, home: Path, kind: str
) -> None:
    """Planned to a channel that ended since: set aside, written anew to the next one, and sent once."""
    await furnish_forms(opened, 1, channels=MAIL)
    await carried(home, database_url)
    clock = [NOW]
    if kind == "retraction":
        async with desk_of(home, database_url, free_port()) as desk:
            await retraction(desk, ["R-2026-000001"], cause="not_illegal", by="S-07", second_reader="S-08", now=NOW)
    else:
        async with opened.transaction() as connection:
            clock[0] = (await connection.execute(text("SELECT due_at FROM duty WHERE deed = 'remind'"))).scalar_one()
            await connection.execute(text("UPDATE duty SET due_at = due_at + interval '9 days' WHERE deed = 'verify'"))
    async with desk_of(home, database_url, free_port(), lambda: clock[0]) as desk:
        await dispatch(desk, passes=1)  # nobody listens: it stays planned
    assert await recipients(opened, "planned") == ["abuse@forum.example"]
    await end_channel(opened, "P-0001", "abuse@forum.example", why="wrong", by="S-07", now=clock[0])
    await carried(home, database_url, clock=lambda: clock[0])
    assert await recipients(opened, "superseded") == ["abuse@forum.example"]
    assert await recipients(opened, "sent") == ["abuse@forum.example", "second@forum.example"]
    assert await scalar(opened, "SELECT count(*) FROM act WHERE kind = :kind AND status = 'sent'", kind=kind) == 1
