"""
Where content is, in one written form, so that the same place is known again.

The rule for a web address (kinds url, onion, live_stream, login_page, and any other place given as one): scheme and
host in lower case, the host in IDNA without a final dot, the default port left out, an empty path written `/`,
percent-encoding in capitals and undone for letters, digits, `-`, `.`, `_` and `~`, the fragment left out unless it
begins with `!` or `/` (some sites route with it). The query stays as it is. A phone number: `+` and digits. A magnet
link: its sorted hashes in lower case. Everything else: Unicode NFC with single spaces.

The blind index is HMAC-SHA256 over that form under the house's own key: the store can find a place again and nobody
can test a guessed one.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from law.vocabulary import LocationKind

WEB = frozenset({LocationKind.URL, LocationKind.ONION, LocationKind.LIVE_STREAM, LocationKind.LOGIN_PAGE})
PORTS = {"http": 80, "https": 443}
MOST = 8_000  # characters

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\Z")
_ADDRESS = re.compile(r"[0-9a-f:]+:[0-9a-f:.]*\Z")
_MAGNET_HASH = re.compile(r"urn:(?:btih|btmh|ed2k|tree:tiger|sha1):[A-Za-z0-9]{20,}", re.IGNORECASE)
_IPFS = re.compile(r"(?:ipfs|ipns)://[A-Za-z0-9._-]{4,}(?:/\S*)?\Z")
_PHONE = re.compile(r"\+[1-9][0-9]{5,14}\Z")


class BadPlace(ValueError):
    """This is no such place; the message says what is allowed and never repeats the address."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as given, in its written form, and the host that it names, if it names one."""

    exact: str
    normalised: str
    host: str | None

    def blind(self, key: bytes) -> bytes:
        """The keyed hash by which the place is found again: 32 bytes."""
        return hmac.digest(key, self.normalised.encode("utf-8"), "sha256")


def place_of(kind: LocationKind, text: str) -> Place:
    """
    Read one location.

    Raises:
        BadPlace: it is not of that kind.
    """
    exact = text.strip()
    if not exact or len(exact) > MOST or _has_controls(exact):
        raise BadPlace(f"allowed: one line of up to {MOST} characters without control characters")
    if kind in WEB:
        return _web(exact, kind)
    if kind is LocationKind.PHONE:
        return _phone(exact)
    if kind is LocationKind.MAGNET:
        return _magnet(exact)
    if kind is LocationKind.IPFS and not _IPFS.match(exact):
        raise BadPlace("allowed: ipfs:// or ipns:// and the content address")
    if exact.lower().startswith(("http://", "https://")):
        return _web(exact, kind)
    return Place(exact, _single_spaced(exact), None)


def _has_controls(text: str) -> bool:
    return not text.isprintable() and any(unicodedata.category(c) in {"Cc", "Cs"} for c in text)


def host_of(text: str) -> str:
    """
    A host name in lower case and IDNA, without a final dot.

    Raises:
        BadPlace: it is no host name.
    """
    host = text.strip().rstrip(".").lower()
    if ":" in host and _ADDRESS.match(host):
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise BadPlace("the host is no name that IDNA can write") from None
    if len(host) > 253 or not _HOST.match(host):
        raise BadPlace("allowed as host: a name such as forum.example, or an IP address")
    return host


def _web(exact: str, kind: LocationKind) -> Place:
    text = exact if _SCHEME.match(exact) or kind is not LocationKind.ONION else f"http://{exact}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadPlace("allowed: http:// or https:// with a host and, if any, a port from 1 to 65535") from None
    if parts.scheme.lower() not in PORTS or not parts.hostname or len(exact.split()) != 1:
        raise BadPlace("allowed: http:// or https:// and a host, without spaces")
    if "@" in parts.netloc:
        raise BadPlace("an address with a user name or password is refused; allowed: the same without them")
    host = host_of(parts.hostname)
    if kind is LocationKind.ONION and not host.endswith(".onion"):
        raise BadPlace("allowed: an address whose host ends in .onion")
    return Place(exact, _written(parts, host, port), host)


def _written(parts: SplitResult, host: str, port: int | None) -> str:
    scheme = parts.scheme.lower()
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS[scheme]:
        where += f":{port}"
    query = f"?{_even(parts.query)}" if parts.query else ""
    fragment = f"#{_even(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{scheme}://{where}{_even(parts.path) or '/'}{query}{fragment}"


def _even(text: str) -> str:
    """Percent-encoding in one form (RFC 3986, 6.2.2); characters beyond ASCII stay as NFC."""
    if "%" in text:
        text = _ESCAPE.sub(_escape, text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else found[0].upper()


def _phone(exact: str) -> Place:
    number = re.sub(r"[\s().\-/]", "", exact)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not _PHONE.match(number):
        raise BadPlace("allowed: an international number such as +33 1 99 00 12 34")
    return Place(exact, number, None)


def _magnet(exact: str) -> Place:
    if not exact.lower().startswith("magnet:?"):
        raise BadPlace("allowed: a link that begins with magnet:?")
    hashes = [one.lower() for one in parse_qs(exact[8:]).get("xt", []) if _MAGNET_HASH.fullmatch(one)]
    if not hashes:
        raise BadPlace("allowed: a magnet link with xt=urn:btih:… or another hash")
    return Place(exact, "magnet:?" + "&".join(f"xt={one}" for one in sorted(set(hashes))), None)


def _single_spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
