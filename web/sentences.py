"""What happened, in one sentence for each kind of event; and why a person is needed, for each cause of a matter."""

from typing import Final

from web.terms import Pair

EVENTS: Final[dict[str, Pair]] = {
    # the beginning
    "received": ("Le signalement a été reçu.", "The report was received."),
    "linked": ("Un signalement du même emplacement a été rattaché.", "A report of the same location was linked."),
    "routed": ("La loi a été consultée : qui est informé, dans quel ordre.",
               "The law was asked who is told, in which order."),
    "opened": ("Une procédure a été ouverte.", "A procedure was opened."),
    # facts about one procedure (law.vocabulary.Fact)
    "found_wanting": ("Il manque quelque chose avant l'envoi.", "Something is missing before anything can be sent."),
    "supplied": ("Ce qui manquait a été fourni.", "What was missing was supplied."),
    "given": ("La lettre a été remise, ou le dépôt effectué.", "The letter was given, or the filing was made."),
    "not_delivered": ("La lettre n'a pas été remise.", "The letter was not delivered."),
    "acted": ("L'autorité a ouvert sa propre procédure.", "The authority opened its own procedure."),
    "went": ("Le contenu n'est plus visible : la procédure est suivie d'effet ou sans objet.",
             "The content is no longer seen: the procedure is complied with or pointless."),
    "ran_out": ("Le délai légal est dépassé et le contenu est toujours là.",
                "The legal deadline passed and the content is still there."),
    "stayed_silent": ("Notre délai est écoulé sans réponse ; aucun manquement n'est allégué.",
                      "Our own time passed without an answer; no breach is alleged."),
    "declined": ("Le destinataire a refusé.", "The addressee refused."),
    "left": ("Le contenu est parti chez un autre hébergeur ou dans un autre pays.",
             "The content left for another host or country."),
    "taken_back": ("La procédure a été abandonnée.", "The procedure was taken back."),
    "granted": ("Un blocage temporaire a été ordonné.", "A temporary block was ordered."),
    "expired": ("Le blocage est arrivé à son terme.", "The block reached its end."),
    "ended_early": ("Le blocage a été levé avant son terme.", "The block was lifted before its end."),
    "upheld": ("Le juge a confirmé la mesure.", "The court confirmed the measure."),
    # letters
    "planned": ("Une lettre est écrite ; rien n'est encore parti.", "A letter is written; nothing has left yet."),
    "prepared": ("Une lettre est prête et attend deux personnes.", "A letter is ready and waits for two people."),
    "deferred": ("Le serveur a demandé d'attendre ; nouvel essai prévu.",
                 "The server asked to wait; another try is set."),
    "fate_unknown": ("Personne ne sait si la lettre est arrivée.", "Nobody knows whether the letter arrived."),
    "reminded": ("Un rappel de courtoisie est parti.", "A courtesy reminder left."),
    "not_reminded": ("Le rappel de courtoisie n'est pas parti.", "The courtesy reminder did not leave."),
    "retracted": ("Une lettre de rétractation est partie.", "A letter of retraction left."),
    "not_retracted": ("La lettre de rétractation n'est pas partie.", "The letter of retraction did not leave."),
    "retraction_by_person": ("La rétractation doit être déposée par une personne.",
                             "A person must file the retraction."),
    "alarmed": ("L'équipe a été alertée.", "The staff was alerted."),
    "withheld": ("Un envoi est retenu à la demande de la police.",
                 "Something outward is withheld at the police's request."),
    # looks
    "seen": ("Ce qui se voit à un emplacement a changé.", "What is seen at a location changed."),
    "verified": ("Chaque emplacement a été regardé.", "Every location was looked at."),
    "unverified": ("À l'échéance, rien de certain : ni suivi d'effet, ni dépassé.",
                   "At the deadline nothing is certain: neither complied with nor missed."),
    "analyst_asked": ("Une personne doit aller voir.", "A person must go and look."),
    "analyst_looked": ("Une personne est allée voir.", "A person looked."),
    "location_gone": ("Un emplacement n'est plus visible : deux absences espacées.",
                      "A location is no longer seen: two spaced misses."),
    "gone": ("Plus aucun emplacement n'est visible.", "No location is seen any more."),
    "watched": ("Surveillance d'un retour : toujours absent.", "Watch for a return: still absent."),
    "returned": ("Le contenu est revenu.", "The content came back."),
    "moved": ("Le contenu a changé d'hébergeur ou de pays.", "The content changed host or country."),
    # time and measures
    "patience_ended": ("L'autorité n'a pas répondu ; une personne décide.",
                       "The authority did not answer; a person decides."),
    "review_due": ("Le blocage doit être réexaminé.", "The block must be reviewed."),
    "not_closed": ("Pas encore clos : quelque chose reste dû.", "Not closed yet: something is still due."),
    "closed": ("Plus rien n'est dû ; le signalement est clos.", "Nothing is due any more; the report is closed."),
    # what people recorded
    "hold": ("La police a demandé que rien ne parte.", "The police asked that nothing leave."),
    "released": ("La retenue a été levée.", "The hold was released."),
    "police_no_objection": ("La police n'a pas d'objection.", "The police had no objection."),
    "police_agreed_delay": ("Un délai a été convenu par écrit avec la police.",
                            "A delay was agreed in writing with the police."),
    "emergency": ("Urgence : il faut téléphoner maintenant.", "Emergency: somebody must telephone now."),
    "emergency_confirmed": ("L'appel d'urgence est confirmé.", "The emergency call is confirmed."),
    "acknowledged": ("Le destinataire a accusé réception.", "The addressee acknowledged receipt."),
    "claims_removal": ("Le destinataire dit avoir retiré ; nous vérifions.",
                       "The addressee says it removed; we verify."),
    "asks_information": ("Le destinataire demande un complément.", "The addressee asks for more."),
    "authority_acted": ("L'autorité a agi.", "The authority acted."),
    "judgment": ("Une décision de justice a été enregistrée.", "A judgment was recorded."),
    "retraction": ("Nous avions tort : le signalement est rétracté.", "We were wrong: the report is retracted."),
    "mandate_withdrawn": ("Le mandat a été révoqué.", "The mandate was revoked."),
    "complaint_withdrawn": ("La plainte a été retirée.", "The complaint was withdrawn."),
    "amended": ("Le dossier a été complété.", "The file was completed."),
    "decided": ("Une personne a décidé.", "A person decided."),
}  # fmt: skip

