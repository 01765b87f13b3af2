"""What the intake stores, links, passes over and refuses."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cases.intake import StrictRefusal, import_lines
from cases.intake_parts import add_duty
from cases.parties import import_parties
from edges.intake_files import Line
from law.vocabulary import Deed
from models.draft import Draft
from models.replay import differences, replay
from models.store import Store
from models.tables import Duty

Make = Callable[..., Line]
COUNTED = ("report", "content", "location", "hosting", "qualification", "private_text", "event", "duty", "intake_ref")


async def rows(store: Store, query: str, **values: Any) -> Sequence[Any]:
    """The rows of a query."""
    async with store.transaction() as connection:
        return (await connection.execute(text(query), values)).all()


async def counts(store: Store) -> dict[str, int]:
    """How many rows each table of the intake has."""
    return {name: (await rows(store, f"SELECT count(*) FROM {name}"))[0][0] for name in COUNTED}


async def test_a_row_becomes_a_report(store: Store, line: Make, now: datetime) -> None:
    """One row makes one report with content, location, trail, qualification, first event and one duty: ROUTE, now."""
    done = await import_lines(store, [line(why="Éléments : provocation.", host_country="fr")], now=now)
    assert (done.reports, done.locations, done.refused) == (1, 1, [])
    assert await counts(store) == dict.fromkeys(COUNTED, 1) | {"private_text": 2}
    assert done.numbers == ["R-2026-000001"]
    (duty,) = await rows(store, "SELECT deed, due_at, by, priority, cause, procedure_id FROM duty")
    assert duty == ("route", now, "machine", 5, None, None)
    (place,) = await rows(store, "SELECT kind, host, country, ordinal FROM location")
    assert place == ("url", "forum.example", "FR", 1)


async def test_events_hold_commitments_only(store: Store, line: Make, now: datetime) -> None:
    """No address, host, person or free text stands in an event; the commitments open with salt and value."""
    secret = line(
        location="https://jane-doe.example/private", why="Jane Doe", category="ncii_adult", qualification="fr-cp-226-2-1",
        mandate_signed_at="2026-11-01T00:00Z", principal="Jane Doe", complaint_filed_at="2026-11-02T00:00Z",
        complaint_number="PV 123/2026", ref="dossier Jane",
    )  # fmt: skip
    await import_lines(store, [secret], now=now)
    ((body,),) = await rows(store, "SELECT body FROM event")
    for word in ("jane", "Jane", "example", "PV 123", "S-07"):
        assert word not in body
    told = json.loads(body)
    opened = await store.open_texts([row.id for row in await rows(store, "SELECT id FROM private_text")])
    texts = {text.purpose: text for text in opened.values()}
    place = texts["location"]
    assert told["details"]["locations"] == [place.commitment]
    assert sorted(told["texts"]) == sorted([str(t.id), t.purpose, t.commitment] for t in opened.values())
    assert place.body == b"https://jane-doe.example/private"
    assert texts["victim"].body == b"Jane Doe"


async def test_replaying_the_first_event_gives_the_rows(store: Store, line: Make, now: datetime) -> None:
    """What intake writes is rebuilt by replaying its events: wish, agreed delay and duties included."""
    await import_lines(store, [line(wish="removal", agreed_delay_hours=48, emergency="yes")], now=now)
    async with store.transaction() as connection:
        events = (await connection.execute(text("SELECT report_id, body FROM event"))).mappings().all()
        stored = [("duty", r) for r in (await connection.execute(text("SELECT * FROM duty"))).mappings()]
        stored += [("report", r) for r in (await connection.execute(text("SELECT * FROM report"))).mappings()]
    assert differences(replay(events), stored) == []
    assert (stored[-1][1]["wish"], stored[-1][1]["agreed_delay_hours"]) == ("removal", 48)


def test_a_plain_duty_is_told_like_a_table_row(now: datetime) -> None:
    """The short way of adding a duty says in the event exactly what `Entry.add` would say."""
    short, long = Draft(now), Draft(now)
    owner = Duty(report_id=None, deed=Deed.ROUTE, due_at=now, priority=1).id  # any id
    entry = short.event(owner, "received")
    add_duty(entry, Deed.CALL, now, 0, "person", "emergency")
    change = entry.changes[0]
    other = long.event(owner, "received")
    other.add(
        Duty(id=change.id, report_id=owner, deed=Deed.CALL, due_at=now, priority=0, by="person", cause="emergency")
    )
    assert entry.body() | {"nonce": ""} == other.body() | {"nonce": ""}
    assert change.values == other.changes[0].values


async def test_the_same_file_twice_adds_nothing(store: Store, line: Make, now: datetime) -> None:
    """A second import of the same rows, with and without a reference, stores no row and no event at all."""
    linked = line(4, location="https://forum.example/t/1#x", ref="A-2")
    lines = [line(2, ref="A-1"), line(3, location="https://forum.example/t/2"), linked]
    first = await import_lines(store, lines, now=now)
    before = await counts(store)
    again = await import_lines(store, lines, now=now + timedelta(days=1))
    assert (first.reports, first.linked) == (2, 1)
    assert (again.reports, again.linked, again.known, again.refused) == (0, 0, 3, [])
    assert await counts(store) == before


async def test_the_same_open_location_is_linked(store: Store, line: Make, now: datetime) -> None:
    """The same place under the same qualification is linked by an event, not doubled; another qualification is not."""
    await import_lines(store, [line(ref="A-1")], now=now)
    same = line(ref="A-2", location="HTTPS://FORUM.example:443/t/1#top")
    other = line(ref="A-3", category="terrorism", qualification="fr-cp-421-2-5")
    done = await import_lines(store, [same, other], now=now)
    assert (done.reports, done.linked) == (1, 1)
    kinds = await rows(store, "SELECT kind, seq FROM event JOIN report ON report.id = report_id ORDER BY number, seq")
    assert kinds == [("received", 1), ("linked", 2), ("received", 1)]
    assert await rows(store, "SELECT event_seq FROM report ORDER BY number") == [(2,), (1,)]


async def test_a_closed_or_retracted_report_is_not_linked_to(store: Store, line: Make, now: datetime) -> None:
    """A new report of a place whose old report is closed or was taken back opens a report of its own."""
    for number, column in enumerate(("closed_at", "retracted_at"), start=1):
        await import_lines(store, [line(ref=f"A-{number}")], now=now)
        await rows(store, f"UPDATE report SET {column} = :now RETURNING id", now=now)
    done = await import_lines(store, [line(ref="A-3")], now=now)
    assert (done.reports, done.linked) == (1, 0)
    assert (await counts(store))["report"] == 3


async def test_rows_of_one_ref_are_one_report(store: Store, line: Make, now: datetime) -> None:
    """Rows with the same ref, wherever they stand in the file, are one report with several locations."""
    lines = [
        line(2, ref="A-1"),
        line(3, location="https://forum.example/t/9"),
        line(4, ref="A-1", location="https://mirror.example/t/1", category=None, qualification=None),
    ]
    done = await import_lines(store, lines, now=now)
    assert (done.reports, done.locations) == (2, 3)
    found = await rows(store, "SELECT ordinal, host FROM location ORDER BY host, ordinal")
    assert (2, "mirror.example") in found


async def test_one_bad_row_keeps_its_whole_report_out(store: Store, line: Make, now: datetime) -> None:
    """Half a report is never stored: the rows of a bad one's ref are refused with it, the others are stored."""
    lines = [
        line(2, ref="A-1"),
        line(3, ref="A-1", location="https://mirror.example/t/1", host_country="XX"),
        line(4, ref="A-2", location="https://other.example/"),
    ]
    done = await import_lines(store, lines, now=now)
    assert done.reports == 1
    assert [refusal.line for refusal in done.refused] == [2, 3]
    assert done.refused[1].reasons[0].startswith("host_country: is no country code; allowed:")


