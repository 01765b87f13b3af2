"""The zip itself: its files, its manifest, and how it comes to lie on a disk whole or not at all."""

import io
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edges.dossier import dossier_pdf
from edges.readme_txt import readme_txt
from edges.timeline_page import timeline_html
from models.base import utc
from models.chain import sha256
from web.export.content import content_of
from web.export.files import as_json, proof_files
from web.export.material import Material
from web.export.telling import Telling

VERIFIER = Path(__file__).resolve().parents[2] / "proof" / "verify.py"
MODE = 0o644 << 16  # rights of a file in the zip


@dataclass(frozen=True, slots=True)
class Bundle:
    """An export in memory: the bytes of the zip, and the fingerprint of its manifest."""

    number: str
    data: bytes
    fingerprint: str
    events: int
    head: str

    def write(self, path: Path) -> None:
        """Put it on the disk: a file of that name is whole or is not there."""
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(self.data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def bundle(material: Material, telling: Telling) -> Bundle:
    """Make the zip of one export."""
    content = content_of(telling)
    files = proof_files(material)
    files["dossier.pdf"] = dossier_pdf(content)
    files["timeline.html"] = timeline_html(content).encode("utf-8")
    files["README.txt"] = readme_txt(content).encode("utf-8")
    files["verify.py"] = VERIFIER.read_bytes()
    manifest = as_json(
        {
            "v": 1,
            "report": material.report["number"],
            "profile": material.profile.id,
            "language": telling.language,
            "made_at": utc(telling.made_at),
            "as_known_on": utc(telling.as_known_on) if telling.as_known_on else None,
            "simulated": material.simulated,
            "events": len(material.events),
            "withheld_after": material.later,
            "files": {name: sha256(data) for name, data in files.items()},
        }
    )
    data = _zipped({"manifest.json": manifest} | dict(sorted(files.items())), telling.made_at)
    return Bundle(material.report["number"], data, sha256(manifest), len(material.events), material.events[-1]["hash"])


def _zipped(files: dict[str, bytes], at: datetime) -> bytes:
    """A plain zip: names of ours only, one time for all files, no comment, no extension."""
    out = io.BytesIO()
    stamp = at.astimezone(UTC)
    date = (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, MODE
            archive.writestr(entry, data)
    return out.getvalue()
