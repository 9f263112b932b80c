"""The parts of the key information sheet, in French: the language its readers are owed. Pure words from what is frozen.

Parts A to H: regulation (EU) 2020/1503, annex I; delegated regulation (EU) 2022/2119. Part G stands for D, E and F when
money is lent. What each must say before it is whole: `projects.sheet_parts`. The warnings: `web.legal.warnings`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.finance.fees import PLATFORM_FEE_BASIS_POINTS, fee
from marketplace.finance.schedules import Line
from marketplace.projects.details import RISKS
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.returns import YEAR
from marketplace.projects.rules import Content
from marketplace.web import instrument_words as words
from marketplace.web.filters import day, money
from marketplace.web.labels import INSTRUMENTS as NAMES
from marketplace.web.labels import LEGAL_FORMS, RISK_LABELS
from marketplace.web.owner.words import SECTORS
from marketplace.web.sheet_gaps import PARTS

_OF_OUR_OWN_ACCORD = (
    "Une part sociale n’est pas un titre financier (loi 47-1775, art. 11) : cette fiche est donnée de notre propre "
    "initiative."
)
# What stands where an owner has not written yet.
TO_COMPLETE = "à compléter"
# The costs are told on so much.
HYPOTHETICAL_CENTS = 10_000_00


def say(text: str, **facts: object) -> str:
    """Put figures into a sentence. Not translated: see above."""
    return text % facts if facts else text


@dataclass(frozen=True)
class Facts:
    """What the sheet says beside the content. Dates in Paris. past: (title, first day, hard cap in cents).

    siren, rna: of the organisation that carries the project, "" for none. example: payments of `example_cents`.
    """

    owner_name: str
    siren: str
    rna: str
    commune: str
    last_day: date | None
    past: Sequence[tuple[str, date, int]]
    example_cents: int
    example: Sequence[Line]


@dataclass(frozen=True)
class Part:
    """One part. lines: a table of figures, its head first; note: what stands above it."""

    title: str
    rows: Sequence[tuple[str, str]] = ()
    text: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = ()
    note: str = ""


def parts(content: Content, facts: Facts) -> list[Part]:
    """Return the parts of the sheet of an instrument, in order."""
    known = INSTRUMENTS[content.instrument or ""]
    middle = (
        [_loan(content, facts)] if known.sheet == "loan" else [_security(content, facts), _vehicle(), _rights(content)]
    )
    return [_owner(content, facts), _process(content, facts), _risks(content), *middle, _costs()]


def _said(content: Content, names: Iterable[str]) -> list[tuple[str, str]]:
    wanted = {str(words.TERMS[name][0]) for name in names}
    return [(label, said) for label, said in words.spoken(content.instrument, content.terms) if label in wanted]


def _unless_none(rows: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(label, said) for label, said in rows if said]


def _owner(content: Content, facts: Facts) -> Part:
    terms = content.terms
    rows = _unless_none(
        (
            ("Projet", content.name),
            ("Forme juridique", str(LEGAL_FORMS.get(content.legal_form or "", ""))),
            ("Lieu", facts.commune),
            ("Porteur de projet", facts.owner_name),
            ("SIREN", facts.siren),
            ("RNA", facts.rna),
            ("Équipe", " ; ".join(f"{one.name}, {one.role}" for one in content.details.team)),
            ("Domaine", str(SECTORS.get(content.sector or "", ""))),
            ("Code NAF", terms.naf),
            ("Collecte", content.title),
            ("Description", content.summary),
            ("Nous joindre", "Une question sur la page de la collecte : la réponse y est publique."),
            ("Trois derniers exercices", terms.accounts),
            *(("Dépense prévue", f"{use.label} : {money(use.cents or 0)}") for use in content.uses),
        )
    )
    statement = say(
        "Répond de ces informations : %(who)s. Cette personne déclare qu’à sa connaissance elles sont exactes et "
        "qu’aucune omission ne les rend trompeuses.",
        who=terms.responsible or TO_COMPLETE,
    )
    return Part(str(PARTS["A"]), rows, (statement,))


def _process(content: Content, facts: Facts) -> Part:
    terms = content.terms
    sought = "Capital recherché" if content.instrument == "cooperative_share" else "Fonds recherchés"
    own = None if terms.own_funds_cents is None else "aucun"
    if terms.own_funds_cents and content.goal_cents:
        own = say(
            "%(amount)s, soit %(share)s de l’objectif",
            amount=money(terms.own_funds_cents),
            share=words.percent(terms.own_funds_cents * 10_000 // content.goal_cents),
        )
    elsewhere = [
        say("%(amount)s sur une autre plateforme, le %(day)s", amount=money(one.cents), day=day(one.launched_on))
        for one in terms.raises
        if one.cents and one.launched_on
    ]
    here = [
        say("%(title)s, le %(day)s, plafond %(cap)s", title=title, day=day(at), cap=money(cap))
        for title, at, cap in facts.past
    ]
    rows = _unless_none(
        (
            ("Seuil de réussite", content.threshold_cents and money(content.threshold_cents)),
            (sought, content.goal_cents and money(content.goal_cents)),
            ("Maximum", content.hard_cap_cents and money(content.hard_cap_cents)),
            ("Participation minimale", money(content.minimum_cents)),
            (
                "Premier jour",
                content.opens_on and say("%(day)s, ou la publication si elle vient après", day=day(content.opens_on)),
            ),
            ("Dernier jour", facts.last_day and day(facts.last_day)),
            ("Apport du porteur", own),
            ("Après la collecte", _change(content)),
            ("Offres précédentes du porteur", " ; ".join([*here, *elsewhere]) or "aucune"),
        )
    )
    missed = (
        "Si le seuil n’est pas atteint, l’offre est annulée : aucune carte n’est débitée, sans frais. S’il est "
        "atteint, les cartes sont débitées après le dernier délai de réflexion."
    )
    return Part(str(PARTS["B"]), rows, (missed,))


def _change(content: Content) -> str | None:
    """Say what the owner owes, or has as capital, once the money is there."""
    if not content.threshold_cents or not content.hard_cap_cents:
        return None
    what = "Le capital" if content.instrument == "cooperative_share" else "La dette"
    return say(
        "%(what)s du porteur augmente de %(least)s à %(most)s, selon la somme réunie.",
        what=what,
        least=money(content.threshold_cents),
        most=money(content.hard_cap_cents),
    )


def _risks(content: Content) -> Part:
    """Say each of the seven kinds: what is true of every offer by us, the rest in the owner's words."""
    ours = {
        "returns": "Les paiements dépendent de ce que le projet gagne.",
        "platform": "Mitoyen peut s’arrêter. Votre contrat est avec le porteur : il demeure.",
        "liquidity": (
            "Vous ne pouvez pas revendre ce prêt : comptez sur sa durée entière."
            if words.kind(content.instrument) == "lend"
            else "Il n’y a pas de marché où revendre ces titres ; la sortie suit les règles de la partie F."
        ),
    }
    rows = [
        (f"{number}. {RISK_LABELS[kind]}", " ".join(filter(None, (ours.get(kind), content.details.risks.get(kind)))))
        for number, kind in enumerate(RISKS, start=1)
    ]
    if content.terms.risks:
        rows.append(("Propres à ce projet, tous types", content.terms.risks))
    return Part(str(PARTS["C"]), [(label, said or TO_COMPLETE) for label, said in rows])


