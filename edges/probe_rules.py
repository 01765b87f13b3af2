"""What a URL, a status and a redirect say, before and without any body; pure, nothing is fetched here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import httpx

from edges.probe_network import (
    PORTS,
    NameUnresolved,
    RefusedAddress,
    host_of,
    ip_of,
    is_allowed,
    is_public_name,
    is_tls_failure,
    port_of,
    under,
)
from edges.probe_reading import Signs
from law.vocabulary import Sight


@dataclass(frozen=True, slots=True)
class Finding:
    """What one answer means, with a reason in words that names neither URL nor host."""

    sight: Sight
    detail: str
    moved_to_host: str | None = None


ALIVE_STATUS = frozenset({200, 203, 206})
GONE_STATUS = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_BY_STATUS = {
    401: Finding(Sight.LOGIN_WALL, "the host asks for a login"),
    403: Finding(Sight.UNKNOWN, "the host forbids the look, the content may be there"),
    404: Finding(Sight.REMOVED, "the host says that it is not there"),
    407: Finding(Sight.LOGIN_WALL, "a proxy asks for a login"),
    408: Finding(Sight.UNAVAILABLE, "the host gave up waiting"),
    410: Finding(Sight.REMOVED, "the host says that it is gone"),
    425: Finding(Sight.UNAVAILABLE, "the host asks to come later"),
    429: Finding(Sight.UNAVAILABLE, "the host asks for fewer looks"),
    451: Finding(Sight.BLOCKED_HERE, "not available for legal reasons, others may still see it"),
}


def refusal(url: httpx.URL, allow: frozenset[str], signs: Signs) -> str | None:
    """Why a URL is not fetched, or None. Practice 1.6: never a URL with a token."""
    if url.scheme not in ("http", "https") or not url.raw_host:
        return "refused scheme"
    if url.userinfo:
        return "refused: a password or user name in the address"
    if has_token(url, signs):
        return "refused: a token in the address"
    if is_allowed(url, allow):
        return None
    if not is_public_name(host_of(url)):
        return "refused address"
    return None if port_of(url) in PORTS else "refused port"


def has_token(url: httpx.URL, signs: Signs) -> bool:
    """Whether a query or path parameter looks like a secret: whoever fetches it may act for somebody or burn it."""
    # A ";name=value" in the path is a parameter as well (`;jsessionid=…`).
    in_path = [part.partition("=")[0] for part in url.path.split(";")[1:]]
    in_query = [part.partition("=")[0] for key in url.params for part in key.split(";")]
    return any(signs.parameters.is_secret(name) for name in (*in_query, *in_path))


def of_status(status: int) -> Finding:
    """What a status says that is no redirect; an unlisted one tells nothing."""
    if status in ALIVE_STATUS:
        return Finding(Sight.ALIVE, "it answers; only status and headers were read")
    if status >= 500:
        return Finding(Sight.UNAVAILABLE, f"the host reports a fault of its own ({status})")
    known = _BY_STATUS.get(status)
    return known or Finding(Sight.UNKNOWN, f"an answer that tells nothing ({_words(status)})")


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def of_failure(failure: Exception) -> Finding | None:
    """What a look that came to nothing says, never a removal; None for a failure that was not foreseen."""
    if is_tls_failure(failure):
        return Finding(Sight.UNAVAILABLE, "the certificate or the encryption could not be verified")
    return next((finding for kinds, finding in _BY_FAILURE if isinstance(failure, kinds)), None)


_BY_FAILURE: tuple[tuple[tuple[type[Exception], ...], Finding], ...] = (
    ((httpx.InvalidURL,), Finding(Sight.UNKNOWN, "not an address that can be fetched")),
    ((RefusedAddress,), Finding(Sight.UNKNOWN, "refused address")),
    ((NameUnresolved,), Finding(Sight.UNAVAILABLE, "the name does not resolve")),
    ((TimeoutError, httpx.TimeoutException), Finding(Sight.UNAVAILABLE, "no complete answer in time")),
    ((httpx.ConnectError,), Finding(Sight.UNAVAILABLE, "no connection")),
    ((httpx.TransportError,), Finding(Sight.UNAVAILABLE, "a broken answer")),
)


def registrable(host: str, suffixes: frozenset[str]) -> str:
    """
    The name that somebody registered: one label more than the longest known public suffix; an IP address is itself.

    The list of suffixes is short, so two customers below an unlisted suffix count as one site. That errs on the
    careful side: such a redirect is followed and looked at instead of being called a move.
    """
    if ip_of(host) is not None:
        return host
    labels = host.split(".")
    for start in range(len(labels)):
        if ".".join(labels[start:]) in suffixes:
            return ".".join(labels[max(start - 1, 0) :])
    return ".".join(labels[-2:])


def segments(url: httpx.URL) -> list[str]:
    """The path in lower-case pieces without the ending of a file: /Account/Login.php is [account, login]."""
    pieces = [piece.partition(";")[0] for piece in url.path.lower().split("/") if piece]
    return [piece.rsplit(".", 1)[0] if piece.endswith(_PAGE_ENDINGS) else piece for piece in pieces]


_PAGE_ENDINGS = (".php", ".html", ".htm", ".asp", ".aspx", ".jsp", ".do", ".cgi")


def is_front_page(url: httpx.URL, signs: Signs) -> bool:
    """Whether a path is the site's entrance, such as /, /index.php, /fr/ or /fr/accueil."""
    return all(piece in signs.paths.front for piece in segments(url))


def of_redirect(start: httpx.URL, there: httpx.URL, signs: Signs) -> Finding | None:
    """
    What a redirect to `there` says about the page `start`; None: same site, follow it.

    Only the names and paths are read. That `there` may be fetched at all is checked apart, by `refusal`.
    """
    if under(host_of(there), signs.hosts.stop_page):
        return Finding(Sight.BLOCKED_HERE, "redirects to a stop page, others may still see it")
    for names, finding in (
        (signs.paths.login, Finding(Sight.LOGIN_WALL, "redirects to a login")),
        (signs.paths.age_gate, Finding(Sight.AGE_GATED, "redirects to an age check")),
        (signs.paths.maintenance, Finding(Sight.UNAVAILABLE, "redirects to a maintenance page")),
    ):
        if set(segments(there)) & names and not set(segments(start)) & names:
            return finding
    if registrable(host_of(there), signs.hosts.suffixes) != registrable(host_of(start), signs.hosts.suffixes):
        return Finding(Sight.MOVED, "redirects to another host", moved_to_host=host_of(there))
    # A report may name a page below the entrance by its query alone (/?p=12): the redirect must keep it.
    lost = set(start.params.multi_items()) - set(there.params.multi_items())
    was_a_page = bool(lost) or not is_front_page(start, signs)
    if is_front_page(there, signs) and was_a_page:
        return Finding(Sight.UNKNOWN, "redirects to the front page, which is no proof of removal")
    return None


def of_landing(start: httpx.URL, there: httpx.URL, signs: Signs) -> Finding | None:
    """A page that answers 200 under a path which means "gone" (/404.html), when the report named another path."""
    if set(segments(there)) & signs.paths.gone and not set(segments(start)) & signs.paths.gone:
        return Finding(Sight.UNKNOWN, "redirected to a page that says it is gone, but answers 200")
    return None
