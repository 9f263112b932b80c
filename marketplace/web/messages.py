"""Reason codes become sentences: what is the matter, and what to do.

One entry for each code that a domain raises, by area and alphabetical; a guard compares them with the code base.
A sentence without figures is a lazy string; one with figures is a function of the refusal's facts, which ignores those
it does not need.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from marketplace.web import rule_messages, zone_messages
from marketplace.web.filters import count, day, instant, money, percent_of

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

# What the local-to-local rule answers, and what else may stop a pledge.
_PLEDGES: Mapping[str, Words] = {
    "already_waiting": _l(
        "Vous êtes déjà sur la liste d’attente de ce projet. Votre place est dans « Mes engagements »."
    ),
    "amount_missing": _l("Saisissez un montant en euros, par exemple 50."),
    "amount_too_small": lambda *, minimum_cents, **_facts: _(
        "Saisissez au moins %(least)s : c’est le minimum de ce projet.", least=money(minimum_cents)
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
    "ceiling": lambda *, cap_cents, limit_cents=None, **_facts: _at_most(
        _("L’argent venu de plus loin est limité à %(most)s pour ce projet.", most=money(cap_cents)), limit_cents
    ),
    "claim_expired": _l("Votre déclaration de résidence n’est plus valable. Renouvelez-la pour participer."),
    "free_loan_cap": lambda *, limit_cents=None, **_facts: _at_most(
        _("La loi limite un prêt sans intérêt à 5 000 € par personne et par projet."), limit_cents
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
    "level_1_cap": lambda *, limit_cents=None, **_facts: _at_most(
        _("Avec une adresse déclarée, vous pouvez engager 50 € par projet. Au-delà, faites vérifier votre adresse."),
        limit_cents,
    ),
    "level_2_cap": lambda *, limit_cents=None, **_facts: _at_most(
        _("Sans justificatif, vous pouvez engager 1 000 € sur douze mois. Au-delà, faites vérifier votre adresse."),
        limit_cents,
    ),
    "level_too_low": _l("Ce projet demande une adresse vérifiée. Faites vérifier la vôtre."),
    "min_share": lambda *, percent, limit_cents=None, **_facts: _at_most(
        _(
            "Au moins %(percent)s de l’argent doit venir d’ici : chaque euro ferme d’un habitant ouvre de la place.",
            percent=percent_of(percent, 100),
        ),
        limit_cents,
    ),
    "minor_gift_only": _l("Avant 18 ans, seul un don est possible."),
    "minor_without_guardian": _l(
        "Avant 18 ans, un engagement passe par un parent ou un tuteur. Demandez-lui de le faire avec vous."
    ),
    "no_residence": _l("Indiquez la commune où vous habitez pour savoir si vous pouvez participer."),
    "offer_over": _l("Le temps pour prendre cette place est passé : elle a été proposée à quelqu’un d’autre."),
    "no_seat": _l("Indiquez le siège ou un établissement de votre organisation pour savoir si elle peut participer."),
    "outside_rings": lambda *, kind="person", **_facts: (
        _("Ce projet est réservé aux habitants de son territoire, et vous n’y habitez pas.")
        if kind == "person"
        else _("Ce projet est réservé aux organisations de son territoire, et la vôtre n’y est pas.")
    ),
    "reflection_period_over": _l("Le délai de réflexion est passé : cet engagement est ferme."),
    "related_cap": lambda *, cap_cents, limit_cents=None, **_facts: _at_most(
        _("L’équipe du projet et ses proches peuvent engager %(most)s en tout.", most=money(cap_cents)), limit_cents
    ),
    "reservation_over": _l(
        "Le temps pour enregistrer la carte est passé. Engagez-vous de nouveau si vous le souhaitez."
    ),
    "too_many_reservations": lambda *, again_at, **_facts: _(
        "Vous avez réservé une place trois fois sans enregistrer de carte. Si l’un de ces engagements est encore en "
        "cours, terminez-le depuis « Mes engagements ». Sinon, revenez à partir du %(at)s.",
        at=instant(again_at),
    ),
    "reserve": lambda *, kept_cents, until, limit_cents=None, **_facts: _at_most(
        _("%(kept)s sont gardés aux habitants jusqu’au %(at)s.", kept=money(kept_cents), at=instant(until)), limit_cents
    ),
    "ring_cap": lambda *, cap_cents, limit_cents=None, **_facts: _at_most(
        _("Depuis votre commune, ce projet accepte %(most)s par personne.", most=money(cap_cents)), limit_cents
    ),
    "ring_not_open": lambda *, until, **_facts: _(
        "Ce projet ouvre d’abord à ses plus proches voisins. Votre tour vient le %(at)s.", at=instant(until)
    ),
}


# What keeps a collection from being submitted, at the field it belongs to; and what stops its owner or a moderator.
_CAMPAIGNS: Mapping[str, Words] = {
    "amount_not_positive": _l("Saisissez un montant supérieur à zéro."),
    "campaign_incomplete": lambda **facts: ngettext(
        "Il reste %(num)s point à compléter avant l’envoi.",
        "Il reste %(num)s points à compléter avant l’envoi.",
        facts["count"],
    ),
    "changed_meanwhile": _l(
        "Cette collecte a changé depuis que vous avez ouvert la page, ailleurs ou dans un autre onglet. Vérifiez, puis "
        "recommencez."
    ),
    "ends_on_missing": lambda *, first, last, **_facts: _(
        "Choisissez le dernier jour de la collecte, entre le %(first)s et le %(last)s.",
        first=day(first),
        last=day(last),
    ),
    "ends_too_late": lambda *, last, most, **_facts: _(
        "Une collecte dure %(most)s jours au plus. Choisissez un dernier jour avant le %(last)s inclus.",
        most=most,
        last=day(last),
    ),
    "ends_too_soon": lambda *, first, least, **_facts: _(
        "Une collecte dure au moins %(least)s jours. Choisissez un dernier jour à partir du %(first)s.",
        least=least,
        first=day(first),
    ),
    "goal_missing": _l("Saisissez votre objectif, par exemple 12 000."),
    "hard_cap_below_goal": lambda *, goal_cents, **_facts: _(
        "Le plafond ne peut pas être sous l’objectif. Saisissez au moins %(goal)s.", goal=money(goal_cents)
    ),
    "hard_cap_missing": _l("Saisissez le plafond : le montant au-delà duquel vous n’acceptez plus rien."),
    "hard_cap_too_high": lambda *, most_cents, **_facts: _(
        "La loi limite une collecte à %(most)s par projet.", most=money(most_cents)
    ),
    "illegal_move": _l(
        "Cette collecte n’est plus dans l’état que montrait la page : rien n’a été changé. Regardez où elle en est."
    ),
    "instrument_missing": _l("Choisissez ce que vous demandez : un don ou un prêt sans intérêt."),
    "instrument_unknown": _l("Choisissez un don ou un prêt sans intérêt."),
    "legal_form_missing": _l("Choisissez la forme juridique du porteur."),
    "legal_form_unknown": _l("Choisissez une forme juridique de la liste."),
    "loan_months_missing": _l("Saisissez en combien de mois vous rembourserez, par exemple 36."),
    "loan_months_on_gift": _l("Un don n’a pas de durée. Laissez ce champ vide, ou choisissez un prêt."),
    "loan_months_out_of_range": lambda *, most, **_facts: _(
        "Saisissez une durée de 1 à %(most)s mois : la loi limite ces prêts à sept ans.", most=most
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
    "too_many_drafts": lambda *, most, **_facts: _(
        "Vous avez déjà %(most)s collectes en préparation. Terminez-en une avant d’en commencer une autre.", most=most
    ),
    "zone_without_project": _l("La commune du projet n’est pas dans le territoire choisi. Choisissez une autre règle."),
}

_MODERATION: Mapping[str, Words] = {
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


def _at_most(rule: str, limit_cents: int | None) -> str:
    if not limit_cents:
        return rule
    at_most = _("Saisissez au plus %(most)s.", most=money(limit_cents))  # not in the f-string: nothing is read there
    return f"{rule} {at_most}"


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

_UNKNOWN = _l("Ce n’est pas possible. Revenez à la page précédente et vérifiez ce que vous demandez.")

SENTENCES: Mapping[str, Words] = {
    **_ACCOUNTS,
    **_RESIDENCE,
    **_PROOFS,
    **_PLEDGES,
    **_CAMPAIGNS,
    **_MODERATION,
    **_REASONS,
    **rule_messages.SENTENCES,
    **zone_messages.SENTENCES,
}


def sentence(code: str, **facts: Any) -> str:
    """Return the sentence of a reason code in the reader's language.

    facts: those of the refusal (cents, aware instants, codes). A code nobody wrote a sentence for gets a general one:
    a missing sentence must not turn a refusal into a breakdown.
    """
    words = SENTENCES.get(code, _UNKNOWN)
    return str(words(**facts)) if callable(words) else str(words)
