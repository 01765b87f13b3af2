"""
Time stamps over a seal (RFC 3161), from several authorities at once.

A token counts only after it was checked against what we asked: its imprint, its nonce and, with trust anchors, its
signature. Nothing that an authority does raises out of `stamp`: each failure is told beside the tokens that came, so
that a seal is never lost for want of one. Only a digest leaves the house, never the seal's body.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)

from edges.probe_network import quiet_libraries

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
MOST = 65_536  # bytes of an answer; a token with its certificates has about 6,000
TIMEOUT_S = 15.0  # of one authority, from the first byte sent to the last one read
SHA256_OID = "2.16.840.1.101.3.4.2.1"


class StampFailure(Exception):
    """An authority gave no token that counts."""

    def __init__(self, url: str, why: str) -> None:
        """`why` is in our own words; of the address only the host is told, since a path may hold a password."""
        self.url, self.why = url, why
        super().__init__(f"{_host(url)}: {why} {type(self).__doc__}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"


class AuthorityDown(StampFailure):
    """The authority cannot be reached or answers too late: ask again later."""


class AuthorityRefused(StampFailure):
    """The authority answered, and will not stamp: check the address, the account and its terms."""


class WrongToken(StampFailure):
    """What came is no time stamp of what we asked for, or not of a trusted authority: it was not kept."""


class TrustUnreadable(ValueError):
    """The file of trusted certificates holds no PEM certificate that can be read."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Token(NamedTuple):
    """A token that counts: who gave it, the TimeStampResp as received, and the time in it (UTC)."""

    url: str
    token: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Stamps:
    """What came back, each in the order in which the authorities were named."""

    tokens: tuple[Token, ...]
    failures: tuple[StampFailure, ...]


def read_trust(path: Path) -> list[x509.Certificate]:
    """The trust anchors in a PEM file. Raises TrustUnreadable, and OSError for a file that cannot be opened."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise TrustUnreadable from error


async def stamp(
    urls: Sequence[str],
    body: bytes,
    trust: Sequence[x509.Certificate] | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    tls: ssl.SSLContext | None = None,
) -> Stamps:
    """
    Have SHA-256 of `body` stamped by every authority, all asked at the same time.

    Raises nothing for what an authority does, ValueError for an empty body; `timeout_s` (seconds) bounds the whole of
    it. With `trust`, a token that no anchor vouches for is a `WrongToken`; without, only imprint and nonce are checked.
    `tls` replaces the public certificate authorities of an https address.
    """
    quiet_libraries()  # httpx would log the whole address
    verify: ssl.SSLContext | bool = tls if tls is not None else True
    async with httpx.AsyncClient(verify=verify, follow_redirects=False, trust_env=False) as client:
        answers = await asyncio.gather(*(_try(client, url, body, trust, timeout_s) for url in urls))
    return Stamps(
        tuple(one for one in answers if isinstance(one, Token)),
        tuple(one for one in answers if isinstance(one, StampFailure)),
    )


async def _try(
    client: httpx.AsyncClient, url: str, body: bytes, trust: Sequence[x509.Certificate] | None, timeout_s: float
) -> Token | StampFailure:
    """One authority; whatever goes wrong is an answer."""
    request = TimestampRequestBuilder().data(body).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        async with asyncio.timeout(timeout_s):
            data = await _ask(client, url, request.as_bytes())
        return Token(url, data, check(url, data, request, body, trust))
    except StampFailure as failure:
        return failure
    except TimeoutError:
        return AuthorityDown(url, f"no answer within {timeout_s:g} s.")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return AuthorityRefused(url, "the address is no http or https address.")
    except Exception as error:  # HTTPError mostly; a name that cannot be encoded, a broken TLS set-up
        return AuthorityDown(url, f"the connection failed ({type(error).__name__}).")


async def _ask(client: httpx.AsyncClient, url: str, query: bytes) -> bytes:
    """The bytes of one answer, no more than `MOST`."""
    headers = {"Content-Type": QUERY, "Accept": REPLY, "Accept-Encoding": "identity"}
    async with client.stream("POST", url, content=query, headers=headers, timeout=None) as response:
        if response.status_code in (408, 429) or response.status_code >= 500:
            raise AuthorityDown(url, f"status {response.status_code}.")
        if response.status_code != 200:
            raise AuthorityRefused(url, f"status {response.status_code}.")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != REPLY or "Content-Encoding" in response.headers:
            raise WrongToken(url, "the answer is of another type.")
        data = bytearray()
        async for piece in response.aiter_raw(8_192):
            data += piece
            if len(data) > MOST:
                raise WrongToken(url, f"the answer is longer than {MOST} bytes.")
        return bytes(data)


def check(
    url: str, data: bytes, request: TimeStampRequest, body: bytes, trust: Sequence[x509.Certificate] | None
) -> datetime:
    """
    The time in a token, after it was held against the request and the trust anchors.

    Raises:
        AuthorityRefused: a proper answer without a token, with the authority's status.
        WrongToken: anything else that is not the token asked for.
    """
    try:
        response = decode_timestamp_response(data)
        status = response.status
    except Exception as error:  # a parser over foreign bytes
        raise WrongToken(url, "the answer cannot be read.") from error
    if status != PKIStatus.GRANTED:  # also not "granted with modifications": the verifier takes no such token
        raise AuthorityRefused(url, f"refused with status {status}.")
    try:
        time = _time(response, request)
    except Exception as error:
        raise WrongToken(url, "the token cannot be read.") from error
    if time is None:
        raise WrongToken(url, "the token stamps something else, or answers another request.")
    if trust is not None:
        _trusted(url, response, request, body, trust)
    return time


def _time(response: TimeStampResponse, request: TimeStampRequest) -> datetime | None:
    """The token's time if it stamps what we asked, under our nonce; RFC 3161, 2.4.2."""
    told, asked = response.tst_info, request.message_imprint
    same = (
        told.message_imprint.hash_algorithm.dotted_string == SHA256_OID
        and told.message_imprint.message == asked.message
        and told.nonce == request.nonce
        and len(response.signed_data.signer_infos) == 1
    )
    return told.gen_time if same else None


def _trusted(
    url: str, response: TimeStampResponse, request: TimeStampRequest, body: bytes, trust: Sequence[x509.Certificate]
) -> None:
    """Signature, certificates up to an anchor, and the right to stamp."""
    try:
        builder = VerifierBuilder(roots=list(trust), nonce=request.nonce)
        builder.build().verify_message(response, body)
    except Exception as error:  # VerificationError, or what a parser says of a certificate
        raise WrongToken(url, "the token is not genuine, or of an authority that is not trusted.") from error
