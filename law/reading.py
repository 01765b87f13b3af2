"""
Reading one file of the law: TOML in, a checked model out, every fault noted and none raised.

A value names its citation with `cite = "key"`; the citation stands once in the file under `[citations.key]`.
"""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from law.errors import Fault
from law.fault_words import faults_of
from law.values import Citation
from law.vocabulary import Confidence, RuleKind

M = TypeVar("M", bound=BaseModel)

DAY = "a day such as 2026-11-23"
# Stands where a citation is faulty or missing, so that its fault is told once; a file with a fault is never used.
_FAULTY = Citation(
    reference="(faulty)", kind=RuleKind.HOUSE, confidence=Confidence.UNVERIFIED, last_checked=date(1970, 1, 1)
)


def read_table(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    """The file as a table with its citations put in place; None when it is no TOML."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(Fault(path.name, "(file)", str(error), "a readable TOML file in UTF-8"))
        return None
    _only_days(table, path.name, "", faults)
    citations = _citations(table.pop("citations", {}), path.name, faults)
    _put_citations(table, citations, path.name, "", faults)
    return table


def build(model: type[M], table: dict[str, Any], file: str, faults: list[Fault]) -> M | None:
    """The checked model, or None with every fault of the table noted."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        faults.extend(faults_of(error, model, file))
        return None


def _only_days(node: Any, file: str, where: str, faults: list[Fault]) -> None:
    """The law is dated by days: a time of day is a fault, a naive one says so; its day stands in for it."""
    for key, item in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        place = f"{where}.{key}".lstrip(".")
        if isinstance(item, datetime | time):
            naive = "a time without a zone" if item.tzinfo is None else "a time"
            faults.append(Fault(file, place, f"{naive}: {item.isoformat()}", f"{DAY}, without a time"))
            node[key] = item.date() if isinstance(item, datetime) else date.min
        else:
            _only_days(item, file, place, faults)


def _citations(given: Any, file: str, faults: list[Fault]) -> dict[str, Citation]:
    """Every citation of the file, checked once."""
    if not isinstance(given, dict):
        faults.append(Fault(file, "citations", f"is no table (it says {given!r})", "tables [citations.name]"))
        return {}
    found = {}
    for name, table in given.items():
        own: list[Fault] = []
        found[name] = build(Citation, table, file, own) or _FAULTY
        key = f"citations.{name}"
        faults.extend(
            Fault(file, key if one.key == "(whole file)" else f"{key}.{one.key}", one.says, one.allowed) for one in own
        )
    return found


def _put_citations(node: Any, citations: dict[str, Citation], file: str, where: str, faults: list[Fault]) -> None:
    """Replace every `cite` by the citation it names, at every depth."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            _put_citations(item, citations, file, f"{where}.{index}", faults)
    if not isinstance(node, dict):
        return
    for key, item in list(node.items()):
        _put_citations(item, citations, file, f"{where}.{key}".lstrip("."), faults)
    if "cite" not in node:
        return
    cite = node.pop("cite")
    known = isinstance(cite, str) and cite in citations
    node["citation"] = citations[cite] if known else _FAULTY
    if not known:
        allowed = ", ".join(sorted(citations)) or "(the file has no [citations.*])"
        faults.append(Fault(file, f"{where}.cite".lstrip("."), f"no citation is called {cite!r}", allowed))
