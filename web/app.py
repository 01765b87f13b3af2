"""
The audit site: it only shows.

It listens on this machine only, refuses a request made under any other host name (DNS rebinding), runs no script,
and reads on connections that cannot write. What it writes is who looked at which report, before it is shown.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from cases.house import NoHouse, house_of
from cases.office import real_clock, store_url
from edges.keys import read_keys
from edges.settings import Settings, get_settings
from law.library import Library, load
from models.bulk import GONE
from models.store import ReadOnly, Store
from web.inbox_pages import router as inbox_router
from web.law_pages import router as law_router
from web.pages import router
from web.site import Asked, NotNoted, Site, language_of
from web.work_pages import router as work_router

HOSTS: Final = ["127.0.0.1", "localhost"]
STATIC: Final = Path(__file__).resolve().parent / "static"

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def create_app(
    store: Store, library: Library, settings: Settings, *, clock: Callable[[], datetime] = real_clock
) -> FastAPI:
    """
    The site over a store; `clock` gives the legal time that "overdue" is measured by.

    The caller keeps the store and closes it. Serve it on 127.0.0.1 only.
    """
    app = FastAPI(title="Sans Délai", docs_url=None, redoc_url=None, openapi_url=None)
    ui = settings.prefect_api_url.removesuffix("/api")
    app.state.site = Site(ReadOnly(store), store, library, ui, clock, settings.language, settings)
    app.include_router(router)
    app.include_router(law_router)
    app.include_router(work_router)
    app.include_router(inbox_router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    for kind in (NoHouse, SQLAlchemyError, OSError, *GONE):
        app.add_exception_handler(kind, _no_store)
    app.add_exception_handler(NotNoted, _not_noted)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)
    app.middleware("http")(_strict)  # the last one added is the outermost: refusals carry the headers as well
    return app


def from_settings() -> FastAPI:
    """The site of this machine's settings: what `uvicorn --factory` starts. Its store lives as long as the process."""
    settings = get_settings()
    return create_app(Store(store_url(settings), read_keys(settings.key_file)), load(), settings)


async def _strict(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def _refused(request: Request, error: Exception) -> HTMLResponse:
    """A page that does not exist, or a method that is not reading."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    try:
        return await _say(request, "not_found" if status == 404 else "bad_request", status)
    except (NoHouse, SQLAlchemyError, OSError):
        return await _say(request, "no_store", 503)


async def _no_store(request: Request, error: Exception) -> Response:
    if request.url.path == "/health":
        return JSONResponse({"status": "no_store"}, status_code=503)
    return await _say(request, "no_store", 503)


async def _not_noted(request: Request, error: Exception) -> HTMLResponse:
    """Who looks cannot be noted: the page stays shut, and everything that names nobody stays open."""
    return await _say(request, "not_noted", 503)


async def _fault(request: Request, error: Exception) -> HTMLResponse:
    """A fault of ours: said without its details; the server's log has them."""
    response = await _say(request, "fault", 500)
    response.headers.update(HEADERS)  # written outside of every middleware
    return response


async def _say(request: Request, what: str, status: int) -> HTMLResponse:
    """A page of one sentence; only when the store is in order does it say that it is a simulation."""
    site: Site = request.app.state.site
    house = await house_of(site.store) if status < 500 else None
    plain = Asked(site, request, language_of(request, site.language), site.clock(), house)
    return await plain.page("said.html", status=status, what=what)
