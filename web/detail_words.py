"""Names and values of what events add to their sentence, in both languages."""

from typing import Final

from web.terms import Pair

YES: Final[Pair] = ("oui", "yes")

NAMES: Final[dict[str, Pair]] = {
    "after": ("après", "after"),
    "as_known_on": ("état connu au", "as known on"),
    "asks": ("questions à une personne", "asked of a person"),
    "basis": ("fondé sur", "on the basis of"),
    "before": ("avant", "before"),
    "called": ("numéro appelé", "number called"),
    "category": ("catégorie", "category"),
    "cause": ("motif", "cause"),
    "code": ("code du serveur", "server's code"),
    "complaint": ("plainte de la victime", "the victim's complaint"),
    "corrects": ("corrige l'événement", "corrects event"),
    "country": ("pays", "country"),
    "day": ("jour de surveillance", "day of the watch"),
    "deed": ("ce qui était dû", "what was due"),
    "depicted": ("personne représentée", "who is shown"),
    "detail": ("constat", "what it showed"),
    "duties": ("échéances ouvertes", "open duties"),
    "emergency": ("urgence", "emergency"),
    "ends": ("fin", "end"),
    "ends_at": ("fin", "end"),
    "events": ("événements", "events"),
    "fault": ("obstacle", "obstacle"),
    "fingerprint": ("empreinte", "fingerprint"),
    "first_missed": ("première absence", "first missed"),
    "hours": ("heures", "hours"),
    "item": ("condition franchie", "condition passed"),
    "kinds": ("genre d'emplacement", "kind of location"),
    "last_seen": ("vu pour la dernière fois", "last seen"),
    "late": ("notifié avant l'import", "notified before the import"),
    "letter_kind": ("lettre", "letter"),
    "location": ("emplacement", "location"),
    "locations": ("emplacements", "locations"),
    "matched_by": ("rattaché par", "matched by"),
    "mandate": ("mandat", "mandate"),
    "message": ("message", "message"),
    "missed_since": ("absent depuis", "missed since"),
    "missing": ("ce qui manque", "what is missing"),
    "never": ("jamais informés", "never told"),
    "note": ("note", "note"),
    "notified_at": ("notifié le", "notified on"),
    "ordinal": ("numéro", "number"),
    "party": ("destinataire", "addressee"),
    "priority": ("priorité", "priority"),
    "procedures": ("procédures ouvertes", "open procedures"),
    "profile": ("profil", "profile"),
    "proof": ("preuve", "proof"),
    "purposes": ("ce qui est effacé", "what was erased"),
    "qualification": ("qualification", "qualification"),
    "reason": ("raison", "reason"),
    "receipt": ("réception", "receipt"),
    "reference": ("référence", "reference"),
    "regime": ("voie", "route"),
    "regimes": ("voies", "routes"),
    "reports": ("signalements", "reports"),
    "says_more": ("apporte du nouveau", "brings something new"),
    "second": ("seconde personne", "second person"),
    "second_reader": ("second lecteur", "second reader"),
    "service": ("service", "service"),
    "sight": ("vu", "seen"),
    "since": ("depuis", "since"),
    "source": ("origine", "source"),
    "status": ("code du serveur", "server's code"),
    "through": ("par", "through"),
    "unseeable": ("emplacements qu'une machine ne peut voir", "locations that no machine can see"),
    "until": ("jusqu'au", "until"),
    "what": ("objet", "object"),
    "why": ("pourquoi", "why"),
    "written": ("par écrit", "in writing"),
}

VALUES: Final[dict[str, Pair]] = {
    "fate_resolved": ("sort de la lettre éclairci", "what became of the letter"),
    "import": ("import", "import"),
    "location": ("adresse", "address"),
    "signature": ("signature de deux personnes", "signature of two people"),
    "why": ("motif", "reason"),
}

REASONS: Final[dict[str, Pair]] = {
    "ended_by_fact": ("un fait y a mis fin", "a fact ended it"),
    "fate_unknown": ("sort de la lettre inconnu", "nobody knows what became of the letter"),
    "maximum": ("maximum légal", "the law's maximum"),
    "open": ("sans terme, avec réexamen", "without an end, with review"),
    "parent_ended": ("la mesure dont elle dépend a pris fin", "what it rests on ended"),
    "ran_its_time": ("durée accomplie", "its time ran"),
    "refused": ("refus du serveur", "refused by the server"),
    "until_date": ("date fixée", "a date was set"),
}

