"""
What a part of a message is: by its declared type, the endings of its file name and its first bytes.

The three may contradict each other, by mistake or on purpose. The most dangerous of them counts: a picture that calls
itself a text is a picture. The file name is looked at here and kept nowhere: it may name a victim.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class PartKind(StrEnum):
    """What a part is; of image, video, audio, archive and other no byte is ever kept (practice 1.5)."""

    IMAGE = "image"  # a still or moving picture
    VIDEO = "video"
    ARCHIVE = "archive"  # anything that can hold files: zip, Office documents, mail containers, disk images
    AUDIO = "audio"
    OTHER = "other"  # nobody can say what it is, or it is none of these
    PDF = "pdf"  # a document; the only kind whose bytes are handed on


DANGER = tuple(PartKind)  # the most dangerous first


@dataclass(frozen=True, slots=True)
class PartSeen:
    """A part that is not text: what it was, never what it showed. `size` in bytes once decoded."""

    media_type: str
    size: int
    sha256: str
    kind: PartKind
    pdf: bytes | None = field(default=None, repr=False)


def seen(media_type: str, data: bytes, kind: PartKind) -> PartSeen:
    """Record a part; only a PDF keeps its bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return PartSeen(media_type, len(data), digest, kind, data if kind is PartKind.PDF else None)


def mark(part: PartSeen) -> str:
    """The one line that stands where a part was cut out."""
    return f"[cut out: {part.kind}, {part.size} bytes, sha256 {part.sha256}]"


_HEAD = 4_096  # bytes looked at for the magic numbers of a file
_MAGIC: tuple[tuple[PartKind, re.Pattern[bytes]], ...] = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
        (
            PartKind.IMAGE,
            rb"\xff\xd8\xff|\x89PNG|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*|BM.{4}\0\0\0\0|\0\0[\x01\x02]\0.\0",
        ),
        (PartKind.IMAGE, rb".{4}ftyp(?:hei|hev|mif1|msf1|avi[fs])|\xff\x0a|\0\0\0\x0c(?:JXL |jP  )|8BPS|AT&TFORM|qoif"),
        (PartKind.IMAGE, rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF|gimp xcf|FUJIFILM|\x76\x2f\x31\x01|P[1-7]\s"),
        (PartKind.IMAGE, rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.{0,2000}?|<!--.{0,2000}?|<!DOCTYPE svg.{0,500}?)?<svg[\s>]"),
        (
            PartKind.VIDEO,
            rb".{4}(?:ftyp|moov|mdat|wide|free|skip)|\x1aE\xdf\xa3|RIFF.{4}AVI |FLV\x01|\0\0\x01[\xb0-\xbf]",
        ),
        (PartKind.VIDEO, rb"0&\xb2u\x8ef\xcf\x11|OggS|\.RMF|[FC]WS.{1}|G.{187}G|.{4}G.{191}G"),
        (
            PartKind.ARCHIVE,
            rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f[\x8b\x9d\xa0]|BZh[1-9]|\xfd7zXZ\0",
        ),
        (
            PartKind.ARCHIVE,
            rb"\x28\xb5\x2f\xfd|MSCF|x\x9f>\x22|\xd0\xcf\x11\xe0|!<arch>|xar!|LZIP|\x04\x22M\x18|.{257}ustar",
        ),
        (PartKind.ARCHIVE, rb"\x60\xea|.{2}-lh[0-9a-z]-|SIT!|ITSF|\{\\rtf|MZ|\x7fELF"),
        (PartKind.AUDIO, rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb]|RIFF.{4}WAVE|fLaC|FORM.{4}AIF|#!AMR|MThd|\.snd"),
        (PartKind.PDF, rb"%PDF-"),
    )
)
_WITHIN = re.compile(
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG|GIF8[79]a[\0-\xff]{0,9}?[\0-\x08\x80-\xff]|RIFF[\0-\xff]{4}(?:WEBP|AVI |WAVE)"
    rb"|PK\x03\x04|\0[\0-\xff]{3}ftyp|\x1aE\xdf\xa3|Rar!\x1a\x07|7z\xbc\xaf\x27|\xfd7zXZ|x\x9f>\x22|\xd0\xcf\x11\xe0"
)
_ENDINGS: dict[str, PartKind] = {
    ending: kind
    for kind, endings in (
        (PartKind.IMAGE, "jpg jpeg jpe jfif png gif webp bmp dib tif tiff heic heif hif avif svg svgz ico psd jp2 jxl "
                         "raw cr2 nef dng arw emf wmf xcf apng tga pcx djvu eps ai"),
        (PartKind.VIDEO, "mp4 m4v mov avi mkv webm wmv flv mpg mpeg m2ts 3gp 3g2 ogv vob asf rm rmvb swf mts divx qt"),
        (PartKind.ARCHIVE, "zip rar 7z gz tgz bz2 tbz xz zst tar cab iso img dmg jar apk arj lzh lz lz4 dat tnef eml "
                           "msg pst mbox doc docx docm xls xlsx xlsm ppt pptx odt ods odp rtf epub exe html5 mht "
                           "mhtml vhd vhdx wim"),
        (PartKind.AUDIO, "mp3 wav ogg oga opus m4a aac flac amr wma aif aiff mid midi"),
        (PartKind.PDF, "pdf"),
    )
    for ending in endings.split()
}  # fmt: skip
_ARCHIVE_TYPE = re.compile(
    r"application/(?:zip|x-zip.*|x-rar.*|vnd\.rar|x-7z.*|gzip|x-gzip|x-tar|x-bzip.*|x-xz|zstd|java-archive|ms-tnef"
    r"|vnd\.ms-tnef|vnd\.ms-.*|msword|rtf|vnd\.openxml.*|vnd\.oasis.*|epub\+zip|x-iso.*|x-apple-diskimage|vnd\.android.*"
    r"|mbox|x-ms.*)|text/rtf|message/(?:rfc822|global|partial|external-body)|multipart/.*"
)
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})(?![A-Za-z0-9])")
_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\v\f\r\x1b")) + b"\x7f"
_NOT_CONTROLS = bytes(set(range(256)) - set(_CONTROLS))
_NO_LETTER = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))  # bytes without a letter in Windows-1252
_ASCII = bytes(range(128))
_BASE64 = re.compile(rb"[A-Za-z0-9+/_=\s-]{24,}\Z")
STRAY = 2  # control characters that a text may hold by accident


