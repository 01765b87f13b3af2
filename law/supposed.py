"""
What if somebody reported this? Complete facts for the pure function that decides who is told what first.

Everything that was not said is assumed, and each assumption is told with the answer: nothing is guessed in silence.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from law.errors import LawError
from law.facts import ChannelFacts, MandateFacts, OrganisationFacts, PartyFacts, ReportFacts, SignatureFacts
from law.library import Library
from law.lifecycle import AUTHORITIES
from law.values import Text
from law.vocabulary import ChannelKind, Depicted, LocationKind, PartyKind

ADDRESSEE = "addressee"  # number of the party that holds the content
FAR = timedelta(days=36500)  # a signature that does not end while we look

YEARS = range(1900, 2201)  # no text that we know begins before, and a day more must always exist after


class DayTooFar(LawError):
    """Nothing is supposed on that day; allowed: a day from 1900-01-01 to 2200-12-31."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed of a report that nobody made. Unknown regime ids in `unsigned` are the caller's fault."""

    category: str  # id in law/categories.toml
    depicted: Depicted
    hosted_in: str | None  # ISO 3166-1, None: not known
    addressee_kind: PartyKind
    mandate: bool = False
    complaint: bool = False
    not_small: bool = False  # the platform is known to be neither micro nor small
    flagger: bool = False  # we are a trusted flagger for this category
    wish: str | None = None  # "removal", "nothing", None: not known
    returns: int = 0
    unsigned: frozenset[str] = frozenset()  # regime ids


@dataclass(frozen=True, slots=True)
class Supposed:
    """Facts for `law.decide.route`, and what was assumed to make them."""

    report: ReportFacts
    organisation: OrganisationFacts
    assumed: tuple[Text, ...]


def suppose(what: Supposition, library: Library, now: datetime) -> Supposed:
    """
    Complete facts at `now`.

    Raises:
        DayTooFar: before 1900 or after 2200.
    """
    if now.year not in YEARS:
        raise DayTooFar
    addressee = _party(ADDRESSEE, what.addressee_kind, what.hosted_in, library)
    if what.not_small:
        addressee = PartyFacts(addressee.number, addressee.kind, addressee.country, False, addressee.channels)
    qualification = next((one.id for one in library.qualifications.values() if what.category in one.categories), "")
    report = ReportFacts(
        number="R-0",
        category=what.category,
        qualification=qualification,
        depicted=what.depicted,
        location_kinds=frozenset({LocationKind.URL}),
        hosted_in=what.hosted_in,
        hosts=(addressee,),
        qualified_by="S-01",
        second_reader="S-02",
        explanation=True,
        wish=what.wish,
        mandates=(MandateFacts("M-0", now, identity_checked=True),) if what.mandate else (),
        complaint_filed=what.complaint,
        returns=what.returns,
    )
    return Supposed(report, _organisation(what, library, now), _assumed(what, library))


def _party(number: str, kind: PartyKind, country: str | None, library: Library) -> PartyFacts:
    """A party with one working channel, which is its own mechanism wherever a regime asks for one."""
    channel = ChannelFacts(f"{number}-1", ChannelKind.FORM, frozenset(library.ids()))
    return PartyFacts(number, kind, country, channels=(channel,))


def _organisation(what: Supposition, library: Library, now: datetime) -> OrganisationFacts:
    signed = [one for one in library.regimes.values() if not one.proposal and one.id not in what.unsigned]
    country = library.house.country
    known = [_party(f"{kind}-{country}", kind, country, library) for kind in PartyKind if kind in AUTHORITIES]
    return OrganisationFacts(
        trusted_flagger=what.flagger,
        areas=frozenset({what.category}) if what.flagger else frozenset(),
        recipient_standing="recipient of the service in our own name",
        signatures=tuple(SignatureFacts(one.id, one.digest, "L-01", now + FAR) for one in signed),
        authorities=tuple(known),
    )


def _assumed(what: Supposition, library: Library) -> tuple[Text, ...]:
    """Every assumption in words."""
    country = library.house.country
    found = [
        Text(
            fr="Un signalement public, à une adresse web, qualifié, motivé et relu par une seconde personne.",
            en="A public report at one web address, qualified, with its reasons, and read by a second person.",
        ),
        Text(
            fr=f"Une autorité de chaque genre est dans l'annuaire pour {country}, et le réseau des points de contact.",
            en=f"The directory has one authority of each kind for {country}, and the network of hotlines.",
        ),
        Text(
            fr="Le canal du destinataire est son propre mécanisme, pour chaque régime qui en demande un.",
            en="The addressee's channel is its own mechanism, under every regime that asks for one.",
        ),
        Text(
            fr="La police n'a rien dit et aucun délai n'est convenu avec elle ; aucun jugement n'est au dossier.",
            en="The police said nothing and no delay is agreed with them; no judgment is on record.",
        ),
        _signed(what),
    ]
    if what.flagger:
        found.append(
            Text(
                fr="Nous sommes signaleur de confiance, et la catégorie est dans notre domaine désigné.",
                en="We are a trusted flagger, and the category is in our designated area.",
            )
        )
    if what.mandate:
        found.append(
            Text(
                fr="Le mandat vaut pour tout destinataire et tout pays ; l'identité a été vérifiée.",
                en="The mandate holds for every addressee and country; the identity was checked.",
            )
        )
    return tuple(found)


def _signed(what: Supposition) -> Text:
    if not what.unsigned:
        return Text(
            fr="Un avocat a signé chaque régime ; ici rien ne dit lesquels le sont vraiment.",
            en="A lawyer signed every regime; nothing here knows which ones really are.",
        )
    ids = ", ".join(sorted(what.unsigned))
    return Text(fr=f"Un avocat a signé chaque régime, sauf {ids}.", en=f"A lawyer signed every regime but {ids}.")
