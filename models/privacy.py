"""
The register of processing, read from `privacy.toml` and `fields.toml` and compared with the tables themselves.

Every column has a class, and no class is a default: a column that nobody classified is a fault. `private_text.sealed`
is one column for all purposes and stands once for each, as `sealed:<purpose>`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import MetaData

from models.private import Purpose
from models.tables import metadata

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
HERE: Final = Path(__file__).parent
SHARED: Final = ("basis", "retention", "readers", "recipients")  # kinds of texts that classes share
LISTS: Final = frozenset({"readers", "recipients"})  # those of which a class has several
HEAD: Final = ("controller", "officer")
DATA: Final = ("personal", "pseudonymous", "none")
ALLOWED: Final = frozenset({"title", "purpose", "data", "key", "dies_with", *SHARED})
_SPLIT: Final = ("private_text", "sealed")

Said = Mapping[Language, str]
Raw = dict[str, Any]


class RegisterFaulty(ValueError):
    """The register and the tables do not agree; every fault at once."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class DataClass:
    """One line of the register."""

    name: str
    title: Said
    purpose: Said
    data: str  # personal, pseudonymous, none
    key: Purpose | None  # encrypted under the key of this purpose
    dies_with: tuple[Purpose, ...]  # erasing any of these takes it away
    basis: Said
    retention: Said
    readers: tuple[Said, ...]
    recipients: tuple[Said, ...]
    columns: tuple[str, ...]  # table.column


@dataclass(frozen=True, slots=True)
class Register:
    """The whole register: who answers for it, and each class of data."""

    head: Mapping[str, Said]
    classes: tuple[DataClass, ...]


