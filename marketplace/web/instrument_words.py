"""What the terms of an instrument are called, on the owner's form and wherever they are read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import LazyString, format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.terms import Terms
from marketplace.web.filters import day, money

# What each instrument is, for whoever chooses one.
KINDS: Mapping[str, LazyString] = {
    "gift": _l("Vos voisins donnent, vous ne remboursez pas."),
    "gift_with_reward": _l("Vos voisins donnent et reçoivent ce que vous fabriquez ou un merci."),
    "interest_free_loan": _l("Vos voisins prêtent, vous remboursez chaque mois, sans intérêt."),
    "loan": _l("Vos voisins prêtent, vous remboursez avec intérêt. Fiche d’informations clés obligatoire."),
    "bond": _l("Un titre de créance d’un montant fixe. Association, société par actions ou coopérative."),
    "cooperative_share": _l("Vos voisins deviennent associés : une personne, une voix. Scop et Scic seulement."),
    "participating_security": _l("Un titre d’au moins sept ans, sans vote. Scop et Scic seulement."),
    "royalty_loan": _l("Vous versez une part de votre chiffre d’affaires, jusqu’à un plafond."),
}
REPAYMENTS: Mapping[str, LazyString] = {
    "annuity": _l("Échéances constantes"),
    "constant_principal": _l("Capital constant, intérêts qui baissent"),
    "in_fine": _l("Tout le capital à la fin (in fine)"),
}
EVERY: Mapping[int, LazyString] = {
    1: _l("chaque mois"),
    3: _l("chaque trimestre"),
    6: _l("chaque semestre"),
    12: _l("chaque année"),
}
# Of each term: what it is called, and what the owner's form says of it.
TERMS: Mapping[str, tuple[LazyString, LazyString]] = {
    "rate_bp": (
        _l("Taux par an"),
        _l("En pour cent, deux décimales au plus. Un titre participatif a là sa partie fixe."),
    ),
    "ring_rates": (
        _l("Un taux par cercle de la règle"),
        _l("Du cercle le plus proche au plus large, par exemple 7 ; 5 ; 4. Vide : le même pour tous."),
    ),
    "repayment": (_l("Remboursement"), _l("In fine, vos voisins attendent la fin : le risque est plus fort.")),
    "every": (_l("Paiements"), _l("Les paiements tombent à intervalles égaux.")),
    "deferral": (_l("Différé, en mois"), _l("Des mois au début sans rembourser de capital. Vide : aucun.")),
    "capitalised": (
        _l("Pendant le différé, ajouter les intérêts au capital"),
        _l("Sinon, ils sont payés à chaque échéance."),
    ),
    "nominal_cents": (_l("Prix d’une part ou d’un titre"), _l("Chacun en prend un nombre entier.")),
    "variable_percent": (
        _l("Part du titre à rémunération variable"),
        _l("En pour cent du titre, 40 au plus : la loi le dit."),
    ),
    "variable_bp": (
        _l("Taux variable attendu"),
        _l("Ce que donnerait la partie variable avec vos prévisions, en pour cent par an."),
    ),
    "part_bp": (_l("Part du chiffre d’affaires hors taxes"), _l("En pour cent, 20 au plus.")),
    "return_percent": (
        _l("Plafond des versements"),
        _l("En pour cent de ce qui est prêté : 140 veut dire 1,40 fois. Entre 100 et 300."),
    ),
    "turnovers": (
        _l("Chiffre d’affaires attendu, année par année"),
        _l("Un montant hors taxes par année, par exemple 40 000 ; 55 000 ; 70 000."),
    ),
    "tmo_bp": (
        _l("Taux moyens des obligations (TMO)"),
        _l("Les six taux semestriels des trois dernières années civiles. Le plafond légal en découle."),
    ),
    "colleges": (
        _l("Catégories d’associés et droits de vote"),
        _l("Par exemple : salariés, usagers, soutiens. Une personne, une voix."),
    ),
    "board": (_l("Qui admet les associés"), _l("Par exemple : le conseil d’administration.")),
    "admission_days": (
        _l("Jours pour admettre les associés"),
        _l("Après la fin de la collecte, entre 7 et 183. Ensuite, le retard se voit. L’argent attend cette décision."),
    ),
    "withdrawal": (
        _l("Comment on se retire"),
        _l("Ce que disent vos statuts : délai, remboursement au prix payé, limites."),
    ),
    "rank": (_l("Rang de remboursement"), _l("Qui est payé avant, qui est payé après, si vous cessez votre activité.")),
    "guarantees": (_l("Sûretés"), _l("Caution, gage… Écrivez « aucune » s’il n’y en a pas.")),
    "early": (_l("Remboursement anticipé"), _l("Est-il possible, quand, et avec quels frais.")),
    "defaults": (
        _l("Défauts des cinq dernières années"),
        _l("Un retard de plus de 90 jours sur un prêt. Écrivez « aucun » s’il n’y en a pas eu."),
    ),
    "responsible": (_l("Qui répond de ces informations"), _l("Prénom, nom et fonction.")),
    "naf": (_l("Code NAF"), _l("Celui de votre activité principale, par exemple 10.71C.")),
    "accounts": (
        _l("Vos trois derniers exercices"),
        _l("Chiffre d’affaires, résultat, total du bilan, dettes, fonds propres, année par année."),
    ),
    "own_funds_cents": (_l("Ce que vous mettez vous-même"), _l("En euros, dans ce projet.")),
    "raises": (
        _l("Vos autres offres au public, ailleurs"),
        _l("Depuis douze mois, sur d’autres plateformes. La loi compte tout ensemble."),
    ),
    "rewards": (_l("Contreparties"), _l("Ce que reçoit qui donne au moins tel montant.")),
}


def percent(basis_points: int) -> str:
    """Write a rate with its two decimals, as the law wants it: "4,50 %"."""
    return _("%(rate)s %%", rate=format_decimal(basis_points / 100, format="0.00"))


def yearly(basis_points: int) -> str:
    """Write a yearly rate: "4,50 % par an"."""
    return _("%(rate)s par an", rate=percent(basis_points))


def rates(terms: Terms) -> str:
    """Write the rate, or those of the circles."""
    if not terms.ring_rates:
        return yearly(terms.rate_bp or 0)
    return " ; ".join(
        _("cercle %(number)s : %(rate)s", number=number, rate=yearly(rate))
        for number, rate in enumerate(terms.ring_rates, start=1)
    )


def _deferral(terms: Terms) -> str:
    months = ngettext("%(num)s mois", "%(num)s mois", terms.deferral or 0)
    interest = _("intérêts ajoutés au capital") if terms.capitalised else _("intérêts payés")
    return _("%(months)s, %(interest)s", months=months, interest=interest)


def _admission(days: int) -> str:
    return ngettext("%(num)s jour après la fin de la collecte", "%(num)s jours après la fin de la collecte", days)


def kind(instrument: str | None) -> str:
    """Say what one does with the money: "give" it, "lend" it, or "buy" something with it."""
    if instrument is None or instrument.startswith("gift"):
        return "give"
    return "lend" if instrument.endswith("loan") else "buy"


# How a term is said: a line of text by itself, what is nothing not at all.
_SPOKEN: Mapping[str, Callable[[Terms], Any]] = {
    "rate_bp": lambda terms: rates(terms) if terms.rates() else None,
    "ring_rates": lambda _terms: None,
    "repayment": lambda terms: REPAYMENTS.get(terms.repayment or ""),
    "every": lambda terms: EVERY.get(terms.every or 0),
    "deferral": lambda terms: _deferral(terms) if terms.deferral else None,
    "capitalised": lambda _terms: None,
    "nominal_cents": lambda terms: terms.nominal_cents and money(terms.nominal_cents),
    "variable_percent": lambda terms: terms.variable_percent is not None and f"{terms.variable_percent} %",
    "variable_bp": lambda terms: terms.variable_bp is not None and yearly(terms.variable_bp),
    "part_bp": lambda terms: terms.part_bp and percent(terms.part_bp),
    "return_percent": lambda terms: terms.return_percent and f"{terms.return_percent} %",
    "turnovers": lambda terms: " ; ".join(money(cents) for cents in terms.turnovers),
    "tmo_bp": lambda terms: " ; ".join(percent(rate) for rate in terms.tmo_bp),
    "admission_days": lambda terms: terms.admission_days and _admission(terms.admission_days),
    "own_funds_cents": lambda terms: terms.own_funds_cents and money(terms.own_funds_cents),
    "raises": lambda terms: " ; ".join(
        f"{day(one.launched_on)} : {money(one.cents)}" for one in terms.raises if one.launched_on and one.cents
    ),
    "rewards": lambda terms: " ; ".join(f"{one.label} ({money(one.cents or 0)})" for one in terms.rewards),
}


def _said(terms: Terms, names: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for name in names:
        said = _SPOKEN[name](terms) if name in _SPOKEN else getattr(terms, name)
        if said:
            found.append((str(TERMS[name][0]), str(said)))
    return found


def spoken(instrument: str | None, terms: Terms, *, sheet: bool = True) -> list[tuple[str, str]]:
    """Return the terms of an instrument as (what it is called, what was said), those that say nothing left out.

    sheet: with what only the information sheet needs.
    """
    known = INSTRUMENTS.get(instrument or "")
    if known is None:
        return []
    return _said(terms, known.every_term if sheet else known.terms)


def all_spoken(terms: Terms) -> str:
    """Return terms in one line, whatever the instrument: for a comparison of two versions."""
    return " ; ".join(f"{name} : {said}" for name, said in _said(terms, TERMS))
