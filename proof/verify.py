#!/usr/bin/env python3
"""
Checks an export of a report's record: `python verify.py EXPORT.zip [--trust CERTIFICATES.pem] [--lang fr]`.

Needs Python 3.11, `cryptography` and `rfc3161-client`; nothing of the program that made the export. It is one file on
purpose, longer than others, so that it can travel alone and be read from top to bottom: first the shapes, then every
check in the order in which it is done, last the sentences it can say. What is hashed is defined in `docs/proof.md`.

Answers: 0 whole; 1 broken, the first broken link is named; 2 unreadable, nothing can be said.

A time-stamp token shows that something existed before the token's time, never that it happened at some time. Take this
file from a place you trust: a forger can put another verifier into a forged export.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import stat
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from rfc3161_client import TimeStampResponse, TimeStampTokenInfo, VerifierBuilder, decode_timestamp_response
except ImportError as missing:  # exit code 1 would mean "broken"
    print(f"verify.py needs two libraries: pip install cryptography rfc3161-client ({missing})", file=sys.stderr)
    raise SystemExit(2) from missing

WHOLE, BROKEN, UNREADABLE = 0, 1, 2

# An honest export is far below these; a hostile one is refused before it fills the memory.
MOST_FILES = 5_000
MOST_OF_ONE = 32 * 2**20  # bytes of one file, unpacked
MOST_IN_ALL = 128 * 2**20  # bytes of all files, unpacked, and of the zip itself
MOST_OF_DIRECTORY = 2 * 2**20  # bytes of the zip's table of contents

SHA256_OID = "2.16.840.1.101.3.4.2.1"
CHECKED = ("timeline.json", "disclosures.json", "erased.json", "rows.json", "seals.json")
WITHHELD = "[withheld: commitment {}]\r\n"  # stands in a letter in place of a part that is not shown


class Broken(Exception):
    """The export contradicts itself; the first contradiction is named."""

    def __init__(self, key: str, where: str, **told: object) -> None:
        super().__init__(key)
        self.key, self.told = key, {"where": where, **told}


class Unreadable(Exception):
    """Nothing can be said about this file."""

    def __init__(self, key: str, **told: object) -> None:
        super().__init__(key)
        self.key, self.told = key, told


@dataclass(frozen=True)
class Outcome:
    """What was found: the exit code, sentences in order, the first fault in words, SHA-256 of manifest.json."""

    code: int
    sentences: tuple[str, ...]
    fault: str | None
    fingerprint: str | None


@dataclass
class Export:
    """An export as it is read; `notes` are sentences still without a language."""

    files: dict[str, bytes] = field(default_factory=dict)  # path: bytes, of those files that are checked inside
    sums: dict[str, str] = field(default_factory=dict)  # path: SHA-256, of every file
    manifest: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    bodies: dict[int, dict[str, Any]] = field(default_factory=dict)  # seq: the shown bodies
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # id: purpose, commitment, as the bodies say
    shown: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # id: commitment, the disclosed text
    purposes: dict[str, str] = field(default_factory=dict)  # id: purpose, as the disclosures say
    rows: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)  # None: withheld
    letters: set[str] = field(default_factory=set)  # ids of the letters shown
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, key: str, **told: object) -> None:
        """Something to say at the end."""
        self.notes.append((key, told))

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the bytes of manifest.json: it covers every other file through its sum."""
        return self.sums.get("manifest.json")


def verify(path: str | Path, trust: str | Path | None = None, lang: str = "en") -> Outcome:
    """
    Check one export.

    `trust` is a file of PEM certificates of time-stamp authorities' roots; `lang` is "en" or "fr". Nothing is raised
    for what the export or the trust file holds.
    """
    export, code, fault = Export(), WHOLE, None
    try:
        anchors = read_anchors(trust)
        read_zip(Path(path), export)
        for check in (check_manifest, check_chain, check_texts, check_rows, check_letters):
            check(export)
        check_answers(export)
        check_certificates(export)
        check_seals(export, anchors)
        tell_withheld(export)
    except Broken as found:
        code, fault = BROKEN, say(found.key, lang, found.told)
    except RecursionError:
        code, fault = BROKEN, say("not_json", lang, {"where": path})
    except Unreadable as found:
        code, fault = UNREADABLE, say(found.key, lang, found.told)
    if code != WHOLE:  # nothing else may be believed
        export.notes = [(key, told) for key, told in export.notes if key in ("simulated", "report")]
    lines = [say(key, lang, told) for key, told in export.notes]
    at = 1 if export.notes and export.notes[0][0] == "simulated" else 0
    proven = {told["number"] for key, told in export.notes if key == "proven"}
    others = {told["number"] for key, told in export.notes if key in ("unproven", "no_token")} - proven
    verdict = ("whole" if proven and not others else "whole_unproven", "broken", "unreadable")[code]
    lines.insert(at, say(verdict, lang, {"fault": fault}))
    if export.fingerprint is not None:
        lines.append(say("fingerprint", lang, {"sum": export.fingerprint}))
    return Outcome(code, tuple(lines), fault, export.fingerprint)


# --- Shapes: what each file looks like. A dict lists all keys ("?": may be missing, "*": more may stand there), a list
# --- of one repeats, a list of several is a fixed row, a tuple is a choice, a function decides, None is null.

Shape = Any


def hex64(value: object) -> bool:
    """A SHA-256 in lower-case hex."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def hex32(value: object) -> bool:
    """16 bytes in lower-case hex."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None


