"""The house of the sample store: its parties, its signatures, and how a report begins there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.dossier import Dossier
from cases.house import found_house
from cases.sign import order, sign
from law.library import Library
from law.vocabulary import ChannelKind, Depicted, PartyKind
from models.draft import Draft
from models.store import Store
from models.tables import Channel, Content, Party, Report
from tests.web.samples import NOW, RUN, Case, ago

PARTIES = (
    ("arcom", PartyKind.REGULATOR, "Arcom", "Arcom", "FR"),
    ("pharos", PartyKind.POLICE, "Pharos (OFAC)", "Pharos", "FR"),
    ("iccam", PartyKind.HOTLINE_NETWORK, "INHOPE ICCAM", "ICCAM", None),
    ("prosecutor", PartyKind.PROSECUTOR, "Parquet de Paris", "Parquet de Paris", "FR"),
    ("big", PartyKind.ONLINE_PLATFORM, "Plateforme Exemple SA", "P-0005", "IE"),
    ("small", PartyKind.HOSTING_PROVIDER, "Jane Doe Hosting BV", "P-0006", "NL"),
    ("us", PartyKind.ONLINE_PLATFORM, "Example Videos Inc.", "Example Videos", "US"),
)


@dataclass
class Samples:
    """What the builders of cases stand on."""

    library: Library
    parties: dict[str, Party]
    count: int = 0

    def case(
        self, category: str, *, received: datetime, depicted: Depicted = Depicted.ADULT, priority: int | None = None
    ) -> Case:
        """A fresh report."""
        self.count += 1
        intake = Draft(received)
        content = intake.keep(Content(written_at=received))
        urgent = self.library.categories[category].urgent if priority is None else priority
        report = Report(
            number=f"R-2026-{self.count:06d}",
            content_id=content.id,
            category=category,
            depicted=depicted,
            priority=urgent,
            received_at=received,
        )
        intake.keep(report)
        intake.event(report.id, "received", actor="S-03")
        return Case(self.library, self.parties, intake, Draft(NOW, flow_run_id=RUN), Dossier(report))


async def seed_house(store: Store, library: Library, *, simulated: bool = True) -> Samples:
    """A house with its parties, signatures and one standing order."""
    await found_house(store, simulated=simulated, now=ago(days=60))
    draft, parties = Draft(ago(days=50)), {}
    for place, (key, kind, name, label, country) in enumerate(PARTIES, start=1):
        parties[key] = draft.keep(
            Party(
                number=f"P-{place:04d}",
                code=key if place < 5 else None,
                kind=kind,
                name=name,
                public_label=label,
                country=country,
                written_at=ago(days=50),
            )
        )
        portal = kind in {PartyKind.POLICE, PartyKind.HOTLINE_NETWORK}
        draft.keep(
            Channel(
                party_id=parties[key].id,
                kind=ChannelKind.PORTAL if portal else ChannelKind.EMAIL,
                address=f"desk@{key}.example",
            )
        )
    await store.write(draft)
    for regime in ("eu-dsa-16", "eu-dsa-22", "fr-pharos", "inhope-iccam"):
        await sign(store, library, regime, by="Me D. (avocat)", until=NOW + timedelta(days=180), now=ago(days=40))
    await sign(store, library, "us-tida", by="Me D. (avocat)", until=ago(days=2), now=ago(days=40))
    await order(
        store,
        library,
        "eu-dsa-53",
        party="P-0001",
        category="hate",
        by="Me D. (avocat)",
        until=NOW + timedelta(days=90),
        now=ago(days=40),
    )
    return Samples(library, parties)
