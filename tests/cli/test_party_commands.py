"""The directory, work lists and receipts as they are typed: one clear message each, nothing half-written."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from models.store import Store
from tests.cases.filing_house import FORM_TOML, desk_of, dispatch, furnish_forms
from tests.cli.test_commands import PROJECT, sansdelai
from tests.edges.probe.conftest import Start, start
from tests.edges.test_rdap import World
from tests.faults.house import scalar
from tests.keys import KEYS

__all__ = ["start"]
BY = ("--by", "S-07")
FORM = "https://forum.example/report"


@pytest.fixture
async def store(database_url: str, home: Path) -> AsyncIterator[Store]:
    """Three reports wait to be filed at the form of P-0001."""
    opened = Store(database_url, KEYS)
    await furnish_forms(opened, 3)
    async with desk_of(home, database_url) as desk:
        await dispatch(desk)
    yield opened
    await opened.close()


@pytest.fixture
def at(store: Store, database_url: str, home: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of that house; it has described the form."""
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "board.toml").write_text(FORM_TOML, encoding="utf-8")
    return {
        "SANSDELAI_DATABASE_URL": database_url,
        "SANSDELAI_HOME": str(home),
        "SANSDELAI_FORMS_FOLDER": str(folder),
        "SANSDELAI_LANGUAGE": "en",
    }


def test_the_directory_goes_out_and_comes_back(at: dict[str, str], tmp_path: Path) -> None:
    """An export is imported again and adds nothing; an existing file is not touched; `-` is standard output."""
    file = tmp_path / "directory.csv"
    done = sansdelai("party", "export", "-o", str(file), **at)
    assert (done.returncode, done.stdout) == (0, "parties 3, written to directory.csv\n"), done.stderr
    assert file.stat().st_mode & 0o077 == 0
    again = sansdelai("party", "import", str(file), **at)
    assert (again.returncode, again.stdout) == (0, "parties 0, hosts 0, channels 0\n"), again.stderr
    refused = sansdelai("party", "export", "-o", str(file), **at)
    assert (refused.returncode, "exists already" in refused.stderr) == (1, True)
    assert sansdelai("party", "export", "-o", "-", **at).stdout.encode() == file.read_bytes().replace(b"\r\n", b"\n")


async def test_a_channel_is_corrected(at: dict[str, str], store: Store) -> None:
    """Added, checked, ended; what waited for it goes on; `show` tells who and when."""
    new = ("--kind", "email", "--address", "abuse@forum.example", "--source", "their legal page", "--language", "fr")
    added = sansdelai("party", "channel", "P-0001", *new, "--rank", "5", *BY, **at)
    assert (added.returncode, added.stdout) == (0, "P-0001: one channel was added\n"), added.stderr
    checked = sansdelai("party", "checked", "P-0001", "--address", "abuse@forum.example", *BY, **at)
    assert checked.stdout == "P-0001: checked\n", checked.stderr
    ended = sansdelai("party", "channel-ended", "P-0001", "--address", FORM, "--why", "form_changed", *BY, **at)
    assert ended.stdout == "P-0001: the channel has ended; 3 procedures that waited go on\n", ended.stderr
    assert await scalar(store, "SELECT count(*) FROM duty WHERE deed = 'notify' AND closed_at IS NULL") == 3
    shown = sansdelai("party", "show", "P-0001", **at).stdout
    for said in ("ended     form", "in use    email", "by S-07, form_changed", "languages: fr", "channel_checked"):
        assert said in shown, shown


BAD: list[tuple[tuple[str, ...], str]] = [
    (("channel", "P-0001", "--kind", "fax", "--address", "1", "--source", "x", *BY), "allowed: email, form"),
    (("channel", "P-0001", "--kind", "form", "--address", FORM, "--source", "x", "--form", "no", *BY), "unknown form 'no'"),
    (("channel-ended", "P-0001", "--address", FORM, "--why", "tired", *BY), "allowed: bounced, refused"),
    (("checked", "P-0001", "--address", "x", *BY), "no such channel"),
    (("checked", "P-0001", "--address", FORM, "--by", "Jane Doe"), "a staff code such as"),
    (("form-mended", "P-0001", *BY), "was said to have changed"),
    (("form-changed", "P-0002", "--what", "x", *BY), "has no form or portal in use"),
    (("show", "P-0404"), "unknown party 'P-0404'"),
    (("worklist", "P-0404"), "unknown party 'P-0404'"),
    (("worklist", "P-0001", "--form", "no"), "unknown form 'no'; allowed: board-form, general"),
    (("worklist", "P-0001", "-o", "x.pdf"), "allowed: .csv, .txt"),
    (("worklist", "P-0001", "--with-addresses"), "belongs to a file and to a named person"),
    (("worklist", "P-0001", "--lang", "de"), "allowed: fr, en"),
    (("lookup", "203.0.113.7", "--add"), "--add needs --by"),
    (("lookup", "10.0.0.1"), "no public host name or address"),
    (("lookup", "127.0.0.1"), "no public host name or address"),
    (("lookup", "203.0.113.7"), "not one that may be reached"),
]  # fmt: skip


def test_bad_words(at: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, one message that says what is allowed, no trace."""
    for name, value in at.items():
        monkeypatch.setenv(name, value)
    for words, says in BAD:
        done = CliRunner().invoke(app, ["party", *words])
        assert (done.exit_code, done.stdout) == (1, ""), (words, done.output)
        assert says in done.stderr and "Traceback" not in done.stderr, (words, done.stderr)


def on_a_screen(*words: str, **environment: str) -> str:
    """What the command shows on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "import cli; cli.main()", *words]
    running = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=theirs, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:
        pass  # the other end was closed
    os.close(ours)
    assert running.wait(timeout=30) == 0
    return shown.decode()


