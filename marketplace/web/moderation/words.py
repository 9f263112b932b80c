"""What a moderator reads: short names of reasons and fields, automatic checks, effects of each answer."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from marketplace.core.money import Money
from marketplace.moderation.checklist import Finding
from marketplace.moderation.diff import Change
from marketplace.projects.details import Document
from marketplace.web.filters import count, day, french, money, percent
from marketplace.web.instrument_words import all_spoken as said_terms
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS, PRESETS, RISK_LABELS
from marketplace.web.messages import sentence
from marketplace.web.owner.words import DOCUMENTS, NEEDS, SECTORS, SOURCES, promises
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
# The sheet: its parts, its items, their answers.
PARTS: Mapping[str, LazyString] = {
    "owner": _l("Le porteur"),
    "project": _l("Le projet"),
    "terms": _l("Les conditions"),
    "sheet": _l("La fiche d’informations clés"),
    "content": _l("Le contenu"),
}
ITEMS: Mapping[str, LazyString] = {
    "identity": _l("L’identité du porteur est prouvée"),
    "representative": _l("Il représente légalement l’organisation"),
    "registration": _l("SIREN ou RNA valide, organisation active"),
    "seat": _l("Siège ou établissement dans le territoire"),
    "insolvency": _l("Aucune procédure collective (Bodacc)"),
    "criminal_record": _l("Déclaration de casier et justificatif (art. 5(2)(a))"),
    "jurisdiction": _l("Pays d’établissement admis (art. 5(2)(b))"),
    "not_linked": _l("Aucun lien avec la plateforme (art. 8)"),
    "beneficial_owners": _l("Bénéficiaires effectifs connus"),
    "bank_account": _l("Compte bancaire au nom du porteur"),
    "local_use": _l("L’argent est dépensé pour de vrai, et ici"),
    "charter": _l("L’activité respecte la charte"),
    "permits": _l("Autorisations nécessaires citées"),
    "budget": _l("Budget équilibré : emplois = ressources"),
    "goal": _l("Objectif crédible"),
    "own_funds": _l("Apport du porteur indiqué"),
    "instrument_form": _l("Nature permise pour cette forme juridique"),
    "caps": _l("Plafonds légaux respectés"),
    "rate": _l("Taux à deux décimales, et sa méthode"),
    "schedule": _l("L’échéancier tombe juste au centime"),
    "local_rule": _l("Règle de proximité choisie et justifiée"),
    "dates": _l("Durée de 21 à 90 jours"),
    "complete": _l("Complète, exacte et claire (art. 23(11))"),
    "length": _l("Six pages au plus"),
    "warnings": _l("Avertissements mot pour mot"),
    "specific_risks": _l("Risques propres au projet, des sept types"),
    "responsible": _l("Personnes responsables et leur déclaration"),
    "fees": _l("Frais indiqués pour 10 000 €"),
    "links": _l("Liens gratuits et vivants"),
    "consistent": _l("Conforme à la page de la collecte"),
    "fair": _l("Juste, clair et non trompeur"),
    "promises": _l("Ni « garanti », ni « sans risque », ni « placement sûr »"),
    "images": _l("Images autorisées, avec leur description"),
    "personal_data": _l("Aucune donnée personnelle d’autrui"),
    "plain_language": _l("Langage accessible"),
    "french": _l("Texte en français"),
}
ANSWERS: Mapping[str, LazyString] = {"ok": _l("Bon"), "no": _l("Non"), "na": _l("Sans objet")}
RISKS: Mapping[str, tuple[str, LazyString]] = {
    "low": ("ok", _l("Risque faible")),
    "medium": ("warn", _l("Risque moyen")),
    "high": ("bad", _l("Risque élevé")),
}
VERDICTS: Mapping[str, LazyString] = {
    "minor": _l("Publier comme simple coquille : personne n’est prévenu"),
    "material": _l("Publier comme changement important : chacun reconfirme"),
    "refused": _l("Refuser la correction"),
}
REPORT_REASONS: Mapping[str, LazyString] = {
    "misleading": _l("Une information me paraît fausse ou trompeuse"),
    "identity": _l("Le porteur n’est pas qui il dit être"),
    "forbidden": _l("L’activité me paraît illégale ou contraire à la charte"),
    "personal_data": _l("Des données personnelles sont publiées"),
    "copied": _l("Un texte ou une image est copié sans droit"),
    "other": _l("Autre chose"),
}
REPORT_OUTCOMES: Mapping[str, LazyString] = {"founded": _l("Fondé"), "unfounded": _l("Non fondé")}
COMPLAINT_OUTCOMES: Mapping[str, LazyString] = {
    "accepted": _l("Acceptée"),
    "partly": _l("Acceptée en partie"),
    "rejected": _l("Rejetée"),
}
COMPLAINT_STATES: Mapping[str, tuple[str, LazyString]] = {
    "received": ("info", _l("Reçue")),
    "inadmissible": ("bad", _l("Irrecevable")),
    "admissible": ("warn", _l("Recevable, réponse attendue")),
    "accepted": ("ok", _l("Acceptée")),
    "partly": ("ok", _l("Acceptée en partie")),
    "rejected": ("bad", _l("Rejetée")),
}
CORRECTION_OUTCOMES: Mapping[str, LazyString] = {
    "minor": _l("Coquille corrigée"),
    "material": _l("Changement important"),
    "refused": _l("Refusée"),
    "withdrawn": _l("Retirée par le porteur"),
    "lapsed": _l("Sans objet : la collecte est terminée"),
}
# Answers ready to be copied: what to say most often, by reason. Whoever answers completes them with facts.
TEMPLATES: Mapping[str, LazyString] = {
    "R01": _l("Envoyez une pièce d’identité et ce qui dit à quel titre vous agissez : statuts, procès-verbal."),
    "R04": _l("Donnez la liste de ce que vous achèterez, avec le prix et la commune de chaque fournisseur."),
    "R05": _l("Il manque, dans l’histoire : … Ajoutez-le, puis renvoyez la collecte."),
    "R06": _l("La phrase « … » promet plus que vous ne pouvez tenir. Dites ce qui est prévu, et ce qui peut échouer."),
    "R07": _l("Citez les trois risques les plus probables de votre projet, et ce que vous ferez s’ils arrivent."),
    "R08": _l("Le montant de … ne correspond pas au budget, qui fait … Accordez les deux."),
    "R14": _l("Retirez le nom et l’adresse de …, ou envoyez son accord écrit."),
}
_HOLDS: Mapping[str, LazyString] = {
    "amounts_coherent": _l("Les montants sont cohérents."),
    "uses_add_up": _l("Les dépenses sont détaillées, et leur total fait l’objectif."),
    "commune_known": _l("La commune existe et est habitée."),
    "texts_complete": _l("Les textes sont complets et de bonne longueur."),
    "conditions_allowed": _l("La nature, la durée et la règle sont permises."),
    "promises": _l("Aucune promesse interdite (« garanti », « sans risque », « placement sûr »)."),
    "contacts": _l("Ni adresse, ni téléphone, ni compte bancaire dans les textes."),
    "repeated": _l("Aucune autre collecte n’est racontée dans les mêmes mots."),
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
            "Publiée le jour de la vérification, elle durerait %(num)s jour.",
            "Publiée le jour de la vérification, elle durerait %(num)s jours.",
            finding.facts["days"],
        )
    elif finding.code in {"registered", "unverified", "unregistered"}:
        text = _registered(finding)
    elif finding.code == "repeated" and finding.tone == "warn":
        return finding.tone, _("Un texte très proche d’une autre collecte :"), _near(finding)
    elif finding.tone == "ok":
        text = str(_HOLDS[finding.code])
    elif "extracts" in finding.facts:
        return finding.tone, str(_FOUND[finding.code]), ()
    else:
        details = tuple(sentence(problem.code, **problem.facts) for problem in finding.facts["problems"])
        return finding.tone, _("À corriger avant de publier :"), details
    return finding.tone, str(text), ()


def _registered(finding: Finding) -> str:
    if finding.code == "unregistered":
        return _("Le porteur n’a déclaré aucune organisation : demandez le SIREN ou le RNA.")
    if finding.code == "unverified":
        return _(
            "Organisation déclarée, pas encore vérifiée : %(names)s.", names=french(", ".join(finding.facts["names"]))
        )
    if finding.facts["number"] is None:
        return _("Cette forme juridique n’a pas de numéro à vérifier ici.")
    return _(
        "Organisation vérifiée : %(name)s, %(number)s.",
        name=french(finding.facts["name"]),
        number=finding.facts["number"],
    )


def _near(finding: Finding) -> tuple[str, ...]:
    return tuple(Markup("{} – {}").format(french(near.title), percent(near.percent)) for near in finding.facts["near"])


def value(change: Change, content: Any) -> str:
    """Return the old or new value of a changed field in words."""
    if content is None or content in ("", ()):
        return str(_("rien"))
    if change.field.endswith("_cents"):
        return money(Money(content))
    if change.field in _LISTS:
        return str(_LISTS[change.field].get(content, content))
    return _SPOKEN.get(change.field, str)(content) or str(_("rien"))


def _document(one: Document) -> str:
    said = f"{DOCUMENTS.get(one.kind, '')} – {one.title}"
    return said if one.public else _("%(document)s (réservé à la relecture)", document=said)


# How what is neither text nor amount is said.
_SPOKEN: Mapping[str, Callable[[Any], str]] = {
    "opens_on": day,
    "ends_on": day,
    "rule_options": lambda content: options(content.as_json()),
    "uses": lambda content: " ; ".join(
        " – ".join(filter(None, (use.label, money(Money(use.cents or 0)), use.supplier))) for use in content
    ),
    "sources": lambda content: " ; ".join(
        f"{SOURCES.get(one.kind, '')} – {one.label} : {money(Money(one.cents or 0))}" for one in content
    ),
    "photos": lambda content: " ; ".join(one.alt for one in content),
    "documents": lambda content: " ; ".join(map(_document, content)),
    "team": lambda content: " ; ".join(" – ".join(filter(None, (one.name, one.role, one.words))) for one in content),
    "risks": lambda content: " ; ".join(f"{RISK_LABELS[kind]} : {text}" for kind, text in content.items()),
    "promises": lambda content: " ; ".join(filter(None, (*promises(content), content.words))),
    "needs": lambda content: " ; ".join(
        f"{NEEDS.get(one.kind, '')} – {one.label}" + (f" ({one.hours} h)" if one.hours else "") for one in content
    ),
    "terms": said_terms,
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
    "workers": _l("Les personnes qui travaillent ici comptent aussi"),
    "people_only": _l("Seulement des personnes"),
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
