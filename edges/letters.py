"""
Letters: Jinja2 templates in French and English, three files each, and one function that renders them.

The sentences stand in `templates/letters/<name>/<language>/words.txt`, so that the text and the HTML say the same
thing; `body.txt` and `body.html` only lay them out. Undefined values are errors, HTML is escaped, text is not.
"""

import functools
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.runtime import Context

from edges.letter_bytes import Attachment, HeaderRefused, compose, locations_csv, message_id, resent
from edges.letter_cuts import Composed, Part, marks_after_gaps, own, shared, without_marks
from edges.letter_parts import (
    ComplaintRow,
    EarlierAct,
    LetterContext,
    LetterError,
    LetterIncomplete,
    LetterLocation,
    LetterReport,
    Organisation,
    Rendered,
    SubjectNotNeutral,
    defang,
    label_in,
    tame,
)
from edges.letter_rules import complete_extra, faults_of

__all__ = [
    "Attachment",
    "ComplaintRow",
    "Composed",
    "EarlierAct",
    "HeaderRefused",
    "LetterContext",
    "LetterError",
    "LetterIncomplete",
    "LetterLocation",
    "LetterReport",
    "Organisation",
    "Part",
    "Rendered",
    "SubjectNotNeutral",
    "compose",
    "defang",
    "locations_csv",
    "message_id",
    "render",
    "resent",
]

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "letters"
WIDTH = 78  # columns of the text part
LABEL = 11  # columns of the labels on its first screen
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),  # noqa: SIM905
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905
}


def render(context: LetterContext) -> Rendered:
    """Write the subject, the text and the HTML of a letter; raise `LetterIncomplete` naming every fault."""
    faults = faults_of(context)
    if faults:
        raise LetterIncomplete(faults)
    values = {"letter": context, "extra": complete_extra(context), "base": _words("_base", context.language)}
    values["words"] = _words(context.name, context.language)
    folder = f"{context.name}/{context.language}"
    subject = " ".join(_template(f"{folder}/subject.txt").render(values).split(" ")).strip()
    _refuse_telling_subject(subject, context)
    text = _template(f"{folder}/body.txt").render(values, parts=_parts("txt"))
    html = _template(f"{folder}/body.html").render(values, parts=_parts("html"))
    return without_marks(context, subject, _tidy(marks_after_gaps(text)), html.strip() + "\n")


def _refuse_telling_subject(subject: str, context: LetterContext) -> None:
    """A site can bear the victim's name (practice 1.10): no part of a location may stand in a subject."""
    lowered = subject.lower()
    telling = "://" in lowered or "@" in lowered
    for location in context.locations:
        host = re.sub(r"^[a-z0-9+.-]+:/*", "", location.value.lower()).split("/")[0].removeprefix("www.")
        telling = telling or ("." in host and host in lowered)  # a handle is told by its at sign
    if telling:
        raise SubjectNotNeutral


def _tidy(text: str) -> str:
    """At most one empty line in a row, no spaces at line ends, one line break at the end."""
    tidy = "\n".join([line.rstrip(" ") for line in text.split("\n")])
    while "\n\n\n" in tidy:
        tidy = tidy.replace("\n\n\n", "\n\n")
    return tidy.strip("\n") + "\n"


def fold(text: str, first: str = "", indent: str | None = None) -> str:
    """Wrap to WIDTH columns at ordinary spaces; a longer word (a location) stays whole. Paragraphs are kept."""
    hang = " " * len(first) if indent is None else indent
    lines: list[str] = []
    for paragraph in str(text).strip("\n ").split("\n"):
        before = hang if lines else first
        line = before + " ".join(filter(None, paragraph.split(" ")))
        while len(line) > WIDTH:
            cut = line.rfind(" ", len(before), WIDTH + 1)
            if cut < 0:  # the first word alone is too long: it ends where it ends
                cut = line.find(" ", len(before))
            if cut < 0:
                break
            lines.append(line[:cut])
            before, line = hang, hang + line[cut + 1 :]
        lines.append(line)
    return "\n".join(lines)


def row(label: str, text: str) -> str:
    """One line of the first screen: a label in its column, the text beside it."""
    return fold(text, first=f"{label:<{LABEL}} ", indent=" " * (LABEL + 1))


def sentence(text: str) -> str:
    """The text with a capital at its beginning, the rest untouched."""
    return text[:1].upper() + text[1:]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, empty ones left out, their own line breaks turned into spaces."""
    return [" ".join(part.split("\n")).strip() for part in str(text).split("\n\n") if part.strip()]


def day(letter: LetterContext, at: datetime) -> str:
    """A date in words, in the letter's zone and language."""
    local = at.astimezone(_zone(letter.zone))
    number = "1er" if letter.language == "fr" and local.day == 1 else str(local.day)
    return f"{number}\u00a0{MONTHS[letter.language][local.month - 1]}\u00a0{local.year}"


def moment(letter: LetterContext, at: datetime) -> str:
    """A date and time in words with the offset from UTC, so that it is never ambiguous."""
    local = at.astimezone(_zone(letter.zone))
    offset = local.strftime("%z")
    zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
    if letter.language == "fr":
        return f"{day(letter, at)} à {local:%H}\u00a0h\u00a0{local:%M} ({zone})"
    return f"{day(letter, at)}, {local:%H:%M} {zone}"


def reference(letter: LetterContext) -> str:
    """Case numbers for a subject: up to three, else the first and how many more."""
    numbers = [report.number for report in letter.reports]
    return ", ".join(numbers) if len(numbers) <= 3 else f"{numbers[0]} +{len(numbers) - 1}"


@functools.cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


class _Plain(Context):
    """
    Calls macros and helpers as they are, without asking each whether it wants the context: none of ours does.

    Jinja's own way also calls a macro's result safe HTML when the caller's template is HTML. Our sentences stand in
    text files and hold names as they were given, so what they return is escaped like any other value.
    """

    def call(self, called: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*values, **named)


class _Letters(Environment):
    context_class = _Plain


@functools.cache
def _environment() -> Environment:
    """Templates are compiled once a process; they are part of the program and never change under it."""
    environment = _Letters(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    helpers: list[Callable[..., Any]] = [day, defang, fold, label_in, moment, own, paragraphs]
    helpers += [reference, row, sentence, shared, tame]
    environment.globals.update({helper.__name__: helper for helper in helpers})
    return environment


@functools.cache
def _template(name: str) -> Template:
    found = _environment().get_template(name)
    found.globals = dict(found.globals)  # Jinja copies it for every letter: one dictionary instead of a chain
    return found


@functools.cache
def _parts(form: str) -> Any:
    """The macros that lay out a letter as `txt` or `html`."""
    return _template(f"_base/parts.{form}").module


@functools.cache
def _words(folder: str, language: str) -> Any:
    """The sentences of one letter in one language; macros that return plain text."""
    return _template(f"{folder}/{language}/words.txt").module