async def test_strict_stores_nothing(store: Store, line: Make, now: datetime) -> None:
    """With --strict one bad row, even the last, keeps everything out."""
    with pytest.raises(StrictRefusal) as refused:
        await import_lines(store, [line(2), line(3, category="nonsense")], now=now, strict=True)
    assert [one.line for one in refused.value.refused] == [3]
    assert set((await counts(store)).values()) == {0}


async def test_a_known_ref_with_a_new_location_is_refused(store: Store, line: Make, now: datetime) -> None:
    """A location added to a file under a ref that was taken in is not lost in silence."""
    await import_lines(store, [line(2, ref="A-1")], now=now)
    more = [line(2, ref="A-1"), line(3, ref="A-1", location="https://mirror.example/")]
    done = await import_lines(store, more, now=now)
    (refusal,) = done.refused
    assert refusal.line == 3 and "R-2026-000001" in refusal.reasons[0]


async def test_an_emergency_rings_at_once(store: Store, line: Make, now: datetime) -> None:
    """Practice 1.3: a person's CALL now and an ALARM after the house's minutes, both above everything."""
    await import_lines(store, [line(emergency="yes")], now=now)
    duties = await rows(store, "SELECT deed, by, cause, priority, due_at FROM duty ORDER BY due_at, deed")
    assert duties == [
        ("call", "person", "emergency", 0, now),
        ("route", "machine", None, 0, now),
        ("alarm", "machine", "emergency", 0, now + timedelta(minutes=15)),
    ]


