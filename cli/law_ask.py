"""What every command of the law reads: the files, a day, a language; a wrong one is answered with what is allowed."""

from datetime import UTC, date, datetime

from cli.run import fail
from law import library as law_library
from law.errors import LawError
from law.gate import law_day
from web.words import Language


def library_or_fail() -> law_library.Library:
    """The files of the law; every fault of them at once, and exit code 1."""
    try:
        return law_library.load()
    except LawError as error:
        fail(str(error))


def day_of(text: str | None, library: law_library.Library) -> date:
    """The day of `--on`, by default today where the house is established."""
    if text is None:
        return law_day(datetime.now(UTC), library)
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"--on: {text!r} is no day; write for example 2026-11-23")


def language_of(text: str) -> Language:
    """The language of `--lang`."""
    if text == "fr":
        return "fr"
    if text == "en":
        return "en"
    return fail(f"--lang: {text!r} is no language of ours; allowed: en, fr")
