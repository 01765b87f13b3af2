"""Clocks: what starts when a letter was given, and when the next look is due."""

from datetime import datetime, timedelta
from functools import lru_cache

from cases.desk import Desk
from cases.dossier import Dossier
from cases.moves import set_duty
from law.answers import answer_clock, first_look_at, reminder_at, spacing
from law.certificate import Certificate
from law.facts import ReceiptFacts
from law.vocabulary import Deed, RuleKind
from models.draft import Entry
from models.tables import Procedure

# Our own rhythm of looking (house, not law): early enough to know when it went, and freshly before every deadline.
EARLY = (timedelta(hours=6), timedelta(hours=24))
THEN_EVERY = timedelta(hours=24)
FRESH = timedelta(minutes=45)  # a look this young is good enough to conclude on
JUST_BEFORE = timedelta(minutes=30)


def start(
    desk: Desk, entry: Entry, dossier: Dossier, procedure: Procedure, *, proof: str, now: datetime
) -> Certificate:
    """
    Start the clock of a procedure that was just given, with its certificate, its looks and its courtesy reminder.

    The procedure's `given_at` and `receipt` are already set.
    """
    regime = desk.library.regime(procedure.regime)
    receipt = ReceiptFacts(procedure.given_at or now, procedure.receipt, proof)
    facts = dossier.facts()
    certificate = answer_clock(regime, facts, receipt, desk.library, str(desk.zone))
    entry.set(procedure, ends_at=certificate.end, certificate=certificate.model_dump_json())
    legal_at = certificate.end if certificate.kind is RuleKind.LAW else None
    set_duty(entry, dossier, Deed.CONCLUDE, certificate.end, procedure=procedure, legal_at=legal_at)
    first = _next_look(desk, procedure, certificate, now)
    if first is not None:
        set_duty(entry, dossier, Deed.VERIFY, first, procedure=procedure)
    polite = reminder_at(regime, certificate, facts, desk.library)
    if polite is not None and polite > now:  # what was polite in the past is stale now
        set_duty(entry, dossier, Deed.REMIND, polite, procedure=procedure)
    return certificate


def certificate_of(procedure: Procedure) -> Certificate | None:
    """The certificate of the clock that runs, if one does."""
    return _read(procedure.certificate) if procedure.certificate else None


@lru_cache(maxsize=256)
def _read(text: str) -> Certificate:
    """A conclusion asks the same certificate several things; it cannot be changed, so it is read once."""
    return Certificate.model_validate_json(text)


def spacing_of(desk: Desk, procedure: Procedure | None) -> timedelta:
    """How far apart two misses must be: the house's spacing, less for a short clock."""
    certificate = certificate_of(procedure) if procedure else None
    if certificate is None:
        return timedelta(hours=desk.library.house.probe.spacing_hours)
    return spacing(certificate, desk.library)


def shortest_spacing(desk: Desk, dossier: Dossier) -> timedelta:
    """The spacing of the shortest clock that runs for a report."""
    running = [procedure for procedure in dossier.open_procedures if procedure.certificate]
    return min((spacing_of(desk, procedure) for procedure in running), default=spacing_of(desk, None))


def next_look(desk: Desk, procedure: Procedure, now: datetime) -> datetime | None:
    """When this procedure next wants a look before its clock ends; none when the conclusion itself is next."""
    certificate = certificate_of(procedure)
    return _next_look(desk, procedure, certificate, now) if certificate else None


def _next_look(desk: Desk, procedure: Procedure, certificate: Certificate, now: datetime) -> datetime | None:
    if procedure.given_at is None:
        return None
    given, end = procedure.given_at, certificate.end
    if desk.library.regime(procedure.regime).is_authority_route:
        wanted = [given + timedelta(days=day) for day in desk.library.house.watch.days]
    else:
        wanted = [first_look_at(certificate, desk.library), end - JUST_BEFORE]
        wanted += [given + early for early in EARLY]
        wanted.append(given + (int((now - given) / THEN_EVERY) + 1) * THEN_EVERY)
    return min((at for at in wanted if now < at < end), default=None)
