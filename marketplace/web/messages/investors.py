"""What is said to investors, and why a request to be less protected is turned down."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import money
from marketplace.web.messages.words import Words

SENTENCES: Mapping[str, Words] = {
    "already_sophisticated": _l("Vous êtes déjà investisseur averti."),
    "answers_missing": _l("Répondez à chaque question, ou choisissez de ne pas répondre au test."),
    "criteria_not_met": _l(
        "Ces chiffres ne remplissent pas deux critères sur trois : vous restez investisseur non averti. Vous êtes "
        "mieux protégé·e, et vous pouvez investir comme avant."
    ),
    "no_criterion_met": _l(
        "Ces chiffres ne remplissent aucun des trois critères : l’organisation reste non avertie. Elle est mieux "
        "protégée, et elle peut investir comme avant."
    ),
    "not_sophisticated": _l("Cette personne n’est pas investisseur averti en ce moment."),
    "nothing_to_acknowledge": _l("Il n’y a pas d’avertissement à lire en ce moment."),
    "own_request": _l("Vous ne pouvez pas décider pour vous-même. Demandez à un autre administrateur."),
    "request_pending": _l("Votre demande est déjà entre les mains d’un administrateur."),
    "result_too_high": lambda *, most_cents, **_facts: _(
        "Vérifiez ce résultat : il dépasse %(most)s. Saisissez le dixième de votre patrimoine net.",
        most=money(most_cents),
    ),
    "text_changed": _l("Ce texte a changé depuis que vous avez ouvert la page. Lisez-le de nouveau, puis confirmez."),
    # Why an administrator turned a request down.
    "criteria_doubtful": _l("Les pièces ne montrent pas que les critères indiqués sont remplis."),
    "evidence_missing": _l("Nous n’avons pas reçu les pièces qui montrent que les critères sont remplis."),
    "evidence_too_old": _l("Les pièces reçues ont plus d’un an. Présentez des pièces récentes."),
}
