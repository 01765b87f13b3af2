"""
How a content was seen and what is doubtful about it, in the words of whoever qualified it.

Such words can describe a person or a place, so the three are one private text, which dies with the reasons; its body is
a JSON object with those of the keys that were filled in.
"""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Remarks:
    """Each empty when nothing was said."""

    seen_from: str = ""  # from where, such as a country
    method: str = ""  # how it was seen
    doubt: str = ""  # what is doubtful

    def text(self) -> str:
        """As the private text holds it; empty when there is nothing to hold."""
        told = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(told, ensure_ascii=False, sort_keys=True) if told else ""


def remarks_of(text: str | None) -> Remarks:
    """What a private text says; nothing, when there is none or it was erased."""
    return Remarks(**json.loads(text)) if text else Remarks()
