"""One export in the words of its language: what every section of it is told with."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from edges.dossier_rows import Proof
from web.export.material import Material
from web.words import Language, Words


@dataclass(frozen=True)
class Telling:
    """One export in the words of its language."""

    material: Material
    words: Words
    organisation: str
    zone: str
    made_at: datetime
    made_by: str
    as_known_on: datetime | None

    @property
    def language(self) -> Language:
        """French or English."""
        return self.words.language

    def either(self, french: str, english: str) -> str:
        """The sentence in this export's language."""
        return french if self.language == "fr" else english

    def proof(self, seq: int | None, file: str = "") -> Proof:
        """Where the proof of a statement is: its event, and the seal over it with its earliest token."""
        for one in self.material.seals:
            if seq is not None and one.covered.first <= seq <= one.covered.last:
                before = min((token["stamped_at"] for token in one.tokens), default=None)
                return Proof(seq, one.seal["number"], before, file)
        return Proof(seq, file=file)

    @cached_property
    def _told_at(self) -> dict[str, int]:
        """The event that speaks last of a row or text, by id."""
        found: dict[str, int] = {}
        for seq, body in self.material.bodies.items():
            for name in ("rows", "changes"):
                found |= {each[1]: seq for each in body.get(name, ())}
            found |= {each[0]: seq for each in body.get("texts", ())}
        return found

    def of(self, row_id: Any, file: str = "") -> Proof:
        """Where the proof of a row is."""
        return self.proof(self._told_at.get(str(row_id)), file)
