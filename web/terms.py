"""The closed vocabularies of the program in words for readers: French first, English second."""

from typing import Final

from web.law_terms import LAW_TABLES, Pair

__all__ = ["TABLES", "TONE", "Pair"]

REPORT_STAGE: Final[dict[str, Pair]] = {
    "received": ("reçu", "received"),
    "waiting": ("attend une personne", "waits for a person"),
    "held": ("retenu", "held"),
    "notified": ("notifié", "notified"),
    "escalated": ("porté à une autorité", "taken to an authority"),
    "blocked": ("bloqué pour un temps", "temporarily blocked"),
    "removed": ("n'est plus visible", "no longer seen"),
    "retracted": ("retiré par nous", "retracted by us"),
    "closed": ("clos", "closed"),
}

STAGE: Final[dict[str, Pair]] = {
    "opened": ("ouverte", "opened"),
    "waiting": ("attend une personne", "waits for a person"),
    "running": ("délai en cours", "clock running"),
    "in_force": ("blocage en vigueur", "block in force"),
    "complied": ("suivie d'effet", "complied with"),
    "missed": ("délai légal dépassé", "legal deadline missed"),
    "unanswered": ("sans réponse", "unanswered"),
    "refused": ("refusée", "refused"),
    "moved": ("contenu parti ailleurs", "content moved elsewhere"),
    "withdrawn": ("abandonnée", "withdrawn"),
    "lapsed": ("blocage arrivé à son terme", "block lapsed"),
    "lifted": ("blocage levé", "block lifted"),
    "confirmed": ("blocage confirmé par le juge", "block confirmed by the court"),
}

# How a stage is coloured: the word always stands beside the colour.
TONE: Final[dict[str, str]] = {
    "waiting": "ask", "held": "stop", "notified": "run", "escalated": "high", "running": "run", "in_force": "high",
    "blocked": "high", "removed": "good", "complied": "good", "confirmed": "good", "missed": "bad", "refused": "bad",
    "unanswered": "ask", "sent": "good", "prepared": "ask", "sending": "run", "unknown": "bad", "planned": "run",
    "quarantined": "ask", "filed": "good",
}  # fmt: skip

SIGHT: Final[dict[str, Pair]] = {
    "removed": ("absent, dit l'hébergeur", "absent, says the host"),
    "unavailable": ("indisponible", "unavailable"),
    "login_wall": ("connexion demandée", "login required"),
    "age_gated": ("contrôle de l'âge", "age check"),
    "blocked_here": ("bloqué vu d'ici", "blocked from here"),
    "moved": ("redirigé ailleurs", "redirected elsewhere"),
    "changed": ("autre chose s'y trouve", "something else is there"),
    "alive": ("visible", "visible"),
    "unknown": ("on ne peut pas dire", "cannot tell"),
}

BASIS: Final[dict[str, Pair]] = {
    "status": ("état et en-têtes seulement, corps non lu", "status and headers only, body not read"),
    "body": ("corps lu en mémoire, non conservé", "body read in memory, not kept"),
    "analyst": ("vu par une personne", "seen by a person"),
}

RECEIPT: Final[dict[str, Pair]] = {
    "none": ("aucune preuve", "no proof"),
    "relay": ("remis à notre relais", "given to our relay"),
    "server": ("accepté par le serveur du destinataire", "accepted by the addressee's own mail server"),
    "acknowledged": ("le destinataire a accusé réception", "acknowledged by the addressee"),
    "portal": ("référence donnée par le portail", "reference given by the portal"),
}

DEED: Final[dict[str, Pair]] = {
    "route": ("choisir les procédures", "choose the procedures"),
    "notify": ("envoyer", "send"),
    "remind": ("rappeler (courtoisie)", "remind (courtesy)"),
    "verify": ("regarder chaque emplacement", "look at every location"),
    "conclude": ("conclure à la fin du délai", "conclude when the time is over"),
    "watch": ("surveiller un retour", "watch for a return"),
    "review": ("réexaminer le blocage", "review the block"),
    "end_block": ("mettre fin au blocage", "end the block"),
    "retract": ("dire que nous avions tort", "say that we were wrong"),
    "alarm": ("alerter l'équipe", "alert the staff"),
    "close": ("clore", "close"),
    "call": ("téléphoner maintenant", "telephone now"),
    "sign": ("signer à deux", "sign, two people"),
    "file": ("déposer au portail ou au formulaire", "file at the portal or form"),
    "supply": ("fournir ce qui manque", "supply what is missing"),
    "look": ("aller voir", "go and look"),
    "decide": ("décider", "decide"),
    "resolve": ("éclaircir un dépôt incertain", "find out about an uncertain filing"),
}

