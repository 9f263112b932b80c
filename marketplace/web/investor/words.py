"""The questions put to investors, in words; the codes are those of `protection` and `investors.rules`."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Asked:
    """A question with its options, and what to know about it: said once it was answered."""

    question: LazyString
    options: Mapping[str, LazyString]
    explained: LazyString | None = None


KNOWLEDGE: Mapping[str, Asked] = {
    "total_loss": Asked(
        _l("Le projet que je finance échoue. Que puis-je perdre ?"),
        {
            "guaranteed": _l("Rien : la somme est garantie"),
            "half": _l("La moitié au plus"),
            "everything": _l("Tout l’argent que j’y ai mis"),
        },
        _l("Personne ne garantit la somme. Si le projet échoue, vous pouvez tout perdre."),
    ),
    "illiquidity": Asked(
        _l("J’ai besoin de mon argent avant la date prévue. Puis-je le récupérer ?"),
        {
            "any_time": _l("Oui, quand je veux"),
            "not_sure": _l("Ce n’est pas sûr : il peut rester bloqué jusqu’à la fin, ou plus longtemps"),
            "thirty_days": _l("Oui, en prévenant 30 jours avant"),
        },
        _l("Il n’y a pas de guichet pour revendre. Ne mettez que de l’argent dont vous pouvez vous passer."),
    ),
    "no_guarantee": Asked(
        _l("La garantie des dépôts, celle des comptes en banque, couvre-t-elle cet argent ?"),
        {
            "covered": _l("Oui, jusqu’à 100 000 €"),
            "not_covered": _l("Non, elle ne le couvre pas"),
            "above_100000": _l("Oui, mais seulement au-delà de 100 000 €"),
        },
        _l("La garantie des dépôts couvre votre compte en banque, pas l’argent prêté ou investi dans un projet."),
    ),
    "diversification": Asked(
        _l("Que faire pour limiter le risque ?"),
        {
            "one_project": _l("Tout mettre dans un seul projet que je connais bien"),
            "spread": _l("Mettre de petites sommes dans plusieurs projets différents"),
            "same_sector": _l("Choisir plusieurs projets du même métier"),
        },
        _l("Plusieurs petits montants, dans des projets différents, risquent moins d’être perdus tous à la fois."),
    ),
    "return": Asked(
        _l("Une collecte annonce 4 % par an. Qu’est-ce que cela veut dire ?"),
        {
            "promised": _l("Je recevrai 4 % quoi qu’il arrive"),
            "planned": _l("C’est ce qui est prévu si tout se passe bien"),
            "state_backed": _l("L’État verse la différence si le projet paie moins"),
        },
        _l("Un taux est une prévision. Le projet peut payer moins, plus tard, ou rien."),
    ),
    "rate_and_risk": Asked(
        _l("Un projet offre un taux plus élevé que les autres. Que penser de son risque ?"),
        {
            "safer": _l("Il est plus sûr"),
            "unrelated": _l("Le taux n’a pas de rapport avec le risque"),
            "riskier": _l("Il est en général plus risqué"),
        },
        _l("Un taux élevé paie le plus souvent un risque plus élevé."),
    ),
    "reflection": Asked(
        _l("Je viens de m’engager. Puis-je changer d’avis ?"),
        {
            "never": _l("Non, c’est définitif"),
            "four_days": _l("Oui, pendant quatre jours au moins, sans motif et sans frais"),
            "until_closing": _l("Oui, jusqu’à la fin de la collecte"),
        },
        _l("Le délai de réflexion dure quatre jours au moins. Après, l’engagement est ferme."),
    ),
    "platform": Asked(
        _l("Mitoyen a relu ce projet avant de le publier. Qu’est-ce que cela garantit ?"),
        {
            "guarantees": _l("Que le projet réussira"),
            "reads": _l("Rien sur sa réussite : seulement que le dossier est complet et clair"),
            "repays": _l("Que Mitoyen me remboursera s’il échoue"),
        },
        _l("Relire un dossier n’est pas en garantir la réussite."),
    ),
}

PROFILE: Mapping[str, Asked] = {
    "familiar": Asked(
        _l("Que connaissez-vous le mieux ?"),
        {
            "savings": _l("Les livrets et comptes d’épargne"),
            "shares": _l("Les actions, obligations ou fonds"),
            "loans": _l("Les prêts à des entreprises ou à des associations"),
            "crowdfunding": _l("Le financement participatif"),
            "none": _l("Rien de tout cela"),
        },
    ),
    "past": Asked(
        _l("Avez-vous déjà placé de l’argent dans des titres ou prêté à une entreprise ?"),
        {"never": _l("Jamais"), "some": _l("Quelques fois"), "regular": _l("Régulièrement")},
    ),
    "early_stage": Asked(
        _l("Avez-vous déjà mis de l’argent dans une entreprise qui démarrait ?"),
        {"never": _l("Jamais"), "some": _l("Quelques fois"), "regular": _l("Régulièrement")},
    ),
    "volume": Asked(
        _l("Combien avez-vous placé ainsi depuis cinq ans, en tout ?"),
        {
            "none": _l("Rien"),
            "below_1000": _l("Moins de 1 000 €"),
            "below_10000": _l("Moins de 10 000 €"),
            "more": _l("Davantage"),
        },
    ),
    "education": Asked(
        _l("Avez-vous étudié l’un de ces domaines ?"),
        {
            "none": _l("Aucun des deux"),
            "finance": _l("La finance ou la banque"),
            "business": _l("La gestion, le droit ou la comptabilité"),
        },
    ),
    "profession": Asked(
        _l("Quel est, ou était, votre métier ?"),
        {
            "other": _l("Un métier sans rapport avec l’argent"),
            "business": _l("La gestion ou la comptabilité"),
            "finance": _l("La finance ou la banque"),
            "crowdfunding": _l("Le financement participatif"),
        },
    ),
    "aim": Asked(
        _l("Que cherchez-vous d’abord ?"),
        {
            "support": _l("Aider un projet d’ici"),
            "income": _l("Un revenu"),
            "growth": _l("Faire grandir une somme"),
        },
    ),
    "horizon": Asked(
        _l("Combien de temps pouvez-vous vous passer de cet argent ?"),
        {"below_2": _l("Moins de 2 ans"), "below_5": _l("De 2 à 5 ans"), "more": _l("Plus longtemps")},
    ),
    "risk": Asked(
        _l("Quelle perte acceptez-vous ?"),
        {
            "none": _l("Aucune"),
            "part": _l("Une partie de la somme"),
            "all": _l("Toute la somme"),
        },
    ),
    "sustainability": Asked(
        _l("L’effet du projet sur les gens et la nature compte-t-il pour vous ?"),
        {
            "no_matter": _l("Non"),
            "preferred": _l("Oui, de préférence"),
            "only": _l("Oui, c’est une condition"),
        },
    ),
}

# Criteria of a sophisticated investor, by code.
CRITERIA: Mapping[str, LazyString] = {
    "means": _l("Revenu ou patrimoine financier"),
    "profession": _l("Métier de la finance ou direction d’une entreprise avertie"),
    "transactions": _l("Opérations fréquentes et importantes"),
    "own_funds": _l("Fonds propres"),
    "turnover": _l("Chiffre d’affaires"),
    "balance_sheet": _l("Total du bilan"),
}
