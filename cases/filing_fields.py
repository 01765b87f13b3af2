"""
What stands in one field of a form for one report; cut to the form's limit in plain sight, never silently.

An address is never cut: the rest of it would be another place, perhaps somebody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from cases.dossier import Dossier
from cases.letter_extra import last_seen
from edges.form_files import FormField, Source
from law.library import Library
from law.vocabulary import Depicted, LocationKind

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Teller:
    """Who files, in which language, in which zone times are told."""

    organisation: str
    mail: str
    language: Language
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Filled:
    """One field as it is copied. `values` are several where each address is copied by itself."""

    field: FormField
    values: tuple[str, ...]
    longest: int  # characters of the longest value before it was cut
    cut: bool = False
    too_long: bool = False  # an address that the form does not take: it is left out, a person decides
    unknown_code: bool = False  # nobody has read this form's own codes

    @property
    def missing(self) -> bool:
        """Whether the form asks for it, the program has nothing, and it is not for a person to choose there."""
        chosen = self.field.source is Source.PERSON or not self.field.codes_known
        return self.field.required and not self.values and not chosen

    @property
    def exact(self) -> bool:
        """Whether it holds an address, or a text in which one may stand: shown defanged on pages."""
        return self.field.source in {Source.LOCATION, Source.WHY}


def fill(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> Filled:
    """The field for this report."""
    values = tuple(value for value in _VALUES[field.source](field, dossier, library, teller) if value)
    longest = max((len(value) for value in values), default=0)
    unknown = field.source is Source.CODE and not values
    if field.limit is None or longest <= field.limit:
        return Filled(field, values, longest, unknown_code=unknown)
    if field.source is Source.LOCATION:
        short = tuple(value for value in values if len(value) <= field.limit)
        return Filled(field, short, longest, too_long=True)
    return Filled(field, tuple(value[: field.limit] for value in values), longest, cut=True)


def _locations(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    texts = [dossier.texts.get(place.text_id) for place in dossier.places]
    return [text.text for text in texts if text is not None]  # an erased address is missing


def _kinds(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    return list(dict.fromkeys(KINDS[place.kind][teller.language] for place in dossier.places))


def _countries(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    return list(dict.fromkeys(place.country for place in dossier.places if place.country))


def _category(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    category = library.categories[dossier.report.category]
    return [str(getattr(category.label, teller.language))]


def _code(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    return [field.codes.get(dossier.report.category, "")]


def _qualification(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    code = dossier.qualification.code if dossier.qualification else ""
    article = library.qualifications.get(code)
    return [str(getattr(article.label, teller.language))] if article else []


def _why(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    why = dossier.qualification.why_id if dossier.qualification else None
    text = dossier.texts.get(why) if why else None
    return [text.text] if text else []


def _seen_at(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    seen = last_seen(dossier) or (dossier.qualification.seen_at if dossier.qualification else None)
    return [_when(seen, teller)] if seen else []


def _qualified_at(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    return [_when(dossier.qualification.qualified_at, teller)] if dossier.qualification else []


def _when(at: datetime, teller: Teller) -> str:
    return at.astimezone(teller.zone).strftime("%Y-%m-%d %H:%M %z")


def _depicted(field: FormField, dossier: Dossier, library: Library, teller: Teller) -> list[str]:
    return [SHOWN[dossier.report.depicted][teller.language]]


Values = Callable[[FormField, Dossier, Library, Teller], list[str]]
_VALUES: dict[Source, Values] = {
    Source.NUMBER: lambda field, dossier, library, teller: [dossier.report.number],
    Source.LOCATION: _locations,
    Source.LOCATION_KIND: _kinds,
    Source.COUNTRY: _countries,
    Source.CATEGORY: _category,
    Source.CODE: _code,
    Source.QUALIFICATION: _qualification,
    Source.WHY: _why,
    Source.SEEN_AT: _seen_at,
    Source.QUALIFIED_AT: _qualified_at,
    Source.DEPICTED: _depicted,
    Source.OUR_NAME: lambda field, dossier, library, teller: [teller.organisation],
    Source.OUR_MAIL: lambda field, dossier, library, teller: [teller.mail],
    Source.TEXT: lambda field, dossier, library, teller: [field.text],
    Source.PERSON: lambda field, dossier, library, teller: [],
}

KINDS: dict[LocationKind, dict[str, str]] = {
    LocationKind.URL: {"fr": "page web", "en": "web page"},
    LocationKind.ONION: {"fr": "service caché Tor", "en": "Tor hidden service"},
    LocationKind.CHANNEL_MESSAGE: {"fr": "message d'un canal", "en": "message in a channel"},
    LocationKind.ACCOUNT: {"fr": "compte", "en": "account"},
    LocationKind.PHONE: {"fr": "numéro de téléphone", "en": "telephone number"},
    LocationKind.APP: {"fr": "application", "en": "application"},
    LocationKind.MAGNET: {"fr": "lien pair à pair", "en": "peer-to-peer link"},
    LocationKind.IPFS: {"fr": "adresse IPFS", "en": "IPFS address"},
    LocationKind.LIVE_STREAM: {"fr": "diffusion en direct", "en": "live stream"},
    LocationKind.LOGIN_PAGE: {"fr": "page derrière une connexion", "en": "page behind a login"},
}
SHOWN: dict[Depicted, dict[str, str]] = {
    Depicted.ADULT: {"fr": "une personne majeure", "en": "an adult"},
    Depicted.MINOR: {"fr": "une personne mineure", "en": "a minor"},
    Depicted.UNKNOWN: {"fr": "âge non connu", "en": "age not known"},
    Depicted.NOBODY: {"fr": "aucune personne", "en": "nobody"},
}
