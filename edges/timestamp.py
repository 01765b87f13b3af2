"""
Time stamps by RFC 3161 over HTTP: several authorities may be asked, and one that fails loses nothing.

What an authority answers counts only after it was compared with what was asked: the same digest, the same nonce, and,
where trust anchors are given, a signature that leads to one of them.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

SECONDS = 20.0
MOST = 256 * 1024  # bytes of an answer: a token with its certificates has a few thousand
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class StampFailed(RuntimeError):
    """An authority did not stamp."""


class AuthorityDown(StampFailed):
    """It cannot be reached, or does not answer in time."""


class AuthorityRefused(StampFailed):
    """It answered that it will not."""


class WrongToken(StampFailed):
    """It answered with something that does not fit what was asked."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token as it was received (DER of a TimeStampResp), and the time that it states."""

    authority: str
    token: bytes
    stamped_at: datetime


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a round of all authorities brought."""

    stamps: tuple[Stamp, ...]
    failures: tuple[tuple[str, StampFailed], ...]  # authority and why


def read_anchors(path: Path | None) -> tuple[x509.Certificate, ...]:
    """
    The certificates in a PEM file, or none without a file.

    Raises:
        StampFailed: it cannot be read.
    """
    if path is None:
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as fault:
        raise StampFailed(f"the trust anchors {path.name} cannot be read ({type(fault).__name__})") from None


async def stamp(data: bytes, authorities: Sequence[str], anchors: Sequence[x509.Certificate] = ()) -> Stamped:
    """Ask every authority for a token over SHA-256 of `data`; never raises for what an authority does."""
    limits = httpx.Timeout(SECONDS)
    async with httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=False) as client:
        results = await asyncio.gather(*(_one(client, url, data, anchors) for url in authorities))
    return Stamped(
        tuple(each for each in results if isinstance(each, Stamp)),
        tuple((url, each) for url, each in zip(authorities, results, strict=True) if isinstance(each, StampFailed)),
    )


async def _one(
    client: httpx.AsyncClient, url: str, data: bytes, anchors: Sequence[x509.Certificate]
) -> Stamp | StampFailed:
    try:
        async with asyncio.timeout(SECONDS):
            return await _asked(client, url, data, anchors)
    except StampFailed as failure:
        return failure
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError):
        return AuthorityDown(AuthorityDown.__doc__)


async def _asked(client: httpx.AsyncClient, url: str, data: bytes, anchors: Sequence[x509.Certificate]) -> Stamp:
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    answer = bytearray()
    headers = {"Content-Type": QUERY, "Accept": REPLY}
    async with client.stream("POST", url, content=request.as_bytes(), headers=headers) as response:
        if response.status_code != 200:
            raise AuthorityRefused(f"it answered with HTTP status {response.status_code}")
        async for chunk in response.aiter_bytes():
            answer += chunk
            if len(answer) > MOST:
                raise WrongToken(f"its answer is longer than {MOST} bytes")
    return _checked(url, bytes(answer), data, request.nonce, anchors)


def _checked(url: str, answer: bytes, data: bytes, nonce: int | None, anchors: Sequence[x509.Certificate]) -> Stamp:
    """Compare a token with what was asked."""
    try:
        decoded = decode_timestamp_response(answer)
        if decoded.status not in (0, 1):  # granted, granted with modifications (RFC 3161, 2.4.2)
            raise AuthorityRefused(f"it refused with status {decoded.status}")
        info = decoded.tst_info
        if info.nonce != nonce:
            raise WrongToken("its nonce is not the one that was sent")
        if info.message_imprint.message != hashlib.sha256(data).digest():
            raise WrongToken("it stamped something else")
        verify_signature(answer, data, anchors)
    except ValueError:
        raise WrongToken(WrongToken.__doc__) from None
    return Stamp(url, answer, info.gen_time)


def verify_signature(answer: bytes, data: bytes, anchors: Sequence[x509.Certificate]) -> None:
    """
    Check that a token's signature leads to one of these anchors; without any, nothing is checked.

    Raises:
        WrongToken: it leads to none of them.
    """
    if not anchors:
        return
    verifier = VerifierBuilder(roots=list(anchors)).build()
    try:
        verifier.verify_message(decode_timestamp_response(answer), data)
    except VerificationError:
        raise WrongToken("its signature leads to none of the trust anchors") from None