def instant(value: object) -> bool:
    """An instant as this record writes it, `2026-11-23T09:00:00.000000Z`."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value, re.ASCII):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def natural(value: object) -> bool:
    """A whole number from 0."""
    return type(value) is int and value >= 0


def anything(value: object) -> bool:
    """Any value."""
    return True


MANIFEST = {
    "v": 1, "report": str, "profile": str, "language": str, "made_at": instant, "as_known_on": (None, instant),
    "simulated": bool, "events": natural, "withheld_after": natural, "files": {"*": hex64},
}  # fmt: skip
HEADER = {
    "actor": str, "at": instant, "kind": str, "learned": instant, "prev": (None, hex64), "procedure": (None, str),
    "recorded": instant, "report": str, "run": (None, str), "seq": natural, "v": 1,
}  # fmt: skip
EVENT = {**HEADER, "body_sha256": hex64, "body": (None, str), "hash": hex64}
TIMELINE = {"v": 1, "report": {"id": str, "number": str}, "events": [EVENT]}
BODY = {
    "changes": [[str, str, {"*": anything}]], "details": {"*": anything}, "nonce": hex32, "labels?": {"*": str},
    "rows?": [[str, str, hex64]], "texts?": [[str, str, hex64]],
}  # fmt: skip
DISCLOSURES = [{"id": str, "purpose": str, "salt": hex64, "base64": str}]
ERASED = [{"id": str, "purpose": str, "erased_at": instant, "by": str, "cause": str, "seq?": (None, natural)}]
ROWS = [{"table": str, "id": str, "columns": (None, {"*": anything})}]
LETTER = {
    "id": str, "digest": hex64, "parts": [{"commitment": hex64, "text": (None, str), "shown": bool}], "*": anything,
}  # fmt: skip
PART = {"kind": str, "type": str, "size": natural, "sha256": hex64}
ANSWER = {"id": str, "number": str, "text": (None, str), "shown": bool, "parts": [PART], "*": anything}
PARTS_OF_ROW = [{**PART, "text?": str}]
LEAF = {"events": [hex64], "from": natural, "report": str, "to": natural}
SEALS = [{"body": str, "hash": hex64, "leaf": LEAF, "index": natural, "path": [hex64], "tokens": [str]}]
SEAL = {
    "closed": instant, "events": natural, "leaves": natural, "number": natural, "prev": (None, hex64), "root": hex64,
    "simulated": bool, "v": 1,
}  # fmt: skip


def misfit(value: Any, shape: Shape, where: str) -> str | None:
    """The first place at which a value has another shape, or None."""
    if isinstance(shape, tuple):
        return None if any(misfit(value, one, where) is None for one in shape) else where
    if isinstance(shape, dict):
        return misfit_of_object(value, shape, where) if isinstance(value, dict) else where
    if isinstance(shape, list):
        if not isinstance(value, list) or (len(shape) > 1 and len(value) != len(shape)):
            return where
        shapes = shape * len(value) if len(shape) == 1 else shape
        found = (misfit(one, each, f"{where}[{i}]") for i, (one, each) in enumerate(zip(value, shapes, strict=True)))
        return next((place for place in found if place), None)
    if isinstance(shape, type):
        fits = type(value) is shape  # exactly: True is no number here
    else:
        fits = shape(value) if callable(shape) else (type(value) is type(shape) and value == shape)
    return None if fits else where


def misfit_of_object(value: dict[str, Any], shape: dict[str, Shape], where: str) -> str | None:
    """The same for an object."""
    names = {key.removesuffix("?"): one for key, one in shape.items() if key != "*"}
    for key in value.keys() | {key for key in shape if key != "*" and not key.endswith("?")}:
        if key not in value or (key not in names and "*" not in shape):
            return f"{where}.{key}"
    found = (misfit(value[key], names.get(key, shape.get("*")), f"{where}.{key}") for key in value)
    return next((place for place in found if place), None)


# --- JSON, and the canonical form of it.


def parse(text: str | bytes, where: str, shape: Shape) -> Any:
    """JSON of a stated shape. No fractions, no number above 53 bits, no key twice, no half characters."""
    try:
        text = text if isinstance(text, str) else text.decode("utf-8")
        value = json.loads(text, object_pairs_hook=once, parse_float=no, parse_constant=no, parse_int=small)
        canonical(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Broken("not_json", where) from error
    place = misfit(value, shape, where)
    if place is not None:
        raise Broken("misfit", where, place=place)
    return value


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are ASCII and stand once."""
    found = dict(pairs)
    if len(found) != len(pairs) or not all(key.isascii() for key in found):
        raise ValueError
    return found


def no(text: str) -> Any:
    """Fractions, NaN and Infinity are not part of this record."""
    raise ValueError(text)


def small(text: str) -> int:
    """A whole number that every reader of JSON holds exactly."""
    if len(text) > 17 or abs(int(text)) >= 2**53 or text == "-0":
        raise ValueError(text)
    return int(text)


def canonical(value: Any) -> str:
    """RFC 8785 for what `parse` lets through: with ASCII keys and whole numbers, sorted JSON is that very form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data: str | bytes) -> str:
    """SHA-256 in hex, of bytes or of a text's UTF-8."""
    return hashlib.sha256(data.encode("utf-8") if isinstance(data, str) else data).hexdigest()


# --- 1. The zip: nothing is unpacked to the disk, and nothing is read before its size is known.