LETTER_STATUS: Final[dict[str, Pair]] = {
    "planned": ("prévue, rien n'est parti", "planned, nothing left"),
    "prepared": ("prête, attend deux personnes", "prepared, waits for two people"),
    "sending": ("en cours d'envoi", "being sent"),
    "sent": ("envoyée", "sent"),
    "refused": ("refusée par le serveur", "refused by the server"),
    "bounced": ("revenue, non distribuée", "came back undelivered"),
    "unknown": ("sort inconnu", "fate unknown"),
    "superseded": ("dépassée, non envoyée", "superseded, not sent"),
}

LETTER_KIND: Final[dict[str, Pair]] = {
    "notice": ("notification", "notice"),
    "complaint": ("réclamation", "complaint"),
    "referral": ("signalement", "referral"),
    "request": ("demande", "request"),
    "application": ("requête au juge", "application to the court"),
    "reminder": ("rappel", "reminder"),
    "retraction": ("rétractation", "retraction"),
    "staff": ("lettre à notre équipe", "letter to our staff"),
}

PARTY_KIND: Final[dict[str, Pair]] = {
    "online_platform": ("plateforme en ligne", "online platform"),
    "hosting_provider": ("hébergeur", "hosting provider"),
    "cdn": ("réseau de diffusion", "content delivery network"),
    "access_provider": ("fournisseur d'accès", "access provider"),
    "search_engine": ("moteur de recherche", "search engine"),
    "site_operator": ("exploitant du site", "site operator"),
    "registrant": ("titulaire du nom", "registrant"),
    "uploader": ("auteur du dépôt", "uploader"),
    "police": ("police", "police"),
    "regulator": ("régulateur", "regulator"),
    "prosecutor": ("procureur", "prosecutor"),
    "court": ("juge", "court"),
    "data_protection_authority": ("autorité de protection des données", "data protection authority"),
    "ministry": ("ministère", "ministry"),
    "dispute_body": ("organe de règlement des litiges", "dispute settlement body"),
    "dns_resolver": ("résolveur DNS", "DNS resolver"),
    "app_store": ("magasin d'applications", "app store"),
    "ancillary_service": ("service accessoire", "ancillary service"),
    "hotline_network": ("réseau de points de contact", "network of hotlines"),
    "hotline": ("notre maison", "our own house"),
}

LOCATION_KIND: Final[dict[str, Pair]] = {
    "url": ("page web", "web page"),
    "onion": ("service .onion", ".onion service"),
    "channel_message": ("message dans un canal", "message in a channel"),
    "account": ("compte", "account"),
    "phone": ("téléphone", "telephone"),
    "app": ("application", "application"),
    "magnet": ("lien pair à pair", "peer-to-peer link"),
    "ipfs": ("adresse IPFS", "IPFS address"),
    "live_stream": ("flux en direct", "live stream"),
    "login_page": ("page derrière une connexion", "page behind a login"),
}

DEPICTED: Final[dict[str, Pair]] = {
    "adult": ("un adulte", "an adult"),
    "minor": ("un mineur", "a minor"),
    "unknown": ("non déterminé", "not determined"),
    "nobody": ("personne", "nobody"),
}

TARGET: Final[dict[str, Pair]] = {
    "url": ("adresse", "address"),
    "site": ("site", "site"),
    "service": ("service", "service"),
    "account": ("compte", "account"),
    "hash": ("empreinte", "hash"),
    "app": ("application", "application"),
    "link": ("lien de recherche", "search result"),
}

PURPOSE: Final[dict[str, Pair]] = {
    "reporter": ("identité de la personne qui a signalé", "identity of the person who reported"),
    "victim": ("identité de la victime", "the victim's identity"),
    "uploader": ("identité de l'auteur présumé", "identity of the supposed uploader"),
    "location": ("adresse exacte", "exact address"),
    "free_text": ("motif ou référence", "reason or reference"),
    "letter": ("partie d'une lettre", "part of a letter"),
    "incoming": ("message reçu", "message received"),
}

ERASURE: Final[dict[str, Pair]] = {
    "request": ("demande de la personne concernée (RGPD, art. 17)", "request of the data subject (GDPR Art. 17)"),
    "objection": (
        "opposition de la personne concernée (RGPD, art. 21)",
        "objection (GDPR Art. 21)",
    ),
    "consent_withdrawn": ("consentement retiré", "consent withdrawn"),
    "unlawful": ("traitement sans base légale", "processing without a legal basis"),
    "retention": ("durée de conservation écoulée", "end of the retention period"),
}

RECTIFIABLE: Final[dict[str, Pair]] = {
    "why": ("le motif de la qualification", "why it was qualified"),
    "location": ("l'adresse d'un emplacement", "the address of a location"),
}