async def test_a_work_list_on_screen_and_in_files(at: dict[str, str], store: Store, tmp_path: Path) -> None:
    """A screen shows what is to be copied; a pipe is defanged; a file has numbers, or a reason on record."""
    assert "http://forum.example/a/1" in on_a_screen("party", "worklist", "P-0001", **at)
    noted = "SELECT array_agg(how || ' ' || report ORDER BY report) FROM read_log"
    assert await scalar(store, noted) == [f"work R-2026-00000{number}" for number in (1, 2, 3)]
    piped = sansdelai("party", "worklist", "P-0001", **at)
    assert "hxxp://forum[.]example/a/1" in piped.stdout and "http://" not in piped.stdout
    assert "filed-list P-0001" in piped.stderr and "Not a screen" in piped.stderr
    numbers = tmp_path / "numbers.csv"
    assert sansdelai("party", "worklist", "P-0001", "-o", str(numbers), **at).returncode == 0
    assert "R-2026-000003" in numbers.read_text() and "forum" not in numbers.read_text()
    whole = tmp_path / "whole.txt"
    words = ("party", "worklist", "P-0001", "-o", str(whole), "--with-addresses", *BY)
    refused = sansdelai(*words, **at)
    assert (refused.returncode, "--why" in refused.stderr, whole.exists()) == (1, True, False)
    assert sansdelai(*words, "--why", "their form is down", "--first", "2", **at).returncode == 0
    assert "http://forum.example/a/2" in whole.read_text() and "/a/3" not in whole.read_text()
    assert whole.stat().st_mode & 0o077 == 0
    assert await scalar(store, "SELECT count(*) FROM event WHERE kind = 'worklist_exported'") == 2


def test_a_changed_form_is_said_until_mended(at: dict[str, str]) -> None:
    """In the list and among the matters, once."""
    done = sansdelai("party", "form-changed", "P-0001", "--what", "a new box", *BY, **at)
    assert done.returncode == 0, done.stderr
    assert "!! THE FORM HAS CHANGED" in sansdelai("party", "worklist", "P-0001", **at).stdout
    assert sansdelai("due", **at).stdout.count("describe it anew, once for all") == 1
    assert sansdelai("party", "form-mended", "P-0001", *BY, **at).stdout == "P-0001: mended\n"
    assert "CHANGED" not in sansdelai("party", "worklist", "P-0001", **at).stdout


async def test_a_receipt_list_comes_back(at: dict[str, str], store: Store, tmp_path: Path) -> None:
    """Their own columns, their own dates, as TSV; all or nothing; twice is once."""
    file = tmp_path / "receipts.tsv"
    file.write_text(
        "Your ref\tOurs\tOn\tState\nR-2026-000001\tBF-1\t05/10/2026 12:00\tok\nR-2026-000009\tBF-2\t05/10/2026 12:00\tok\n"
    )
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\n"On" = "filed_at"\n[dates]\nformat = "%d/%m/%Y %H:%M"\nzone = "Europe/Paris"\n')
    words = ("record", "filed-list", "P-0001", str(file), "--mapping", str(mapping), "--column", "Your ref=number",
             "--column", "Ours=reference", "--ignore", "State", *BY)  # fmt: skip
    refused = sansdelai(*words, **at)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "line 3: number: no such report" in refused.stderr and "Nothing was recorded." in refused.stderr
    assert await scalar(store, "SELECT count(*) FROM act") == 0
    file.write_text(file.read_text().replace("000009", "000002"))
    assert sansdelai(*words, **at).stdout == "recorded for 2 reports\n"
    assert sansdelai(*words, **at).stdout == "recorded for 0 reports, 2 on record already\n"
    assert await scalar(store, "SELECT count(*) FROM act WHERE reference IN ('BF-1', 'BF-2')") == 2
    bad = sansdelai("record", "filed-list", "P-0001", str(file), "--column", "x", *BY, **at)
    assert (bad.returncode, "'Your column=ours'" in bad.stderr) == (1, True)
    unknown = sansdelai("record", "filed-list", "P-0001", str(file), *BY, **at)
    assert unknown.returncode == 1 and "unknown column 'Your ref'" in unknown.stderr


async def test_a_lookup_is_a_proposal(at: dict[str, str], store: Store, start: Start) -> None:
    """Nothing is added by itself; with --add and a name, the desk becomes a channel of a hosting provider."""
    world = World(await start())
    there = at | {
        "SANSDELAI_RDAP_BOOTSTRAP": f"http://127.0.0.1:{world.site.port}/boot/",
        "SANSDELAI_PROBE_ALLOW": f"127.0.0.1:{world.site.port}",
    }
    shown = await asyncio.to_thread(sansdelai, "party", "lookup", "203.0.113.7", **there)
    assert shown.returncode == 0 and "PROPOSAL" in shown.stdout and "abuse@harbour.example" in shown.stdout
    assert await scalar(store, "SELECT count(*) FROM party") == 3
    added = await asyncio.to_thread(sansdelai, "party", "lookup", "203.0.113.7", "--add", *BY, **there)
    assert "P-0004: the desk was added as a channel" in added.stdout, added.stderr
    assert await scalar(store, "SELECT source FROM channel WHERE address = 'abuse@harbour.example'") == "rdap"
    assert world.asked("ip") == 1  # the second answer was kept