def read_zip(path: Path, export: Export) -> None:
    """Read every file of the zip, or refuse the zip."""
    try:
        with path.open("rb") as file:
            check_end(file)
            with zipfile.ZipFile(file) as archive:
                check_entries(archive.infolist())
                for entry in archive.infolist():
                    read_entry(archive, entry, export)
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable("no_file", why=error.strerror or type(error).__name__) from error
    except Exception as error:  # zipfile lets many kinds through for a damaged file; each means the same to a reader
        raise Unreadable("damaged", why=type(error).__name__) from error


def check_end(file: BinaryIO) -> None:
    """
    Look at the last 22 bytes before zipfile reads the table of contents into memory.

    A zip of ours ends with its end record: no comment behind it, and no zip64 record before it.
    """
    size = file.seek(0, 2)
    if size > MOST_IN_ALL:
        raise Unreadable("too_large", what="zip", most=MOST_IN_ALL)
    file.seek(max(0, size - 42))
    tail = file.read()
    if len(tail) < 22 or tail[-22:-18] != b"PK\x05\x06" or tail[:4] == b"PK\x06\x07":
        raise Unreadable("no_zip")
    files, directory = int.from_bytes(tail[-12:-10], "little"), int.from_bytes(tail[-10:-6], "little")
    if files > MOST_FILES or directory > MOST_OF_DIRECTORY:
        raise Unreadable("too_many", most=MOST_FILES)


def check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse names that climb out or stand twice, links, encryption, rare packings, and what is too large."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename  # `filename` is cut at a NUL
        segments = name.split("/")
        if not re.fullmatch(r"[A-Za-z0-9._/-]{1,200}", name) or {"", ".", ".."} & set(segments):
            raise Unreadable("bad_name", name=name)
        if name.lower() in seen:  # two names that differ by case only would fall together on some disks
            raise Unreadable("twice", name=name)
        seen.add(name.lower())
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise Unreadable("no_plain_file", name=name)
        if entry.flag_bits & 0x41:
            raise Unreadable("encrypted", name=name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("packing", name=name)
        if entry.file_size > MOST_OF_ONE:
            raise Unreadable("too_large", what=name, most=MOST_OF_ONE)
    if sum(entry.file_size for entry in entries) > MOST_IN_ALL:
        raise Unreadable("too_large", what="zip", most=MOST_IN_ALL)


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, export: Export) -> None:
    """Hash one file in pieces; keep its bytes only if they are checked inside."""
    digest, pieces, size, name = hashlib.sha256(), [], 0, entry.filename
    with archive.open(entry) as file:
        while piece := file.read(65_536):
            size += len(piece)
            if size > MOST_OF_ONE:  # the table of contents said less
                raise Unreadable("too_large", what=name, most=MOST_OF_ONE)
            digest.update(piece)
            if name.endswith((".json", ".eml", ".tsr")) or name.startswith("answers/"):
                pieces.append(piece)
    export.sums[name], export.files[name] = digest.hexdigest(), b"".join(pieces)


# --- 2. The manifest.


def check_manifest(export: Export) -> None:
    """manifest.json lists exactly the other files, each with its sum."""
    if "manifest.json" not in export.files:
        raise Unreadable("no_manifest")
    export.manifest = manifest = parse(export.files["manifest.json"], "manifest.json", MANIFEST)
    if manifest["simulated"]:
        export.note("simulated")
    export.note("report", **{key: manifest[key] for key in ("report", "profile", "made_at")})
    found = {name: one for name, one in export.sums.items() if name != "manifest.json"}
    for name in sorted(manifest["files"].keys() | found.keys()):
        if name not in found:
            raise Broken("missing", name)
        if name not in manifest["files"]:
            raise Broken("file_extra", name)
        if manifest["files"][name] != found[name]:
            raise Broken("altered", name)
    if manifest["withheld_after"] and manifest["as_known_on"] is None:
        raise Broken("left_out", "manifest.json")
    for name in CHECKED:
        if name not in found:
            raise Broken("missing", name)


# --- 3. The chain: every event holds the hash of the one before, and of its own body.


def check_chain(export: Export) -> None:
    """Events 1 to n of one report; each header, each shown body, each link."""
    timeline = parse(export.files["timeline.json"], "timeline.json", TIMELINE)
    report, prev = timeline["report"], None
    if report["number"] != export.manifest["report"]:
        raise Broken("differs", "timeline.json")
    for seq, event in enumerate(timeline["events"], 1):
        where = f"timeline.json, event {seq}"
        if event["seq"] != seq or event["report"] != report["id"]:
            raise Broken("order", where)
        if event["prev"] != prev:
            raise Broken("order", where)
        if event["body"] is not None:
            export.bodies[seq] = check_body(event, where)
        prev = event_hash(event)
        if event["hash"] != prev:
            raise Broken("altered", f"{where}, header")
    export.events = timeline["events"]
    if len(export.events) != export.manifest["events"]:
        raise Broken("count", "timeline.json", found=len(export.events), said=export.manifest["events"])


def event_hash(event: Mapping[str, Any]) -> str:
    """The hash of an event's header, in which the body stands by its hash only: withheld or not, it is the same."""
    return sha256(canonical({**{key: event[key] for key in HEADER}, "body": event["body_sha256"]}))


