"""What is the matter with a zone, and with a named territory: a part of the table of `messages`."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.locality.zones import (
    MAX_CENTRES,
    MAX_CODES,
    MAX_DEPTH,
    MAX_KM,
    MAX_PARTS,
    MAX_STEPS,
)
from marketplace.web.filters import count

# `zone_` and the code of a ZoneError. Facts: value, the offending part when it is short; place, where it stands.
_ZONES: Mapping[str, object] = {
    "zone_bad_km": lambda **_facts: _(
        "Le rayon doit être un nombre de kilomètres plus grand que 0, et de %(most)s au plus.", most=MAX_KM
    ),
    "zone_bad_steps": lambda **_facts: _("Le voisinage se compte en pas : de 1 à %(most)s.", most=MAX_STEPS),
    "zone_empty_zone": _l("Ce territoire ne contient aucune commune. Élargissez-le."),
    "zone_malformed": lambda *, place, **_facts: _(
        "Le territoire est mal décrit à cet endroit : %(place)s. Il manque une valeur, ou elle n’a pas la bonne forme.",
        place=place,
    ),
    "zone_no_island": _l(
        "Ce territoire n’est pas une île : il est sur le continent, ou il est vide. Choisissez une commune d’une île."
    ),
    "zone_no_point": lambda *, value, **_facts: _(
        "Nous ne savons pas où se trouve la commune %(value)s : un rayon n’a pas de centre. Choisissez les communes "
        "par leur nom.",
        value=value,
    ),
    "zone_nobody_lives_there": _l("Personne n’habite ce territoire. Ajoutez-lui des communes habitées."),
    "zone_not_loaded": _l(
        "Les bassins de vie et les zones d’emploi ne sont pas installés ici. Choisissez une autre sorte de territoire."
    ),
    "zone_too_deep": lambda **_facts: _(
        "Ce territoire emboîte trop d’opérations. Écrivez-le avec %(most)s niveaux au plus.", most=MAX_DEPTH
    ),
    "zone_too_large": lambda **_facts: _(
        "Ce territoire compte trop d’opérations. Écrivez-le avec %(most)s opérations au plus.", most=MAX_PARTS
    ),
    "zone_too_long": lambda *, place, **_facts: _(
        "Cette liste est trop longue : %(place)s. Elle peut contenir %(most)s codes au plus, ou %(parts)s parties.",
        place=place,
        most=count(MAX_CODES),
        parts=MAX_PARTS,
    ),
    "zone_too_many_centres": lambda **_facts: _(
        "Un rayon se mesure autour de %(most)s communes au plus.", most=MAX_CENTRES
    ),
    "zone_unknown_code": lambda *, value, **_facts: _(
        "Le code « %(value)s » ne désigne aucun territoire d’aujourd’hui de cette sorte. Corrigez-le.", value=value
    ),
    "zone_unknown_key": lambda *, value, **_facts: _(
        "« %(value)s » ne fait pas partie de cette opération. Retirez-le ou corrigez-le.", value=value
    ),
    "zone_unknown_level": lambda *, place, **_facts: _(
        "Cette échelle n’existe pas pour cette opération : %(place)s. Choisissez la commune, l’intercommunalité, le "
        "département ou la région.",
        place=place,
    ),
    "zone_unknown_operation": lambda *, place, **_facts: _(
        "Cette sorte de territoire n’existe pas : %(place)s. Choisissez-en une de la liste.", place=place
    ),
    "zone_unknown_projet": _l("Ce territoire de projet n’existe pas, ou n’est plus proposé. Choisissez-en un autre."),
}

_NAMED: Mapping[str, object] = {
    "projet_empty": _l("Indiquez les communes du territoire, une par ligne."),
    "projet_line_ambiguous": lambda *, line, typed, candidates, **_facts: _(
        "Ligne %(line)s, « %(typed)s » : dites lequel ou laquelle, parmi %(candidates)s.",
        line=line,
        typed=typed,
        candidates=" ; ".join(candidates),
    ),
    "projet_line_unknown": lambda *, line, typed, **_facts: _(
        "Ligne %(line)s, « %(typed)s » : nous ne trouvons ni commune ni intercommunalité de ce nom ou de ce code.",
        line=line,
        typed=typed,
    ),
    "projet_name_invalid": _l("Donnez au territoire un nom de 2 à 120 caractères, par exemple Pays du Perche."),
    "projet_name_taken": _l("Un territoire porte déjà ce nom. Donnez-en un autre, ou retirez d’abord l’ancien."),
    "projet_note_missing": _l("Dites pourquoi ces communes forment un territoire, et d’où vient leur liste."),
    "projet_note_too_long": lambda *, most, **_facts: _(
        "Écrivez %(most)s caractères au plus dans l’explication.", most=count(most)
    ),
    "projet_retired": _l("Ce territoire n’est déjà plus proposé."),
    "projet_too_many_lines": lambda *, most, **_facts: _(
        "Écrivez %(most)s lignes au plus. Un nom d’intercommunalité remplace toutes ses communes.", most=count(most)
    ),
}

SENTENCES = {**_ZONES, **_NAMED}
