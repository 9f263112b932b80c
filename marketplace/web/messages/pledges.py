"""What the local-to-local rule answers, and what else may stop a pledge."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import count, instant, money, percent_of
from marketplace.web.messages.words import Words, at_most

SENTENCES: Mapping[str, Words] = {
    "intention_amount": lambda *, least_cents, most_cents, **_facts: _(
        "Saisissez un montant entre %(least)s et %(most)s.", least=money(least_cents), most=money(most_cents)
    ),
    "no_intention_now": _l("Ce n’est pas le moment : votre tour est venu, ou ce projet ne vous est pas ouvert."),
    "not_whole_intention": lambda *, unit_cents, **_facts: _(
        "Saisissez un multiple de %(unit)s, le prix d’une part.", unit=money(unit_cents)
    ),
    "admission_decided": _l("C’est déjà décidé pour cette personne, et cela ne change plus."),
    "admission_reason_length": lambda *, least, most, **_facts: _(
        "Dites pourquoi, en %(least)s à %(most)s caractères : la personne le lira.", least=least, most=count(most)
    ),
    "college_length": lambda *, least, most, **_facts: _(
        "Dites de quelle catégorie ces personnes sont, en %(least)s à %(most)s caractères.", least=least, most=most
    ),
    "nobody_chosen": _l("Cochez au moins une personne."),
    "not_admissible": _l("Cette souscription n’est pas payée, ou son argent est en train d’être rendu."),
    "already_waiting": _l(
        "Vous êtes déjà sur la liste d’attente de ce projet. Votre place est dans « Mes engagements »."
    ),
    "amount_missing": _l("Saisissez un montant en euros, par exemple 50."),
    "amount_too_small": lambda *, minimum_cents, **_facts: _(
        "Saisissez au moins %(least)s : c’est le minimum de ce projet.", least=money(minimum_cents)
    ),
    "amount_not_changeable": _l(
        "Le montant de cet engagement ne peut plus changer ici. Vous pouvez prendre un autre engagement."
    ),
    "association_needs_members": lambda *, members, needed, **_facts: _(
        "Une association participe avec au moins %(needed)s membres habitant le territoire du projet ; la vôtre en "
        "déclare %(members)s.",
        needed=needed,
        members=members,
    ),
    "campaign_closed": _l("Cette collecte n’accepte plus d’engagement."),
    "campaign_not_open": lambda *, until, **_facts: _("Cette collecte ouvre le %(at)s.", at=instant(until)),
    "card_already_saved": _l("Votre carte est déjà enregistrée pour cet engagement."),
    "ceiling": lambda *, cap_cents, limit_cents=None, **_facts: at_most(
        _("L’argent venu de plus loin est limité à %(most)s pour ce projet.", most=money(cap_cents)), limit_cents
    ),
    "claim_expired": _l("Votre déclaration de résidence n’est plus valable. Renouvelez-la pour participer."),
    "free_loan_cap": lambda *, limit_cents=None, **_facts: at_most(
        _("La loi limite un prêt sans intérêt à 5 000 € par personne et par projet."), limit_cents
    ),
    "consent_missing": lambda *, threshold_cents, total_cents, **_facts: _(
        "Avec ce montant, vous auriez promis %(total)s à ce projet, au-delà de %(threshold)s. Lisez l’avertissement, "
        "puis cochez la case pour confirmer.",
        total=money(total_cents),
        threshold=money(threshold_cents),
    ),
    "form_already_sent": _l(
        "Vous avez déjà envoyé cette page avec un autre montant : cet engagement se trouve dans « Mes engagements ». "
        "Pour en prendre un de plus, vérifiez le montant et confirmez de nouveau."
    ),
    "hard_cap": lambda *, limit_cents=None, **_facts: (
        _("Il ne reste que %(most)s avant le plafond de la collecte.", most=money(limit_cents))
        if limit_cents
        else _("La collecte a atteint son plafond. Une place peut se libérer : revenez dans quelques jours.")
    ),
    "kind_not_accepted": _l("Ce projet n’est pas ouvert à ce type d’organisation."),
    "knowledge_test_missing": _l(
        "La loi demande quelques questions avant cet engagement. Répondez-y, ou dites que vous ne le souhaitez pas : "
        "vous pourrez participer dans les deux cas."
    ),
    "last_attempt_soon": lambda *, until, **_facts: _(
        "Un dernier essai avec la carte enregistrée aura lieu le %(at)s : il est trop tard pour une page de paiement.",
        at=instant(until),
    ),
    "level_1_cap": lambda *, limit_cents=None, **_facts: at_most(
        _("Avec une adresse déclarée, vous pouvez engager 50 € par projet. Au-delà, faites vérifier votre adresse."),
        limit_cents,
    ),
    "level_2_cap": lambda *, limit_cents=None, **_facts: at_most(
        _("Sans justificatif, vous pouvez engager 1 000 € sur douze mois. Au-delà, faites vérifier votre adresse."),
        limit_cents,
    ),
    "level_too_low": _l("Ce projet demande une adresse vérifiée. Faites vérifier la vôtre."),
    "min_share": lambda *, percent, limit_cents=None, **_facts: at_most(
        _(
            "Au moins %(percent)s de l’argent doit venir d’ici : chaque euro ferme d’un habitant ouvre de la place.",
            percent=percent_of(percent, 100),
        ),
        limit_cents,
    ),
    "mandate_missing": _l(
        "Vous n’avez pas de mandat en cours pour engager cette organisation. Faites-le vérifier depuis « Mes "
        "organisations »."
    ),
    "minor_gift_only": _l("Avant 18 ans, seul un don est possible."),
    "minor_without_guardian": _l(
        "Avant 18 ans, un engagement passe par un parent ou un tuteur. Demandez-lui de le faire avec vous."
    ),
    "no_residence": _l("Indiquez la commune où vous habitez pour savoir si vous pouvez participer."),
    "not_whole_shares": lambda *, unit_cents, **_facts: _(
        "Ce projet vend des parts de %(unit)s. Saisissez un multiple de %(unit)s.", unit=money(unit_cents)
    ),
    "nothing_to_reconfirm": _l("Cet engagement n’est plus à reconfirmer. Regardez où il en est."),
    "nothing_to_repair": _l("Ce paiement n’a pas à être réparé."),
    "offer_over": _l("Le temps pour prendre cette place est passé : elle a été proposée à quelqu’un d’autre."),
    "no_seat": _l("Indiquez le siège ou un établissement de votre organisation pour savoir si elle peut participer."),
    "one_look_cap": lambda *, limit_cents=None, **_facts: at_most(
        _(
            "Un seul administrateur a vu votre justificatif : vous pouvez engager 5 000 € sur douze mois. Au-delà, "
            "présentez une facture signée, ou demandez un second regard."
        ),
        limit_cents,
    ),
    "outside_rings": lambda *, kind="person", **_facts: (
        _("Ce projet est réservé aux habitants de son territoire, et vous n’y habitez pas.")
        if kind == "person"
        else _("Ce projet est réservé aux organisations de son territoire, et la vôtre n’y est pas.")
    ),
    "payment_disputed": _l(
        "Ce paiement est contesté : la banque va décider, il ne peut pas être remboursé entre-temps."
    ),
    "payment_under_way": _l("Un mouvement d’argent est en cours pour cet engagement. Réessayez dans quelques minutes."),
    "reflection_period_over": _l("Le délai de réflexion est passé : cet engagement est ferme."),
    "related_cap": lambda *, cap_cents, limit_cents=None, **_facts: at_most(
        _("L’équipe du projet et ses proches peuvent engager %(most)s en tout.", most=money(cap_cents)), limit_cents
    ),
    "reservation_over": _l(
        "Le temps pour enregistrer la carte est passé. Engagez-vous de nouveau si vous le souhaitez."
    ),
    "shown_as_unknown": _l("Choisissez ce que les autres peuvent lire de vous."),
    "too_many_reservations": lambda *, again_at, **_facts: _(
        "Vous avez réservé une place trois fois sans enregistrer de carte. Si l’un de ces engagements est encore en "
        "cours, terminez-le depuis « Mes engagements ». Sinon, revenez à partir du %(at)s.",
        at=instant(again_at),
    ),
    "reserve": lambda *, kept_cents, until, limit_cents=None, **_facts: at_most(
        _("%(kept)s sont gardés aux habitants jusqu’au %(at)s.", kept=money(kept_cents), at=instant(until)), limit_cents
    ),
    "ring_cap": lambda *, cap_cents, limit_cents=None, **_facts: at_most(
        _("Depuis votre commune, ce projet accepte %(most)s par personne.", most=money(cap_cents)), limit_cents
    ),
    "ring_not_open": lambda *, until, **_facts: _(
        "Ce projet ouvre d’abord à ses plus proches voisins. Votre tour vient le %(at)s.", at=instant(until)
    ),
    "warning_unread": _l("Lisez l’avertissement qui suit vos réponses et confirmez que vous l’avez lu."),
}
