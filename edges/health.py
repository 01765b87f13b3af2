"""
The health page of the watch: for people in two languages, and as JSON with 200 or 503 for monitoring tools.

It listens on 127.0.0.1 only, answers no other host name (DNS rebinding), runs no script and changes nothing.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from edges.processes import ProcessFault
from edges.watch_words import FOLDER, WatchWords

HOSTS: Final = ["127.0.0.1", "localhost"]
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Found(Protocol):
    """One finding, as the lookout gives it."""

    name: str
    values: dict[str, Any]
    grave: bool


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the house after a round, for the page and for JSON."""

    at: datetime
    findings: tuple[Any, ...]  # each a `Found`
    asked: frozenset[str]
    checks: tuple[str, ...]  # all names, in order
    grave: bool
    blind: bool
    untold: tuple[str, ...] = ()  # alarms that could not leave by e-mail
    faults: tuple[str, ...] = ()  # of the watch itself


Now = Callable[[], "Health | None"]


def health_app(
    now: Now, words: Callable[[str], WatchWords], *, language: str, every: int, clock: Callable[[], datetime]
) -> Starlette:
    """The pages over whatever `now` says; `every` is the seconds between two rounds."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("health.html")

    def stale(health: Health) -> bool:
        return (clock() - health.at).total_seconds() > 3 * every + 60

    async def page(request: Request) -> Response:
        wanted = request.query_params.get("lang", language)
        said = words(wanted if wanted in {"fr", "en"} else language)
        health = now()
        view = _view(health, said, old=stale(health)) if health else None
        values: dict[str, Any] = {
            "t": said,
            "lang": said.language,
            "other": "en" if said.language == "fr" else "fr",
            "view": view,
        }
        values |= {"head": _head(health, said), "every": every, "colon": "\u00a0:" if said.language == "fr" else ":"}
        return HTMLResponse(template.render(values), status_code=_status(health, stale), headers=HEADERS)

    async def state(request: Request) -> Response:
        health = now()
        return JSONResponse(_json(health, stale), status_code=_status(health, stale), headers=HEADERS)

    async def alive(request: Request) -> Response:
        return PlainTextResponse("alive\n", headers=HEADERS)

    routes = [Route("/", page), Route("/health", state), Route("/alive", alive)]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)])


def _status(health: Health | None, stale: Callable[[Health], bool]) -> int:
    return 200 if health and not health.grave and not stale(health) else 503


def _head(health: Health | None, said: WatchWords) -> str:
    if health is None:
        return said("not_yet")
    n = len(health.findings)
    return said("all_well") if not n else said("wrong_one") if n == 1 else said("wrong", n=n)


def _view(health: Health, said: WatchWords, *, old: bool) -> dict[str, Any]:
    by_name = {finding.name: finding for finding in health.findings}
    findings = [
        {
            "name": finding.name,
            "grave": finding.grave,
            "title": said.check(finding.name, "title"),
            "says": said.check(finding.name, "says", finding.values),
            "do": said.check(finding.name, "do"),
            "numbers": said.shown(finding.values["numbers"]) if finding.values.get("numbers") else "",
        }
        for finding in health.findings
    ]
    faults = [*health.faults]
    if health.untold:
        faults.append(said("mail_fault", names=", ".join(said.check(name, "title") for name in health.untold)))
    rows = [{"title": said.check(name, "title")} | _mark(name, by_name, health, said) for name in health.checks]
    at = {"at": said.instant(health.at), "iso": health.at.astimezone(UTC).isoformat()}
    seen = {"grave": health.grave, "blind": health.blind, "old": old}
    return at | seen | {"findings": findings, "faults": faults, "rows": rows}


def _mark(name: str, by_name: dict[str, Any], health: Health, said: WatchWords) -> dict[str, str]:
    """The pill of a check: a word stands beside the colour."""
    if name in by_name:
        return {"tone": "bad", "word": said("bad")} if by_name[name].grave else {"tone": "note", "word": said("note")}
    return {"tone": "good", "word": said("well")} if name in health.asked else {"tone": "", "word": said("unasked")}


def _json(health: Health | None, stale: Callable[[Health], bool]) -> dict[str, Any]:
    if health is None:
        return {"status": "not_yet", "findings": [], "untold": []}
    word = "stale" if stale(health) else "wrong" if health.grave else "well"
    findings = [
        {"check": f.name, "grave": f.grave, "values": {k: _plain(v) for k, v in f.values.items()}}
        for f in health.findings
    ]
    told = {"untold": list(health.untold), "faults": list(health.faults)}
    return {"status": word, "at": health.at.isoformat(), "findings": findings} | told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


class _Quiet(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """
    Serve on 127.0.0.1 while the context is open.

    Raises:
        ProcessFault: the port is taken.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        listening.close()
        raise ProcessFault(
            f"port {port} of 127.0.0.1 is taken, perhaps by another watch: choose another with SANSDELAI_HEALTH_PORT"
        ) from None
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        listening.close()
