"""From dossiers to a letter: which template, what it says, and the rows that hold it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cases.desk import Desk
from cases.dossier import Dossier
from edges.letters import (
    ComplaintRow,
    EarlierAct,
    LetterContext,
    LetterLocation,
    LetterReport,
    Organisation,
    compose,
    locations_csv,
    message_id,
    render,
)
from law.decide import answer_clock
from law.facts import ReceiptFacts
from law.gate import gate
from law.regime import Regime
from law.vocabulary import Confidence, LetterKind, LetterStatus, Receipt, RuleKind
from models.base import new_id
from models.private import Purpose, private
from models.tables import Channel, Letter, Party, PrivateText, Procedure

LANGUAGES = ("fr", "en")
Unit = Sequence[tuple[Dossier, Procedure]]


def language_of(party: Party | None) -> str:
    """The addressee's language from the directory, else English (practice, section 2)."""
    return party.language if party and party.language in LANGUAGES else "en"


def write_letter(
    desk: Desk,
    kind: LetterKind,
    unit: Unit,
    channel: Channel,
    now: datetime,
    *,
    status: LetterStatus = LetterStatus.PLANNED,
    extra: dict[str, Any] | None = None,
    answers: str | None = None,
) -> tuple[Letter, PrivateText]:
    """
    Render and compose one letter about all reports of `unit`, which share regime and addressee.

    The Message-ID is made from the letter's own id, so that every attempt of this letter carries the same one.
    """
    dossier, procedure = unit[0]
    party = dossier.party(procedure.party_id)
    language = language_of(party)
    regime = desk.library.regime(procedure.regime)
    context = _context(desk, kind, regime, unit, party, language, now, extra)
    letter_id = new_id()
    identifier = message_id(str(letter_id), desk.letterhead.sender.rpartition("@")[2])
    rendered = render(context)
    raw = compose(
        rendered,
        message_id=identifier,
        sender=desk.letterhead.sender,
        sender_name=desk.letterhead.sender_name,
        recipient=channel.address,
        reply_to=desk.letterhead.reply_to,
        date=now,
        attachments=() if kind is LetterKind.STAFF else (locations_csv(context.reports),),
        simulated=desk.organisation.simulated,
        in_reply_to=answers,
    )
    text = private(Purpose.LETTER, raw, now=now, report_id=dossier.report.id if len(unit) == 1 else None)
    letter = Letter(
        id=letter_id,
        message_id=identifier,
        kind=kind,
        regime=regime.id,
        party_id=procedure.party_id,
        channel_id=channel.id,
        recipient=channel.address,
        language=language,
        subject=rendered.subject,
        raw_id=text.id,
        sha256=hashlib.sha256(raw).hexdigest(),
        status=status,
        written_at=now,
    )
    return letter, text


def _context(
    desk: Desk,
    kind: LetterKind,
    regime: Regime,
    unit: Unit,
    party: Party | None,
    language: str,
    now: datetime,
    extra: dict[str, Any] | None,
) -> LetterContext:
    clock = regime.clock_on(now.date())
    legal = clock is not None and clock.kind is RuleKind.LAW
    expected = None
    if kind is LetterKind.NOTICE and not legal:
        receipt = ReceiptFacts(given_at=now, level=Receipt.RELAY, proof="")  # a house clock runs from sending
        expected = answer_clock(regime, unit[0][0].facts(), receipt, desk.library, str(desk.zone)).end
    steps = (f"{clock.citation.reference}: {clock.citation.quote or ''}".rstrip(": "),) if legal and clock else ()
    return LetterContext(
        name=str(kind),
        language=language,
        sender=_sender(desk, language),
        regime=regime.id,
        regime_label=_in(regime.label, language),
        regime_citation=_in(regime.title, language),
        addressee=party.name if party else "",
        proposal=regime.proposal,
        confidence_note=_doubt(regime, language),
        reports=tuple(letter_report(desk, dossier, language) for dossier, _ in unit),
        by_when=expected,
        by_when_is_legal=legal,
        certificate_steps=steps,
        receipt_proven=all(procedure.receipt.level >= Receipt.SERVER.level for _, procedure in unit),
        simulated=desk.organisation.simulated,
        extra=_extra(desk, kind, regime, unit, language, now) | (extra or {}),
        zone=str(desk.zone),
    )


def _in(text: Any, language: str) -> str:
    return str(getattr(text, language))


def _sender(desk: Desk, language: str) -> Organisation:
    head = desk.letterhead
    return Organisation(
        name=head.organisation, address="", email=head.reply_to, designation=head.designation.get(language, "")
    )


def _doubt(regime: Regime, language: str) -> str:
    """What a letter says of a law whose text nobody read in full (never upgraded)."""
    sure = {citation.confidence for citation in (regime.status[-1].citation,)}
    if Confidence.UNVERIFIED not in sure:
        return ""
    words = {
        "fr": "La référence de ce texte n'a pas été relue sur la source officielle.",
        "en": "The reference of this text was not re-read on the official source.",
    }
    return words[language]


