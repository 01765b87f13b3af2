"""
What an event adds to its sentence, in words: no code of the program reaches a reader in the other language.

A detail that names nothing to a reader (ids, commitments, digests) is left out; it stands in `timeline.json`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from cases.retract import CAUSES as RETRACTION
from law.library import load
from law.values import Text
from web.detail_words import NAMES, PROBE, PROOF, REASONS, VALUES, YES
from web.dossier_view import regime_or_none
from web.terms import Pair
from web.words import PLACE, Words

LEFT_OUT: Final = frozenset(
    {
        "texts",
        "letter",
        "act",
        "digest",
        "observation",
        "sha256",
        "before_import",
        "legal_at",
        "late_minutes",
        "late_cause",
    }
)
_ID: Final = re.compile(r"[0-9a-f-]{36}\Z|[0-9a-f]{64}\Z")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")

Say = Callable[[Words, str, str], str]  # words, kind of the event, value


def detail_lines(kind: str, details: Mapping[str, Any], words: Words, zone: ZoneInfo) -> list[str]:
    """Each detail of an event as `name: value`, in the order of the record."""
    found = []
    for name, value in details.items():
        values = [each for each in (value if isinstance(value, list) else [value]) if _says_something(each)]
        if name in LEFT_OUT or not values:
            continue
        told = [each for each in (_value(kind, name, one, words, zone) for one in values) if each]
        if told:
            colon = "\u00a0: " if words.language == "fr" else ": "
            found.append(f"{_pair(NAMES, name, words)}{colon}{', '.join(dict.fromkeys(told))}")
    return found


def _says_something(value: Any) -> bool:
    return value not in ("", None, False) and not (isinstance(value, str) and _ID.match(value))


def _value(kind: str, name: str, value: Any, words: Words, zone: ZoneInfo) -> str:
    if value is True:
        return YES[PLACE[words.language]]
    if not isinstance(value, str):
        return str(value)
    if _INSTANT.match(value):
        local = datetime.fromisoformat(value).astimezone(zone)
        return f"{words.day(local)} {local:%H:%M %z}"
    return _SAID[name](words, kind, value) if name in _SAID else value


def _pair(table: Mapping[str, Pair], key: str, words: Words) -> str:
    return table[key][PLACE[words.language]] if key in table else key.replace("_", " ")


def _term(table: str) -> Say:
    return lambda words, kind, value: words.term(table, value)


def _of(table: Mapping[str, Pair]) -> Say:
    return lambda words, kind, value: _pair(table, value, words)


def _regime(words: Words, kind: str, value: str) -> str:
    regime = regime_or_none(words.library, value)
    return words.text(regime.label) if regime else value


def _category(words: Words, kind: str, value: str) -> str:
    known = words.library.categories.get(value)
    return words.text(known.label) if known else value


def _qualification(words: Words, kind: str, value: str) -> str:
    known = words.library.qualifications.get(value)
    return words.text(known.label) if known else value


def _cause(words: Words, kind: str, value: str) -> str:
    if kind == "erased":
        return words.term("erasure", value)
    if value in RETRACTION:
        return RETRACTION[value][words.language]
    return words.cause(value)


def _missing(words: Words, kind: str, value: str) -> str:
    return words.cause(f"missing:{value.removeprefix('missing:')}")


def _what(words: Words, kind: str, value: str) -> str:
    """One or several things that were signed, supplied or put right."""
    return ", ".join(
        VALUES[one][PLACE[words.language]] if one in VALUES else words.cause(one) for one in value.split(",")
    )


def _before(words: Words, kind: str, value: str) -> str:
    return words.term("sight", value)


def _probe(words: Words, kind: str, value: str) -> str:
    """The probe's own words, with the number or status that stands in brackets."""
    if words.language == "en":
        return value
    head, bracket, rest = value.partition(" (")
    if head.startswith("redirects, "):
        return f"redirige, {PROBE.get(head.removeprefix('redirects, '), '')}"
    number = re.match(r"\d+", rest)
    return PROBE.get(head, "") + (f" ({number.group()})" if bracket and number else "")


def _proof(words: Words, kind: str, value: str) -> str:
    """What proves a receipt, with its code."""
    if words.language == "en":
        return value
    begins = next((one for one in PROOF if value.startswith(one)), "")
    return PROOF[begins] + value.removeprefix(begins) if begins else value


def _law_text(words: Words, kind: str, value: str) -> str:
    """A sentence of the law room, which the record keeps in English."""
    return value if words.language == "en" else _french().get(value, "")


def _profile(words: Words, kind: str, value: str) -> str:
    from web.export.profile import PROFILES  # an export tells events, and an event tells an export

    return PROFILES[value].label[PLACE[words.language]] if value in PROFILES else value


def _fault(words: Words, kind: str, value: str) -> str:
    return value if words.language == "en" else "la lettre n'a pas pu être écrite"


_SAID: Final[dict[str, Say]] = {
    "asks": lambda words, kind, value: words.cause(value),
    "basis": _term("basis"),
    "before": _before,
    "category": _category,
    "cause": _cause,
    "deed": _term("deed"),
    "depicted": _term("depicted"),
    "detail": _probe,
    "fault": _fault,
    "item": _missing,
    "kinds": _term("location_kind"),
    "letter_kind": _term("letter_kind"),
    "matched_by": _term("matched_by"),
    "missing": _missing,
    "never": _term("party_kind"),
    "profile": _profile,
    "proof": _proof,
    "purposes": _term("purpose"),
    "qualification": _qualification,
    "reason": _of(REASONS),
    "receipt": _term("receipt"),
    "regime": _regime,
    "regimes": _regime,
    "sight": _term("sight"),
    "source": _of(VALUES),
    "through": _term("through"),
    "what": _what,
    "why": _law_text,
}


@cache
def _french() -> dict[str, str]:
    """The French of every sentence of the law as it ships, by its English; one that was changed since is missing."""
    library = load()
    return {text.en: text.fr for text in _texts([library.regimes, library.order, library.house])}


def _texts(value: Any) -> list[Text]:
    if isinstance(value, Text):
        return [value]
    if isinstance(value, BaseModel):
        value = [getattr(value, name) for name in type(value).model_fields]
    elif isinstance(value, Mapping):
        value = list(value.values())
    elif isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return []
    return [text for each in value for text in _texts(each)]
