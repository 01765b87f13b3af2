"""Words that only the catalogue of regimes needs: French first, English second; the rest stands in `web.terms`."""

from typing import Final

from web.terms import Pair

MARK: Final[dict[str, Pair]] = {
    "proposal": ("PROPOSITION", "PROPOSAL"),
    "unknown": ("STATUT INCONNU", "STATUS UNKNOWN"),
    "not_in_force": ("PAS EN VIGUEUR", "NOT IN FORCE"),
    "unverified": ("NON VÉRIFIÉ", "UNVERIFIED"),
}

# How sure, in one word for a table.
SURE: Final[dict[str, Pair]] = {
    "text": ("texte", "text"),
    "excerpt": ("extrait", "excerpt"),
    "secondary": ("secondaire", "secondary"),
    "unverified": ("non vérifié", "unverified"),
}

KIND: Final[dict[str, Pair]] = {"law": ("loi", "law"), "house": ("maison", "house")}

FILING: Final[dict[str, Pair]] = {
    "letter": ("par lettre", "by letter"),
    "portal": ("déposé par une personne au portail", "filed by a person at the portal"),
    "followed": ("l'autorité agit, nous suivons sa procédure", "the authority acts, we follow its procedure"),
    "counsel": ("dossier pour l'avocat, qui saisit le juge", "a file for counsel, who goes to court"),
    "none": ("obligation d'autrui : rien ne part de chez nous", "a duty of others: nothing of ours leaves"),
}

DEFERRED: Final[dict[str, Pair]] = {
    "force_majeure": ("la force majeure", "force majeure"),
    "clarification": ("la demande d'éclaircissement", "the request for clarification"),
}

DURATION: Final[dict[str, Pair]] = {
    "fixed": ("au plus", "at most"),
    "until": ("jusqu'à la date de la décision", "until the date in the order"),
    "until_or_decision": (
        "jusqu'à une date ou une décision, la première des deux",
        "until a date or a decision, whichever is earlier",
    ),
    "parent": ("jusqu'à la fin du jugement sur lequel elle repose", "until the end of the judgment it rests on"),
    "open": ("sans terme propre", "without an end of its own"),
    "parameters": ("non écrite : laissée par la proposition", "not written: left open by the proposal"),
}

RENEWALS: Final[dict[str, Pair]] = {
    "none": ("non renouvelable", "not renewable"),
    "set_by_court": ("renouvelable autant de fois que le juge le fixe", "renewable as often as the court sets"),
    "unlimited": ("renouvelable sans limite", "renewable without limit"),
}

CONTESTANT: Final[dict[str, Pair]] = {
    "provider": ("le fournisseur", "the provider"),
    "uploader": ("l'auteur du dépôt", "the uploader"),
    "blocked_party": ("celui dont le service est bloqué", "the party whose service is blocked"),
    "notifier": ("l'auteur de la notification", "whoever notified"),
    "anyone_concerned": ("toute personne concernée", "anyone concerned"),
}

CONDITION: Final[dict[str, Pair]] = {
    "police_no_objection_or_agreed_delay": (
        "la police n'a pas d'objection, ou le délai convenu par écrit est passé",
        "the police had no objection, or the delay agreed in writing is over",
    ),
    "judgment_stands": ("un jugement exécutoire est en cours", "an enforceable judgment stands"),
}

SUPPLIER: Final[dict[str, Pair]] = {
    "lawyer": ("l'avocat", "the lawyer"),
    "analyst": ("l'analyste", "the analyst"),
    "second_reader": ("le second lecteur", "the second reader"),
    "person_concerned": ("la personne concernée", "the person concerned"),
    "police": ("la police", "the police"),
    "directory": ("qui tient l'annuaire", "whoever keeps the directory"),
    "court": ("le juge", "the court"),
    "organisation": ("notre maison", "our own house"),
}

# Fixed words of a page about a regime.
SAID: Final[dict[str, Pair]] = {
    "facts": ("Fiche", "Facts"),
    "status": ("Statut", "Status"),
    "standing": ("Qui peut agir", "Who may act"),
    "categories": ("Sur quels contenus", "On what content"),
    "addressees": ("À qui, dans cet ordre", "To whom, in this order"),
    "preconditions": ("À réunir avant d'ouvrir", "What must be true first"),
    "elements": ("Ce que la lettre doit dire", "What the letter must say"),
    "clocks": ("Délais", "Clocks"),
    "follows": ("Ce qui suit", "What follows"),
    "duties": ("Obligations au-delà de l'adresse", "Duties beyond the address"),
    "hops": ("Autorités suivantes", "Further authorities"),
    "contests": ("Qui peut contester", "Who may contest"),
    "measures": ("Mesures", "Measures"),
    "sources": ("Sources", "Sources"),
    "nobody": ("personne : la proposition le laisse ouvert", "nobody: the proposal leaves it open"),
    "any_content": ("tout contenu illicite", "any illegal content"),
    "not_for": ("sauf pour", "not for"),
    "from": ("depuis le", "from"),
    "until": ("jusqu'au", "until"),
    "first_day_not_read": ("premier jour non lu", "first day not read"),
    "then": ("puis", "then"),
    "checked": ("vérifié le", "last checked"),
}  # fmt: skip

TABLES: Final[dict[str, dict[str, Pair]]] = {
    "mark": MARK, "sure": SURE, "kind": KIND, "filing": FILING, "deferred": DEFERRED,
    "duration": DURATION, "renewals": RENEWALS, "contestant": CONTESTANT, "condition": CONDITION,
    "supplier": SUPPLIER, "said": SAID,
}  # fmt: skip