def kind_of(media_type: str, names: Iterable[str], data: bytes) -> PartKind:
    """The most dangerous of what the type, the file names and the bytes say; a PDF only if nothing contradicts."""
    signs = {of_type(media_type), of_bytes(data), *map(of_name, names)} - {None}
    if PartKind.PDF in signs and (not data.startswith(b"%PDF-") or b"PK\5\6" in data[-70_000:]):
        signs.add(PartKind.ARCHIVE if b"PK\5\6" in data[-70_000:] else PartKind.OTHER)
    return next((kind for kind in DANGER if kind in signs), PartKind.OTHER)


def of_type(media_type: str) -> PartKind | None:
    """What the declared type says; None if it says nothing."""
    main, _, sub = media_type.partition("/")
    if main in ("image", "video", "audio"):
        return PartKind(main)
    if sub in ("pdf", "x-pdf"):
        return PartKind.PDF
    if _ARCHIVE_TYPE.fullmatch(media_type):
        return PartKind.ARCHIVE
    if sub in ("octet-stream", "x-unknown", "binary", "unknown", "force-download", "x-download", "download"):
        return None
    return None if main in ("text", "") else PartKind.OTHER


def of_name(name: str) -> PartKind | None:
    """What the endings of a file name say; `photo.jpg.txt` is a picture."""
    kinds = {_ENDINGS.get(ending.lower()) for ending in _ENDING.findall(name[-1_000:])}
    if "winmail" in name.lower():
        kinds.add(PartKind.ARCHIVE)
    return next((kind for kind in DANGER if kind in kinds), None)


def of_bytes(data: bytes) -> PartKind | None:
    """What the first bytes say, also where a file was put into base64 once more than the header says."""
    head = data[:_HEAD].lstrip(b"\r\n \t") if data[:1] in b"\r\n \t" else data[:_HEAD]
    found = {_magic(data[:_HEAD]), _magic(head)}
    if _BASE64.match(head[:400].rstrip()):
        found.add(_magic(loose_base64(head)))
    return next((kind for kind in DANGER if kind in found), None)


def _magic(head: bytes) -> PartKind | None:
    found = {kind for kind, pattern in _MAGIC if pattern.match(head)}
    return next((kind for kind in DANGER if kind in found), None)


def holds_file(data: bytes) -> bool:
    """Whether the raw bytes of a picture, film or archive begin anywhere in these."""
    return _WITHIN.search(data) is not None


def first_file(data: bytes) -> int:
    """Where the first such file begins; 0 if none does."""
    found = _WITHIN.search(data)
    return found.start() if found else 0


SHORT = 24  # bytes in which no picture is to be seen, and a word or two of French may stand


def is_binary(data: bytes, *, charset_known: bool) -> bool:
    """Whether bytes that call themselves text are none: a file begins in them, or they hold what no text holds."""
    if data.isascii():
        return len(data.translate(None, _NOT_CONTROLS)) > STRAY or holds_file(data)
    if len(data.translate(None, _NOT_CONTROLS)) > STRAY or holds_file(data):
        return True
    if charset_known:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        high = data.translate(None, _ASCII)
        crowded = len(high) * 4 > len(data) >= SHORT
        return crowded or any(byte in high for byte in _NO_LETTER)
    return False


def without_controls(data: bytes) -> bytes:
    """The same bytes less the few control characters that a text may hold by accident."""
    return data.translate(None, _CONTROLS)


def loose_base64(data: bytes) -> bytes:
    """Decode what can be decoded of base64 (also the form for URLs), whatever stands between; never an error."""
    letters = _NOT_BASE64.sub(b"", data.translate(_URL_FORM))
    whole = letters[:-1] if len(letters) % 4 == 1 else letters  # one letter alone is no byte
    try:
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    except binascii.Error:
        return b""


_URL_FORM = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