MATCHED_BY: Final[dict[str, Pair]] = {
    "nothing": ("rien", "nothing"),
    "reference": ("la lettre qu'il cite", "the letter that it names"),
    "address": ("l'adresse signée de la lettre", "the letter's signed address"),
    "envelope": ("l'identifiant d'enveloppe signé", "the signed envelope id"),
    "number": ("le numéro dans l'objet", "the number in the subject"),
    "link": ("le lien signé de la lettre", "the letter's signed link"),
    "person": ("une personne", "a person"),
}

THROUGH: Final[dict[str, Pair]] = {
    "email": ("courriel", "e-mail"),
    "page": ("page de réponse", "answer page"),
}

# What proves a receipt, from how its English begins; what follows is a code.
PROOF: Final[dict[str, str]] = {
    "relay's log": "journal du relais",
    "delivery report": "rapport de remise",
    "acknowledged, DMARC passed": "accusé de réception, DMARC valide",
}

# What the probe says of a look, from its English.
PROBE: Final[dict[str, str]] = {
    "a broken answer": "réponse interrompue",
    "a check for robots stands before it": "un contrôle anti-robot s'interpose",
    "a login page": "page de connexion",
    "a maintenance page": "page de maintenance",
    "a parked or seized name: something else stands there": "nom en attente ou saisi : autre chose s'y trouve",
    "a proxy asks for a login": "un mandataire demande une connexion",
    "a stop page of the Interior Ministry, others may still see it":
        "page d'arrêt du ministère de l'Intérieur ; d'autres peuvent encore le voir",
    "an age check stands before it": "un contrôle d'âge s'interpose",
    "an answer that tells nothing": "réponse qui ne dit rien",
    "an empty page": "page vide",
    "it answers; only status and headers were read": "répond ; seuls le statut et les en-têtes ont été lus",
    "it answers; the page was read": "répond ; la page a été lue",
    "no complete answer in time": "pas de réponse complète à temps",
    "no connection": "pas de connexion",
    "not an address that can be fetched": "adresse impossible à consulter",
    "not available for legal reasons, others may still see it":
        "indisponible pour raisons juridiques ; d'autres peuvent encore le voir",
    "redirected to a page that says it is gone, but answers 200": "redirige vers une page qui le dit absent, code 200",
    "redirects to a login": "redirige vers une connexion",
    "redirects to a maintenance page": "redirige vers une page de maintenance",
    "redirects to a name that does not resolve": "redirige vers un nom qui ne se résout pas",
    "redirects to a stop page, others may still see it":
        "redirige vers une page d'arrêt ; d'autres peuvent encore le voir",
    "redirects to an age check": "redirige vers un contrôle d'âge",
    "redirects to another host": "redirige vers un autre hôte",
    "redirects to the front page, which is no proof of removal":
        "redirige vers l'accueil, ce qui ne prouve pas le retrait",
    "refused address": "adresse refusée",
    "refused port": "port refusé",
    "refused: a token in the address": "refusé : un jeton figure dans l'adresse",
    "says it is gone, but answers 200": "le dit absent, mais répond 200",
    "the certificate or the encryption could not be verified": "certificat ou chiffrement invérifiable",
    "the host asks for a login": "l'hôte demande une connexion",
    "the host asks for fewer looks": "l'hôte demande d'espacer les visites",
    "the host asks to come later": "l'hôte demande de revenir plus tard",
    "the host forbids the look, the content may be there": "l'hôte interdit la visite ; le contenu peut y être",
    "the host gave up waiting": "l'hôte a cessé d'attendre",
    "the host reports a fault of its own": "l'hôte signale une panne",
    "the host says that it is gone": "l'hôte dit que c'est supprimé",
    "the host says that it is not there": "l'hôte dit que ce n'est pas là",
    "the look itself failed": "la visite elle-même a échoué",
    "the name does not resolve": "le nom ne se résout pas",
    "too many redirects": "trop de redirections",
}  # fmt: skip
