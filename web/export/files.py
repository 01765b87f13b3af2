"""The files of an export that a verifier reads: `docs/proof.md` says what stands in each."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.base import utc
from models.chain import header_of, sha256
from models.recorded import LEFT_OUT
from web.export.answers import answer_files
from web.export.material import Material, erasure_of
from web.export.writing import as_json, plain_all

WITHHELD = "[withheld: commitment {}]\r\n"  # in a letter, in place of a part that is not shown
LETTER_COLUMNS = ("message_id", "kind", "language", "subject", "written_at", "sent_at", "code", "receipt", "status")


def proof_files(material: Material) -> dict[str, bytes]:
    """All files of the record itself, by path."""
    files = {
        "timeline.json": as_json(_timeline(material)),
        "rows.json": as_json(_rows(material)),
        "seals.json": as_json(_seals(material)),
        "erased.json": as_json(_erased(material)),
    }
    files |= _tokens(material) | _certificates(material)
    shown: dict[UUID, None] = {UUID(text_id): None for text_id in material.told_texts}
    for number, letter in enumerate(material.letters, start=1):
        files |= _letter(material, number, letter)
    files |= answer_files(material)
    files["disclosures.json"] = as_json(_disclosures(material, shown))
    return files


def _timeline(material: Material) -> dict[str, Any]:
    events = []
    for event in material.events:
        head = header_of(event)
        digest = head.pop("body")
        body = event["body"] if event["seq"] in material.bodies else None
        events.append(head | {"body_sha256": digest, "body": body, "hash": event["hash"]})
    report = {"id": str(material.report["id"]), "number": material.report["number"]}
    return {"v": 1, "report": report, "events": events}


def _rows(material: Material) -> list[dict[str, Any]]:
    return [
        {"table": table, "id": row_id, "columns": columns}
        for table in LEFT_OUT
        for row_id, columns in material.beside(table)
    ]


def _seals(material: Material) -> list[dict[str, Any]]:
    return [
        {
            "body": one.seal["body"],
            "hash": one.seal["hash"],
            "leaf": json.loads(one.covered.leaf),
            "index": one.index,
            "path": [step.hex() for step in one.path],
            "tokens": [token_path(one.seal["number"], n) for n in range(1, len(one.tokens) + 1)],
        }
        for one in material.seals
    ]


def token_path(seal: int, ordinal: int) -> str:
    """Where a token stands in the zip."""
    return f"tokens/{seal:06d}-{ordinal}.tsr"


def _tokens(material: Material) -> dict[str, bytes]:
    return {
        token_path(one.seal["number"], n): bytes(token["token"])
        for one in material.seals
        for n, token in enumerate(one.tokens, start=1)
    }


def _erased(material: Material) -> list[dict[str, Any]]:
    found = []
    by_seq = {event["seq"]: event for event in material.events}
    for text_id, row in material.erased.items():
        seq = erasure_of(material.bodies, text_id)
        event = by_seq.get(seq) if seq is not None else None
        cause = material.bodies[seq]["details"].get("cause", "") if seq is not None else ""
        found.append(
            {
                "id": str(text_id),
                "purpose": row["purpose"],
                "erased_at": utc(event["at"] if event else row["erased_at"]),
                "by": event["actor"] if event else "",
                "cause": cause,
                "seq": seq,
            }
        )
    return sorted(found, key=lambda one: one["id"])


def _disclosures(material: Material, ids: Mapping[UUID, None]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(text.id),
            "purpose": str(text.purpose),
            "salt": text.salt.hex(),
            "base64": base64.b64encode(text.body).decode("ascii"),
        }
        for text_id in ids
        if (text := material.text(text_id)) is not None
    ]


def _certificates(material: Material) -> dict[str, bytes]:
    """The newest certificate of each procedure, byte for byte as its event holds it."""
    newest: dict[str, str] = {}
    for body in material.bodies.values():
        for table, row_id, columns in body["changes"]:
            if table == "procedure" and columns.get("certificate"):
                newest[row_id] = columns["certificate"]
    return {
        f"certificates/{procedure_ordinal(material, row_id):02d}.json": text.encode("utf-8")
        for row_id, text in newest.items()
    }


def procedure_ordinal(material: Material, procedure_id: str) -> int:
    """The number of a procedure within its report."""
    return int(material.of("procedure").get(procedure_id, {}).get("ordinal") or 0)


def _letter(material: Material, number: int, letter: dict[str, Any]) -> dict[str, bytes]:
    """A letter as sent, as far as this export shows it, and what is known of it."""
    parts, octets = [], b""
    for part in material.rows.parts.get(letter["id"], []):
        text = material.text(part["text_id"]) if str(part["text_id"]) in material.told_texts else None
        parts.append(
            {
                "commitment": part["commitment"],
                "text": str(part["text_id"]) if str(part["text_id"]) in material.told_texts else None,
                "shown": text is not None,
            }
        )
        octets += text.body if text is not None else WITHHELD.format(part["commitment"]).encode("ascii")
    row = material.told_rows[("letter", str(letter["id"]))]
    known = material.columns_of("letter", letter, row) or {}
    answer = material.text(letter["answer_id"])
    told = {name: known.get(name) for name in LETTER_COLUMNS if known.get(name) is not None}
    told |= {"id": str(letter["id"]), "digest": letter["digest"], "parts": parts}
    told["answer"] = answer.text if answer is not None else None
    return {f"letters/{number:02d}.eml": octets, f"letters/{number:02d}.json": as_json(plain_all(told))}


__all__ = ["as_json", "procedure_ordinal", "proof_files", "sha256", "token_path"]
