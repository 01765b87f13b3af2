"""Trying a changed or new regime on the live portfolio: every open procedure is read, nothing is written."""

import shutil
import tempfile
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from cases.clocks import certificate_of
from cases.dossier import Dossier, load
from law.answers import outcome_when_over
from law.errors import Fault, LawFault
from law.facts import OrganisationFacts, ReceiptFacts
from law.library import HOME, Library
from law.library import load as load_law
from law.lifecycle import move
from law.vocabulary import Deed, Stage
from law.whatif import Effect, Standing, World, as_signed, of_new_report, of_procedure
from models.store import Store
from models.tables import Procedure

AT_A_TIME = 1_000  # reports read together

# Who could be touched: open procedures under the regime, and reports that nobody routed yet.
_TOUCHED = text(
    "SELECT DISTINCT report_id FROM ("
    " SELECT report_id FROM procedure WHERE regime = ANY(:names) AND closed_at IS NULL"
    " UNION ALL SELECT report_id FROM duty WHERE deed = 'route' AND closed_at IS NULL) AS touched ORDER BY report_id"
)


@dataclass(frozen=True, slots=True)
class Touched:
    """One effect on one report."""

    number: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Trial:
    """A changed law beside the present one."""

    regime: str
    before: World
    after: World


def trial(path: Path, present: Library, organisation: OrganisationFacts, zone: str, now: datetime) -> Trial:
    """
    Set up the comparison.

    Raises:
        LawFault: the file has faults.
    """
    changed, id = with_file(path)
    signed = as_signed(organisation, changed, id, now + timedelta(days=1))
    return Trial(id, World(present, organisation, zone), World(changed, signed, zone))


def with_file(path: Path, folder: Path = HOME) -> tuple[Library, str]:
    """
    The library with the regime of this file in place of the one of its id, or beside the others; and that id.

    Raises:
        LawFault: with every fault of the file and of what it does to the others.
    """
    try:
        id = str(tomllib.loads(path.read_text(encoding="utf-8")).get("id", path.stem))
    except (OSError, ValueError) as error:
        raise LawFault([Fault(path.name, "(file)", str(error), "a readable TOML file in UTF-8")]) from None
    with tempfile.TemporaryDirectory(prefix="sansdelai-whatif-") as place:
        shutil.copytree(folder, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        shutil.copyfile(path, Path(place) / "regimes" / f"{Path(id).name}.toml")
        try:
            return load_law(Path(place)), id
        except LawFault as error:
            copied = f"{Path(id).name}.toml"
            named = [replace(one, file=path.name) if one.file == copied else one for one in error.faults]
            raise LawFault(named) from None


async def touched_by(store: Store, tried: Trial, now: datetime) -> AsyncIterator[list[Touched]]:
    """Every effect, a list for each thousand reports that were looked at; an empty list is progress too."""
    names = [tried.regime, *tried.after.library.regime(tried.regime).aliases]
    async with store.transaction() as connection:
        ids: list[UUID] = list((await connection.execute(_TOUCHED, {"names": names})).scalars())
    for start in range(0, len(ids), AT_A_TIME):
        part = ids[start : start + AT_A_TIME]
        dossiers = await load(store, part)
        yield [each for id in part if id in dossiers for each in _of(dossiers[id], tried, now)]


def _of(dossier: Dossier, tried: Trial, now: datetime) -> list[Touched]:
    facts = dossier.facts()
    effects: list[Effect] = []
    if any(duty.deed is Deed.ROUTE for duty in dossier.duties):
        effects += of_new_report(facts, tried.before, tried.after, now)
    for procedure in dossier.open_procedures:
        known = procedure.regime in tried.before.library.regimes or procedure.regime in tried.before.library.aliases
        if tried.after.library.regime(procedure.regime).id == tried.regime and known:
            standing = _standing(dossier, procedure)
            effects += of_procedure(standing, facts, tried.before, tried.after, now)
    return [Touched(dossier.report.number, effect) for effect in effects]


def _standing(dossier: Dossier, procedure: Procedure) -> Standing:
    party, certificate = dossier.party(procedure.party_id), certificate_of(procedure)
    facts = dossier.party_facts(party) if party else None
    passed = tuple(procedure.overridden or ())
    if certificate is None or procedure.given_at is None:
        return Standing(procedure.regime, procedure.stage, facts, overridden=passed)
    return Standing(
        procedure.regime,
        procedure.stage,
        facts,
        ReceiptFacts(procedure.given_at, procedure.receipt, certificate.start.proof),
        procedure.ends_at,
        move(Stage.RUNNING, outcome_when_over(certificate)),
        passed,
    )
