"""How often somebody may ask: so many requests a minute, counted in this process's memory and kept nowhere."""

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

MOST_KEPT: Final = 20_000  # whoever asked; above this the one who asked longest ago is forgotten
WINDOW: Final = 60.0  # seconds


class Limit:
    """At most `most` requests in a minute for each key; times are seconds of one steady clock."""

    def __init__(self, most: int, *, kept: int = MOST_KEPT) -> None:
        self.most = most
        self._kept = kept
        self._seen: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()  # start of the minute, requests in it

    def allows(self, key: Hashable, now: float) -> bool:
        """Count one request, and say whether it may be answered."""
        start, count = self._seen.pop(key, (now, 0))
        if now - start >= WINDOW:
            start, count = now, 0
        self._seen[key] = (start, count + 1)
        while len(self._seen) > self._kept:
            self._seen.popitem(last=False)
        return count < self.most

    def __len__(self) -> int:
        return len(self._seen)


def neighbourhood(address: str) -> str:
    """The address that is counted: of IPv6 the network that one customer has (/64)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "nowhere"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
