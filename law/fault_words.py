"""From what pydantic says of a table to faults of a file: one for each place, saying what is allowed there."""

import json
from collections.abc import Sequence
from datetime import date, time
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from law.errors import Fault

Place = tuple[int | str, ...]


def faults_of(error: ValidationError, model: type[BaseModel], file: str) -> list[Fault]:
    """Every fault, in the order of the model; a list whose items are faulty is not told to be too short as well."""
    found = error.errors()
    places = [_place(one["loc"]) for one in found]
    told: dict[tuple[str, str], Fault] = {}
    for one, place in zip(found, places, strict=True):
        if one["type"] == "too_short" and any(len(p) > len(place) and p[: len(place)] == place for p in places):
            continue
        fault = _fault(file, one, place, model)
        known = told.get((fault.key, fault.says))
        if known is not None and fault.allowed not in known.allowed:  # another kind of word that may stand here
            fault = Fault(file, fault.key, fault.says, f"{known.allowed}, {fault.allowed}")
        told[fault.key, fault.says] = fault
    return list(told.values())


def _place(loc: Place) -> Place:
    """Where it is, without the names that pydantic gives to the members of a union."""
    return tuple(part for part in loc if isinstance(part, int) or not part.startswith(("str-enum[", "literal[")))


def _fault(file: str, error: ErrorDetails, place: Place, model: type[BaseModel]) -> Fault:
    key = ".".join(str(part) for part in place) or "(whole file)"
    kind, given = error["type"], _short(error["input"])
    if kind == "missing":
        key = f"{key.removesuffix('citation')}cite" if place[-1] == "citation" else key
        return Fault(file, key, "missing", _may_stand(model, place))
    if kind == "extra_forbidden":
        return Fault(file, key, "unknown key", _keys(model, place))
    if kind in ("enum", "literal_error"):
        return Fault(file, key, f"unknown word {given}", str(error["ctx"]["expected"]).replace(" or ", ", "))
    if kind == "value_error":
        return Fault(file, key, f"does not fit (it says {given})", str(error["ctx"]["error"]))
    return Fault(file, key, f"does not fit (it says {given})", _allowed(error))


def _allowed(error: ErrorDetails) -> str:
    """What may stand there, in the words of TOML: a list and a table, not a tuple and a model."""
    if error["type"] in ("tuple_type", "list_type"):
        single = isinstance(error["input"], str | int | float | date)
        return f"a list, as [{_toml(error['input'])}]" if single else "a list, as [...]"
    if error["type"] in ("model_type", "dict_type"):
        return "a table, as {key = value}"
    return error["msg"].removeprefix("Input should be ")


def _short(value: Any) -> str:
    """A value as the file shows it, cut to one line."""
    text = _toml(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _toml(value: Any) -> str:
    """A value as TOML writes it inline; a citation was put in place of its name and is left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{key} = {_toml(item)}" for key, item in value.items() if not isinstance(item, BaseModel))
        return "{" + ", ".join(pairs) + "}"
    return str(value)


def _may_stand(model: type[BaseModel], place: Place) -> str:
    """What a missing key may say: its words where they are a closed list."""
    if place[-1] == "citation":
        return 'the name of a citation of this file, as in cite = "text" and [citations.text]'
    around = _around(model, place)
    field = next((one for name, one in around.model_fields.items() if place[-1] in (name, one.alias)), None)
    words = _words(field.annotation) if field is not None else ()
    return ", ".join(repr(word) for word in words) or "this key is needed"


def _words(annotation: Any) -> Sequence[str]:
    """The closed list of words of an annotation, if it is one."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(one.value) for one in annotation]
    if get_origin(annotation) is Literal:
        return [str(one) for one in get_args(annotation)]
    return [word for part in get_args(annotation) for word in _words(part)]


def _keys(model: type[BaseModel], place: Place) -> str:
    """The keys that the table around `place` may have."""
    fields = _around(model, place).model_fields
    names = sorted(field.alias or name for name, field in fields.items() if name != "digest")
    return ", ".join("cite" if name == "citation" else name for name in names)


def _around(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model of the table that holds `place`."""
    current = model
    for part in place[:-1]:
        field = next((one for name, one in current.model_fields.items() if part in (name, one.alias)), None)
        current = (_inner(field.annotation) if field is not None else None) or current
    return current


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The first model named in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner(part) for part in get_args(annotation))
    return next((one for one in found if one is not None), None)