LATE_CAUSE: Final[dict[str, Pair]] = {
    "outage": ("panne : aucun passage à cette date", "outage: no pass at that date"),
    "brake": ("après un silence, les lettres attendaient une personne",
              "after a silence, letters waited for a person"),
    "stopped": ("les envois étaient arrêtés par une personne", "a person had stopped sending"),
    "held": ("la police avait demandé que rien ne parte", "the police had asked that nothing leave"),
    "gate": ("quelque chose attendait une personne", "something waited for a person"),
    "mail": ("le serveur de courrier était injoignable, ou demandait d'attendre",
             "the mail server could not be reached, or asked to wait"),
    "unknown": ("rien au registre ne l'explique", "nothing on record explains it"),
}  # fmt: skip

ANSWER: Final[dict[str, Pair]] = {
    "bounce": ("la lettre n'est pas arrivée", "the letter did not arrive"),
    "delivery_report": ("ce que la lettre est devenue", "what became of the letter"),
    "automatic_reply": ("réponse automatique", "automatic reply"),
    "acknowledged": ("accuse réception", "acknowledges receipt"),
    "refused": ("refuse", "refuses"),
    "asks_information": ("demande un complément", "asks for more"),
    "claims_removal": ("dit le contenu retiré", "says that it is removed"),
    "not_ours": ("dit que c'est ailleurs", "says that it is elsewhere"),
    "contested": ("conteste", "contests"),
    "other": ("à lire", "to be read"),
}

INCOMING_STATE: Final[dict[str, Pair]] = {
    "filed": ("classé", "filed"),
    "quarantined": ("attend une personne", "waits for a person"),
    "discarded": ("écarté", "discarded"),
}

INCOMING_WHY: Final[dict[str, Pair]] = {
    "no_match": ("ne répond à aucune lettre connue", "answers no letter of ours that we know"),
    "ambiguous": ("désigne plus d'une lettre", "points to more than one letter"),
    "other_recipient": ("parle d'une adresse à laquelle nous n'avons pas écrit",
                        "speaks of an address that we did not write to"),
    "staff_letter": ("au sujet d'une lettre à nos propres équipes", "about a letter to our own people"),
    "not_taken_in": ("n'a pas pu être repris ; sa copie est encore dans la boîte",
                     "could not be taken in; its copy is still in the mailbox"),
    "too_large": ("trop grand pour être relevé : seuls ses en-têtes sont ici",
                  "too large to be fetched: only its headers are here"),
    "broken": ("illisible à l'arrivée", "could not be read when it came"),
    "erased": ("le signalement était déjà effacé", "the report was erased already"),
    "loop": ("notre propre courrier qui revient", "our own mail that came back"),
    "spam": ("indésirable", "spam"),
    "not_for_us": ("pas pour nous", "not for us"),
    "duplicate": ("en double", "a duplicate"),
    "unlawful_content": ("contenu illicite", "unlawful content"),
    "private": ("courrier privé", "private mail"),
}  # fmt: skip

PART_KIND: Final[dict[str, Pair]] = {
    "image": ("image", "image"),
    "video": ("vidéo", "video"),
    "archive": ("archive ou document bureautique", "archive or office document"),
    "audio": ("son", "audio"),
    "other": ("autre", "other"),
    "pdf": ("PDF", "PDF"),
}

MATCHED_BY: Final[dict[str, Pair]] = {
    "nothing": ("rien", "nothing"),
    "reference": ("le Message-ID d'une lettre", "the Message-ID of a letter"),
    "address": ("l'adresse signée d'une lettre", "the signed address of a letter"),
    "envelope": ("l'identifiant d'enveloppe signé", "the signed envelope id"),
    "number": ("le numéro dans l'objet", "the number in its subject"),
    "link": ("le lien signé de la page de réponse", "the signed link of the answer page"),
    "person": ("une personne", "a person"),
}

GUESS: Final[dict[str, Pair]] = {
    "number": ("le numéro figure dans l'objet", "its number stands in the subject"),
    "mailbox": ("la boîte à laquelle nous avons écrit", "the mailbox that we wrote to"),
    "domain": ("son domaine", "its domain"),
}

THROUGH: Final[dict[str, Pair]] = {
    "email": ("courriel", "e-mail"),
    "page": ("page de réponse", "answer page"),
}

TABLES: Final[dict[str, dict[str, Pair]]] = {
    "report_stage": REPORT_STAGE, "stage": STAGE, "sight": SIGHT, "basis": BASIS, "receipt": RECEIPT, "deed": DEED,
    "letter_status": LETTER_STATUS, "letter_kind": LETTER_KIND, "party_kind": PARTY_KIND, "target": TARGET,
    "location_kind": LOCATION_KIND, "depicted": DEPICTED,
    "purpose": PURPOSE, "erasure": ERASURE, "rectifiable": RECTIFIABLE, "late_cause": LATE_CAUSE,
    "answer": ANSWER, "incoming_state": INCOMING_STATE, "incoming_why": INCOMING_WHY, "part_kind": PART_KIND,
    "matched_by": MATCHED_BY, "guess": GUESS, "through": THROUGH,
} | LAW_TABLES  # fmt: skip
