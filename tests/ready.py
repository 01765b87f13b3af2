"""What a real store needs before it opens, for tests that are about something else."""

from datetime import UTC, datetime
from pathlib import Path

from cases.retention import sign_periods
from cases.retention_file import read_periods
from law import library as law_library
from law.outcomes import Outcome
from models.store import Store

ASKED = 'controller = "Hotline Example"\ndpo = "dpo@hotline.example"\nbasis = "GDPR Art. 6(1)(e); LIL Art. 46"\n'
UNTIL = datetime(2028, 1, 1, tzinfo=UTC)


def periods_toml(**months: int) -> str:
    """A retention file: twelve months for everything, three for what was not illegal or not ours, or as given."""
    given = {str(outcome): 12 for outcome in Outcome} | {"not_illegal": 3, "out_of_perimeter": 3} | months
    return "".join(
        f'[[period]]\noutcome = "{outcome}"\ncategory = "*"\nmonths = {amount}\n' for outcome, amount in given.items()
    )


def ready_files(folder: Path) -> dict[str, str]:
    """Organisation and retention file, as the settings that name them."""
    organisation, retention = folder / "organisation.toml", folder / "retention.toml"
    organisation.write_text(ASKED, encoding="utf-8")
    retention.write_text(periods_toml(), encoding="utf-8")
    return {"SANSDELAI_ORGANISATION_FILE": str(organisation), "SANSDELAI_RETENTION_FILE": str(retention)}


async def ready(store: Store, folder: Path, now: datetime) -> dict[str, str]:
    """The same, signed by the data protection officer."""
    files, library = ready_files(folder), law_library.load()
    periods = read_periods(Path(files["SANSDELAI_RETENTION_FILE"]), library)
    await sign_periods(store, library, periods, by="D-01", until=UNTIL, now=now)
    return files
