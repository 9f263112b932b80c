"""What the codes of organisations are called on screens."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LEGAL_FORMS: Mapping[str, LazyString] = {
    "association": _l("Association"),
    "scop": _l("Scop"),
    "scic": _l("Scic"),
    "sas": _l("SAS"),
    "sarl": _l("SARL"),
    "sa": _l("SA"),
    "ei": _l("Entreprise individuelle"),
    "autre_societe": _l("Autre société"),
    "commune": _l("Commune"),
    "epci": _l("Intercommunalité"),
    "departement": _l("Département"),
    "region": _l("Région"),
}
KINDS: Mapping[str, LazyString] = {
    "sme": _l("Entreprise"),
    "association": _l("Association"),
    "public_body": _l("Collectivité"),
}
PLACES: Mapping[str, LazyString] = {
    "seat": _l("Siège"),
    "branch": _l("Établissement"),
    "members": _l("Membres locaux"),
    "area": _l("Territoire"),
}
CAPACITIES: Mapping[str, LazyString] = {
    "legal_representative": _l("Je la représente en droit (gérant·e, président·e, maire…)"),
    "delegate": _l("J’ai reçu une délégation écrite pour l’engager"),
}
ROLES: Mapping[str, LazyString] = {
    "manager": _l("Gestionnaire"),
    "member": _l("Membre"),
}
# Tone of the badge, words.
STANDINGS: Mapping[str, tuple[str, LazyString]] = {
    "declared": ("info", _l("Déclaré")),
    "proven": ("ok", _l("Vérifié")),
    "expired": ("warn", _l("À renouveler")),
    "refused": ("bad", _l("Refusé")),
    "ended": ("plain", _l("Terminé")),
    "pending": ("info", _l("En attente de relecture")),
    "in_force": ("ok", _l("En vigueur")),
}
