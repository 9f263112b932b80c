"""What the codes of money that needs somebody are called on the staff's pages, and what to do."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# In the order of the page: heading, what is frozen or waits, what to do.
KINDS: Mapping[str, tuple[LazyString, LazyString, LazyString]] = {
    "dispute": (
        _l("Paiements contestés"),
        _l("Le contributeur conteste à sa banque. L’argent est gelé : ni versement, ni remboursement."),
        _l("Envoyez les preuves chez Stripe avant la date : la décision, l’attestation, les courriels."),
    ),
    "refund": (
        _l("Remboursements"),
        _l("L’argent est dû au contributeur et n’est pas encore chez lui."),
        _l("Échoué : demandez-lui un autre moyen, ou relancez. En cours : rien à faire."),
    ),
    "reversal": (
        _l("Reprises refusées"),
        _l("Le porteur a reçu cet argent et son solde ne le couvre pas."),
        _l("Convenez avec le porteur de la façon de le rendre, puis décidez de nouveau du remboursement."),
    ),
    "errand": (
        _l("Opérations qui n’aboutissent pas"),
        _l("Demandées plusieurs fois, sans réponse. Elles reprennent d’elles-mêmes."),
        _l("Si Stripe fonctionne de nouveau, relancez : la même demande ne paie jamais deux fois."),
    ),
    "recipient": (
        _l("Porteurs à qui l’on ne peut pas verser"),
        _l("La collecte a réussi. L’argent attend que le compte du porteur soit prêt."),
        _l("Écrivez au porteur : sa page Recevoir l’argent dit ce qui manque."),
    ),
    "stray": (
        _l("Paiements que personne n’attendait"),
        _l("De l’argent est arrivé sans engagement qui l’attende."),
        _l("Rendez-le chez Stripe, puis notez ici ce qui a été fait."),
    ),
}
# Of a matter: tone, words.
STATES: Mapping[str, tuple[str, LazyString]] = {
    "disputed": ("bad", _l("Contesté")),
    "refunding": ("info", _l("En cours")),
    "refund_failed": ("bad", _l("Échoué")),
    "refused": ("bad", _l("Refusée")),
    "charge": ("warn", _l("Débit")),
    "transfer": ("warn", _l("Versement")),
    "reversal": ("warn", _l("Reprise")),
    "refund": ("warn", _l("Remboursement")),
    "missing": ("warn", _l("Pas de compte")),
    "incomplete": ("warn", _l("Compte à compléter")),
    "pending": ("info", _l("Vérification en cours")),
    "rejected": ("bad", _l("Versements refusés")),
    "open": ("warn", _l("À traiter")),
}
# Why, as the provider or this program says it; another word of the provider is shown as it is.
REASONS: Mapping[str, LazyString] = {
    "fraudulent": _l("dit ne pas avoir payé"),
    "product_not_received": _l("dit ne rien avoir reçu"),
    "product_unacceptable": _l("dit que ce n’est pas ce qui était promis"),
    "duplicate": _l("dit avoir payé deux fois"),
    "credit_not_processed": _l("attend un remboursement"),
    "unrecognized": _l("ne reconnaît pas le paiement"),
    "general": _l("sans raison précise"),
    "charge_disputed": _l("le paiement est contesté"),
    "expired_or_canceled_card": _l("carte expirée ou annulée"),
    "lost_or_stolen_card": _l("carte perdue ou volée"),
    "insufficient_funds": _l("solde insuffisant"),
    "balance_insufficient": _l("solde insuffisant"),
    "other_amount": _l("un autre montant était attendu"),
    "other_attempt": _l("un autre essai était en cours"),
}
# How a payment that nobody waited for was dealt with.
SETTLED: Mapping[str, LazyString] = {
    "given_back": _l("Rendu au payeur, chez Stripe"),
    "other_pledge": _l("Il payait un autre engagement, noté à la main"),
    "mistake": _l("Ce n’était pas un paiement de Mitoyen"),
}
