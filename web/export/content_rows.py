"""From the record to the rows of a dossier: places, deadlines, letters, looks, measures, gaps and seals."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from edges.dossier_rows import ClockKind, Deadline, Erased, Letter, Look, Measure, Place, Seal, Withheld
from edges.letter_parts import tame
from edges.letters import defang
from law.certificate import Certificate
from law.vocabulary import Basis, LetterKind, LetterStatus, LocationKind, Receipt, RuleKind, Sight
from models.private import Purpose
from web.dossier_view import regime_or_none
from web.export.files import procedure_ordinal, token_path
from web.export.material import erasure_of
from web.export.telling import Telling


def places(telling: Telling) -> Iterator[Place]:
    for row_id, row in telling.material.beside("location"):
        if row is None:
            continue
        text = telling.material.text(row["text_id"])
        gone = UUID(row["text_id"]) in telling.material.erased
        absent = telling.either("effacée", "erased") if gone else telling.either("non montrée", "not shown")
        yield Place(
            ordinal=row["ordinal"],
            kind=LocationKind(row["kind"]),
            address=defang(text.text) if text else None,
            country=row.get("country"),
            opened_at=datetime.fromisoformat(row["opened_at"]),
            closed_at=_instant(row.get("closed_at")),
            proof=telling.of(row_id),
            host=telling.material.labels.get(str(row.get("platform_id") or row.get("host_id")), ""),
            absent="" if text else absent,
        )


def deadlines(telling: Telling) -> Iterator[Deadline]:
    for row_id, row in telling.material.of("procedure").items():
        if not row.get("certificate"):
            continue
        certificate = Certificate.model_validate(json.loads(row["certificate"]))
        regime = regime_or_none(telling.words.library, row["regime"])
        kind = ClockKind.LAW if certificate.kind is RuleKind.LAW else ClockKind.HOUSE
        yield Deadline(
            procedure=row["ordinal"],
            regime=telling.words.text(regime.label) if regime else row["regime"],
            addressee=telling.material.labels.get(str(row.get("party_id")), ""),
            kind=kind,
            proof=telling.of(row_id, f"certificates/{row['ordinal']:02d}.json"),
            steps=tuple(getattr(step, telling.language) for step in certificate.steps),
            end=certificate.end,
            receipt=Receipt(row.get("receipt") or Receipt.NONE),
            citation=certificate.citation,
            outcome=telling.words.term("stage", row["stage"]),
            digest=certificate.digest,
        )


def letters(telling: Telling) -> Iterator[Letter]:
    acts = {act.get("letter_id"): act for act in telling.material.of("act").values()}
    for number, row in enumerate(telling.material.letters, start=1):
        act = acts.get(str(row["id"]), {})
        answer = telling.material.text(row["answer_id"])
        yield Letter(
            number=number,
            kind=LetterKind(row["kind"]),
            to=telling.material.labels.get(str(row["party_id"]), ""),
            status=LetterStatus(act.get("status") or row["status"]),
            sent_at=row["sent_at"],
            receipt=Receipt(row["receipt"]),
            proof=telling.of(row["id"], f"letters/{number:02d}.eml"),
            written_at=row["written_at"],
            code=row["code"],
            answer=tame(answer.text) if answer else "",
            subject=row["subject"],
            message_id=row["message_id"],
            digest=row["digest"],
            signed_by=tuple(filter(None, (row["signed_by"], row["second_by"]))),
            procedure=procedure_ordinal(telling.material, str(act.get("procedure_id"))) or None,
        )


def looks(telling: Telling) -> Iterator[Look]:
    ordinals = {row_id: row["ordinal"] for row_id, row in telling.material.beside("location") if row}
    for row_id, row in telling.material.beside("observation"):
        if row is not None:
            yield Look(
                at=datetime.fromisoformat(row["at"]),
                place=ordinals.get(row["location_id"], 0),
                sight=Sight(row["sight"]),
                basis=Basis(row["basis"]),
                proof=telling.of(row_id),
                by=row.get("seen_by") or "machine",
                note=str(row.get("status") or ""),
            )


def measures(telling: Telling) -> Iterator[Measure]:
    for row_id, row in telling.material.of("measure").items():
        regime = regime_or_none(telling.words.library, row["regime"])
        procedure = telling.material.of("procedure").get(row["procedure_id"], {})
        yield Measure(
            regime=telling.words.text(regime.label) if regime else row["regime"],
            scope=telling.words.term("target", row["target"]),
            decided_by=row["decided_by"],
            addressee=telling.material.labels.get(str(procedure.get("party_id")), ""),
            starts_at=datetime.fromisoformat(row["starts_at"]),
            ends_at=_instant(row.get("ends_at")),
            proof=telling.of(row_id),
            review_at=_instant(row.get("review_at")),
            ended_at=_instant(row.get("ended_at")),
            ended_by=telling.words.outcome(row["ended_by"]) if row.get("ended_by") else "",
        )


def erased(telling: Telling) -> Iterator[Erased]:
    by_seq = {event["seq"]: event for event in telling.material.events}
    for text_id, row in telling.material.erased.items():
        seq = erasure_of(telling.material.bodies, text_id)
        event = by_seq.get(seq) if seq is not None else None
        details = telling.material.bodies[seq]["details"] if seq is not None else {}
        yield Erased(
            what=telling.words.term("purpose", row["purpose"]),
            erased_at=event["at"] if event else row["erased_at"],
            by=event["actor"] if event else "",
            cause=telling.words.term("erasure", str(details.get("cause", ""))),
            proof=telling.proof(seq),
        )


def withheld(telling: Telling) -> Iterator[Withheld]:
    counted: dict[str, int] = {}
    for text_id, (purpose, _) in telling.material.told_texts.items():
        if UUID(text_id) in telling.material.texts and telling.material.text(text_id) is None:
            counted[purpose] = counted.get(purpose, 0) + 1
    profile = telling.either("Ce profil ne le montre pas.", "This profile does not show it.")
    some = telling.either(
        "Textes de pièces jointes, messages d'autres destinataires, citations de lettres sur d'autres signalements.",
        "Texts of attachments, messages of other addressees, quotations of letters about other reports.",
    )
    for purpose, count in sorted(counted.items()):
        in_part = purpose == Purpose.INCOMING and Purpose.INCOMING in telling.material.profile.purposes
        yield Withheld(telling.words.term("purpose", purpose), count, some if in_part else profile)


def seals(telling: Telling) -> Iterator[Seal]:
    for one in telling.material.seals:
        first = min(one.tokens, key=lambda token: token["stamped_at"], default=None)
        ordinal = one.tokens.index(first) + 1 if first is not None else 0
        yield Seal(
            number=one.seal["number"],
            closed_at=one.seal["closed_at"],
            first_event=one.covered.first,
            last_event=min(one.covered.last, len(telling.material.events)),
            root=one.seal["root"],
            token_at=first["stamped_at"] if first is not None else None,
            authority=first["authority"] if first is not None else "",
            file=token_path(one.seal["number"], ordinal) if first is not None else "",
        )


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
