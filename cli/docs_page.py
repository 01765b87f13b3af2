"""The pages of `docs/` about regimes, in Markdown: one for each, and the table of all. Nothing changes with the day."""

from collections.abc import Sequence

from law.doubts import values_of, weakest
from law.library import Library
from law.regime import Regime
from law.values import Citation
from web.told.clock import short
from web.told.measure import lasts
from web.told.regime import Line, facts, marks_in_words, sections, source
from web.told.words import Voice

WRITTEN = "<!-- Written by `sansdelai docs` from `law/`; edit there. -->"
NOTHING = "–"


def regime_page(regime: Regime, library: Library) -> str:
    """One regime: titles, marks, facts, every statement with the number of its source, and the sources."""
    voice = Voice("en", library)
    cited: list[Citation] = []
    lines = [WRITTEN, "", f"# `{regime.id}`: {regime.title.en}", "", f"*{regime.title.fr}*", ""]
    if found := marks_in_words(regime, voice):
        lines += [f"**{found}**", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in facts(regime, voice)]
    for section in sections(regime, library, "en"):
        lines += ["", f"## {section.title}", ""]
        lines += [_bullet(line, voice, cited) for line in section.lines]
    lines += ["", f"## {voice.said('sources')}", ""]
    lines += [f"{number}. {_sourced(voice, one)}" for number, one in enumerate(cited, 1)]
    return "\n".join([*lines, ""])


def regimes_page(library: Library) -> str:
    """The table of all regimes, sorted by id."""
    voice = Voice("en", library)
    head = "| id | title | where | status | who sends | to whom | clock | what follows | measure | least sure |"
    lines = [
        WRITTEN, "", "# Regimes", "",
        "Each body of rules that the program knows, from the files in `law/regimes/`; each id leads to its page.",
        "Which ones a lawyer signed stands in the store, not here. `sansdelai law list --on DAY` gives their status.",
        "The last column names the least sure statement of law: how many of all values nobody verified, if any.",
        "What is unverified, of unknown status or a proposal is not enabled by default. Nothing here is legal advice.",
        "", head, "|" + "---|" * (head.count("|") - 1),
    ]  # fmt: skip
    lines += [_row(library.regimes[id], library, voice) for id in library.ids()]
    return "\n".join([*lines, ""])


def _bullet(line: Line, voice: Voice, cited: list[Citation]) -> str:
    if line.citation not in cited:
        cited.append(line.citation)
    mark = f"**{voice.term('mark', 'unverified')}** " if line.unverified else ""
    window = f" *({line.window})*" if line.window else ""
    note = f" *{line.note}*" if line.note else ""
    return f"- {mark}{line.says}{window}{note} [{cited.index(line.citation) + 1}]"


def _sourced(voice: Voice, citation: Citation) -> str:
    address = f" <{citation.url}>" if citation.url else ""
    return f"{source(voice, citation)}{address}"


def _row(regime: Regime, library: Library, voice: Voice) -> str:
    told = {section.title: section.lines for section in sections(regime, library, "en")}
    sure = weakest(values_of(regime))
    mark = marks_in_words(regime, voice)
    cells = [
        f"[`{regime.id}`](regimes/{regime.id}.md)",
        regime.title.en,
        regime.jurisdiction,
        "<br>".join(f"{line.says} {line.window}".strip() for line in told[voice.said("status")]),
        voice.term("standing", regime.standing),
        ", ".join(voice.term("party_kind", kind) for kind in regime.addressees) or voice.said("nobody"),
        _clocks(regime, voice),
        _follows(regime),
        "<br>".join(dict.fromkeys(lasts(voice, one.duration) for one in regime.measures)) or NOTHING,
        f"**{mark}**" if mark else voice.term("confidence", sure) if sure else NOTHING,
    ]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _clocks(regime: Regime, voice: Voice) -> str:
    """Who has how long, for each clock that has not ended."""
    open_ones = [one for one in regime.clocks if one.until is None]
    told = [f"{voice.term('bearer', one.borne_by)}: {short(voice, one)}" for one in open_ones]
    return "<br>".join(dict.fromkeys(told)) or NOTHING


def _follows(regime: Regime) -> str:
    """Which regimes follow; a question to a person where none does."""
    opened: Sequence[str] = [f"[`{id}`](regimes/{id}.md)" for one in regime.follows for id in one.opens]
    asked = ["a person decides"] if any(one.ask for one in regime.follows) else []
    return ", ".join(dict.fromkeys([*opened, *asked])) or NOTHING


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
