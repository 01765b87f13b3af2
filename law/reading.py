"""
Reading one file of the law: TOML in, a checked model out, every fault noted and none raised.

A value names its citation with `cite = "key"`; the citation stands once in the file under `[citations.key]`.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from law.errors import Fault

M = TypeVar("M", bound=BaseModel)


def read_table(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    """The file as a table with its citations put in place; None when it is no TOML."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(Fault(path.name, "(file)", str(error), "a readable TOML file in UTF-8"))
        return None
    citations = table.pop("citations", {})
    _put_citations(table, citations, path.name, "", faults)
    return table


def _put_citations(node: Any, citations: dict[str, Any], file: str, where: str, faults: list[Fault]) -> None:
    """Replace every `cite` by the citation it names, at every depth."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            _put_citations(item, citations, file, f"{where}[{index}]", faults)
    if not isinstance(node, dict):
        return
    for key, item in list(node.items()):
        _put_citations(item, citations, file, f"{where}.{key}".lstrip("."), faults)
    if "cite" in node:
        cite = node.pop("cite")
        if cite in citations:
            node["citation"] = citations[cite]
        else:
            allowed = ", ".join(sorted(citations)) or "(the file has no [citations.*])"
            faults.append(Fault(file, f"{where}.cite".lstrip("."), f"no citation is called {cite!r}", allowed))


def build(model: type[M], table: dict[str, Any], file: str, faults: list[Fault]) -> M | None:
    """The checked model, or None with every fault of the table noted."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        faults.extend(_fault(file, one, model) for one in error.errors())
        return None


def _fault(file: str, error: ErrorDetails, model: type[BaseModel]) -> Fault:
    """One fault, saying what is allowed."""
    key = ".".join(str(part) for part in error["loc"]) or "(whole file)"
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "missing":
        what = "a `cite` naming a [citations.*]" if key.endswith("citation") else "this key is needed"
        return Fault(file, key, "missing", what)
    if kind == "extra_forbidden":
        return Fault(file, key, "unknown key", _keys(model, error["loc"]))
    allowed = context.get("expected") or str(context.get("error") or error["msg"])
    return Fault(file, key, f"{error['msg']} (it says {_short(error['input'])})", str(allowed))


def _short(value: Any) -> str:
    """A value as the file shows it, cut to one line."""
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """The keys that the table around `loc` may have."""
    current: type[BaseModel] | None = model
    for part in loc[:-1]:
        if isinstance(part, str) and current is not None:
            current = _model_of(current, part)
    fields = current.model_fields if current is not None else {}
    names = sorted(field.alias or name for name, field in fields.items() if name != "digest")
    return ", ".join("cite" if name == "citation" else name for name in names) or "the keys of this table"


def _model_of(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The model of the value under `key`, looking into tuples and options."""
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            return _inner(field.annotation)
    return None


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The first model named in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _inner(part)
        if found is not None:
            return found
    return None
