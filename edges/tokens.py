"""
Signed names of a letter that strangers may hold: in its reply address, its envelope id and its answer link.

Addresses and envelope ids may lose their case on the way, so these are lower-case Base32; a link is signed with its
age by `itsdangerous`. Each use has a key of its own, derived from the house's, so that none stands in for another.
"""

import base64
import hmac
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

MAC = 10  # bytes of HMAC-SHA256 kept: 80 bits, and a guess costs a mail or a request each
LENGTH = 42  # characters of a token: 16 bytes of id and the MAC


class Use(StrEnum):
    """What a token is for."""

    REPLY = "reply address"
    ENVELOPE = "envelope id"


class LinkBroken(ValueError):
    """This link was altered or is no link of ours."""


class LinkExpired(ValueError):
    """This link is too old."""


def token(key: bytes, use: Use, letter_id: UUID) -> str:
    """The letter's id with a MAC over it: 42 characters of lower-case Base32."""
    return base64.b32encode(letter_id.bytes + _mac(key, use, letter_id)).decode("ascii").lower().rstrip("=")


def read_token(key: bytes, use: Use, text: str) -> UUID | None:
    """The letter that a token names; none when it is no token of ours for this use."""
    try:
        raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8)) if len(text) == LENGTH else b""
    except ValueError:
        return None
    if len(raw) != 16 + MAC:
        return None
    letter_id = UUID(bytes=raw[:16])
    return letter_id if hmac.compare_digest(raw[16:], _mac(key, use, letter_id)) else None


def _mac(key: bytes, use: Use, letter_id: UUID) -> bytes:
    return hmac.digest(key, use.encode("ascii") + b"\n" + letter_id.bytes, "sha256")[:MAC]


def plus_address(mailbox: str, tag: str) -> str:
    """`answers+tag@hotline.example`: what is sent there lands in the mailbox."""
    name, _, domain = mailbox.rpartition("@")
    return f"{name}+{tag}@{domain}"


def tag_of(address: str, mailbox: str) -> str | None:
    """The tag of a plus-address of this mailbox; none for any other address. Case does not count."""
    name, _, domain = mailbox.lower().rpartition("@")
    given, _, given_domain = address.lower().rpartition("@")
    before, plus, tag = given.partition("+")
    return tag if plus and (before, given_domain) == (name, domain) else None


class Links:
    """Signed, expiring links of the answer page."""

    def __init__(self, key: bytes, max_age: timedelta) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="answer link")
        self._max_age = max_age

    def sign(self, letter_id: UUID) -> str:
        """The part of the link that names the letter; its age counts from now."""
        return str(self._serializer.dumps(str(letter_id)))

    def read(self, text: str) -> UUID:
        """
        The letter that a link names.

        Raises:
            LinkExpired: it was good once.
            LinkBroken: it never was.
        """
        try:
            return UUID(self._serializer.loads(text, max_age=int(self._max_age.total_seconds())))
        except SignatureExpired as error:
            raise LinkExpired(LinkExpired.__doc__) from error
        except (BadSignature, ValueError) as error:
            raise LinkBroken(LinkBroken.__doc__) from error
