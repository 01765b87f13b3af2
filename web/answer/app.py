"""
The answer page's app: public, without sign-in, script or cookie.

It listens on this machine only; a reverse proxy with TLS stands before it. Every request for our host ends in a page
of ours, every answer carries the strict headers, and no request, path or word is ever logged.
"""

import logging
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from cases.answerable import check_role
from cases.office import answer_store_url, real_clock
from edges.page_key import PageKey, read_page_key
from edges.settings import Settings, get_settings
from edges.tokens import Links
from law.library import load
from models.bulk import GONE
from models.store import Store
from web.answer.ends import End, Ended
from web.answer.limits import neighbourhood
from web.answer.pages import router
from web.answer.site import STYLE_HASH, Site

logger = logging.getLogger(__name__)

LOOPBACK: Final = ("127.0.0.1", "localhost")
POOL: Final = 4  # connections

HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address is the authority: it must not leak to where a reader goes next
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",  # without meaning over plain HTTP on loopback
}


def create_answer_app(
    store: Store,
    key: PageKey,
    settings: Settings,
    zone: ZoneInfo,
    *,
    clock: Callable[[], datetime] = real_clock,
    steady: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """
    The page over a store; `steady` counts the seconds that limits are measured by.

    The caller keeps the store and closes it. Started by a server, it refuses a role that can read a real store.
    """

    @asynccontextmanager
    async def checked(app: FastAPI) -> AsyncIterator[None]:
        await check_role(store)
        yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=checked)
    app.state.site = Site(
        store=store,
        key=key,
        links=Links(key.link, timedelta(days=settings.answer_days)),
        organisation=settings.organisation,
        reply_to=settings.reply_to or settings.sender_address,
        language=settings.language,
        zone=zone,
        clock=clock,
        steady=steady,
    )
    app.include_router(router)
    app.add_exception_handler(Ended, _ended)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    for kind in (SQLAlchemyError, OSError, *GONE):
        app.add_exception_handler(kind, _no_store)
    app.middleware("http")(_limited)
    hosts = {*LOOPBACK, urlsplit(settings.answer_url).hostname or LOOPBACK[0]}
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=sorted(hosts), www_redirect=False)
    app.middleware("http")(_strict)  # the last one added is the outermost: refusals carry the headers as well
    return app


def from_settings() -> FastAPI:
    """The page of this machine's settings: what `uvicorn --factory` starts. No master key is read."""
    settings = get_settings()
    key = read_page_key(settings.page_key_file)
    return create_answer_app(Store(answer_store_url(settings), pool=POOL), key, settings, ZoneInfo(load().house.zone))


async def _strict(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        response = await call_next(request)
    except Exception as error:  # a fault of ours, said and logged without its details: they may hold words
        where = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("the answer page failed: %s in %s, line %s", type(error).__name__, where.name, where.lineno)
        site: Site = request.app.state.site
        response = site.end(request, End.FAULT)
    response.headers.update(HEADERS)
    return response


async def _limited(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """So many requests a minute for each address, whatever they ask for; our own watch asks from this machine."""
    site: Site = request.app.state.site
    asking = neighbourhood(request.client.host if request.client else "")
    if request.url.path != "/health" and not site.addresses.allows(asking, site.steady()):
        return site.end(request, End.TOO_OFTEN)
    return await call_next(request)


async def _ended(request: Request, error: Exception) -> Response:
    site: Site = request.app.state.site
    return site.end(request, error.end if isinstance(error, Ended) else End.FAULT)


async def _refused(request: Request, error: Exception) -> Response:
    """A path that does not exist, or a method that is neither looking nor answering."""
    site: Site = request.app.state.site
    status = error.status_code if isinstance(error, HTTPException) else 404
    return site.end(request, End.UNKNOWN if status == 404 else End.BAD_REQUEST)


async def _no_store(request: Request, error: Exception) -> Response:
    if request.url.path == "/health":
        return JSONResponse({"status": "no_store"}, status_code=503)
    site: Site = request.app.state.site
    return site.end(request, End.NO_STORE)
