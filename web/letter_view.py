"""The text of a letter as it was sent, read from its bytes; attachments are named, never shown."""

import hashlib
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

SHOWN_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "X-Sansdelai-Simulated")


@dataclass(frozen=True, slots=True)
class Annexed:
    """An attachment, by name, type, size in bytes and SHA-256."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LetterText:
    """Headers, the text part, and what was annexed. `whole`: the bytes have the fingerprint on record."""

    headers: list[tuple[str, str]]
    text: str | None
    annexed: list[Annexed]
    whole: bool


def read_letter(raw: bytes, *, whole: bool) -> LetterText:
    """Parse the bytes of a letter; a part that is not the text is described only."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
    body = message.get_body(preferencelist=("plain",))
    return LetterText(
        headers=[(name, str(message[name])) for name in SHOWN_HEADERS if message[name] is not None],
        text=body.get_content().replace("\r\n", "\n") if body is not None else None,
        annexed=[_annexed(part) for part in message.iter_attachments()],
        whole=whole,
    )


def _annexed(part: EmailMessage) -> Annexed:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else part.as_bytes()
    return Annexed(part.get_filename() or "?", part.get_content_type(), len(data), hashlib.sha256(data).hexdigest())
