"""Realistic dossiers in both languages, made of nothing but the number that is asked for; reserved names only."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from edges.dossier_content import DossierContent, Language
from edges.dossier_rows import MACHINE, Erased, Withheld
from tests.edges.dossier_row_samples import (
    BEGAN,
    chronology,
    deadlines,
    decisions,
    either,
    law,
    letters,
    looks,
    measures,
    places,
    proof,
    rectification,
    removal,
    seals,
)  # fmt: skip

Part = TypeVar("Part")
HOSTILE = (
    '#panic("x") $x^2$ `raw` *bold* _it_ @ref <label> \\ // /* "quoted" </script><b>x</b> {{ 7*7 }}',
    "\u202egnitiaw\u202c \u200b\u2066hidden\u2069 \x00\x07\ufeff\ud800",
    "https://evil.example/a?b=c#d and www.evil.example",
    "a" * 400,
    "hxxps://site[.]example/" + "0123456789abcdef" * 30,
    "日本語 中文 한국어 😀👩‍👩‍👧 العربية עברית ไทย é̷̛̖ \U0010fffd",
    "line one\nline two\r\nline three",
    "",
)


def short(language: Language = "fr", **changes: object) -> DossierContent:
    """A report that was received and notified."""
    content = DossierContent(
        language=language, number="R-2026-000123",
        category=either(language, "Image intime diffusée sans accord", "Intimate image shared without consent"),
        qualification=either(language, "Atteinte à l'intimité", "Breach of intimacy"),
        article=either(language, "Code pénal, art. 226-2-1", "French Criminal Code, Art. 226-2-1"),
        profile=either(language, "juge", "court"), made_at=datetime(2026, 12, 14, 9, 30, 12, tzinfo=UTC),
        organisation=either(language, "Association Exemple, point de contact", "Example Association, hotline"), simulated=False,
        stage=either(language, "n'est plus visible", "no longer seen"), made_by="S-01", events=8,
        profile_withholds=(either(language, "Le nom de la personne qui a signalé n'est jamais montré.", "The name of the person who reported is never shown."),),
        chronology=tuple(chronology(language, 8)), legal=law(language)[:1], places=places(language)[:1],
        deadlines=deadlines(language)[:1], letters=letters(language)[:1], removals=(removal(),), looks=looks(), seals=seals(8),
    )  # fmt: skip
    return replace(content, **changes)  # type: ignore[arg-type]


def long(language: Language = "fr", count: int = 200, **changes: object) -> DossierContent:
    """A report with everything, as known on a day, and so many events."""
    content = short(
        language, events=count, withheld_after=4, as_known_on=datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC),
        chronology=tuple(chronology(language, count)), legal=law(language), places=places(language), deadlines=deadlines(language),
        letters=letters(language), measures=measures(language), decisions=decisions(language), seals=seals(count),
        rectifications=(rectification(language, count),),
    )  # fmt: skip
    return replace(content, **changes)  # type: ignore[arg-type]


def erased(language: Language = "fr") -> DossierContent:
    """A report with two texts erased."""
    gone = (
        Erased(either(language, "Adresse de l'emplacement 3", "Address of location 3"), BEGAN + timedelta(days=14), "S-DPO",
               either(language, "demande de la personne concernée, RGPD art. 17", "request of the person concerned, GDPR Art. 17"), proof(8)),
        Erased(either(language, "Motifs de la qualification", "Reasons of the qualification"), BEGAN + timedelta(days=15), MACHINE,
               either(language, "fin de la durée de conservation.", "end of the retention period."), proof(8, sealed=False)),
    )  # fmt: skip
    return short(language, erased=gone, places=places(language))


def withheld(language: Language = "fr") -> DossierContent:
    """A report for a platform, with what it may not see."""
    kept = (
        Withheld(either(language, "Nom et coordonnées de la personne qui a signalé", "Name and contact of the person who reported"), 2, either(language, "Jamais transmis à une plateforme.", "Never given to a platform.")),
        Withheld(either(language, "Parties de lettres d'autres signalements", "Parts of letters about other reports"), 11, either(language, "Elles ne concernent pas ce signalement.", "They are not about this report.")),
    )  # fmt: skip
    return short(language, profile=either(language, "plateforme", "platform"), withheld=kept, profile_withholds=(
        either(language, "Les adresses ne sont montrées que si elles ont déjà été envoyées à ce destinataire.", "Addresses are shown only if they were already sent to this addressee."),
        either(language, "Les codes des agents sont remplacés par « S-… ».", "Staff codes are replaced by \"S-…\"."),
    ))  # fmt: skip


def simulated(language: Language = "fr") -> DossierContent:
    """One of a store that was born simulated."""
    return long(language, 30, simulated=True)


def empty(language: Language = "fr") -> DossierContent:
    """A report about which nothing is on record yet."""
    return DossierContent(
        language=language, number="R-2026-000001", category="CSAM", qualification="", article="", profile="-",
        made_at=BEGAN, organisation="Exemple", simulated=False,
    )  # fmt: skip


def varied(count: int) -> Iterator[DossierContent]:
    """So many dossiers, no two of them with a row in common, from 5 to 95 events, in both languages."""
    for n in range(count):
        language: Language = ("fr", "en")[n % 2]  # type: ignore[assignment]
        content = long(language, 5 + (n * 37) % 91, number=f"R-2026-{n:06d}", simulated=n % 5 == 0)
        yield later(content, timedelta(hours=31 * n, seconds=7 * n + 1))


def later(part: Part, by: timedelta) -> Part:
    """The same content with every instant moved."""
    return _changed(part, lambda one: one + by if isinstance(one, datetime) else one)


def poisoned(part: Part, bad: str) -> Part:
    """The same content with every text replaced, save its language and zone."""
    return _changed(part, lambda one: bad if type(one) is str else one)


def _changed(part: Part, change: Callable[[Any], Any]) -> Part:
    found: Any = part
    if isinstance(found, tuple):
        return tuple(_changed(one, change) for one in found)  # type: ignore[return-value]
    if not is_dataclass(found):
        return change(found)  # type: ignore[no-any-return]
    kept = [each.name for each in fields(found) if each.name not in ("language", "zone")]
    return replace(found, **{name: _changed(getattr(found, name), change) for name in kept})  # type: ignore[type-var]
