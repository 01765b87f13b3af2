"""
What an RDAP answer (RFC 9083) says of abuse desks, and nothing else of it.

An answer also names registrants, administrators and technicians. Whoever runs a site is never told through us (practice
1.11), so only an entity with the role `abuse` is read. Hostile shapes are passed over; nothing here raises.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MOST_DEPTH = 6  # entities below entities
MOST_ENTITIES = 200  # of one answer
MOST_CONTACTS = 8
MOST_LENGTH = 64  # characters of a handle or a network's name

ABUSE, REGISTRAR = "abuse", "registrar"
# Whoever has one of these roles is, or works for, whom we must not tell.
NEVER = frozenset({"registrant", "administrative", "technical", "billing", "sponsor", "reseller"})

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\Z")
_KINDS = frozenset({"individual", "group", "org"})
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


@dataclass(frozen=True, slots=True)
class Desk:
    """One abuse desk of an answer."""

    email: str
    name_kind: str  # of the card: individual, group, org or unknown; the name itself is not read
    handle: str


@dataclass(frozen=True, slots=True)
class Network:
    """A network of IP addresses."""

    name: str
    handle: str
    country: str | None


def network_of(answer: Any) -> Network:
    """The network that an answer to an IP address is about."""
    found = answer if isinstance(answer, dict) else {}
    country = _text(found.get("country")).upper()
    return Network(_label(found.get("name")), _label(found.get("handle")), country if _COUNTRY.match(country) else None)


def host_desks(answer: Any) -> list[Desk]:
    """The abuse desks of a network: below the network itself, or below the organisation that holds it."""
    return _unique(_desk(entity) for entity, _ in _entities(answer) if _is_abuse(entity))


def registrar_desks(answer: Any) -> list[Desk]:
    """
    The abuse desks of a domain name's registrar, and of nobody else.

    A mailbox that the domain's own holder or staff uses as well is theirs, whatever it is called.
    """
    theirs = {
        mailbox.casefold()
        for entity, above in _entities(answer)
        if _roles(entity) & NEVER or any(_roles(one) & NEVER for one in above)
        for mailbox in _mailboxes(entity)
    }
    desks = (
        _desk(entity)
        for entity, above in _entities(answer)
        if _is_abuse(entity) and any(REGISTRAR in _roles(one) for one in above)
    )
    return [desk for desk in _unique(desks) if desk.email.casefold() not in theirs]


def _entities(answer: Any) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], ...]]]:
    """Every entity with those above it, outermost first; bounded in depth and number."""
    waiting: list[tuple[Any, tuple[dict[str, Any], ...]]] = [(answer, ())]
    seen = 0
    while waiting and seen < MOST_ENTITIES:
        holder, above = waiting.pop(0)
        below = holder.get("entities") if isinstance(holder, dict) else None
        for entity in (below if isinstance(below, list) else [])[:MOST_ENTITIES]:
            if not isinstance(entity, dict) or seen >= MOST_ENTITIES:
                continue
            seen += 1
            yield entity, above
            if len(above) + 1 < MOST_DEPTH:
                waiting.append((entity, (*above, entity)))


def _roles(entity: dict[str, Any]) -> frozenset[str]:
    roles = entity.get("roles")
    return (
        frozenset(role.lower() for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
    )


def _is_abuse(entity: dict[str, Any]) -> bool:
    return ABUSE in _roles(entity) and not _roles(entity) & NEVER


def _desk(entity: dict[str, Any]) -> Desk | None:
    mailbox = next(iter(_mailboxes(entity)), None)
    if mailbox is None:
        return None
    kind = next((value.lower() for value in _values(entity, "kind")), "")
    return Desk(mailbox, kind if kind in _KINDS else "unknown", _label(entity.get("handle")))


def _mailboxes(entity: dict[str, Any]) -> list[str]:
    return [value for value in _values(entity, "email") if _MAILBOX.match(value)]


def _values(entity: dict[str, Any], wanted: str) -> Iterator[str]:
    """The texts of one property of a jCard (RFC 7095): `["vcard", [[name, parameters, type, value, …], …]]`."""
    card = entity.get("vcardArray")
    properties = card[1] if isinstance(card, list) and len(card) > 1 else None
    for one in properties[:MOST_ENTITIES] if isinstance(properties, list) else []:
        if isinstance(one, list) and len(one) > 3 and isinstance(one[0], str) and one[0].lower() == wanted:
            yield from (value.strip() for value in one[3:6] if isinstance(value, str) and value.strip())


def _unique(desks: Iterator[Desk | None]) -> list[Desk]:
    found: dict[str, Desk] = {}
    for desk in desks:
        if desk is not None and len(found) < MOST_CONTACTS:
            found.setdefault(desk.email.casefold(), desk)
    return list(found.values())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _label(value: Any) -> str:
    """A handle or name as it may be shown: short, printable, on one line."""
    return "".join(letter for letter in _text(value) if letter.isprintable())[:MOST_LENGTH].strip()


def servers_for_address(bootstrap: Any, address: Any) -> list[str]:
    """The base URLs of who answers for an IP address, of the most specific network (RFC 9224)."""
    best: tuple[int, list[str]] = (-1, [])
    for entries, urls in _services(bootstrap):
        for entry in entries:
            try:
                network = ipaddress.ip_network(entry)
            except ValueError:
                continue
            if network.version == address.version and address in network and network.prefixlen > best[0]:
                best = network.prefixlen, urls
    return best[1]


def servers_for_domain(bootstrap: Any, domain: str) -> list[str]:
    """The base URLs of who answers for a domain name, of the longest suffix (RFC 9224)."""
    known = {entry.lower(): urls for entries, urls in _services(bootstrap) for entry in entries}
    rest = domain
    while rest:
        if rest in known:
            return known[rest]
        rest = rest.partition(".")[2]
    return []


def _services(bootstrap: Any) -> Iterator[tuple[list[str], list[str]]]:
    services = bootstrap.get("services") if isinstance(bootstrap, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, list) and len(service) == 2 and all(isinstance(part, list) for part in service):
            yield _texts(service[0]), _texts(service[1])


def _texts(values: Sequence[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
