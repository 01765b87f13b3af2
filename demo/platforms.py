"""
Scripted platforms: a real HTTP server on loopback with one virtual host for each scripted site.

How a page answers depends on two things only: which letters about it arrived, and what time the clock shows. The
pages hold a sentence about themselves and nothing else: no picture, no content.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

HOUR = timedelta(hours=1)
ABUSE = "abuse@"  # letters to these mailboxes reach whoever can take a page down


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter about a page: to whom, and when in legal time."""

    recipient: str
    at: datetime


@dataclass(slots=True)
class Page:
    """One address of a scripted site, and what happened to it."""

    host: str
    path: str
    first_seen: datetime
    arrivals: list[Arrival] = field(default_factory=list)

    def told(self) -> list[datetime]:
        """When letters came to a mailbox that can take the page down, oldest first."""
        return [letter.at for letter in self.arrivals if letter.recipient.startswith(ABUSE)]

    def told_behind(self) -> list[datetime]:
        """The same for mailboxes of somebody else than the site itself: its host."""
        own = f"{ABUSE}{self.host}"
        return [letter.at for letter in self.arrivals if letter.recipient.startswith(ABUSE) and letter.recipient != own]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends."""

    status: int
    title: str = ""
    text: str = ""
    location: str = ""


ALIVE = Answer(200, "Fil de discussion", "Ceci est une page de démonstration. Elle ne contient rien d'autre.")
GONE = Answer(404, "404", "Cette page n'existe pas.")
SOFT = Answer(200, "Page introuvable", "La page que vous cherchez n'existe pas ou plus.")
AGE = Answer(200, "Vérification de l'âge", "Vous devez avoir plus de 18 ans pour entrer. Veuillez vérifier votre âge.")
ABROAD = "harbour.example"

Behaviour = Callable[[Page, datetime], Answer]


def _gone_after(letters: int, hours: float) -> Behaviour:
    """Removes so many hours after the letter with this number."""

    def answer(page: Page, now: datetime) -> Answer:
        told = page.told()
        return GONE if len(told) >= letters and now >= told[letters - 1] + hours * HOUR else ALIVE

    return answer


def _silent(page: Page, now: datetime) -> Answer:
    return ALIVE


def _host_acts(page: Page, now: datetime) -> Answer:
    told = page.told_behind()
    return GONE if told and now >= told[0] + 2 * HOUR else ALIVE


def _moves(page: Page, now: datetime) -> Answer:
    told = page.told()
    moved = bool(told) and now >= told[0] + 5 * HOUR
    return Answer(301, location=f"http://{ABROAD}:{{port}}{page.path}") if moved else ALIVE


def _returns(page: Page, now: datetime) -> Answer:
    """Removes at once, brings it back on the fifth day, and removes for good after the second notice."""
    told = page.told()
    if not told or now < told[0] + 2 * HOUR:
        return ALIVE
    if now < told[0] + 120 * HOUR:
        return GONE
    return GONE if len(told) > 1 and now >= told[-1] + 2 * HOUR else ALIVE


def _soft_404(page: Page, now: datetime) -> Answer:
    told = page.told()
    return SOFT if told and now >= told[0] + 20 * HOUR else ALIVE


def _network(page: Page, now: datetime) -> Answer:
    """Told by nobody of us: somebody abroad sees to it after sixty hours."""
    return GONE if now >= page.first_seen + 60 * HOUR else ALIVE


def _age_check(page: Page, now: datetime) -> Answer:
    """Puts an age check before its door five days after the regulator was written to."""
    asked = [letter.at for letter in page.arrivals if not letter.recipient.startswith(ABUSE)]
    return AGE if asked and now >= asked[0] + 120 * HOUR else ALIVE


BEHAVIOURS: dict[str, Behaviour] = {
    "prompt": _gone_after(1, 2),
    "after_reminder": _gone_after(2, 4),
    "silent": _silent,
    "host_acts": _host_acts,
    "moves": _moves,
    "returns": _returns,
    "soft_404": _soft_404,
    "network": _network,
    "age_check": _age_check,
}


class Platforms:
    """
    The server; a context manager. `behaviours` names for each host one of `BEHAVIOURS`.

    It answers on 127.0.0.1 only, and 421 to a host that no script knows.
    """

    def __init__(self, behaviours: Mapping[str, str], clock: Callable[[], datetime], port: int = 0) -> None:
        self._behaviours = {host: BEHAVIOURS[name] for host, name in behaviours.items()}
        self._clock = clock
        self._pages: dict[tuple[str, str], Page] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="platforms")

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def host_ports(self) -> frozenset[str]:
        """Every exact host:port, for the prober's allow-list."""
        return frozenset(f"{host}:{self.port}" for host in self._behaviours)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def letter_arrived(self, recipient: str, locations: Sequence[str], at: datetime) -> None:
        """A letter about these addresses reached somebody."""
        with self._lock:
            for location in locations:
                parts = urlsplit(location)
                if parts.hostname in self._behaviours:
                    self._page(parts.hostname, parts.path, at).arrivals.append(Arrival(recipient, at))

    def answer(self, host: str, path: str) -> Answer:
        """What this page answers at the present of the clock."""
        behaviour = self._behaviours.get(host)
        if behaviour is None:
            return Answer(421, "421", "Unknown host.")
        now = self._clock()
        with self._lock:
            return behaviour(self._page(host, path, now), now)

    def _page(self, host: str, path: str, now: datetime) -> Page:
        return self._pages.setdefault((host, path), Page(host, path, now))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platforms = self

        class Handler(BaseHTTPRequestHandler):
            server_version, sys_version = "platform", ""

            def do_GET(self) -> None:
                host = self.headers.get("Host", "").partition(":")[0].lower()
                _write(self, platforms.answer(host, urlsplit(self.path).path), platforms.port)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is logged: a line would hold an address."""

        return Handler


def _write(handler: BaseHTTPRequestHandler, answer: Answer, port: int) -> None:
    page = f"<!doctype html><html lang=fr><title>{answer.title}</title><h1>{answer.title}</h1><p>{answer.text}</p>"
    body = page.encode("utf-8")
    handler.send_response(answer.status)
    if answer.location:
        handler.send_header("Location", answer.location.format(port=port))
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
