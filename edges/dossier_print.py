"""A content as strings in reading order: what the PDF and the page both show, so that they say the very same."""

from edges.dossier_content import DossierContent
from edges.dossier_record import chronology, decisions, gaps, letters, observations, places, rectifications, seals
from edges.dossier_rules import deadlines, legal, measures
from edges.dossier_words import Printed, Words, shown

HEAD = 40  # characters of one text in the head of a page
LONG = 25  # rows from which a table of contents helps
SECTIONS = (
    rectifications, chronology, legal, deadlines, letters, places, observations, measures, decisions, gaps, seals,
)  # fmt: skip
OPTIONAL = frozenset({"rectifications", "measures", "decisions"})  # without rows they are not shown at all


def printed(content: DossierContent) -> Printed:
    """The whole dossier; sections that may be missing are left out, others say that they are empty."""
    words = Words.of(content)
    sections = [{"name": one.__name__, "title": words(one.__name__)} | one(words, content) for one in SECTIONS]
    kept = [one for one in sections if one["rows"] or one["name"] not in OPTIONAL]
    return {
        "language": content.language,
        "number": shown(content.number),
        "title": words("title", number=shown(content.number)),
        "heading": words("timeline"),
        "head": {key: _cut(shown(getattr(content, key))) for key in ("organisation", "profile", "number")},
        "made": words.inline(content.made_at),
        "simulated": [words("simulation"), words("simulation_long")] if content.simulated else [],
        "facts": _facts(words, content),
        "withholds": _withholds(words, content),
        "claims": _claims(words, content),
        "check": _check(words, content),
        "contents": words("contents") if sum(len(one["rows"]) for one in kept) >= LONG else "",
        "sections": kept,
        "whole": words("whole"),
        "page": words("page", n="{n}", of="{of}"),
    }


def _cut(text: str) -> str:
    """What fits in the head of a page; the whole text stands on the first page."""
    line = text.replace("\n", " ")
    return line if len(line) <= HEAD else f"{line[:HEAD]}…"


def _facts(words: Words, content: DossierContent) -> list[Printed]:
    qualified = words.prose(content.qualification) or words("not_qualified")
    known = words.inline(content.as_known_on) if content.as_known_on else words("all_known")
    later = words("withheld_after", n=content.withheld_after) if content.withheld_after else ""
    maker = f"{words('made_by')} {shown(content.made_by)}" if content.made_by else ""
    rows = [
        ("organisation", shown(content.organisation), ""),
        ("category", words.prose(content.category), ""),
        ("qualification", qualified, words.prose(content.article)),
        ("stage", words.prose(content.stage), ""),
        ("profile", words.prose(content.profile), ""),
        ("made_at", words.inline(content.made_at), maker),
        ("as_known_on", known, ""),
        ("events", str(content.events or len(content.chronology)), later),
        ("zone", words("zone_long", zone=content.zone), ""),
    ]  # fmt: skip
    return [{"name": words(key), "value": value, "note": note} for key, value, note in rows if value]


def _withholds(words: Words, content: DossierContent) -> Printed:
    told = [words.prose(one) for one in content.profile_withholds or (one.what for one in content.withheld)]
    return {"title": words("profile_withholds"), "says": told or [words("withholds_nothing")]}


def _claims(words: Words, content: DossierContent) -> Printed:
    keys = ["claim_before", "claim_unsealed", "claim_qualified"] + ["claim_removal"] * bool(content.removals)
    return {"title": words("claims"), "says": [words(key) for key in keys]}


def _check(words: Words, content: DossierContent) -> Printed:
    says = [words("check_long"), words.prose(content.fingerprint_hint)]
    return {"title": words("check"), "says": [one for one in says if one], "spelled": words("spelled_out")}
