"""What a page says of a regime: names of the files are put into words, and what nobody read is said."""

import pytest

from law.library import Library, load
from web.told.regime import facts, sections
from web.told.words import Voice
from web.words import Language


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped law."""
    return load()


def lines(library: Library, id: str, key: str, language: Language) -> list[tuple[str, str]]:
    """What is said in one section, each with its window."""
    title = Voice(language, library).said(key)
    found = next(one for one in sections(library.regime(id), library, language) if one.title == title)
    return [(line.says, line.window) for line in found.lines]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_contests_and_preconditions_say_what_a_clock_is_for(library: Library, language: Language) -> None:
    """A reader is told what must be done by its end, never the name that the file gives to a clock."""
    voice, named = Voice(language, library), 0
    for regime in library.regimes.values():
        parts = {
            "contests": [one.clock for one in regime.contests],
            "preconditions": [one.clock for one in regime.preconditions],
        }
        for key, values in parts.items():
            told = lines(library, regime.id, key, language) if values else []
            for name, (says, _) in zip(values, told, strict=True):
                if name is None:
                    continue
                clock = next(each for each in regime.clocks if each.id == name)
                assert clock.does is not None and voice.text(clock.does) in says
                assert f"« {name} »" not in says and f"'{name}'" not in says
                named += 1
    assert named > 10


def test_a_first_day_that_nobody_read_is_said(library: Library) -> None:
    """A status without a first day does not look as if it had always held; one with a day says that day."""
    told_words: tuple[tuple[Language, str], ...] = (("fr", "(premier jour non lu)"), ("en", "(first day not read)"))
    for language, words in told_words:
        for regime in library.regimes.values():
            told = lines(library, regime.id, "status", language)
            for one, (says, window) in zip(regime.status, told, strict=True):
                assert says.endswith(words) is (one.from_ is None), regime.id
                assert one.from_ is None or str(one.from_) in window
    assert any(one.status[0].from_ is None for one in library.regimes.values())


def test_the_territory_of_a_regime_is_no_court(library: Library) -> None:
    """In French "juridiction" is a court."""
    assert facts(library.regime("us-tida"), Voice("fr", library))[0] == ("territoire", "US")
    assert facts(library.regime("us-tida"), Voice("en", library))[0] == ("jurisdiction", "US")
