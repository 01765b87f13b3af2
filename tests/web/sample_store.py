"""The reports of the sample store, one function for each life that the pages must show."""

import os
from datetime import timedelta

from cases.moves import advance, close_duties, set_duty
from law import library as law_library
from law.library import Library
from law.vocabulary import Deed, Depicted, Fact, LetterStatus, MeasureTarget, Receipt, Sight
from models.store import Store
from models.tables import Complaint, Hold, Mandate, Measure
from tests.keys import KEYS
from tests.web.sample_house import Samples, seed_house
from tests.web.samples import NOW, WHY, Case, ago


def escalated(samples: Samples) -> Case:
    """R-2026-000001: a platform stayed silent; the complaint to the coordinator waits for two people."""
    case = samples.case("hate", received=ago(days=9)).qualified("fr-1881-24", why=WHY)
    case.located("https://jane-doe.example/a?x=1", "https://jane-doe.example/b", party="big")
    notice = case.open("eu-dsa-22", "big", at=ago(days=9, hours=-1))
    case.told(notice, "notice", at=ago(days=9, hours=-1.1), receipt=Receipt.SERVER)
    case.looked(Sight.ALIVE, at=ago(days=6, hours=1), status=200)
    entry = advance(case.draft, case.dossier, notice, Fact.STAYED_SILENT, at=ago(days=6, hours=-2))
    complaint = case.open("eu-dsa-53", "arcom", at=ago(days=6, hours=-2), parent=notice, about="big")
    case.letter(complaint, "complaint", at=ago(days=6, hours=-2), status=LetterStatus.PREPARED, receipt=Receipt.NONE)
    entry = advance(
        case.draft, case.dossier, complaint, Fact.FOUND_WANTING, at=ago(days=6, hours=-2), missing=["signature"]
    )
    set_duty(entry, case.dossier, Deed.SIGN, ago(days=6, hours=-2), procedure=complaint, cause="sign")
    return case


def police_first(samples: Samples) -> Case:
    """R-2026-000002: the police were told; the host waits for them."""
    case = samples.case("csam", received=ago(hours=30), depicted=Depicted.NOBODY).qualified("fr-cp-227-23")
    case.located("https://img.jane-doe.example/1/2.html", party="small")
    pharos = case.open("fr-pharos", "pharos", at=ago(hours=29))
    case.told(pharos, "referral", at=ago(hours=28), receipt=Receipt.PORTAL, proof="PH-2026-118204")
    entry = case.draft.event(case.id, "verified", at=ago(hours=28))
    entry.set(case.dossier.report, police_informed_at=ago(hours=28))
    host = case.open("eu-dsa-16", "small", at=ago(hours=29))
    case.ask(Deed.DECIDE, "police_no_objection_or_agreed_delay", at=ago(hours=29), procedure=host)
    return case


def legal_clock(samples: Samples) -> Case:
    """R-2026-000003: 48 hours from a proven receipt, with the mandate of the person concerned."""
    case = samples.case("ncii_adult", received=ago(hours=20)).qualified("fr-cp-226-2-1", second=None)
    case.located("https://videos.example/watch/77", party="us")
    case.draft.keep(Mandate(report_id=case.id, signed_at=ago(hours=21), identity_checked=True))
    case.draft.keep(Complaint(report_id=case.id, filed_at=ago(hours=22), service="Commissariat", copy_held=True))
    tida = case.open("us-tida", "us", at=ago(hours=19))
    case.told(tida, "notice", at=ago(hours=18.5), receipt=Receipt.SERVER)
    case.looked(Sight.ALIVE, at=ago(hours=6), status=200)
    verify = case.draft.event(case.id, "verified", at=ago(hours=6))
    set_duty(verify, case.dossier, Deed.VERIFY, NOW + timedelta(hours=5), procedure=tida)
    set_duty(verify, case.dossier, Deed.REMIND, ago(minutes=40), procedure=tida)
    return case


def not_proven(samples: Samples) -> Case:
    """R-2026-000004: only our relay took the letter; no breach may be alleged."""
    case = samples.case("deepfake_ncii", received=ago(hours=50)).qualified("fr-cp-226-8-1")
    case.located("https://videos.example/watch/78", party="us")
    tida = case.open("us-tida", "us", at=ago(hours=49))
    case.told(tida, "notice", at=ago(hours=49), receipt=Receipt.RELAY)
    return case


def held(samples: Samples) -> Case:
    """R-2026-000005: the police asked that nothing leave."""
    case = samples.case("sextortion", received=ago(hours=12)).qualified("fr-cp-312-10")
    case.located("https://jane-doe.example/chat", party="big")
    notice = case.open("eu-dsa-22", "big", at=ago(hours=11))
    hold = Hold(
        report_id=case.id, service="OFMIN", written=True, starts_at=ago(hours=10), ends_at=NOW + timedelta(hours=38)
    )
    entry = case.draft.event(case.id, "hold", at=ago(hours=10), actor="S-07", service="OFMIN", written=True)
    entry.add(hold)
    entry.set(set_duty(entry, case.dossier, Deed.NOTIFY, ago(hours=11), procedure=notice), held_by=hold.id)
    set_duty(entry, case.dossier, Deed.DECIDE, hold.ends_at, cause="hold_ended")
    return case


