"""What a page says: login, age gate, soft 404, maintenance, stop page; by signs that stand as data in a file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from edges.probe_page import Page
from law.vocabulary import Sight

SIGNS_FILE = Path(__file__).with_name("probe_signs.toml")

OPENING_CHARACTERS = 600  # where a clue with `opening` must stand


class _Strict(BaseModel):
    """Signs are data: an unknown key is a fault, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """A page and whether its sign must be found on it; the tests read them all."""

    page: str
    found: bool
    why: str


class Clue(_Strict):
    """All conditions that are given must hold; of a list of phrases (lower case, no accents) any one is enough."""

    title: tuple[str, ...] = ()  # equals the whole title or one segment of it
    title_starts: tuple[str, ...] = ()  # a segment of the title begins so
    heading: tuple[str, ...] = ()  # equals one of the first headings
    heading_starts: tuple[str, ...] = ()
    text: tuple[str, ...] = ()  # stands in the visible text
    opening: bool = False  # and does so near its beginning
    password_field: bool = False  # a form asks for a password
    max_words: int | None = Field(default=None, gt=0)  # the visible text is this short

    def is_on(self, page: Page) -> bool:
        """Whether every condition holds for a page."""
        if self.max_words is not None and page.words > self.max_words:
            return False
        if self.password_field and not page.password_field:
            return False
        named = self.title or self.title_starts or self.heading or self.heading_starts
        if named and not self._names(page):
            return False
        where = page.text[:OPENING_CHARACTERS] if self.opening else page.text
        return not self.text or any(phrase in where for phrase in self.text)

    def _names(self, page: Page) -> bool:
        return (
            any(segment in self.title for segment in page.title)
            or any(segment.startswith(self.title_starts) for segment in page.title)
            or any(heading in self.heading for heading in page.headings)
            or any(heading.startswith(self.heading_starts) for heading in page.headings)
        )


class Sign(_Strict):
    """A kind of page: any one clue is enough."""

    name: str
    sight: Sight
    detail: str
    clue: tuple[Clue, ...] = Field(min_length=1)
    example: tuple[Example, ...] = Field(min_length=2)


class Parameters(_Strict):
    """Names of query parameters that make a URL one with a token."""

    exact: frozenset[str]
    containing: tuple[str, ...]

    def is_secret(self, name: str) -> bool:
        """Whether a parameter's name means a secret; case, dashes and underscores do not count."""
        plain = "".join(letter for letter in name.lower() if letter.isalnum())
        return plain in self.exact or any(part in plain for part in self.containing)


class Paths(_Strict):
    """Pieces of a path (lower case, without the ending of a file) that give away what a redirect leads to."""

    login: frozenset[str]
    age_gate: frozenset[str]
    maintenance: frozenset[str]
    gone: frozenset[str]
    front: frozenset[str]


class Hosts(_Strict):
    """Hosts known by name, and public suffixes of more than one label."""

    stop_page: tuple[str, ...]
    suffixes: frozenset[str]


class Signs(_Strict):
    """The whole file, in its order: the first sign found counts."""

    parameters: Parameters
    paths: Paths
    hosts: Hosts
    sign: tuple[Sign, ...]

    def found_on(self, page: Page) -> Sign | None:
        """The first sign of which a clue is on the page."""
        return next((sign for sign in self.sign if any(clue.is_on(page) for clue in sign.clue)), None)


@lru_cache(maxsize=1)
def load_signs() -> Signs:
    """The signs of this version; raises pydantic.ValidationError with every fault at once."""
    return Signs.model_validate(tomllib.loads(SIGNS_FILE.read_text(encoding="utf-8")))
