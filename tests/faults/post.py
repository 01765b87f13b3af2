"""Where letters arrive: a handler of a real SMTP server that keeps every byte, and what must hold of them."""

import re
from collections.abc import Callable
from typing import Any


class Post:
    """A real SMTP server's handler: keeps every letter with its bytes, in order of arrival."""

    def __init__(self, on_data: Callable[[int], Any] | None = None) -> None:
        self.letters: list[tuple[str, bytes]] = []
        self.on_data = on_data  # called with the number of the letter; what it returns is the answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter."""
        self.letters.append((envelope.rcpt_tos[0], envelope.content))
        answer = self.on_data(len(self.letters)) if self.on_data else None
        return str(answer or "250 2.0.0 Ok: queued")

    def ids(self) -> list[bytes]:
        """The Message-ID of each letter, in order."""
        return [_ID.findall(_own_head(raw))[0] for _, raw in self.letters]

    def faults(self) -> list[str]:
        """A second copy is byte-identical below a block of Resent-* fields, and there is never a third."""
        found = []
        by_id: dict[bytes, list[bytes]] = {}
        for message_id, (_, raw) in zip(self.ids(), self.letters, strict=True):
            by_id.setdefault(message_id, []).append(raw)
        for copies in by_id.values():
            if len(copies) > 2:
                found.append(f"{len(copies)} copies of one letter")
            bare = {below_resent(raw) for raw in copies}
            if len(bare) > 1:
                found.append("two copies that differ")
            if len(copies) == 2 and sum(raw != below_resent(raw) for raw in copies) != 1:
                found.append("a second copy that is not marked as one")
        return found


_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.I | re.M)
_RESENT = re.compile(rb"\A(?:Resent-[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+")


def below_resent(raw: bytes) -> bytes:
    """The letter as it was composed, without a prepended Resent-* block."""
    return _RESENT.sub(b"", raw)


def _own_head(raw: bytes) -> bytes:
    return below_resent(raw).split(b"\r\n\r\n", 1)[0]
