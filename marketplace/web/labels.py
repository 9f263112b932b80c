"""What the codes of projects, campaigns and pledges are called on screens."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

INSTRUMENTS: Mapping[str, LazyString] = {
    "gift": _l("Don"),
    "gift_with_reward": _l("Don avec contrepartie"),
    "interest_free_loan": _l("Prêt sans intérêt"),
    "loan": _l("Prêt avec intérêt"),
    "bond": _l("Obligation"),
    "cooperative_share": _l("Part sociale"),
    "participating_security": _l("Titre participatif"),
    "royalty_loan": _l("Redevances"),
}
LEGAL_FORMS: Mapping[str, LazyString] = {
    "association": _l("Association"),
    "scop": _l("Scop"),
    "scic": _l("Scic"),
    "sas": _l("SAS"),
    "sarl": _l("SARL"),
    "ei": _l("Entreprise individuelle"),
    "commune": _l("Commune"),
    "autre": _l("Autre organisation"),
}
CAMPAIGN_STATES: Mapping[str, LazyString] = {
    "draft": _l("Brouillon"),
    "submitted": _l("En relecture"),
    "changes_requested": _l("À corriger"),
    "refused": _l("Refusée"),
    "live": _l("En cours"),
    "closing": _l("Close, derniers délais de réflexion"),
    "collecting": _l("Réussie, encaissement en cours"),
    "funded": _l("Réussie"),
    "failed": _l("Non aboutie"),
    "cancelled": _l("Annulée"),
    "suspended": _l("Suspendue"),
}
# State of a pledge: tone, words, what it means for the backer.
PLEDGE_STATES: Mapping[str, tuple[str, LazyString, LazyString]] = {
    "waitlisted": (
        "plain",
        _l("Sur liste d’attente"),
        _l("Vous serez prévenu·e par courriel si une place se libère. Rien n’est débité."),
    ),
    "offered": ("warn", _l("Place proposée"), _l("Une place vous est gardée 48 heures. Prenez-la ou laissez-la.")),
    "card_pending": (
        "warn",
        _l("Carte à enregistrer"),
        _l("Votre place est gardée. Enregistrez votre carte pour confirmer votre engagement."),
    ),
    "reflecting": ("info", _l("En réflexion"), _l("Vous pouvez encore annuler en un clic. Rien n’est débité.")),
    "confirmed": ("ok", _l("Ferme"), _l("Votre engagement est ferme. Rien n’est débité avant la fin de la collecte.")),
    "charging": ("info", _l("Débit en cours"), _l("La collecte a réussi : nous débitons votre carte.")),
    "action_required": (
        "bad",
        _l("Paiement refusé"),
        _l("Votre banque a refusé le paiement. Réparez-le, ou un dernier essai aura lieu automatiquement."),
    ),
    "paid": ("ok", _l("Payé"), _l("Votre carte a été débitée. Merci !")),
    "transferred": ("ok", _l("Payé et versé"), _l("Votre carte a été débitée, et l’argent versé au projet. Merci !")),
    "refunding": (
        "info",
        _l("Remboursement en cours"),
        _l("Votre argent vous est rendu en entier, sur la même carte."),
    ),
    "refunded": ("plain", _l("Remboursé"), _l("Votre argent vous a été rendu en entier, sur la même carte.")),
    "refund_failed": (
        "warn",
        _l("Remboursement à refaire"),
        _l("Votre banque n’a pas pris le remboursement. Nous vous écrivons pour le faire autrement."),
    ),
    "disputed": ("warn", _l("Contesté"), _l("Vous avez contesté ce paiement : votre banque va décider.")),
    "charged_back": ("plain", _l("Rendu par la banque"), _l("Votre banque vous a rendu ce paiement.")),
    "withdrawn": ("plain", _l("Annulé"), _l("Rien ne sera débité. Votre carte est oubliée.")),
    "released": ("plain", _l("Libéré"), _l("Cet engagement a pris fin. Rien ne sera débité, votre carte est oubliée.")),
    "abandoned": ("plain", _l("Abandonné"), _l("La carte n’a pas été enregistrée à temps. Rien n’est débité.")),
    "dropped": ("bad", _l("Non payé"), _l("Le paiement n’a pas pu être fait. Votre engagement est clos.")),
}
# What others may read of a backer, as the choice is put to them.
SHOWN_AS: Mapping[str, LazyString] = {
    "nothing": _l("Rien : je compte parmi les autres"),
    "commune": _l("« Un·e habitant·e de » ma commune"),
    "name": _l("Mon nom"),
}
# Cause of a move, for the history.
PLEDGE_CAUSES: Mapping[str, LazyString] = {
    "no_room": _l("Vous vous êtes inscrit·e sur la liste d’attente"),
    "room_offered": _l("Une place vous a été proposée"),
    "offer_taken": _l("Vous avez pris la place proposée"),
    "offer_expired": _l("La place proposée n’a pas été prise à temps"),
    "campaign_over": _l("La collecte s’est terminée avant qu’une place se libère"),
    "opened": _l("Vous vous êtes engagé·e"),
    "card_saved": _l("Votre carte a été enregistrée"),
    "card_saved_late": _l("Votre carte a été enregistrée, votre place a été retrouvée"),
    "card_page_expired": _l("La carte n’a pas été enregistrée à temps"),
    "withdrawn_by_backer": _l("Vous avez annulé"),
    "residence_revoked": _l("Annulé : la preuve de résidence s’est révélée fausse"),
    "reflection_over": _l("Le délai de réflexion est passé"),
    "campaign_failed": _l("La collecte n’a pas abouti"),
    "campaign_succeeded": _l("La collecte a réussi, débit demandé"),
    "charge_succeeded": _l("Votre carte a été débitée"),
    "charge_declined": _l("Votre banque a refusé le débit"),
    "last_attempt": _l("Dernier essai de débit"),
    "recovery_over": _l("Le débit n’a pas pu être fait"),
    "transfer_made": _l("L’argent a été versé au porteur du projet"),
    "transfer_reversed": _l("L’argent a été repris au porteur du projet"),
    "not_admitted": _l("Votre souscription n’est pas admise : tout vous est rendu"),
    "refund_decided": _l("Un remboursement a été décidé"),
    "refund_again": _l("Le remboursement est tenté de nouveau"),
    "refund_succeeded": _l("Votre argent vous a été rendu"),
    "refund_declined": _l("Le remboursement n’a pas pu être fait"),
    "dispute_opened": _l("Vous avez contesté le paiement auprès de votre banque"),
    "dispute_won": _l("Votre banque a rejeté la contestation"),
    "dispute_lost": _l("Votre banque vous a rendu l’argent"),
    "amount_lowered": _l("Vous avez réduit le montant"),
    "amount_raised": _l("Vous avez augmenté le montant : un nouveau délai de réflexion a commencé"),
    "terms_changed": _l("La collecte a changé : à vous de reconfirmer ou non"),
    "reconfirmed": _l("Vous avez reconfirmé : un nouveau délai de réflexion a commencé"),
    "not_reconfirmed": _l("Vous n’avez pas reconfirmé à temps"),
    "campaign_cancelled": _l("La collecte a été annulée"),
}
# Why a charge was refused, by the provider's code; DECLINED where it says nothing that helps.
DECLINED = _l("Votre banque ne dit pas pourquoi. Essayez une autre carte, ou appelez-la.")
DECLINES: Mapping[str, LazyString] = {
    "authentication_required": _l("Votre banque demande que vous confirmiez vous-même ce paiement."),
    "expired_card": _l("La carte enregistrée a expiré. Payez avec une autre."),
    "insufficient_funds": _l("Le compte n’était pas assez approvisionné."),
    "invalid_request": _l("La carte enregistrée n’est plus utilisable. Payez avec une autre."),
    "lost_card": _l("La carte enregistrée n’est plus utilisable. Payez avec une autre."),
    "stolen_card": _l("La carte enregistrée n’est plus utilisable. Payez avec une autre."),
}
# What happened to a campaign: icon, words.
HAPPENINGS: Mapping[str, tuple[str, LazyString]] = {
    "opened": ("sprout", _l("La collecte est en ligne.")),
    "first_day": ("sprout", _l("La collecte est ouverte aux participations.")),
    "threshold_passed": ("flag", _l("Le seuil de réussite est atteint.")),
    "goal_passed": ("circle-check", _l("L’objectif est atteint.")),
    "closed": ("clock", _l("La collecte est close. Les derniers délais de réflexion courent.")),
    "succeeded": ("circle-check", _l("La collecte a réussi. Les cartes sont débitées.")),
    "funded": ("hand-coins", _l("L’argent est collecté : le projet se fait.")),
    "failed": ("undo-2", _l("Le seuil n’a pas été atteint. Chacun garde ou retrouve son argent.")),
    "cancelled": ("circle-alert", _l("La collecte est annulée. Personne n’est débité.")),
    "suspended": ("circle-alert", _l("La collecte est suspendue. Rien n’est débité, chacun peut annuler.")),
    "resumed": ("sprout", _l("La collecte reprend.")),
}
PRESETS: Mapping[str, LazyString] = {
    "local_first": _l("Les plus proches d’abord, puis plus loin"),
    "epci": _l("Mon intercommunalité"),
    "commune_and_neighbours": _l("Ma commune et ses voisines"),
    "departement_and_bordering": _l("Mon département et les départements voisins"),
    "radius": _l("Un rayon autour de ma commune"),
    "communes": _l("Des communes que je choisis"),
    "projet": _l("Un territoire de projet"),
}
# What may go wrong, by kind (règlement délégué (UE) 2022/2119, annexe, partie C).
RISK_LABELS: Mapping[str, LazyString] = {
    "project": _l("Le projet lui-même"),
    "sector": _l("Le métier, le secteur"),
    "default": _l("Le porteur ne peut plus payer"),
    "returns": _l("L’argent revient moins, ou plus tard"),
    "platform": _l("La plateforme s’arrête"),
    "liquidity": _l("L’argent est bloqué"),
    "other": _l("Autre risque"),
}
# What an owner writes, by the name of its field.
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
    "opens_on": _l("Premier jour"),
    "ends_on": _l("Dernier jour"),
    "rule_preset": _l("Règle de proximité"),
    "rule_options": _l("Précisions de la règle"),
    "sources": _l("L’autre argent du budget"),
    "photos": _l("Photos"),
    "documents": _l("Documents"),
    "team": _l("Équipe"),
    "risks": _l("Risques"),
    "promises": _l("Promesses"),
    "needs": _l("Besoins autres que l’argent"),
    "terms": _l("Conditions de l’instrument"),
}