def _rate_said(content: Content) -> str:
    method = {
        "annuity": "échéances constantes, mois de 30 jours",
        "constant_principal": "application au capital restant dû, mois de 30 jours",
    }.get(content.terms.repayment or "", "application au capital, mois de 30 jours")
    return say("%(rates)s (calculé par %(method)s)", rates=words.rates(content.terms), method=method)


def _before_example(facts: Facts) -> str:
    if not facts.example:
        return ""
    return say("Exemple pour %(amount)s, si tout se passe bien :", amount=money(facts.example_cents))


def _example(facts: Facts) -> Sequence[Sequence[str]]:
    """Return the payments of the example, added up by year."""
    if not facts.example:
        return ()
    head = ("Année", "Payé", "dont intérêts", "dont capital")
    years: dict[int, list[int]] = {}
    for line in facts.example:
        sums = years.setdefault(-(-line.month // YEAR), [0, 0])
        sums[0] += line.interest_cents
        sums[1] += line.principal_cents
    rows = [
        (str(year), money(interest + principal), money(interest), money(principal))
        for year, (interest, principal) in years.items()
    ]
    return (head, *rows)


_PROMISED = ("guarantees", "early", "defaults")


def _loan(content: Content, facts: Facts) -> Part:
    names = ("repayment", "every", "deferral", "part_bp", "return_percent", "turnovers", *_PROMISED)
    rows = [
        ("Nature", str(NAMES[content.instrument or ""])),
        ("Durée", say("%(months)s mois", months=content.loan_months)),
        *([("Taux", _rate_said(content))] if content.instrument == "loan" else []),
        *_said(content, names),
        ("Suivi", "Le porteur rembourse directement ; la plateforme publie les retards de plus de 30 jours."),
    ]
    return Part(str(PARTS["G"]), rows, (), _example(facts), _before_example(facts))


def _security(content: Content, facts: Facts) -> Part:
    names = ("nominal_cents", "every", "variable_percent", "variable_bp", "tmo_bp", "rank", "guarantees")
    rows = [
        ("Nature", str(NAMES[content.instrument or ""])),
        *([("Durée", say("%(months)s mois", months=content.loan_months))] if content.loan_months else []),
        ("Rémunération", _rate_said(content)),
        *_said(content, names),
    ]
    text = [_OF_OUR_OWN_ACCORD] if content.instrument == "cooperative_share" else []
    return Part(str(PARTS["D"]), rows, text, _example(facts), _before_example(facts))


def _vehicle() -> Part:
    return Part(str(PARTS["E"]), text=("Aucune : vos titres sont ceux du porteur.",))


def _rights(content: Content) -> Part:
    if content.instrument == "cooperative_share":
        rows = [
            ("Vote", "Une personne, une voix, quel que soit le nombre de parts."),
            *_said(content, ("colleges", "board", "admission_days", "withdrawal")),
            ("Plus-value", "Aucune : une part est reprise au plus à son prix."),
            (
                "Admission",
                (
                    "Elle revient à l’organe nommé ci-dessus, qui lit votre nom et votre commune. Rien n’est versé au "
                    "porteur avant. S’il refuse, tout vous est rendu, sans frais."
                ),
            ),
        ]
        return Part(str(PARTS["F"]), rows)
    vote = "Aucun droit de vote."
    rows = [
        ("Vote", vote),
        ("Information", "Une nouvelle au moins tous les six mois, et les comptes chaque année."),
        ("Cession", "Possible entre particuliers, sans marché organisé."),
    ]
    return Part(str(PARTS["F"]), rows)


def _costs() -> Part:
    none = f"{money(0)} (0 %)"
    rows = (
        ("Frais d’entrée", none),
        ("Frais de sortie", none),
        ("Frais courants, par an", none),
        ("Frais accessoires", none),
        (
            "Payé par le porteur",
            say(
                "%(amount)s (%(rate)s) sur ce qu’il reçoit",
                amount=money(fee(HYPOTHETICAL_CENTS, PLATFORM_FEE_BASIS_POINTS)),
                rate=words.percent(PLATFORM_FEE_BASIS_POINTS),
            ),
        ),
        (
            "Réclamation",
            "Gratuite, par écrit à la plateforme : réponse sous dix jours ouvrés sur sa recevabilité.",
        ),
        ("Autres informations", "Sur la page de la collecte, gratuitement, et auprès du porteur."),
    )
    text = (say("Pour %(amount)s placés :", amount=money(HYPOTHETICAL_CENTS)),)
    return Part(str(PARTS["H"]), rows, text)
