"""What is known of the parts of a message that came in."""

import json
from dataclasses import dataclass

from models.tables import IncomingMessage


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was cut out of a message; `size` in bytes."""

    kind: str
    media_type: str
    size: int
    sha256: str


def parts_of(message: IncomingMessage) -> list[Part]:
    """The parts that came with a message, in order."""
    return [Part(one["kind"], one["type"], one["size"], one["sha256"]) for one in json.loads(message.parts)]
