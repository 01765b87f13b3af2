"""The texts of the answer page, in French and English."""

from datetime import datetime
from typing import Final, Literal

from edges.letters import MONTHS
from law.vocabulary import Answer
from web.answer.ends import End
from web.answer.form import MOST_WORDS

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "other_language": ("In English", "En français"),
    "skip": ("Aller au contenu", "Go to the content"),
    "simulation": ("SIMULATION", "SIMULATION"),
    "simulation_long": (
        "Cette page appartient à un registre simulé. Rien ici n’a d’effet.",
        "This page belongs to a simulated record. Nothing here has any effect.",
    ),
    "title": ("Répondre à notre lettre", "Answer our letter"),
    "letter_of": ("Lettre du", "Letter of"),
    "reference": ("Référence", "Reference"),
    "from": ("Envoyée par", "Sent by"),
    "lead": (
        "Choisissez une réponse. Elle sera lue sous la référence qui figure dans la lettre.",
        "Choose one answer. It will be read under the reference that stands in the letter.",
    ),
    "before_one": (
        "Une réponse est déjà enregistrée par ce lien. Une nouvelle s’ajoute ; elle ne la remplace pas. "
        "Il en reste {left}.",
        "One answer was already recorded through this link. A new one is added and does not replace it. {left} left.",
    ),
    "before": (
        "{answers} réponses sont déjà enregistrées par ce lien. Une nouvelle s’ajoute ; elle n’en remplace aucune. "
        "Il en reste {left}.",
        "{answers} answers were already recorded through this link. A new one is added and replaces none. {left} left.",
    ),
    "legend": ("Votre réponse", "Your answer"),
    "send": ("Envoyer la réponse", "Send the answer"),
    "only_text": (
        "Du texte seulement : ni image, ni fichier, ni copie du contenu. Évitez les noms de personnes privées.",
        "Text only: no image, no file, no copy of the content. Please leave out names of private persons.",
    ),
    "next": ("Ce qui se passe ensuite", "What happens next"),
    "next_1": (
        "Votre réponse est enregistrée avec sa date, comme une réponse à vérifier.",
        "Your answer is put on record with its date, as an answer to verify.",
    ),
    "next_2": (
        "Rien de ce que vous écrivez ici ne met fin à quoi que ce soit, ni ne déplace une échéance : un retrait se "
        "constate, une contestation est lue par une personne.",
        "Nothing typed here ends anything by itself, and no deadline moves: a removal is looked at, an objection is "
        "read by a person.",
    ),
    "next_3": (
        "Vos mots sont chiffrés dès leur arrivée. Cette page ne peut pas les relire et ne dépose aucun cookie.",
        "Your words are encrypted as they arrive. This page cannot read them back and sets no cookie.",
    ),
    "by_mail": (
        "Vous préférez le courriel ? Répondez simplement à la lettre.",
        "Rather by e-mail? Simply reply to the letter.",
    ),
    "optional": ("facultatif", "optional"),
    "count": (f"{MOST_WORDS:,} caractères au plus".replace(",", "\u202f"), f"at most {MOST_WORDS:,} characters"),
    "done": ("Votre réponse est enregistrée", "Your answer is recorded"),
    "done_what": ("Réponse", "Answer"),
    "done_at": ("Enregistrée le", "Recorded on"),
    "done_number": ("Numéro de la réponse", "Number of the answer"),
    "done_more": ("Ajouter une autre réponse", "Add another answer"),
    "correct": ("À corriger avant l’envoi", "To correct before sending"),
    "no_choice": ("Choisissez l’une des quatre réponses.", "Choose one of the four answers."),
    "unknown_choice": (
        "Cette réponse n’existe pas ici : choisissez l’une des quatre.",
        "There is no such answer here: choose one of the four.",
    ),
    "no_words_asks_information": ("Dites ce qui vous manque.", "Say what is missing."),
    "no_words_contested": ("Dites pourquoi vous contestez.", "Say why you contest."),
    "too_long": (
        f"Ce texte dépasse {MOST_WORDS} caractères : raccourcissez-le, ou répondez à la lettre par courriel.",
        f"This text is longer than {MOST_WORDS:,} characters: shorten it, or reply to the letter by e-mail.",
    ),
}

CHOICES: Final[dict[Answer, tuple[tuple[str, str], tuple[str, str]]]] = {  # the choice, and what its text asks
    Answer.CLAIMS_REMOVAL: (
        ("Le contenu est retiré, ou son accès bloqué", "The content was removed, or access to it disabled"),
        ("Depuis quand, ou ce que vous avez fait d’autre", "Since when, or what else you did"),
    ),
    Answer.ASKS_INFORMATION: (
        ("Il nous manque une information", "We need more information"),
        ("Que vous manque-t-il ?", "What is missing?"),
    ),
    Answer.NOT_OURS: (
        ("Cela ne relève pas de nous", "It is not ours"),
        ("De qui, à votre connaissance ?", "Whose is it, as far as you know?"),
    ),
    Answer.CONTESTED: (
        ("Nous contestons cette lettre", "We contest this letter"),
        ("Pourquoi ?", "Why?"),
    ),
}

