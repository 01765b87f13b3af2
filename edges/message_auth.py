"""
What the receiving server found about SPF, DKIM and DMARC (RFC 8601), read with `authres`.

Anybody can write such a header into a message. Only one whose authserv-id is one of ours counts, and of those the
topmost that names a method: servers add on top, and ours must remove what claims to be its own (RFC 8601, section 5).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from authres import AuthenticationResultsHeader

MOST = 8_000  # characters of one header
MOST_HEADERS = 10
MOST_RESULTS = 10  # of one method

_SERVER = re.compile(r"\s*(?:\([^()]{0,200}\)\s*)?\"?([^\s;\"()=]{1,255})\"?(?=[\s;(]|\Z)")
_DOMAIN = re.compile(r"(?:[^@\s]{0,128}@)?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,10})")


class AuthMethod(StrEnum):
    """How a sender can be checked."""

    SPF = "spf"  # the server may send for the envelope's domain
    DKIM = "dkim"  # a domain signed the message
    DMARC = "dmarc"  # one of both belongs to the domain that is shown


class Verdict(StrEnum):
    """What a check gave (RFC 8601, 2.7)."""

    NONE = "none"  # there was nothing to check
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"  # probably not allowed
    POLICY = "policy"  # passed, but not acceptable here
    NEUTRAL = "neutral"  # the domain says nothing about it
    TEMPERROR = "temperror"  # may come out otherwise later
    PERMERROR = "permerror"  # what the domain published cannot be read


@dataclass(frozen=True, slots=True)
class AuthResult:
    """One check: how, what it gave, and for which domain."""

    method: AuthMethod
    verdict: Verdict
    domain: str | None


_ABOUT = {
    AuthMethod.SPF: (("smtp", "mailfrom"), ("smtp", "helo")),
    AuthMethod.DKIM: (("header", "d"), ("header", "i")),
    AuthMethod.DMARC: (("header", "from"),),
}


def read_authentication(headers: Iterable[str], trusted: frozenset[str]) -> tuple[AuthResult, ...]:
    """The results of trusted servers; `headers` are the values of Authentication-Results, topmost first."""
    found: list[AuthResult] = []
    if not trusted:
        return ()
    servers = {name.lower() for name in trusted}
    ours = [value for value in headers if _server(value) in servers and len(value) <= MOST]
    for value in ours[:MOST_HEADERS]:
        known = {one.method for one in found}
        found += [one for one in _results(value) if one.method not in known]
    return tuple(found)


def _server(value: str) -> str | None:
    server = _SERVER.match(value[:600])
    return server[1].lower() if server else None


def _results(value: str) -> list[AuthResult]:
    try:
        parsed = AuthenticationResultsHeader.parse_value(value).results
    except Exception:  # the library raises more than its own errors on what strangers write
        return []
    read = [_result(one) for one in parsed[: MOST_RESULTS * 3]]
    return [one for one in read if one][:MOST_RESULTS]


def _result(one: object) -> AuthResult | None:
    try:
        method, verdict = (
            AuthMethod(str(getattr(one, "method", "")).lower()),
            Verdict(str(getattr(one, "result", "")).lower()),
        )
    except ValueError:
        return None
    given = {(each.type, each.name): str(each.value) for each in getattr(one, "properties", ())}
    texts = (given[about] for about in _ABOUT[method] if about in given)
    domains = (domain[1].lower() for text in texts if (domain := _DOMAIN.fullmatch(text)))
    return AuthResult(method, verdict, next(domains, None))
