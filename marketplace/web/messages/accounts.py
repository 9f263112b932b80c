"""What accounts refuse."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from marketplace.web.messages.words import Words

SENTENCES: Mapping[str, Words] = {
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
