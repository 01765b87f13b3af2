"""
What the page signs for itself: the mark of a form, and the confirmation that follows an answer.

Neither is kept anywhere. A form's mark makes a second sending of the same form the same answer; a confirmation can
only be shown for an answer that was given through this very link.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

from law.vocabulary import Answer

RANDOM = 12  # bytes
MAC = 16  # bytes


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation says."""

    kind: Answer
    number: str  # eight hex digits of the answer's id, to speak of it on the telephone
    at: datetime


class Marks:
    """Signs with a key derived from that of the links."""

    def __init__(self, link_key: bytes) -> None:
        self._key = hmac.digest(link_key, b"answer form", "sha256")

    def form(self, letter_id: UUID) -> str:
        """A fresh mark for a form about this letter."""
        random = os.urandom(RANDOM)
        return base64_encode(random + self._mac(letter_id, random)).decode("ascii")

    def is_ours(self, letter_id: UUID, mark: str) -> bool:
        """Whether a form with this mark was given out for this letter."""
        try:
            raw = base64_decode(mark) if len(mark) <= 64 else b""
        except BadData:
            return False
        return hmac.compare_digest(raw[RANDOM:], self._mac(letter_id, raw[:RANDOM]))

    def answer_id(self, letter_id: UUID, mark: str, kind: Answer, words: str) -> UUID:
        """The same for the same form with the same words: sent twice, it is one answer; corrected, it is another."""
        random = base64_decode(mark)[:RANDOM].hex()
        digest = hashlib.sha256(words.encode()).hexdigest()
        return uuid5(letter_id, hmac.digest(self._key, f"{random} {kind} {digest}".encode(), "sha256").hex())

    def confirmation(self, letter_id: UUID, kind: Answer, answer_id: UUID) -> str:
        """What the address of the confirmation carries."""
        return self._signer(letter_id).sign(f"{kind}-{answer_id.hex[:8]}").decode("ascii")

    def confirmed(self, letter_id: UUID, text: str) -> Confirmed | None:
        """What a confirmation of ours says; none for anything else."""
        try:
            said, at = self._signer(letter_id).unsign(text[:200], return_timestamp=True)
            kind, _, number = said.decode("ascii").rpartition("-")
            return Confirmed(Answer(kind), number.upper(), at)
        except (BadData, ValueError):
            return None

    def _mac(self, letter_id: UUID, random: bytes) -> bytes:
        return hmac.digest(self._key, b"form\n" + letter_id.bytes + random, "sha256")[:MAC]

    def _signer(self, letter_id: UUID) -> TimestampSigner:
        return TimestampSigner(self._key, salt=b"confirmation\n" + letter_id.bytes, digest_method=hashlib.sha256)
