"""The register's own words, in French and English, and its lines as cells: the same for the command and for `docs/`."""

from typing import Final

from models.privacy import DataClass, Language

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


def columns_by_table(one: DataClass) -> list[tuple[str, list[str]]]:
    """The columns of a class, table by table."""
    found: dict[str, list[str]] = {}
    for place in one.columns:
        table, _, column = place.partition(".")
        found.setdefault(table, []).append(column)
    return list(found.items())
