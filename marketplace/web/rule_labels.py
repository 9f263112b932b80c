"""What the parts of a rule are called on the owner's form, one sentence for each, and what to look at in a rule."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.projects.advice import ONE_IN, Advice
from marketplace.web.filters import count, money, percent_of

PRESET_HINTS: Mapping[str, LazyString] = {
    "local_first": _l(
        "Votre intercommunalité et les communes voisines d’abord ; deux semaines plus tard, les départements d’à "
        "côté ; puis toute la France, avec au moins 60 % venus d’ici. C’est ce que nous conseillons."
    ),
    "epci": _l("Les communes de votre communauté de communes, d’agglomération, urbaine ou métropole."),
    "commune_and_neighbours": _l("Votre commune et celles qui la touchent. Le plus local."),
    "departement_and_bordering": _l(
        "Votre département et tous ceux qui le touchent, comme pour les projets d’énergie citoyenne."
    ),
    "radius": _l("Les communes dont le centre est à moins de tant de kilomètres du vôtre."),
    "communes": _l("Une liste que vous écrivez, commune par commune."),
    "projet": _l("Un pays, un parc naturel, une monnaie locale : un territoire décrit par un administrateur."),
}
ZONES: Mapping[str, LazyString] = {
    "commune": _l("La commune du projet"),
    "commune_and_neighbours": _l("La commune du projet et ses voisines"),
    "epci": _l("Son intercommunalité"),
    "departement": _l("Son département"),
    "departement_and_bordering": _l("Son département et les départements voisins"),
    "region": _l("Sa région"),
    "france": _l("Toute la France"),
    "radius": _l("Un rayon autour de la commune"),
    "communes": _l("Des communes que je choisis"),
    "projet": _l("Un territoire de projet"),
    "island": _l("L’île où se trouve la commune"),
}
WIDER: Mapping[str, LazyString] = {
    "": _l("Personne d’autre"),
    "departement": _l("Mon département et les départements voisins"),
    "region": _l("Ma région"),
    "france": _l("Toute la France"),
}
PROOFS: Mapping[str, LazyString] = {
    "1": _l("Une déclaration suffit, jusqu’à 50 € par personne"),
    "2": _l("Un code postal confirmé"),
    "3": _l("Un justificatif de domicile"),
}
# What a circle asks for beyond a declaration, by level.
PROOFS_ASKED: Mapping[int, LazyString] = {
    2: _l("Code postal confirmé."),
    3: _l("Justificatif de domicile demandé."),
}


def advised(one: Advice) -> str:
    """Return what to look at, in words: what is the matter, then what to do."""
    return _ADVICE[one.code](one, **one.facts)


def _circle(one: Advice) -> str:
    return _("Cercle %(number)s", number=(one.ring or 0) + 1)


def _few_inhabitants(_one: Advice, *, inhabitants: int, needed: int, threshold_cents: int) -> str:
    return _(
        "Cette règle est peut-être trop étroite : %(inhabitants)s habitants en tout. Pour réunir %(threshold)s, il "
        "faudrait environ %(needed)s personnes, plus d’un habitant sur %(one_in)s. Élargissez le dernier cercle, ou "
        "baissez le seuil.",
        inhabitants=count(inhabitants),
        threshold=money(threshold_cents),
        needed=count(needed),
        one_in=ONE_IN,
    )


def _few_members(_one: Advice, *, members: int | None, needed: int, threshold_cents: int) -> str:
    there = _("moins de cinq membres y habitent") if members is None else _("au moins %(num)s y habitent", num=members)
    return _(
        "Pour réunir %(threshold)s, il faudrait environ %(needed)s personnes. Parmi les membres de Mitoyen, %(there)s "
        "aujourd’hui : prévoyez d’en parler autour de vous.",
        threshold=money(threshold_cents),
        needed=count(needed),
        there=there,
    )


def _share(one: Advice, *, percent: int, local_cents: int, needed: int, inhabitants: int) -> str:
    return _(
        "%(circle)s : %(percent)s du seuil font %(amount)s, donc environ %(needed)s personnes parmi %(inhabitants)s "
        "habitants, plus d’une sur %(one_in)s. Baissez cette part, ou élargissez le cercle.",
        circle=_circle(one),
        percent=percent_of(percent, 100),
        amount=money(local_cents),
        needed=count(needed),
        inhabitants=count(inhabitants),
        one_in=ONE_IN,
    )


def _border(_one: Advice, *, percent: int, names: tuple[str, ...]) -> str:
    return _(
        "La commune du projet touche un autre département sur %(percent)s de sa limite, et le premier cercle laisse "
        "dehors %(names)s. Une commune sur cinq est dans ce cas. Ajoutez les communes voisines.",
        percent=percent_of(percent, 100),
        names=", ".join(names),
    )


def _late(one: Advice, *, opens: int, days: int) -> str:
    left = max(0, days - opens)
    return ngettext(
        "%(circle)s : il n’ouvre que %(num)s jour avant la fin. Raccourcissez les tours, ou allongez la collecte.",
        "%(circle)s : il n’ouvre que %(num)s jours avant la fin. Raccourcissez les tours, ou allongez la collecte.",
        left,
        circle=_circle(one),
    )


def _people(one: Advice, *, people: int, inhabitants: int) -> str:
    return _(
        "%(circle)s : %(people)s personnes, c’est plus d’un de ses %(inhabitants)s habitants sur %(one_in)s. "
        "Demandez-en moins, ou élargissez le cercle.",
        circle=_circle(one),
        people=count(people),
        inhabitants=count(inhabitants),
        one_in=ONE_IN,
    )


def _people_over_cap(_one: Advice, *, people: int, hard_cap_cents: int) -> str:
    return _(
        "%(people)s personnes au minimum dépassent déjà le plafond de %(cap)s. Demandez-en moins, ou baissez la "
        "participation minimale.",
        people=count(people),
        cap=money(hard_cap_cents),
    )


def _caps(_one: Advice, *, threshold_cents: int) -> str:
    return _(
        "Même si chaque habitant donnait tout ce que la règle permet, le seuil de %(threshold)s ne serait pas atteint. "
        "Relevez les limites par personne.",
        threshold=money(threshold_cents),
    )


def _reserve(_one: Advice, *, hard_cap_cents: int) -> str:
    return _(
        "Le montant gardé dépasse le plafond de %(cap)s : personne de plus loin ne pourrait participer. Baissez-le.",
        cap=money(hard_cap_cents),
    )


def _ceiling(_one: Advice, *, hard_cap_cents: int) -> str:
    return _(
        "La limite pour ceux de plus loin n’en est pas une : elle atteint le plafond de %(cap)s. Baissez-la.",
        cap=money(hard_cap_cents),
    )


def _ticket(one: Advice, *, minimum_cents: int) -> str:
    return _(
        "%(circle)s : au moins %(least)s par personne, mais une adresse déclarée ne permet que 50 €. Il faudra donc un "
        "justificatif : demandez-le, ou baissez ce minimum.",
        circle=_circle(one),
        least=money(minimum_cents),
    )


_ADVICE: Mapping[str, Any] = {
    "few_inhabitants": _few_inhabitants,
    "few_members": _few_members,
    "share_out_of_reach": _share,
    "caps_too_low": _caps,
    "border": _border,
    "opens_late": _late,
    "people_out_of_reach": _people,
    "people_over_cap": _people_over_cap,
    "reserve_over_cap": _reserve,
    "ceiling_over_cap": _ceiling,
    "ticket_needs_proof": _ticket,
}
