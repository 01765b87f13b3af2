"""What came in, as an export holds it: one message a pair of files, its text as kept and what is known of it."""

import json
from collections.abc import Mapping
from typing import Any

from web.export.material import Material
from web.export.writing import as_json, plain_all

COLUMNS = (
    "digest", "size", "through", "received_at", "read_at", "kind", "rule", "state", "why", "matched_by", "letter_id",
    "authentication", "decided_by",
)  # fmt: skip
PART = ("kind", "type", "size", "sha256")  # never what was in it


def answer_files(material: Material) -> dict[str, bytes]:
    """`answers/M-….json` of each message, and beside it its text where the profile shows one."""
    files: dict[str, bytes] = {}
    for message in material.messages:
        files |= _answer(material, message)
    return files


def answer_file(material: Material, number: str) -> str:
    """The file that shows a message, by its number: its text where there is one; empty, where nothing is shown."""
    message = next((one for one in material.messages if one["number"] == number), None)
    if message is None:
        return ""
    shown = material.text(material.text_of(message)) is not None
    return _path(material, message) if shown else f"answers/{number}.json"


def _path(material: Material, message: Mapping[str, Any]) -> str:
    """The message as kept is a mail; the words of its sender alone, or what a form took, are a plain text."""
    as_mail = message["id"] not in material.shared and message["through"] == "email"
    return f"answers/{message['number']}.{'eml' if as_mail else 'txt'}"


def _answer(material: Material, message: Mapping[str, Any]) -> dict[str, bytes]:
    text_id = material.text_of(message)
    text = material.text(text_id)
    known = {name: message[name] for name in COLUMNS if message[name] is not None}
    told = plain_all(known | {"id": message["id"], "number": message["number"], "text": text_id})
    told["parts"] = [{name: part[name] for name in PART} for part in json.loads(message["parts"])]
    told["shown"] = text is not None
    files = {f"answers/{message['number']}.json": as_json(told)}
    return files | ({_path(material, message): text.body} if text is not None else {})
