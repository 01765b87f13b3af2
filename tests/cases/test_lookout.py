"""Each check of the watch fires when it should and clears when that is over, on a real store."""

import re
import tomllib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from cases.dispatch import run
from cases.lookout import CHECKS, STORE, Round, look_round
from cases.seal import seal_now
from edges.settings import Settings
from edges.watch_words import FOLDER, WatchWords, names
from models.store import Store
from tests.cases.test_alarm import mail_server
from tests.conftest import free_port
from tests.faults.house import LIBRARY, NOW, at_work, furnish, open_procedures, settings
from tests.faults.post import Post
from tests.keys import KEYS
from tests.owning import as_owner

SOON = NOW + timedelta(minutes=1)
QUIET = {"prefect"}  # no Prefect runs in these tests


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A house with two reports that are to be routed, sealed so far."""
    found = Store(database_url, KEYS)
    await furnish(found, reports=2)
    await seal_now(found)
    yield found
    await found.close()


@pytest.fixture
def given(store: Store, tmp_path: Path, database_url: str) -> Settings:
    """The settings of that house; nothing listens where Prefect should."""
    return settings(tmp_path, database_url, 2525, prefect_port=free_port(), watch_disk_percent=1)


async def found(store: Store, given: Settings, now: datetime = SOON) -> dict[str, dict[str, Any]]:
    """What a round finds at that time, without what no test here is about."""
    round_ = await look_round(store, given, now)
    assert not round_.blind
    return {name: one.values for name, one in round_.findings.items() if name not in QUIET}


async def changed(store: Store, *statements: str, **values: Any) -> None:
    """What becomes of the house; the append-only tables are left to themselves."""
    async with as_owner(store) as connection:
        for statement in statements:
            await connection.execute(text(statement), values)


async def test_a_house_in_order_is_well(store: Store, given: Settings) -> None:
    """Nothing is found where nothing is wrong."""
    assert await found(store, given) == {}


MAILBOX = "(folder, uid_validity, last_uid, read_at, arrived_at)"
INCOMING = "(id, number, digest, size, through, received_at, read_at, kind, rule, state, why, matched_by, authentication, parts)"
CASES: dict[str, tuple[str, str, timedelta]] = {
    # name: what goes wrong, what puts it right, how much later it is looked at
    "overdue": ("SELECT 1", "UPDATE duty SET closed_at = :now", timedelta(minutes=31)),
    "urgent_overdue": ("UPDATE duty SET priority = 0", "UPDATE duty SET closed_at = :now", timedelta(minutes=6)),
    "emergency": (
        "UPDATE duty SET deed = 'call', by = 'person', priority = 0, cause = 'emergency'",
        "UPDATE duty SET closed_at = :now",
        timedelta(minutes=16),
    ),
    "matters": (
        "UPDATE duty SET deed = 'sign', by = 'person', cause = 'sign'",
        "UPDATE duty SET closed_at = :now",
        timedelta(days=3, minutes=1),
    ),
    "no_mail_out": (
        "UPDATE duty SET deed = 'notify'",
        "UPDATE duty SET due_at = due_at + interval '9 days'",
        timedelta(hours=25),
    ),
    "leases": (
        "UPDATE duty SET lease_until = clock_timestamp() - interval '11 minutes', lease_token = gen_random_uuid()",
        "UPDATE duty SET lease_until = clock_timestamp() + interval '1 minute'",
        timedelta(minutes=1),
    ),
    "mailbox_unread": (
        f"INSERT INTO mailbox {MAILBOX} VALUES ('INBOX', 1, 1, :now, :now)",
        "UPDATE mailbox SET read_at = CAST(:now AS timestamptz) + interval '20 minutes'",
        timedelta(minutes=21),
    ),
    "quarantine": (
        f"INSERT INTO incoming {INCOMING} VALUES (gen_random_uuid(), 'M-000001', 'x', 9, 'email', :now, :now, 'other',"
        " '', 'quarantined', 'no_match', 'nothing', '', '[]')",
        "UPDATE incoming SET state = 'discarded'",
        timedelta(hours=25),
    ),
    "brake": (
        "UPDATE house SET braked_at = :now, braked_letters = 300, braked_why = 'a test'",
        "UPDATE house SET braked_at = NULL, braked_letters = NULL",
        timedelta(minutes=1),
    ),
    "stopped": ("UPDATE house SET stopped_at = :now", "UPDATE house SET stopped_at = NULL", timedelta(hours=5)),
    "dispatch_silent": (
        "UPDATE house SET beat_at = :now",
        "UPDATE house SET beat_at = CAST(:now AS timestamptz) + interval '10 minutes'",
        timedelta(minutes=11),
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_check_fires_and_clears(store: Store, given: Settings, name: str) -> None:
    """It is found when its bound is over, and not any more when it was put right; earlier it is not."""
    given = given.model_copy(update={"imap_host": "imap.hotline.example"} if name == "mailbox_unread" else {})
    wrong, right, after = CASES[name]
    await changed(store, wrong, **({"now": NOW} if ":now" in wrong else {}))
    at = NOW + after
    if after > timedelta(minutes=1):
        assert name not in await found(store, given, NOW)
    values = (await found(store, given, at))[name]
    assert values.get("n") != 0
    await changed(store, right, **({"now": NOW} if ":now" in right else {}))
    assert name not in await found(store, given, at)


async def test_a_mailbox_that_nobody_reaches_is_found(database_url: str, tmp_path: Path) -> None:
    """Letters left and nothing came back for two days; where no letter left, nothing is missed."""
    store, post = Store(database_url, KEYS), Post()
    await furnish(store)
    with mail_server(post) as port:
        where = settings(tmp_path, database_url, port)
        read = where.model_copy(update={"imap_host": "imap.hotline.example"})
        assert "no_mail_in" not in await found(store, read, NOW + timedelta(hours=49))
        async with at_work(where, lambda: NOW) as desk:
            await run(desk)
    assert "no_mail_in" not in await found(store, where, NOW + timedelta(hours=49))  # no mailbox is read here
    assert "no_mail_in" not in await found(store, read, NOW + timedelta(hours=47))
    assert (await found(store, read, NOW + timedelta(hours=49)))["no_mail_in"]["n"] == len(post.letters) > 0
    came = f"INSERT INTO mailbox {MAILBOX} VALUES ('INBOX', 1, 1, :at, :at)"
    await changed(store, came, at=NOW + timedelta(hours=3))
    assert "no_mail_in" not in await found(store, read, NOW + timedelta(hours=49))
    await store.close()


async def test_letters_that_are_kept_back_are_not_called_late(store: Store, given: Settings) -> None:
    """While somebody stopped sending, that alone is said: late letters would only repeat it."""
    await changed(store, "UPDATE duty SET deed = 'notify'", "UPDATE house SET stopped_at = '2026-10-05T09:00Z'")
    assert set(await found(store, given, NOW + timedelta(hours=30))) == {"stopped"}


async def test_an_open_report_without_a_next_step_is_found(store: Store, given: Settings) -> None:
    """A report that nothing is due for, and a procedure as well if the database ever let one through."""
    await changed(store, "UPDATE duty SET closed_at = now() WHERE report_id = (SELECT min(id::text)::uuid FROM report)")
    values = (await found(store, given))["orphans"]
    assert (values["n"], len(values["numbers"])) == (1, 1)


async def test_a_seal_that_is_late_and_one_without_a_stamp(store: Store, given: Settings) -> None:
    """Facts that no seal covers; a seal without a token where an authority is named, and only there."""
    real = datetime.now(tz=NOW.tzinfo)
    assert "seal_late" not in await found(store, given, real + timedelta(hours=3))
    stamped = given.model_copy(update={"timestamp_urls": frozenset({"https://tsa.example"})})
    assert "seal_unstamped" not in await found(store, given, real + timedelta(hours=3))
    assert (await found(store, stamped, real + timedelta(hours=3)))["seal_unstamped"]["n"] == 1
    assert "seal_unstamped" not in await found(store, stamped, real)
    await changed(
        store,
        "INSERT INTO seal_token (id, seal_number, authority, token, stamped_at, obtained_at)"
        " VALUES (:id, 1, 'https://tsa.example', 'x', now(), now())",
        id=uuid4(),
    )
    assert "seal_unstamped" not in await found(store, stamped, real + timedelta(hours=3))
    await changed(store, "INSERT INTO unsealed (report_id, seq) SELECT report_id, seq FROM event")
    assert (await found(store, given, real + timedelta(hours=3)))["seal_late"]["n"] == 2


async def test_a_channel_that_died(store: Store, given: Settings) -> None:
    """One that is marked as not working while procedures wait for it; letters refused within a day, by channel."""
    await open_procedures(store, "eu-dsa-53", "P-0002")
    await changed(store, "UPDATE channel SET working = false")
    assert "channel_dead" not in await found(store, given)
    await changed(store, "UPDATE procedure SET stage = 'waiting' WHERE regime = 'eu-dsa-53'")
    assert (await found(store, given))["channel_dead"] == {"n": 2, "parties": ["P-0002"]}
    await changed(
        store,
        "INSERT INTO letter (id, message_id, kind, recipient, language, subject, digest, status, written_at, copies,"
        " receipt, party_id, channel_id) SELECT gen_random_uuid(), '<1@hotline.example>', 'notice', address, 'fr', 's',"
        " 'd', 'refused', :now, 1, 'none', party_id, id FROM channel LIMIT 1",
        now=NOW,
    )
    assert (await found(store, given))["letters_refused"]["channels"] == 1
    assert "letters_refused" not in await found(store, given, NOW + timedelta(hours=25))


async def test_what_the_machine_itself_lacks(store: Store, given: Settings) -> None:
    """A full disk is wrong; a Prefect that does not answer is only to know, for legal work can go on without it."""
    full = given.model_copy(update={"watch_disk_percent": 101})
    round_ = await look_round(store, full, SOON)
    assert round_.findings["disk"].grave
    assert not round_.findings["prefect"].grave
    assert not (await look_round(store, given, SOON)).grave


async def test_a_store_that_is_away_is_a_finding_and_the_rest_is_not_asked(given: Settings) -> None:
    """No answer is no answer: nothing is called well that could not be asked."""
    away = Store(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    for store in (away, None):
        round_: Round = await look_round(store, given, SOON)
        assert round_.blind
        assert round_.asked == {STORE, "disk", "prefect"}
    await away.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_check_has_its_sentences(language: Any) -> None:
    """A title, a sentence and what to do, in both languages, for exactly the checks that exist."""
    assert set(names()) == {STORE, *(check.name for check in CHECKS)}
    words = WatchWords(language, ZoneInfo(LIBRARY.house.zone))
    given = {"n": 3, "since": NOW, "numbers": ["R-2026-000001"], "why": "OSError", "parties": ["P-0001"], "channels": 1}
    given |= {"causes": [("sign", 2)], "percent": 3, "first": 1, "last": 2}
    for name in names():
        assert words.check(name, "title")
        assert "{" not in words.check(name, "says", given)
        assert words.check(name, "do")
    pairs = tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))
    assert all(len(pair) == 2 and all(pair) for pair in pairs["said"].values())


def test_every_alarm_stands_in_the_operations() -> None:
    """Whoever is alarmed finds its name, what it means and what to do in docs/operations.md; no row is left over."""
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    rows = told.partition("## When the watch alarms")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", rows, re.MULTILINE)) == set(names())
