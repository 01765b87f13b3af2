"""From the record to what the printed dossier and the timeline page say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from edges.dossier_content import DossierContent
from edges.dossier_rows import (
    ClockKind,
    Deadline,
    Erased,
    Legal,
    Letter,
    Line,
    Look,
    Measure,
    Place,
    Proof,
    Rectification,
    Seal,
    Withheld,
)
from edges.letter_parts import tame
from edges.letters import defang
from law.certificate import Certificate
from law.vocabulary import Basis, LetterKind, LetterStatus, LocationKind, Receipt, RuleKind, Sight
from web.dossier_view import regime_or_none
from web.export.files import procedure_ordinal, token_path
from web.export.material import Material, erasure_of
from web.words import Language, Words

MACHINE_FIELDS = frozenset(
    {"texts", "letter", "act", "digest", "observation", "sha256", "legal_at", "late_minutes", "late_cause"}
)
LONGEST = 200  # characters of what a line of the chronology adds


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

    def content(self) -> DossierContent:
        """Everything that is printed."""
        material, report = self.material, self.material.report
        qualification = next((row for _, row in reversed(material.beside("qualification")) if row), None)
        law = self.words.library.qualifications.get(qualification["code"]) if qualification else None
        place = 0 if self.language == "fr" else 1
        return DossierContent(
            language=self.language,
            number=report["number"],
            category=self.words.text(self.words.library.categories[report["category"]].label),
            qualification=self.words.text(law.label) if law else "",
            article="",
            profile=material.profile.label[place],
            made_at=self.made_at,
            organisation=self.organisation,
            simulated=material.simulated,
            as_known_on=self.as_known_on,
            zone=self.zone,
            stage=self.words.term("report_stage", report["stage"]) if not material.later else "",
            made_by=self.made_by,
            events=len(material.events),
            withheld_after=material.later,
            profile_withholds=tuple(pair[place] for pair in material.profile.withholds),
            rectifications=tuple(self._rectifications()),
            chronology=tuple(self._line(event) for event in material.events),
            legal=tuple(self._legal()),
            places=tuple(self._places()),
            deadlines=tuple(self._deadlines()),
            letters=tuple(self._letters()),
            looks=tuple(self._looks()),
            measures=tuple(self._measures()),
            erased=tuple(self._erased()),
            withheld=tuple(self._withheld()),
            seals=tuple(self._seals()),
        )

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

    def _line(self, event: Any) -> Line:
        body = self.material.bodies.get(event["seq"])
        procedure = procedure_ordinal(self.material, str(event["procedure_id"])) if event["procedure_id"] else None
        withheld = self.either("Contenu non montré par ce profil.", "Not shown by this profile.")
        late = self.words.late(body["details"]) if body is not None else ""
        return Line(
            at=event["at"],
            learned=event["learned_at"],
            sentence=" ".join(filter(None, (self.words.event(event["kind"]), late))),
            actor=event["actor"],
            proof=self.proof(event["seq"]),
            detail=withheld if body is None else self._detail(body),
            procedure=procedure or None,
        )

    def _detail(self, body: dict[str, Any]) -> str:
        told = [
            f"{name.replace('_', ' ')}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in body["details"].items()
            if name not in MACHINE_FIELDS and value not in ("", None, [], False) and not _is_hash(value)
        ]
        text = tame(" · ".join(told))
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"

    def _rectifications(self) -> Iterator[Rectification]:
        for event in self.material.events:
            body = self.material.bodies.get(event["seq"])
            if event["kind"] != "rectified" or body is None:
                continue
            details = body["details"]
            before, after = self.material.text(details.get("before")), self.material.text(details.get("after"))
            gone = self.either("(non montré ou effacé)", "(not shown or erased)")
            says = defang if details.get("what") == "location" else tame
            yield Rectification(
                at=event["at"],
                learned=event["learned_at"],
                said=says(before.text) if before else gone,
                holds=says(after.text) if after else gone,
                why=str(details.get("what", "")),
                actor=event["actor"],
                proof=self.proof(event["seq"]),
                corrects=details.get("corrects"),
            )

    def _legal(self) -> Iterator[Legal]:
        found: dict[str, list[int]] = {}
        for row in self.material.of("procedure").values():
            found.setdefault(row["regime"], []).append(row["ordinal"])
        for regime_id, ordinals in found.items():
            regime = regime_or_none(self.words.library, regime_id)
            if regime is None:
                continue
            status = regime.status[-1] if regime.status else None
            clock = next((one for one in reversed(regime.clocks)), None)
            cited = clock.citation if clock else (status.citation if status else None)
            if cited is None:
                continue
            yield Legal(
                label=self.words.text(regime.label),
                title=self.words.text(regime.title),
                citation=cited.reference,
                confidence=cited.confidence,
                quote=cited.quote or "",
                version=regime.digest[:16],
                procedures=tuple(sorted(ordinals)),
            )

    def _places(self) -> Iterator[Place]:
        for row_id, row in self.material.beside("location"):
            if row is None:
                continue
            text = self.material.text(row["text_id"])
            gone = UUID(row["text_id"]) in self.material.erased
            absent = self.either("effacée", "erased") if gone else self.either("non montrée", "not shown")
            yield Place(
                ordinal=row["ordinal"],
                kind=LocationKind(row["kind"]),
                address=defang(text.text) if text else None,
                country=row.get("country"),
                opened_at=datetime.fromisoformat(row["opened_at"]),
                closed_at=_instant(row.get("closed_at")),
                proof=self.of(row_id),
                host=self.material.labels.get(str(row.get("platform_id") or row.get("host_id")), ""),
                absent="" if text else absent,
            )

    def _deadlines(self) -> Iterator[Deadline]:
        for row_id, row in self.material.of("procedure").items():
            if not row.get("certificate"):
                continue
            certificate = Certificate.model_validate(json.loads(row["certificate"]))
            regime = regime_or_none(self.words.library, row["regime"])
            kind = ClockKind.LAW if certificate.kind is RuleKind.LAW else ClockKind.HOUSE
            yield Deadline(
                procedure=row["ordinal"],
                regime=self.words.text(regime.label) if regime else row["regime"],
                addressee=self.material.labels.get(str(row.get("party_id")), ""),
                kind=kind,
                proof=self.of(row_id, f"certificates/{row['ordinal']:02d}.json"),
                steps=tuple(getattr(step, self.language) for step in certificate.steps),
                end=certificate.end,
                receipt=Receipt(row.get("receipt") or Receipt.NONE),
                citation=certificate.citation,
                outcome=self.words.term("stage", row["stage"]),
                digest=certificate.digest,
            )

    def _letters(self) -> Iterator[Letter]:
        acts = {act.get("letter_id"): act for act in self.material.of("act").values()}
        for number, row in enumerate(self.material.letters, start=1):
            act = acts.get(str(row["id"]), {})
            answer = self.material.text(row["answer_id"])
            yield Letter(
                number=number,
                kind=LetterKind(row["kind"]),
                to=self.material.labels.get(str(row["party_id"]), ""),
                status=LetterStatus(act.get("status") or row["status"]),
                sent_at=row["sent_at"],
                receipt=Receipt(row["receipt"]),
                proof=self.of(row["id"], f"letters/{number:02d}.eml"),
                written_at=row["written_at"],
                code=row["code"],
                answer=tame(answer.text) if answer else "",
                subject=row["subject"],
                message_id=row["message_id"],
                digest=row["digest"],
                signed_by=tuple(filter(None, (row["signed_by"], row["second_by"]))),
                procedure=procedure_ordinal(self.material, str(act.get("procedure_id"))) or None,
            )

    def _looks(self) -> Iterator[Look]:
        ordinals = {row_id: row["ordinal"] for row_id, row in self.material.beside("location") if row}
        for row_id, row in self.material.beside("observation"):
            if row is not None:
                yield Look(
                    at=datetime.fromisoformat(row["at"]),
                    place=ordinals.get(row["location_id"], 0),
                    sight=Sight(row["sight"]),
                    basis=Basis(row["basis"]),
                    proof=self.of(row_id),
                    by=row.get("seen_by") or "machine",
                    note=str(row.get("status") or ""),
                )

    def _measures(self) -> Iterator[Measure]:
        for row_id, row in self.material.of("measure").items():
            regime = regime_or_none(self.words.library, row["regime"])
            procedure = self.material.of("procedure").get(row["procedure_id"], {})
            yield Measure(
                regime=self.words.text(regime.label) if regime else row["regime"],
                scope=row["target"],
                decided_by=row["decided_by"],
                addressee=self.material.labels.get(str(procedure.get("party_id")), ""),
                starts_at=datetime.fromisoformat(row["starts_at"]),
                ends_at=_instant(row.get("ends_at")),
                proof=self.of(row_id),
                review_at=_instant(row.get("review_at")),
                ended_at=_instant(row.get("ended_at")),
                ended_by=row.get("ended_by") or "",
            )

    def _erased(self) -> Iterator[Erased]:
        by_seq = {event["seq"]: event for event in self.material.events}
        for text_id, row in self.material.erased.items():
            seq = erasure_of(self.material.bodies, text_id)
            event = by_seq.get(seq) if seq is not None else None
            details = self.material.bodies[seq]["details"] if seq is not None else {}
            yield Erased(
                what=self.words.term("purpose", row["purpose"]),
                erased_at=event["at"] if event else row["erased_at"],
                by=event["actor"] if event else "",
                cause=self.words.term("erasure", str(details.get("cause", ""))),
                proof=self.proof(seq),
            )

    def _withheld(self) -> Iterator[Withheld]:
        counted: dict[str, int] = {}
        for text_id, (purpose, _) in self.material.told_texts.items():
            held = self.material.texts.get(UUID(text_id))
            if held is not None and held.purpose not in self.material.profile.purposes:
                counted[purpose] = counted.get(purpose, 0) + 1
        why = self.either("Ce profil ne le montre pas.", "This profile does not show it.")
        for purpose, count in sorted(counted.items()):
            yield Withheld(self.words.term("purpose", purpose), count, why)

    def _seals(self) -> Iterator[Seal]:
        for one in self.material.seals:
            first = min(one.tokens, key=lambda token: token["stamped_at"], default=None)
            ordinal = one.tokens.index(first) + 1 if first is not None else 0
            yield Seal(
                number=one.seal["number"],
                closed_at=one.seal["closed_at"],
                first_event=one.covered.first,
                last_event=min(one.covered.last, len(self.material.events)),
                root=one.seal["root"],
                token_at=first["stamped_at"] if first is not None else None,
                authority=first["authority"] if first is not None else "",
                file=token_path(one.seal["number"], ordinal) if first is not None else "",
            )


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _is_hash(value: Any) -> bool:
    """Commitments say nothing to a reader; they stand in the proofs."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, str) and len(first) in (36, 64) and all(c in "0123456789abcdef-" for c in first)
