"""How the files of an export are written."""

import json
from typing import Any

from models.base import plain


def as_json(value: Any) -> bytes:
    """A file of JSON that a person can read as well."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def plain_all(values: dict[str, Any]) -> dict[str, Any]:
    """A dictionary whose instants and ids are text."""
    return {name: plain(value) for name, value in values.items()}
