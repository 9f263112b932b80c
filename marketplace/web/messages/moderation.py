"""What stops a moderator, and the reasons that a moderator gives."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from marketplace.web.filters import count, instant
from marketplace.web.messages.words import Words

_REFUSALS: Mapping[str, Words] = {
    "affiliate": _l("Vous êtes lié·e au porteur de cette collecte. Un autre administrateur doit décider."),
    "always_material": _l(
        "La forme juridique ou la durée du prêt change : c’est toujours un changement important, pas une coquille."
    ),
    "check_needs_note": _l("Dites en quelques mots ce qui ne va pas."),
    "check_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez à %(most)s caractères : il y en a %(length)s.", most=count(most), length=count(length)
    ),
    "check_unknown": _l("Choisissez « Bon », « Non » ou « Sans objet »."),
    "checks_failed": lambda **facts: ngettext(
        "%(num)s vérification dit non. Renvoyez la collecte à son porteur, ou corrigez la vérification.",
        "%(num)s vérifications disent non. Renvoyez la collecte à son porteur, ou corrigez les vérifications.",
        facts["count"],
    ),
    "checks_missing": lambda **facts: ngettext(
        "Il reste %(num)s vérification à faire avant de publier.",
        "Il reste %(num)s vérifications à faire avant de publier.",
        facts["count"],
    ),
    "claimed_by_other": lambda *, until, **_facts: _(
        "Un autre administrateur relit cette collecte, jusqu’au %(until)s au plus.", until=instant(until)
    ),
    "complaint_acknowledged": _l("L’accusé de réception est déjà parti."),
    "complaint_field_missing": _l("Remplissez ce champ."),
    "complaint_not_open": _l("Cette réclamation n’attend pas de réponse."),
    "complaint_text_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez à %(most)s caractères : il y en a %(length)s.", most=count(most), length=count(length)
    ),
    "correction_decided": _l("Cette correction n’attend plus de décision."),
    "correction_waits": _l("Une correction attend déjà une décision. Retirez-la pour en proposer une autre."),
    "note_missing": _l("Expliquez ce qui ne va pas, et ce que l’on peut faire."),
    "note_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez l’explication à %(most)s caractères : elle en compte %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "note_too_short": lambda *, least, **_facts: _(
        "Expliquez en %(least)s caractères au moins : qui vous lira doit savoir quoi faire.", least=least
    ),
    "fund_differs": _l("Le premier administrateur a donné son accord avec un autre fonds. Mettez-vous d’accord."),
    "nothing_changed": _l("Vous n’avez rien changé."),
    "nothing_to_reexamine": _l("Il n’y a plus rien à revoir : une décision a déjà été prise."),
    "nothing_to_refund": _l(
        "Rien ne peut être rendu ici : rien n’a été payé, c’est déjà rendu, ou la collecte n’a pas encore réussi."
    ),
    "nothing_to_retry": _l(
        "Rien ne peut être relancé ici : l’opération est finie, en cours, ou le sera dans un instant."
    ),
    "outcome_missing": _l("Choisissez une décision."),
    "outside_competence": _l("Ce projet est hors de vos départements. Un autre administrateur doit décider."),
    "own_campaign": _l("Cette collecte est la vôtre. Un autre administrateur doit décider."),
    "own_complaint": _l("C’est votre réclamation. Un autre administrateur doit y répondre."),
    "own_contribution": _l("C’est votre contribution. Un autre administrateur doit décider."),
    "own_report": _l("C’est votre signalement. Un autre administrateur doit y répondre."),
    "reason_unknown": _l("Choisissez des motifs de la liste."),
    "reasons_missing": _l("Choisissez au moins un motif."),
    "reexamination_once": _l("Un réexamen a déjà été demandé : il n’y en a qu’un."),
    "reexamination_too_late": lambda *, months, **_facts: _(
        "Un réexamen se demande dans les %(months)s mois qui suivent le refus : ce délai est passé.", months=months
    ),
    "refund_reason_missing": _l("Dites pourquoi cette contribution est rendue : qui a payé et le porteur le liront."),
    "report_handled": _l("Ce signalement est déjà traité."),
    "report_reason_unknown": _l("Choisissez ce qui se passe."),
    "same_administrator": _l("Vous avez prononcé ce refus. Un autre administrateur doit le revoir."),
    "settled_how_missing": _l("Choisissez ce qui a été fait de ce paiement."),
    "too_many_complaints": lambda *, most, **_facts: _(
        "Vous avez déjà %(most)s réclamations en cours. Attendez une réponse avant d’en faire une autre.", most=most
    ),
    "voice_given_already": _l("Vous avez déjà donné votre accord. Un autre administrateur doit donner le sien."),
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
