"""What is the matter with a rule: a part of the table of `messages`. Codes of `locality.rule`, `locality.presets`."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from marketplace.locality.presets import MOST_COMMUNES, RADIUS_KM
from marketplace.web.filters import money

# What an owner chose, at the field it was typed in.
_CHOICES: Mapping[str, object] = {
    "quota_ring_missing": _l("Choisissez le cercle auquel cette part ou ce montant est gardé."),
    "ring_first_waits": _l("Le premier cercle ouvre toujours avec la collecte. Laissez ce champ vide."),
    "ring_opens_too_soon": lambda *, number, days, **_facts: ngettext(
        "Le cercle %(number)s ouvrirait avant celui qu’il contient. Saisissez %(num)s jour au moins.",
        "Le cercle %(number)s ouvrirait avant celui qu’il contient. Saisissez %(num)s jours au moins.",
        days,
        number=number,
    ),
    "ring_zone_missing": _l("Choisissez qui est dans ce cercle, ou retirez-le."),
    "rule_amount": lambda *, most_cents, **_facts: _(
        "Saisissez un montant au-dessus de zéro, et de %(most)s au plus.", most=money(most_cents)
    ),
    "rule_communes_missing": _l("Indiquez au moins une commune."),
    "rule_communes_too_many": lambda **_facts: _(
        "Indiquez %(most)s communes au plus. Au-delà, choisissez une intercommunalité, un département ou un territoire "
        "de projet.",
        most=MOST_COMMUNES,
    ),
    "rule_needs_wider": _l(
        "Cette option n’a de sens que si d’autres habitants peuvent participer ensuite. Choisissez un second cercle, "
        "ou laissez ce champ vide."
    ),
    "rule_projet_missing": _l("Choisissez le territoire de projet."),
    "rule_radius": lambda **_facts: _(
        "Saisissez un rayon de %(least)s à %(most)s kilomètres.", least=RADIUS_KM.start, most=RADIUS_KM.stop - 1
    ),
    "rule_reserve_missing": _l("Saisissez le montant à garder pour les habitants, ou laissez la durée vide."),
    "rule_turns_past_end": lambda *, days, **_facts: ngettext(
        "Après %(num)s jour, la collecte serait déjà finie : personne d’autre ne pourrait participer. Raccourcissez "
        "cette durée, ou choisissez un dernier jour plus tard.",
        "Après %(num)s jours, la collecte serait déjà finie : personne d’autre ne pourrait participer. Raccourcissez "
        "cette durée, ou choisissez un dernier jour plus tard.",
        days,
    ),
}

# What is wrong with a rule as it is written. Facts: number, of the ring or turn, from 1.
_RULES: Mapping[str, object] = {
    "ceiling_one_of_two": _l("Une limite s’écrit en euros ou en pourcentage de l’objectif : l’un des deux."),
    "link_needs_outer_ring": lambda *, kind, **_facts: _(
        "« %(kind)s » ne vaut pas une adresse : il faut un second cercle, plus large, pour accueillir ces personnes.",
        kind=kind,
    ),
    "link_unknown": lambda *, kind, **_facts: _(
        "« %(kind)s » n’est pas un lien qu’une règle connaît. Corrigez-le ou retirez-le.", kind=kind
    ),
    "phase_days": lambda *, number, **_facts: _(
        "Étape %(number)s : chaque étape dure un nombre de jours, sauf la dernière, qui dure jusqu’à la fin.",
        number=number,
    ),
    "phase_narrows": lambda *, number, **_facts: _(
        "Étape %(number)s : elle fermerait un cercle déjà ouvert. Une étape ne peut qu’élargir.", number=number
    ),
    "phases_stop_short": _l("La dernière étape doit ouvrir à tous les cercles : sinon, l’un d’eux ne s’ouvre jamais."),
    "quota_for_everyone": _l(
        "Cette limite porte sur l’argent venu de plus loin que le dernier cercle : personne n’est plus loin. "
        "Choisissez un cercle plus petit."
    ),
    "quota_unknown": _l("Cette sorte de limite n’existe pas. Choisissez-en une de la liste."),
    "ring_adds_nobody": lambda *, number, **_facts: _(
        "Le cercle %(number)s n’ajoute aucune commune à ceux qui le précèdent. Mettez le plus petit d’abord, ou "
        "retirez-le.",
        number=number,
    ),
    "ring_empty": lambda *, number, **_facts: _(
        "Le cercle %(number)s ne contient aucune commune. Élargissez-le ou retirez-le.", number=number
    ),
    "ring_minimum_over_cap": _l("Le minimum d’un cercle ne peut pas dépasser le maximum par personne."),
    "ring_unknown": lambda *, most, **_facts: ngettext(
        "Cette règle a %(num)s cercle. Choisissez-en un qui existe.",
        "Cette règle a %(num)s cercles. Choisissez-en un qui existe.",
        most,
    ),
    "rule_format_unknown": _l("Cette version du format des règles n’est pas connue ici."),
    "rule_incomplete": _l("Il manque une valeur à cet endroit."),
    "rule_number": lambda *, low, high, **_facts: _(
        "Saisissez un nombre entier de %(low)s à %(high)s.", low=low, high=high
    ),
    "rule_too_long": lambda *, most, **_facts: _("Cette liste compte %(most)s éléments au plus.", most=most),
    "rule_unknown_key": lambda *, key, **_facts: _(
        "« %(key)s » ne fait pas partie d’une règle. Retirez-le ou corrigez-le.", key=key
    ),
    "rule_unreadable": _l("Ce n’est pas la forme d’une règle à cet endroit."),
    "rule_without_ring": _l("Une règle a au moins un cercle : dites qui peut participer."),
}

SENTENCES = {**_CHOICES, **_RULES}
