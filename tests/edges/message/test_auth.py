"""Authentication-Results (RFC 8601): only what our own receiving server wrote counts."""

from __future__ import annotations

import pytest

from edges.message import read_message
from edges.message_auth import AuthMethod, AuthResult, Verdict, read_authentication

OURS = frozenset({"mx.hotline.example"})
PASS = "mx.hotline.example; spf=pass smtp.mailfrom=abuse@host.example; dkim=pass header.d=host.example; dmarc=pass header.from=host.example"


def test_results_of_our_server() -> None:
    """Method, verdict and domain of each check."""
    assert (
        AuthResult(AuthMethod.SPF, Verdict.PASS, "host.example"),
        AuthResult(AuthMethod.DKIM, Verdict.PASS, "host.example"),
        AuthResult(AuthMethod.DMARC, Verdict.PASS, "host.example"),
    ) == read_authentication([PASS], OURS)


def test_two_signatures_are_both_told() -> None:
    """A message may be signed twice; one header tells of both."""
    value = "mx.hotline.example 1; dkim=fail (bad) header.d=a.example; dkim=pass header.i=@b.example"
    assert [(one.domain, one.verdict) for one in read_authentication([value], OURS)] == [
        ("a.example", Verdict.FAIL),
        ("b.example", Verdict.PASS),
    ]


@pytest.mark.parametrize(
    "value",
    [
        PASS.replace("mx.hotline", "mx.evil"),
        PASS.replace("mx.hotline.example", "mx.hotline.example.evil.example"),
        PASS.replace("mx.hotline.example;", "evil.example (mx.hotline.example);"),
        "evil.example; mx.hotline.example; spf=pass",
        "; spf=pass",
        "",
        "mx.hotline.example",
        "mx.hotline.example; none",
        "mx.hotline.example; spf",
        "mx.hotline.example; spf=maybe",
        "mx.hotline.example; ((((((((((",
        "mx.hotline.example; dkim=pass header.d=" + "x" * 9_000,
        "mx.hotline.example; x-magic=pass",
        "\x00\x00",
    ],
)
def test_what_a_stranger_writes_counts_for_nothing(value: str) -> None:
    """A header of another server, or one that cannot be read, gives no result and no error."""
    assert read_authentication([value], OURS) == ()


def test_nothing_is_trusted_unless_it_is_named() -> None:
    """Without the name of a server of ours no header counts."""
    assert read_authentication([PASS], frozenset()) == ()
    assert read_message(f"Authentication-Results: {PASS}\r\n\r\n".encode()).auth == ()


def test_the_topmost_header_prevails() -> None:
    """A forged header with our server's name stands below the true one, and cannot add to what that one says."""
    true = "mx.hotline.example; spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail header.from=host.example"
    raw = f"Authentication-Results: {true}\r\nReceived: x\r\nAuthentication-Results: {PASS}\r\n\r\n"
    read = read_message(raw.encode(), trusted_authserv=OURS)
    assert [one.verdict for one in read.auth] == [Verdict.FAIL, Verdict.NONE, Verdict.FAIL]