def removed(samples: Samples) -> Case:
    """R-2026-000006: gone after two spaced misses, under watch."""
    case = samples.case("harassment", received=ago(days=5)).qualified("fr-cp-222-33-2-2")
    case.located("https://forum.example/t/9#p3", party="small")
    notice = case.open("eu-dsa-16", "small", at=ago(days=5, hours=-1))
    case.told(notice, "notice", at=ago(days=5, hours=-1), receipt=Receipt.SERVER)
    for hours, sight, status in ((96, Sight.ALIVE, 200), (80, Sight.REMOVED, 404), (72, Sight.REMOVED, 404)):
        case.looked(sight, at=ago(hours=hours), status=status)
    entry = case.draft.event(case.id, "gone", at=ago(hours=72))
    entry.set(case.dossier.report, gone_at=ago(hours=80))
    advance(case.draft, case.dossier, notice, Fact.WENT, at=ago(hours=72))
    set_duty(entry, case.dossier, Deed.WATCH, NOW + timedelta(hours=16))
    return case


def blocked(samples: Samples) -> Case:
    """R-2026-000007: a temporary block is in force (a proposal, played in a simulation)."""
    case = samples.case("terrorism", received=ago(days=8)).qualified("fr-cp-421-2-5")
    case.located("https://mirror.example/v", party="small")
    block = case.open("prop-temporary-block", "arcom", at=ago(days=7))
    case.told(block, "request", at=ago(days=7), receipt=Receipt.ACKNOWLEDGED)
    close_duties(case.draft.event(case.id, "authority_acted", at=ago(days=6)), case.dossier, NOW, procedure=block)
    entry = advance(case.draft, case.dossier, block, Fact.GRANTED, at=ago(days=6))
    entry.add(
        Measure(
            report_id=case.id,
            procedure_id=block.id,
            regime=block.regime,
            target=MeasureTarget.URL,
            decided_by="regulator",
            starts_at=ago(days=6),
            ends_at=NOW + timedelta(days=8),
            review_at=NOW + timedelta(days=1),
        )
    )
    set_duty(entry, case.dossier, Deed.END_BLOCK, NOW + timedelta(days=8), procedure=block)
    set_duty(entry, case.dossier, Deed.REVIEW, NOW + timedelta(hours=23), procedure=block)
    return case


def emergency(samples: Samples) -> Case:
    """R-2026-000008: danger to life; somebody must telephone now."""
    case = samples.case("sextortion", received=ago(minutes=11), depicted=Depicted.MINOR, priority=0).qualified(
        "fr-cp-312-10"
    )
    case.located("https://jane-doe.example/live", party="big")
    entry = case.draft.event(case.id, "emergency", at=ago(minutes=10), actor="S-03")
    set_duty(entry, case.dossier, Deed.CALL, ago(minutes=10), cause="emergency", priority=0)
    set_duty(entry, case.dossier, Deed.ALARM, NOW + timedelta(minutes=5), cause="emergency", priority=0)
    return case


def fresh(samples: Samples, minutes: int) -> Case:
    """Many more: received, waiting to be routed or for something that is missing."""
    categories = ("hate", "drugs", "minors_exposed", "ncii_adult", "harassment")
    case = samples.case(categories[minutes % 5], received=ago(minutes=minutes)).qualified("fr-1881-24")
    case.located(f"https://forum.example/t/{minutes}", party="small")
    notice = case.open("eu-dsa-16", "small", at=ago(minutes=minutes - 1))
    entry = advance(
        case.draft, case.dossier, notice, Fact.FOUND_WANTING, at=ago(minutes=minutes - 1), missing=["channel"]
    )
    causes = ("missing:channel", "missing:second_reader", "channel_refused", "analyst_look")
    set_duty(entry, case.dossier, Deed.SUPPLY, ago(minutes=minutes - 1), procedure=notice, cause=causes[minutes % 4])
    set_duty(entry, case.dossier, Deed.NOTIFY, NOW + timedelta(minutes=15 * (minutes % 7)), procedure=notice)
    return case


LIVES = (escalated, police_first, legal_clock, not_proven, held, removed, blocked, emergency)


async def sample_store(url: str, library: Library, *, more: int = 4, simulated: bool = True) -> Store:
    """Fill a fresh, migrated store."""
    store = Store(url, KEYS)
    samples = await seed_house(store, library, simulated=simulated)
    cases = [life(samples) for life in LIVES] + [fresh(samples, 12 + place) for place in range(more)]
    for case in cases:
        await store.write(case.intake)
        await store.write(case.draft)
    return store


def main() -> None:
    """Serve the sample store named by SAMPLE_DATABASE_URL on 127.0.0.1:8699, to look at it."""
    import asyncio

    import uvicorn

    from edges.settings import Settings
    from web.app import create_app

    async def serve() -> None:
        library = law_library.load()
        store = await sample_store(os.environ["SAMPLE_DATABASE_URL"], library, more=90)
        app = create_app(store, library, Settings(), clock=lambda: NOW)
        await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=8699, log_level="warning")).serve()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
