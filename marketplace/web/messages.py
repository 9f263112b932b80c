"""Reason codes become sentences: what is the matter, and what to do.

One entry for each code that a domain raises, by area and alphabetical; a guard compares them with the code base.
A sentence without figures is a lazy string; one with figures is a function of the refusal's facts, which ignores those
it does not need.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import day

# A lazy string, or a function of the facts.
Words: TypeAlias = object

_ACCOUNTS: Mapping[str, Words] = {
    "administrator_unknown": _l("Aucun compte n’a cette adresse électronique."),
    "display_name_invalid": _l(
        "Saisissez le nom que verront les autres, en 80 caractères au plus, par exemple Camille D."
    ),
    "email_invalid": _l("Saisissez une adresse électronique valide, par exemple camille@exemple.fr."),
    "email_not_confirmed": _l(
        "Confirmez d’abord votre adresse électronique : suivez le lien du courriel que nous vous avons envoyé, ou "
        "demandez-en un autre depuis « Mon compte »."
    ),
    "link_used": _l("Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau."),
    "password_too_common": _l(
        "Ce mot de passe est trop facile à deviner. Choisissez par exemple trois ou quatre mots sans rapport entre eux."
    ),
    "password_too_long": _l("Choisissez un mot de passe de 128 caractères au plus."),
    "password_too_short": _l("Choisissez un mot de passe d’au moins 12 caractères."),
    "password_wrong": _l("Ce n’est pas votre mot de passe actuel. Saisissez-le de nouveau."),
}

_RESIDENCE: Mapping[str, Words] = {
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

_UNKNOWN = _l("Ce n’est pas possible. Revenez à la page précédente et vérifiez ce que vous demandez.")

SENTENCES: Mapping[str, Words] = {
    **_ACCOUNTS,
    **_RESIDENCE,
    **_PROOFS,
}


def sentence(code: str, **facts: Any) -> str:
    """Return the sentence of a reason code in the reader's language.

    facts: those of the refusal (cents, aware instants, codes). A code nobody wrote a sentence for gets a general one:
    a missing sentence must not turn a refusal into a breakdown.
    """
    words = SENTENCES.get(code, _UNKNOWN)
    return str(words(**facts)) if callable(words) else str(words)
