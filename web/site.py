"""What every page stands on: the read-only store, the law, the words, the clock, and how a page is written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from cases.house import house_of
from cases.reads import SITE, note_read
from edges.settings import Settings
from law.library import Library
from models.bulk import GONE
from models.readlog import How
from models.store import ReadOnly, Store
from models.tables import House
from web.reading import LATE
from web.words import LANGUAGES, Language, Words

FOLDER: Final = Path(__file__).resolve().parent.parent / "templates" / "web"
COOKIE: Final = "lang"
NOTED_WITHIN: Final = 2  # seconds; a page waits no longer for the log, and is not shown without it
KEPT: Final = 365 * 24 * 3600  # seconds that a reader's language is remembered


class NotNoted(RuntimeError):
    """It cannot be noted who looks, so nothing is shown."""


@dataclass(frozen=True)
class Site:
    """One site: made once, shared by all pages."""

    store: ReadOnly
    log: Store  # where it is noted who looked; the only thing that the site writes
    library: Library
    prefect_ui: str  # without a slash at its end
    clock: Callable[[], datetime]
    language: Language
    settings: Settings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.library.house.zone)

    @cached_property
    def environment(self) -> Environment:
        """Templates: everything escaped, an undefined value is an error."""
        return Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def words(self, language: Language) -> Words:
        """The words of a language."""
        return Words(language, self.library)

    def run_link(self, flow_run_id: UUID) -> str:
        """Where Prefect shows a flow run."""
        return f"{self.prefect_ui}/runs/flow-run/{flow_run_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks in which language, at what time, of which store."""

    site: Site
    request: Request
    language: Language
    now: datetime
    house: House | None  # none on a page that says that there is no store

    async def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Write a page; a language asked for in the address is remembered."""
        words = self.site.words(self.language)
        dates = Dates(words, self.site.zone, self.now)
        common = {
            "t": words, "lang": self.language, "now": self.now, "late": self.now - LATE, "house": self.house,
            "site": self.site, "path": self.request.url.path, "other": self._other_language(), "when": dates.when,
            "away": dates.away,
        }  # fmt: skip
        html = self.site.environment.get_template(template).render(common | values)
        response = HTMLResponse(html, status_code=status)
        if self.request.query_params.get("lang") == self.language:
            response.set_cookie(COOKIE, self.language, max_age=KEPT, httponly=True, samesite="strict", path="/")
        return response

    async def note(self, how: How, *numbers: str) -> None:
        """
        Put this look at these reports on record before anything is shown.

        Raises:
            NotNoted: the log cannot be written now; the page is not shown.
        """
        try:
            async with asyncio.timeout(NOTED_WITHIN):
                await note_read(self.site.log, SITE, how, numbers)
        except (SQLAlchemyError, OSError, TimeoutError, *GONE) as error:
            raise NotNoted(NotNoted.__doc__) from error

    def _other_language(self) -> str:
        """This very page in the other language."""
        wanted = "en" if self.language == "fr" else "fr"
        return "?" + urlencode(dict(self.request.query_params) | {"lang": wanted})


def language_of(request: Request, default: Language) -> Language:
    """The language in the address, else the one remembered, else the house's."""
    for given in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        for known in LANGUAGES:
            if given == known:
                return known
    return default


async def asked(request: Request) -> Asked:
    """The request as a page needs it; raises `NoHouse` when the store was never born."""
    site: Site = request.app.state.site
    house = await house_of(site.store)
    return Asked(site, request, language_of(request, site.language), site.clock(), house)


Ask = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True, slots=True)
class Dates:
    """How times are shown: local with the offset, UTC in the title."""

    words: Words
    zone: ZoneInfo
    now: datetime

    def when(self, at: datetime) -> Markup:
        """An instant as a `time` element: `23 nov. 2026 09:00 +01:00`."""
        local = at.astimezone(self.zone)
        return Markup('<time datetime="{}" title="{}">{} {} <span class="offset">{}</span></time>').format(
            at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
            self.words.day(local),
            local.strftime("%H:%M"),
            _offset(local),
        )

    def away(self, at: datetime) -> str:
        """How far an instant lies from now: `+ 4 h`, or `− 2 j`; its spaces do not break."""
        sign = "+" if at >= self.now else "\u2212"
        return f"{sign} {self.words.span(at - self.now)}".replace(" ", "\u00a0")


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    return f"{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