UNTOLD: Final[Pair] = ("Fait enregistré : {}.", "Fact on record: {}.")  # with the name of the event

CAUSES: Final[dict[str, Pair]] = {
    "emergency": ("Urgence : téléphoner et confirmer", "Emergency: telephone and confirm"),
    "hold": ("Une retenue de la police prend fin", "A police hold ends"),
    "hold_ended": ("Retenue terminée : renouveler ou lever", "Hold ended: renew or release"),
    "sign": ("Lettre prête : une signature et une seconde personne", "Letter ready: a signatory and a second person"),
    "signature": ("Lettres prêtes qui attendent une signature", "Letters that wait for signature"),
    "file": ("À déposer au portail ou au formulaire", "To be filed at the portal or form"),
    "fate_unknown": ("Dépôt incertain : vérifier s'il est arrivé", "Uncertain filing: find out whether it arrived"),
    "channel_refused": ("Le serveur du destinataire refuse : un autre canal",
                        "The addressee's server refuses: another channel"),
    "analyst_look": ("La machine ne peut ou ne doit pas regarder", "The machine cannot or may not look"),
    "authority_silent": ("L'autorité n'a pas répondu", "The authority did not answer"),
    "network_silent": ("Le réseau n'a pas répondu", "The network did not answer"),
    "receipt_not_proven": ("Réception non prouvée : aucun manquement allégué",
                           "Receipt not proven: no breach alleged"),
    "block_open_ended": ("Blocage sans terme : suivre et réexaminer", "Block without an end: follow and review"),
    "restore_access": ("Blocage terminé : faire rétablir l'accès", "Block over: have access restored"),
    "review_block": ("Blocage à réexaminer", "Block to be reviewed"),
    "retraction": ("Rétractation à déposer", "Retraction to be filed"),
    "retraction_follow_up": ("Rétractation : vérifier le rétablissement", "Retraction: check what was restored"),
    "asked_by_addressee": ("Le destinataire demande un complément", "The addressee asks for more"),
    "police_no_objection_or_agreed_delay": ("Attend la police : pas d'objection, ou délai convenu",
                                            "Waits for the police: no objection, or the agreed delay"),
    "judgment_stands": ("Attend une décision de justice exécutoire", "Waits for an enforceable judgment"),
    "ftc_complaint": ("Une plainte à la FTC est possible", "A complaint to the FTC is possible"),
    "expedited_complaint": ("Une plainte accélérée est possible", "An expedited complaint is possible"),
    "judge_may_be_seized": ("Le juge peut être saisi", "The judge may be seized"),
    "proposal_refused": ("Simulation : le blocage n'a pas été accordé", "Simulation: the block was not granted"),
}  # fmt: skip

MISSING: Final[Pair] = ("Il manque : {}", "Missing: {}")

MISSING_MORE: Final[dict[str, Pair]] = {
    "filing": ("le dépôt au portail", "the filing at the portal"),
    "signature": ("la signature de deux personnes", "the signature of two people"),
}

ROWS: Final[dict[str, Pair]] = {
    "procedure": ("procédure", "procedure"),
    "duty": ("échéance", "duty"),
    "act": ("acte", "act"),
    "measure": ("mesure", "measure"),
    "hold": ("retenue", "hold"),
    "report": ("signalement", "report"),
}
