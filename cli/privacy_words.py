"""The register's own words, in French and English, and its lines as cells: the same for the command and for `docs/`."""

from typing import Final

from cases.processors import NO_DATA, Outside
from models.privacy import DataClass, Language
from web.terms import PARTY_KIND

Pair = tuple[str, str]  # French, English

WORDS: Final[dict[str, Pair]] = {
    "register": ("Registre des traitements (RGPD, art. 30)", "Register of processing (GDPR Art. 30)"),
    "controller": ("Responsable du traitement", "Controller"),
    "officer": ("Délégué à la protection des données", "Data protection officer"),
    "stated": ("Base légale indiquée par l'organisme", "Legal basis as stated by the organisation"),
    "name": ("Classe", "Class"),
    "purpose": ("Finalité", "Purpose"),
    "data": ("Données", "Data"),
    "key": ("Chiffrement", "Encryption"),
    "dies_with": ("Disparaît avec", "Goes with an erasure of"),
    "basis": ("Base légale", "Legal basis"),
    "retention": ("Durée", "Retention"),
    "readers": ("Lecteurs", "Readers"),
    "recipients": ("Destinataires", "Recipients"),
    "columns": ("Colonnes", "Columns"),
    "personal": ("personnelles", "personal"),
    "pseudonymous": ("pseudonymes", "pseudonymous"),
    "none": ("non personnelles", "not personal"),
    "under": ("sous la clé de :", "under the key of:"),
    "clear": ("en clair dans la base", "in clear in the store"),
    "outside": ("Sous-traitants et destinataires", "Recipients and processors"),
    "unstated": ("inconnu : l'organisme l'indique", "unknown: the organisation states it"),
    "no_store": (
        "les destinataires de l'annuaire : la base n'est pas accessible ici",
        "the addressees of the directory: the store is not at hand here",
    ),
    "no_addressee": ("l'annuaire est vide", "the directory is empty"),
    "inside": ("dans l'EEE", "within the EEA"),
    "no_data": ("une empreinte seulement, aucune donnée personnelle", "one hash only, no personal data"),
    "relay": ("relais de courrier", "mail relay"),
    "mailbox": ("boîte aux lettres", "mailbox"),
    "timestamp": ("autorité d'horodatage", "time-stamp authority"),
    "probe": ("sortie des vérifications et serveurs de noms", "egress of looks, and name servers"),
    "rdap": ("serveurs RDAP", "RDAP servers"),
    "backup": ("lieux de sauvegarde", "backup places"),
    "machine": ("hébergement du programme", "host of the program"),
    "processor": ("sous-traitant", "processor"),
    "joint_controller": ("responsable conjoint", "joint controller"),
    "separate_controller": ("responsable du traitement", "controller"),
    "recipient": ("destinataire", "recipient"),
    "stays": ("aucun effacement", "no erasure"),
}
PURPOSES: Final[dict[str, Pair]] = {
    "reporter": ("auteur du signalement", "reporter"),
    "victim": ("personne concernée", "person concerned"),
    "uploader": ("auteur de la mise en ligne", "uploader"),
    "location": ("adresse", "address"),
    "free_text": ("motifs", "reasons"),
    "letter": ("lettres", "letters"),
    "incoming": ("messages reçus", "messages received"),
}
SEPARATE: Final = {"controller": "separate_controller"}  # "controller" alone is the house itself
HEADINGS: Final = (
    "name", "data", "purpose", "key", "dies_with", "basis", "retention", "readers", "recipients",
)  # fmt: skip


def said(key: str, language: Language) -> str:
    """A word of the register."""
    return WORDS[key][language == "en"]


def purpose_said(purpose: str, language: Language) -> str:
    """A purpose in words, with the code that `--purpose` takes."""
    return f"{PURPOSES[purpose][language == 'en']} (`{purpose}`)"


def cells(one: DataClass, language: Language) -> dict[str, str]:
    """One class in words, by heading."""
    key = f"{said('under', language)} {purpose_said(one.key, language)}" if one.key else said("clear", language)
    gone = ", ".join(purpose_said(each, language) for each in one.dies_with)
    return {
        "name": f"{one.title[language]} (`{one.name}`)",
        "data": said(one.data, language),
        "purpose": one.purpose[language],
        "key": key,
        "dies_with": gone or said("stays", language),
        "basis": one.basis[language],
        "retention": one.retention[language],
        "readers": "; ".join(each[language] for each in one.readers),
        "recipients": "; ".join(each[language] for each in one.recipients),
    }


def outside_cells(one: Outside, language: Language) -> tuple[str, str, str, str]:
    """Somebody outside in four cells: what or which number, who, country with its ground, role."""
    missing = said("unstated", language)
    if one.service is None:
        first, name, role = one.key, "", PARTY_KIND[one.role][language == "en"]
    else:
        first, name = f"{said(one.service, language)} ({one.key})", one.name or missing
        role = said(SEPARATE.get(one.role, one.role), language) if one.role else missing
    if one.service in NO_DATA:
        ground = said("no_data", language)
    elif not one.country:
        ground = ""
    else:
        ground = (one.ground or missing) if one.leaves_the_eea else said("inside", language)
    return first, name, f"{one.country or missing}{', ' * bool(ground)}{ground}", role


def columns_by_table(one: DataClass) -> list[tuple[str, list[str]]]:
    """The columns of a class, table by table."""
    found: dict[str, list[str]] = {}
    for place in one.columns:
        table, _, column = place.partition(".")
        found.setdefault(table, []).append(column)
    return list(found.items())
