"""What the answer page stands on, and how a page is written."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cases.answerable import Answerable
from edges.page_key import PageKey
from edges.tokens import Links
from models.store import Store
from web.answer.ends import STATUS, End
from web.answer.limits import Limit
from web.answer.marks import Marks
from web.answer.words import LANGUAGES, Language, Words

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "templates" / "answer"
STYLE: Final = (FOLDER / "style.css").read_text(encoding="utf-8")
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
PER_ADDRESS: Final = 30  # requests a minute
PER_LETTER: Final = 20


@dataclass(frozen=True)
class Site:
    """One answer page: made once, shared by all requests."""

    store: Store
    key: PageKey
    links: Links
    organisation: str
    reply_to: str
    language: Language
    zone: ZoneInfo
    clock: Callable[[], datetime]
    steady: Callable[[], float]  # seconds, for the limits
    addresses: Limit = field(default_factory=lambda: Limit(PER_ADDRESS))
    letters: Limit = field(default_factory=lambda: Limit(PER_LETTER))

    @cached_property
    def marks(self) -> Marks:
        """What the page signs for itself."""
        return Marks(self.key.link)

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

    def page(
        self, request: Request, template: str, letter: Answerable | None, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Write a page in the language asked for, else in the letter's, else in one that the browser knows."""
        language = language_of(request, letter.language if letter else None, self.language)
        common = {
            "t": Words(language),
            "lang": language,
            "other": "en" if language == "fr" else "fr",
            "style": Markup(STYLE),  # ours, and hashed in the header
            "site": self,
            "letter": letter,
        }
        html = self.environment.get_template(template).render(common | values)
        return HTMLResponse(html, status_code=status)

    def end(self, request: Request, end: End) -> HTMLResponse:
        """The page of an end: it says nothing of what was asked for."""
        response = self.page(request, "end.html", None, status=STATUS[end], end=end, ends=End)
        if end is End.TOO_OFTEN:
            response.headers["Retry-After"] = "60"
        if end in {End.TOO_LARGE, End.TOO_SLOW, End.NOT_A_FORM}:
            response.headers["Connection"] = "close"  # the rest of the body is not waited for
        return response


def language_of(request: Request, letter: str | None, house: Language) -> Language:
    """The language in the address, else the letter's, else the first of the browser's that we know, else ours."""
    spoken = [one.strip()[:2].lower() for one in request.headers.get("accept-language", "").split(",")[:10]]
    for given in (request.query_params.get("lang"), letter, *spoken):
        for known in LANGUAGES:
            if given == known:
                return known
    return house
