"""Realistic rows of dossiers in both languages; reserved names only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from edges.dossier_content import Language
from edges.dossier_rows import (
    MACHINE,
    ClockKind,
    Deadline,
    Decision,
    Legal,
    Letter,
    Line,
    Look,
    Measure,
    Place,
    Proof,
    Rectification,
    Removal,
    Seal,
)  # fmt: skip
from law.vocabulary import Basis, Confidence, LetterKind, LetterStatus, LocationKind, Receipt, Sight

BEGAN = datetime(2026, 11, 23, 8, 0, 4, tzinfo=UTC)
FR_LINES = (
    "Le signalement a été reçu.", "La loi a été consultée : qui est informé, dans quel ordre.",
    "Une procédure a été ouverte.", "Une lettre est écrite ; rien n'est encore parti.",
    "La lettre a été remise, ou le dépôt effectué.", "Ce qui se voit à un emplacement a changé.",
    "Chaque emplacement a été regardé.", "Un rappel de courtoisie est parti.",
    "Le délai légal est dépassé et le contenu est toujours là.", "Une personne a décidé.",
)  # fmt: skip
EN_LINES = (
    "The report was received.", "The law was asked who is told, in which order.", "A procedure was opened.",
    "A letter is written; nothing has left yet.", "The letter was given, or the filing was made.",
    "What is seen at a location changed.", "Every location was looked at.", "A courtesy reminder left.",
    "The legal deadline passed and the content is still there.", "A person decided.",
)  # fmt: skip


def either(language: Language, fr: str, en: str) -> str:
    """The text of this language."""
    return fr if language == "fr" else en


def proof(event: int, file: str = "", *, sealed: bool = True) -> Proof:
    """One of an event: six events a seal, a token four seconds after each seal."""
    seal = 7 + event // 6
    return (
        Proof(event, seal, BEGAN + timedelta(hours=event // 6 + 1, seconds=4), file)
        if sealed
        else Proof(event, file=file)
    )


def chronology(language: Language, count: int) -> Iterator[Line]:
    """So many events, the last three of them not sealed yet."""
    for number, sentence in enumerate(islice(cycle(FR_LINES if language == "fr" else EN_LINES), count), start=1):
        at = BEGAN + timedelta(hours=5 * number, minutes=7 * number)
        yield Line(
            at=at,
            learned=at + timedelta(hours=9) if number % 10 == 9 else at,
            sentence=sentence,
            actor="S-07" if number % 10 in (1, 0) else MACHINE,
            proof=proof(
                number, f"letters/{number // 10 + 1:02d}.eml" * (number % 10 == 5), sealed=number <= max(count - 3, 3)
            ),
            detail=either(language, "Code 250, relais local", "Code 250, local relay") if number % 10 == 5 else "",
            procedure=1 + number // 40 if number > 2 else None,
            rectified_by=count if number == 6 and count > 10 else None,
        )


def law(language: Language) -> tuple[Legal, ...]:
    """One read at its source, one that nobody verified."""
    return (
        Legal(
            either(language, "DSA art. 16", "DSA Art. 16"),
            either(language, "Notification au titre de l'article 16 du règlement sur les services numériques", "Notice under Article 16 of the Digital Services Act"),
            either(language, "Règlement (UE) 2022/2065, art. 16, paragraphes 1, 2 et 6", "Regulation (EU) 2022/2065, Art. 16(1), (2) and (6)"),
            Confidence.TEXT,
            quote=either(language, "Les fournisseurs de services d'hébergement traitent les notifications […] en temps opportun, de manière diligente, non arbitraire et objective.", "Providers of hosting services shall process any notices […] in a timely, diligent, non-arbitrary and objective manner."),
            checked="2026-10-30", version="4f" * 32, procedures=(1,),
        ),
        Legal(
            either(language, "LCEN art. 6-1", "LCEN Art. 6-1"),
            either(language, "Demande de retrait par l'autorité administrative", "Removal at the request of the administrative authority"),
            either(language, "Loi n° 2004-575 du 21 juin 2004, art. 6-1", "French Act No 2004-575 of 21 June 2004, Art. 6-1"),
            Confidence.SECONDARY,
            note=either(language, "Source secondaire : à relire sur le texte officiel avant de s'en prévaloir.", "Secondary source: read the official text before relying on it."),
            checked="2026-09-12", mark=either(language, "NON VÉRIFIÉ", "UNVERIFIED"), procedures=(2, 3),
        ),
    )  # fmt: skip


def deadlines(language: Language) -> tuple[Deadline, ...]:
    """One of the law, one of ours, and one that does not run."""
    steps = (
        ("Accepté par le serveur du destinataire : 27 nov. 2026 14:20 +01:00 (13:20 UTC).", "Accepted by the addressee's own server: 27 Nov 2026 14:20 +01:00 (13:20 UTC)."),
        ("48 heures après : 29 nov. 2026 14:20 +01:00.", "48 hours later: 29 Nov 2026 14:20 +01:00."),
        ("Le 29 novembre 2026 est un dimanche : le délai court jusqu'au premier jour ouvré suivant.", "29 November 2026 is a Sunday: the time runs to the next working day."),
        ("Fin : 30 nov. 2026 24:00, soit 30 nov. 2026 23:00 UTC.", "End: 30 Nov 2026 24:00, which is 30 Nov 2026 23:00 UTC."),
    )  # fmt: skip
    told = tuple(either(language, *pair) for pair in steps)
    end = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    return (
        Deadline(
            1, either(language, "Loi des 48 heures", "48-hour law"), "Plateforme Exemple", ClockKind.LAW,
            proof(5, "certificates/01.json"),
            rule=either(language, "48 heures · EU/1182/hours · règlement (CEE) n° 1182/71, art. 3", "48 hours · EU/1182/hours · Regulation (EEC) No 1182/71, Art. 3"),
            starts_with=either(language, "réception par le destinataire : réponse 250 de son serveur", "the addressee received it: its server answered 250"),
            steps=told, end=end, last_moment="2026-11-30T23:59:59+01:00", strict_end=end - timedelta(hours=10),
            citation=either(language, "Règlement (CEE) n° 1182/71, art. 3, par. 4", "Regulation (EEC) No 1182/71, Art. 3(4)"),
            confidence=Confidence.TEXT, receipt=Receipt.SERVER, outcome=either(language, "délai légal dépassé", "legal deadline missed"), digest="9c" * 32,
        ),
        Deadline(
            2, either(language, "DSA art. 16", "DSA Art. 16"), "Hébergeur Exemple", ClockKind.HOUSE, proof(6, "certificates/02.json"),
            rule=either(language, "72 heures · HOUSE/hours", "72 hours · HOUSE/hours"),
            starts_with=either(language, "remise de la lettre", "the letter was given"), steps=told[:2], end=end + timedelta(days=2),
            receipt=Receipt.RELAY, note=either(language, "La loi ne donne pas de nombre : à son terme nous regardons de nouveau, et nul n'y manque.", "The law gives no number: at its end we look again, and nobody can miss it."),
            outcome=either(language, "sans réponse", "unanswered"),
        ),
        Deadline(3, "Pharos", "OFAC", ClockKind.NONE, proof(7), note=either(language, "Une autorité n'est tenue envers nous à aucun délai.", "No authority owes us any time.")),
    )  # fmt: skip


def letters(language: Language) -> tuple[Letter, ...]:
    """One received for sure, one that is not, one filed by a person, one that waits."""
    at = BEGAN + timedelta(days=1)
    return (
        Letter(1, LetterKind.NOTICE, "Plateforme Exemple", LetterStatus.SENT, at, Receipt.SERVER, proof(5, "letters/01.eml"), at - timedelta(seconds=9), 250,
               "2.0.0 Ok: queued as 4bXk3Z1Qz9", "R-2026-000123 · DSA art. 16", "<R-2026-000123.1.6b1f0c@hotline.example>", "ab" * 32, procedure=1),
        Letter(2, LetterKind.NOTICE, "Hébergeur Exemple", LetterStatus.SENT, at + timedelta(hours=1), Receipt.RELAY, proof(6, "letters/02.eml"), None, 250, "2.0.0 Ok",
               "R-2026-000123", "<R-2026-000123.2.77aa10@hotline.example>", "cd" * 32, procedure=2),
        Letter(3, LetterKind.REFERRAL, "Pharos (OFAC)", LetterStatus.SENT, at + timedelta(hours=2), Receipt.PORTAL, proof(7), answer="PHX-2026-0099182", signed_by=("S-07",), by_hand=True, procedure=3),
        Letter(4, LetterKind.COMPLAINT, "Arcom", LetterStatus.PREPARED, None, Receipt.NONE, proof(9, sealed=False), at + timedelta(days=3), signed_by=("S-02", "S-07"), procedure=4,
               subject=either(language, "R-2026-000123 · réclamation", "R-2026-000123 · complaint")),
    )  # fmt: skip


def places(language: Language) -> tuple[Place, ...]:
    """A page that went, a message in a channel, one whose address is erased."""
    return (
        Place(1, LocationKind.URL, "hxxps://images[.]plateforme[.]example/u/3f9a/galerie/0001[.]html?vue=1&tri=date", "NL", BEGAN, BEGAN + timedelta(days=9), proof(1), "Plateforme Exemple"),
        Place(2, LocationKind.CHANNEL_MESSAGE, "canal-exemple / 48213", None, BEGAN + timedelta(days=2), None, proof(8)),
        Place(3, LocationKind.ACCOUNT, None, "FR", BEGAN + timedelta(days=2), None, proof(8), "Réseau Exemple", either(language, "adresse effacée", "address erased")),
    )  # fmt: skip


def looks() -> tuple[Look, ...]:
    """Seen, then twice not."""
    sights = ((Sight.ALIVE, Basis.STATUS, "200"), (Sight.ALIVE, Basis.ANALYST, ""), (Sight.REMOVED, Basis.STATUS, "404"), (Sight.REMOVED, Basis.STATUS, "410"))  # fmt: skip
    return tuple(
        Look(BEGAN + timedelta(days=2 * n), 1, sight, basis, proof(5 + n), "S-03" if basis is Basis.ANALYST else MACHINE, note)
        for n, (sight, basis, note) in enumerate(sights, start=1)
    )  # fmt: skip


def removal() -> Removal:
    """The interval of place 1."""
    went = BEGAN + timedelta(days=6)
    return Removal(1, went - timedelta(days=2), went, proof(8), went + timedelta(days=2), went + timedelta(days=30))


def decisions(language: Language) -> tuple[Decision, ...]:
    """One by two people, with a reason."""
    reason = either(language, "Le destinataire n'a pas de formulaire ; l'adresse légale de ses mentions a été retenue.", "The addressee has no form; the legal address of its imprint was taken.")  # fmt: skip
    says = either(language, "Deux personnes ont franchi les conditions préalables.", "Two people passed the gate.")
    return (Decision(BEGAN + timedelta(days=1), says, ("S-02", "S-07"), proof(4), reason),)


def measures(language: Language) -> tuple[Measure, ...]:
    """One block that ended early."""
    return (
        Measure(either(language, "LCEN art. 6-1", "LCEN Art. 6-1"), either(language, "adresse", "address"), "police", "FAI Exemple", BEGAN + timedelta(days=5), BEGAN + timedelta(days=35),
                proof(9), BEGAN + timedelta(days=20), BEGAN + timedelta(days=12), either(language, "levé avant son terme", "lifted before its end"), either(language, "Loi n° 2004-575, art. 6-1", "Act No 2004-575, Art. 6-1")),
    )  # fmt: skip


def seals(count: int) -> tuple[Seal, ...]:
    """Those over so many events; the last has no token yet."""
    last = max(1, count // 6)
    return tuple(
        Seal(
            7 + n, BEGAN + timedelta(hours=n + 1), max(1, 6 * n), min(6 * n + 5, count), f"{n + 10:02x}" * 32,
            BEGAN + timedelta(hours=n + 1, seconds=4) if n < last or last == 1 else None,
            "CN=Exemple TSA 2026, O=Autorité Exemple", (True, False, None)[n % 3], f"tokens/{7 + n:06d}-1.tsr",
        )
        for n in range(last)
    )  # fmt: skip


def rectification(language: Language, count: int) -> Rectification:
    """A look that was recorded at the wrong place."""
    at = BEGAN + timedelta(days=10)
    return Rectification(
        at, at + timedelta(hours=2),
        either(language, "Emplacement 2 : absent, dit l'hébergeur, le 25 nov. 2026.", "Location 2: absent, says the host, on 25 Nov 2026."),
        either(language, "Ce constat porte sur l'emplacement 1 ; l'emplacement 2 était visible.", "This look was at location 1; location 2 was visible."),
        either(language, "Erreur de saisie, relevée à la seconde lecture.", "A slip when typing, found at second reading."), "S-02", proof(count), 6,
    )  # fmt: skip