def read_files(folder: Path = HERE) -> tuple[Raw, Raw]:
    """
    The classes and the columns as they stand in the files.

    Raises:
        RegisterFaulty: a file that cannot be read or is no TOML.
    """
    found, faults = [], []
    for name in ("privacy.toml", "fields.toml"):
        try:
            found.append(tomllib.loads((folder / name).read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            faults.append(f"{name}: {error}; allowed: a readable TOML file in UTF-8")
    if faults:
        raise RegisterFaulty(faults)
    return found[0], found[1]


def faults_of(said: Raw, fields: Raw, tables: MetaData = metadata) -> list[str]:
    """Everything on which the register and the tables do not agree; nothing, when all is well."""
    faults = [*_class_faults(said), *_column_faults(said, fields, tables)]
    return sorted(dict.fromkeys(faults))


def register(tables: MetaData = metadata) -> Register:
    """
    The register that ships with the program.

    Raises:
        RegisterFaulty: it does not agree with the tables.
    """
    said, fields = read_files()
    if faults := faults_of(said, fields, tables):
        raise RegisterFaulty(faults)
    columns: dict[str, list[str]] = {}
    for table, column, name in _placed(fields):
        columns.setdefault(name, []).append(f"{table}.{column}")
    return Register(
        {key: said["head"][key] for key in HEAD},
        tuple(_built(name, one, said, columns[name]) for name, one in said["classes"].items()),
    )


def _built(name: str, one: Raw, said: Raw, columns: list[str]) -> DataClass:
    return DataClass(
        name,
        one["title"],
        one["purpose"],
        one["data"],
        Purpose(one["key"]) if "key" in one else None,
        tuple(Purpose(each) for each in one.get("dies_with", ())),
        said["basis"][one["basis"]],
        said["retention"][one["retention"]],
        tuple(said["readers"][each] for each in one["readers"]),
        tuple(said["recipients"][each] for each in one["recipients"]),
        tuple(sorted(columns)),
    )


def expected(tables: MetaData) -> set[tuple[str, str]]:
    """What must be classified: each column of each table, the encrypted one once for each purpose."""
    found = {(table.name, column.name) for table in tables.tables.values() for column in table.columns}
    if _SPLIT in found:
        found.remove(_SPLIT)
        found |= {(_SPLIT[0], f"{_SPLIT[1]}:{purpose}") for purpose in Purpose}
    return found


def _placed(fields: Raw) -> Iterator[tuple[str, str, str]]:
    """Each (table, column, class) of the file; what has another shape is told by `_shape_faults`."""
    for table, classes in fields.items():
        for name, columns in classes.items() if isinstance(classes, dict) else ():
            for column in columns if isinstance(columns, list) else ():
                yield table, str(column), name


def _shape_faults(fields: Raw) -> Iterator[str]:
    for table, classes in fields.items():
        if not isinstance(classes, dict):
            yield f"{table}: is no table; allowed: class = [columns]"
            continue
        for name, columns in classes.items():
            if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
                yield f"{table}.{name}: is no list of columns; allowed: class = [columns]"


def _column_faults(said: Raw, fields: Raw, tables: MetaData) -> Iterator[str]:
    """Columns without a class, with two, of no table, or of an unknown class; classes that nothing belongs to."""
    yield from _shape_faults(fields)
    wanted, classes = expected(tables), _table(said.get("classes"))
    placed: dict[tuple[str, str], list[str]] = {}
    for table, column, name in _placed(fields):
        placed.setdefault((table, column), []).append(name)
    for table, column in wanted - placed.keys():
        yield f"{table}.{column}: has no class; name it in fields.toml"
    for (table, column), names in placed.items():
        if (table, column) not in wanted:
            yield f"{table}.{column}: no such column"
        if len(names) > 1:
            yield f"{table}.{column}: has {len(names)} classes ({', '.join(names)}); allowed: one"
        for name in names:
            if name not in classes:
                yield f"{table}.{column}: unknown class {name!r}; allowed: {', '.join(classes)}"
            elif table == _SPLIT[0] and column.startswith(f"{_SPLIT[1]}:"):
                key = _table(classes[name]).get("key")
                if column != f"{_SPLIT[1]}:{key}":
                    yield f"{table}.{column}: class {name!r} is not encrypted under this key"
            elif _table(classes[name]).get("key") is not None:
                yield f"{table}.{column}: class {name!r} is encrypted, this column is not"
    for name in classes.keys() - {name for names in placed.values() for name in names}:
        yield f"class {name}: no column belongs to it"


def _class_faults(said: Raw) -> Iterator[str]:
    """Texts that lack a language, and words that are none."""
    for kind in ("head", *SHARED):
        for name, text in _table(said.get(kind)).items():
            yield from _text_faults(f"{kind} {name}", text)
    for name in [name for name in HEAD if name not in _table(said.get("head"))]:
        yield f"head {name}: has no text"
    for name, one in _table(said.get("classes")).items():
        yield from _one_class(name, _table(one), said)


def _one_class(name: str, one: Raw, said: Raw) -> Iterator[str]:
    where = f"class {name}"
    for unknown in one.keys() - ALLOWED:
        yield f"{where}: unknown word {unknown!r}; allowed: {', '.join(sorted(ALLOWED))}"
    for key in ("title", "purpose"):
        yield from _text_faults(f"{where}: {key}", one.get(key))
    if one.get("data") not in DATA:
        yield f"{where}: data is {one.get('data')!r}; allowed: {', '.join(DATA)}"
    keys = [one["key"]] if "key" in one else []
    dies_with = one.get("dies_with", [])
    for purpose in [*keys, *(dies_with if isinstance(dies_with, list) else [dies_with])]:
        if purpose not in set(Purpose):
            yield f"{where}: unknown purpose {purpose!r}; allowed: {', '.join(Purpose)}"
    for kind in SHARED:
        given, texts, many = one.get(kind), _table(said.get(kind)), kind in LISTS
        if not given or isinstance(given, list) != many:
            yield f"{where}: {kind} is {given!r}; allowed: {'a list of' if many else 'one of'} {', '.join(texts)}"
            continue
        for each in given if isinstance(given, list) else [given]:
            if not isinstance(each, str) or each not in texts:
                yield f"{where}: {kind} is {each!r}; allowed: {', '.join(texts)}"


def _text_faults(where: str, text: Any) -> Iterator[str]:
    for language in LANGUAGES:
        said = _table(text).get(language)
        if not isinstance(said, str) or not said.strip():
            yield f"{where}: has no text in {language}"


def _table(given: Any) -> Raw:
    return given if isinstance(given, dict) else {}