ENDS: Final[dict[End, tuple[tuple[str, str], tuple[str, str]]]] = {  # the heading, and what to do
    End.UNKNOWN: (
        ("Ce lien n’est pas valable, ou ne l’est plus", "This link is not valid, or no longer is"),
        (
            "Copiez le lien entier de la lettre, sans espace ni retour à la ligne ; il sert jusqu’au jour qu’elle "
            "indique. Rien n’a été enregistré.",
            "Copy the whole link from the letter, without a space or a line break; it can be used until the day that "
            "the letter names. Nothing was recorded.",
        ),
    ),
    End.FULL: (
        ("Cette lettre a reçu toutes ses réponses", "This letter has had all its answers"),
        (
            "Cinq réponses ont été enregistrées par ce lien ; il n’en prend pas d’autre.",
            "Five answers were recorded through this link; it takes no more.",
        ),
    ),
    End.BAD_FORM: (
        ("Ce formulaire n’a pas pu être lu", "This form could not be read"),
        (
            "Rien n’a été enregistré. Ouvrez de nouveau le lien de la lettre.",
            "Nothing was recorded. Open the link of the letter again.",
        ),
    ),
    End.BAD_REQUEST: (
        ("Cette page ne peut pas faire cela", "This page cannot do that"),
        ("Rien n’a été enregistré.", "Nothing was recorded."),
    ),
    End.TOO_LARGE: (
        ("C’est trop long", "That is too long"),
        ("Rien n’a été enregistré. Raccourcissez le texte.", "Nothing was recorded. Please shorten the text."),
    ),
    End.NOT_A_FORM: (
        ("Seul le formulaire de la page est lu", "Only the form of the page is read"),
        ("Aucun fichier n’est accepté ; rien n’a été enregistré.", "No file is accepted; nothing was recorded."),
    ),
    End.TOO_SLOW: (
        ("L’envoi a duré trop longtemps", "The sending took too long"),
        ("Rien n’a été enregistré. Essayez de nouveau.", "Nothing was recorded. Please try again."),
    ),
    End.TOO_OFTEN: (
        ("Trop de demandes", "Too many requests"),
        ("Attendez une minute, puis essayez de nouveau.", "Wait for a minute, then try again."),
    ),
    End.NO_STORE: (
        ("Momentanément indisponible", "Not available for the moment"),
        ("Rien n’a été enregistré. Essayez un peu plus tard.", "Nothing was recorded. Please try a little later."),
    ),
    End.FAULT: (
        ("Une erreur de notre côté", "A fault on our side"),
        ("Essayez un peu plus tard.", "Please try a little later."),
    ),
}
STILL: Final = (
    "Vous pouvez toujours répondre par courriel : répondez à la lettre, ou écrivez à",
    "You can still answer by e-mail: reply to the letter, or write to",
)


def set_in(language: Language, words: str) -> str:
    """French puts a space before a colon, a semicolon and a question mark, at which no line may end."""
    if language != "fr":
        return words
    for sign, space in ((":", "\u00a0"), (";", "\u202f"), ("?", "\u202f")):
        words = words.replace(f" {sign}", f"{space}{sign}")
    return words


class UnknownText(KeyError):
    """The page asks for a text that nobody wrote."""


class Words:
    """The texts in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """
        A fixed text.

        Raises:
            UnknownText: there is no text of that key.
        """
        if key not in TEXTS:
            raise UnknownText(key)
        return self._of(TEXTS[key]).format(**values)

    def choice(self, kind: Answer) -> str:
        """A choice, as the person says it."""
        return self._of(CHOICES[kind][0])

    def asks(self, kind: Answer) -> str:
        """What the text beside a choice asks."""
        return self._of(CHOICES[kind][1])

    def end(self, end: End) -> tuple[str, str]:
        """The heading and the sentence of an end."""
        heading, sentence = ENDS[end]
        return self._of(heading), self._of(sentence)

    def still(self) -> str:
        """How to answer all the same."""
        return self._of(STILL)

    def day(self, local: datetime) -> str:
        """A day in words, of a time that is already local."""
        number = "1er" if self.language == "fr" and local.day == 1 else str(local.day)
        return f"{number}\u00a0{MONTHS[self.language][local.month - 1]}\u00a0{local.year}"

    def moment(self, local: datetime) -> str:
        """A day and a time in words with the offset from UTC."""
        offset = local.strftime("%z")
        zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
        at = "à" if self.language == "fr" else "at"
        return f"{self.day(local)} {at} {local:%H:%M} ({zone})"

    def _of(self, both: tuple[str, str]) -> str:
        return set_in(self.language, both[self._place])
