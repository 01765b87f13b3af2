"""The words of a dossier in one language, its instants, and how prose is set in print."""

import functools
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from edges.dossier_content import DossierContent, Language
from edges.dossier_rows import MACHINE, Proof
from edges.letter_parts import tame

FOLDER: Final = Path(__file__).resolve().parent.parent / "templates" / "dossier"
PLACE: Final[dict[Language, int]] = {"fr": 0, "en": 1}
MONTHS: Final[dict[Language, list[str]]] = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),  # noqa: SIM905
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905
}
NARROW, WIDE = "\u202f", "\u00a0"  # spaces that do not break

Printed = dict[str, Any]  # what the templates get: strings, and lists and objects of these


class UnknownWord(KeyError):
    """A dossier asks for a word that nobody wrote."""


def typeset(text: str, language: Language) -> str:
    """Prose of the program with typographic apostrophes, and in French with the spaces that its signs want."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    if language == "fr":
        text = re.sub(r" (?=[;!?](?:\s|$))", NARROW, text)
        text = re.sub(r" (?=:(?:\s|$)|»)|(?<=«) ", WIDE, text)
        text = re.sub(r"\b(n°|art\.) (?=\w)", rf"\1{WIDE}", text)
    return text


def shown(text: str) -> str:
    """A text of somebody: links defanged, hidden characters and half characters written out, line breaks kept."""
    tamed = tame(text)
    return re.sub("[\ud800-\udfff]", lambda half: f"<U+{ord(half.group()):04X}>", tamed)


@dataclass(frozen=True, slots=True)
class Words:
    """The words in the content's language, and its instants in the content's zone."""

    language: Language
    zone: ZoneInfo

    @classmethod
    def of(cls, content: DossierContent) -> "Words":
        """Those of one content."""
        return cls(content.language, ZoneInfo(content.zone))

    def __call__(self, key: str, **values: object) -> str:
        """A fixed text; raises `UnknownWord`."""
        return self.term("said", key).format(**values)

    def term(self, table: str, member: str | StrEnum) -> str:
        """A member of a closed vocabulary in words; raises `UnknownWord`."""
        return _word(self.language, table, str(member))

    def prose(self, text: str) -> str:
        """A sentence that the program wrote."""
        return typeset(shown(text), self.language)

    def day(self, at: datetime) -> str:
        """Such as `23 nov. 2026`, of a time that is already in the wanted zone."""
        number = "1er" if self.language == "fr" and at.day == 1 else str(at.day)
        return f"{number}{WIDE}{MONTHS[self.language][at.month - 1]}{WIDE}{at.year}"

    def instant(self, at: datetime) -> Printed:
        """An instant in parts: local day, time and offset; UTC, with its day where that is another one; ISO 8601."""
        local, world = at.astimezone(self.zone), at.astimezone(UTC)
        utc = f"{world:%H:%M:%S}{WIDE}UTC"
        if world.date() != local.date():
            utc = f"{self.day(world)} {utc}"
        return {
            "day": self.day(local),
            "time": f"{local:%H:%M:%S}",
            "offset": _offset(local),
            "utc": utc,
            "iso": f"{world:%Y-%m-%dT%H:%M:%SZ}",
        }

    def inline(self, at: datetime) -> str:
        """An instant within a sentence: `23 nov. 2026 à 09:00:00 +01:00 (08:00:00 UTC)`."""
        return self("at_day", **self.instant(at))

    def actor(self, actor: str) -> str:
        """The machine, or a staff code."""
        return self("machine") if actor == MACHINE else shown(actor)

    def proof(self, proof: Proof) -> Printed:
        """Where the proof of a statement is: a sentence, a file of the zip, and whether a token covers it."""
        parts = [self("event", n=proof.event)] if proof.event is not None else []
        if proof.seal is not None and proof.before is not None:
            parts.append(self("sealed", n=proof.seal, before=self.inline(proof.before)))
        elif proof.seal is not None:
            parts.append(self("sealed_bare", n=proof.seal))
        elif proof.event is not None:
            parts.append(self("not_sealed"))
        sealed = proof.seal is not None and proof.before is not None
        return {"says": " · ".join(parts), "file": shown(proof.file), "open": bool(parts) and not sealed}


def _offset(local: datetime) -> str:
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


@functools.cache
def _word(language: Language, table: str, member: str) -> str:
    """A word as it is set: looked up and typeset once a process."""
    try:
        pair = _table()[table][member]
    except KeyError as error:
        raise UnknownWord(f"{table}.{member}") from error
    return typeset(pair[PLACE[language]], language)


@functools.cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))
