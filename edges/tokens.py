"""
Signed names of a letter that strangers may hold: in its reply address, its envelope id and its answer link.

Addresses and envelope ids may lose their case on the way, so these are lower-case Base32; a link is signed with its
age by `itsdangerous`. Each use has a key of its own, derived from the house's, so that none stands in for another.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadData, SignatureExpired, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

MAC = 10  # bytes of HMAC-SHA256 kept: 80 bits, and a guess costs a mail or a request each
LENGTH = 42  # characters of a token: 16 bytes of id and the MAC
LONGEST = 100  # characters of a link's token that are looked at


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
    """Signed, expiring links of the answer page; `key` is that of `edges.page_key`, which the page holds as well."""

    def __init__(self, key: bytes, max_age: timedelta) -> None:
        self._key = key
        self._signer = TimestampSigner(key, salt="answer link", digest_method=hashlib.sha256)
        self._max_age = max_age

    def sign(self, letter_id: UUID) -> str:
        """The part of the link that names the letter, 73 characters; its age counts from now."""
        return self._signer.sign(base64_encode(letter_id.bytes)).decode("ascii")

    def last_day(self, now: datetime) -> datetime:
        """The day that a letter may promise: the whole of it, in every zone, is over before a link of now expires."""
        return now + self._max_age - timedelta(days=1)

    def reference(self, letter_id: UUID) -> str:
        """What letter and page both show, so that a person can tell that they belong together: `K7QP-2MXD`."""
        mac = hmac.digest(self._key, b"answer reference\n" + letter_id.bytes, "sha256")
        shown = base64.b32encode(mac[:5]).decode("ascii")
        return f"{shown[:4]}-{shown[4:]}"

    def read(self, text: str) -> UUID:
        """
        The letter that a link names.

        Raises:
            LinkExpired: it was good once.
            LinkBroken: it never was.
        """
        try:
            named = self._signer.unsign(_only_spelling(text), max_age=int(self._max_age.total_seconds()))
            return UUID(bytes=base64_decode(named))
        except SignatureExpired as error:
            raise LinkExpired(LinkExpired.__doc__) from error
        except (BadData, ValueError) as error:
            raise LinkBroken(LinkBroken.__doc__) from error


def _only_spelling(text: str) -> str:
    """
    The text, if it is written as we write it: the last letter of Base64 has spellings that mean the same.

    Raises:
        LinkBroken: it is not.
    """
    if len(text) > LONGEST or any(base64_encode(base64_decode(part)).decode() != part for part in text.split(".")):
        raise LinkBroken(LinkBroken.__doc__)
    return text
