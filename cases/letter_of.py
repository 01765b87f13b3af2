"""From dossiers to a letter: which template, what it says, and the rows that hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cases.answerable import has_page
from cases.desk import Desk
from cases.dossier import Dossier
from cases.letter_extra import Unit, extra_for, last_seen
from edges.letter_cuts import Composed
from edges.letters import (
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
from law.answers import answer_clock, driving_clock
from law.facts import ReceiptFacts
from law.gate import law_day
from law.regime import ANSWER, Regime
from law.values import Value
from law.vocabulary import Confidence, LetterKind, LetterStatus, Receipt, RuleKind
from models.base import new_id
from models.draft import Draft
from models.private import PrivateText, Purpose, digest_of, private
from models.tables import Channel, Letter, LetterPart, Party

LANGUAGES = ("fr", "en")


def language_of(party: Party | None) -> str:
    """The addressee's language from the directory, else English (practice, section 2)."""
    return party.language if party and party.language in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with its parts, ready to be put on record and to be sent."""

    letter: Letter
    parts: tuple[LetterPart, ...]
    texts: tuple[PrivateText, ...]

    @property
    def raw(self) -> bytes:
        """The bytes of the whole letter."""
        return b"".join(text.body for text in self.texts)

    def keep(self, draft: Draft) -> Letter:
        """Put it on record: the texts apart."""
        for text in self.texts:
            draft.keep_apart(text)
        draft.keep(self.letter)
        for part in self.parts:
            draft.keep(part)
        return self.letter


def in_parts(
    letter_id: UUID, composed: Composed, reports: Mapping[str, UUID], now: datetime
) -> tuple[list[LetterPart], list[PrivateText]]:
    """Each part of a letter as a private text of its own report (`reports` by number); the frame belongs to none."""
    texts = [
        private(
            Purpose.LETTER,
            part.octets,
            now=now,
            report_id=reports[part.report] if part.report else None,
            letter_id=letter_id,
        )
        for part in composed.parts
    ]
    rows = [
        LetterPart(
            letter_id=letter_id, ordinal=n, report_id=text.report_id, text_id=text.id, commitment=text.commitment
        )
        for n, text in enumerate(texts)
    ]
    return rows, texts


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
) -> Written:
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
    if has_page(kind, party):
        context = replace(context, **desk.answering.in_letter(letter_id, now))
    identifier = message_id(str(letter_id), desk.letterhead.sender.rpartition("@")[2])
    rendered = render(context)
    composed = compose(
        rendered,
        message_id=identifier,
        sender=desk.letterhead.sender,
        sender_name=desk.letterhead.sender_name,
        recipient=channel.address,
        reply_to=desk.answering.reply_to(letter_id, desk.letterhead.reply_to),
        date=now,
        attachments=() if kind is LetterKind.STAFF else (locations_csv(context.reports),),
        simulated=desk.organisation.simulated,
        in_reply_to=answers,
    )
    rows, texts = in_parts(letter_id, composed, {one.report.number: one.report.id for one, _ in unit}, now)
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
        digest=digest_of(texts),
        status=status,
        written_at=now,
    )
    return Written(letter, tuple(rows), tuple(texts))


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
    clock = driving_clock(regime, unit[0][0].facts(), now, desk.library)
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
        confidence_note=_doubt(regime, law_day(now, desk.library), language),
        reports=tuple(_letter_report(desk, dossier, language) for dossier, _ in unit),
        by_when=expected,
        by_when_is_legal=legal,
        certificate_steps=steps,
        receipt_proven=all(procedure.receipt.level >= Receipt.SERVER.level for _, procedure in unit),
        simulated=desk.organisation.simulated,
        extra=extra_for(desk, kind, regime, unit, language, now) | (extra or {}),
        zone=str(desk.zone),
    )


def _in(text: Any, language: str) -> str:
    return str(getattr(text, language))


def _sender(desk: Desk, language: str) -> Organisation:
    head = desk.letterhead
    return Organisation(
        name=head.organisation, address="", email=head.reply_to, designation=head.designation.get(language, "")
    )


def _doubt(regime: Regime, day: date, language: str) -> str:
    """What a letter says when something that it rests on is law that nobody verified (never upgraded)."""
    clocks = [clock for clock in regime.clocks if clock.id == ANSWER]
    used: list[Value] = [*regime.status, *regime.standings, *regime.addressee_values, *regime.elements, *clocks]
    cited = [value.citation for value in used if value.holds_on(day)]
    if not any(one.kind is RuleKind.LAW and one.confidence is Confidence.UNVERIFIED for one in cited):
        return ""
    words = {
        "fr": "La référence de ce texte n'a pas été relue sur la source officielle.",
        "en": "The reference of this text was not re-read on the official source.",
    }
    return words[language]


def _letter_report(desk: Desk, dossier: Dossier, language: str) -> LetterReport:
    """One report as an addressee may see it: never its reporter, never its victim."""
    report, qualification = dossier.report, dossier.qualification
    category = desk.library.categories[report.category]
    article = desk.library.qualifications.get(qualification.code) if qualification else None
    why = dossier.texts.get(qualification.why_id) if qualification and qualification.why_id else None
    return LetterReport(
        number=report.number,
        category_label=dict(category.label),
        qualification=_in(article.label, language) if article else "",
        why=why.text if why else "",
        qualified_at=qualification.qualified_at if qualification else report.received_at,
        seen_at=last_seen(dossier) or (qualification.seen_at if qualification else None),
        locations=tuple(
            LetterLocation(location.kind, dossier.address(location), location.country)
            for location in dossier.open_locations or dossier.locations
        ),
        depicted=report.depicted,
        returns=report.returns,
        earlier=_earlier(dossier, language),
    )


EARLIER = {
    "fr": {LetterKind.NOTICE: "notification envoyée", LetterKind.REMINDER: "rappel envoyé"},
    "en": {LetterKind.NOTICE: "notice sent", LetterKind.REMINDER: "reminder sent"},
}


def _earlier(dossier: Dossier, language: str) -> tuple[EarlierAct, ...]:
    """What left the house before, oldest first, without saying to whom else."""
    words = EARLIER[language]
    sent = [act for act in dossier.acts if act.status is LetterStatus.SENT and act.kind in words]
    return tuple(EarlierAct(act.at, words[act.kind]) for act in sorted(sent, key=lambda act: act.at))
