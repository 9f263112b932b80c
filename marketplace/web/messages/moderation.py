"""What stops a moderator, and the reasons that a moderator gives."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import count
from marketplace.web.messages.words import Words

_REFUSALS: Mapping[str, Words] = {
    "note_missing": _l("Expliquez au porteur ce qui ne va pas et ce qu’il peut faire."),
    "note_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez l’explication à %(most)s caractères : elle en compte %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "note_too_short": lambda *, least, **_facts: _(
        "Expliquez en %(least)s caractères au moins : le porteur doit savoir quoi faire.", least=least
    ),
    "own_campaign": _l("Cette collecte est la vôtre. Un autre administrateur doit décider."),
    "reason_unknown": _l("Choisissez des motifs de la liste."),
    "reasons_missing": _l("Choisissez au moins un motif."),
}

# Why a moderator sent a collection back or refused it: what is the matter and what to do, told to the owner.
_REASONS: Mapping[str, Words] = {
    "R01": _l("Nous ne savons pas assez qui vous êtes. Dites qui porte le projet et à quel titre."),
    "R02": _l("Nous ne retrouvons pas votre organisation, ou elle n’est plus active. Vérifiez son nom et son état."),
    "R03": _l("Le projet n’est pas dans le territoire annoncé. Vérifiez la commune et la règle de proximité."),
    "R04": _l("L’usage de l’argent n’est pas assez local ou pas assez clair. Dites ce qui sera acheté, et où."),
    "R05": _l("Il manque des informations pour décider en connaissance de cause. Complétez-les."),
    "R06": _l("Une partie du texte peut tromper. Corrigez ce qui est inexact ou trop affirmatif."),
    "R07": _l("Les risques sont trop généraux. Dites ceux qui sont propres à votre projet."),
    "R08": _l("Le montant, la durée ou les conditions ne conviennent pas. Revoyez-les."),
    "R09": _l("Votre forme juridique ne permet pas de recevoir l’argent de cette façon. Choisissez-en une autre."),
    "R10": _l("Il y a un conflit d’intérêts, ou un risque qu’il y en ait un. Expliquez les liens entre les personnes."),
    "R11": _l("Les antécédents du porteur ou de l’organisation ne permettent pas de publier la collecte."),
    "R12": _l("Cette activité ne peut pas être financée ici : notre charte l’exclut."),
    "R13": _l("Cette collecte en double une autre. Gardez-en une seule."),
    "R14": _l("Un texte n’est pas de vous, ou donne des renseignements personnels sur quelqu’un. Retirez-le."),
    "R15": _l("Le projet est déjà financé, ou n’a plus lieu d’être."),
}

SENTENCES: Mapping[str, Words] = {**_REFUSALS, **_REASONS}