def check_body(event: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A shown body is the text that was hashed, and it is canonical: one meaning has one text."""
    value: dict[str, Any] = parse(event["body"], f"{where}, body", BODY)
    if sha256(event["body"]) != event["body_sha256"]:
        raise Broken("altered", f"{where}, body")
    if canonical(value) != event["body"]:
        raise Broken("not_canonical", f"{where}, body")
    return value


# --- 4. Private texts: shown with their salt, or erased, or withheld.


def commitment(salt: bytes, text: bytes) -> str:
    """What an event holds in place of a private text."""
    return sha256(salt + text)


def check_texts(export: Export) -> None:
    """Every disclosed text is the one committed to; every erased one is known, and not disclosed as well."""
    for seq, body in export.bodies.items():
        for text_id, purpose, committed in body.get("texts", []):
            if export.texts.setdefault(text_id, (purpose, committed)) != (purpose, committed):
                raise Broken("text_twice", f"timeline.json, event {seq}", id=text_id)
    for one in parse(export.files["disclosures.json"], "disclosures.json", DISCLOSURES):
        where = f"disclosures.json, {one['id']}"
        try:
            text = base64.b64decode(one["base64"], validate=True)
        except ValueError as error:
            raise Broken("misfit", where, place="base64") from error
        if base64.b64encode(text).decode() != one["base64"]:
            raise Broken("misfit", where, place="base64")
        if one["id"] in export.shown:
            raise Broken("stands_twice", where)
        found = commitment(bytes.fromhex(one["salt"]), text)
        if export.texts.get(one["id"], (one["purpose"], found)) != (one["purpose"], found):
            raise Broken("differs", where)
        export.shown[one["id"]], export.purposes[one["id"]] = (found, text), one["purpose"]
    for one in parse(export.files["erased.json"], "erased.json", ERASED):
        check_erased(one, export)


def check_erased(one: Mapping[str, Any], export: Export) -> None:
    """An erased text is one of this record, and the event that erased it says the same of when, by whom and why."""
    where, seq, details = f"erased.json, {one['id']}", one.get("seq"), None
    if export.texts.get(one["id"], ("",))[0] != one["purpose"]:
        raise Broken("unknown", where)
    if one["id"] in export.shown:
        raise Broken("erased_and_shown", where)
    if seq is not None:
        event = export.events[seq - 1] if 1 <= seq <= len(export.events) else {"at": None, "actor": None}
        details = export.bodies[seq]["details"] if seq in export.bodies else None
        if (event["at"], event["actor"]) != (one["erased_at"], one["by"]):
            raise Broken("differs", where)
        if details is not None and (details.get("cause") != one["cause"] or one["id"] not in listed(details)):
            raise Broken("differs", where)
    said = "erased_unsaid" if details is None else "erased"
    export.note(said, **{key: one[key] for key in ("id", "purpose", "erased_at", "by", "cause")}, seq=seq)


def listed(details: Mapping[str, Any]) -> list[Any]:
    """The ids of the texts that an event of erasure names."""
    found = details.get("texts")
    return found if isinstance(found, list) else []


# --- 5. Rows beside the replayed ones.


def check_rows(export: Export) -> None:
    """rows.json holds every row that shown bodies mention, each as its newest mention hashed it (or null: withheld)."""
    newest = {(row[0], row[1]): row[2] for body in export.bodies.values() for row in body.get("rows", [])}
    for one in parse(export.files["rows.json"], "rows.json", ROWS):
        key, where = (one["table"], one["id"]), f"rows.json, {one['table']} {one['id']}"
        if key in export.rows or key not in newest:
            raise Broken("stands_twice" if key in export.rows else "unknown", where)
        if one["columns"] is not None and sha256(canonical(one["columns"])) != newest[key]:
            raise Broken("altered", where)
        export.rows[key] = one["columns"]
    for table, row_id in newest.keys() - export.rows.keys():
        raise Broken("missing", f"rows.json, {table} {row_id}")
    number = export.manifest["report"]
    for (table, row_id), columns in export.rows.items():
        if table == "report" and columns is not None and columns.get("number", number) != number:
            raise Broken("differs", f"rows.json, report {row_id}")


# --- 6. Letters.


def check_letters(export: Export) -> None:
    """Each letter is the one that the record speaks of; disclosed texts that are no event's belong to a letter."""
    anchored: set[tuple[str, str]] = set()
    for name in sorted(name for name in export.files if name.startswith("letters/")):
        if name.endswith(".json"):
            anchored |= check_letter(name, export)
        elif name.removesuffix(".eml") + ".json" not in export.files:
            raise Broken("missing", name.removesuffix(".eml") + ".json")
    for text_id, (committed, _) in export.shown.items():
        of_letter = (text_id, committed) in anchored and export.purposes[text_id] == "letter"
        if text_id not in export.texts and not of_letter:
            raise Broken("unknown", f"disclosures.json, {text_id}")


def check_letter(name: str, export: Export) -> set[tuple[str, str]]:
    """One letter: its digest is on the chain, its parts give the digest, the .eml is its parts put together."""
    letter, eml = parse(export.files[name], name, LETTER), name.removesuffix(".json") + ".eml"
    commitments = [part["commitment"] for part in letter["parts"]]
    if sha256("\n".join(commitments)) != letter["digest"]:
        raise Broken("differs", f"{name}, digest")
    row = export.rows.get(("letter", letter["id"])) or {}
    said = [body["details"] for body in export.bodies.values() if body["details"].get("letter") == letter["id"]]
    if letter["digest"] not in (row.get("digest"), *(one.get("digest") for one in said)):
        raise Broken("unknown", name)
    parts = [check_part(part, f"{name}, part {number}", export) for number, part in enumerate(letter["parts"], 1)]
    if eml not in export.files:
        raise Broken("missing", eml)
    if export.files[eml] != b"".join(parts):
        raise Broken("differs", eml)
    for key in sorted(letter.keys() - {"id", "digest", "parts"}):
        if not is_bound(key, letter[key], row, export):
            raise Broken("differs", f"{name}, {key}")
    export.letters.add(letter["id"])
    return {(part["text"], part["commitment"]) for part in letter["parts"] if part["text"] is not None}


def is_bound(key: str, value: Any, row: Mapping[str, Any], export: Export) -> bool:
    """What a letter's file says besides is a column of the letter's row, or a disclosed text, or nothing."""
    if key in row:
        return canonical(row[key]) == canonical(value)
    texts = (text for _, text in export.shown.values())
    return value is None or (isinstance(value, str) and value.encode() in texts)


def check_part(part: Mapping[str, Any], where: str, export: Export) -> bytes:
    """The bytes of one part as this export shows it."""
    text_id, committed = part["text"], part["commitment"]
    if text_id in export.texts and export.texts[text_id] != ("letter", committed):
        raise Broken("differs", where)
    if not part["shown"]:
        return WITHHELD.format(committed).encode()
    if text_id not in export.shown or export.shown[text_id][0] != committed:
        raise Broken("differs", where)
    return export.shown[text_id][1]


# --- 7. Messages that came in.


def check_answers(export: Export) -> None:
    """Each message is a row of the record, with the row's columns; its text is a disclosed one."""
    for name in sorted(name for name in export.files if name.startswith("answers/")):
        beside = name.rpartition(".")[0] + ".json"
        if name == beside:
            check_answer(name, export)
        elif beside not in export.files:
            raise Broken("missing", beside)


def check_answer(name: str, export: Export) -> None:
    """One message: what its file says is what its row says, and the bytes beside it are the text that the row names."""
    answer, stem = parse(export.files[name], name, ANSWER), name.removesuffix(".json")
    row = export.rows.get(("incoming", answer["id"]))
    if row is None or stem != f"answers/{row.get('number')}":
        raise Broken("unknown", name)
    for key in sorted(answer.keys() - {"id", "text", "shown", "parts"}):
        if canonical(answer[key]) != canonical(row.get(key)):
            raise Broken("differs", f"{name}, {key}")
    parts = parse(row.get("parts", "[]"), f"rows.json, incoming {answer['id']}, parts", PARTS_OF_ROW)
    if answer["parts"] != [{key: part[key] for key in PART} for part in parts]:
        raise Broken("differs", f"{name}, parts")
    if answer["text"] not in (None, row.get("text_id"), row.get("own_id")):
        raise Broken("differs", f"{name}, text")
    beside = [f"{stem}.{ending}" for ending in ("eml", "txt") if f"{stem}.{ending}" in export.files]
    if answer["shown"] and not beside:
        raise Broken("missing", f"{stem}.eml")
    if len(beside) > int(answer["shown"]):
        raise Broken("unknown", beside[-1])
    if beside and export.files[beside[0]] != export.shown.get(answer["text"], ("", None))[1]:
        raise Broken("differs", beside[0])


# --- 8. Certificates of deadlines.


def check_certificates(export: Export) -> None:
    """Each file is, byte for byte, a certificate that an event put on a procedure; each procedure's newest is there."""
    said: set[bytes] = set()
    newest: dict[str, bytes | None] = {}
    for body in export.bodies.values():
        for table, row_id, columns in body["changes"]:
            if table == "procedure" and "certificate" in columns:
                text = columns["certificate"]
                newest[row_id] = text.encode() if isinstance(text, str) else None
                said |= {newest[row_id] or b""}
    files = {name: data for name, data in export.files.items() if name.startswith("certificates/")}
    for name, data in sorted(files.items()):
        if not data or data not in said:
            raise Broken("unknown", name)
    for procedure, text in newest.items():
        if text is not None and text not in files.values():
            raise Broken("missing", f"certificates/, the newest of procedure {procedure}")


# --- 9. Seals: from the report's events up to one root over all reports.


def check_seals(export: Export, anchors: Sequence[x509.Certificate]) -> None:
    """Every seal in order; no gap between them; what comes after the last one is said."""
    next_seq, before, used = 1, None, []
    for one in parse(export.files["seals.json"], "seals.json", SEALS):
        body = check_seal(one, next_seq, before, export)
        stamped = tell_tokens(one, body["number"], export, anchors)
        if not stamped:
            export.note("no_token", events=span(one["leaf"], export), number=body["number"])
        used += one["tokens"]
        next_seq, before = one["leaf"]["to"] + 1, (body["number"], one["hash"])
    for name in sorted(name for name in export.files if name.startswith("tokens/")):
        if used.count(name) != 1:
            raise Broken("token_unused", name)
    if next_seq <= len(export.events):
        export.note("unsealed", events=span({"from": next_seq, "to": len(export.events)}, export))


def span(leaf: Mapping[str, Any], export: Export) -> str:
    """The shown events of a leaf, as `1-4` or `7`."""
    return next(ranges(range(leaf["from"], min(leaf["to"], len(export.events)) + 1)))


def check_seal(one: Mapping[str, Any], first: int, before: tuple[int, str] | None, export: Export) -> dict[str, Any]:
    """One seal's body, its leaf and the path between them; `before` is the number and hash of the seal before."""
    body: dict[str, Any] = parse(one["body"], "seals.json, body", SEAL)
    where, leaf = f"seals.json, seal {body['number']}", one["leaf"]
    if canonical(body) != one["body"]:
        raise Broken("not_canonical", where)
    if sha256(one["body"]) != one["hash"]:
        raise Broken("altered", where)
    if body["simulated"] != export.manifest["simulated"]:
        raise Broken("differs", where)
    if (body["number"] == 1) != (body["prev"] is None):
        raise Broken("order", where)
    number, prev = before or (0, None)
    if body["number"] <= number or (body["number"] == number + 1 and body["prev"] != prev):
        raise Broken("order", where)
    check_leaf(leaf, first, where, export)
    alone = body["leaves"] == 1 and body["events"] != len(leaf["events"])
    if alone or body["events"] < len(leaf["events"]) + body["leaves"] - 1:  # every leaf holds an event
        raise Broken("seal_count", where)
    path = [bytes.fromhex(step) for step in one["path"]]
    if root_from(canonical(leaf).encode(), one["index"], body["leaves"], path) != bytes.fromhex(body["root"]):
        raise Broken("path", where)
    return body


def check_leaf(leaf: Mapping[str, Any], first: int, where: str, export: Export) -> None:
    """
    The leaf holds the very events of the chain, and follows the leaf before.

    It may reach further than the shown chain only as far as the manifest says that later events are left out; so a
    chain from whose end a sealed event was taken is found.
    """
    have, left_out = len(export.events), export.manifest["withheld_after"]
    if leaf["from"] != first:
        raise Broken("seal_gap", where, first=first, found=leaf["from"])
    if leaf["report"] != (export.events[0]["report"] if export.events else leaf["report"]):
        raise Broken("differs", where)
    if leaf["to"] < leaf["from"] or len(leaf["events"]) != leaf["to"] - leaf["from"] + 1:
        raise Broken("seal_count", where)
    if leaf["to"] > have + left_out or leaf["from"] > have:
        raise Broken("sealed_missing", where, last=leaf["to"], have=have)
    for seq, sealed in enumerate(leaf["events"][: have - first + 1], first):
        if export.events[seq - 1]["hash"] != sealed:
            raise Broken("sealed_other", f"timeline.json, event {seq}", seal=where)


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which an inclusion proof leads (RFC 9162, 2.1.3.2), or None if the proof has another length."""
    if index >= size:
        return None
    fn, sn, found = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for step in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        fn, sn = fn >> 1, sn >> 1
    return found if sn == 0 else None


# --- 10. Tokens: what a time-stamp authority signed.


def read_anchors(trust: str | Path | None) -> list[x509.Certificate]:
    """The certificates that the reader trusts; they never come from the export."""
    if trust is None:
        return []
    try:
        return x509.load_pem_x509_certificates(Path(trust).read_bytes())
    except OSError as error:
        raise Unreadable("no_trust", why=error.strerror or type(error).__name__) from error
    except ValueError as error:
        raise Unreadable("no_trust", why="PEM") from error


@dataclass(frozen=True)
class Token:
    """What one token says; `proven` if an authority that the reader trusts signed it."""

    told: dict[str, object]
    proven: bool


def tell_tokens(one: Mapping[str, Any], number: int, export: Export, anchors: Sequence[x509.Certificate]) -> bool:
    """Check every token of a seal and say what it shows; with trust anchors, one at least must be theirs."""
    tokens = []
    for name in one["tokens"]:
        if not re.fullmatch(rf"tokens/{number:06d}-\d{{1,3}}\.tsr", name) or name not in export.files:
            raise Broken("missing", name)
        tokens.append(read_token(name, export.files[name], one["body"].encode(), anchors))
    if anchors and tokens and not any(token.proven for token in tokens):
        raise Broken("token_untrusted", one["tokens"][0])
    for token in tokens:
        told = {"events": span(one["leaf"], export), "number": number, **token.told}
        export.note("proven" if token.proven else "unproven", **told)
    return bool(tokens)


def read_token(name: str, data: bytes, stamped: bytes, anchors: Sequence[x509.Certificate]) -> Token:
    """One token: it stamps SHA-256 of the seal's body; its signature counts only under a trusted certificate."""
    try:
        response = decode_timestamp_response(data)
        info, signer = response.tst_info, signer_of(response)
        imprint, time = info.message_imprint, info.gen_time + doubt(info)
        subject = signer.subject.rfc4514_string() if signer else "?"
        mark = signer.fingerprint(SHA256()).hex() if signer else "?"
        stamps_this = (SHA256_OID, hashlib.sha256(stamped).digest()) == (
            imprint.hash_algorithm.dotted_string,
            imprint.message,
        )
    except Exception as error:  # two parsers with many kinds of errors; each means the same to a reader
        raise Broken("no_token_at_all", name) from error
    if not stamps_this:
        raise Broken("imprint", name)
    shown = f"{time:%Y-%m-%d %H:%M:%S.%f} UTC"
    told: dict[str, object] = {"token": name, "time": shown, "subject": subject, "certificate": mark}
    return Token(told, bool(anchors) and signed_under(anchors, response, stamped))


def doubt(info: TimeStampTokenInfo) -> timedelta:
    """The accuracy that the authority states: its own doubt counts against us."""
    found = info.accuracy
    if found is None:
        return timedelta()
    return timedelta(seconds=found.seconds or 0, milliseconds=found.millis or 0, microseconds=found.micros or 0)


def signer_of(response: TimeStampResponse) -> x509.Certificate | None:
    """The certificate inside the token that its signature names, if it is there."""
    signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    for data in response.signed_data.certificates:
        found = x509.load_der_x509_certificate(data)
        if (found.issuer, found.serial_number) in signers:
            return found
    return None


def signed_under(anchors: Sequence[x509.Certificate], response: TimeStampResponse, stamped: bytes) -> bool:
    """The signature, the certificates up to an anchor at the token's time, and the right to stamp times (its EKU)."""
    try:
        return VerifierBuilder(roots=list(anchors)).build().verify_message(response, stamped)
    except Exception:  # VerificationError, or what a parser says of a certificate: it is not proven
        return False


# --- What is not shown.


def tell_withheld(export: Export) -> None:
    """Say what this export leaves out, and which files nothing but the manifest's sums guard."""
    manifest = export.manifest
    hidden = [event["seq"] for event in export.events if event["body"] is None]
    erased = {told["id"] for key, told in export.notes if key.startswith("erased")}
    texts = export.texts.keys() - export.shown.keys() - erased
    rows = [key for key, columns in export.rows.items() if columns is None]
    if manifest["withheld_after"]:
        export.note("later", many=manifest["withheld_after"], on=manifest["as_known_on"])
    letters = {row_id for table, row_id in export.rows if table == "letter"} - export.letters
    if hidden or texts or rows or letters:
        bodies = ", ".join(ranges(hidden)) or "0"
        export.note("withheld", bodies=bodies, texts=len(texts), rows=len(rows), letters=len(letters))
    folders = ("letters/", "answers/", "certificates/", "tokens/")
    inside = {name for name in export.files if name in CHECKED or name.startswith(folders)}
    told = sorted(manifest["files"].keys() - inside)
    if told:
        export.note("retold", names=", ".join(told))
    own = sha256(Path(__file__).read_bytes())
    if manifest["files"].get("verify.py", own) != own:
        export.note("other_verifier")


def ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers in order as `1-4` and `7`."""
    start: int | None = None
    for at, number in enumerate(numbers):
        start = number if start is None else start
        if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
            yield str(start) if start == number else f"{start}-{number}"
            start = None


# --- The sentences, in English and French. Those of a fault name the place first.

SAYS: dict[str, tuple[str, str]] = {
    "simulated": (
        "SIMULATED: this record was made under a stepping clock, for trial. Nothing of it happened.",
        "SIMULÉ : ce dossier a été produit sous une horloge simulée, pour essai. Rien de tout cela n'a eu lieu.",
    ),
    "whole": ("WHOLE: every link holds.", "INTACT : chaque maillon tient."),
    "whole_unproven": (
        "WHOLE, AUTHORITY UNPROVEN: every link holds; no authority you trust vouches for all times (--trust).",
        "INTACT, AUTORITÉ NON PROUVÉE : chaque maillon tient ; aucune autorité de confiance ne répond de toutes les"
        " heures (--trust).",
    ),
    "broken": ("BROKEN: {fault}", "ROMPU : {fault}"),
    "unreadable": ("UNREADABLE: {fault}", "ILLISIBLE : {fault}"),
    "report": ("Report {report}, profile {profile}, export made at {made_at}.",
               "Signalement {report}, profil {profile}, export produit à {made_at}."),
    "fingerprint": ("Fingerprint of this export (SHA-256 of manifest.json): {sum}",
                    "Empreinte de cet export (SHA-256 de manifest.json) : {sum}"),
    "proven": (
        "Events {events} (seal {number}) existed before {time}: {token}, signed by {subject}, certificate"
        " SHA-256 {certificate}.",
        "Les événements {events} (scellé {number}) existaient avant {time} : {token}, signé par {subject},"
        " certificat SHA-256 {certificate}.",
    ),
    "unproven": (
        "Events {events} (seal {number}) existed before {time}, if {token} is genuine; AUTHORITY UNPROVEN:"
        " it names {subject}, certificate SHA-256 {certificate}.",
        "Les événements {events} (scellé {number}) existaient avant {time}, si {token} est authentique ;"
        " AUTORITÉ NON PROUVÉE : il nomme {subject}, certificat SHA-256 {certificate}.",
    ),
    "no_token": (
        "Events {events} (seal {number}) have no time stamp: nothing shows since when they exist.",
        "Les événements {events} (scellé {number}) n'ont pas d'horodatage : rien ne montre depuis quand ils"
        " existent.",
    ),
    "unsealed": (
        "Events {events} are not sealed yet: whoever controls the machine could still have rewritten them.",
        "Les événements {events} ne sont pas encore scellés : qui contrôle la machine a pu les réécrire.",
    ),
    "erased": ("Text {id} ({purpose}) was erased at {erased_at} by {by}, cause {cause} (event {seq}).",
               "Le texte {id} ({purpose}) a été effacé à {erased_at} par {by}, cause {cause} (événement {seq})."),
    "erased_unsaid": (
        "Text {id} ({purpose}) was erased at {erased_at} by {by}, cause {cause}; no event shown here says so.",
        "Le texte {id} ({purpose}) a été effacé à {erased_at} par {by}, cause {cause} ; aucun événement montré ne le"
        " dit.",
    ),
    "later": ("{many} later events are left out: the record is shown as known on {on}.",
              "{many} événements ultérieurs sont omis : le dossier est montré tel que connu au {on}."),
    "withheld": (
        "Withheld: contents of events {bodies}; {texts} private texts; {rows} rows; {letters} letters. What is withheld"
        " is only known by its hash.",
        "Non communiqué : contenu des événements {bodies} ; {texts} textes privés ; {rows} lignes ; {letters} lettres."
        " Seule leur empreinte est connue.",
    ),
    "retold": (
        "Told again for readers, guarded by the sums in the manifest only: {names}. Compare the fingerprint.",
        "Redit pour la lecture, gardé par les seules sommes du manifeste : {names}. Comparez l'empreinte.",
    ),
    "other_verifier": ("The verifier in the export is not the one that is running now.",
                       "Le vérificateur contenu dans l'export n'est pas celui qui est exécuté."),
    # unreadable
    "no_file": ("the file cannot be read ({why}).", "le fichier ne peut être lu ({why})."),
    "no_zip": ("this is no zip, or a truncated one.", "ce n'est pas un zip, ou il est tronqué."),
    "damaged": ("the zip is damaged ({why}).", "le zip est endommagé ({why})."),
    "too_large": ("{what} is larger than {most} bytes.", "{what} dépasse {most} octets."),
    "too_many": ("the zip has more than {most} files.", "le zip contient plus de {most} fichiers."),
    "bad_name": ("the name {name} is not allowed (letters, digits, . _ - and /; no way up or out).",
                 "le nom {name} n'est pas permis (lettres, chiffres, . _ - et / ; ni remontée ni sortie)."),
    "twice": ("the name {name} stands twice.", "le nom {name} figure deux fois."),
    "no_plain_file": ("{name} is a link or no plain file.", "{name} est un lien ou n'est pas un simple fichier."),
    "encrypted": ("{name} is encrypted.", "{name} est chiffré."),
    "packing": ("{name} is packed in an unusual way.", "{name} est compressé d'une façon inhabituelle."),
    "no_manifest": ("there is no manifest.json: this is no export.", "sans manifest.json, ce n'est pas un export."),
    "no_trust": ("the trust file holds no certificates that can be read ({why}).",
                 "le fichier de confiance ne contient aucun certificat lisible ({why})."),
    # broken
    "not_json": ("{where}: not the JSON of this record.", "{where} : pas le JSON de ce dossier."),
    "misfit": ("{where}: {place} is not as defined.", "{where} : {place} n'est pas conforme."),
    "not_canonical": ("{where}: the text is not in canonical form.", "{where} : texte hors forme canonique."),
    "missing": ("{where}: missing.", "{where} : manque."),
    "file_extra": ("{where}: the manifest does not list this file.", "{where} : absent du manifeste."),
    "altered": ("{where}: altered, it has another hash.", "{where} : altéré, autre empreinte."),
    "order": ("{where}: it does not follow the one before.", "{where} : ne suit pas le précédent."),
    "differs": ("{where}: this is not what the record says.", "{where} : ce n'est pas ce que dit le dossier."),
    "unknown": ("{where}: no event shown here speaks of it.", "{where} : aucun événement montré n'en parle."),
    "count": ("{where}: {found} events, the manifest says {said}.",
              "{where} : {found} événements, le manifeste dit {said}."),
    "text_twice": ("{where}: text {id} is committed to twice, differently.",
                   "{where} : le texte {id} a deux engagements différents."),
    "stands_twice": ("{where}: stands twice.", "{where} : figure deux fois."),
    "erased_and_shown": ("{where}: said to be erased, and yet shown.", "{where} : dit effacé, et pourtant montré."),
    "left_out": ("{where}: events are left out without a date as of which.",
                 "{where} : des événements sont omis sans date de référence."),
    "seal_count": ("{where}: its counts do not agree.", "{where} : ses nombres ne concordent pas."),
    "seal_gap": ("{where}: begins with event {found}, not {first}: a seal is missing or stands twice.",
                 "{where} : commence à l'événement {found}, non {first} : un scellé manque ou est double."),
    "sealed_missing": ("{where}: event {last} was sealed, the chain ends at {have}.",
                       "{where} : l'événement {last} fut scellé, la chaîne finit à {have}."),
    "sealed_other": ("{where}: {seal} holds another event here.", "{where} : {seal} porte un autre événement ici."),
    "path": ("{where}: the path does not lead to the root.", "{where} : le chemin ne mène pas à la racine."),
    "no_token_at_all": ("{where}: not a time-stamp token.", "{where} : pas un jeton d'horodatage."),
    "imprint": ("{where}: the token stamps something else.", "{where} : le jeton horodate autre chose."),
    "token_untrusted": ("{where}: not genuine, or of an authority that is not in the trust file.",
                        "{where} : non authentique, ou d'une autorité absente du fichier de confiance."),
    "token_unused": ("{where}: the seals use this file never or twice.",
                     "{where} : les scellés n'emploient pas ce fichier une seule fois."),
}  # fmt: skip


def say(key: str, lang: str, told: Mapping[str, object]) -> str:
    """One sentence; what comes from the export holds no line break or terminal code, and is cut at 500 characters."""
    safe = {name: "".join(c if c.isprintable() else "?" for c in str(one))[:500] for name, one in told.items()}
    return SAYS[key][lang == "fr"].format(**safe)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check an export: 0 whole, 1 broken, 2 unreadable.")
    parser.add_argument("export", help="the zip")
    parser.add_argument("--trust", help="PEM certificates of the time-stamp authorities' roots that you trust")
    parser.add_argument("--lang", choices=("en", "fr"), default="en")
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a letter still shows the rest
    outcome = verify(given.export, given.trust, given.lang)
    print("\n".join(outcome.sentences))
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
