"""What each kind of letter says beyond what all letters share: complaint, referral, request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cases.clocks import certificate_of
from cases.desk import Desk
from cases.dossier import Dossier
from edges.letters import ComplaintRow
from law.clock import JOURS, WEEKDAYS
from law.gate import complaint_needed
from law.regime import Regime
from law.vocabulary import Confidence, LetterKind, Receipt, RuleKind, Sight, Stage
from models.tables import Procedure

Unit = Sequence[tuple[Dossier, Procedure]]  # the reports of one letter, each with its procedure


def last_seen(dossier: Dossier) -> datetime | None:
    """When a look last found content of this report."""
    seen = [look.at for look in dossier.observations if look.sight is Sight.ALIVE]
    return seen[-1] if seen else None


def extra_for(desk: Desk, kind: LetterKind, regime: Regime, unit: Unit, language: str, now: datetime) -> dict[str, Any]:
    """What the template of this kind asks for on top of the context that all letters share."""
    if kind is LetterKind.COMPLAINT:
        return _complaint(desk, unit, now) | {"certificates": _certificates(unit, language)}
    if kind is LetterKind.REFERRAL:
        return _referral(desk, unit) | {"certificates": _certificates(unit, language)}
    if kind is LetterKind.REQUEST:
        return _request(desk, regime, unit)
    return {}


def _certificates(unit: Unit, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """
    For each report whose legal deadline ran out with receipt proven: how that deadline was counted, step by step.

    Our own clocks are never printed here: nobody is accused with our own number (practice 1.8).
    """
    found = []
    for dossier, procedure in unit:
        before = next((p for p in dossier.procedures if p.id == procedure.parent_id), None)
        certificate = certificate_of(before) if before is not None and before.stage is Stage.MISSED else None
        if certificate is None or certificate.kind is not RuleKind.LAW or not certificate.start.receipt_proven:
            continue
        doubt = _UNVERIFIED[language] if certificate.confidence is Confidence.UNVERIFIED else ""
        steps = [step.fr if language == "fr" else step.en for step in certificate.steps]
        last = f"{_LAST_MOMENT[language]}{_said(certificate.last_moment, language)} ({certificate.zone})"
        found.append((dossier.report.number, (certificate.citation + doubt, *steps, last)))
    return tuple(found)


def _said(moment: str, language: str) -> str:
    """A moment of a certificate, such as `Tue 2026-11-17 24:00`, with the name of its day in the language."""
    name, _, rest = moment.partition(" ")
    return f"{JOURS[WEEKDAYS.index(name)]} {rest}" if language == "fr" and name in WEEKDAYS else moment


_LAST_MOMENT = {"fr": "Dernier instant : ", "en": "Last moment: "}
_UNVERIFIED = {"fr": " (texte non vérifié)", "en": " (text not verified)"}


def _complaint(desk: Desk, unit: Unit, now: datetime) -> dict[str, Any]:
    """One complaint per platform and period: a table of reports, and which duty failed (practice 1.8)."""
    rows = [_complaint_row(dossier, procedure) for dossier, procedure in unit]
    flagged = any(p.regime == "eu-dsa-22" for dossier, _ in unit for p in dossier.procedures)
    proven = [row for row in rows if row.receipt_proven]  # below that no breach is alleged (practice 1.7)
    duties = ["16(4)"] if any(row.confirmed_at is None for row in proven) else []
    duties += ["16(5)"] if any(row.decided_at is None for row in proven) else ["16(6)"]
    about = unit[0][0].party(unit[0][1].about_id)
    return {
        "provider": about.name if about else "",
        "period_from": min(row.noticed_at for row in rows),
        "period_to": now,
        "failed_duties": tuple([*duties, "22(1)"] if flagged else duties),
        "standing": desk.organisation.recipient_standing or "",
        "rows": tuple(rows),
    }


def _complaint_row(dossier: Dossier, procedure: Procedure) -> ComplaintRow:
    notice = next((p for p in dossier.procedures if p.id == procedure.parent_id), None)
    noticed = notice.given_at if notice and notice.given_at else procedure.opened_at
    receipt = notice.receipt if notice else Receipt.NONE
    said_no = notice.closed_at if notice and notice.stage is Stage.REFUSED else None
    return ComplaintRow(
        number=dossier.report.number,
        noticed_at=noticed,
        receipt_proven=receipt.level >= Receipt.SERVER.level or said_no is not None,
        confirmed_at=noticed if receipt is Receipt.ACKNOWLEDGED else said_no,
        decided_at=said_no,
        last_seen_at=last_seen(dossier),
    )


def _referral(desk: Desk, unit: Unit) -> dict[str, Any]:
    dossier, procedure = unit[0]
    facts, party = dossier.facts(), dossier.party(procedure.party_id)
    return {
        "complaint_on_file": facts.complaint_filed,
        "ready_to_prosecute": facts.complaint_filed or not complaint_needed(facts, desk.library),
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
