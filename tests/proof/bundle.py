"""
A complete, valid export made by hand, small and without a database; and what a forger may do to it.

The report has seven events: received, opened with a deadline, a letter written, the letter's outcome with another
deadline, one whose body is withheld, one that no one has sealed yet, and (with `erased`) the erasure of a text. Two
seals stand over it, in one of which other reports have leaves as well.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models import chain
from models.merkle import Tree

REPORT = "01930000-0000-7000-8000-000000000001"
PROCEDURE = "01930000-0000-7000-8000-0000000000b1"
LETTER = "01930000-0000-7000-8000-0000000000d1"
ADDRESS, WHY, OWN, FRAME, FOOT = (f"01930000-0000-7000-8000-00000000000{one}" for one in "abcde")
OTHERS = "c" * 64  # commitment of a part that belongs to another report
TEXTS: dict[str, tuple[str, bytes]] = {
    ADDRESS: ("location", b"https://site.example/jane-doe"),
    WHY: ("free_text", "Montré à l'écran ; « sic ».".encode()),
    OWN: ("letter", b"1. hxxps[:]//site[.]example/jane-doe\r\n"),
    FRAME: ("letter", b"Subject: Notice\r\n\r\nDear provider,\r\n"),
    FOOT: ("letter", b"Regards\r\n"),
}
CERTIFICATES = tuple(f'{{"form": 2, "end_utc": "2026-11-2{day}T09:00:00+00:00", "note_fr": "é"}}' for day in "56")
Stamp = Callable[[bytes], bytes]


def salt(text_id: str) -> bytes:
    """A salt that is the same in every run."""
    return hashlib.sha256(text_id.encode()).digest()


def committed(text_id: str) -> str:
    """The commitment to one of the texts."""
    return chain.sha256(salt(text_id) + TEXTS[text_id][1])


def mention(*ids: str) -> list[list[str]]:
    """The `texts` of a body."""
    return [[one, TEXTS[one][0], committed(one)] for one in ids]


PARTS: list[tuple[str | None, str]] = [
    (FRAME, committed(FRAME)),
    (OWN, committed(OWN)),
    (None, OTHERS),
    (FOOT, committed(FOOT)),
]
DIGEST = chain.letter_digest(commitment for _, commitment in PARTS)
PLANNED = {"digest": DIGEST, "status": "planned", "code": None, "answer": "", "message_id": "<a@hotline.example>"}
SENT = {**PLANNED, "status": "sent", "code": 250, "answer": "2.0.0 Ok", "receipt": "relay"}
SITE = {"kind": "url", "country": "NL"}


def bodies(erased: bool) -> list[tuple[str, dict[str, Any]]]:
    """Kind and body of each event."""
    opened = {"stage": "opened", "ordinal": 1, "certificate": CERTIFICATES[0]}
    moved = {"stage": "given", "certificate": CERTIFICATES[1]}
    letter_planned = ["letter", LETTER, chain.hash_of(PLANNED)]
    letter_sent = ["letter", LETTER, chain.hash_of(SENT)]
    site = ["location", ADDRESS, chain.hash_of(SITE)]
    # FRAME and FOOT belong to no report: their commitments stand on the chain through the letter's digest only.
    return [
        ("received", {"changes": [], "texts": mention(ADDRESS, WHY), "rows": [site], "labels": {"p1": "P-0042"}}),
        ("opened", {"changes": [["procedure", PROCEDURE, opened]]}),
        ("written", {"changes": [], "texts": mention(OWN), "rows": [letter_planned]}),
        ("given", {"changes": [["procedure", PROCEDURE, moved]], "rows": [letter_sent]}),
        ("noted", {"changes": [], "details": {"secret": "withheld by this profile"}}),
        ("seen", {"changes": [], "details": {"status": 200}}),
        *([("erased", {"changes": [], "details": {"cause": "asked", "texts": [WHY]}})] if erased else []),
    ]


@dataclass
class Bundle:
    """The files of an export, free to be altered."""

    files: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """A file's JSON."""
        return json.loads(self.files[name])

    def put(self, name: str, value: Any) -> None:
        """Write JSON into a file."""
        self.files[name] = json.dumps(value, ensure_ascii=False, indent=1).encode()

    def forge_manifest(self, **values: Any) -> None:
        """Recompute the sums, as a forger would."""
        manifest = self.get("manifest.json") | values
        others = sorted(self.files.keys() - {"manifest.json"})
        self.put("manifest.json", manifest | {"files": {name: chain.sha256(self.files[name]) for name in others}})

    def forge_chain(self) -> None:
        """Recompute every hash of the chain, as a forger would who cannot reach the seals."""
        timeline, prev = self.get("timeline.json"), None
        for seq, event in enumerate(timeline["events"], 1):
            if event["body"] is not None:
                event["body_sha256"] = chain.sha256(event["body"])
            event["seq"], event["prev"] = seq, prev
            prev = event["hash"] = chain.event_hash(header_of(event))
        self.put("timeline.json", timeline)
        self.forge_manifest(events=len(timeline["events"]))

    def zip(self, path: Path) -> Path:
        """Write the zip."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.files):
                archive.writestr(zipfile.ZipInfo(name), self.files[name], zipfile.ZIP_DEFLATED)
        return path

    def bytes(self) -> bytes:
        """The zip as bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in sorted(self.files):
                archive.writestr(zipfile.ZipInfo(name), self.files[name])
        return out.getvalue()


