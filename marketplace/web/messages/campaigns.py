"""What keeps a collection from being submitted, at the field it belongs to; and what stops its owner or a moderator."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from marketplace.web.filters import count, day, money
from marketplace.web.messages.words import Words

SENTENCES: Mapping[str, Words] = {
    "amount_not_positive": _l("Saisissez un montant supérieur à zéro."),
    "carrier_not_yours": _l("Choisissez une organisation vérifiée pour laquelle vous avez un mandat en cours."),
    "carrier_settled": _l("Le porteur ne change plus : la collecte a été envoyée ou publiée."),
    "carrier_stays": _l(
        "Cette personne porte le projet en son nom et reçoit l’argent : elle ne peut ni le quitter ni perdre ce rôle."
    ),
    "campaign_incomplete": lambda **facts: ngettext(
        "Il reste %(num)s point à compléter avant l’envoi.",
        "Il reste %(num)s points à compléter avant l’envoi.",
        facts["count"],
    ),
    "changed_meanwhile": _l(
        "Cette collecte a changé depuis que vous avez ouvert la page, ailleurs ou dans un autre onglet. Vérifiez, puis "
        "recommencez."
    ),
    "opens_too_late": lambda *, last, most, **_facts: _(
        "Une collecte ouvre dans les %(most)s jours. Choisissez un premier jour jusqu’au %(last)s.",
        most=most,
        last=day(last),
    ),
    "ends_on_missing": lambda *, first, last, **_facts: _(
        "Choisissez le dernier jour de la collecte, entre le %(first)s et le %(last)s.",
        first=day(first),
        last=day(last),
    ),
    "ends_too_late": lambda *, last, most, **_facts: _(
        "Une collecte reste ouverte %(most)s jours au plus. Choisissez un dernier jour avant le %(last)s inclus.",
        most=most,
        last=day(last),
    ),
    "ends_too_soon": lambda *, first, least, **_facts: _(
        "Une collecte reste ouverte au moins %(least)s jours. Choisissez un dernier jour à partir du %(first)s.",
        least=least,
        first=day(first),
    ),
    "goal_missing": _l("Saisissez votre objectif, par exemple 12 000."),
    "hard_cap_below_goal": lambda *, goal_cents, **_facts: _(
        "Le plafond ne peut pas être sous l’objectif. Saisissez au moins %(goal)s.", goal=money(goal_cents)
    ),
    "hard_cap_missing": _l("Saisissez le plafond : le montant au-delà duquel vous n’acceptez plus rien."),
    "hard_cap_too_high": lambda *, most_cents, **_facts: _(
        "La loi limite une collecte de cette nature à %(most)s.", most=money(most_cents)
    ),
    "illegal_move": _l(
        "Cette collecte n’est plus dans l’état que montrait la page : rien n’a été changé. Regardez où elle en est."
    ),
    "instrument_missing": _l("Choisissez ce que vous demandez : un don, un prêt ou des parts."),
    "instrument_unknown": _l("Choisissez ce que vous demandez dans la liste."),
    "legal_form_missing": _l("Choisissez la forme juridique du porteur."),
    "last_lead": _l(
        "Il faut que quelqu’un puisse engager le projet. Donnez d’abord ce rôle à une autre personne qui l’a rejoint."
    ),
    "legal_form_not_of_carrier": _l(
        "La forme juridique n’est pas celle de l’organisation qui porte le projet. Choisissez la sienne."
    ),
    "legal_form_unknown": _l("Choisissez une forme juridique de la liste."),
    "loan_months_missing": _l("Saisissez en combien de mois vous rembourserez, par exemple 36."),
    "loan_months_on_gift": _l("Un don ou une part n’a pas de durée. Laissez ce champ vide, ou choisissez un prêt."),
    "loan_months_out_of_range": lambda *, least, most, **_facts: _(
        "Saisissez une durée de %(least)s à %(most)s mois.", least=least, most=most
    ),
    "minimum_above_hard_cap": lambda *, hard_cap_cents, **_facts: _(
        "La participation minimale dépasse le plafond. Saisissez au plus %(most)s.", most=money(hard_cap_cents)
    ),
    "minimum_above_loan_limit": lambda *, most_cents, **_facts: _(
        "La loi limite un prêt sans intérêt à %(most)s par personne : la participation minimale ne peut pas être plus "
        "haute.",
        most=money(most_cents),
    ),
    "minimum_too_low": lambda *, least_cents, **_facts: _(
        "La participation minimale est d’au moins %(least)s.", least=money(least_cents)
    ),
    "not_editable": _l(
        "Cette collecte ne peut plus être modifiée : elle est en relecture ou déjà publiée. Si elle est en relecture, "
        "vous pouvez la reprendre."
    ),
    "owner_not_lead": _l("Vous pouvez écrire, mais pas engager ce projet. Demandez à la personne qui peut l’engager."),
    "owner_role_unknown": _l("Choisissez ce que cette personne pourra faire."),
    "owner_without_mandate": _l(
        "Une organisation porte ce projet : il faut un mandat en cours pour l’engager. Déclarez-le ou renouvelez-le "
        "sur la page de l’organisation."
    ),
    "project_commune_missing": _l("Saisissez la commune du projet, par exemple Poitiers ou 86000."),
    "project_commune_uninhabited": _l(
        "Personne n’habite cette commune. Choisissez une commune habitée, voisine du projet."
    ),
    "project_commune_unknown": _l("Cette commune n’existe plus ou pas. Saisissez son nom actuel ou son code postal."),
    "project_name_missing": _l("Saisissez le nom du projet ou de l’organisation, par exemple Le Fournil du Clain."),
    "project_name_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez le nom à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "project_name_too_short": lambda *, least, **_facts: _(
        "Saisissez un nom d’au moins %(least)s lettres.", least=least
    ),
    "rule_preset_missing": _l("Choisissez qui pourra participer."),
    "rule_preset_unknown": _l("Choisissez une règle de la liste."),
    "sector_missing": _l("Choisissez le domaine du projet."),
    "sector_unknown": _l("Choisissez un domaine de la liste."),
    "stored_text_too_long": lambda *, most, length, **_facts: _(
        "Ce texte est trop long pour être gardé : %(length)s caractères, pour %(most)s au plus.",
        most=count(most),
        length=count(length),
    ),
    "story_missing": _l("Racontez votre projet : qui vous êtes, ce que vous voulez faire, à quoi servira l’argent."),
    "story_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez l’histoire à %(most)s caractères : elle en compte %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "story_too_short": lambda *, least, **_facts: _(
        "Racontez-en plus : l’histoire compte au moins %(least)s caractères.", least=least
    ),
    "summary_missing": _l("Résumez le projet en une ou deux phrases."),
    "summary_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez le résumé à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "threshold_above_goal": lambda *, goal_cents, **_facts: _(
        "Le seuil de réussite ne peut pas dépasser l’objectif. Saisissez au plus %(goal)s.", goal=money(goal_cents)
    ),
    "threshold_missing": _l("Saisissez le seuil de réussite : le montant à partir duquel le projet se fait."),
    "title_missing": _l("Saisissez un titre qui dise ce que vous voulez faire."),
    "title_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez le titre à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "title_too_short": lambda *, least, **_facts: _("Donnez un titre d’au moins %(least)s caractères.", least=least),
    "use_amount_missing": _l("Saisissez le montant de cette dépense, par exemple 1 200."),
    "use_label_missing": _l("Dites à quoi sert cette somme, par exemple Four d’occasion."),
    "use_label_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez cette ligne à %(most)s caractères : elle en compte %(length)s.", most=most, length=count(length)
    ),
    "uses_differ_from_goal": lambda *, total_cents, goal_cents, other_cents, **_facts: (
        _(
            "Les dépenses font %(total)s ; l’objectif et l’autre argent, %(goal)s. Corrigez l’un ou l’autre.",
            total=money(total_cents),
            goal=money(goal_cents + other_cents),
        )
        if other_cents
        else _(
            "Les dépenses font %(total)s et l’objectif %(goal)s : corrigez l’un ou l’autre.",
            total=money(total_cents),
            goal=money(goal_cents),
        )
    ),
    "too_many_drafts": lambda *, most, **_facts: _(
        "Vous avez déjà %(most)s collectes en préparation. Terminez-en une avant d’en commencer une autre.", most=most
    ),
    "too_many_owners": lambda *, most, **_facts: _("Un projet a %(most)s porteurs au plus.", most=most),
    "zone_without_project": _l("La commune du projet n’est pas dans le territoire choisi. Choisissez une autre règle."),
}