async def test_a_linked_emergency_still_rings_once(store: Store, line: Make, now: datetime) -> None:
    """An emergency about a place that is known already is not swallowed by the link, and does not ring twice."""
    await import_lines(store, [line(ref="A-1")], now=now)
    await import_lines(store, [line(2, ref="A-2", emergency="yes"), line(3, ref="A-3", emergency="yes")], now=now)
    duties = await rows(store, "SELECT deed FROM duty ORDER BY deed")
    assert duties == [("alarm",), ("call",), ("route",)]


async def test_a_linked_mandate_is_kept_and_put_to_a_person(store: Store, line: Make, now: datetime) -> None:
    """What the person concerned gave with a linked row is stored on the open report, and somebody looks at it."""
    row = {"category": "ncii_adult", "qualification": "fr-cp-226-2-1"}
    await import_lines(store, [line(ref="A-1", **row)], now=now)
    mandate = line(ref="A-2", mandate_signed_at="2026-11-10T10:00+01:00", mandate_countries="GB, US", **row)
    await import_lines(store, [mandate], now=now)
    assert await rows(store, "SELECT countries FROM mandate") == [(["GB", "US"],)]
    assert await rows(store, "SELECT deed, by FROM duty WHERE cause = 'linked_says_more'") == [("decide", "person")]


async def test_the_host_is_found_by_its_longest_suffix(store: Store, line: Make, now: datetime) -> None:
    """Platform and host come from the row, else from the directory; a site operator is never found by a host name."""
    parties = [
        Line(2, {"code": "big", "kind": "online_platform", "name": "Big", "hosts": "forum.example"}),
        Line(3, {"code": "cloud", "kind": "hosting_provider", "name": "Cloud", "hosts": "cdn.forum.example"}),
        Line(4, {"code": "owner", "kind": "site_operator", "name": "Owner", "hosts": "owner.example"}),
    ]
    await import_parties(store, parties, now=now)
    lines = [
        line(2, location="https://www.forum.example/1"),
        line(3, location="https://a.cdn.forum.example/2"),
        line(4, location="https://owner.example/3"),
        line(5, location="https://owner.example/4", host_party="CLOUD", platform="big"),
        line(6, location="https://notforum.example/5"),
    ]
    await import_lines(store, lines, now=now)
    query = """SELECT platform.code, holder.code FROM location LEFT JOIN party platform ON platform.id = platform_id
        LEFT JOIN party holder ON holder.id = host_id JOIN report USING (content_id) ORDER BY report.number"""
    assert await rows(store, query) == [("big", None), (None, "cloud"), (None, None), ("big", "cloud"), (None, None)]


