"""What a moderator reads: short names of reasons and fields, automatic checks, effects of each answer."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core.money import Money
from marketplace.moderation.checklist import Finding
from marketplace.moderation.diff import Change
from marketplace.web.filters import count, day, money
from marketplace.web.instrument_words import all_spoken as said_terms
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS, PRESETS
from marketplace.web.messages import sentence
from marketplace.web.owner.words import SECTORS
from marketplace.web.rule_labels import WIDER, ZONES

REASONS: Mapping[str, LazyString] = {
    "R01": _l("Identité non prouvée"),
    "R02": _l("Organisation inactive ou inconnue"),
    "R03": _l("Hors du territoire"),
    "R04": _l("Usage des fonds flou ou non local"),
    "R05": _l("Informations incomplètes"),
    "R06": _l("Informations trompeuses"),
    "R07": _l("Risques trop généraux"),
    "R08": _l("Montant, durée ou conditions non conformes"),
    "R09": _l("Instrument impossible pour cette forme"),
    "R10": _l("Conflit d’intérêts"),
    "R11": _l("Antécédents"),
    "R12": _l("Activité exclue par la charte"),
    "R13": _l("Doublon"),
    "R14": _l("Droits d’auteur ou données personnelles"),
    "R15": _l("Projet déjà financé ou caduc"),
}
FIELDS: Mapping[str, LazyString] = {
    "name": _l("Nom"),
    "commune_code": _l("Commune"),
    "sector": _l("Domaine"),
    "legal_form": _l("Forme juridique"),
    "title": _l("Titre"),
    "summary": _l("Résumé"),
    "story_markdown": _l("Histoire"),
    "instrument": _l("Nature"),
    "loan_months": _l("Durée, en mois"),
    "threshold_cents": _l("Seuil de réussite"),
    "goal_cents": _l("Objectif"),
    "hard_cap_cents": _l("Plafond"),
    "minimum_cents": _l("Participation minimale"),
    "uses": _l("Où ira l’argent"),
    "ends_on": _l("Dernier jour"),
    "rule_preset": _l("Règle de proximité"),
    "rule_options": _l("Précisions de la règle"),
    "terms": _l("Conditions de l’instrument"),
}
_HOLDS: Mapping[str, LazyString] = {
    "amounts_coherent": _l("Les montants sont cohérents."),
    "uses_add_up": _l("Les dépenses sont détaillées, et leur total fait l’objectif."),
    "commune_known": _l("La commune existe et est habitée."),
    "texts_complete": _l("Les textes sont complets et de bonne longueur."),
    "conditions_allowed": _l("La nature, la durée et la règle sont permises."),
    "promises": _l("Aucune promesse interdite (« garanti », « sans risque », « placement sûr »)."),
    "contacts": _l("Ni adresse, ni téléphone, ni compte bancaire dans les textes."),
}
_FOUND: Mapping[str, LazyString] = {
    "promises": _l("Une promesse interdite, peut-être :"),
    "contacts": _l("Des coordonnées dans les textes :"),
}
_LISTS: Mapping[str, Mapping[str, LazyString]] = {
    "sector": SECTORS,
    "legal_form": LEGAL_FORMS,
    "instrument": INSTRUMENTS,
    "rule_preset": PRESETS,
}


def check(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    """Return an automatic check as (tone, sentence, details)."""
    if finding.code == "threshold_low":
        text = _(
            "Le seuil est à %(percent)s %% de l’objectif : le projet se fera-t-il vraiment à ce prix ?", **finding.facts
        )
    elif finding.code == "hard_cap_high":
        text = _("Le plafond est à %(percent)s %% de l’objectif : à quoi servirait le surplus ?", **finding.facts)
    elif finding.code == "minimum_above_declared":
        most = money(finding.facts["most_cents"])
        text = _("La participation minimale dépasse %(most)s : il faudra un justificatif pour participer.", most=most)
    elif finding.code == "uses_missing":
        text = _("Les dépenses ne sont pas détaillées : sait-on où ira l’argent ?")
    elif finding.code == "dates_allowed" and finding.tone == "ok":
        text = ngettext(
            "Publiée aujourd’hui, elle durerait %(num)s jour.",
            "Publiée aujourd’hui, elle durerait %(num)s jours.",
            finding.facts["days"],
        )
    elif finding.tone == "ok":
        text = str(_HOLDS[finding.code])
    elif "extracts" in finding.facts:
        return finding.tone, str(_FOUND[finding.code]), ()
    else:
        details = tuple(sentence(problem.code, **problem.facts) for problem in finding.facts["problems"])
        return finding.tone, _("À corriger avant de publier :"), details
    return finding.tone, str(text), ()


def value(change: Change, content: Any) -> str:
    """Return the old or new value of a changed field in words."""
    if content is None or content in ("", ()):
        return str(_("rien"))
    if change.field.endswith("_cents"):
        return money(Money(content))
    if change.field in _LISTS:
        return str(_LISTS[change.field].get(content, content))
    return _SPOKEN.get(change.field, str)(content)


# How what is neither text nor amount is said.
_SPOKEN: Mapping[str, Callable[[Any], str]] = {
    "ends_on": day,
    "rule_options": lambda content: options(content.as_json()),
    "terms": said_terms,
    "uses": lambda content: " ; ".join(f"{use.label} : {money(Money(use.cents or 0))}" for use in content),
}


_OPTIONS: Mapping[str, LazyString] = {
    "radius_km": _l("Rayon, en kilomètres"),
    "communes": _l("Communes, une par ligne"),
    "projet": _l("Territoire de projet"),
    "neighbours": _l("Ajouter les communes qui touchent celle du projet"),
    "wider": _l("Qui peut rejoindre ensuite"),
    "first_days": _l("Les plus proches restent seuls pendant"),
    "min_share": _l("Part minimale d’ici"),
    "cap_cents": _l("Au plus, par personne d’ici"),
    "wider_cap_cents": _l("Au plus, par personne de plus loin"),
    "reserve_cents": _l("Montant gardé à ceux d’ici"),
    "reserve_days": _l("Ce montant est gardé pendant"),
    "min_people": _l("Nombre minimal de personnes d’ici"),
    "proof": _l("Justificatif demandé à ceux d’ici"),
    "related_percent": _l("Part de l’équipe et de ses proches, au plus"),
    "rings": _l("Les cercles"),
    "quotas": _l("Parts et garanties"),
}


def options(content: Mapping[str, Any]) -> str:
    """Return the figures of a rule as they are stored, in words; the trial on the same page shows what they mean."""
    if not content:
        return str(_("rien"))
    return " ; ".join(f"{_OPTIONS[name]} : {_option(name, value)}" for name, value in content.items())


def _option(name: str, value: Any) -> str:
    if name.endswith("_cents"):
        return money(Money(value))
    if name == "rings":
        return ", ".join(str(ZONES[ring["zone"]]) for ring in value if ring.get("zone") in ZONES)
    if name == "wider":
        return str(WIDER[value])
    if isinstance(value, bool):
        return str(_("oui"))
    return count(len(value)) if isinstance(value, list) else str(value)
