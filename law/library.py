"""
All files of the law, read once and checked against each other.

`load()` reads the files that ship with the program; `load(folder)` any other folder of the same shape. Every fault of
every file is collected before anything is raised.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from law.catalogue import Category, EmergencyNumber, House, Order, Qualification
from law.consistency import cross_check
from law.errors import Fault, LawFault, UnknownRegime
from law.reading import build, read_table
from law.regime import Regime
from law.values import Model
from law.vocabulary import RegimeStatus

HOME = Path(__file__).parent

M = TypeVar("M", bound=Model)


class _Categories(Model):
    categories: tuple[Category, ...] = Field(min_length=1)


class _Qualifications(Model):
    qualifications: tuple[Qualification, ...] = Field(min_length=1)


class _Numbers(Model):
    numbers: tuple[EmergencyNumber, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Library:
    """Everything that the law room knows. Read-only."""

    regimes: dict[str, Regime]
    aliases: dict[str, str]
    house: House
    categories: dict[str, Category]
    qualifications: dict[str, Qualification]
    emergency_numbers: tuple[EmergencyNumber, ...]
    order: Order

    def ids(self) -> tuple[str, ...]:
        """Every regime id, sorted; aliases are not listed."""
        return tuple(sorted(self.regimes))

    def regime(self, wanted: str) -> Regime:
        """The regime of that id or alias; raises `UnknownRegime` with the ids that exist."""
        found = self.regimes.get(self.aliases.get(wanted, wanted))
        if found is None:
            raise UnknownRegime(wanted, [*self.regimes, *self.aliases])
        return found

    def in_force(self, wanted: str, day: date) -> bool:
        """Whether that regime is in force on `day`; a proposal never is."""
        return self.regime(wanted).status_on(day) is RegimeStatus.IN_FORCE

    def numbers_on(self, day: date) -> tuple[EmergencyNumber, ...]:
        """The emergency numbers of that day; before the first list, the first list."""
        listed = tuple(one for one in self.emergency_numbers if one.holds_on(day))
        return listed or tuple(one for one in self.emergency_numbers if one.until is None)


def load(folder: Path | None = None) -> Library:
    """The library of `folder`, by default of the program itself; raises `LawFault` with every fault at once."""
    return _load_home() if folder is None else _load(folder)


@cache
def _load_home() -> Library:
    return _load(HOME)


def _load(folder: Path) -> Library:
    faults: list[Fault] = []
    files = sorted((folder / "regimes").glob("*.toml"))
    regimes = _regimes(files, faults)
    house = _one(folder / "house.toml", House, faults)
    categories = _one(folder / "categories.toml", _Categories, faults)
    qualifications = _one(folder / "qualifications.toml", _Qualifications, faults)
    numbers = _one(folder / "emergency.toml", _Numbers, faults)
    order = _one(folder / "order.toml", Order, faults)
    known = categories.categories if categories else None
    penal = qualifications.qualifications if qualifications else ()
    cross_check(regimes, known, house, penal, order, [one.stem for one in files], faults)
    if faults or not (house and categories and qualifications and numbers and order):
        raise LawFault(faults)
    return Library(
        regimes={one.id: one for one in regimes},
        aliases={alias: one.id for one in regimes for alias in one.aliases},
        house=house,
        categories={one.id: one for one in categories.categories},
        qualifications={one.id: one for one in qualifications.qualifications},
        emergency_numbers=numbers.numbers,
        order=order,
    )


def _one(path: Path, model: type[M], faults: list[Fault]) -> M | None:
    table = read_table(path, faults)
    return build(model, table, path.name, faults) if table is not None else None


def _regimes(files: Sequence[Path], faults: list[Fault]) -> list[Regime]:
    """Every regime that can be read; the digest is that of the bytes of its file."""
    found = []
    for path in files:
        table = read_table(path, faults)
        if table is None:
            continue
        if "digest" in table:
            faults.append(Fault(path.name, "digest", "unknown key", "no digest: it is counted from the file"))
        table["digest"] = hashlib.sha256(path.read_bytes()).hexdigest()
        regime = build(Regime, table, path.name, faults)
        if regime is not None and regime.id != path.stem:
            faults.append(Fault(path.name, "id", f"the id is {regime.id!r}", f"the name of the file, {path.stem!r}"))
        if regime is not None:
            found.append(regime)
    if not files:
        faults.append(Fault("regimes", "(folder)", "no regime", "one TOML file for each regime"))
    return found
