"""The page as `sansdelai up` starts it: a child of its own, told no more than it needs, silent about what it is asked."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from cases.house import HouseError
from cli.up import FOR_THE_PUBLIC, not_for_the_public, start_answer_page
from edges.page_key import PageKeyMissing, read_page_key
from edges.processes import Child, ProcessFault, Supervisor
from edges.settings import Settings
from tests.conftest import free_port
from tests.web.answer.forms import mark_in
from tests.web.answer.letters import HOST, URL, Sent, as_the_page
from web.answer.app import HEADERS

SECRETS = {
    "SANSDELAI_IMAP_HOST": "imap.hotline.example",
    "SANSDELAI_IMAP_USERNAME": "answers-secret",
    "SANSDELAI_IMAP_PASSWORD": "imap-secret",
    "SANSDELAI_SMTP_USERNAME": "relay-secret",
    "SANSDELAI_SMTP_PASSWORD": "smtp-secret",
    "SANSDELAI_PREFECT_AUTH": "hotline:prefect-secret",
    "PREFECT_API_AUTH_STRING": "hotline:api-secret",
    "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://prefect:database-secret@db.test/prefect",
    "PGPASSWORD": "postgres-secret",
}


@pytest.fixture
def where(url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a house on a server of its own, everything said by the environment as an operator does."""
    said = SECRETS | {
        "SANSDELAI_HOME": str(home),
        "SANSDELAI_DATABASE_URL": url,
        "SANSDELAI_ANSWER_DATABASE_URL": as_the_page(url),
        "SANSDELAI_ANSWER_URL": URL,
        "SANSDELAI_ANSWER_PORT": str(free_port()),
        "SANSDELAI_ORGANISATION": "Point de contact",
        "SANSDELAI_REPLY_TO": "desk@hotline.example",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.fixture
def supervisor(where: Settings) -> Iterator[Supervisor]:
    """What holds the child; it stops with the test."""
    with Supervisor(where.logs) as found:
        yield found


@pytest.fixture
def child(where: Settings, supervisor: Supervisor) -> Child:
    """The page, running."""
    assert where.database_url is not None
    start_answer_page(supervisor, where, where.database_url)
    [started] = supervisor.children
    return started


@pytest.fixture
def browser(where: Settings, child: Child) -> Iterator[httpx.Client]:
    """A recipient behind the reverse proxy, which passes on the public name and the address."""
    base = f"http://127.0.0.1:{where.answer_port}"
    proxy = {"Host": HOST, "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    with httpx.Client(base_url=base, headers=proxy, trust_env=False) as found:
        yield found


def test_the_child_answers_and_is_told_no_secret_of_the_store(where: Settings, child: Child, sent: Sent) -> None:
    """Its environment holds neither another way into the store, nor a key, nor a password; only its own role's."""
    health = httpx.get(f"http://127.0.0.1:{where.answer_port}/health", trust_env=False)
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    told = psutil.Process(child.process.pid).environ()
    ours = {name for name in told if name.startswith(("SANSDELAI_", "PREFECT_", "PG"))}
    own = {"SANSDELAI_HOME", "SANSDELAI_ANSWER_DATABASE_URL", "SANSDELAI_ANSWER_KEY_FILE"}
    assert ours <= FOR_THE_PUBLIC | own
    assert own <= ours
    for value in (where.database_url, os.environ["SANSDELAI_MASTER_KEY_FILE"], *SECRETS.values()):
        assert value not in told.values()
    assert read_page_key(where.page_key_file) == sent.key
    assert where.page_key_file.stat().st_mode & 0o077 == 0


def test_the_child_listens_on_this_machine_only(child: Child, where: Settings) -> None:
    """Whoever is to reach it from outside comes through the proxy with its TLS."""
    found = psutil.Process(child.process.pid).net_connections(kind="inet")
    listening = {(each.laddr.ip, each.laddr.port) for each in found if each.status == psutil.CONN_LISTEN}
    assert listening == {("127.0.0.1", where.answer_port)}


def test_an_answer_through_the_proxy_and_nothing_of_it_in_the_log(
    browser: httpx.Client, child: Child, sent: Sent
) -> None:
    """A whole answer by real HTTP, a fault on the way, and a log that says neither which link nor which words."""
    page = browser.get(sent.path)
    assert page.status_code == 200
    assert "Point de contact" in page.text
    assert "server" not in page.headers
    words = "un mot que personne ne lit"
    form = {"mark": mark_in(page.text), "choice": "contested", "words_contested": words}
    given = browser.post(sent.path, data=form)
    assert given.status_code == 303
    assert given.headers["location"].startswith(f"{sent.path}?said=")
    assert browser.get(given.headers["location"]).status_code == 200
    assert browser.get(sent.path + "x").status_code == 404
    log = child.log.read_text(encoding="utf-8")
    for part in (sent.path[3:25], words, "192.0.2.7", form["mark"]):
        assert part not in log


def test_a_head_has_the_headers_and_no_body(browser: httpx.Client, sent: Sent) -> None:
    """What a link scanner asks for first."""
    head = browser.head(sent.path)
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers.get(name) for name in HEADERS} == HEADERS


def test_each_address_behind_the_proxy_has_its_own_limit(browser: httpx.Client, sent: Sent) -> None:
    """The proxy's own address is not counted for everybody: one who asks too often shuts nobody else out."""
    many = [browser.get("/a/x", headers={"X-Forwarded-For": "192.0.2.66"}).status_code for _ in range(31)]
    assert many == [404] * 30 + [429]
    assert browser.get(sent.path).status_code == 200


def test_what_is_no_http_leaves_the_page_standing(browser: httpx.Client, where: Settings, sent: Sent) -> None:
    """Garbage, a head without end and a body that is never sent: the page answers the next one."""
    address = ("127.0.0.1", where.answer_port)
    with socket.create_connection(address) as silent, socket.create_connection(address) as garbage:
        silent.sendall(
            f"POST {sent.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 100\r\n\r\n".encode()
        )
        garbage.sendall(b"\x16\x03\x01\x00\xff" + b"x" * 100_000 + b"\r\n\r\n")
        assert browser.get(sent.path).status_code == 200


def test_a_role_that_cannot_be_checked_is_no_page(where: Settings, supervisor: Supervisor, url: str) -> None:
    """A role for the page of which nobody says in which store it is: the page is not started."""
    alone = where.model_copy(update={"database_url": None})
    with pytest.raises(HouseError, match="SANSDELAI_ANSWER_DATABASE_URL"):
        start_answer_page(supervisor, alone, url)
    assert supervisor.children == []


def test_a_page_without_its_key_file_says_so(where: Settings, supervisor: Supervisor, home: Path) -> None:
    """The child ends with the reason in its log, which names a file and no key."""
    with pytest.raises(PageKeyMissing, match="`sansdelai up` writes it"):
        read_page_key(home / "none")
    (home / "half").write_text("link 00\nbox zz\n", encoding="ascii")
    with pytest.raises(PageKeyMissing, match="is no key file"):
        read_page_key(home / "half")


def test_a_taken_port_is_said(where: Settings, supervisor: Supervisor) -> None:
    """The part that did not start is named, with the end of its log."""
    assert where.database_url is not None
    with socket.socket() as other:
        other.bind(("127.0.0.1", where.answer_port))
        other.listen()
        with pytest.raises(ProcessFault, match="answer-page ended"):
            start_answer_page(supervisor, where, where.database_url)


def test_every_secret_of_the_settings_is_kept_from_the_page() -> None:
    """A setting that somebody adds later is not told to the page unless it is named as harmless."""
    names = {f"SANSDELAI_{name.upper()}" for name in Settings.model_fields}
    assert names >= FOR_THE_PUBLIC
    assert not_for_the_public([*names, "PATH", "PGPASSFILE"]) == (names - FOR_THE_PUBLIC) | {"PGPASSFILE"}
    assert not [
        name for name in FOR_THE_PUBLIC if any(word in name for word in ("PASSWORD", "DATABASE", "KEY", "AUTH"))
    ]
