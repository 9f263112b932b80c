"""What is wrong with an instrument or its terms, at the field it belongs to."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import money
from marketplace.web.instrument_words import percent
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS
from marketplace.web.messages.words import Words

SENTENCES: Mapping[str, Words] = {
    "admission_days_missing": _l("Dites en combien de jours les associés sont admis, ou non."),
    "admission_days_out_of_range": lambda *, least, most, **_facts: _(
        "Saisissez un nombre de jours entre %(least)s et %(most)s.", least=least, most=most
    ),
    "accounts_missing": _l("Donnez vos trois derniers exercices, ou dites que vous n’en avez pas encore clos."),
    "amount_above_hard_cap": lambda *, hard_cap_cents, **_facts: _(
        "La collecte s’arrête à %(most)s. Saisissez un montant plus petit.", most=money(hard_cap_cents)
    ),
    "board_missing": _l("Dites qui admet les associés, par exemple le conseil d’administration."),
    "colleges_missing": _l("Dites quelles sont les catégories d’associés et comment elles votent."),
    "defaults_missing": _l("Dites s’il y a eu un défaut depuis cinq ans ; écrivez « aucun » s’il n’y en a pas eu."),
    "deferral_does_not_fit": lambda *, every, **_facts: _(
        "Le différé est plus court que le prêt et tombe sur une échéance : saisissez un multiple de %(every)s mois.",
        every=every,
    ),
    "deferral_in_fine": _l("Un prêt remboursé à la fin n’a pas de différé. Laissez ce champ vide."),
    "early_missing": _l("Dites si un remboursement anticipé est possible, et avec quels frais."),
    "every_does_not_divide": lambda *, months, every, **_facts: _(
        "Une durée de %(months)s mois ne se partage pas en périodes de %(every)s mois. Changez l’une ou l’autre.",
        months=months,
        every=every,
    ),
    "every_missing": _l("Choisissez quand vous payez : chaque mois, trimestre, semestre ou année."),
    "guarantees_missing": _l("Dites quelles sont les sûretés ; écrivez « aucune » s’il n’y en a pas."),
    "instrument_not_for_form": lambda *, instrument, legal_form, **_facts: _(
        "La loi ne permet pas ce choix à votre forme juridique : %(what)s, %(who)s. Choisissez autre chose.",
        what=INSTRUMENTS[instrument],
        who=LEGAL_FORMS.get(legal_form, legal_form),
    ),
    "months_not_whole_years": _l("Saisissez un nombre entier d’années : 84, 96, 108 mois…"),
    "nominal_missing": _l("Saisissez le prix d’une part ou d’un titre, par exemple 20."),
    "nominal_out_of_range": lambda *, least, most, **_facts: _(
        "Le prix d’une part ou d’un titre est entre %(least)s et %(most)s.", least=money(least), most=money(most)
    ),
    "not_whole_nominals": lambda *, unit_cents, **_facts: _(
        "Saisissez un multiple du prix d’une part : %(unit)s.", unit=money(unit_cents)
    ),
    "offers_above_limit": lambda *, room_cents, most_cents, **_facts: _(
        "Vos offres de douze mois dépasseraient %(most)s : le plafond de celle-ci est de %(room)s au plus. Le calcul "
        "est sur la page des conditions.",
        most=money(most_cents),
        room=money(room_cents),
    ),
    "part_missing": _l("Saisissez la part du chiffre d’affaires que vous versez, par exemple 3."),
    "part_out_of_range": lambda *, most, **_facts: _(
        "Saisissez une part du chiffre d’affaires, %(most)s au plus.", most=percent(most)
    ),
    "raise_day": _l("Saisissez le premier jour de cette offre, aujourd’hui au plus tard."),
    "rank_missing": _l("Dites qui est payé avant et après ces titres si vous cessez votre activité."),
    "rate_missing": _l("Saisissez un taux, par exemple 4."),
    "rate_out_of_range": lambda *, most, **_facts: _("Saisissez un taux de %(most)s au plus.", most=percent(most)),
    "repayment_missing": _l("Choisissez comment vous remboursez."),
    "responsible_missing": _l("Dites qui répond de ces informations : prénom, nom et fonction."),
    "return_missing": _l("Saisissez le plafond des versements, par exemple 140."),
    "return_out_of_range": lambda *, least, most, **_facts: _(
        "Le plafond des versements est entre %(least)s et %(most)s %% de ce qui est prêté.", least=least, most=most
    ),
    "reward_above_cap": lambda *, hard_cap_cents, **_facts: _(
        "Le montant dépasse le plafond de la collecte, %(most)s.", most=money(hard_cap_cents)
    ),
    "reward_amount": lambda *, minimum_cents, **_facts: _(
        "Saisissez à partir de quel montant elle est donnée, au moins %(least)s.", least=money(minimum_cents)
    ),
    "reward_gone": _l("Il n’en reste plus. Choisissez une autre contrepartie, ou aucune."),
    "reward_label": lambda *, most, **_facts: _(
        "Dites ce qui est donné en retour, en %(most)s caractères au plus.", most=most
    ),
    "reward_month": _l("Saisissez un mois après la fin de la collecte, par exemple 06/2027."),
    "reward_needs_more": lambda *, least_cents, **_facts: _(
        "Cette contrepartie est donnée à partir de %(least)s.", least=money(least_cents)
    ),
    "reward_stock": _l("Saisissez combien il y en a, ou laissez vide s’il y en a assez pour tous."),
    "reward_unknown": _l("Cette contrepartie n’existe pas. Choisissez-en une de la liste, ou aucune."),
    "rewards_missing": _l("Ajoutez au moins une contrepartie, ou choisissez un don simple."),
    "ring_rates_differ": lambda *, given, needed, **_facts: _(
        "Votre règle a %(needed)s cercle(s), vous donnez %(given)s taux. Il en faut un par cercle.",
        needed=needed,
        given=given,
    ),
    "schedule_impossible": _l(
        "Avec ces chiffres, la plus petite participation ne peut pas être remboursée en autant de fois."
    ),
    "share_rate_above_cap": lambda *, cap_bp, **_facts: _(
        "La loi limite l’intérêt des parts à %(cap)s : la moyenne des taux et deux points.", cap=percent(cap_bp)
    ),
    "term_too_long": lambda *, most, length, **_facts: _(
        "Ce texte a %(length)s caractères ; la fiche en prend %(most)s au plus.", length=length, most=most
    ),
    "tmo_incomplete": lambda *, given, needed, **_facts: _(
        "Saisissez les %(needed)s taux semestriels ; il y en a %(given)s.", needed=needed, given=given
    ),
    "tmo_missing": _l("Saisissez les six taux semestriels : le plafond légal de l’intérêt en découle."),
    "turnovers_differ": lambda *, given, needed, **_facts: _(
        "Saisissez un montant par année : %(needed)s, il y en a %(given)s.", needed=needed, given=given
    ),
    "turnovers_missing": _l("Saisissez le chiffre d’affaires attendu de chaque année."),
    "variable_missing": _l("Saisissez ce chiffre ; zéro s’il n’y a pas de partie variable."),
    "variable_too_large": lambda *, most, **_facts: _(
        "La loi limite la partie variable à %(most)s %% du titre.", most=most
    ),
    "withdrawal_missing": _l("Dites comment on se retire et ce qu’on reçoit."),
}