def letter_report(desk: Desk, dossier: Dossier, language: str) -> LetterReport:
    """One report as an addressee may see it: never its reporter, never its victim."""
    report, qualification = dossier.report, dossier.qualification
    category = desk.library.categories[report.category]
    article = desk.library.qualifications.get(qualification.code) if qualification else None
    why = dossier.texts.get(qualification.why_id) if qualification and qualification.why_id else None
    return LetterReport(
        number=report.number,
        category_label=category.label.model_dump(),
        qualification=_in(article.label, language) if article else "",
        why=why.text if why else "",
        qualified_at=qualification.qualified_at if qualification else report.received_at,
        seen_at=_last_seen(dossier) or (qualification.seen_at if qualification else None),
        locations=tuple(
            LetterLocation(location.kind, dossier.address(location), location.country)
            for location in dossier.open_locations or dossier.locations
        ),
        depicted=report.depicted,
        returns=report.returns,
        earlier=_earlier(dossier, language),
    )


def _last_seen(dossier: Dossier) -> datetime | None:
    seen = [look.at for look in dossier.observations if look.sight == "alive"]
    return seen[-1] if seen else None


EARLIER = {
    "fr": {"notice": "notification envoyée", "reminder": "rappel envoyé", "complaint": "réclamation envoyée",
           "referral": "transmission à une autorité", "request": "demande de blocage envoyée"},
    "en": {"notice": "notice sent", "reminder": "reminder sent", "complaint": "complaint sent",
           "referral": "referral to an authority", "request": "request for a block sent"},
}  # fmt: skip


def _earlier(dossier: Dossier, language: str) -> tuple[EarlierAct, ...]:
    """What left the house before, oldest first, without saying to whom else."""
    words = EARLIER[language]
    sent = [act for act in dossier.acts if act.status is LetterStatus.SENT and act.kind in ("notice", "reminder")]
    return tuple(EarlierAct(act.at, words[act.kind]) for act in sorted(sent, key=lambda act: act.at))


def _extra(desk: Desk, kind: LetterKind, regime: Regime, unit: Unit, language: str, now: datetime) -> dict[str, Any]:
    if kind is LetterKind.COMPLAINT:
        return _complaint(desk, unit, now)
    if kind is LetterKind.REFERRAL:
        return _referral(desk, regime, unit, now)
    if kind is LetterKind.REQUEST:
        return _request(desk, regime, unit)
    return {}


def _complaint(desk: Desk, unit: Unit, now: datetime) -> dict[str, Any]:
    """One complaint per platform and period: a table of reports, and which duty failed (practice 1.8)."""
    rows = [_complaint_row(dossier, procedure) for dossier, procedure in unit]
    flagged = any(p.regime == "eu-dsa-22" for dossier, _ in unit for p in dossier.procedures)
    duties = ["16(4)"] if any(row.confirmed_at is None for row in rows) else []
    duties += ["16(5)"] if any(row.decided_at is None for row in rows) else []
    about = unit[0][0].party(unit[0][1].about_id)
    return {
        "provider": about.name if about else "",
        "period_from": min(row.noticed_at for row in rows),
        "period_to": now,
        "failed_duties": tuple([*duties, "22(1)"] if flagged else duties or ["16(6)"]),
        "standing": desk.organisation.recipient_standing or "",
        "rows": tuple(rows),
    }


def _complaint_row(dossier: Dossier, procedure: Procedure) -> ComplaintRow:
    notice = next((p for p in dossier.procedures if p.id == procedure.parent_id), None)
    noticed = notice.given_at if notice and notice.given_at else procedure.opened_at
    receipt = notice.receipt if notice else Receipt.NONE
    return ComplaintRow(
        number=dossier.report.number,
        noticed_at=noticed,
        receipt_proven=receipt.level >= Receipt.SERVER.level,
        confirmed_at=noticed if receipt is Receipt.ACKNOWLEDGED else None,
        last_seen_at=_last_seen(dossier),
    )


def _referral(desk: Desk, regime: Regime, unit: Unit, now: datetime) -> dict[str, Any]:
    dossier, procedure = unit[0]
    facts, party = dossier.facts(), dossier.party(procedure.party_id)
    asked = gate(regime, facts, dossier.party_facts(party) if party else None, desk.organisation, desk.library, now)
    complaint = next((item for item in asked.items if item.id == "complaint"), None)
    return {
        "complaint_on_file": facts.complaint_filed,
        "ready_to_prosecute": complaint is None or complaint.met,
        "addressee_kind": str(party.kind) if party else "prosecutor",
    }


def _request(desk: Desk, regime: Regime, unit: Unit) -> dict[str, Any]:
    dossier = unit[0][0]
    judgment = next((d for d in reversed(dossier.decisions) if d.kind == "judgment"), None)
    filled = desk.organisation.parameters.get(regime.id, {})
    extra: dict[str, Any] = {"parameters": tuple(sorted(filled.items())), "target": filled.get("target", "url")}
    if judgment:
        reference = dossier.texts.get(judgment.reference_id) if judgment.reference_id else None
        extra |= {
            "judgment_reference": reference.text if reference else "",
            "judgment_at": judgment.decided_at,
            "judgment_until": judgment.until,
            "until": judgment.until,
        }
    return extra
