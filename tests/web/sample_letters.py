"""Letters for the samples: rendered and composed by the program's own letter room."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cases.dossier import Dossier
from cases.letter_of import Written, in_parts
from edges.letters import (
    ComplaintRow,
    LetterContext,
    LetterLocation,
    LetterReport,
    Organisation,
    compose,
    locations_csv,
    message_id,
    render,
)
from law.library import Library
from law.vocabulary import LetterKind
from models.base import new_id
from models.private import digest_of
from models.tables import Letter, Party, Procedure


def a_sample_letter(
    library: Library, dossier: Dossier, urls: Sequence[str], procedure: Procedure, party: Party, name: str, at: datetime
) -> Written:
    """The bytes and the row of one letter in French."""
    context = _context(library, dossier, urls, procedure, name, at)
    rendered, letter_id = render(context), new_id()
    identifier, recipient = message_id(str(letter_id), "hotline.example"), f"desk@{party.number.lower()}.example"
    composed = compose(
        rendered, message_id=identifier, sender="notices@hotline.example", sender_name="Hotline Example",
        recipient=recipient, reply_to=None, date=at, attachments=(locations_csv(context.reports),), simulated=True,
    )  # fmt: skip
    parts, texts = in_parts(letter_id, composed, {dossier.report.number: dossier.report.id}, at)
    row = Letter(
        id=letter_id, message_id=identifier, kind=LetterKind(name), regime=procedure.regime, party_id=party.id,
        recipient=recipient, language="fr", subject=rendered.subject,
        digest=digest_of(texts), written_at=at,
    )  # fmt: skip
    return Written(row, tuple(parts), tuple(texts))


def _context(
    library: Library, dossier: Dossier, urls: Sequence[str], procedure: Procedure, name: str, at: datetime
) -> LetterContext:
    report, regime = dossier.report, library.regime(procedure.regime)
    category = library.categories[report.category]
    shown = LetterReport(
        number=report.number,
        category_label={"fr": category.label.fr, "en": category.label.en},
        qualification=dossier.qualification.code if dossier.qualification else "",
        why="Les éléments du texte sont réunis.",
        qualified_at=report.received_at,
        seen_at=report.received_at,
        locations=tuple(
            LetterLocation(place.kind, url, place.country) for place, url in zip(dossier.locations, urls, strict=True)
        ),
        depicted=report.depicted,
    )
    return LetterContext(
        name=name, language="fr", sender=Organisation("Hotline Example", "12 rue de l'Exemple, 75000 Paris",
                                                      "notices@hotline.example", "signaleur de confiance"),
        regime=regime.id, regime_label=regime.label.fr, regime_citation=regime.title.fr, reports=(shown,),
        by_when=at + timedelta(hours=48), simulated=True, extra=_extra(name, report.number, at), zone="Europe/Paris",
    )  # fmt: skip


def _extra(name: str, number: str, at: datetime) -> dict[str, Any]:
    if name != "complaint":
        return {}
    return {
        "provider": "P-0005", "period_from": at - timedelta(days=30), "period_to": at, "failed_duties": ("16(6)",),
        "standing": "en notre propre nom", "rows": (ComplaintRow(number, at - timedelta(days=9), True),),
    }  # fmt: skip
