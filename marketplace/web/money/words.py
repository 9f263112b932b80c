"""What the codes of accounts and payouts are called on screens."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# State of an owner's account at the provider: tone, words, what to do or expect.
RECIPIENT_STATES: Mapping[str, tuple[str, LazyString, LazyString]] = {
    "incomplete": (
        "warn",
        _l("Compte à compléter"),
        _l("Stripe attend encore des renseignements : qui vous êtes, et le compte bancaire à créditer."),
    ),
    "pending": (
        "info",
        _l("Vérification en cours"),
        _l("Stripe vérifie vos renseignements. Vous n’avez rien à faire."),
    ),
    "active": ("ok", _l("Prêt à recevoir"), _l("L’argent de vos collectes réussies vous est versé automatiquement.")),
    "rejected": (
        "bad",
        _l("Versements refusés"),
        _l("Stripe ne verse pas sur ce compte. Ouvrez sa page pour voir ce qui manque, ou écrivez-nous."),
    ),
}
# State of a payout to the bank: tone, words.
PAYOUT_STATES: Mapping[str, tuple[str, LazyString]] = {
    "pending": ("info", _l("Prévu")),
    "in_transit": ("info", _l("En route")),
    "paid": ("ok", _l("Arrivé")),
    "failed": ("bad", _l("Échoué")),
    "canceled": ("plain", _l("Annulé")),
}
