"""What the codes of projects and of their history are called on screens, and what an owner may do next."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.projects.details import Promises

SECTORS: Mapping[str, LazyString] = {
    "alimentation": _l("Alimentation"),
    "agriculture": _l("Agriculture"),
    "energie": _l("Énergie"),
    "commerce": _l("Commerce"),
    "artisanat": _l("Artisanat"),
    "culture": _l("Culture"),
    "education": _l("Éducation"),
    "sante": _l("Santé"),
    "habitat": _l("Habitat"),
    "mobilite": _l("Mobilité"),
    "environnement": _l("Environnement"),
    "sport": _l("Sport"),
    "services": _l("Services"),
    "autre": _l("Autre domaine"),
}


# Where the rest of a budget comes from.
SOURCES: Mapping[str, LazyString] = {
    "own": _l("Argent du porteur"),
    "grant": _l("Subvention"),
    "bank": _l("Prêt d’une banque"),
    "other": _l("Autre argent"),
}
NEEDS: Mapping[str, LazyString] = {
    "skill": _l("Un savoir-faire"),
    "tool": _l("Un outil ou un lieu"),
    "hours": _l("Du temps"),
}
DOCUMENTS: Mapping[str, LazyString] = {
    "statutes": _l("Statuts"),
    "accounts": _l("Comptes"),
    "quote": _l("Devis"),
    "permit": _l("Autorisation"),
    "plan": _l("Plan ou étude"),
    "other": _l("Autre document"),
}
# What the people of a project may do.
OWNER_ROLES: Mapping[str, LazyString] = {
    "editor": _l("Peut écrire"),
    "lead": _l("Peut engager le projet"),
}
# What each may be, for whoever writes them.
RISK_HINTS: Mapping[str, LazyString] = {
    "project": _l("Un chantier qui dure, une autorisation qui manque, une personne dont tout dépend."),
    "sector": _l("Une saison mauvaise, un prix qui monte, un concurrent qui s’installe."),
    "default": _l("Vos charges fixes, vos dettes, ce qui se passe si les ventes baissent d’un quart."),
    "returns": _l("Ce qui retarderait les remboursements. Pour un don : ce qui empêcherait de tenir vos promesses."),
    "platform": _l("Comment vos voisins vous joindraient si Mitoyen disparaissait."),
    "liquidity": _l("Combien de temps l’argent reste dans le projet, et s’il peut en sortir plus tôt."),
    "other": _l("Ce qui est propre à ce projet et n’entre pas ailleurs."),
}


@dataclass(frozen=True)
class Standing:
    """How a state looks to its owner. tone, icon: of its badge; next_step: what to do or expect now."""

    tone: str
    icon: str
    next_step: LazyString


STANDINGS: Mapping[str, Standing] = {
    "draft": Standing("plain", "pencil", _l("Complétez-la, puis envoyez-la en relecture.")),
    "submitted": Standing("info", "search", _l("Un administrateur la relit. Vous recevrez sa réponse par courriel.")),
    "changes_requested": Standing("warn", "pencil", _l("Lisez les remarques, corrigez, puis renvoyez-la.")),
    "refused": Standing("bad", "circle-alert", _l("Elle ne sera pas publiée. Lisez les raisons.")),
    "live": Standing("ok", "circle-check", _l("Elle est en ligne. Parlez-en autour de vous.")),
    "closing": Standing("info", "clock", _l("Elle est close. Nous attendons la fin des derniers délais de réflexion.")),
    "collecting": Standing("ok", "hand-coins", _l("Elle a réussi. Les cartes sont débitées.")),
    "funded": Standing(
        "ok", "circle-check", _l("Elle a réussi et l’argent est collecté. Tenez vos voisins au courant.")
    ),
    "failed": Standing(
        "plain", "circle-alert", _l("Le seuil n’a pas été atteint. Chacun garde ou retrouve son argent.")
    ),
    "cancelled": Standing("bad", "circle-alert", _l("Elle a été annulée. Rien n’est débité.")),
    "suspended": Standing(
        "warn",
        "triangle-alert",
        _l("Elle est suspendue, 30 jours au plus, le temps d’être corrigée. Chacun peut annuler son engagement."),
    ),
}
# Cause of a step, as its owner and its moderators read it.
CAUSES: Mapping[str, LazyString] = {
    "created": _l("Brouillon commencé"),
    "submitted": _l("Envoyée en relecture"),
    "withdrawn": _l("Reprise par le porteur avant la réponse"),
    "changes_requested": _l("Renvoyée au porteur pour correction"),
    "refused": _l("Refusée"),
    "approved": _l("Relue et publiée"),
    "deadline": _l("Fin de la collecte"),
    "threshold_reached": _l("Seuil atteint : la collecte a réussi"),
    "threshold_missed": _l("Seuil non atteint : rien n’est débité"),
    "people_missed": _l("Trop peu d’habitants du premier cercle : rien n’est débité"),
    "collected": _l("Argent collecté"),
    "charges_missed": _l("Trop de paiements refusés : tout est rendu"),
    "suspended": _l("Suspendue le temps d’une correction"),
    "corrected": _l("Corrigée : chaque personne engagée reconfirme"),
    "resumed": _l("Reprise"),
    "by_owner": _l("Annulée par le porteur"),
    "by_platform": _l("Annulée par Mitoyen"),
    "not_corrected": _l("Annulée : pas corrigée sous 30 jours"),
    "refusal_overturned": _l("Refus levé après réexamen"),
}


def promises(said: Promises) -> list[str]:
    """Return what a project promises its neighbourhood, a few words for each figure."""
    found = []
    if said.jobs_created:
        found.append(ngettext("%(num)s emploi créé", "%(num)s emplois créés", said.jobs_created))
    if said.jobs_kept:
        found.append(ngettext("%(num)s emploi maintenu", "%(num)s emplois maintenus", said.jobs_kept))
    if said.purchases_percent is not None:
        found.append(_("%(share)s %% des achats à moins de 30 km", share=said.purchases_percent))
    return found
