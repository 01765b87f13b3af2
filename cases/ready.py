"""What a real store needs before it opens: controller, DPO, basis, grounds of transfers, signed retention periods."""

from datetime import datetime

from cases.house import HouseError, OrganisationFile
from cases.processors import transfer_faults
from cases.retention import signature_faults, signatures_of_periods
from cases.retention_file import RetentionFault, read_periods
from edges.settings import Settings
from law.library import Library
from models.store import Store
from models.tables import House

ASKED = {
    "controller": "who is responsible for the processing (GDPR Art. 4(7))",
    "dpo": "who the data protection officer is (GDPR Art. 37)",
    "basis": "on which legal basis data on offences are held (GDPR Arts 6, 9, 10)",
}


class NotReady(HouseError):
    """A real store does not open before its set-up is complete; every missing thing at once."""


async def check_ready(
    store: Store,
    settings: Settings,
    file: OrganisationFile,
    house: House,
    library: Library,
    now: datetime,
    *,
    starting: bool = False,
) -> None:
    """
    Refuse to open a real store whose set-up is incomplete; a simulated one needs none of it.

    A signature that ended keeps the house from `starting`, never a running one from its work: no emergency waits for
    the retention periods (practice 1.3).

    Raises:
        NotReady: the message says everything that is missing, and what to do about it.
    """
    if house.simulated:
        return
    faults = (
        organisation_faults(file)
        + transfer_faults(file)
        + await retention_faults(store, settings, library, now, starting=starting)
    )
    if faults:
        raise NotReady("\n  - ".join(["this store is real and its set-up is not complete:", *faults]))


def organisation_faults(file: OrganisationFile) -> list[str]:
    """What the organisation file does not say."""
    missing = [key for key in ASKED if not isinstance(getattr(file, key), str) or not getattr(file, key).strip()]
    return [f'{key} = "…" is missing in SANSDELAI_ORGANISATION_FILE: {ASKED[key]}' for key in missing]


async def retention_faults(
    store: Store, settings: Settings, library: Library, now: datetime, *, starting: bool = True
) -> list[str]:
    """What keeps the retention periods from being used."""
    if settings.retention_file is None:
        return [
            "SANSDELAI_RETENTION_FILE is not set: write how long each outcome of each category is kept "
            "(docs/operations.md, Keeping and erasing), then have the data protection officer sign it: "
            "`sansdelai retention sign --by … --until …`"
        ]
    try:
        periods = read_periods(settings.retention_file, library)
    except RetentionFault as fault:
        return list(fault.faults)
    signatures = await signatures_of_periods(store)
    return [] if signatures and not starting else signature_faults(signatures, periods, now)
