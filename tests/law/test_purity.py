"""The law is pure: no clock, no database, no network, no orchestrator."""

import ast
from pathlib import Path

import pytest

from law.library import HOME

ALLOWED = {
    "calendar", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib", "holidays", "itertools",
    "json", "law", "pathlib", "pendulum", "pydantic", "pydantic_core", "tomllib", "typing", "zoneinfo",
}  # fmt: skip


@pytest.mark.parametrize("file", sorted(HOME.glob("*.py")), ids=lambda file: file.name)
def test_a_room_of_the_law_imports_nothing_of_the_world(file: Path) -> None:
    """Only the standard library's pure parts, pydantic, pendulum and holidays; never a present moment."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= ALLOWED
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not asked & {"now", "utcnow", "today"} - ({"now"} if file.name in _CARRY_NOW else set())


# These carry `now` as an argument inside a small object; they never call `datetime.now`.
_CARRY_NOW = {"checks.py", "gate.py", "decide.py", "opening.py"}
