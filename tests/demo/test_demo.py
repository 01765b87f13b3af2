"""The demo: its story played with the plain dispatch, the checks that can fail, and what stands on the screen."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from rich.console import Console

from cases.dispatch import run
from cases.house import found_house
from cases.office import open_desk
from demo.checks import Ending, Outcome, faults_of, general_faults, outcomes
from demo.house import ORGANISATION, furnish
from demo.parts import free_port
from demo.people import DEEDS
from demo.platforms import BEHAVIOURS, Platforms
from demo.play import Play
from demo.run import EARLIEST_END, beginning
from demo.sink import Delivered, Sink
from demo.stepping import STEP, ClockRefused, SteppingClock, next_instant, rounded_up
from demo.story import DAYS, Expectation, people, read_csv, read_story
from demo.table import PARIS, days_table, platforms_table
from edges.settings import Settings
from law import library as law_library
from law.vocabulary import ReportStage
from models.store import Store
from tests.keys import KEYS

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.slow
async def test_every_report_ends_as_scripted(database_url: str, home: Path) -> None:
    """Three weeks of law, real HTTP and SMTP, no Prefect: every report ends as scripted, nobody else is written to."""
    await furnish(database_url, KEYS, people(), law_library.load(), START)
    clock, store = SteppingClock(START), Store(database_url, KEYS)
    with Platforms(people().behaviours, clock) as platforms, Sink(clock, free_port(), platforms.letter_arrived) as sink:
        story = read_story(START, platforms.port)
        settings = Settings(
            home=home,
            database_url=database_url,
            smtp_port=sink.port,
            smtp_direct=True,
            probe_allow=platforms.host_ports,
            organisation_file=ORGANISATION,
            staff_address=people().staff[0],
            second_staff_address=people().staff[1],
        )
        async with open_desk(settings, clock=clock, given=store) as desk:
            play = Play(story, desk, clock, platforms.port)
            seen: list[datetime] = []

            async def one_pass() -> None:
                await run(desk)

            await play.perform(one_pass, seen.append)
        found = await outcomes(story, store, sink, play.numbers)
        faults = [fault for one in found for fault in one.faults]
        faults += await general_faults(people(), store, sink.letters, [])
    await store.close()
    assert faults == []
    assert len(story.rows) == sum(len(one.endings) for one in found) >= 58
    assert seen == sorted(seen)
    assert play.instants < 120  # else the demo does not play in about a minute


def test_the_story_holds_together() -> None:
    """Every script has reports, every deed is known, every site behaves, every addressee is in the directory."""
    story = read_story(START, 8000)
    parties = {row["address"] for row in read_csv("parties.csv")}
    hosts = {urlsplit(row.line.values["location"]).hostname for row in story.rows}
    assert {row.script for row in story.rows} == {script.id for script in story.people.scripts}
    assert {what.deed for script in story.people.scripts for what in script.records} <= DEEDS.keys()
    assert {host for host in hosts if host and host.endswith(".example")} <= story.people.behaviours.keys()
    assert set(story.people.behaviours.values()) == BEHAVIOURS.keys()
    assert {address for script in story.people.scripts for address in script.expect.letters} <= parties
    assert set(story.people.never) <= parties
    assert len([s for s in story.people.scripts if s.table == "days"]) + len(story.people.later) == 10


ENDING = Ending("R-2026-000001", "removed", ("eu-dsa-22 complied",), {"abuse@a.example": 1})
EXPECT = Expectation(stage=ReportStage.REMOVED, procedures=("eu-dsa-22 complied",), letters={"abuse@a.example": 1})


def test_an_ending_as_scripted_has_no_fault() -> None:
    """The same stage, the same procedures and the same letters are no fault."""
    assert faults_of(ENDING, EXPECT) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"stage": ReportStage.ESCALATED}, "R-2026-000001: is removed, not escalated"),
        ({"procedures": ()}, "R-2026-000001: unscripted procedure eu-dsa-22 complied"),
        (
            {"procedures": ("eu-dsa-22 complied", "eu-dsa-53 running")},
            "R-2026-000001: no procedure eu-dsa-53 running",
        ),
        ({"letters": {}}, "R-2026-000001: 1 letters to abuse@a.example, not 0"),
        ({"letters": {"abuse@a.example": 2}}, "R-2026-000001: 1 letters to abuse@a.example, not 2"),
    ],
)
def test_whatever_differs_is_a_fault(change: dict[str, object], fault: str) -> None:
    """Another stage, a procedure too many or too few, a letter too many or too few: each is named."""
    assert faults_of(ENDING, EXPECT.model_copy(update=change)) == [fault]


async def test_strangers_names_and_twins_are_faults(database_url: str) -> None:
    """A letter to the never-list or to a stranger, a name in a subject or a run, a letter twice: nothing passes."""
    store = Store(database_url, KEYS)
    await found_house(store, simulated=True, now=START)
    never = _letter(people().never[0], "<1@h>", "R-1")
    stranger = _letter("who@else.example", "<2@h>", "about camille-durand.example")
    twin = _letter(people().staff[1], "<2@h>", "R-1")
    faults = await general_faults(people(), store, [never, stranger, twin], ["notice · quick-board · 1 report"])
    await store.close()
    text = "\n".join(faults)
    for part in ("never-list", "who@else.example", "the subject 'about camille", "the run name", "arrived twice"):
        assert part in text
    assert "is not marked sent" in text  # the ledger of an empty store knows none of them


def _letter(recipient: str, message_id: str, subject: str) -> Delivered:
    return Delivered(recipient, subject, message_id, START, True, (), ())


def test_platforms_answer_by_letters_and_clock() -> None:
    """A page goes two hours after the letter about it, and no other page of the same site."""
    clock = SteppingClock(START)
    with Platforms({"quick.example": "prompt"}, clock) as platforms:

        def status(path: str) -> int:
            url = f"http://127.0.0.1:{platforms.port}{path}"
            return httpx.get(url, headers={"Host": f"quick.example:{platforms.port}"}).status_code

        platforms.letter_arrived("abuse@quick.example", ["http://quick.example/a"], START)
        assert (status("/a"), status("/b")) == (200, 200)
        clock.move_to(START + timedelta(hours=2))
        assert (status("/a"), status("/b")) == (404, 200)


def test_the_clock_steps_by_quarters_and_never_back() -> None:
    """Due times are rounded up to a quarter; a planned instant is taken as it is; nothing goes backwards."""
    due = START + timedelta(minutes=1)
    assert rounded_up(due) == START + STEP
    assert rounded_up(START) == START
    assert next_instant(START, None, None) is None
    assert next_instant(START, START, due) == START
    assert next_instant(START, None, START) == START + STEP  # what could not be done is tried a step later
    clock = SteppingClock(START)
    with pytest.raises(ClockRefused):
        clock.move_to(START - STEP)


def test_the_weeks_end_at_the_present() -> None:
    """The three weeks begin at nine in Paris and are over at the present, less than a day before it."""
    for now in (EARLIEST_END + timedelta(hours=n) for n in range(0, 24 * 200, 7)):
        start = beginning(now)
        assert timedelta() <= now - (start + timedelta(days=DAYS)) < timedelta(hours=26)
        assert start.astimezone(PARIS).hour == 9
    assert beginning(datetime(2020, 1, 1, tzinfo=UTC)) == beginning(EARLIEST_END)


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit_the_screen(width: int) -> None:
    """Both tables stay within the screen, name every script, and mark what did not end as scripted."""
    found = [Outcome(script, (ENDING,), ()) for script in people().scripts]
    found[0] = Outcome(found[0].script, (ENDING,), ("not as scripted",))
    console = Console(width=width, file=io.StringIO())
    console.print(platforms_table([one for one in found if one.script.table == "platforms"], people().short))
    console.print(days_table([one for one in found if one.script.table == "days"], people().later))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(len(line) for line in text.splitlines()) <= width
    assert (text.count("✗"), text.count("✓")) == (1, len(found) - 1)
    assert "not played" in text
    assert all(one.script.title.split()[0] in text for one in found)
