"""What residency refuses, why a proof was turned down, and what a declared commune is worth."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import day
from marketplace.web.messages.words import Words

_REFUSALS: Mapping[str, Words] = {
    "already_verified": _l("Votre commune est déjà justifiée. Vous n’avez rien à faire pour l’instant."),
    "commune_uninhabited": _l("Personne n’habite cette commune. Choisissez celle où se trouve votre logement."),
    "commune_unknown": _l(
        "Nous ne trouvons pas cette commune. Saisissez son nom ou son code postal, puis choisissez-la."
    ),
    "own_residence": _l("Vous ne pouvez pas décider pour vous-même. Demandez à un autre administrateur."),
    "refusal_reason_unknown": _l("Choisissez le motif du refus."),
    "renewal_too_early": lambda *, from_at, **_facts: _(
        "Votre déclaration est encore valable. Vous pourrez la renouveler à partir du %(day)s.", day=day(from_at)
    ),
    "request_decided": _l("Cette demande a déjà reçu une réponse."),
    "residence_exists": _l("Vous avez déjà déclaré une commune. Si vous avez déménagé, indiquez-le."),
    "residence_expired": _l("Votre déclaration n’est plus valable. Renouvelez-la, puis demandez la vérification."),
    "residence_missing": _l("Indiquez d’abord la commune où vous habitez."),
    "same_commune": _l("C’est déjà votre commune. Choisissez celle où vous venez d’emménager."),
    "too_many_moves": lambda *, again_at, **_facts: _(
        "Vous avez déjà déménagé deux fois en douze mois. Vous pourrez changer de commune à partir du %(day)s.",
        day=day(again_at),
    ),
    "verification_pending": _l("Votre demande est déjà entre les mains d’un administrateur."),
}

# Why an administrator turned a proof of residence down.
_PROOFS: Mapping[str, Words] = {
    "not_accepted": _l(
        "Ce document n’est pas accepté. Présentez une facture d’énergie, d’eau ou d’internet, une quittance de loyer, "
        "un avis d’impôt ou une attestation d’assurance habitation."
    ),
    "other_address": _l("L’adresse du document n’est pas dans la commune que vous avez déclarée."),
    "other_name": _l("Le nom du document n’est pas le vôtre."),
    "too_old": _l("Le document date de plus de trois mois."),
    "unreadable": _l("Le document n’est pas lisible en entier."),
}

SENTENCES: Mapping[str, Words] = {**_REFUSALS, **_PROOFS}

# What a declared commune is worth, in words: the name, and what it lets one do.
STANDINGS: Mapping[str, tuple[object, object]] = {
    "declared": (
        _l("Déclarée"),
        _l("Vous pouvez donner ou prêter sans intérêt jusqu’à 50 € par collecte."),
    ),
    "confirmed": (
        _l("Code postal confirmé"),
        _l("Vous pouvez vous engager jusqu’à 1 000 € en douze mois, toutes collectes confondues."),
    ),
    "proven": (
        _l("Justifiée"),
        _l("Votre commune est prouvée : elle ne limite plus le montant de vos engagements."),
    ),
    "expired": (
        _l("À renouveler"),
        _l("Vos engagements déjà pris restent valables. Pour en prendre d’autres, renouvelez votre déclaration."),
    ),
    "none": (_l("Non renseignée"), _l("Indiquez votre commune pour participer aux projets d’à côté.")),
}
