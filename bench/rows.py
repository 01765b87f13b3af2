"""Seeded, varied rows: reports whose notices were given and whose clocks end at the same instant."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from law import library as law_library
from law.answers import answer_clock
from law.facts import ReceiptFacts, ReportFacts
from law.vocabulary import (
    Basis,
    ChannelKind,
    Deed,
    Depicted,
    LocationKind,
    PartyKind,
    Receipt,
    ReportStage,
    Sight,
    Stage,
)
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store
from models.tables import (
    Channel,
    Content,
    Duty,
    Location,
    Observation,
    Party,
    Procedure,
    Qualification,
    Report,
    Signature,
)

CATEGORIES = {"hate": "fr-1881-24", "harassment": "fr-cp-222-33-2-2", "drugs": "fr-cp-222-39"}
SIGNED = ("eu-dsa-16", "eu-dsa-22", "eu-dsa-53", "fr-prosecutor")
PLATFORMS = 50
WORDS = tuple("propos visant un groupe à raison de son origine appel à la violence éléments réunis".split())  # noqa: SIM905


@dataclass(frozen=True)
class Directory:
    """Who there is."""

    platforms: list[Party]
    regulator: Party
    prosecutor: Party


async def directory(store: Store, now: datetime) -> Directory:
    """Fifty platforms, a regulator and a prosecutor with an address for each category, in both languages."""
    draft = Draft(now)
    platforms = []
    for number in range(1, PLATFORMS + 1):
        party = _party(draft, f"P-{number:04}", PartyKind.ONLINE_PLATFORM, "fr" if number % 2 else "en", now)
        draft.keep(Channel(party_id=party.id, kind=ChannelKind.EMAIL, address=f"abuse@p{number}.example"))
        platforms.append(party)
    regulator = _party(draft, "P-9001", PartyKind.REGULATOR, "fr", now, code="arcom")
    draft.keep(Channel(party_id=regulator.id, kind=ChannelKind.EMAIL, address="dsa@regulator.example"))
    prosecutor = _party(draft, "P-9002", PartyKind.PROSECUTOR, "fr", now, code="prosecutor")
    for category in CATEGORIES:
        address = f"{category}@prosecutor.example"
        draft.keep(Channel(party_id=prosecutor.id, kind=ChannelKind.EMAIL, address=address, categories=[category]))
    _sign(draft, now)
    await store.write(draft)
    return Directory(platforms, regulator, prosecutor)


def _party(draft: Draft, number: str, kind: PartyKind, language: str, now: datetime, code: str | None = None) -> Party:
    return draft.keep(
        Party(number=number, code=code, kind=kind, name=f"Party {number}", public_label=number, country="FR",
              language=language, written_at=now)
    )  # fmt: skip


def _sign(draft: Draft, now: datetime) -> None:
    library, until = law_library.load(), now + timedelta(days=365)
    for regime in SIGNED:
        digest = library.regime(regime).digest
        draft.keep(Signature(regime=regime, digest=digest, signed_by="L-01", signed_at=now, until=until))
        for category in CATEGORIES:
            for party in ("P-9001", "P-9002"):
                draft.keep(
                    Signature(regime=regime, digest=digest, party=party, category=category, signed_by="L-01",
                              signed_at=now, until=until)
                )  # fmt: skip


async def due_at_once(
    store: Store, who: Directory, count: int, ends: datetime, *, seed: int = 7, receipt: Receipt = Receipt.SERVER
) -> None:
    """`count` reports, each with a notice given to a platform, so surely received, and its clock ending at `ends`."""
    rng = random.Random(seed)
    for start in range(0, count, 1_000):
        draft = Draft(ends - timedelta(hours=72))
        for number in range(start, min(start + 1_000, count)):
            _one(draft, who, number, ends, rng, receipt)
        await store.write(draft)


def _one(draft: Draft, who: Directory, number: int, ends: datetime, rng: random.Random, receipt: Receipt) -> None:
    category, qualification = rng.choice(list(CATEGORIES.items()))
    platform, given = rng.choice(who.platforms), ends - timedelta(hours=72)
    content = draft.keep(Content(written_at=given))
    report = draft.keep(
        Report(number=f"R-2026-{number:06}", content_id=content.id, category=category, depicted=Depicted.NOBODY,
               priority=5, received_at=given, stage=ReportStage.NOTIFIED)
    )  # fmt: skip
    url = f"https://{platform.number.lower()}.example/{rng.randrange(10**9)}?page={rng.randrange(99)}"
    text = draft.keep_apart(private(Purpose.LOCATION, url, now=given, report_id=report.id))
    words = " ".join(rng.choices(WORDS, k=rng.randrange(20, 90)))
    why = draft.keep_apart(private(Purpose.FREE_TEXT, words, now=given, report_id=report.id))
    location = draft.keep(
        Location(content_id=content.id, ordinal=1, kind=LocationKind.URL, text_id=text.id, blind=rng.randbytes(32),
                 host=f"{platform.number.lower()}.example", country="FR", platform_id=platform.id, opened_at=given)
    )  # fmt: skip
    draft.keep(
        Qualification(report_id=report.id, code=qualification, qualified_by="A-01", qualified_at=given, seen_at=given,
                      why_id=why.id)
    )  # fmt: skip
    draft.keep(
        Observation(location_id=location.id, report_id=report.id, at=ends - timedelta(minutes=30), sight=Sight.ALIVE,
                    basis=Basis.STATUS, status=200)
    )  # fmt: skip
    _procedure(draft, report, platform, given, category, receipt)


def _procedure(draft: Draft, report: Report, platform: Party, given: datetime, category: str, receipt: Receipt) -> None:
    library = law_library.load()
    regime = library.regime("eu-dsa-16")
    facts = ReportFacts(report.number, category, "", Depicted.NOBODY, frozenset({LocationKind.URL}), "FR")
    certificate = answer_clock(regime, facts, ReceiptFacts(given, receipt, "250"), library)
    procedure = Procedure(
        report_id=report.id, ordinal=1, regime=regime.id, regime_digest=regime.digest, party_id=platform.id,
        about_id=platform.id, stage=Stage.RUNNING, opened_at=given, given_at=given, receipt=receipt,
        ends_at=certificate.end, certificate=certificate.model_dump_json(),
    )  # fmt: skip
    entry = draft.event(report.id, "received")
    entry.add(procedure)
    entry.add(
        Duty(report_id=report.id, procedure_id=procedure.id, deed=Deed.CONCLUDE, due_at=certificate.end, priority=5,
             party_id=platform.id)
    )  # fmt: skip
