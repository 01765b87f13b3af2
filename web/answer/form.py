"""
Reading what was posted: bounded before it is parsed, strict, and with every fault of the person at once.

A body that no browser sends for our form ends the request (`Ended`); what a person forgot is said beside the form,
with the words that were typed.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.requests import ClientDisconnect

from cases.answerable import CHOICES
from edges.letter_parts import visible
from law.vocabulary import Answer
from web.answer.ends import End, Ended

MOST_WORDS: Final = 4_000  # characters of one text
# Octets of a body: 4,000 characters take up to 48,000 when a browser writes them (`%F0%9F…`), and the rest is small.
MOST_OCTETS: Final = 64 * 1024
MOST_FIELDS: Final = 20
SECONDS: Final = 20.0  # for the whole body
FORM: Final = "application/x-www-form-urlencoded"
ELSEWHERE: Final = frozenset({"cross-site", "same-site"})  # Sec-Fetch-Site of a form that stands on another site
NEEDS_WORDS: Final = frozenset({Answer.ASKS_INFORMATION, Answer.CONTESTED})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as a person filled it in; `faults` name the texts that say what is wrong, by field."""

    mark: str = ""
    kind: Answer | None = None
    words: dict[Answer, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The words that go with the choice; what stands beside another choice is not sent."""
        return self.words.get(self.kind, "") if self.kind else ""


def words_field(kind: Answer) -> str:
    """The name of the text beside a choice."""
    return f"words_{kind}"


async def read_form(request: Request) -> Filled:
    """
    What was posted.

    Raises:
        Ended: it is no form of ours: on another site, too large, too slow, of another type, not text, a field twice.
    """
    # `Origin` says nothing here: under our own no-referrer rule, browsers send `null` from our page as well.
    if request.headers.get("sec-fetch-site") in ELSEWHERE:
        raise Ended(End.BAD_FORM)
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != FORM or charset not in {"", "utf-8"} or "content-encoding" in request.headers:
        raise Ended(End.NOT_A_FORM)
    fields = _fields(await _body(request))
    return _filled(fields)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > MOST_OCTETS:
        raise Ended(End.TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_OCTETS:
                    raise Ended(End.TOO_LARGE)
    except (TimeoutError, ClientDisconnect):
        raise Ended(End.TOO_SLOW) from None
    return bytes(body)


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # not ASCII, not UTF-8 behind the percent signs, no pairs, or too many of them
        raise Ended(End.BAD_FORM) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Ended(End.BAD_FORM)
    return fields


def _filled(fields: dict[str, str]) -> Filled:
    words = {kind: clean(fields.get(words_field(kind), "")) for kind in CHOICES}
    chosen = fields.get("choice", "")
    kind = next((one for one in CHOICES if one == chosen), None)
    faults = {}
    if kind is None:
        faults["choice"] = "no_choice" if not chosen else "unknown_choice"
    elif kind in NEEDS_WORDS and not words[kind]:
        faults[words_field(kind)] = f"no_words_{kind}"
    elif len(words[kind]) > MOST_WORDS:
        faults[words_field(kind)] = "too_long"
    return Filled(fields.get("mark", ""), kind, words, faults)


def clean(words: str) -> str:
    """The words with one kind of line end; what steers a display is written out as `<U+202E>`, as in letters."""
    return visible(words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "), keep="\n").strip()