async def test_past_notice_needs_a_word(store: Store, line: Make, now: datetime) -> None:
    """A notice that left before is refused unless the past is accepted; then the event says that it is late."""
    told = line(notified_at="2026-11-20T12:00+01:00")
    refused = await import_lines(store, [told], now=now)
    assert refused.reports == 0 and "--accept-past" in refused.refused[0].reasons[0]
    done = await import_lines(store, [told], now=now, accept_past=True)
    assert done.reports == 1
    ((body,),) = await rows(store, "SELECT body FROM event")
    details = json.loads(body)["details"]
    assert (details["late"], details["notified_at"]) == (True, "2026-11-20T11:00:00.000000Z")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"category": "nonsense"}, "category: 'nonsense' is unknown; allowed: csam,"),
        ({"qualification": "fr-x"}, "qualification: 'fr-x' is unknown; allowed: fr-cp-226-2-1"),
        ({"category": "csam"}, "qualification: fr-1881-24 is not for csam; allowed: fr-cp-227-23"),
        ({"location_kind": "fax"}, "location_kind: 'fax' is unknown; allowed: url, onion"),
        ({"received_at": "2026-11-20T10:00:00"}, "received_at: has no zone; allowed: ISO 8601"),
        ({"received_at": "2026-11-20"}, "received_at: has no zone"),
        ({"seen_at": "yesterday"}, "seen_at: is no date; allowed: ISO 8601"),
        ({"received_at": "2027-01-01T00:00Z"}, "received_at: lies in the future; allowed: up to now"),
        ({"mandate_signed_at": "2026-01-01T00:00Z", "mandate_ends_at": "2026-02-01T00:00Z"}, "mandate_ends_at: lies in"),
        ({"host_party": "P-0099"}, "host_party: 'P-0099' is unknown; allowed: the number or code"),
        ({"host_country": "UK"}, "host_country: is no country code; allowed: two letters of ISO 3166-1 such as FR; GB is"),
        ({"qualified_by": "jane@hotline.example"}, "qualified_by: allowed: a staff code"),
        ({"second_reader": "S-07"}, "second_reader: is qualified_by as well; allowed: somebody else"),
        ({"principal": "X"}, "principal: stands without mandate_signed_at; allowed: give both or none"),
        ({"mandate_parties": "arcom"}, "mandate_parties: stands without mandate_signed_at"),
        ({"complaint_number": "1"}, "complaint_number: stands without complaint_filed_at"),
        ({"agreed_delay_hours": "0"}, "agreed_delay_hours: allowed: a whole number of hours"),
        ({"public": "maybe"}, "public: allowed: yes, no"),
        ({"wish": "gone"}, "wish: 'gone' is unknown; allowed: removal, nothing"),
        ({"qualified_by": None}, "qualified_by: is missing; allowed:"),
        ({"colour": "red"}, "unknown column 'colour'; allowed: ref, received_at"),
        ({"location": "https://user:word@forum.example/"}, "location: an address with a user name or password is refused"),
    ],
)  # fmt: skip
async def test_a_bad_value_says_what_is_allowed(
    store: Store, line: Make, now: datetime, columns: dict[str, str], reason: str
) -> None:
    """Each kind of bad input is refused with one message that says what is allowed, and nothing is written."""
    done = await import_lines(store, [line(7, **columns)], now=now)
    (refusal,) = done.refused
    assert refusal.line == 7 and len(refusal.reasons) == 1
    assert refusal.reasons[0].startswith(reason)
    assert set((await counts(store)).values()) == {0}


async def test_every_reason_at_once(store: Store, line: Make, now: datetime) -> None:
    """A row with five faults is refused once, with five reasons, none of which repeats the location or the text."""
    bad = line(category="x", received_at="now", location="ftp://secret.example/a", public="perhaps", qualified_by=None)
    done = await import_lines(store, [bad], now=now)
    columns = [reason.partition(":")[0] for reason in done.refused[0].reasons]
    assert columns == ["received_at", "category", "location", "qualified_by", "public"]
    assert "secret" not in str(done.refused[0])


async def test_an_addressee_without_a_channel_is_no_import_error(store: Store, line: Make, now: datetime) -> None:
    """Who cannot be reached becomes a matter for a person later; the report is taken in."""
    await import_parties(store, [Line(2, {"code": "mute", "kind": "hosting_provider", "name": "Mute"})], now=now)
    done = await import_lines(store, [line(host_party="mute")], now=now)
    assert (done.reports, done.refused) == (1, [])


async def test_more_rows_than_a_batch(store: Store, line: Make, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed import is run again and adds only what is missing: batches before the kill stay, nothing is doubled."""
    monkeypatch.setattr("cases.intake.BATCH", 10)
    lines = [line(n + 2, ref=f"A-{n}", location=f"https://forum.example/{n % 40}") for n in range(45)]

    class Killed(Exception):
        pass

    def kill(done: int, total: int) -> None:
        if done > 20:
            raise Killed

    with pytest.raises(Killed):
        await import_lines(store, lines, now=now, progress=kill)
    stored = (await counts(store))["report"]
    assert 10 <= stored < 40
    done = await import_lines(store, lines, now=now)
    assert done.known == stored and done.reports == 40 - stored and done.linked == 5
    assert (await counts(store))["report"] == 40


async def test_naive_now_is_refused(store: Store, line: Make) -> None:
    """`now` without a zone is refused before anything is read."""
    with pytest.raises(ValueError, match="zone"):
        await import_lines(store, [line()], now=datetime.now(UTC).replace(tzinfo=None))


async def test_two_imports_at_once_double_nothing(store: Store, line: Make, now: datetime) -> None:
    """Two imports of the same rows at the same moment wait for each other: every report is opened once."""
    lines = [line(n + 2, ref=f"A-{n}", location=f"https://forum.example/{n}") for n in range(30)]
    both = await asyncio.gather(*(import_lines(store, lines, now=now) for _ in range(2)))
    assert sorted(done.reports for done in both) == [0, 30]
    assert sorted(done.known for done in both) == [0, 30]
    assert (await counts(store))["report"] == 30
