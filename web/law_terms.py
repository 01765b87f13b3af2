"""The words of the law room's vocabularies, French and English."""

from typing import Final

Pair = tuple[str, str]

REGIME_STATUS: Final[dict[str, Pair]] = {
    "in_force": ("en vigueur", "in force"),
    "adopted_not_applicable_yet": ("adopté, pas encore applicable", "adopted, not applicable yet"),
    "expired": ("expiré", "expired"),
    "proposal": ("proposition", "proposal"),
    "repealed": ("abrogé", "repealed"),
    "unknown": ("inconnu", "unknown"),
}

CONFIDENCE: Final[dict[str, Pair]] = {
    "text": ("texte officiel lu", "primary text read"),
    "excerpt": ("extrait du texte lu", "excerpt of the text read"),
    "secondary": ("source secondaire", "secondary source"),
    "unverified": ("non vérifié", "unverified"),
}

RULE_KIND: Final[dict[str, Pair]] = {
    "law": ("délai légal", "legal deadline"),
    "house": ("délai de la maison, sans valeur légale", "our own time, without legal force"),
}

STANDING: Final[dict[str, Pair]] = {
    "anyone": ("toute personne", "anyone"),
    "trusted_flagger": ("signaleur de confiance", "trusted flagger"),
    "victim": ("la personne concernée ou son mandataire", "the person concerned or their agent"),
    "recipient": ("destinataire du service", "recipient of the service"),
    "claimant": ("un demandeur recevable", "a claimant whom the court accepts"),
    "provider": ("le service lui-même", "the service itself"),
    "authority": ("une autorité seulement", "an authority only"),
}

START: Final[dict[str, Pair]] = {
    "given": ("remise de la lettre", "the letter was given"),
    "received": ("réception par le destinataire", "the addressee received it"),
    "acted": ("acte de l'autorité", "the authority acted"),
    "valid_request": ("réception d'une demande valable et complète", "receipt of a valid and complete request"),
    "notice_given": ("remise de l'injonction de l'autorité", "the authority gave its notice"),
    "order": ("décision", "the order was made"),
    "judgment": ("jugement", "judgment"),
    "informed": ("information de l'intéressé", "the person was informed"),
    "aware": ("connaissance par le service", "the service knew"),
    "complaint": ("réclamation", "a complaint was made"),
    "registered": ("enregistrement au greffe", "the court registered the case"),
    "blocked": ("début du blocage", "the block began"),
    "no_longer_illegal": ("fin de l'illicéité", "the content is lawful now"),
    "another_clock": ("fin d'un autre délai du même régime", "the end of another time of the same regime"),
}

DECIDER: Final[dict[str, Pair]] = {
    "provider": ("le fournisseur", "the provider"),
    "police": ("la police", "the police"),
    "ministry": ("le ministère", "the ministry"),
    "regulator": ("le régulateur", "the regulator"),
    "data_protection_authority": ("l'autorité de protection des données", "the data protection authority"),
    "court": ("le juge", "the court"),
}

BEARER: Final[dict[str, Pair]] = {
    "addressee": ("le destinataire", "the addressee"),
    "authority": ("l'autorité", "the authority"),
    "court": ("le juge", "the court"),
    "police": ("la police", "the police"),
    "appellant": ("celui qui conteste", "whoever contests"),
    "sender": ("l'auteur du contenu", "whoever put the content there"),
    "notifier": ("l'auteur de la notification", "whoever notified"),
    "dispute_body": ("l'organe de règlement des litiges", "the dispute settlement body"),
}

NATURE: Final[dict[str, Pair]] = {
    "hard": ("délai fixe", "fixed time"),
    "soft": ("sans chiffre dans la loi : nul n'y manque", "no number in the law: nobody can miss it"),
    "at_latest": ("dès que possible, et au plus tard", "as soon as possible, and no later than"),
    "maximum": ("maximum que l'autorité peut modifier", "maximum that the authority may change"),
    "minimum_wait": ("attente minimale", "minimum wait"),
    "window": ("durée minimale d'ouverture", "must stay open at least"),
    "silence": ("silence qui permet la suite", "silence that allows the next step"),
}

UNIT: Final[dict[str, Pair]] = {
    "hours": ("heures", "hours"),
    "days": ("jours", "days"),
    "working_days": ("jours ouvrés", "working days"),
    "clear_days": ("jours francs", "clear days"),
    "months_then_days": ("mois, puis jours", "months, then days"),
    "weeks": ("semaines", "weeks"),
    "months": ("mois", "months"),
    "years": ("ans", "years"),
}

ONE: Final[dict[str, Pair]] = {
    "hours": ("heure", "hour"),
    "days": ("jour", "day"),
    "working_days": ("jour ouvré", "working day"),
    "clear_days": ("jour franc", "clear day"),
    "months_then_days": ("mois, puis jours", "month, then days"),
    "weeks": ("semaine", "week"),
    "months": ("mois", "month"),
    "years": ("an", "year"),
}

LAW_TABLES: Final[dict[str, dict[str, Pair]]] = {
    "regime_status": REGIME_STATUS,
    "confidence": CONFIDENCE,
    "rule_kind": RULE_KIND,
    "standing": STANDING,
    "start": START,
    "decider": DECIDER,
    "bearer": BEARER,
    "nature": NATURE,
    "unit": UNIT,
    "one": ONE,
}
