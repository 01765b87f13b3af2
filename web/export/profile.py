"""Redaction profiles: what an export shows to whom. What is withheld stands there as its commitment or its hash."""

from dataclasses import dataclass, field

from models.private import Purpose

P = Purpose


@dataclass(frozen=True, slots=True)
class Profile:
    """Who reads it, which private texts and rows they see. The reporter's name is in none (practice 1.12)."""

    id: str
    label: tuple[str, str]  # French, English
    purposes: frozenset[Purpose]
    hidden_rows: frozenset[str] = field(default_factory=frozenset)  # tables whose columns are withheld
    own_letters_only: bool = False  # letters to one party and answers to them, and facts about its procedures
    withholds: tuple[tuple[str, str], ...] = ()  # sentences, French and English


_NO_REPORTER = ("L'identité de la personne qui a signalé.", "The identity of the person who reported.")
_NO_VICTIM = ("L'identité de la victime.", "The victim's identity.")
_NO_UPLOADER = ("L'identité de l'auteur présumé de la mise en ligne.", "The identity of the supposed uploader.")
_NO_WHY = (
    "Les motifs et les références qui peuvent nommer une personne.",
    "Reasons and references that may name a person.",
)
_NO_PLACES = (
    "Les adresses exactes, le texte des lettres et celui des réponses.",
    "Exact addresses, the text of letters and that of answers.",
)
_OTHERS = ("Ce qui concerne d'autres destinataires.", "What concerns other addressees.")

PROFILES = {
    profile.id: profile
    for profile in (
        Profile(
            "court",
            ("juridiction", "court"),
            frozenset({P.LOCATION, P.FREE_TEXT, P.LETTER, P.INCOMING, P.UPLOADER, P.VICTIM}),
            withholds=(_NO_REPORTER,),
        ),
        Profile(
            "police",
            ("police", "police"),
            frozenset({P.LOCATION, P.FREE_TEXT, P.LETTER, P.INCOMING, P.UPLOADER, P.VICTIM}),
            withholds=(_NO_REPORTER,),
        ),
        Profile(
            "regulator",
            ("régulateur", "regulator"),
            frozenset({P.LOCATION, P.LETTER, P.INCOMING}),
            frozenset({"mandate", "complaint", "legal_hold"}),
            withholds=(_NO_REPORTER, _NO_VICTIM, _NO_UPLOADER, _NO_WHY),
        ),
        Profile(
            "platform",
            ("plateforme", "platform"),
            frozenset({P.LOCATION, P.LETTER, P.INCOMING}),
            frozenset({"mandate", "complaint", "legal_hold", "decision", "qualification"}),
            own_letters_only=True,
            withholds=(_NO_REPORTER, _NO_VICTIM, _NO_UPLOADER, _NO_WHY, _OTHERS),
        ),
        Profile(
            "data_subject",
            ("personne concernée", "data subject"),
            frozenset(),
            frozenset({"complaint", "legal_hold"}),
            withholds=(_NO_REPORTER, _NO_UPLOADER, _NO_WHY, _NO_PLACES),
        ),
    )
}