def header_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The header of an event of timeline.json."""
    told = {key: event[key] for key in event.keys() - {"body", "body_sha256", "hash", "v"}}
    return chain.header(**told, body=event["body_sha256"])


def timeline(erased: bool) -> list[dict[str, Any]]:
    """The events, the fifth with its body withheld."""
    events: list[dict[str, Any]] = []
    for seq, (kind, body) in enumerate(bodies(erased), 1):
        text = chain.canonical({"details": {}, "nonce": f"{seq:032x}"} | body)
        told = chain.header(
            report=REPORT, seq=seq, prev=events[-1]["hash"] if events else None, kind=kind, at=minute(seq),
            learned=minute(seq + 1), recorded=minute(seq + 2), actor="S-07" if kind == "erased" else "machine",
            body=chain.sha256(text), procedure=PROCEDURE if "changes" in body else None,
        )  # fmt: skip
        sha = told.pop("body")
        shown = None if kind == "noted" else text
        events.append(told | {"body_sha256": sha, "body": shown, "hash": chain.event_hash(told | {"body": sha})})
    return events


def minute(number: int) -> str:
    """An instant."""
    return f"2026-11-23T09:{number:02d}:00.000000Z"


def seals(events: list[dict[str, Any]], simulated: bool) -> list[dict[str, Any]]:
    """Seal 4 over events 1-3 among three reports, seal 5 over events 4 and 5 alone."""
    found: list[dict[str, Any]] = []
    for number, first, last, others in ((4, 1, 3, 2), (5, 4, 5, 0)):
        hashes = [event["hash"] for event in events[first - 1 : last]]
        leaves = [chain.leaf(f"0192{one}", 1, ["d" * 64]) for one in range(others)]
        index = len(leaves) // 2
        leaves.insert(index, chain.leaf(REPORT, first, hashes))
        tree = Tree(leaves)
        body = chain.seal_body(
            number=number, prev=found[-1]["hash"] if found else "e" * 64, closed=minute(30 + number),
            events=len(hashes) + others, leaves=len(leaves), root=tree.root, simulated=simulated,
        )  # fmt: skip
        leaf = json.loads(leaves[index])
        path = [step.hex() for step in tree.path(index)]
        found.append(
            {"body": body, "hash": chain.sha256(body), "leaf": leaf, "index": index, "path": path, "tokens": []}
        )
    return found


def disclosed(erased: bool) -> list[dict[str, str]]:
    """The texts that this profile shows."""
    return [
        {"id": one, "purpose": purpose, "salt": salt(one).hex(), "base64": base64.b64encode(text).decode()}
        for one, (purpose, text) in TEXTS.items()
        if not (erased and one == WHY)
    ]


def add_letter(bundle: Bundle) -> None:
    """The letter: its own part and the frame are shown, another report's part is not."""
    parts = [{"commitment": commitment, "text": one, "shown": one is not None} for one, commitment in PARTS]
    bundle.put("letters/01.json", {"id": LETTER, "parts": parts, **SENT})
    withheld = f"[withheld: commitment {OTHERS}]\r\n".encode()
    bundle.files["letters/01.eml"] = b"".join(TEXTS[one][1] if one else withheld for one, _ in PARTS)


def make(stamp: Stamp | None = None, *, simulated: bool = False, erased: bool = False) -> Bundle:
    """A whole export; with `stamp`, each seal has one token."""
    bundle, events = Bundle(), timeline(erased)
    report = {"id": REPORT, "number": "R-2026-000001"}
    bundle.put("timeline.json", {"v": 1, "report": report, "events": events})
    bundle.put("disclosures.json", disclosed(erased))
    gone = {"id": WHY, "purpose": "free_text", "erased_at": minute(7), "by": "S-07", "cause": "asked", "seq": 7}
    bundle.put("erased.json", [gone] if erased else [])
    rows = [("letter", LETTER, SENT), ("location", ADDRESS, SITE)]
    bundle.put("rows.json", [{"table": table, "id": one, "columns": columns} for table, one, columns in rows])
    add_letter(bundle)
    for number, text in enumerate(CERTIFICATES, 1):
        bundle.files[f"certificates/{number:02d}.json"] = text.encode()
    sealed = seals(events, simulated)
    for number, seal in enumerate(sealed, 4):
        if stamp is not None:
            seal["tokens"] = [f"tokens/{number:06d}-1.tsr"]
            bundle.files[seal["tokens"][0]] = stamp(seal["body"].encode())
    bundle.put("seals.json", sealed)
    bundle.files |= {"README.txt": b"Read me.\n", "dossier.pdf": b"%PDF-1.7\n", "timeline.html": b"<p>Timeline</p>\n"}
    bundle.files["verify.py"] = (Path(__file__).parents[2] / "proof" / "verify.py").read_bytes()
    bundle.put("manifest.json", {})
    bundle.forge_manifest(
        v=1, report="R-2026-000001", profile="court", language="en", made_at=minute(50), as_known_on=None,
        simulated=simulated, events=len(events), withheld_after=0,
    )  # fmt: skip
    return bundle
