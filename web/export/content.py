"""From the record to what the printed dossier and the timeline page say: the whole, its chronology and its law."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from edges.dossier_content import DossierContent
from edges.dossier_rows import Legal, Line, Rectification
from edges.letter_parts import tame
from edges.letters import defang
from web.details import detail_lines
from web.dossier_view import regime_or_none
from web.export import content_rows
from web.export.answers import answer_file
from web.export.files import procedure_ordinal
from web.export.telling import Telling

LONGEST = 400  # characters of what a line of the chronology adds


def content_of(telling: Telling) -> DossierContent:
    """Everything that is printed."""
    material, report = telling.material, telling.material.report
    qualification = next((row for _, row in reversed(material.beside("qualification")) if row), None)
    law = telling.words.library.qualifications.get(qualification["code"]) if qualification else None
    place = 0 if telling.language == "fr" else 1
    return DossierContent(
        language=telling.language,
        number=report["number"],
        category=telling.words.text(telling.words.library.categories[report["category"]].label),
        qualification=telling.words.text(law.label) if law else "",
        article="",
        profile=material.profile.label[place],
        made_at=telling.made_at,
        organisation=telling.organisation,
        simulated=material.simulated,
        as_known_on=telling.as_known_on,
        zone=telling.zone,
        stage=telling.words.term("report_stage", report["stage"]) if not material.later else "",
        made_by=telling.made_by,
        events=len(material.events),
        withheld_after=material.later,
        profile_withholds=tuple(pair[place] for pair in material.profile.withholds),
        rectifications=tuple(rectifications(telling)),
        chronology=tuple(line(telling, event) for event in material.events),
        legal=tuple(legal(telling)),
        places=tuple(content_rows.places(telling)),
        deadlines=tuple(content_rows.deadlines(telling)),
        letters=tuple(content_rows.letters(telling)),
        looks=tuple(content_rows.looks(telling)),
        measures=tuple(content_rows.measures(telling)),
        erased=tuple(content_rows.erased(telling)),
        withheld=tuple(content_rows.withheld(telling)),
        seals=tuple(content_rows.seals(telling)),
    )


def line(telling: Telling, event: Any) -> Line:
    body = telling.material.bodies.get(event["seq"])
    procedure = procedure_ordinal(telling.material, str(event["procedure_id"])) if event["procedure_id"] else None
    withheld = telling.either("Contenu non montré par ce profil.", "Not shown by this profile.")
    late = telling.words.late(body["details"]) if body is not None else ""
    return Line(
        at=event["at"],
        learned=event["learned_at"],
        sentence=" ".join(filter(None, (telling.words.event(event["kind"]), late))),
        actor=event["actor"],
        proof=telling.proof(event["seq"], _shown_by(telling, body)),
        detail=withheld if body is None else detail(telling, event["kind"], body),
        procedure=procedure or None,
    )


def _shown_by(telling: Telling, body: dict[str, Any] | None) -> str:
    """The file of the message that an event speaks of."""
    number = body["details"].get("message") if body is not None else None
    return answer_file(telling.material, str(number)) if number else ""


def detail(telling: Telling, kind: str, body: dict[str, Any]) -> str:
    text = tame(" · ".join(detail_lines(kind, body["details"], telling.words, ZoneInfo(telling.zone))))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def rectifications(telling: Telling) -> Iterator[Rectification]:
    for event in telling.material.events:
        body = telling.material.bodies.get(event["seq"])
        if event["kind"] != "rectified" or body is None:
            continue
        details = body["details"]
        before, after = telling.material.text(details.get("before")), telling.material.text(details.get("after"))
        gone = telling.either("(non montré ou effacé)", "(not shown or erased)")
        says = defang if details.get("what") == "location" else tame
        yield Rectification(
            at=event["at"],
            learned=event["learned_at"],
            said=says(before.text) if before else gone,
            holds=says(after.text) if after else gone,
            why=telling.words.term("rectifiable", str(details.get("what", ""))),
            actor=event["actor"],
            proof=telling.proof(event["seq"]),
            corrects=details.get("corrects"),
        )


def legal(telling: Telling) -> Iterator[Legal]:
    found: dict[str, list[int]] = {}
    for row in telling.material.of("procedure").values():
        found.setdefault(row["regime"], []).append(row["ordinal"])
    for regime_id, ordinals in found.items():
        regime = regime_or_none(telling.words.library, regime_id)
        if regime is None:
            continue
        status = regime.status[-1] if regime.status else None
        clock = next((one for one in reversed(regime.clocks)), None)
        cited = clock.citation if clock else (status.citation if status else None)
        if cited is None:
            continue
        yield Legal(
            label=telling.words.text(regime.label),
            title=telling.words.text(regime.title),
            citation=cited.reference,
            confidence=cited.confidence,
            quote=cited.quote or "",
            version=regime.digest[:16],
            procedures=tuple(sorted(ordinals)),
        )
